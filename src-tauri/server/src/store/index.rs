//! The index: SQLite, one writer thread that commits in groups, a few reading connections.
//!
//! What is in the index exists; a content file without a row in `content` is garbage.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};
use rusqlite_migration::{M, Migrations};

use super::attributes::Extent;
use super::error::{Failure, Result};

const MIGRATIONS: &[M<'static>] = &[M::up(
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
     CREATE TABLE bucket (name TEXT PRIMARY KEY, created INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE content (id TEXT PRIMARY KEY, refs INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE object (
       bucket TEXT NOT NULL, key BLOB NOT NULL,
       size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
       attributes TEXT NOT NULL, extents TEXT NOT NULL,
       PRIMARY KEY (bucket, key)) WITHOUT ROWID;
     CREATE TABLE upload (
       id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL,
       started INTEGER NOT NULL, attributes TEXT NOT NULL, checksum TEXT) WITHOUT ROWID;
     CREATE INDEX upload_key ON upload (bucket, key, id);
     CREATE TABLE part (
       upload TEXT NOT NULL, number INTEGER NOT NULL,
       size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
       checksum TEXT, extents TEXT NOT NULL,
       PRIMARY KEY (upload, number)) WITHOUT ROWID;",
)];

/// How many jobs at most share one commit.
const GROUP: usize = 256;
/// Reading connections kept open.
const READERS: usize = 4;

type Done = Box<dyn FnOnce(Result<(), String>) + Send>;
type Job = Box<dyn FnOnce(&Connection, &mut Vec<String>) -> Done + Send>;

/// One change of the index, inside a transaction.
pub(crate) struct Change<'a> {
    pub(crate) conn: &'a Connection,
    dropped: &'a mut Vec<String>,
}

impl Change<'_> {
    /// Counts one more user of each extent's content.
    pub(crate) fn retain(&self, extents: &[Extent]) -> Result<()> {
        let mut statement = self.conn.prepare_cached(
            "INSERT INTO content (id, refs) VALUES (?1, 1) ON CONFLICT (id) DO UPDATE SET refs = refs + 1",
        )?;
        for extent in extents {
            statement.execute([&extent.content])?;
        }
        Ok(())
    }

    /// Counts one user less; content without users is deleted once this change is committed.
    pub(crate) fn release(&mut self, extents: &[Extent]) -> Result<()> {
        let mut less = self
            .conn
            .prepare_cached("UPDATE content SET refs = refs - 1 WHERE id = ?1 RETURNING refs")?;
        let mut gone = self.conn.prepare_cached("DELETE FROM content WHERE id = ?1")?;
        for extent in extents {
            let refs: Option<i64> =
                less.query_row([&extent.content], |row| row.get(0)).optional()?;
            if refs.is_some_and(|refs| refs <= 0) {
                gone.execute([&extent.content])?;
                self.dropped.push(extent.content.clone());
            }
        }
        Ok(())
    }
}

/// The open index.
#[derive(Debug)]
pub(crate) struct Index {
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Left-over content is still to be looked for.
    unswept: Arc<AtomicBool>,
}

/// What [`Index::open`] found.
pub(crate) struct Opened {
    pub(crate) index: Index,
    /// The last process did not end properly: there may be content nobody refers to.
    pub(crate) unclean: bool,
    /// The store's identity, made with the index.
    pub(crate) store_id: String,
}

impl Index {
    /// Opens or creates the index; `drop_content` deletes content files that lost their last user.
    ///
    /// Waits for the disk: call it off the async threads.
    pub(crate) fn open(
        path: &Path,
        mut drop_content: impl FnMut(String) + Send + 'static,
    ) -> Result<Opened, OpenError> {
        let mut conn = connect(path)?;
        Migrations::from_slice(MIGRATIONS).to_latest(&mut conn)?;
        conn.execute(
            "INSERT OR IGNORE INTO meta (name, value) VALUES ('store_id', ?1)",
            [uuid::Uuid::new_v4().simple().to_string()],
        )?;
        let meta = |name: &str| {
            conn.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| {
                row.get::<_, String>(0)
            })
            .optional()
        };
        let store_id = meta("store_id")?.unwrap_or_default();
        let unclean = meta("dirty")?.is_some();

