//! Jobs, their files and their parts, in SQLite: what a process that is killed leaves to the next.
//!
//! `transfers.db` follows the rules of the history: WAL, a newer schema is refused, a damaged file
//! is set aside and said. Rows are written after the other side's answer, never before, except for
//! the note that an upload is about to be created.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::database::{self, Fault, Schema};
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

mod damage;
mod files;
mod jobs;
mod listed;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod watched;

pub(super) use jobs::{Asked, Job, Wish};
pub(super) use rows::{Counts, Ending, FileRow, FileState, Found, Outcome, Part};
pub(super) use watched::Glance;

const SCHEMA: Schema = Schema {
    name: "transfers",
    version: schema::VERSION,
    migrations: schema::migrations,
    check: |connection| {
        for (table, columns) in schema::TABLES {
            let sql = format!("SELECT count(*) FROM (SELECT {columns} FROM {table} LIMIT 1)");
            connection.query_row(&sql, [], |_| Ok(()))?;
        }
        Ok(())
    },
    mend: |_| Ok(()),
    // A checkpoint that may be wrong is worse than none: what was sent is found as an orphan.
    salvage: |_, _| 0,
};

/// The database. Clones share one connection.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    path: Arc<PathBuf>,
    connection: Arc<Mutex<Connection>>,
}

impl Ledger {
    /// Opens it, making or migrating it where needed. Blocks: not for async threads.
    ///
    /// The problem beside it tells of a damaged database that was set aside.
    pub(super) fn open(path: &Path, lock: &Path) -> Result<(Self, Option<Problem>)> {
        let (connection, aside) =
            database::open(path, lock, &SCHEMA).map_err(|fault| fault_problem(path, fault))?;
        let aside = aside.map(|aside| {
            Problem::new(Code::TransfersDamaged, aside.path.display().to_string())
                .with_detail(aside.reason)
        });
        let connection = Arc::new(Mutex::new(connection));
        Ok((Self { path: Arc::new(path.to_owned()), connection }, aside))
    }

    /// Runs `work` in one transaction, off the async threads.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let ledger = self.clone();
        blocking(move || ledger.write_here(work)).await
    }

    /// The same on this thread.
    fn write_here<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let written = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .and_then(|transaction| {
                let result = work(&transaction)?;
                transaction.commit()?;
                Ok(result)
            });
        written.map_err(|error| self.problem(&error))
    }

    /// Runs `work` on the connection, off the async threads.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let ledger = self.clone();
        blocking(move || ledger.read_here(work)).await
    }

    /// The same on this thread.
    fn read_here<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&connection).map_err(|error| self.problem(&error))
    }

    /// The database contradicts itself: the next start checks all of it.
    pub(super) fn unsound(&self, what: &str) -> Problem {
        database::mark_damaged(&self.path);
        Problem::new(Code::TransfersUnavailable, self.path.display().to_string()).with_detail(what)
    }

    fn problem(&self, error: &rusqlite::Error) -> Problem {
        if database::is_damage(error) {
            database::mark_damaged(&self.path);
        }
        problem(&self.path, error)
    }
}

fn fault_problem(path: &Path, fault: Fault) -> Problem {
    let subject = path.display().to_string();
    match fault {
        Fault::TooNew => Problem::new(Code::TransfersTooNew, subject),
        Fault::Damaged(reason) => {
            Problem::new(Code::TransfersUnavailable, subject).with_detail(reason)
        }
        Fault::Sqlite(error) => problem(path, &error),
        Fault::Io(path, error) => {
            Problem::from_io(Code::TransfersUnavailable, path.display().to_string(), &error)
        }
    }
}

fn problem(path: &Path, error: &rusqlite::Error) -> Problem {
    let full = database::is_full(path, error);
    let code = if full { Code::DiskFull } else { Code::TransfersUnavailable };
    let mut problem = Problem::new(code, path.display().to_string()).with_detail(error);
    problem.retryable = database::is_passing(error);
    problem
}

/// Whether a row, and not the database, cannot be read: a value is of another kind than its column.
fn is_unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        error,
        E::FromSqlConversionFailure(..)
            | E::IntegralValueOutOfRange(..)
            | E::InvalidColumnType(..)
            | E::Utf8Error(..)
    )
}

/// Milliseconds since 1970, UTC.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A count or size as SQLite keeps it.
fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or size out of SQLite.
fn unsigned(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}
