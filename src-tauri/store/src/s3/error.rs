//! Turns the SDK's errors into [`StoreError`]: a kind, the store's own code, and a hint.

use std::error::Error as StdError;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use super::S3Bucket;
pub(super) use crate::cause::Asked;
use crate::cause::{Cause, chain, own, reason_of, redact, retry};
use crate::key::check_path_key;
use crate::{ErrorKind, StoreError};

/// An answer that a web server of another kind gives.
pub(super) const NOT_S3: &str = "the answer is not what an S3 store sends; check the endpoint";

impl S3Bucket {
    /// An SDK error as ours.
    pub(super) fn fail<E>(&self, asked: Asked<'_>, error: SdkError<E, HttpResponse>) -> StoreError
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        if let Some(own) = own(&error) {
            return StoreError::new(own.kind(), own.message())
                .with_source(Cause(self.redact(&chain(own))));
        }
        let (kind, why) = match &error {
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                return self.answered(asked, meta.code(), meta.message(), service.raw());
            }
            SdkError::ResponseError(response) if !response.raw().status().is_success() => {
                return self.answered(asked, None, None, response.raw());
            }
            // A body that did not come to its end has not been kept.
            SdkError::ResponseError(response) if response.raw().body().bytes().is_none() => {
                (ErrorKind::Network, "the connection broke in the middle of the answer")
            }
            SdkError::ResponseError(_) => (ErrorKind::WrongEndpoint, NOT_S3),
            SdkError::TimeoutError(_) => (ErrorKind::Timeout, "there was no answer in time"),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => {
                (ErrorKind::Timeout, "there was no answer in time")
            }
            SdkError::DispatchFailure(_) => (ErrorKind::Network, "the connection failed"),
            SdkError::ConstructionFailure(_) => (ErrorKind::Other, "the request cannot be built"),
            _ => (ErrorKind::Other, "the request failed"),
        };
        let cause = self.redact(&chain(&error));
        StoreError::new(kind, format!("{}: {why}", self.sentence(asked))).with_source(Cause(cause))
    }

    /// An answer that is an error.
    fn answered(
        &self,
        asked: Asked<'_>,
        code: Option<&str>,
        message: Option<&str>,
        raw: &HttpResponse,
    ) -> StoreError {
        let status = raw.status().as_u16();
        let body = raw.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
        let header = |name: &str| raw.headers().get(name);
        let code = code.or_else(|| tag(&body, "Code"));
        let region = header("x-amz-bucket-region").or_else(|| tag(&body, "Region"));
        let endpoint = tag(&body, "Endpoint");
        let verdict = classify(code, status, asked.writes);
        let (kind, hint) = match verdict {
            // A redirect with the region in it is about the region; without, about the address.
            ErrorKind::WrongRegion | ErrorKind::WrongEndpoint if region.is_some() => {
                (ErrorKind::WrongRegion, region)
            }
            ErrorKind::AccessDenied if endpoint.is_some() => (ErrorKind::WrongEndpoint, endpoint),
            // A web page, where a listing was asked for.
            ErrorKind::Other if raw.status().is_success() && asked.key.is_none() => {
                (ErrorKind::WrongEndpoint, None)
            }
            // Stores over a file system refuse such a key without saying that it is the key.
            ErrorKind::Other if status == 400 && asked.key.is_some_and(is_odd_path) => {
                (ErrorKind::InvalidKey, None)
            }
            kind => (kind, endpoint),
        };
        let text = match message.or_else(|| tag(&body, "Message")).map(str::trim) {
            Some(text) if !text.is_empty() => self.redact(text),
            _ if kind == ErrorKind::WrongEndpoint && raw.status().is_success() => NOT_S3.to_owned(),
            _ => reason_of(status).to_owned(),
        };
        let mut error = StoreError::new(kind, format!("{}: {text}", self.sentence(asked)))
            .with_status(status)
            .with_retry(retry(kind, status, header("retry-after")));
        if let Some(code) = code {
            error = error.with_provider_code(code);
        }
        if let Some(hint) = hint {
            error = error.with_hint(hint);
        }
        let ids =
            ["x-amz-request-id", "x-obs-request-id", "x-cos-request-id", "cf-ray", "x-trans-id"];
        if let Some(id) =
            ids.iter().find_map(|name| header(name)).or_else(|| tag(&body, "RequestId"))
        {
            error = error.with_request_id(id);
        }
        error
    }

    fn sentence(&self, asked: Asked<'_>) -> String {
        asked.sentence(&self.inner.name, &self.inner.host)
    }

    /// What a store says, without our access key.
    pub(super) fn redact(&self, text: &str) -> String {
        redact(text, &self.inner.access_key)
    }

    /// A body that broke while it was read.
    pub(super) fn broken(&self, asked: Asked<'_>, error: &(dyn StdError + 'static)) -> StoreError {
        StoreError::new(
            ErrorKind::Network,
            format!("{}: the connection broke", self.sentence(asked)),
        )
        .with_source(Cause(self.redact(&chain(error))))
    }

    /// An error that needs no answer: the sentence and what is wrong.
    pub(super) fn wrong(&self, kind: ErrorKind, asked: Asked<'_>, why: &str) -> StoreError {
        StoreError::new(kind, format!("{}: {why}", self.sentence(asked)))
    }

    /// An entry of a batch answer that says why one key failed.
    pub(super) fn entry(&self, asked: Asked<'_>, code: &str, message: &str) -> StoreError {
        let kind = classify(Some(code), 0, false);
        self.wrong(kind, asked, &self.redact(message)).with_provider_code(code)
    }
}

