//! A rule runs once at a time, in whatever process.

use std::fs::{File, TryLockError};

use sha2::{Digest as _, Sha256};

use super::Backups;
use crate::home::create_private_dir;
use crate::problem::{Code, Problem, Result};

/// Held while a rule runs; the operating system lets go of it however the process ends.
#[derive(Debug)]
pub(super) struct Claim {
    _file: File,
}

impl Backups {
    /// Takes a rule for this process; `None` when another has it. Blocks: not for async threads.
    pub(super) fn claim(&self, name: &str) -> Result<Option<Claim>> {
        create_private_dir(&self.inner.locks)?;
        // Names are the person's; a digest of one is a file name everywhere.
        let digest = hex::encode(&Sha256::digest(name)[..16]);
        let path = self.inner.locks.join(digest);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| {
            Problem::from_io(Code::DataUnwritable, path.display().to_string(), &error)
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Claim { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            // A file system without locks does without.
            Err(TryLockError::Error(_)) => Ok(Some(Claim { _file: file })),
        }
    }
}
