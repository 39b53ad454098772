//! Buckets of Aliyun OSS, in its own protocol.
//!
//! One client ([`OssBucket`]) for every kind of endpoint, custom domains too, and for both versions
//! of the signature. How bytes are guarded: a body in memory and a file up to 64 MiB carries its
//! Content-MD5, so that OSS refuses damaged bytes and keeps what it had; every put, part, join and
//! whole download is compared by CRC-64 besides.

mod account;
mod address;
mod client;
mod config;
mod copy;
mod crc;
mod delete;
mod documents;
mod error;
mod extra;
mod list;
mod locate;
mod object;
mod parts;
mod presign;
mod sign;
mod versions;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;

pub use account::OssAccount;
pub use config::{OssConfig, OssCredentials, OssEndpoint, OssSignature};
pub use crc::{Crc64, crc64};
pub use extra::AppendPosition;

use crate::{
    Body, Bucket, Capabilities, CopyOptions, DeleteFailure, GetOptions, ListPage, ListRequest,
    Lost, MultipartUpload, Object, ObjectMeta, PresignRequest, Presigned, PutOptions, PutResult,
    Result, Versions,
};

/// Most bytes of one put, and of one part.
const MAX_PUT: u64 = 5 << 30;
/// Most keys of one delete request.
const DELETE_BATCH: usize = 1000;

/// A bucket on Aliyun OSS. Cheap to clone; clones share connections and what is known of the clock.
#[derive(Clone)]
pub struct OssBucket {
    inner: Arc<Inner>,
}

struct Inner {
    client: client::Client,
    config: OssConfig,
    capabilities: Capabilities,
    sums: parts::Sums,
}

impl OssBucket {
    /// A handle to the bucket of `config`. Sends nothing; reads the extra CA file, if there is one.
    pub fn new(config: OssConfig) -> Result<Self> {
        address::check_bucket(&config.bucket)?;
        let client = client::Client::new(&config)?;
        let capabilities = Capabilities {
            put_if_absent: true,
            put_if_match: false,
            get_if_match: true,
            presign: true,
            copy: true,
            multipart: true,
            exact_keys: true,
            metadata: true,
            object_acl: true,
            max_put: MAX_PUT,
            min_part: 100 * 1024,
            max_parts: 10_000,
            max_key: address::MAX_KEY,
            delete_batch: DELETE_BATCH,
        };
        let sums = parts::Sums::default();
        Ok(Self { inner: Arc::new(Inner { client, config, capabilities, sums }) })
    }

    /// How far the store's clock is ahead of this computer's, as its last answer told; to the second.
    ///
    /// Once OSS has refused a request for its date, requests and URLs are signed with its time, so
    /// a wrong clock does no harm to them.
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.client().clock_offset()
    }

    fn client(&self) -> &client::Client {
        &self.inner.client
    }
}

/// How long OSS may take for `len` bytes once all of them are with it.
fn upload_limit(len: u64) -> Duration {
    const SLOWEST_BYTES_PER_SECOND: u64 = 16 << 20;
    client::QUICK + Duration::from_secs(len / SLOWEST_BYTES_PER_SECOND)
}

#[async_trait]
impl Bucket for OssBucket {
    fn name(&self) -> &str {
        self.client().bucket()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.inner.capabilities
    }

    async fn put(&self, key: &str, body: Body, options: &PutOptions) -> Result<PutResult> {
        self.put_object(key, body, options).await
    }

    async fn get(&self, key: &str, options: &GetOptions) -> Result<Object> {
        self.get_object(key, options).await
    }

    async fn head(&self, key: &str) -> Result<ObjectMeta> {
        self.head_object(key).await
    }

    async fn list(&self, request: &ListRequest) -> Result<ListPage> {
        self.list_objects(request).await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.delete_object(key).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<Vec<DeleteFailure>> {
        self.delete_objects(keys).await
    }

    async fn copy(&self, from: &str, to: &str, options: &CopyOptions) -> Result<Vec<Lost>> {
        self.copy_object(from, to, options).await
    }

    async fn presign(&self, request: &PresignRequest) -> Result<Presigned> {
        self.presign_object(request)
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        self.client().clock_offset()
    }

    fn multipart(&self) -> Option<&dyn MultipartUpload> {
        Some(self as _)
    }

    fn versions(&self) -> Option<&dyn Versions> {
        Some(self as _)
    }
}

impl fmt::Debug for OssBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OssBucket")
            .field("bucket", &self.client().bucket())
            .field("host", &self.client().host())
            .finish_non_exhaustive()
    }
}
