//! What is sent: bytes in memory or a section of a file, readable again for a retry.

use std::fmt;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use crate::{ErrorKind, Result, StoreError};

/// A request body that can be read more than once.
#[derive(Debug, Clone)]
pub enum Body {
    /// Bytes in memory.
    Bytes(Bytes),
    /// The same, with the MD5 they have; see [`crate::md5_of_each`].
    Known(Bytes, [u8; 16]),
    /// `len` bytes of the file from `offset`, streamed.
    File {
        /// The file.
        path: PathBuf,
        /// First byte.
        offset: u64,
        /// How many bytes.
        len: u64,
    },
    /// The same, with the MD5 it has: nobody needs to read it twice.
    Hashed {
        /// The file.
        path: PathBuf,
        /// First byte.
        offset: u64,
        /// How many bytes.
        len: u64,
        /// Of these bytes; see [`crate::md5_of_sections`].
        md5: [u8; 16],
    },
}

impl Body {
    /// Its length in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Body::Bytes(bytes) | Body::Known(bytes, _) => bytes.len() as u64,
            Body::File { len, .. } | Body::Hashed { len, .. } => *len,
        }
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole file, at its present length.
    pub async fn file(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let len = tokio::fs::metadata(&path).await.map_err(|error| unreadable(&path, error))?.len();
        Ok(Body::File { path, offset: 0, len })
    }

    /// Reads all of it into memory.
    pub async fn read(&self) -> Result<Bytes> {
        match self {
            Body::Bytes(bytes) | Body::Known(bytes, _) => Ok(bytes.clone()),
            Body::File { path, offset, len } | Body::Hashed { path, offset, len, .. } => {
                let wrong = |error| unreadable(path, error);
                let mut file = tokio::fs::File::open(path).await.map_err(wrong)?;
                file.seek(SeekFrom::Start(*offset)).await.map_err(wrong)?;
                let mut bytes = Vec::new();
                file.take(*len).read_to_end(&mut bytes).await.map_err(wrong)?;
                if bytes.len() as u64 == *len { Ok(bytes.into()) } else { Err(shrunk(path)) }
            }
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Body::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Body::Bytes(bytes.into())
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Body::Bytes(Bytes::from_static(bytes))
    }
}

/// A file that cannot be read.
pub(crate) fn unreadable(path: &Path, error: std::io::Error) -> StoreError {
    StoreError::new(ErrorKind::Other, format!("cannot read {}", path.display())).with_source(error)
}

/// A file that is shorter than when its length was taken.
pub(crate) fn shrunk(path: &Path) -> StoreError {
    StoreError::new(
        ErrorKind::Integrity,
        format!(
            "{} became shorter while it was read; try again once it is complete",
            path.display()
        ),
    )
}

/// Told how many bytes of the body have been handed to the connection so far.
///
/// The count starts again at 0 when the request is retried.
#[derive(Clone)]
pub struct Progress {
    report: Arc<dyn Fn(u64) + Send + Sync>,
    pace: Option<Arc<dyn Fn(u64) -> Duration + Send + Sync>>,
}

impl Progress {
    /// Calls `report` with the running total.
    pub fn new(report: impl Fn(u64) + Send + Sync + 'static) -> Self {
        Self { report: Arc::new(report), pace: None }
    }

    /// Slows the body down: `pace` is told the bytes of each piece that has gone, and says how long
    /// the next one waits. Bodies of requests over the network heed it.
    pub fn paced(self, pace: impl Fn(u64) -> Duration + Send + Sync + 'static) -> Self {
        Self { pace: Some(Arc::new(pace)), ..self }
    }

    /// Reports the running total.
    pub fn report(&self, sent: u64) {
        (self.report)(sent);
    }

    /// How long the next piece waits after one of `bytes`.
    pub(crate) fn pause(&self, bytes: u64) -> Duration {
        self.pace.as_ref().map_or(Duration::ZERO, |pace| pace(bytes))
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
