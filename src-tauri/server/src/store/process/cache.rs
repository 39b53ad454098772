//! Processed images on the disk, the least recently used deleted first.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::Processed;

/// A directory of results with a bound on its size. What it loses is made again.
#[derive(Debug)]
pub(super) struct Cache {
    dir: PathBuf,
    limit: u64,
    /// Bytes in the directory, once counted.
    total: Mutex<Option<u64>>,
}

impl Cache {
    pub(super) fn new(dir: PathBuf, limit: u64) -> Self {
        Self { dir, limit, total: Mutex::new(None) }
    }

    /// A result kept before.
    pub(super) fn get(&self, hash: &str) -> Option<Processed> {
        let path = self.dir.join(hash);
        let all = fs::read(&path).ok()?;
        // Its media type, a line end, its bytes.
        let end = all.iter().position(|byte| *byte == b'\n')?;
        let mime = std::str::from_utf8(&all[..end]).ok()?.to_owned();
        touch(&path);
        Some(Processed { bytes: bytes::Bytes::from(all).slice(end + 1..), mime })
    }

    /// Keeps a result. A full disk costs the cache, not the answer.
    pub(super) fn put(&self, hash: &str, made: &Processed) {
        let size = made.bytes.len() as u64;
        if size > self.limit / 4 {
            return;
        }
        if let Err(error) = self.write(hash, made) {
            tracing::debug!(%error, "a processed image could not be kept");
            return;
        }
        let mut total = self.total.lock().unwrap_or_else(PoisonError::into_inner);
        let now = match *total {
            Some(before) => before + size,
            None => self.files().iter().map(|file| file.size).sum(),
        };
        *total = Some(if now > self.limit { self.shrink() } else { now });
    }

    fn write(&self, hash: &str, made: &Processed) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        let arrival = self.dir.join(format!("{hash}.{}", uuid::Uuid::new_v4().simple()));
        let written = (|| {
            let mut file = File::create_new(&arrival)?;
            file.write_all(made.mime.as_bytes())?;
            file.write_all(b"\n")?;
            file.write_all(&made.bytes)?;
            drop(file);
            fs::rename(&arrival, self.dir.join(hash))
        })();
        if written.is_err() {
            // Left-overs count as files of the cache and go with the oldest.
            let _ = fs::remove_file(&arrival);
        }
        written
    }

    fn files(&self) -> Vec<Kept> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let meta = entry.metadata().ok()?;
                Some(Kept { path: entry.path(), size: meta.len(), used: meta.modified().ok()? })
            })
            .collect()
    }

    /// Deletes down to three quarters of the bound; returns what is left.
    fn shrink(&self) -> u64 {
        let mut files = self.files();
        files.sort_by_key(|file| file.used);
        let mut left: u64 = files.iter().map(|file| file.size).sum();
        for file in files {
            if left <= self.limit / 4 * 3 {
                break;
            }
            if fs::remove_file(&file.path).is_ok() {
                left -= file.size;
            }
        }
        left
    }
}

struct Kept {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

fn touch(path: &Path) {
    let touched = File::options()
        .append(true)
        .open(path)
        .and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = touched {
        tracing::trace!(%error, "a processed image could not be marked as used");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn result(byte: u8, len: usize) -> Processed {
        Processed { bytes: vec![byte; len].into(), mime: "image/png".to_owned() }
    }

    #[test]
    fn keeps_what_was_used_last_within_its_bound() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::new(dir.path().join("made"), 1000);
        for n in 0..4_u8 {
            let name = n.to_string();
            cache.put(&name, &result(n, 200));
            // Times on some disks are too coarse to tell these apart.
            let file =
                File::options().append(true).open(dir.path().join("made").join(&name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(100 - u64::from(n))).unwrap();
        }
        let found = cache.get("0").unwrap();
        assert_eq!((found.mime.as_str(), found.bytes.as_ref()), ("image/png", &[0_u8; 200][..]));
        cache.put("4", &result(4, 200));
        assert!(cache.get("0").is_some(), "used a moment ago");
        assert!(cache.get("1").is_none(), "unused the longest");
        assert!(cache.get("4").is_some());
        let left: u64 = cache.files().iter().map(|file| file.size).sum();
        assert!(left <= 1000);
        cache.put("big", &result(9, 600));
        assert!(cache.get("big").is_none(), "too large a share");
    }
}
