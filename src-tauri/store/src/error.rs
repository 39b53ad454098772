//! One error type for every provider.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

/// What went wrong, in the field's own words. The set is closed: decisions are made on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The credentials are unknown, wrong, expired, or may not do this.
    AccessDenied,
    /// No such key, bucket or upload.
    NotFound,
    /// The bucket or key exists already and may not be replaced.
    AlreadyExists,
    /// `If-Match`, `If-None-Match` or a range did not hold.
    Precondition,
    /// The local clock differs from the provider's by more than it accepts.
    ClockSkew,
    /// The bucket lives behind another endpoint, or refuses this one.
    WrongEndpoint,
    /// The request was signed for another region.
    WrongRegion,
    /// The provider cannot hold this key.
    InvalidKey,
    /// Too many requests.
    Throttled,
    /// No answer in time, or a stream that stopped moving.
    Timeout,
    /// Name resolution, connection, TLS, or a connection that broke.
    Network,
    /// The provider does not have this operation.
    Unsupported,
    /// Bytes, length or checksum differ from what was sent.
    Integrity,
    /// Anything else; see the provider's code.
    Other,
}

impl ErrorKind {
    /// What an HTTP status alone says, where the provider names no code that says more.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            301 | 302 | 307 | 308 => Self::WrongEndpoint,
            304 | 412 | 416 => Self::Precondition,
            401 | 403 => Self::AccessDenied,
            404 | 410 => Self::NotFound,
            405 | 501 => Self::Unsupported,
            408 | 504 | 524 => Self::Timeout,
            429 | 503 => Self::Throttled,
            502 => Self::Network,
            _ => Self::Other,
        }
    }
}

/// Whether the same request may succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It will fail again until something is changed.
    Never,
    /// It may be sent again at once.
    Now,
    /// It may be sent again after this long (`Retry-After`).
    After(Duration),
}

/// The result of every operation of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// An error from a store. Never carries a secret: sources are the provider's answers and I/O errors.
pub struct StoreError {
    kind: ErrorKind,
    retry: Retry,
    // Boxed: every Result carries room for the error.
    details: Box<Details>,
}

#[derive(Default)]
struct Details {
    message: String,
    status: Option<u16>,
    provider_code: Option<String>,
    sub_code: Option<String>,
    request_id: Option<String>,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl StoreError {
    /// A new error; `retry` follows from the kind until [`StoreError::with_retry`] says otherwise.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let retry = match kind {
            ErrorKind::Throttled | ErrorKind::Timeout | ErrorKind::Network => Retry::Now,
            _ => Retry::Never,
        };
        Self {
            kind,
            retry,
            details: Box::new(Details { message: message.into(), ..Details::default() }),
        }
    }

    /// Replaces whether it may be retried.
    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The HTTP status of the answer.
    pub fn with_status(mut self, status: u16) -> Self {
        self.details.status = Some(status);
        self
    }

    /// The provider's own error code, such as `NoSuchKey`.
    pub fn with_provider_code(mut self, code: impl Into<String>) -> Self {
        self.details.provider_code = Some(code.into());
        self
    }

    /// The finer code beside the provider's own: the EC of OSS, such as `0003-00000001`.
    pub fn with_sub_code(mut self, code: impl Into<String>) -> Self {
        self.details.sub_code = Some(code.into());
        self
    }

    /// The id under which the provider knows this request.
    pub fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.details.request_id = Some(id.into());
        self
    }

    /// The value that would be right, where the provider says it: a region, an endpoint.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.details.hint = Some(hint.into());
        self
    }

    /// The error underneath.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.details.source = Some(source.into());
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the same request may succeed later.
    pub fn retry(&self) -> Retry {
        self.retry
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.details.status
    }

    /// The provider's own error code.
    pub fn provider_code(&self) -> Option<&str> {
        self.details.provider_code.as_deref()
    }

    /// The finer code beside it, where the provider has one.
    pub fn sub_code(&self) -> Option<&str> {
        self.details.sub_code.as_deref()
    }

    /// Both codes as people are shown them, such as `AccessDenied EC 0003-00000001`.
    pub fn shown_code(&self) -> Option<String> {
        let code = self.details.provider_code.as_deref();
        match (code, self.details.sub_code.as_deref()) {
            (Some(code), Some(sub)) => Some(format!("{code} EC {sub}")),
            (None, Some(sub)) => Some(format!("EC {sub}")),
            (code, None) => code.map(str::to_owned),
        }
    }

    /// The provider's request id.
    pub fn request_id(&self) -> Option<&str> {
        self.details.request_id.as_deref()
    }

    /// The right region or endpoint, where the provider named it.
    pub fn hint(&self) -> Option<&str> {
        self.details.hint.as_deref()
    }

    /// The sentence without code and id.
    pub fn message(&self) -> &str {
        &self.details.message
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.details.message)?;
        if let Some(code) = self.shown_code() {
            write!(f, " ({code}")?;
            if let Some(status) = self.details.status {
                write!(f, " {status}")?;
            }
            f.write_str(")")?;
        } else if let Some(status) = self.details.status {
            write!(f, " (HTTP {status})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreError")
            .field("kind", &self.kind)
            .field("retry", &self.retry)
            .field("status", &self.details.status)
            .field("provider_code", &self.details.provider_code)
            .field("sub_code", &self.details.sub_code)
            .field("request_id", &self.details.request_id)
            .field("hint", &self.details.hint)
            .field("message", &self.details.message)
            .field("source", &self.details.source)
            .finish()
    }
}

impl StdError for StoreError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.details.source.as_deref().map(|source| source as _)
    }
}
