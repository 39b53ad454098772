//! Opening the database: too new, damaged, or fine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{salvage, schema};
use crate::lock::DataLock;
use crate::problem::{Code, Problem, Result};

/// How long a connection waits for another process's write.
const BUSY: Duration = Duration::from_secs(10);

/// Pages one connection keeps, in KiB. The operating system caches the file besides.
const CACHE_KIB: i64 = 4_096;

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
    for dir in [path.parent(), lock.parent()].into_iter().flatten() {
        std::fs::create_dir_all(dir).map_err(|error| io_problem(dir, &error))?;
    }
    match ready(path) {
        Ok(Some(connection)) => return Ok((connection, None)),
        // New, older or damaged: only one process may make, migrate or move it.
        Ok(None) => {}
        Err(Fault::Damaged(_)) => {}
        Err(fault) => return Err(fault.problem(path)),
    }
    let _lock = DataLock::acquire(lock, BUSY).map_err(|error| io_problem(lock, &error))?;
    match prepare(path) {
        Ok(connection) => Ok((connection, None)),
        Err(Fault::Damaged(reason)) => {
            let moved = set_aside(path).map_err(|error| io_problem(path, &error))?;
            tracing::error!(path = %moved.display(), %reason, "history database damaged, set aside");
            let mut connection = prepare(path).map_err(|fault| fault.problem(path))?;
            let saved = salvage::take_over(&moved, &mut connection);
            Ok((connection, Some(SetAside { path: moved, reason, saved })))
        }
        Err(fault) => Err(fault.problem(path)),
    }
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

enum Fault {
    TooNew,
    Damaged(String),
    Other(rusqlite::Error),
}

impl Fault {
    fn problem(&self, path: &Path) -> Problem {
        match self {
            Fault::TooNew => Problem::new(Code::HistoryTooNew, path.display().to_string()),
            Fault::Damaged(reason) => {
                Problem::new(Code::HistoryUnavailable, path.display().to_string())
                    .with_detail(reason)
            }
            Fault::Other(error) => problem(path, error),
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) { Fault::Damaged(error.to_string()) } else { Fault::Other(error) }
    }
}

/// The common case, without a lock: there, whole and of this version. `None` when it is to be
/// made or migrated.
fn ready(path: &Path) -> Result<Option<Connection>, Fault> {
    if !path.exists() {
        return Ok(None);
    }
    let connection = connect(path)?;
    if !is_current(&connection)? {
        return Ok(None);
    }
    check(&connection, path)?;
    Ok(Some(connection))
}

fn prepare(path: &Path) -> Result<Connection, Fault> {
    let mut connection = connect(path)?;
    if !is_current(&connection)? {
        schema::migrations().to_latest(&mut connection).map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => Fault::from(err),
            other => Fault::Damaged(other.to_string()),
        })?;
    }
    check(&connection, path)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // With WAL this survives a crash of Hoist; only a power cut may lose the last rows.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

/// Whether its version is ours; a higher one is refused.
fn is_current(connection: &Connection) -> Result<bool, Fault> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > schema::VERSION {
        return Err(Fault::TooNew);
    }
    Ok(version == schema::VERSION)
}

/// Reads the schema and both ends of the table: most damage is found before the first use.
///
/// A whole check of a large file takes seconds, so it is made only after a statement met damage
/// and left its mark.
fn check(connection: &Connection, path: &Path) -> Result<(), Fault> {
    connection.query_row("SELECT min(id), max(id) FROM uploads", [], |_| Ok(()))?;
    connection.query_row("SELECT count(*) FROM months", [], |_| Ok(()))?;
    if mark(path).exists() {
        let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said != "ok" {
            return Err(Fault::Damaged(said));
        }
        // The search index can be damaged alone; it is made again from the rows.
        connection.execute("INSERT INTO uploads_text (uploads_text) VALUES ('rebuild')", [])?;
        drop_mark(path);
    }
    Ok(())
}

/// Whether a statement failed because the file is damaged.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Leaves a mark beside the database, so that the next start checks it whole.
pub(super) fn mark_damaged(path: &Path) {
    if let Err(error) = std::fs::write(mark(path), b"") {
        tracing::warn!(%error, "the damaged history could not be marked");
    }
}

fn drop_mark(path: &Path) {
    match std::fs::remove_file(mark(path)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the mark of a damaged history stays");
        }
        _ => {}
    }
}

fn mark(path: &Path) -> PathBuf {
    with_suffix(path, "-check")
}

/// Moves the database and its journal files to a name that says what happened.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let stamp = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut target = dir.join(format!("history-damaged-{stamp}.db"));
    let mut n = 2;
    while target.exists() {
        target = dir.join(format!("history-damaged-{stamp}-{n}.db"));
        n += 1;
    }
    std::fs::rename(path, &target)?;
    for suffix in ["-wal", "-shm"] {
        let from = with_suffix(path, suffix);
        if from.exists() {
            std::fs::rename(&from, with_suffix(&target, suffix))?;
        }
    }
    drop_mark(path);
    Ok(target)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What SQLite said, as a person is told it.
pub(super) fn problem(path: &Path, error: &rusqlite::Error) -> Problem {
    let code = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Code::DiskFull,
        _ => Code::HistoryUnavailable,
    };
    let mut problem = Problem::new(code, path.display().to_string()).with_detail(error);
    problem.retryable = matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    );
    problem
}

fn io_problem(path: &Path, error: &std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::HistoryUnavailable,
    };
    Problem::new(code, path.display().to_string()).with_detail(error)
}
