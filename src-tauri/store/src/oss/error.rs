//! What an error answer of OSS says, and what it is taken for.
//!
//! The codes are those of "HTTP status codes and error codes" in the OSS developer reference; EC
//! numbers are the finer ones of its troubleshooting pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderMap;

use super::config::normal_region;
use crate::cause::{Asked, reason_of, redact, retry};
use crate::xml::Element;
use crate::{ErrorKind, StoreError};

/// An answer that a web server of another kind gives.
pub(super) const NOT_OSS: &str = "the answer is not what OSS sends; check the endpoint";

/// Who asked, for sentences and for what must not be repeated.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) bucket: &'a str,
    pub(super) host: &'a str,
    pub(super) region: &'a str,
    pub(super) access_key: &'a str,
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// What an answer says of itself.
#[derive(Default)]
struct Said {
    code: Option<String>,
    message: Option<String>,
    ec: Option<String>,
    request_id: Option<String>,
    endpoint: Option<String>,
    host_id: Option<String>,
}

impl Said {
    fn read(headers: &HeaderMap, body: &str) -> Self {
        let header = |name: &str| header(headers, name);
        // Answers to HEAD have no body; it is in a header instead.
        let hidden = header("x-oss-err").and_then(|text| STANDARD.decode(text).ok());
        let hidden = hidden.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let document = if body.trim().is_empty() { hidden.as_str() } else { body };
        let error = Element::parse(document.trim()).ok().filter(|root| root.is("Error"));
        let get = |name: &str| {
            let text = error.as_ref().and_then(|error| error.text_of(name));
            text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        Self {
            code: get("Code"),
            message: get("Message"),
            ec: get("EC").or_else(|| header("x-oss-ec")),
            request_id: get("RequestId").or_else(|| header("x-oss-request-id")),
            endpoint: get("Endpoint"),
            host_id: get("HostId"),
        }
    }

    /// The region that the host behind the answer belongs to, unless it is the one signed for.
    fn other_region(&self, signed: &str) -> Option<String> {
        let host = self.host_id.as_deref()?;
        let host = host.split(':').next()?.strip_suffix(".aliyuncs.com")?;
        let label = host.rsplit('.').next()?;
        let region = normal_region(label.strip_prefix("oss-")?);
        (region != signed && !region.starts_with("accelerate")).then_some(region)
    }
}

/// An error answer as ours.
pub(super) fn answered(
    asker: Asker<'_>,
    asked: Asked<'_>,
    status: u16,
    headers: &HeaderMap,
    body: &str,
) -> StoreError {
    let said = Said::read(headers, body);
    let code = said.code.as_deref();
    let (kind, hint) = match classify(code, status) {
        ErrorKind::AccessDenied if said.endpoint.is_some() => {
            (ErrorKind::WrongEndpoint, said.endpoint.clone())
        }
        ErrorKind::Other if is_about_region(&said) => {
            (ErrorKind::WrongRegion, said.other_region(asker.region))
        }
        // Where the object really ends.
        ErrorKind::Precondition if header(headers, "x-oss-next-append-position").is_some() => {
            (ErrorKind::Precondition, header(headers, "x-oss-next-append-position"))
        }
        kind => (kind, said.endpoint.clone()),
    };
    let text = match said.message {
        Some(text) => redact(&text, asker.access_key),
        None if (300..400).contains(&status) => NOT_OSS.to_owned(),
        None => reason_of(status).to_owned(),
    };
    let sentence = asked.sentence(asker.bucket, asker.host);
    let after = header(headers, "retry-after");
    let mut error = StoreError::new(kind, format!("{sentence}: {text}"))
        .with_status(status)
        .with_retry(retry(kind, status, after.as_deref()));
    if let Some(code) = said.code {
        error = error.with_provider_code(code);
    }
    if let Some(ec) = said.ec {
        error = error.with_sub_code(ec);
    }
    if let Some(id) = said.request_id {
        error = error.with_request_id(id);
    }
    if let Some(hint) = hint {
        error = error.with_hint(hint);
    }
    error
}

/// A signature for another region is an InvalidArgument among many.
fn is_about_region(said: &Said) -> bool {
    const ECS: [&str; 2] = ["0002-00000226", "0002-00000228"];
    said.code.as_deref() == Some("InvalidArgument")
        && (said.ec.as_deref().is_some_and(|ec| ECS.contains(&ec))
            || said.message.as_deref().is_some_and(|text| text.contains("signing region")))
}

/// What the code, or else the status, means.
pub(super) fn classify(code: Option<&str>, status: u16) -> ErrorKind {
    use ErrorKind as K;
    match code.unwrap_or_default() {
        "NoSuchKey"
        | "NoSuchBucket"
        | "NoSuchUpload"
        | "NoSuchVersion"
        | "SymlinkTargetNotExist" => return K::NotFound,
        "RequestTimeTooSkewed" => return K::ClockSkew,
        "PublicEndpointForbidden" | "SecondLevelDomainForbidden" | "TemporaryRedirect" => {
            return K::WrongEndpoint;
        }
        "AccessDenied"
        | "AccessForbidden"
        | "AccessKeyIdAndSecurityTokenNotMatch"
        | "CnameDenied"
        | "InDebt"
        | "InvalidAccessKeyId"
        | "InvalidSecurityToken"
        | "SecurityTokenExpired"
        | "SignatureDoesNotMatch"
        | "UserDisable" => return K::AccessDenied,
        "BucketAlreadyExists" => return K::AlreadyExists,
        // What `x-oss-forbid-overwrite` answers: a condition that did not hold.
        "FileAlreadyExists" | "ObjectAlreadyExists" => return K::Precondition,
        "PreconditionFailed"
        | "NotModified"
        | "InvalidRange"
        | "PositionNotEqualToLength"
        | "ObjectNotAppendable" => return K::Precondition,
        "InvalidObjectName" | "KeyTooLong" | "KeyTooLongError" | "InvalidURI" => {
            return K::InvalidKey;
        }
        "ServiceUnavailable"
        | "Throttling"
        | "TooManyRequests"
        | "QpsLimitExceeded"
        | "TotalQpsLimitExceeded"
        | "MetaOperationQpsLimitExceeded"
        | "ActiveRequestLimitExceeded"
        | "CpuLimitExceeded"
        | "UploadTrafficRateLimitExceeded"
        | "DownloadTrafficRateLimitExceeded" => return K::Throttled,
        "RequestTimeout" => return K::Timeout,
        "NotImplemented"
        | "MethodNotAllowed"
        | "EntityTooLarge"
        | "EntityTooSmall"
        | "InvalidEncryptionAlgorithmError" => return K::Unsupported,
        "InvalidDigest" | "BadDigest" | "IncompleteBody" | "InvalidPart" | "InvalidPartOrder" => {
            return K::Integrity;
        }
        // Archived, which is a 403, but not for want of a right.
        "InvalidObjectState" => return K::Other,
        _ => {}
    }
    K::of_status(status)
}

#[cfg(test)]
mod tests;