/// Whether a key, read as a path, names something else or nothing.
fn is_odd_path(key: &str) -> bool {
    check_path_key(key).is_err()
}

/// The text of the first `<name>` element. Error answers are flat and short; no parser is needed.
fn tag<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let start = body.find(&format!("<{name}>"))? + name.len() + 2;
    let len = body[start..].find('<')?;
    Some(body[start..start + len].trim()).filter(|text| !text.is_empty())
}

/// What the store's code, or else its status, means.
fn classify(code: Option<&str>, status: u16, writes: bool) -> ErrorKind {
    use ErrorKind as K;
    match code.unwrap_or_default() {
        // OBS answers so to a path-style put, which cannot be about the key it creates.
        "NoSuchKey" if writes => return K::WrongEndpoint,
        "NoSuchKey" | "NoSuchBucket" | "NoSuchUpload" | "NoSuchVersion" | "NotFound" => {
            return K::NotFound;
        }
        "RequestTimeTooSkewed" | "RequestTimeTooSkew" | "RequestInTheFuture" => {
            return K::ClockSkew;
        }
        "AuthorizationHeaderMalformed"
        | "AuthorizationQueryParametersError"
        | "IllegalLocationConstraintException"
        | "InvalidRegionName"
        | "InvalidRegion" => return K::WrongRegion,
        "PermanentRedirect"
        | "TemporaryRedirect"
        | "Redirect"
        | "IncorrectEndpoint"
        | "PathStyleDomainForbidden"
        | "SecondLevelDomainForbidden"
        | "VirtualHostDomainForbidden"
        | "PublicEndpointForbidden" => return K::WrongEndpoint,
        "AccessDenied"
        | "AllAccessDisabled"
        | "AccountProblem"
        | "AuthFailure"
        | "ExpiredToken"
        | "Forbidden"
        | "InvalidAccessKeyId"
        | "InvalidSecurity"
        | "InvalidSecurityToken"
        | "InvalidToken"
        | "NotSignedUp"
        | "SecurityTokenExpired"
        | "SignatureDoesNotMatch"
        | "TokenRefreshRequired"
        | "Unauthorized"
        | "UserDisable" => return K::AccessDenied,
        "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "FileAlreadyExists"
        | "ObjectAlreadyExists" => {
            return K::AlreadyExists;
        }
        "PreconditionFailed" | "ConditionalRequestConflict" | "InvalidRange" | "NotModified" => {
            return K::Precondition;
        }
        "KeyTooLong"
        | "KeyTooLongError"
        | "InvalidObjectName"
        | "InvalidURI"
        | "XMinioInvalidObjectName" => {
            return K::InvalidKey;
        }
        "SlowDown"
        | "SlowDownRead"
        | "SlowDownWrite"
        | "ServiceUnavailable"
        | "Throttling"
        | "ThrottlingException"
        | "RequestThrottled"
        | "RequestLimitExceeded"
        | "BandwidthLimitExceeded"
        | "TooManyRequests"
        | "TooManyRequestsException" => return K::Throttled,
        "RequestTimeout" | "RequestTimeoutException" => return K::Timeout,
        "NotImplemented"
        | "MethodNotAllowed"
        | "NotSupported"
        | "AccessControlListNotSupported"
        | "EntityTooLarge"
        | "EntityTooSmall"
        | "MetadataTooLarge"
        | "InvalidStorageClass" => return K::Unsupported,
        "BadDigest"
        | "IncompleteBody"
        | "InvalidDigest"
        | "InvalidPart"
        | "InvalidPartOrder"
        | "XAmzContentChecksumMismatch"
        | "XAmzContentSHA256Mismatch" => return K::Integrity,
        _ => {}
    }
    K::of_status(status)
}

#[cfg(test)]
mod tests;
