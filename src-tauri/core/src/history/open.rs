//! Opening the history: what is its own, and how its faults are told.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{salvage, schema};
use crate::database::{self, Fault, Schema};
use crate::problem::{Code, Problem, Result};

pub(super) use crate::database::{is_damage, mark_damaged, open_reader};

const SCHEMA: Schema = Schema {
    name: "history",
    version: schema::VERSION,
    migrations: schema::migrations,
    check,
    mend,
    salvage: salvage::take_over,
};

/// A damaged database that was moved out of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it is now.
    pub path: PathBuf,
    /// What SQLite said of it.
    pub reason: String,
    /// Uploads that could be read from it and are in the new one.
    pub saved: usize,
}

impl SetAside {
    /// As it is told to a person.
    pub fn problem(&self) -> Problem {
        Problem::new(Code::HistoryDamaged, self.path.display().to_string()).with_detail(self.saved)
    }
}

/// Opens the writing connection.
pub(super) fn open(path: &Path, lock: &Path) -> Result<(Connection, Option<SetAside>)> {
    let (connection, aside) =
        database::open(path, lock, &SCHEMA).map_err(|fault| fault_problem(path, fault))?;
    let aside =
        aside.map(|aside| SetAside { path: aside.path, reason: aside.reason, saved: aside.saved });
    Ok((connection, aside))
}

/// Reads the schema and both ends of the table.
fn check(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("SELECT min(id), max(id) FROM uploads", [], |_| Ok(()))?;
    connection.query_row("SELECT count(*) FROM months", [], |_| Ok(()))
}

/// The search index can be damaged alone; it is made again from the rows.
fn mend(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("INSERT INTO uploads_text (uploads_text) VALUES ('rebuild')", []).map(drop)
}

fn fault_problem(path: &Path, fault: Fault) -> Problem {
    match fault {
        Fault::TooNew => Problem::new(Code::HistoryTooNew, path.display().to_string()),
        Fault::Damaged(reason) => {
            Problem::new(Code::HistoryUnavailable, path.display().to_string()).with_detail(reason)
        }
        Fault::Sqlite(error) => problem(path, &error),
        Fault::Io(path, error) => io_problem(&path, &error),
    }
}

/// What SQLite said, as a person is told it.
pub(super) fn problem(path: &Path, error: &rusqlite::Error) -> Problem {
    database::problem(Code::HistoryUnavailable, path, error)
}

fn io_problem(path: &Path, error: &std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::HistoryUnavailable,
    };
    Problem::new(code, path.display().to_string()).with_detail(error)
}
