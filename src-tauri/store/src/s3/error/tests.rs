use std::time::Duration;

use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use proptest::prelude::*;

use super::super::{S3Config, S3Credentials, S3Dialect};
use super::*;
use crate::Retry;

fn bucket() -> S3Bucket {
    let keys = S3Credentials::new("AKIAEXAMPLE", "s", None);
    let config =
        S3Config::new(S3Dialect::Aws, "us-east-1", "b", keys).endpoint("http://127.0.0.1:1");
    S3Bucket::new(config).unwrap()
}

fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> HttpResponse {
    let mut response =
        HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_owned()));
    for (name, value) in headers {
        response.headers_mut().insert(*name, *value);
    }
    response
}

fn put_failed(code: Option<&str>, message: &str, raw: HttpResponse) -> StoreError {
    let mut meta = ErrorMetadata::builder().message(message);
    if let Some(code) = code {
        meta = meta.code(code);
    }
    let error = PutObjectError::generic(meta.build());
    bucket().fail(Asked::write("put", "k"), SdkError::service_error(error, raw))
}

#[test]
fn a_wrong_region_comes_with_the_right_one() {
    let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
    let error = put_failed(Some("AuthorizationHeaderMalformed"), "m", answer(400, &[], body));
    assert_eq!((error.kind(), error.hint()), (ErrorKind::WrongRegion, Some("eu-west-1")));

    let moved = answer(301, &[("x-amz-bucket-region", "ap-east-1")], "");
    let error = put_failed(Some("PermanentRedirect"), "m", moved);
    assert_eq!((error.kind(), error.hint()), (ErrorKind::WrongRegion, Some("ap-east-1")));
}

#[test]
fn a_wrong_address_comes_with_the_right_one() {
    let body =
        "<Error><Code>AccessDenied</Code><Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint></Error>";
    let error = put_failed(Some("AccessDenied"), "m", answer(403, &[], body));
    assert_eq!(error.kind(), ErrorKind::WrongEndpoint);
    assert_eq!(error.hint(), Some("oss-cn-beijing.aliyuncs.com"));
    let error = put_failed(Some("PathStyleDomainForbidden"), "m", answer(403, &[], ""));
    assert_eq!(error.kind(), ErrorKind::WrongEndpoint);
}

#[test]
fn no_such_key_on_a_put_is_about_the_address() {
    let error = put_failed(Some("NoSuchKey"), "m", answer(404, &[], ""));
    assert_eq!(error.kind(), ErrorKind::WrongEndpoint);
    let error = put_failed(Some("NoSuchBucket"), "m", answer(404, &[], ""));
    assert_eq!((error.kind(), error.provider_code()), (ErrorKind::NotFound, Some("NoSuchBucket")));
}

#[test]
fn the_access_key_is_taken_out_of_what_the_store_says() {
    let message = "unknown key AKIAEXAMPLE, signature over AKIAEXAMPLE/2026";
    let body = "<Error><AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId></Error>";
    let error = put_failed(Some("InvalidAccessKeyId"), message, answer(403, &[], body));
    assert!(!format!("{error} {error:?}").contains("AKIAEXAMPLE"), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn retry_after_is_honoured_within_reason() {
    let error = put_failed(Some("SlowDown"), "m", answer(503, &[("retry-after", "7")], ""));
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(7)));
    let error = put_failed(None, "m", answer(429, &[("retry-after", "999999")], ""));
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(3600)));
    let error = put_failed(Some("InternalError"), "m", answer(500, &[], ""));
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Other, Retry::Now));
    let error = put_failed(Some("AccessDenied"), "m", answer(403, &[("retry-after", "7")], ""));
    assert_eq!(error.retry(), Retry::Never);
}

#[test]
fn request_ids_are_found_in_headers_and_bodies() {
    let error =
        put_failed(Some("AccessDenied"), "m", answer(403, &[("x-amz-request-id", "ID1")], ""));
    assert_eq!(error.request_id(), Some("ID1"));
    let body = "<Error><RequestId>ID2</RequestId></Error>";
    let error = put_failed(Some("AccessDenied"), "m", answer(403, &[], body));
    assert_eq!(error.request_id(), Some("ID2"));
}

#[test]
fn an_error_of_our_own_keeps_its_kind() {
    let own = StoreError::new(ErrorKind::Integrity, "a.png became shorter");
    let io = std::io::Error::other(own);
    let error: SdkError<PutObjectError, HttpResponse> = SdkError::construction_failure(io);
    let error = bucket().fail(Asked::write("put", "k"), error);
    assert_eq!((error.kind(), error.message()), (ErrorKind::Integrity, "a.png became shorter"));
}

proptest! {
    #[test]
    fn any_answer_has_a_kind(code in "[A-Za-z]{0,30}", status: u16, after in "\\PC{0,8}", body in "\\PC{0,60}") {
        let kind = classify(Some(&code), status, false);
        let _ = retry(kind, status, Some(&after));
        let _ = tag(&body, "Code");
        if (500..600).contains(&status) {
            prop_assert_ne!(kind, ErrorKind::AccessDenied);
        }
    }
}
