//! The bytes of objects: small ones in memory, large ones in temporary files, whole ones and those
//! put together from parts.

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use crc_fast::{CrcAlgorithm, Digest as Crc};
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Body, Frame};
use md5::{Digest as _, Md5};
use tempfile::TempPath;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_util::io::ReaderStream;

use super::OutBody;

/// Bytes up to this many stay in memory.
const IN_MEMORY: usize = 1024 * 1024;

/// The bytes of an object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    pieces: Vec<Piece>,
    len: u64,
}

#[derive(Debug, Clone)]
enum Piece {
    Memory(Bytes),
    File(Arc<TempPath>, u64),
}

/// Bytes as they are read.
pub(crate) type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

impl Content {
    /// How many bytes there are.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// These bytes and then those.
    pub(crate) fn followed_by(&self, next: &Content) -> Content {
        let mut pieces = self.pieces.clone();
        pieces.extend(next.pieces.iter().cloned());
        Content { pieces, len: self.len + next.len }
    }

    /// A part of the bytes, as they are read.
    pub(crate) fn chunks(&self, range: Range<u64>) -> Chunks {
        let mut wanted = Vec::new();
        let mut start = 0;
        for piece in &self.pieces {
            let end = start + piece.len();
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                wanted.push((piece.clone(), from - start, to - from));
            }
            start = end;
        }
        let opened = stream::iter(wanted).map(Ok::<_, io::Error>);
        Box::pin(opened.and_then(|(piece, from, len)| piece.open(from, len)).try_flatten())
    }

    /// All of the bytes, as they are read.
    pub(crate) fn all(&self) -> Chunks {
        self.chunks(0..self.len)
    }

    /// A part of the bytes as the body of an answer.
    pub(crate) fn body(&self, range: Range<u64>) -> OutBody {
        StreamBody::new(self.chunks(range).map_ok(Frame::data)).boxed_unsync()
    }

    /// All of the bytes.
    pub(crate) async fn read(&self) -> io::Result<Bytes> {
        let mut all = BytesMut::new();
        let mut chunks = self.all();
        while let Some(chunk) = chunks.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        let len = bytes.len() as u64;
        let pieces = if bytes.is_empty() { Vec::new() } else { vec![Piece::Memory(bytes)] };
        Self { pieces, len }
    }
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(_, len) => *len,
        }
    }

    async fn open(self, from: u64, len: u64) -> io::Result<Chunks> {
        Ok(match self {
            Self::Memory(bytes) => {
                let (from, len) = (from as usize, len as usize);
                Box::pin(stream::iter([Ok(bytes.slice(from..from + len))]))
            }
            Self::File(path, _) => {
                let mut file = tokio::fs::File::open(path.as_ref() as &Path).await?;
                file.seek(SeekFrom::Start(from)).await?;
                // The path goes along: dropping it deletes the file.
                Box::pin(ReaderStream::new(file.take(len)).map(move |chunk| {
                    let _held = &path;
                    chunk
                }))
            }
        })
    }
}

/// Bytes that were stored, with their digests.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) content: Content,
    pub(crate) md5: [u8; 16],
    pub(crate) crc64: u64,
}

/// Why a body was not stored.
#[derive(Debug)]
pub(crate) enum NotStored {
    /// It has more bytes than are allowed.
    TooLarge,
    /// It did not arrive, or could not be kept.
    Broken,
}

/// Where bytes are put, with digests taken on the way.
pub(crate) struct Store<'a> {
    folder: &'a Path,
    limit: u64,
    memory: BytesMut,
    file: Option<(tokio::fs::File, TempPath)>,
    len: u64,
    md5: Md5,
    crc: Crc,
    flip: bool,
}

impl<'a> Store<'a> {
    /// Up to `limit` bytes. With `flip` the first one is changed before it is kept.
    pub(crate) fn new(folder: &'a Path, limit: u64, flip: bool) -> Self {
        Self {
            folder,
            limit,
            memory: BytesMut::new(),
            file: None,
            len: 0,
            md5: Md5::new(),
            crc: Crc::new(CrcAlgorithm::Crc64Xz),
            flip,
        }
    }

