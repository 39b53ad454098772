//! Content files: written once under a name of their own, never changed, deleted when unused.
//!
//! `tmp/ID` while it arrives, then synced and renamed to `data/XX/ID`. Keys never become paths.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use s3s::dto::StreamingBlob;
use s3s::{S3ErrorCode, StdError};
use tokio::sync::mpsc;

use super::attributes::Extent;
use super::digest::{Digests, Expected, Sum};
use super::error::{Failure, Result, refuse};

/// Bytes read from a file at a time.
const CHUNK: usize = 256 * 1024;
/// Chunks of a body that may wait for the disk.
const WAITING: usize = 16;
/// Files of one object that are opened before its first byte is sent, so that a deletion in the
/// meantime does not cut the answer.
const OPEN_AHEAD: usize = 16;

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The directory of content files.
#[derive(Debug)]
pub(crate) struct Contents {
    data: PathBuf,
    tmp: PathBuf,
    /// Ids of this process sort at or after this; older unknown ones are garbage.
    opened: i64,
    last: AtomicU64,
}

/// A body that is on the disk, and goes away again unless [`Stored::keep`] is called.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    pub(crate) size: u64,
    pub(crate) md5: String,
    pub(crate) sum: Option<Sum>,
    path: PathBuf,
    kept: bool,
}

impl Stored {
    /// Its one extent; none when it is empty.
    pub(crate) fn extents(&self) -> Vec<Extent> {
        vec![Extent { content: self.id.clone(), start: 0, len: self.size, part: 1 }]
    }

    /// The index knows it now.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        if !self.kept {
            remove(&self.path);
        }
    }
}

/// Removes the file of a body that did not arrive whole.
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            remove(path);
        }
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "a content file could not be deleted");
    }
}

impl Contents {
    /// Opens the directory and deletes what was interrupted.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let (data, tmp) = (dir.join("data"), dir.join("tmp"));
        fs::create_dir_all(&data)?;
        fs::create_dir_all(&tmp)?;
        for entry in fs::read_dir(&tmp)? {
            remove(&entry?.path());
        }
        Ok(Self { data, tmp, opened: now_ms(), last: AtomicU64::new(0) })
    }

    /// A new id: when, then 80 random bits.
    fn new_id(&self) -> String {
        let now = u64::try_from(now_ms().max(self.opened)).unwrap_or(0);
        // Never earlier than the id before, whatever the clock does.
        let at = self.last.fetch_max(now, Ordering::Relaxed).max(now);
        let random = uuid::Uuid::new_v4().simple().to_string();
        format!("{at:012x}{}", &random[12..])
    }

    fn path(&self, id: &str) -> PathBuf {
        self.data.join(&id[id.len() - 2..]).join(id)
    }

    /// Deletes a content file.
    pub(crate) fn remove(&self, id: &str) {
        remove(&self.path(id));
    }

    /// Ids on the disk that are older than this process, in one fan-out directory after another.
    pub(crate) fn older_ids(&self) -> impl Iterator<Item = Vec<String>> + use<'_> {
        let limit = format!("{:012x}", self.opened);
        fs::read_dir(&self.data).into_iter().flatten().flatten().map(move |dir| {
            fs::read_dir(dir.path())
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|entry| entry.file_name().into_string().ok())
                .filter(|id| id.len() == 32 && id[..12] < *limit)
                .collect()
        })
    }

    /// Writes a body to the disk while it arrives, and checks it.
    pub(crate) async fn store(
        self: &std::sync::Arc<Self>,
        body: Option<StreamingBlob>,
        expected: Expected,
    ) -> Result<Stored> {
        let (chunks, arriving) = mpsc::channel::<Option<Bytes>>(WAITING);
        let this = std::sync::Arc::clone(self);
        let writing = tokio::task::spawn_blocking(move || this.write(arriving, &expected));
        if let Some(mut body) = body {
            while let Some(chunk) = body.next().await {
                let chunk = chunk.map_err(|error| broken_body(&error))?;
                if chunks.send(Some(chunk)).await.is_err() {
                    // The disk refused; its error is the result of the task.
                    break;
                }
            }
        }
        let _ = chunks.send(None).await;
        writing.await?
    }

    fn write(
        &self,
        mut arriving: mpsc::Receiver<Option<Bytes>>,
        expected: &Expected,
    ) -> Result<Stored> {
        let id = self.new_id();
        let arrival = self.tmp.join(&id);
        let mut unfinished = Unfinished(Some(arrival.clone()));
        let mut file = BufWriter::with_capacity(CHUNK, File::create_new(&arrival)?);
        let mut hashers = expected.hashers();
        let mut size = 0_u64;
        loop {
            match arriving.blocking_recv() {
                Some(Some(chunk)) => {
                    hashers.update(&chunk);
                    file.write_all(&chunk)?;
                    size += chunk.len() as u64;
                }
                Some(None) => break,
                None => {
                    return Err(refuse(S3ErrorCode::IncompleteBody, "The body ended too early."));
                }
            }
        }
        let digests: Digests = hashers.finish();
        let sum = expected.verify(size, &digests)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_data()?;
        drop(file);
        let path = self.path(&id);
        let dir = path.parent().unwrap_or(&self.data);
        if !dir.is_dir() {
            fs::create_dir_all(dir)?;
            sync_dir(&self.data)?;
        }
        fs::rename(&arrival, &path)?;
        unfinished.0 = None;
        let stored = Stored { id, size, md5: hex::encode(digests.md5), sum, path, kept: false };
        sync_dir(stored.path.parent().unwrap_or(&self.data))?;
        Ok(stored)
    }

    /// Opens extents for reading. Waits for the disk: call it off the async threads.
    pub(crate) fn open_extents(&self, extents: Vec<Extent>) -> io::Result<Opened> {
        let mut files = Vec::with_capacity(extents.len());
        for (n, extent) in extents.into_iter().enumerate() {
            let path = self.path(&extent.content);
            let file = if n < OPEN_AHEAD { Some(File::open(&path)?) } else { None };
            files.push(Section { path, file, start: extent.start, len: extent.len });
        }
        files.reverse();
        Ok(Opened { rest: files, current: None })
    }
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// The reader's own types are private to s3s, so their words are all there is to tell apart a
/// body that was altered from one that broke off.
fn broken_body(error: &StdError) -> Failure {
    let said = error.to_string();
    if said.contains("Sha256Mismatch") {
        return refuse(
            S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into()),
            "The x-amz-content-sha256 differs from the SHA-256 of what arrived.",
        )
        .with_bad_request();
    }
    if said.contains("SignatureMismatch") {
        return refuse(S3ErrorCode::SignatureDoesNotMatch, "A chunk's signature does not match.");
    }
    refuse(S3ErrorCode::IncompleteBody, "The body ended too early.")
}

