//! Which process works on a job, and whether it still lives.
//!
//! Each process holds the lock of a file of its own for as long as it lives; the operating system
//! lets go of it however the process ends. A job names the file of the process that works on it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::home::create_private_dir;
use crate::problem::{Code, Problem, Result};

/// This process, as other processes see it.
#[derive(Debug)]
pub(super) struct Runner {
    name: String,
    folder: PathBuf,
    _lock: File,
}

impl Runner {
    /// Takes a name that no other process has. Blocks: not for async threads.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        create_private_dir(folder)?;
        let name = ulid::Ulid::new().to_string();
        let path = folder.join(&name);
        let wrong = |error: &std::io::Error| {
            Problem::from_io(Code::DataUnwritable, path.display().to_string(), error)
        };
        // Made under another name: a file that others can find is always locked.
        let hidden = folder.join(format!(".{name}"));
        let lock = OpenOptions::new()
            .create_new(true)
            .write(true)
            .open(&hidden)
            .map_err(|error| wrong(&error))?;
        lock.lock().map_err(|error| wrong(&error))?;
        std::fs::rename(&hidden, &path).map_err(|error| wrong(&error))?;
        Ok(Self { name, folder: folder.to_owned(), _lock: lock })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Tells of other runners whether they live.
    pub(super) fn watch(&self) -> impl Fn(&str) -> bool + Send + 'static {
        let (folder, me) = (self.folder.clone(), self.name.clone());
        move |name| name == me || is_alive(&folder, name)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.join(&self.name));
    }
}

/// A name that is no file any more belonged to a process that has ended; so did one whose lock can
/// be had, and its file is taken away.
fn is_alive(folder: &Path, name: &str) -> bool {
    // A damaged row must not have another file opened, still less taken away.
    if !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let path = folder.join(name);
    let Ok(file) = OpenOptions::new().write(true).open(&path) else { return false };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => true,
        // A file system without locks: better to wait than to work on one job twice.
        Err(TryLockError::Error(_)) => true,
        Ok(()) => {
            let _ = std::fs::remove_file(&path);
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_is_alive_until_it_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (Runner::new(dir.path()).unwrap(), Runner::new(dir.path()).unwrap());
        let name = one.name().to_owned();
        assert_ne!(name, two.name());
        assert!(two.watch()(&name) && one.watch()(&name));
        drop(one);
        assert!(!two.watch()(&name));
        assert!(!two.watch()("01NEVER"));
    }

    /// A process that is killed leaves its file, but not the lock.
    #[test]
    fn a_file_without_a_lock_is_of_a_dead_runner() {
        let dir = tempfile::tempdir().unwrap();
        let me = Runner::new(dir.path()).unwrap();
        std::fs::write(dir.path().join("01DEAD"), "").unwrap();
        assert!(!me.watch()("01DEAD"));
        assert!(!dir.path().join("01DEAD").exists());
    }

    #[test]
    fn what_is_no_name_of_a_runner_names_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let me = Runner::new(&dir.path().join("runners")).unwrap();
        let mine = dir.path().join("mine");
        std::fs::write(&mine, "").unwrap();
        for name in ["", ".", "../mine", mine.to_str().unwrap(), "\0", "一"] {
            assert!(!me.watch()(name), "{name:?}");
        }
        assert!(mine.exists());
    }
}
