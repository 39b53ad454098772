//! The store without its protocol: the index and the content files together.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use bytes::Bytes;
use s3s::dto::StreamingBlob;

use super::attributes::{Attributes, Entry, Head, slice};
use super::content::{Contents, Opened, Stored};
use super::digest::Expected;
use super::error::Result;
use super::index::{Index, OpenError, unknown_content};
use super::objects::{self, NewObject, WriteIf};
use super::uploads;

/// Everything stored.
#[derive(Debug, Clone)]
pub(crate) struct Depot {
    pub(crate) index: Arc<Index>,
    pub(crate) contents: Arc<Contents>,
    pub(crate) store_id: Arc<str>,
    /// Looks for left-over content, after a crash.
    sweeping: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// An object opened for reading, with its first bytes read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) head: Head,
    pub(crate) start: u64,
    pub(crate) len: u64,
    /// How many parts it was made of.
    pub(crate) parts: u32,
    first: Option<Bytes>,
    rest: Opened,
}

impl Reading {
    /// The bytes.
    pub(crate) fn stream(
        self,
    ) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
        self.rest.stream(self.first)
    }

    /// Everything, when the first read already got it all.
    pub(crate) fn take_small(&mut self) -> Option<Bytes> {
        if self.rest.left() > 0 {
            return None;
        }
        Some(self.first.take().unwrap_or_default())
    }

    /// The next bytes. Waits for the disk.
    pub(crate) fn next_chunk(&mut self) -> io::Result<Option<Bytes>> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => self.rest.next_chunk(),
        }
    }

    /// All bytes in memory. Waits for the disk.
    pub(crate) fn read_all(mut self) -> io::Result<Vec<u8>> {
        let mut all = Vec::with_capacity(usize::try_from(self.len).unwrap_or(0));
        while let Some(chunk) = self.next_chunk()? {
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }
}

/// Which bytes of an object are wanted, decided when its size is known.
pub(crate) type Choose = Box<dyn Fn(&Entry) -> Result<Option<(u64, u64)>> + Send>;

impl Depot {
    /// Opens the store in `dir`. Waits for the disk: call it off the async threads.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        std::fs::create_dir_all(dir)?;
        let contents = Arc::new(Contents::open(dir)?);
        let dropping = Arc::clone(&contents);
        let opened = Index::open(&dir.join("index.db"), move |id| dropping.remove(&id))?;
        let depot = Self {
            index: Arc::new(opened.index),
            contents,
            store_id: opened.store_id.into(),
            sweeping: Arc::new(Mutex::new(None)),
        };
        if opened.unclean {
            let (index, contents) = (Arc::clone(&depot.index), Arc::clone(&depot.contents));
            let sweep = std::thread::Builder::new()
                .name("store-sweep".to_owned())
                .spawn(move || sweep(&index, &contents))?;
            *depot.sweeping.lock().unwrap_or_else(PoisonError::into_inner) = Some(sweep);
        }
        Ok(depot)
    }

    /// Stores a body as an object.
    pub(crate) async fn put(
        &self,
        bucket: &str,
        key: &str,
        attributes: Attributes,
        body: Option<StreamingBlob>,
        expected: Expected,
        when: WriteIf,
    ) -> Result<Head> {
        let owned = bucket.to_owned();
        self.index.read(move |conn| objects::require_bucket(conn, &owned)).await?;
        let stored = self.contents.store(body, expected).await?;
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.index
            .write(move |change| {
                let attributes = Attributes { checksum: stored.sum.clone(), ..attributes };
                let extents = stored.extents();
                change.retain(&extents)?;
                let new = NewObject {
                    size: stored.size,
                    etag: &stored.md5,
                    attributes: &attributes,
                    extents: &extents,
                };
                let modified = objects::put(change, &bucket, &key, &new, &when)?;
                let head =
                    Head { size: stored.size, etag: stored.md5.clone(), modified, attributes };
                stored.keep();
                Ok(head)
            })
            .await
    }

    /// Receives a part of a multipart upload onto the disk.
    pub(crate) async fn receive(
        &self,
        body: Option<StreamingBlob>,
        expected: Expected,
    ) -> Result<Stored> {
        self.contents.store(body, expected).await
    }

    /// An object without its bytes.
    pub(crate) async fn head(&self, bucket: &str, key: &str) -> Result<Head> {
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.index.read(move |conn| objects::head(conn, &bucket, &key)).await
    }

    /// Opens an object; `choose` sees it first and names start and length, or `None` for all.
    pub(crate) async fn open_object(
        &self,
        bucket: &str,
        key: &str,
        choose: Choose,
    ) -> Result<Reading> {
        let (this, bucket, key) = (self.clone(), bucket.to_owned(), key.to_owned());
        tokio::task::spawn_blocking(move || {
            let mut tries = 3;
            loop {
                let entry = this.index.read_here(|conn| objects::get(conn, &bucket, &key))?;
                let range = choose(&entry)?;
                tries -= 1;
                match this.read_entry(entry, range) {
                    // Replaced between the look-up and the opening: look again.
                    Err(error) if error.kind() == io::ErrorKind::NotFound && tries > 0 => {}
                    other => return Ok(other?),
                }
            }
        })
        .await?
    }

    fn read_entry(&self, entry: Entry, range: Option<(u64, u64)>) -> io::Result<Reading> {
        let (start, len) = range.unwrap_or((0, entry.head.size));
        let mut rest = self.contents.open_extents(slice(&entry.extents, start, len))?;
        let first = rest.next_chunk()?;
        let parts = entry.extents.last().map_or(1, |extent| extent.part);
        Ok(Reading { head: entry.head, start, len, parts, first, rest })
    }

    /// Finishes and closes. Waits: call it off the async threads.
    pub(crate) fn close(&self) {
        self.index.close();
        // The next process may write at once; nothing of this one may delete any more.
        let sweep = self.sweeping.lock().unwrap_or_else(PoisonError::into_inner).take();
        if sweep.is_some_and(|sweep| sweep.join().is_err()) {
            tracing::error!("looking for left-over content panicked");
        }
    }
}

/// Deletes content nobody refers to, after a process that did not end properly.
fn sweep(index: &Index, contents: &Contents) {
    let mut deleted = 0_usize;
    for ids in contents.older_ids() {
        if index.is_closed() {
            return;
        }
        match index.read_here(|conn| unknown_content(conn, &ids)) {
            Ok(unknown) => {
                for id in &unknown {
                    contents.remove(id);
                }
                deleted += unknown.len();
            }
            Err(error) => {
                tracing::warn!(%error, "left-over content could not be looked for");
                return;
            }
        }
    }
    index.swept();
    tracing::debug!(deleted, "looked for left-over content");
}

/// Gives up uploads nobody has touched for a week.
pub(crate) async fn forget_uploads(depot: &Depot) {
    let any = depot
        .index
        .read(|conn| Ok(conn.prepare("SELECT 1 FROM upload LIMIT 1")?.exists([])?))
        .await;
    if !any.unwrap_or(false) {
        return;
    }
    if let Err(error) = depot.index.write(uploads::remove_forgotten).await {
        tracing::warn!(%error, "forgotten uploads could not be removed");
    }
}
