//! The files of previews: the newest of them, within a limit.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::home::create_private_dir;
use crate::problem::{Code, Problem, Result};

/// Bytes kept on the disk.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Files that stay whatever their size: what was fetched, and the two pictures being looked at.
const ALWAYS: usize = 4;

/// A directory that forgets its oldest files.
#[derive(Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    most: u64,
    /// Held while files come and go, so that none goes while it is counted.
    changing: Mutex<()>,
}

impl Folder {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self::with_limit(dir, MOST_BYTES)
    }

    pub(super) fn with_limit(dir: PathBuf, most: u64) -> Self {
        Self { dir, most, changing: Mutex::new(()) }
    }

    /// The file of this name, if it is there; it counts as new again.
    pub(super) fn find(&self, name: &str) -> Option<PathBuf> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.dir.join(name);
        path.is_file().then(|| {
            touch(&path);
            path
        })
    }

    /// What the file of this name holds, if it is there.
    pub(super) fn read(&self, name: &str) -> Option<bytes::Bytes> {
        let path = self.find(name)?;
        std::fs::read(path).ok().map(Into::into)
    }

    /// Writes a file, whole or not at all, and removes the oldest when there are too many bytes.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.dir.join(name);
        let failed = |error: &std::io::Error| {
            Problem::from_io(Code::DataUnwritable, path.display().to_string(), error)
        };
        create_private_dir(&self.dir)?;
        let mut file =
            tempfile::NamedTempFile::new_in(&self.dir).map_err(|error| failed(&error))?;
        file.write_all(bytes).map_err(|error| failed(&error))?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        file.persist(&path).map_err(|error| failed(&error.error))?;
        touch(&path);
        self.trim();
        Ok(path)
    }

    fn trim(&self) {
        let mut files = self.files();
        files.sort_by_key(|file| std::cmp::Reverse(file.modified));
        let mut total = 0;
        for (index, file) in files.into_iter().enumerate() {
            total += file.size;
            if index >= ALWAYS && total > self.most {
                // Somebody may have been quicker.
                if let Err(error) = std::fs::remove_file(&file.path)
                    && error.kind() != std::io::ErrorKind::NotFound
                {
                    tracing::warn!(path = %file.path.display(), %error, "an old preview stays");
                }
            }
        }
    }

    fn files(&self) -> Vec<File> {
        let Ok(entries) = std::fs::read_dir(&self.dir) else { return Vec::new() };
        let file = |entry: std::fs::DirEntry| {
            let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some(File {
                path: entry.path(),
                size: metadata.len(),
                modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            })
        };
        entries.flatten().filter_map(file).collect()
    }
}

struct File {
    path: PathBuf,
    size: u64,
    modified: SystemTime,
}

/// Its time is what says how old it is; where that cannot be set, it goes sooner.
fn touch(path: &Path) {
    let touched = std::fs::File::options()
        .append(true)
        .open(path)
        .and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = touched {
        tracing::debug!(path = %path.display(), %error, "the time of a preview is not set");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Folder) -> Vec<String> {
        let mut names: Vec<String> = folder
            .files()
            .into_iter()
            .map(|file| file.path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Makes a file as old as it says, so that no clock decides.
    fn age(folder: &Folder, name: &str, seconds: u64) {
        let file = std::fs::File::options().append(true).open(folder.dir.join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
            .unwrap();
    }

    #[test]
    fn the_oldest_files_go_when_there_are_too_many_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::with_limit(dir.path().join("previews"), 60);
        for n in 0..6 {
            folder.put(&format!("{n}"), &[0; 10]).unwrap();
            age(&folder, &format!("{n}"), n);
        }
        assert_eq!(names(&folder), ["0", "1", "2", "3", "4", "5"]);
        assert!(folder.find("0").is_some(), "looked at, it is the newest");
        folder.put("6", &[0; 10]).unwrap();
        assert_eq!(names(&folder), ["0", "2", "3", "4", "5", "6"]);
    }

    #[test]
    fn what_is_being_looked_at_stays_however_large() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::with_limit(dir.path().to_owned(), 1);
        for n in 0..ALWAYS + 2 {
            folder.put(&format!("{n}"), &[0; 10]).unwrap();
            age(&folder, &format!("{n}"), n as u64);
        }
        let last = folder.put("last", &[1; 10]).unwrap();
        assert_eq!(names(&folder).len(), ALWAYS);
        assert_eq!(std::fs::read(last).unwrap(), [1; 10]);
        assert_eq!(folder.read("0"), None);
    }
}
