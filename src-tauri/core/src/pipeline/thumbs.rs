//! Thumbnails on disk, named by the content they show.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::image::{Limits, thumbnail};

/// The directory of the thumbnails.
#[derive(Debug, Clone)]
pub(crate) struct Thumbs {
    dir: PathBuf,
}

impl Thumbs {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The file of a name the history holds.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Makes the thumbnail of `bytes` and returns its name. CPU and disk work: not for async threads.
    ///
    /// A thumbnail that cannot be made is no failure of the upload.
    pub(crate) fn make(&self, bytes: &Bytes, sha256: &str, limits: &Limits) -> Option<String> {
        let name = format!("{sha256}.webp");
        let path = self.path(&name);
        if path.exists() {
            return Some(name);
        }
        let small = match thumbnail(bytes, limits) {
            Ok(small) => small?,
            Err(problem) => {
                tracing::debug!(%problem, "no thumbnail");
                return None;
            }
        };
        match write(&path, &small) {
            Ok(()) => Some(name),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "thumbnail not written");
                None
            }
        }
    }
}

/// Whole or not at all: a reader never sees half a picture.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}
