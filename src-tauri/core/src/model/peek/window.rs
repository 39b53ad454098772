//! The beginning of an object, fetched in pieces that grow.

use bytes::{Bytes, BytesMut};
use hoist_store::{Bucket, ByteRange, ErrorKind, GetOptions, ObjectMeta};

use super::{Failed, Flaw, Part};
use crate::problem::{Code, Problem};
use crate::transfer::{RetryPolicy, Trouble, retrying};

/// The first piece, in bytes: many headers are shorter.
const FIRST: u64 = 16 << 10;

/// The longest piece that is fetched before it is asked for.
const LARGEST: u64 = 4 << 20;

/// No header makes us fetch more, in bytes.
const MOST: u64 = 256 << 20;

/// Hands out an object from its first byte on.
pub(super) struct Window<'a> {
    bucket: &'a dyn Bucket,
    meta: ObjectMeta,
    /// Where the next byte to be handed out lies.
    at: u64,
    /// What was fetched from there on.
    buffer: Bytes,
    piece: u64,
    read: u64,
}

impl<'a> Window<'a> {
    pub(super) fn new(bucket: &'a dyn Bucket, meta: ObjectMeta) -> Self {
        Self { bucket, meta, at: 0, buffer: Bytes::new(), piece: FIRST, read: 0 }
    }

    pub(super) fn size(&self) -> u64 {
        self.meta.size
    }

    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Bytes after the present place.
    pub(super) fn left(&self) -> u64 {
        self.meta.size.saturating_sub(self.at)
    }

    /// Bytes fetched so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    fn truncated(&self, n: u64) -> Failed {
        Flaw::Truncated { has: self.meta.size, needs: self.at.saturating_add(n) }.into()
    }

    /// The next `n` bytes.
    pub(super) async fn take(&mut self, n: usize) -> Result<Bytes, Failed> {
        if n as u64 > self.left() {
            return Err(self.truncated(n as u64));
        }
        if self.buffer.len() < n {
            self.fetch(n).await?;
        }
        self.at += n as u64;
        Ok(self.buffer.split_to(n))
    }

    /// Goes over `n` bytes, which are not fetched where they were not yet.
    pub(super) fn skip(&mut self, n: u64) -> Result<(), Failed> {
        if n > self.left() {
            return Err(self.truncated(n));
        }
        self.at += n;
        let here = usize::try_from(n).unwrap_or(usize::MAX).min(self.buffer.len());
        let _ = self.buffer.split_to(here);
        Ok(())
    }

    /// Fetches until there are `n` bytes, of which the object has enough.
    async fn fetch(&mut self, n: usize) -> Result<(), Failed> {
        let start = self.at + self.buffer.len() as u64;
        let len = ((n - self.buffer.len()) as u64).max(self.piece).min(self.meta.size - start);
        self.piece = (self.piece * 2).min(LARGEST);
        if self.read.saturating_add(len) > MOST {
            let found = self.read.saturating_add(len);
            return Err(Flaw::TooMuch { part: Part::Header, found, most: MOST }.into());
        }
        let whole = start == 0 && len == self.meta.size;
        let options = GetOptions {
            range: (!whole).then_some(ByteRange::From { start, len: Some(len) }),
            if_match: self.meta.etag.clone().filter(|_| self.bucket.capabilities().get_if_match),
            ..GetOptions::default()
        };
        let key = &self.meta.key;
        let retry = RetryPolicy::default();
        let got = retrying(&retry, || async {
            Ok(self.bucket.get(key, &options).await?.bytes(len).await?)
        });
        let bytes = match got.await {
            Ok(bytes) if bytes.len() as u64 == len => bytes,
            Ok(_) => return Err(Problem::new(Code::RemoteChanged, key).into()),
            Err(Trouble::Store(error)) if error.kind() == ErrorKind::Precondition => {
                return Err(Problem::new(Code::RemoteChanged, key).into());
            }
            Err(trouble) => return Err(trouble.problem(key).into()),
        };
        self.read += len;
        if self.buffer.is_empty() {
            self.buffer = bytes;
        } else {
            let mut both = BytesMut::with_capacity(self.buffer.len() + bytes.len());
            both.extend_from_slice(&self.buffer);
            both.extend_from_slice(&bytes);
            self.buffer = both.freeze();
        }
        Ok(())
    }
}
