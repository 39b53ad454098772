//! One object from bucket to bucket through here: in one piece when small, else part by part, so that
//! memory does not grow with it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hoist_store::{
    Body, Bucket, ByteRange, CompletedPart, ErrorKind, GetOptions, MultipartUpload, ObjectMeta,
    Progress, PutOptions, StoreError,
};
use md5::{Digest as _, Md5};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

use crate::history::blocking;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{
    Flow, Meter, Remote, RetryPolicy, SMALLEST, Trouble, is_md5, joined_etag, look_up_object,
    part_size, retrying,
};

/// A piece up to this size is held in memory; a larger one in a temporary file.
const IN_MEMORY: u64 = 2 * SMALLEST;
/// Parts of one object on their way in.
const FETCHED: usize = 2;
/// Parts of one object on their way out.
const SENT: usize = 3;

/// Copies one object; its source must still be the one of `source`.
pub(super) async fn across(
    from: &Remote,
    to: &Remote,
    source: &ObjectMeta,
    target: &str,
    meter: &Arc<Meter>,
    large: &Semaphore,
    retry: &RetryPolicy,
) -> Result<(), Trouble> {
    let way = Way { from: &*from.bucket, to, source, target, meter, retry };
    match to.bucket.multipart().filter(|_| source.size > SMALLEST) {
        None => way.whole().await,
        Some(parts) => {
            // Never closed.
            let _one = large.acquire().await.ok();
            way.in_parts(parts).await
        }
    }
}

struct Way<'a> {
    from: &'a dyn Bucket,
    to: &'a Remote,
    source: &'a ObjectMeta,
    target: &'a str,
    meter: &'a Arc<Meter>,
    retry: &'a RetryPolicy,
}

/// Bytes between two connections.
enum Piece {
    Memory(Bytes),
    File(tempfile::NamedTempFile, u64),
}

impl Piece {
    fn body(&self) -> Body {
        match self {
            Piece::Memory(bytes) => Body::Bytes(bytes.clone()),
            Piece::File(file, len) => {
                Body::File { path: file.path().to_owned(), offset: 0, len: *len }
            }
        }
    }

    /// Adds its bytes to a checksum. Blocks.
    fn hash(&self, md5: &mut Md5) -> Result<()> {
        match self {
            Piece::Memory(bytes) => md5.update(bytes),
            Piece::File(file, _) => {
                let mut from = file.reopen().map_err(|error| unwritable(&error))?;
                let mut buffer = vec![0; 256 * 1024];
                loop {
                    match std::io::Read::read(&mut from, &mut buffer) {
                        Ok(0) => break,
                        Ok(n) => md5.update(&buffer[..n]),
                        Err(error) => return Err(unwritable(&error)),
                    }
                }
            }
        }
        Ok(())
    }
}

fn unwritable(error: &std::io::Error) -> Problem {
    let folder = std::env::temp_dir().display().to_string();
    Problem::from_io(Code::FileUnwritable, folder, error)
}

