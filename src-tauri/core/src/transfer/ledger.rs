//! Jobs, their files and their parts, in SQLite: what a process that is killed leaves to the next.
//!
//! `transfers.db` follows the rules of the history: WAL, a newer schema is refused, a damaged file
//! is set aside and said. Rows are written after the other side's answer, never before, except for
//! the note that an upload is about to be created.

use std::path::Path;

use rusqlite::{Connection, Transaction};

use crate::database::{Codes, Database, Schema, int, unsigned};
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
            // What a table refers to is looked up when it is to be changed.
            connection.prepare(&format!("INSERT INTO {table} DEFAULT VALUES"))?;
            connection.prepare(&format!("DELETE FROM {table}"))?;
        }
        Ok(())
    },
    mend: |_| Ok(()),
    // A checkpoint that may be wrong is worse than none: what was sent is found as an orphan.
    salvage: |_, _| 0,
};

const CODES: Codes = Codes {
    unavailable: Code::TransfersUnavailable,
    too_new: Code::TransfersTooNew,
    damaged: Code::TransfersDamaged,
};

/// The database. Clones share one connection.
#[derive(Debug, Clone)]
pub(super) struct Ledger(Database);

impl Ledger {
    /// Opens it, making or migrating it where needed. Blocks: not for async threads.
    ///
    /// The problem beside it tells of a damaged database that was set aside.
    pub(super) fn open(path: &Path, lock: &Path) -> Result<(Self, Option<Problem>)> {
        let (database, aside) = Database::open(path, lock, &SCHEMA, &CODES)?;
        Ok((Self(database), aside))
    }

    /// Runs `work` in one transaction, off the async threads.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let ledger = self.clone();
        blocking(move || ledger.0.write(work)).await
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
        self.0.read(work)
    }

    /// The database contradicts itself: the next start checks all of it.
    pub(super) fn unsound(&self, what: &str) -> Problem {
        self.0.unsound(what)
    }
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
