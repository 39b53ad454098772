//! Request bodies that can be sent again, count what has gone, and know the MD5 of what they sent.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use aws_sdk_s3::primitives::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use md5::{Digest as _, Md5};
use tokio_util::io::poll_read_buf;

use crate::body::{shrunk, unreadable};
use crate::{Body, Progress, Result, StoreError};

/// How much is handed to the connection, and counted, at once.
const FRAME: usize = 64 * 1024;
/// How much of a file is read at once.
const READ: usize = 256 * 1024;
/// Up to here a file is hashed before it is sent, so that the store itself refuses damaged bytes;
/// above, reading it twice costs more than it gains, and the ETag tells afterwards.
const HASH_FIRST: u64 = 64 << 20;
/// Bytes in memory from this size are hashed off the async threads.
const HASH_ASIDE: usize = 1 << 20;

/// A body ready to be sent, and the MD5 it has or will have.
pub(super) struct Prepared {
    pub(super) body: SdkBody,
    pub(super) md5: Md5State,
    /// How often it has been sent.
    pub(super) attempts: Arc<AtomicU32>,
}

/// The MD5 of a body.
pub(super) enum Md5State {
    /// Known before it is sent.
    Known([u8; 16]),
    /// Known once all of it has been sent.
    Running(Running),
}

impl Md5State {
    /// The value of `Content-MD5`, if it is known before the body is sent.
    pub(super) fn header(&self) -> Option<String> {
        match self {
            Md5State::Known(digest) => Some(STANDARD.encode(digest)),
            Md5State::Running(_) => None,
        }
    }

    /// The digest, if all of the body has been read.
    pub(super) fn hex(&self) -> Option<String> {
        match self {
            Md5State::Known(digest) => Some(hex::encode(digest)),
            Md5State::Running(running) => running.lock().done.map(hex::encode),
        }
    }
}

#[derive(Default)]
struct Hash {
    md5: Md5,
    done: Option<[u8; 16]>,
}

/// A digest that follows the attempt being sent; a new attempt starts it again.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<Hash>>);

impl Running {
    fn lock(&self) -> std::sync::MutexGuard<'_, Hash> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a body that the SDK can send as often as it has to.
pub(super) async fn prepare(body: Body, progress: Option<Progress>) -> Result<Prepared> {
    let len = body.len();
    let md5 = match &body {
        Body::Bytes(bytes) if bytes.len() < HASH_ASIDE => {
            Md5State::Known(Md5::digest(bytes).into())
        }
        Body::Bytes(bytes) => {
            let bytes = bytes.clone();
            Md5State::Known(aside(move || Ok(Md5::digest(&bytes).into())).await?)
        }
        Body::File { path, offset, len } if *len <= HASH_FIRST => {
            let (path, offset, len) = (path.clone(), *offset, *len);
            Md5State::Known(aside(move || hash_file(&path, offset, len)).await?)
        }
        // The first open tells of a missing file before anything is sent.
        Body::File { path, offset, .. } => {
            let (path, offset) = (path.clone(), *offset);
            aside(move || open(&path, offset).map(drop)).await?;
            Md5State::Running(Running::default())
        }
    };
    let attempts = Arc::new(AtomicU32::new(0));
    if len == 0 {
        if let Some(progress) = progress {
            progress.report(0);
        }
        return Ok(Prepared { body: SdkBody::from(""), md5, attempts });
    }
    let running = match &md5 {
        Md5State::Running(running) => Some(running.clone()),
        Md5State::Known(_) => None,
    };
    let counter = Arc::clone(&attempts);
    let sdk = SdkBody::retryable(move || {
        SdkBody::from_body_1_x(Counting {
            source: match &body {
                Body::Bytes(bytes) => Source::Bytes(bytes.clone()),
                Body::File { path, offset, .. } => Source::Unopened(path.clone(), *offset),
            },
            left: len,
            sent: 0,
            progress: progress.clone(),
            running: running.clone(),
            attempts: Arc::clone(&counter),
        })
    });
    Ok(Prepared { body: sdk, md5, attempts })
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        StoreError::new(crate::ErrorKind::Other, "reading was interrupted").with_source(error)
    })?
}

fn open(path: &Path, offset: u64) -> Result<std::fs::File> {
    let mut file = std::fs::File::open(path).map_err(|error| unreadable(path, error))?;
    file.seek(SeekFrom::Start(offset)).map_err(|error| unreadable(path, error))?;
    Ok(file)
}

fn hash_file(path: &Path, offset: u64, len: u64) -> Result<[u8; 16]> {
    let mut file = open(path, offset)?.take(len);
    let mut md5 = Md5::new();
    let mut buffer = vec![0; READ];
    let mut total = 0;
    loop {
        let n = file.read(&mut buffer).map_err(|error| unreadable(path, error))?;
        if n == 0 {
            break;
        }
        md5.update(&buffer[..n]);
        total += n as u64;
    }
    if total == len { Ok(md5.finalize().into()) } else { Err(shrunk(path)) }
}

/// One attempt at sending a body.
struct Counting {
    source: Source,
    left: u64,
    sent: u64,
    progress: Option<Progress>,
    running: Option<Running>,
    attempts: Arc<AtomicU32>,
}