impl Way<'_> {
    /// In one request each way. Damage on either is found, and both are made again.
    async fn whole(&self) -> Result<(), Trouble> {
        let flow = Flow::new(self.meter);
        retrying(self.retry, || {
            let flow = &flow;
            async move {
                flow.set(0);
                let (piece, meta) = self.fetch(None).await?;
                let piece = self.checked(piece).await?;
                let counted = Arc::clone(flow);
                let options = PutOptions {
                    progress: Some(Progress::new(move |sent| counted.set(sent))),
                    ..self.headers(&meta)
                };
                Ok(self.to.bucket.put(self.target, piece.body(), &options).await?)
            }
        })
        .await?;
        flow.keep(self.source.size);
        Ok(())
    }

    /// Compares a whole object with its ETag, where that is an MD5.
    async fn checked(&self, piece: Piece) -> Result<Piece, Trouble> {
        let Some(expected) = self.source.etag.clone().filter(|etag| is_md5(etag)) else {
            return Ok(piece);
        };
        let (piece, found) = blocking(move || {
            let mut md5 = Md5::new();
            piece.hash(&mut md5)?;
            Ok((piece, hex::encode(md5.finalize())))
        })
        .await?;
        if found.eq_ignore_ascii_case(&expected) { Ok(piece) } else { Err(damaged(self.source)) }
    }

    /// What the copy keeps of its source beside the bytes.
    fn headers(&self, meta: &ObjectMeta) -> PutOptions {
        let kept = self.to.bucket.capabilities().metadata;
        let mut headers = meta.headers();
        if !kept {
            headers.metadata.clear();
        }
        headers
    }

    /// The object, or a range of it, as it was when it was listed.
    async fn fetch(&self, range: Option<(u64, u64)>) -> Result<(Piece, ObjectMeta), Trouble> {
        let len = range.map_or(self.source.size, |(_, len)| len);
        let matches = self.from.capabilities().get_if_match;
        let options = GetOptions {
            range: range.map(|(start, len)| ByteRange::From { start, len: Some(len) }),
            if_match: self.source.etag.clone().filter(|_| matches),
            ..GetOptions::default()
        };
        let object = self.from.get(&self.source.key, &options).await?;
        let same = match (&self.source.etag, &object.meta.etag) {
            (Some(listed), Some(given)) => listed == given,
            _ => true,
        };
        if !same || object.meta.size != self.source.size {
            return Err(StoreError::new(ErrorKind::Precondition, "it has changed").into());
        }
        if object.len != len || range.is_some_and(|(start, _)| object.start != start) {
            return Err(
                StoreError::new(ErrorKind::Integrity, "the store sent another range").into()
            );
        }
        let mut stream = object.stream;
        let mut came = 0;
        let piece = if len <= IN_MEMORY {
            let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or_default());
            while let Some(chunk) = stream.try_next().await? {
                bytes.extend_from_slice(&chunk);
            }
            came += bytes.len() as u64;
            Piece::Memory(bytes.into())
        } else {
            let file =
                blocking(|| tempfile::NamedTempFile::new().map_err(|e| unwritable(&e))).await?;
            let handle = file.reopen().map_err(|error| unwritable(&error))?;
            let mut handle = tokio::fs::File::from_std(handle);
            while let Some(chunk) = stream.try_next().await? {
                handle.write_all(&chunk).await.map_err(|error| unwritable(&error))?;
                came += chunk.len() as u64;
            }
            handle.flush().await.map_err(|error| unwritable(&error))?;
            Piece::File(file, len)
        };
        if came != len {
            let what = format!("{came} of {len} bytes came");
            return Err(StoreError::new(ErrorKind::Network, what).into());
        }
        Ok((piece, object.meta))
    }

    async fn in_parts(&self, store: &dyn MultipartUpload) -> Result<(), Trouble> {
        let size = self.source.size;
        let has = self.to.bucket.capabilities();
        let part = part_size(size, u64::from(has.max_parts), has.min_part);
        let headers = match look_up_object(self.from, &self.source.key).await? {
            Some(meta) if meta.size == size && same_tag(&meta, self.source) => self.headers(&meta),
            _ => return Err(StoreError::new(ErrorKind::Precondition, "it has changed").into()),
        };
        let id = retrying(self.retry, || async { Ok(store.create(self.target, &headers).await?) });
        let begun = Begun {
            bucket: Arc::clone(&self.to.bucket),
            key: self.target.to_owned(),
            id: Some(id.await?),
        };
        match self.parts(store, &begun, part).await {
            Ok(()) => {
                begun.completed();
                Ok(())
            }
            Err(trouble) => {
                begun.give_up().await;
                Err(trouble)
            }
        }
    }

    async fn parts(
        &self,
        store: &dyn MultipartUpload,
        begun: &Begun,
        part: u64,
    ) -> Result<(), Trouble> {
        let size = self.source.size;
        let expected = self.source.etag.as_ref().filter(|etag| is_md5(etag));
        let sum = Arc::new(Mutex::new(Md5::new()));
        let sections = (1u32..).zip((0..size.div_ceil(part)).map(|n| n * part));
        // Fetched in order, so that one checksum can run over all of them.
        let fetched = stream::iter(sections)
            .map(|(number, start)| async move {
                let range = Some((start, part.min(size - start)));
                let fetched = retrying(self.retry, || self.fetch(range)).await?;
                Ok::<_, Trouble>((number, fetched.0))
            })
            .buffered(FETCHED)
            .and_then(|(number, piece)| {
                let sum = expected.map(|_| Arc::clone(&sum));
                async move {
                    let Some(sum) = sum else { return Ok((number, piece)) };
                    let hashed = blocking(move || {
                        piece.hash(&mut sum.lock().unwrap_or_else(PoisonError::into_inner))?;
                        Ok(piece)
                    });
                    Ok((number, hashed.await?))
                }
            });
        let sent = fetched
            .map(|piece| async move {
                let (number, piece) = piece?;
                self.send(store, begun, number, &piece).await
            })
            .buffer_unordered(SENT);
        let mut parts: Vec<CompletedPart> = sent.try_collect().await?;
        parts.sort_by_key(|part| part.number);
        if let Some(expected) = expected {
            let sum = sum.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if !hex::encode(sum.finalize()).eq_ignore_ascii_case(expected) {
                return Err(damaged(self.source));
            }
        }
        self.complete(store, begun, &parts).await
    }

    async fn send(
        &self,
        store: &dyn MultipartUpload,
        begun: &Begun,
        number: u32,
        piece: &Piece,
    ) -> Result<CompletedPart, Trouble> {
        let body = piece.body();
        let flow = Flow::new(self.meter);
        let done = retrying(self.retry, || async {
            flow.set(0);
            let counted = Arc::clone(&flow);
            let progress = Progress::new(move |sent| counted.set(sent));
            let sent =
                store.put_part(self.target, begun.id(), number, body.clone(), Some(progress));
            Ok(sent.await?)
        })
        .await?;
        flow.keep(body.len());
        Ok(done)
    }

    /// Joins the parts. A lost answer is settled by looking.
    async fn complete(
        &self,
        store: &dyn MultipartUpload,
        begun: &Begun,
        parts: &[CompletedPart],
    ) -> Result<(), Trouble> {
        retrying(self.retry, || async {
            match store.complete(self.target, begun.id(), parts).await {
                Ok(_) => Ok(()),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    let there = self.to.bucket.head(self.target).await;
                    let ours = joined_etag(parts.iter().map(|part| &*part.etag));
                    match there {
                        Ok(meta) if meta.size == self.source.size && meta.etag == ours => Ok(()),
                        _ => Err(Trouble::Store(error)),
                    }
                }
                Err(error) => Err(Trouble::Store(error)),
            }
        })
        .await
    }
}

