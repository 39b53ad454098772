//! Why a request to the store failed, before it is put into S3's words.

use std::io;

use s3s::{S3Error, S3ErrorCode};

/// The result of everything below the protocol.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

tokio::task_local! {
    /// Where the store's own failures are logged while s3s is kept quiet.
    pub(crate) static LOG: tracing::Dispatch;
}

/// What went wrong inside the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// An answer S3 has a code for.
    #[error(transparent)]
    Refused(#[from] S3Error),
    #[error("the index: {0}")]
    Index(#[from] rusqlite::Error),
    #[error("a content file: {0}")]
    Io(#[from] io::Error),
    #[error("the index holds something unreadable: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the store is shutting down")]
    Closed,
    #[error("work in the background failed: {0}")]
    Join(#[from] tokio::task::JoinError),
}

impl Failure {
    fn is_disk_full(&self) -> bool {
        match self {
            Failure::Io(error) => error.kind() == io::ErrorKind::StorageFull,
            Failure::Index(rusqlite::Error::SqliteFailure(error, _)) => {
                error.code == rusqlite::ErrorCode::DiskFull
            }
            _ => false,
        }
    }
}

impl From<Failure> for S3Error {
    fn from(failure: Failure) -> Self {
        if failure.is_disk_full() {
            let mut error = S3Error::with_message(
                S3ErrorCode::Custom("InsufficientStorage".into()),
                "The disk of the store is full. Free some space and try again.",
            );
            error.set_status_code(http::StatusCode::INSUFFICIENT_STORAGE);
            return error;
        }
        match failure {
            Failure::Refused(error) => error,
            Failure::Closed => S3Error::with_message(
                S3ErrorCode::ServiceUnavailable,
                "The store is shutting down.",
            ),
            other => {
                log(&other);
                let mut error = S3Error::with_message(
                    S3ErrorCode::InternalError,
                    "The built-in store failed. Its log says why.",
                );
                error.set_source(Box::new(other));
                error
            }
        }
    }
}

fn log(failure: &Failure) {
    let say = || tracing::error!(error = %failure, "the built-in store failed");
    match LOG.try_with(Clone::clone) {
        Ok(outer) => tracing::dispatcher::with_default(&outer, say),
        Err(_) => say(),
    }
}

/// A refusal with its sentence.
pub(crate) fn refuse(
    code: S3ErrorCode,
    message: impl Into<std::borrow::Cow<'static, str>>,
) -> Failure {
    Failure::Refused(S3Error::with_message(code, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let status = |failure: Failure| S3Error::from(failure).status_code().map(|s| s.as_u16());
        assert_eq!(status(io::Error::from(io::ErrorKind::StorageFull).into()), Some(507));
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        assert_eq!(status(rusqlite::Error::SqliteFailure(full, None).into()), Some(507));
        assert_eq!(status(io::Error::from(io::ErrorKind::PermissionDenied).into()), Some(500));
        assert_eq!(status(Failure::Closed), Some(503));
    }
}