        // Deleting a large file takes a while, and must not hold up the next commit.
        let (drops, to_drop) = mpsc::channel::<String>();
        let janitor =
            std::thread::Builder::new().name("store-janitor".to_owned()).spawn(move || {
                while let Ok(id) = to_drop.recv() {
                    drop_content(id);
                }
            })?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let unswept = Arc::new(AtomicBool::new(unclean));
        let still_unswept = Arc::clone(&unswept);
        let writer =
            std::thread::Builder::new().name("store-index".to_owned()).spawn(move || {
                let mut writer = Writer { conn, marked: unclean, failed: false, drops };
                while let Ok(first) = queue.recv() {
                    let group =
                        std::iter::once(first).chain(queue.try_iter().take(GROUP - 1)).collect();
                    writer.commit(group);
                }
                writer.close(janitor, still_unswept.load(Ordering::Acquire));
            })?;
        Ok(Opened {
            index: Self {
                path: path.to_owned(),
                readers: Mutex::new(Vec::new()),
                jobs: Mutex::new(Some(jobs)),
                writer: Mutex::new(Some(writer)),
                unswept,
            },
            unclean,
            store_id,
        })
    }

    /// Runs `work` in a transaction and returns once it is on the disk. Goes on to its end even
    /// when the caller is dropped.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&mut Change<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let job: Job = Box::new(move |conn, dropped| {
            let before = dropped.len();
            let mut result =
                conn.execute_batch("SAVEPOINT job").map_err(Failure::from).and_then(|()| {
                    let result = work(&mut Change { conn, dropped: &mut *dropped });
                    let end =
                        if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
                    conn.execute_batch(end)?;
                    result
                });
            if result.is_err() {
                dropped.truncate(before);
            }
            Box::new(move |committed| {
                if let (Err(error), true) = (committed, result.is_ok()) {
                    result = Err(Failure::Io(std::io::Error::other(error)));
                }
                // Nobody waits any more when the client went away.
                let _ = reply.send(result);
            })
        });
        let sent = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .is_some_and(|jobs| jobs.send(job).is_ok());
        if !sent {
            return Err(Failure::Closed);
        }
        answer.await.map_err(|_| Failure::Closed)?
    }

    /// Runs `work` on a reading connection, off the async threads.
    pub(crate) async fn read<T, W>(self: &Arc<Self>, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let this = Arc::clone(self);
        tokio::task::spawn_blocking(move || this.read_here(work)).await?
    }

    /// As [`Index::read`], on this thread.
    pub(crate) fn read_here<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match kept {
            Some(conn) => conn,
            None => connect(&self.path)?,
        };
        let result = work(&conn);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS {
            readers.push(conn);
        }
        result
    }

    /// Left-over content was looked for, all of it.
    pub(crate) fn swept(&self) {
        self.unswept.store(false, Ordering::Release);
    }

    /// Whether [`Index::close`] was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Finishes what is queued and closes the database. Waits: call it off the async threads.
    pub(crate) fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the writer of the built-in store's index panicked");
        }
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.close();
    }
}

/// Why the index could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    #[error("{0}")]
    Schema(#[from] rusqlite_migration::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

struct Writer {
    conn: Connection,
    /// `meta.dirty` is set.
    marked: bool,
    /// A commit failed: files may be left over.
    failed: bool,
    drops: mpsc::Sender<String>,
}

impl Writer {
    fn commit(&mut self, group: Vec<Job>) {
        let mut dropped = Vec::new();
        let mut done = Vec::with_capacity(group.len());
        let begun = self.conn.execute_batch("BEGIN IMMEDIATE").and_then(|()| {
            if self.marked {
                return Ok(());
            }
            self.conn
                .execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('dirty', '1')", [])?;
            Ok(())
        });
        for job in group {
            done.push(job(&self.conn, &mut dropped));
        }
        let committed = begun.and_then(|()| self.conn.execute_batch("COMMIT"));
        let committed = match committed {
            Ok(()) => {
                self.marked = true;
                for id in dropped {
                    // The janitor lives as long as this thread.
                    let _ = self.drops.send(id);
                }
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "the built-in store could not write its index");
                self.failed = true;
                // Nothing to roll back when SQLite already has.
                let _ = self.conn.execute_batch("ROLLBACK");
                Err(error.to_string())
            }
        };
        for done in done {
            done(committed.clone());
        }
    }

    fn close(self, janitor: JoinHandle<()>, unswept: bool) {
        drop(self.drops);
        let all_dropped = janitor.join().is_ok();
        let clean = all_dropped && !self.failed && !unswept;
        if self.marked
            && clean
            && let Err(error) = self.conn.execute("DELETE FROM meta WHERE name = 'dirty'", [])
        {
            tracing::warn!(%error, "the built-in store could not be closed cleanly");
        }
        if let Err(error) =
            self.conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::debug!(%error, "no checkpoint at the end");
        }
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    // FULL: an answer of 200 survives a power cut. Group commits keep it affordable.
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -8192;",
    )?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// A size as SQLite keeps it.
pub(crate) fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// A size as SQLite kept it.
pub(crate) fn size(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// Which of `ids` the index does not know.
pub(crate) fn unknown_content(conn: &Connection, ids: &[String]) -> Result<Vec<String>> {
    let mut statement = conn.prepare_cached("SELECT 1 FROM content WHERE id = ?1")?;
    let mut unknown = Vec::new();
    for id in ids {
        if !statement.exists(params![id])? {
            unknown.push(id.clone());
        }
    }
    Ok(unknown)
}