fn same_tag(now: &ObjectMeta, listed: &ObjectMeta) -> bool {
    now.etag.is_none() || listed.etag.is_none() || now.etag == listed.etag
}

/// Damaged bytes are fetched again.
fn damaged(source: &ObjectMeta) -> Trouble {
    let what = format!("{} came with other bytes than its checksum says", source.key);
    StoreError::new(ErrorKind::Integrity, what).into()
}

/// An upload in parts that is given up when it is dropped before its end.
struct Begun {
    bucket: Arc<dyn Bucket>,
    key: String,
    id: Option<String>,
}

impl Begun {
    fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    fn completed(mut self) {
        self.id = None;
    }

    async fn give_up(mut self) {
        let id = self.id.take();
        abort(&*self.bucket, &self.key, id).await;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let (bucket, key) = (Arc::clone(&self.bucket), std::mem::take(&mut self.key));
        runtime.spawn(async move { abort(&*bucket, &key, Some(id)).await });
    }
}

/// What is left of it costs money; `hoist transfers clean` finds what cannot be given up now.
async fn abort(bucket: &dyn Bucket, key: &str, id: Option<String>) {
    if let (Some(store), Some(id)) = (bucket.multipart(), id)
        && let Err(error) = store.abort(key, &id).await
    {
        tracing::warn!(key, %error, "an upload in parts was not given up");
    }
}
