//! Touches on requests and answers that the SDK has no setting for.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_s3::config::http::HttpRequest;
use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_async::time::TimeSource;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::Result;
use crate::clock::ServerClock;

/// Swaps the SDK's CRC32 for the Content-MD5 that every S3 store knows.
///
/// Runs after the checksum step and before signing, as `mutate_request` does.
pub(super) fn md5_instead_of_crc(request: &mut HttpRequest) {
    let Some(digest) = request.body().bytes().map(Md5::digest) else {
        return;
    };
    let headers = request.headers_mut();
    headers.remove("x-amz-checksum-crc32");
    headers.remove("x-amz-sdk-checksum-algorithm");
    headers.insert("content-md5", STANDARD.encode(digest));
}

/// Takes the SDK's `x-id` parameter out of the query.
pub(super) fn strip_x_id(request: &mut HttpRequest) {
    if let Some(uri) = without_x_id(request.uri()) {
        // The path and the other parameters are as they were, so this cannot fail.
        let _ = request.set_uri(uri);
    }
}

fn without_x_id(uri: &str) -> Option<String> {
    let (path, query) = uri.split_once('?')?;
    let mut kept = query.split('&').filter(|pair| !pair.starts_with("x-id=")).peekable();
    if kept.peek().is_none() {
        return Some(path.to_owned());
    }
    Some(format!("{path}?{}", kept.collect::<Vec<_>>().join("&")))
}

/// Everything but the unreserved characters of RFC 3986, and the slashes between segments.
const COPY_SOURCE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The value of `x-amz-copy-source`, which the SDK sends as it is given.
pub(super) fn copy_source(bucket: &str, key: &str, version: Option<&str>) -> String {
    let source = format!(
        "{}/{}",
        utf8_percent_encode(bucket, COPY_SOURCE),
        utf8_percent_encode(key, COPY_SOURCE)
    );
    match version {
        Some(version) => {
            format!("{source}?versionId={}", utf8_percent_encode(version, COPY_SOURCE))
        }
        None => source,
    }
}

/// A key out of a listing with `encoding-type=url`.
pub(super) fn decode_key(encoded: &str, plus_is_space: bool) -> Result<String> {
    match plus_is_space && encoded.contains('+') {
        true => crate::key::decode_key(&encoded.replace('+', " ")),
        false => crate::key::decode_key(encoded),
    }
}

/// Reads the `Date` of every answer.
#[derive(Debug)]
pub(super) struct ClockWatch(pub(super) Arc<ServerClock>);

#[dyn_dispatch_hint]
impl Intercept for ClockWatch {
    fn name(&self) -> &'static str {
        "ClockWatch"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            let now = components.time_source().map_or_else(SystemTime::now, |source| source.now());
            self.0.saw(date, now);
        }
        Ok(())
    }
}

/// Ends the attempts when the one before may have been carried out: its answer was lost, or was that
/// of a server that had failed.
#[derive(Debug)]
pub(super) struct Once;

impl ClassifyRetry for Once {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let lost = context.output_or_error().and_then(|result| result.err()).is_some_and(|error| {
            error.is_connector_error() || error.is_timeout_error() || error.is_response_error()
        });
        let failed = context.response().is_some_and(|response| response.status().as_u16() >= 500);
        if lost || failed { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "Once"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// The longest pause of the SDK's own; asked for a longer one, it gives up and the caller decides.
const LONGEST_PAUSE: u64 = 20;

/// Waits as long as `Retry-After` asks for, which the SDK by itself does not read.
#[derive(Debug)]
pub(super) struct RetryAfter;

impl ClassifyRetry for RetryAfter {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let asked = context
            .response()
            .filter(|response| matches!(response.status().as_u16(), 429 | 500..))
            .and_then(|response| response.headers().get("retry-after"))
            .and_then(|seconds| seconds.trim().parse::<u64>().ok());
        match asked {
            None => RetryAction::NoActionIndicated,
            Some(seconds @ ..=LONGEST_PAUSE) => RetryAction::retryable_error_with_explicit_delay(
                aws_smithy_types::retry::ErrorKind::ThrottlingError,
                Duration::from_secs(seconds),
            ),
            Some(_) => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "RetryAfter"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// A clock for tests of skew.
pub(super) struct Clock(pub(super) fn() -> SystemTime);

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn copy_source_encodes_what_a_header_or_a_parser_would_change() {
        assert_eq!(
            copy_source("b", "a b+c%d#e?f/图.png", None),
            "b/a%20b%2Bc%25d%23e%3Ff/%E5%9B%BE.png"
        );
        assert_eq!(copy_source("b", "/x//y/../z", None), "b//x//y/../z");
        assert_eq!(copy_source("b", "k", Some("a+/=")), "b/k?versionId=a%2B/%3D");
    }

    #[test]
    fn only_x_id_leaves_the_query() {
        for (uri, wanted) in [
            ("/b/k?x-id=GetObject", Some("/b/k")),
            ("/b/k?x-id=UploadPart&partNumber=1", Some("/b/k?partNumber=1")),
            ("/b?delete&x-id=DeleteObjects&a=x-id", Some("/b?delete&a=x-id")),
            ("/b/k", None),
        ] {
            assert_eq!(without_x_id(uri).as_deref(), wanted, "{uri}");
        }
    }

    #[test]
    fn the_swap_leaves_only_the_md5() {
        let mut request = HttpRequest::new("<Delete/>".into());
        request.headers_mut().insert("x-amz-checksum-crc32", "AAAAAA==");
        request.headers_mut().insert("x-amz-sdk-checksum-algorithm", "CRC32");
        md5_instead_of_crc(&mut request);
        assert!(request.headers().get("x-amz-checksum-crc32").is_none());
        assert!(request.headers().get("x-amz-sdk-checksum-algorithm").is_none());
        let sent = STANDARD.decode(request.headers().get("content-md5").unwrap()).unwrap();
        assert_eq!(sent, Md5::digest(b"<Delete/>").to_vec());
    }

    proptest! {
        #[test]
        fn any_key_survives_an_encoded_listing(key in "\\PC{0,40}") {
            let percent = utf8_percent_encode(&key, COPY_SOURCE).to_string();
            prop_assert_eq!(decode_key(&percent, false).unwrap(), key.clone());
            let form = percent.replace("%20", "+");
            prop_assert_eq!(decode_key(&form, true).unwrap(), key);
        }

        #[test]
        fn copy_source_is_one_ascii_word(key in "\\PC{0,40}") {
            let source = copy_source("b", &key, None);
            prop_assert!(source.bytes().all(|b| b.is_ascii_graphic() && !b"?#+\"".contains(&b)));
            let back = percent_decode_str(source.strip_prefix("b/").unwrap()).decode_utf8().unwrap().into_owned();
            prop_assert_eq!(back, key);
        }
    }
}