impl Failure {
    fn with_bad_request(mut self) -> Self {
        if let Failure::Refused(error) = &mut self {
            error.set_status_code(http::StatusCode::BAD_REQUEST);
        }
        self
    }
}

#[derive(Debug)]
struct Section {
    path: PathBuf,
    file: Option<File>,
    start: u64,
    len: u64,
}

/// Open extents, to be read in order.
#[derive(Debug)]
pub(crate) struct Opened {
    /// In reverse.
    rest: Vec<Section>,
    current: Option<(File, u64)>,
}

impl Opened {
    /// The next chunk. Waits for the disk.
    pub(crate) fn next_chunk(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            if let Some((file, left)) = &mut self.current
                && *left > 0
            {
                let want = usize::try_from(*left).unwrap_or(usize::MAX).min(CHUNK);
                let mut chunk = vec![0; want];
                file.read_exact(&mut chunk)?;
                *left -= want as u64;
                return Ok(Some(chunk.into()));
            }
            let Some(next) = self.rest.pop() else { return Ok(None) };
            let mut file = match next.file {
                Some(file) => file,
                None => File::open(&next.path)?,
            };
            if next.start > 0 {
                file.seek(SeekFrom::Start(next.start))?;
            }
            self.current = Some((file, next.len));
        }
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> u64 {
        self.current.as_ref().map_or(0, |(_, left)| *left)
            + self.rest.iter().map(|s| s.len).sum::<u64>()
    }

    /// The bytes as a stream; `first` was read already.
    pub(crate) fn stream(
        self,
        first: Option<Bytes>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
        futures_util::stream::unfold(Some((self, first)), |state| async move {
            let (mut opened, first) = state?;
            if let Some(first) = first {
                return Some((Ok(first), Some((opened, None))));
            }
            if opened.left() == 0 {
                return None;
            }
            let read = tokio::task::spawn_blocking(move || {
                let chunk = opened.next_chunk();
                (chunk, opened)
            })
            .await;
            match read {
                Ok((Ok(Some(chunk)), opened)) => Some((Ok(chunk), Some((opened, None)))),
                Ok((Ok(None), _)) => None,
                Ok((Err(error), _)) => Some((Err(error), None)),
                Err(error) => Some((Err(io::Error::other(error)), None)),
            }
        })
    }
}
