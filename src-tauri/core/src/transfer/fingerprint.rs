//! Whether a file is still the one that was there before.

use std::fs::{File, Metadata};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How much of each end is hashed.
const EDGE: u64 = 64 * 1024;

/// What the file system says of a file. Cheap: no byte of it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) size: u64,
    /// Nanoseconds since 1970; 0 where the file system keeps no time.
    pub(super) modified: i64,
    /// The number of the file, where the system has one: a file put in its place has another.
    pub(super) id: u64,
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: metadata.modified().map_or(0, nanoseconds),
            id: file_id(metadata),
        }
    }

    /// As it is now. Links are followed.
    pub(crate) fn read(path: &Path) -> std::io::Result<Self> {
        Ok(Self::of(&std::fs::metadata(path)?))
    }

    /// As the database keeps it.
    pub(super) fn text(&self) -> String {
        format!("{}-{}-{}", self.size, self.modified, self.id)
    }
}

/// Since 1970.
pub(crate) fn nanoseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_nanos()).unwrap_or(i64::MAX),
    }
}

#[cfg(unix)]
fn file_id(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    metadata.ino()
}

/// Windows tells it only of open files; size, time and edges remain.
#[cfg(not(unix))]
fn file_id(_: &Metadata) -> u64 {
    0
}

/// SHA-256 of the first and last 64 KiB, in hex: a file whose time was set back by hand is found out.
pub(crate) fn edges(path: &Path, size: u64) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = Vec::new();
    (&mut file).take(EDGE).read_to_end(&mut buffer)?;
    hash.update(&buffer);
    if size > EDGE {
        buffer.clear();
        file.seek(SeekFrom::Start((size - EDGE).max(EDGE)))?;
        file.take(EDGE).read_to_end(&mut buffer)?;
        hash.update(&buffer);
    }
    Ok(hex::encode(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_put_in_the_place_of_another_is_another() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&path, "same").unwrap();
        std::fs::write(&other, "same").unwrap();
        let before = Stamp::read(&path).unwrap();
        assert_eq!(Stamp::read(&path).unwrap(), before);
        let time = std::fs::metadata(&path).unwrap().modified().unwrap();
        std::fs::rename(&other, &path).unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
        let after = Stamp::read(&path).unwrap();
        assert_eq!((after.size, after.modified), (before.size, before.modified));
        assert_eq!(after == before, cfg!(not(unix)));
    }

    #[test]
    fn both_ends_count() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        for len in [0usize, 1, 64 * 1024, 64 * 1024 + 1, 200_000] {
            let mut bytes = vec![7u8; len];
            std::fs::write(&path, &bytes).unwrap();
            let first = edges(&path, len as u64).unwrap();
            assert_eq!(edges(&path, len as u64).unwrap(), first);
            for at in [0, len.saturating_sub(1)] {
                let Some(byte) = bytes.get_mut(at) else { continue };
                *byte ^= 1;
                std::fs::write(&path, &bytes).unwrap();
                assert_ne!(edges(&path, len as u64).unwrap(), first, "byte {at} of {len}");
                bytes[at] ^= 1;
            }
        }
    }
}
