//! Every upload ever made, in SQLite.
//!
//! The window and the command line may both have it open: WAL, one writer connection per process
//! with a busy timeout, and a few connections that only read. A database of a newer Hoist is
//! refused; a damaged one is set aside under a new name and said loudly, never replaced in silence.
//!
//! Rows hidden by a deletion carry a lease (`hidden_until`): when the process that was to delete
//! them dies, they come back, because a deletion nobody can undo any more must not happen unseen.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::home::Home;
use crate::problem::{Code, Problem, Result};
use crate::view::{HistoryOutline, HistoryQuery};

mod connections;
mod deletion;
mod open;
mod read;
mod salvage;
mod schema;
mod search;
#[cfg(test)]
mod tests;
mod write;

pub use open::SetAside;
pub use write::{IfKnown, NewUpload};

use connections::Connections;
use search::Found;

/// The history of one data directory.
#[derive(Debug, Clone)]
pub struct History {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    connections: Connections,
    /// The last revision this process has seen; the database holds the true one.
    revision: AtomicU32,
    found: search::Cache,
}

/// One row, as the core works with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: i64,
    /// Milliseconds since 1970, UTC.
    pub uploaded_at: i64,
    pub name: String,
    pub profile: String,
    /// Which bucket at which endpoint; see [`crate::pipeline::target_id`].
    pub target: String,
    pub key: String,
    /// Of the stored image, as it was made. The address shown may follow the profile's present
    /// domain.
    pub url: String,
    /// What its link asks the host to make of it; see [`crate::link::with_process`].
    pub process: Option<String>,
    pub content_type: String,
    pub size: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// SHA-256 of what was sent, in hex.
    pub sha256: String,
    /// Thumbnail, relative to the thumbnails' directory.
    pub thumb: Option<String>,
    pub missing: bool,
}

impl History {
    /// Opens it, making or migrating it where needed. Blocks: not for async threads.
    ///
    /// A damaged database is set aside and an empty one opened; the caller must tell of
    /// [`SetAside`]. Fails with [`Code::HistoryTooNew`] or [`Code::HistoryUnavailable`].
    pub fn open(home: &Home) -> Result<(Self, Option<SetAside>)> {
        Self::open_at(&home.history_db(), &home.lock_file())
    }

    /// As [`History::open`], by path.
    pub fn open_at(path: &Path, lock: &Path) -> Result<(Self, Option<SetAside>)> {
        let (writer, set_aside) = open::open(path, lock)?;
        let revision = read::revision(&writer).map_err(|error| open::problem(path, &error))?;
        let inner = Inner {
            path: path.to_owned(),
            connections: Connections::new(path, writer),
            revision: AtomicU32::new(revision),
            found: search::Cache::default(),
        };
        Ok((Self { inner: Arc::new(inner) }, set_aside))
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The last revision this process made or has seen; it changes with every change.
    pub fn revision(&self) -> u32 {
        self.inner.revision.load(Ordering::Acquire)
    }

    /// The shape of a query's result.
    pub async fn outline(&self, query: &HistoryQuery) -> Result<HistoryOutline> {
        let query = query.clone();
        self.read(move |history, connection| {
            let revision = history.see_revision(connection)?;
            if search::is_blank(&query.text) {
                read::outline(connection, query.profile.as_deref(), revision)
            } else {
                Ok(history.found(connection, &query)?.outline(revision))
            }
        })
        .await
    }

    /// Rows `offset..offset + limit` of a query's result, newest first.
    pub async fn rows(&self, query: &HistoryQuery, offset: u32, limit: u32) -> Result<Vec<Entry>> {
        let query = query.clone();
        self.read(move |history, connection| {
            if search::is_blank(&query.text) {
                return read::page(connection, query.profile.as_deref(), offset, limit);
            }
            let found = history.found(connection, &query)?;
            read::by_ids(connection, found.slice(offset, limit))
        })
        .await
    }

    /// These rows, in the order asked; ids that are not there are left out.
    pub async fn by_ids(&self, ids: &[i64]) -> Result<Vec<Entry>> {
        let ids = ids.to_vec();
        self.read(move |_, connection| read::by_ids(connection, &ids)).await
    }

    /// The newest visible upload of the same content under the same recipe.
    pub async fn same_content(
        &self,
        profile: &str,
        target: &str,
        source_sha256: &str,
        recipe: &str,
    ) -> Result<Option<Entry>> {
        let args = [profile, target, source_sha256, recipe].map(str::to_owned);
        self.read(move |_, connection| read::same_content(connection, &args)).await
    }

    /// Whether another process has changed it since this one last looked.
    pub async fn has_changed(&self) -> Result<bool> {
        self.read(|history, connection| {
            let before = history.revision();
            Ok(history.see_revision(connection)? != before)
        })
        .await
    }

    /// The revision in the database: another process may have changed it.
    fn see_revision(&self, connection: &rusqlite::Connection) -> rusqlite::Result<u32> {
        let revision = read::revision(connection)?;
        self.inner.revision.store(revision, Ordering::Release);
        Ok(revision)
    }

    fn found(
        &self,
        connection: &rusqlite::Connection,
        query: &HistoryQuery,
    ) -> rusqlite::Result<Arc<Found>> {
        let revision = self.see_revision(connection)?;
        self.inner.found.find(connection, query, revision)
    }

    /// Runs `work` on a reading connection, off the async threads.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self, &rusqlite::Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let history = self.clone();
        blocking(move || {
            let connection = history.inner.connections.reader().map_err(|e| history.problem(&e))?;
            let result = work(&history, &connection).map_err(|e| history.problem(&e));
            history.inner.connections.give_back(connection);
            result
        })
        .await
    }

    /// Runs `work` in one transaction on the writing connection, off the async threads.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let history = self.clone();
        blocking(move || {
            let written = history.inner.connections.write(|transaction| {
                let result = work(transaction)?;
                Ok((result, write::raise_revision(transaction)?))
            });
            let (result, revision) = written.map_err(|e| history.problem(&e))?;
            history.inner.revision.store(revision, Ordering::Release);
            Ok(result)
        })
        .await
    }

    fn problem(&self, error: &rusqlite::Error) -> Problem {
        if open::is_damage(error) {
            open::mark_damaged(&self.inner.path);
        }
        open::problem(&self.inner.path, error)
    }
}

/// Runs blocking work on tokio's blocking threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Problem::new(Code::Internal, "background work").with_detail(error)),
    }
}

#[cfg(test)]
impl History {
    /// Lets the file grow no further, as a full disk does, or ends that.
    pub(crate) fn fill_disk_for_tests(&self, full: bool) {
        self.inner.connections.with_writer(|connection| {
            let pages: i64 =
                connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            let most = if full { pages } else { 1_000_000 };
            connection
                .query_row(&format!("PRAGMA max_page_count = {most}"), [], |row| {
                    row.get::<_, i64>(0)
                })
                .unwrap();
        });
    }
}
