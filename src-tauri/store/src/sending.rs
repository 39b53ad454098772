//! Request bodies that can be sent again, count what has gone, and hash what they sent.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::body::{shrunk, unreadable};
use crate::{Body, Progress, Result, StoreError, buffers};

/// How much is handed to the connection, and counted, at once.
pub(crate) const FRAME: usize = 64 * 1024;
/// How much of a file is read at once.
const READ: usize = buffers::SIZE;
/// Bytes in memory from this size are hashed off the async threads.
const ASIDE: usize = 1 << 20;

/// A checksum that grows with the bytes.
pub(crate) trait Hash: Default + Send + 'static {
    /// The finished checksum.
    type Out: Copy + Send + 'static;

    fn update(&mut self, bytes: &[u8]);

    fn finish(self) -> Self::Out;
}

impl Hash for md5::Md5 {
    type Out = [u8; 16];

    fn update(&mut self, bytes: &[u8]) {
        md5::Digest::update(self, bytes);
    }

    fn finish(self) -> [u8; 16] {
        md5::Digest::finalize(self).into()
    }
}

struct State<H: Hash> {
    hash: H,
    done: Option<H::Out>,
}

/// A checksum that follows the attempt being sent; a new attempt starts it again.
pub(crate) struct Running<H: Hash>(Arc<Mutex<State<H>>>);

impl<H: Hash> Running<H> {
    fn lock(&self) -> MutexGuard<'_, State<H>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The checksum, once all of the body has been sent.
    pub(crate) fn done(&self) -> Option<H::Out> {
        self.lock().done
    }
}

impl<H: Hash> Default for Running<H> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { hash: H::default(), done: None })))
    }
}

impl<H: Hash> Clone for Running<H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// A body, and what is to be told while it is sent. Every attempt is made from it anew.
pub(crate) struct Sending<H: Hash> {
    pub(crate) body: Body,
    pub(crate) progress: Option<Progress>,
    /// Follows the attempt being sent.
    pub(crate) running: Option<Running<H>>,
    /// How often it has been sent.
    pub(crate) attempts: Arc<AtomicU32>,
}

impl<H: Hash> Sending<H> {
    /// One attempt.
    pub(crate) fn attempt(&self) -> Counting<H> {
        Counting {
            source: match &self.body {
                Body::Bytes(bytes) | Body::Known(bytes, _) => Source::Bytes(bytes.clone()),
                Body::File { path, offset, .. } | Body::Hashed { path, offset, .. } => {
                    Source::Unopened(path.clone(), *offset)
                }
            },
            left: self.body.len(),
            sent: 0,
            progress: self.progress.clone(),
            running: self.running.clone(),
            attempts: Arc::clone(&self.attempts),
            watched: None,
            pause: None,
        }
    }

    /// One attempt that tells how many bytes are still to go, so that somebody can see it stand
    /// still.
    pub(crate) fn attempt_watched(&self, left: Arc<watch::Sender<u64>>) -> Counting<H> {
        Counting { watched: Some(left), ..self.attempt() }
    }
}

/// Hashes a body before it is sent.
pub(crate) async fn hash_body<H: Hash>(body: &Body) -> Result<H::Out> {
    match body {
        Body::Bytes(bytes) | Body::Known(bytes, _) if bytes.len() < ASIDE => {
            Ok(hash_bytes::<H>(bytes))
        }
        Body::Bytes(bytes) | Body::Known(bytes, _) => {
            let bytes = bytes.clone();
            aside(move || Ok(hash_bytes::<H>(&bytes))).await
        }
        Body::File { path, offset, len } | Body::Hashed { path, offset, len, .. } => {
            let (path, offset, len) = (path.clone(), *offset, *len);
            aside(move || hash_file::<H>(&path, offset, len)).await
        }
    }
}

/// Tells of a missing file before anything is sent.
pub(crate) async fn try_open(path: &Path, offset: u64) -> Result<()> {
    let path = path.to_owned();
    aside(move || open(&path, offset).map(drop)).await
}

fn hash_bytes<H: Hash>(bytes: &[u8]) -> H::Out {
    let mut hash = H::default();
    hash.update(bytes);
    hash.finish()
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(interrupted)?
}

fn open(path: &Path, offset: u64) -> Result<std::fs::File> {
    let mut file = std::fs::File::open(path).map_err(|error| unreadable(path, error))?;
    file.seek(SeekFrom::Start(offset)).map_err(|error| unreadable(path, error))?;
    Ok(file)
}

fn hash_file<H: Hash>(path: &Path, offset: u64, len: u64) -> Result<H::Out> {
    let mut file = open(path, offset)?.take(len);
    let mut hash = H::default();
    let mut buffer = buffers::take();
    let mut total = 0;
    loop {
        let n = buffer.fill(&mut file, READ).map_err(|error| unreadable(path, error))?;
        if n == 0 {
            break;
        }
        hash.update(buffer.as_ref());
        total += n as u64;
    }
    if total == len { Ok(hash.finish()) } else { Err(shrunk(path)) }
}

