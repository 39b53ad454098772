//! The Bucket trait and the values that go in and out of it.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};

use crate::{Body, Capabilities, MultipartUpload, Progress, Result, StoreError, Versions};

/// One bucket (GCS bucket, Azure container) at one provider.
///
/// Keys are exact: any UTF-8 of 1 to [`Capabilities::max_key`] bytes, never normalised. A key the
/// provider cannot hold is refused with [`crate::ErrorKind::InvalidKey`] before a request is sent.
#[async_trait]
pub trait Bucket: Send + Sync + fmt::Debug {
    /// The bucket's name.
    fn name(&self) -> &str;

    /// What it supports.
    fn capabilities(&self) -> &Capabilities;

    /// Stores one object in one request and checks what the provider says it received.
    async fn put(&self, key: &str, body: Body, options: &PutOptions) -> Result<PutResult>;

    /// Opens an object, or a range of it, as a stream.
    async fn get(&self, key: &str, options: &GetOptions) -> Result<Object>;

    /// An object's metadata.
    async fn head(&self, key: &str) -> Result<ObjectMeta>;

    /// The metadata with every checksum of the whole object that the provider keeps.
    async fn head_with_sums(&self, key: &str) -> Result<ObjectMeta> {
        self.head(key).await
    }

    /// One page of a listing.
    async fn list(&self, request: &ListRequest) -> Result<ListPage>;

    /// Deletes one object; deleting what is not there is no error.
    async fn delete(&self, key: &str) -> Result<()>;

    /// Deletes any number of objects, in batches; returns those that were not deleted.
    async fn delete_many(&self, keys: &[String]) -> Result<Vec<DeleteFailure>>;

    /// Copies inside the bucket, without download. Answers what of the source, beside its bytes, the
    /// copy does not have: nothing that is asked for fails for an ACL or a storage class.
    async fn copy(&self, from: &str, to: &str, options: &CopyOptions) -> Result<Vec<Lost>>;

    /// A URL that any HTTP client can use until it expires.
    async fn presign(&self, request: &PresignRequest) -> Result<Presigned>;

    /// How far the store's clock is ahead of this computer's, as its last answer told; `None` before
    /// the first one, or where it tells no time.
    fn clock_offset(&self) -> Option<SignedDuration> {
        None
    }

    /// Multipart uploads, where the provider has them.
    fn multipart(&self) -> Option<&dyn MultipartUpload> {
        None
    }

    /// Versions of objects, where the provider has them.
    fn versions(&self) -> Option<&dyn Versions> {
        None
    }
}

/// Deletes keys that no batch can name, some at once; returns those that were not deleted.
pub(crate) async fn delete_singly(bucket: &dyn Bucket, keys: Vec<String>) -> Vec<DeleteFailure> {
    const AT_ONCE: usize = 8;
    let deleted = stream::iter(keys).map(|key| async move {
        let error = bucket.delete(&key).await.err()?;
        Some(DeleteFailure { key, error })
    });
    deleted.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await
}

/// Headers and conditions of a put.
#[derive(Debug, Clone, Default)]
pub struct PutOptions {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Content-Disposition`.
    pub content_disposition: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Content-Language`.
    pub content_language: Option<String>,
    /// `Expires`, as an HTTP date.
    pub expires: Option<String>,
    /// User metadata: lower-case names, values in printable ASCII.
    pub metadata: BTreeMap<String, String>,
    /// Fail with [`crate::ErrorKind::Precondition`] when the key exists (`If-None-Match: *`).
    pub if_absent: bool,
    /// Fail with [`crate::ErrorKind::Precondition`] when the object there has another ETag, where
    /// [`Capabilities::put_if_match`] says so; elsewhere it is not heeded.
    pub if_match: Option<String>,
    /// Canned ACL, such as `public-read`, where the provider has object ACLs.
    pub acl: Option<String>,
    /// Encryption by the provider with keys of its own, such as `AES256`. Stores that have none
    /// answer [`crate::ErrorKind::Unsupported`].
    pub encryption: Option<String>,
    /// Storage class as the provider names it; its default, or the bucket's, when `None`.
    pub storage_class: Option<String>,
    /// Tags, as a query: names and values percent-encoded.
    pub tags: Option<String>,
    /// Told how far the body has gone.
    pub progress: Option<Progress>,
}

