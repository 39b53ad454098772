//! One process at a time, for the few moments that need it.
//!
//! The window, the command line and a shortcut may run at once on the same data. SQLite lets them
//! share the history; only work on the files themselves (making or setting aside a database) needs
//! this lock. The operating system drops it when a process ends, however it ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

/// Pause between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

impl DataLock {
    /// Takes the lock, waiting at most `patience`. Blocks: not for async threads.
    ///
    /// Fails with [`std::io::ErrorKind::WouldBlock`] when another process holds it all that time.
    pub(crate) fn acquire(path: &Path, patience: Duration) -> std::io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        let deadline = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                    return Err(std::io::ErrorKind::WouldBlock.into());
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_waits_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let first = DataLock::acquire(&path, Duration::ZERO).unwrap();
        let refused = DataLock::acquire(&path, Duration::from_millis(50)).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
        drop(first);
        DataLock::acquire(&path, Duration::ZERO).unwrap();
    }
}
