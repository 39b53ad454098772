//! SQLite files of Hoist's own: opened, made, migrated, refused when newer, set aside when damaged.
//!
//! Several processes may have one open: WAL, with a busy timeout. What only one process may do
//! (making, migrating, moving a file) happens under the lock of the data directory.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Row};
use rusqlite_migration::Migrations;

use crate::lock::DataLock;

mod told;

pub(crate) use told::{Codes, Database, problem};

/// How long a connection waits for another process's write.
const BUSY: Duration = Duration::from_secs(10);

/// Pages one connection keeps, in KiB. The operating system caches the file besides.
const CACHE_KIB: i64 = 4_096;

/// Bytes that have no room on a full disk: what SQLite adds to a file at once.
const PROBE: usize = 64 * 1024;

/// What distinguishes one database from another.
pub(crate) struct Schema {
    /// Begins the name of a damaged file that was set aside.
    pub(crate) name: &'static str,
    /// The version its steps lead to (`user_version`).
    pub(crate) version: i64,
    pub(crate) migrations: fn() -> Migrations<'static>,
    /// Reads enough to find most damage before the first use.
    pub(crate) check: fn(&Connection) -> rusqlite::Result<()>,
    /// Makes again what can be made from the rest, after a whole check found the file sound.
    pub(crate) mend: fn(&Connection) -> rusqlite::Result<()>,
    /// Takes over what can be read of a damaged file; how many rows.
    pub(crate) salvage: fn(&Path, &mut Connection) -> usize,
}

/// A damaged database that was moved out of the way.
#[derive(Debug)]
pub(crate) struct Aside {
    pub(crate) path: PathBuf,
    /// What SQLite said of it.
    pub(crate) reason: String,
    /// Rows that could be read from it and are in the new one.
    pub(crate) saved: usize,
}

/// Why a database cannot be used.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A newer Hoist wrote it.
    TooNew,
    Damaged(String),
    Sqlite(rusqlite::Error),
    /// What the operating system said of a file or folder.
    Io(PathBuf, std::io::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        // The statements that open a database are right: not understood, they met tables of another
        // form. A value of another kind than its column's is no better.
        let odd = match error.sqlite_error_code() {
            Some(code) => code == ErrorCode::Unknown,
            None => {
                !matches!(error, rusqlite::Error::InvalidPath(_) | rusqlite::Error::NulError(_))
            }
        };
        if odd || is_damage(&error) {
            Fault::Damaged(error.to_string())
        } else {
            Fault::Sqlite(error)
        }
    }
}

/// Opens the writing connection. Blocks: not for async threads.
pub(crate) fn open(
    path: &Path,
    lock: &Path,
    schema: &Schema,
) -> Result<(Connection, Option<Aside>), Fault> {
    for dir in [path.parent(), lock.parent()].into_iter().flatten() {
        std::fs::create_dir_all(dir).map_err(|error| Fault::Io(dir.to_owned(), error))?;
    }
    match ready(path, schema) {
        Ok(Some(connection)) => return Ok((connection, None)),
        // New, older or damaged: only one process may make, migrate or move it.
        Ok(None) | Err(Fault::Damaged(_)) => {}
        Err(fault) => return Err(fault),
    }
    let _lock = DataLock::acquire(lock, BUSY).map_err(|error| Fault::Io(lock.to_owned(), error))?;
    match prepare(path, schema) {
        Ok(connection) => Ok((connection, None)),
        Err(Fault::Damaged(reason)) => {
            let moved =
                set_aside(path, schema).map_err(|error| Fault::Io(path.to_owned(), error))?;
            tracing::error!(path = %moved.display(), %reason, "database damaged, set aside");
            let mut connection = prepare(path, schema)?;
            let saved = (schema.salvage)(&moved, &mut connection);
            Ok((connection, Some(Aside { path: moved, reason, saved })))
        }
        Err(fault) => Err(fault),
    }
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(connection)
}