/// What the provider said of a put.
#[derive(Debug, Clone, Default)]
pub struct PutResult {
    /// The ETag without quotes.
    pub etag: Option<String>,
    /// The version, in a versioned bucket.
    pub version: Option<String>,
}

/// A range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// `len` bytes from `start`; shorter when the object ends before.
    From {
        /// First byte.
        start: u64,
        /// How many; `None` to the end.
        len: Option<u64>,
    },
    /// The last `n` bytes.
    Last(u64),
}

/// Range and conditions of a get.
#[derive(Debug, Clone, Default)]
pub struct GetOptions {
    /// Only these bytes.
    pub range: Option<ByteRange>,
    /// Fail with [`crate::ErrorKind::Precondition`] when the ETag differs.
    pub if_match: Option<String>,
    /// Not the object but what this makes of it, such as `image/resize,w_100`: `x-oss-process` of
    /// OSS. Other providers answer [`crate::ErrorKind::Unsupported`].
    pub process: Option<String>,
    /// This version instead of the current one, on Buckets that have [`Versions`]; others answer
    /// [`crate::ErrorKind::Unsupported`].
    pub version: Option<String>,
}

/// The bytes of an object as they arrive.
pub type ObjectStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// An open object.
pub struct Object {
    /// Its metadata; `size` is that of the whole object.
    pub meta: ObjectMeta,
    /// Offset of the first byte of the stream.
    pub start: u64,
    /// How many bytes the stream holds.
    pub len: u64,
    /// Whether an ETag in the form of an MD5, or of one of parts, is that of the bytes: with keys of
    /// the customer's, and at some stores, it is not.
    pub etag_is_md5: bool,
    /// The bytes. Ends with [`crate::ErrorKind::Integrity`] when fewer arrive than were promised.
    pub stream: ObjectStream,
}

impl Object {
    /// Reads it into memory, refusing more than `limit` bytes with [`crate::ErrorKind::Unsupported`].
    pub async fn bytes(self, limit: u64) -> Result<Bytes, StoreError> {
        use futures_util::TryStreamExt as _;
        if self.len > limit {
            return Err(StoreError::new(
                crate::ErrorKind::Unsupported,
                format!(
                    "{} is {} bytes; at most {limit} are read into memory",
                    self.meta.key, self.len
                ),
            ));
        }
        let mut all = Vec::with_capacity(usize::try_from(self.len).unwrap_or(0));
        let mut stream = self.stream;
        while let Some(chunk) = stream.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.into())
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("meta", &self.meta)
            .field("start", &self.start)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// What is known of one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectMeta {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// The ETag without quotes.
    pub etag: Option<String>,
    /// When it was last written.
    pub modified: Option<Timestamp>,
    /// `Content-Type`; not known from a listing.
    pub content_type: Option<String>,
    /// `Cache-Control`; not known from a listing.
    pub cache_control: Option<String>,
    /// `Content-Disposition`; not known from a listing.
    pub content_disposition: Option<String>,
    /// `Content-Encoding`; not known from a listing.
    pub content_encoding: Option<String>,
    /// `Content-Language`; not known from a listing.
    pub content_language: Option<String>,
    /// `Expires`, as an HTTP date; not known from a listing.
    pub expires: Option<String>,
    /// User metadata; not known from a listing.
    pub metadata: BTreeMap<String, String>,
    /// Storage class as the provider names it.
    pub storage_class: Option<String>,
    /// The version, in a versioned bucket.
    pub version: Option<String>,
    /// CRC-64/XZ of its bytes, where the provider keeps one (OSS); not known from a listing.
    pub crc64: Option<u64>,
    /// CRC-64/NVME of its bytes, where the provider keeps one (AWS, and the built-in store); known
    /// from [`Bucket::head_with_sums`] only.
    pub crc64_nvme: Option<u64>,
}