enum Source {
    Bytes(Bytes),
    /// Opened when the first byte is wanted: the SDK makes more bodies than it sends.
    Unopened(PathBuf, u64),
    File {
        file: tokio::fs::File,
        path: PathBuf,
        buffer: BytesMut,
    },
}

impl Counting {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Bytes>> {
        if let Source::Unopened(path, offset) = &self.source {
            let path = path.clone();
            let mut file = tokio::fs::File::from_std(open(&path, *offset)?);
            file.set_max_buf_size(READ);
            self.source = Source::File { file, path, buffer: BytesMut::new() };
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(FRAME);
        match &mut self.source {
            Source::Bytes(bytes) => Poll::Ready(Ok(bytes.split_to(most.min(bytes.len())))),
            Source::File { file, path, buffer } => {
                if buffer.is_empty() {
                    buffer.reserve(READ);
                    let n = ready!(poll_read_buf(Pin::new(file), context, buffer))
                        .map_err(|error| unreadable(path, error))?;
                    if n == 0 {
                        return Poll::Ready(Err(shrunk(path)));
                    }
                }
                Poll::Ready(Ok(buffer.split_to(most.min(buffer.len())).freeze()))
            }
            Source::Unopened(..) => Poll::Ready(Ok(Bytes::new())),
        }
    }

    fn count(&mut self, chunk: &[u8]) {
        let n = chunk.len() as u64;
        if self.sent == 0 {
            self.attempts.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(running) = &self.running {
            let mut hash = running.lock();
            if self.sent == 0 {
                *hash = Hash::default();
            }
            hash.md5.update(chunk);
            if n == self.left {
                hash.done = Some(std::mem::take(&mut hash.md5).finalize().into());
            }
        }
        self.left -= n;
        self.sent += n;
        if let Some(progress) = &self.progress {
            progress.report(self.sent);
        }
    }
}

impl http_body::Body for Counting {
    type Data = Bytes;
    type Error = StoreError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
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

    use super::*;

    async fn send(prepared: &Prepared) -> Vec<u8> {
        let body = prepared.another();
        body.collect().await.unwrap().to_bytes().to_vec()
    }

    impl Prepared {
        fn another(&self) -> SdkBody {
            self.body.try_clone().unwrap()
        }
    }

    #[tokio::test]
    async fn a_section_of_a_file_is_sent_twice_alike_and_counted_from_zero() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let all: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &all).unwrap();
        let reports = Arc::new(Mutex::new(Vec::new()));
        let progress = Progress::new({
            let reports = Arc::clone(&reports);
            move |n| reports.lock().unwrap().push(n)
        });
        let body = Body::File { path, offset: 100, len: 600_000 };
        let prepared = prepare(body, Some(progress)).await.unwrap();
        for _ in 0..2 {
            reports.lock().unwrap().clear();
            assert_eq!(send(&prepared).await, all[100..600_100]);
            let seen = reports.lock().unwrap().clone();
            assert!(seen.is_sorted() && seen[0] <= FRAME as u64 && seen.last() == Some(&600_000));
        }
        assert_eq!(prepared.md5.hex().unwrap(), hex::encode(Md5::digest(&all[100..600_100])));
    }

    #[tokio::test]
    async fn a_file_that_shrinks_is_an_integrity_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        std::fs::write(&path, vec![7; 1000]).unwrap();
        let body = Body::File { path: path.clone(), offset: 0, len: 2000 };
        let error = prepare(body, None).await.err().unwrap();
        assert_eq!(error.kind(), crate::ErrorKind::Integrity);

        let prepared =
            prepare(Body::File { path: path.clone(), offset: 0, len: 1000 }, None).await.unwrap();
        std::fs::write(&path, vec![7; 10]).unwrap();
        let sent = prepared.another().collect().await;
        let error = sent.err().unwrap();
        assert_eq!(error.downcast_ref::<StoreError>().unwrap().kind(), crate::ErrorKind::Integrity);
    }

    #[tokio::test]
    async fn a_running_digest_is_that_of_the_last_attempt() {
        let running = Running::default();
        let attempt = |bytes: &'static [u8]| Counting {
            source: Source::Bytes(Bytes::from_static(bytes)),
            left: bytes.len() as u64,
            sent: 0,
            progress: None,
            running: Some(running.clone()),
            attempts: Arc::default(),
        };
        let mut broken = attempt(b"abc");
        broken.count(b"ab");
        assert_eq!(Md5State::Running(running.clone()).hex(), None);
        attempt(b"abcd").collect().await.unwrap();
        assert_eq!(
            Md5State::Running(running.clone()).hex().unwrap(),
            hex::encode(Md5::digest(b"abcd"))
        );
    }

    #[tokio::test]
    async fn a_missing_file_is_named_before_anything_is_sent() {
        for len in [10, HASH_FIRST + 1] {
            let body = Body::File { path: "/nowhere/at all.png".into(), offset: 0, len };
            let error = prepare(body, None).await.err().unwrap();
            assert!(error.to_string().contains("/nowhere/at all.png"), "{error}");
        }
    }
}