/// The common case, without a lock: there, whole and of this version. `None` when it is to be
/// made or migrated.
fn ready(path: &Path, schema: &Schema) -> Result<Option<Connection>, Fault> {
    if !path.exists() {
        return Ok(None);
    }
    let connection = connect(path)?;
    if !is_current(&connection, schema)? {
        return Ok(None);
    }
    check(&connection, path, schema)?;
    Ok(Some(connection))
}

fn prepare(path: &Path, schema: &Schema) -> Result<Connection, Fault> {
    let mut connection = connect(path)?;
    if !is_current(&connection, schema)? {
        (schema.migrations)().to_latest(&mut connection).map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => Fault::from(err),
            other => Fault::Damaged(other.to_string()),
        })?;
    }
    check(&connection, path, schema)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    // SQLite would throw away the journal of an empty file, and with it all that is left.
    let len = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
    if path.exists() && len(path) == 0 && len(&with_suffix(path, "-wal")) > 0 {
        return Err(Fault::Damaged("the file is empty, its journal is not".into()));
    }
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // With WAL this survives a crash of Hoist; only a power cut may lose the last rows.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Whether its version is ours; a higher one is refused.
fn is_current(connection: &Connection, schema: &Schema) -> Result<bool, Fault> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > schema.version {
        return Err(Fault::TooNew);
    }
    Ok(version == schema.version)
}

/// Most damage is found before the first use.
///
/// A whole check of a large file takes seconds, so it is made only after a statement met damage
/// and left its mark.
fn check(connection: &Connection, path: &Path, schema: &Schema) -> Result<(), Fault> {
    (schema.check)(connection)?;
    if mark(path).exists() {
        let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if said != "ok" {
            return Err(Fault::Damaged(said));
        }
        (schema.mend)(connection)?;
        drop_mark(path);
    }
    Ok(())
}

/// Reads the schema and the first row of each of these tables.
pub(crate) fn readable(connection: &Connection, tables: &[&str]) -> rusqlite::Result<()> {
    tables.iter().try_for_each(|table| {
        let first = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1)");
        connection.query_row(&first, [], |_| Ok(()))
    })
}

/// A count or size as SQLite keeps it.
pub(crate) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count or size out of SQLite.
pub(crate) fn unsigned(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// Whether a statement failed because the file is damaged.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Whether a statement failed for something that passes: a full disk, another process's write.
pub(crate) fn is_passing(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// Whether a statement failed because there is no room for the database. SQLite does not always know:
/// its shared memory is a file too.
pub(crate) fn is_full(path: &Path, error: &rusqlite::Error) -> bool {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => true,
        Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => {
            let probe = || -> std::io::Result<()> {
                let mut file = tempfile::tempfile_in(path.parent().unwrap_or(Path::new(".")))?;
                file.write_all(&[1; PROBE])?;
                file.sync_data()
            };
            probe().is_err_and(|error| {
                matches!(
                    error.kind(),
                    std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
                )
            })
        }
        _ => false,
    }
}

/// Leaves a mark beside the database, so that the next start checks it whole.
pub(crate) fn mark_damaged(path: &Path) {
    if let Err(error) = std::fs::write(mark(path), b"") {
        tracing::warn!(%error, "the damaged database could not be marked");
    }
}

fn drop_mark(path: &Path) {
    match std::fs::remove_file(mark(path)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the mark of a damaged database stays");
        }
        _ => {}
    }
}

fn mark(path: &Path) -> PathBuf {
    with_suffix(path, "-check")
}

/// Moves the database and its journal files to a name that says what happened.
fn set_aside(path: &Path, schema: &Schema) -> std::io::Result<PathBuf> {
    let stamp = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    let dir = path.parent().unwrap_or(Path::new("."));
    let name = schema.name;
    let mut target = dir.join(format!("{name}-damaged-{stamp}.db"));
    let mut n = 2;
    while target.exists() {
        target = dir.join(format!("{name}-damaged-{stamp}-{n}.db"));
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