impl ObjectMeta {
    /// The headers and metadata that make another object like this one.
    pub fn headers(&self) -> PutOptions {
        PutOptions {
            content_type: self.content_type.clone(),
            cache_control: self.cache_control.clone(),
            content_disposition: self.content_disposition.clone(),
            content_encoding: self.content_encoding.clone(),
            content_language: self.content_language.clone(),
            expires: self.expires.clone(),
            metadata: self.metadata.clone(),
            ..PutOptions::default()
        }
    }
}

/// Which page of which keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// Only keys that start with this.
    pub prefix: String,
    /// Group what follows the prefix up to this (usually `/`).
    pub delimiter: Option<String>,
    /// Where the previous page ended ([`ListPage::next`]).
    pub page: Option<String>,
    /// At most this many entries; the provider's own maximum (1,000 at most) when `None`.
    pub max_keys: Option<u32>,
}

/// One page of a listing, in the provider's order (bytes of UTF-8 on most).
#[derive(Debug, Clone, Default)]
pub struct ListPage {
    /// Objects.
    pub objects: Vec<ObjectMeta>,
    /// Common prefixes, each ending in the delimiter.
    pub prefixes: Vec<String>,
    /// Present when there is more.
    pub next: Option<String>,
}

/// An object that was not deleted.
#[derive(Debug)]
pub struct DeleteFailure {
    /// Its key.
    pub key: String,
    /// Why.
    pub error: StoreError,
}

/// What changes on a copy.
#[derive(Debug, Clone, Default)]
pub struct CopyOptions {
    /// New headers and metadata instead of the source's.
    pub replace: Option<PutOptions>,
    /// Fail with [`crate::ErrorKind::Precondition`] when the source's ETag differs.
    pub if_match: Option<String>,
    /// The source's storage class, as a listing or a look tells it: the copy gets it, where it would
    /// be given another.
    pub storage_class: Option<String>,
    /// The source's size: spares the refusal of what is too large for one request.
    pub size: Option<u64>,
    /// The copy gets the source's ACL where that is not the default, for a request more.
    pub keep_acl: bool,
    /// From this version of the source, as [`GetOptions::version`].
    pub version: Option<String>,
}

/// What a copy does not have of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lost {
    /// Its ACL: it could not be read, or may not be set. The copy has the bucket's.
    Acl,
    /// Its storage class: the provider does not take it for a copy.
    StorageClass,
    /// Its tags: they could not be read, or may not be set.
    Tags,
}

/// What a presigned URL may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresignMethod {
    /// Download.
    Get,
    /// Metadata.
    Head,
    /// Upload.
    Put,
    /// Delete.
    Delete,
}

/// A presigned URL as asked for.
#[derive(Debug, Clone)]
pub struct PresignRequest {
    /// What it allows.
    pub method: PresignMethod,
    /// The key.
    pub key: String,
    /// How long, 1 second to 7 days.
    pub expires: Duration,
    /// For put: the `Content-Type` that must be sent.
    pub content_type: Option<String>,
    /// For get: `Content-Disposition` of the answer, such as `attachment`.
    pub content_disposition: Option<String>,
    /// For get: as [`GetOptions::process`], inside the signature.
    pub process: Option<String>,
}

/// A presigned URL and what must be sent with it. Its Debug output leaves the signature out.
#[derive(Clone)]
pub struct Presigned {
    /// The URL.
    pub url: String,
    /// The HTTP method.
    pub method: &'static str,
    /// Headers that are part of the signature.
    pub headers: Vec<(String, String)>,
}

impl fmt::Debug for Presigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("Presigned")
            .field("url", &bare)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