    /// Adds all of a body.
    pub(crate) async fn body<B>(mut self, mut body: B) -> Result<Stored, NotStored>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| NotStored::Broken)?;
            if let Ok(bytes) = frame.into_data() {
                self.add(bytes).await?;
            }
        }
        self.end().await
    }

    /// Adds all of some content, from a copy.
    pub(crate) async fn chunks(mut self, mut chunks: Chunks) -> Result<Stored, NotStored> {
        while let Some(bytes) = chunks.try_next().await.map_err(|_| NotStored::Broken)? {
            self.add(bytes).await?;
        }
        self.end().await
    }

    async fn add(&mut self, mut bytes: Bytes) -> Result<(), NotStored> {
        if self.flip && !bytes.is_empty() {
            let mut other = bytes.to_vec();
            other[0] ^= 0xff;
            bytes = other.into();
            self.flip = false;
        }
        self.len += bytes.len() as u64;
        if self.len > self.limit {
            return Err(NotStored::TooLarge);
        }
        self.md5.update(&bytes);
        self.crc.update(&bytes);
        if self.file.is_none() && self.memory.len() + bytes.len() > IN_MEMORY {
            let (file, path) = tempfile::NamedTempFile::new_in(self.folder)
                .map_err(|_| NotStored::Broken)?
                .into_parts();
            let mut file = tokio::fs::File::from_std(file);
            file.write_all(&self.memory.split()).await.map_err(|_| NotStored::Broken)?;
            self.file = Some((file, path));
        }
        match &mut self.file {
            Some((file, _)) => file.write_all(&bytes).await.map_err(|_| NotStored::Broken)?,
            None => self.memory.extend_from_slice(&bytes),
        }
        Ok(())
    }

    async fn end(self) -> Result<Stored, NotStored> {
        let content = match self.file {
            Some((mut file, path)) => {
                file.flush().await.map_err(|_| NotStored::Broken)?;
                Content { pieces: vec![Piece::File(Arc::new(path), self.len)], len: self.len }
            }
            None => self.memory.freeze().into(),
        };
        Ok(Stored { content, md5: self.md5.finalize().into(), crc64: self.crc.finalize() })
    }
}

/// The CRC-64/XZ of two pieces of content from those of each.
pub(crate) fn combine_crc(first: u64, second: u64, second_len: u64) -> u64 {
    crc_fast::checksum_combine(CrcAlgorithm::Crc64Xz, first, second, second_len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn small_and_large_content_reads_back_in_any_range() {
        let folder = tempfile::tempdir().unwrap();
        let large: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
        let mut all = Content::default();
        for part in [&large[..10], &large[10..2_000_000], &large[2_000_000..]] {
            let body = http_body_util::Full::new(Bytes::copy_from_slice(part));
            let stored = Store::new(folder.path(), u64::MAX, false).body(body).await.unwrap();
            assert_eq!(stored.content.len(), part.len() as u64);
            all = all.followed_by(&stored.content);
        }
        assert_eq!(all.read().await.unwrap(), large);
        for range in [0..1, 5..20, 9..11, 1_999_990..2_000_010, 2_999_999..3_000_000] {
            let read: Vec<Bytes> = all.chunks(range.clone()).try_collect().await.unwrap();
            assert_eq!(read.concat(), large[range.start as usize..range.end as usize]);
        }
    }

    #[test]
    fn the_checksum_is_the_one_of_the_vectors() {
        let of = |text: &str| crc_fast::checksum(CrcAlgorithm::Crc64Xz, text.as_bytes());
        assert_eq!(of("123456789"), 11_051_210_869_376_104_954);
        assert_eq!(of("hello world"), 5_981_764_153_023_615_706);
        assert_eq!(combine_crc(of("hello "), of("world"), 5), of("hello world"));
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let body = http_body_util::Full::new(Bytes::from_static(b"four"));
        let stored = Store::new(folder.path(), 3, false).body(body).await;
        assert!(matches!(stored, Err(NotStored::TooLarge)));
    }
}