/// One attempt at sending a body.
pub(crate) struct Counting<H: Hash> {
    source: Source,
    left: u64,
    sent: u64,
    progress: Option<Progress>,
    running: Option<Running<H>>,
    attempts: Arc<AtomicU32>,
    watched: Option<Arc<watch::Sender<u64>>>,
    /// Until then the next piece waits, where there is a limit.
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

enum Source {
    Bytes(Bytes),
    /// Opened when the first byte is wanted: more bodies are made than are sent.
    Unopened(PathBuf, u64),
    File(Reading),
}

/// A file that is read ahead of the connection, a piece at a time.
struct Reading {
    path: PathBuf,
    /// What has been read and not sent.
    buffer: Bytes,
    /// The file, while nobody reads from it.
    file: Option<std::fs::File>,
    /// Somebody who does.
    reader: Option<JoinHandle<Result<Piece>>>,
}

/// The file again, and what was read of it.
type Piece = (std::fs::File, Bytes);

impl Reading {
    /// At most `most` bytes, of the `left` that are wanted.
    fn poll(&mut self, context: &mut Context<'_>, most: usize, left: u64) -> Poll<Result<Bytes>> {
        if self.buffer.is_empty() {
            if let Some(file) = self.file.take() {
                let n = left.min(READ as u64);
                let path = self.path.clone();
                self.reader = Some(tokio::task::spawn_blocking(move || read(file, &path, n)));
            }
            let Some(reader) = &mut self.reader else { return Poll::Ready(Ok(Bytes::new())) };
            let ended = ready!(Pin::new(reader).poll(context));
            self.reader = None;
            let (file, piece) = ended.map_err(interrupted).flatten()?;
            if piece.is_empty() {
                return Poll::Ready(Err(shrunk(&self.path)));
            }
            (self.file, self.buffer) = (Some(file), piece);
        }
        Poll::Ready(Ok(self.buffer.split_to(most.min(self.buffer.len()))))
    }
}

/// The next `n` bytes, fewer at the end of the file.
fn read(file: std::fs::File, path: &Path, n: u64) -> Result<Piece> {
    let mut buffer = buffers::take();
    let n = usize::try_from(n).unwrap_or(READ);
    buffer.fill(&mut &file, n).map_err(|error| unreadable(path, error))?;
    Ok((file, buffer.into()))
}

fn interrupted(error: tokio::task::JoinError) -> StoreError {
    StoreError::new(crate::ErrorKind::Other, "reading was interrupted").with_source(error)
}

impl<H: Hash> Counting<H> {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Bytes>> {
        if let Source::Unopened(path, offset) = &self.source {
            let file = Some(open(path, *offset)?);
            let path = path.clone();
            self.source = Source::File(Reading { path, buffer: Bytes::new(), file, reader: None });
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(FRAME);
        match &mut self.source {
            Source::Bytes(bytes) => Poll::Ready(Ok(bytes.split_to(most.min(bytes.len())))),
            Source::File(reading) => reading.poll(context, most, self.left),
            Source::Unopened(..) => Poll::Ready(Ok(Bytes::new())),
        }
    }

    fn count(&mut self, chunk: &[u8]) {
        let n = chunk.len() as u64;
        if self.sent == 0 {
            self.attempts.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(running) = &self.running {
            let mut state = running.lock();
            if self.sent == 0 {
                *state = State { hash: H::default(), done: None };
            }
            state.hash.update(chunk);
            if n == self.left {
                state.done = Some(std::mem::take(&mut state.hash).finish());
            }
        }
        self.left -= n;
        self.sent += n;
        if let Some(watched) = &self.watched {
            watched.send_replace(self.left);
        }
        if let Some(progress) = &self.progress {
            progress.report(self.sent);
            let pause = progress.pause(n);
            self.pause = (!pause.is_zero()).then(|| Box::pin(tokio::time::sleep(pause)));
        }
    }
}

impl<H: Hash> http_body::Body for Counting<H> {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let chunk = match ready!(self.poll_chunk(context)) {
            Ok(chunk) => chunk,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        self.count(&chunk);
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use md5::{Digest as _, Md5};

    use super::*;

    fn sending(body: Body) -> Sending<Md5> {
        Sending {
            body,
            progress: None,
            running: Some(Running::default()),
            attempts: Arc::default(),
        }
    }

    #[tokio::test]
    async fn a_running_checksum_is_that_of_the_last_attempt() {
        let sending = sending(Body::from(b"abcd" as &[u8]));
        let running = sending.running.clone().unwrap();
        let mut broken = sending.attempt();
        broken.count(b"ab");
        assert_eq!(running.done(), None);
        sending.attempt().collect().await.unwrap();
        assert_eq!(running.done().unwrap(), <[u8; 16]>::from(Md5::digest(b"abcd")));
        assert_eq!(sending.attempts.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_paced_body_waits_between_its_pieces() {
        let pause = std::time::Duration::from_millis(30);
        let progress = Progress::new(|_| {}).paced(move |_| pause);
        let body = Body::from(vec![7; 3 * FRAME]);
        let sending = Sending { progress: Some(progress), ..sending(body) };
        let start = std::time::Instant::now();
        let all = sending.attempt().collect().await.unwrap().to_bytes();
        assert_eq!(all.len(), 3 * FRAME);
        assert!(start.elapsed() >= 2 * pause, "after each piece but the last");
    }

    #[tokio::test]
    async fn somebody_can_see_how_much_is_left() {
        let (left, seen) = watch::channel(9);
        let sending = sending(Body::from(b"abcd" as &[u8]));
        sending.attempt_watched(Arc::new(left)).collect().await.unwrap();
        assert_eq!(*seen.borrow(), 0);
    }
}
