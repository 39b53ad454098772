//! A database whose faults are told as problems of its own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{Fault, Schema};
use crate::problem::{Code, Problem, Result};

/// The words for what can be wrong with one database.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) unavailable: Code,
    pub(crate) too_new: Code,
    pub(crate) damaged: Code,
}

/// One connection, which clones share. Everything here blocks: not for async threads.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    path: Arc<PathBuf>,
    codes: &'static Codes,
    connection: Arc<Mutex<Connection>>,
}

impl Database {
    /// Opens it, making or migrating it where needed.
    ///
    /// The problem beside it tells of a damaged database that was set aside.
    pub(crate) fn open(
        path: &Path,
        lock: &Path,
        schema: &Schema,
        codes: &'static Codes,
    ) -> Result<(Self, Option<Problem>)> {
        let (connection, aside) =
            super::open(path, lock, schema).map_err(|fault| codes.tell(path, fault))?;
        let aside = aside.map(|aside| {
            Problem::new(codes.damaged, aside.path.display().to_string()).with_detail(aside.reason)
        });
        let connection = Arc::new(Mutex::new(connection));
        Ok((Self { path: Arc::new(path.to_owned()), codes, connection }, aside))
    }

    /// Runs `work` on the connection.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        work(&self.connection()).map_err(|error| self.problem(&error))
    }

    /// Runs `work` in one transaction, which is rolled back when it fails.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mut connection = self.connection();
        let written = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            });
        written.map_err(|error| self.problem(&error))
    }

    /// The database contradicts itself: the next start checks all of it.
    pub(crate) fn unsound(&self, what: &str) -> Problem {
        super::mark_damaged(&self.path);
        Problem::new(self.codes.unavailable, self.path.display().to_string()).with_detail(what)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn problem(&self, error: &rusqlite::Error) -> Problem {
        if super::is_damage(error) {
            super::mark_damaged(&self.path);
        }
        problem(self.codes.unavailable, &self.path, error)
    }
}

impl Codes {
    fn tell(&self, path: &Path, fault: Fault) -> Problem {
        let subject = path.display().to_string();
        match fault {
            Fault::TooNew => Problem::new(self.too_new, subject),
            Fault::Damaged(reason) => Problem::new(self.unavailable, subject).with_detail(reason),
            Fault::Sqlite(error) => problem(self.unavailable, path, &error),
            Fault::Io(path, error) => {
                Problem::from_io(self.unavailable, path.display().to_string(), &error)
            }
        }
    }
}

/// What SQLite said, as a person is told it: `code`, or that the disk is full.
pub(crate) fn problem(code: Code, path: &Path, error: &rusqlite::Error) -> Problem {
    let code = if super::is_full(path, error) { Code::DiskFull } else { code };
    let mut problem = Problem::new(code, path.display().to_string()).with_detail(error);
    problem.retryable = super::is_passing(error);
    problem
}
