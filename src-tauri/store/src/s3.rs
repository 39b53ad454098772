//! Buckets that speak S3: AWS and the many that follow it.
//!
//! One client for all of them ([`S3Bucket`]), on aws-sdk-s3; what differs between them is data
//! ([`Quirks`]), chosen by [`S3Dialect`] and open to correction per profile.

mod account;
mod body;
mod client;
mod config;
mod copy;
mod delete;
mod dialect;
mod documents;
mod error;
mod kept;
mod list;
mod object;
mod parts;
mod presign;
mod versions;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::client::customize::CustomizableOperation;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use jiff::SignedDuration;

pub use account::S3Account;
pub use config::{S3Config, S3Credentials};
pub use dialect::{ListVersion, Quirks, S3Dialect};

use crate::clock::ServerClock;
use crate::key::{check_key, check_metadata, check_path_key};
use crate::{
    Body, Bucket, Capabilities, CopyOptions, DeleteFailure, ErrorKind, GetOptions, ListPage,
    ListRequest, Lost, MultipartUpload, Object, ObjectMeta, PresignRequest, Presigned, PutOptions,
    PutResult, Result, StoreError, Versions,
};

/// Requests without a body of their own answer within this, or are sent again.
const QUICK: Duration = Duration::from_secs(60);
/// Some stores walk a file system for a listing, or join large objects while the client waits.
const SLOW: Duration = Duration::from_secs(600);

/// A bucket behind the S3 protocol. Cheap to clone; clones share connections and retry budget.
#[derive(Clone)]
pub struct S3Bucket {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    name: String,
    host: String,
    dialect: S3Dialect,
    quirks: Quirks,
    capabilities: Capabilities,
    connect_timeout: Duration,
    stall_grace: Duration,
    access_key: String,
    clock: Arc<ServerClock>,
    seen: std::sync::atomic::AtomicBool,
}

impl S3Bucket {
    /// A handle to the bucket of `config`. Sends nothing; reads the extra CA file, if there is one.
    pub fn new(config: S3Config) -> Result<Self> {
        let quirks = config.quirks.clone().unwrap_or_else(|| config.dialect.quirks());
        let clock = Arc::new(ServerClock::default());
        let client = client::build(&config, &clock)?;
        Ok(Self {
            inner: Arc::new(Inner {
                client,
                host: client::host(&config)?,
                name: config.bucket,
                dialect: config.dialect,
                capabilities: quirks.capabilities(),
                quirks,
                connect_timeout: config.connect_timeout,
                stall_grace: config.stall_grace,
                access_key: config.credentials.access_key,
                clock,
                seen: std::sync::atomic::AtomicBool::new(false),
            }),
        })
    }

    /// How far the store's clock is ahead of this computer's, as its last answer told; to the second.
    ///
    /// Requests are signed with the store's time once it is known, so a wrong clock does no harm
    /// to them; presigned URLs are not corrected.
    pub fn clock_offset(&self) -> Option<SignedDuration> {
        self.inner.clock.offset()
    }

    /// The dialect it speaks.
    pub fn dialect(&self) -> S3Dialect {
        self.inner.dialect
    }

    fn client(&self) -> &Client {
        &self.inner.client
    }

    fn quirks(&self) -> &Quirks {
        &self.inner.quirks
    }

    fn check_key(&self, key: &str) -> Result<()> {
        check_key(key, self.inner.capabilities.max_key)?;
        if self.inner.capabilities.exact_keys { Ok(()) } else { check_path_key(key) }
    }

    fn check_version(&self, version: Option<&str>) -> Result<()> {
        match version {
            Some(_) if !self.quirks().versions => Err(self.unsupported("versions")),
            _ => Ok(()),
        }
    }

    fn check_put(&self, key: &str, options: &PutOptions) -> Result<()> {
        self.check_key(key)?;
        check_metadata(&options.metadata)?;
        let has = &self.inner.capabilities;
        let refused = if options.if_absent && !has.put_if_absent {
            "conditional writes"
        } else if options.acl.is_some() && !has.object_acl {
            "object ACLs"
        } else if !options.metadata.is_empty() && !has.metadata {
            "metadata on objects"
        } else {
            return Ok(());
        };
        Err(self.unsupported(refused))
    }

    fn unsupported(&self, what: &str) -> StoreError {
        StoreError::new(ErrorKind::Unsupported, format!("{} does not have {what}", self.inner.host))
    }

    /// Gives one request its time limit and the shape its dialect wants on the wire.
    fn tune<T, E, B>(
        &self,
        operation: CustomizableOperation<T, E, B>,
        limit: Duration,
    ) -> CustomizableOperation<T, E, B> {
        self.shape(operation).config_override(self.limited(limit))
    }

    /// The same for a request that must not be carried out twice unnoticed: what may have reached the
    /// store is not sent again.
    fn tune_once<T, E, B>(
        &self,
        operation: CustomizableOperation<T, E, B>,
        limit: Duration,
    ) -> CustomizableOperation<T, E, B> {
        self.shape(operation).config_override(self.limited(limit).retry_classifier(wire::Once))
    }

    fn limited(&self, limit: Duration) -> aws_sdk_s3::config::Builder {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.inner.connect_timeout)
            .operation_attempt_timeout(limit)
            .build();
        aws_sdk_s3::Config::builder().timeout_config(timeouts)
    }

    fn shape<T, E, B>(
        &self,
        operation: CustomizableOperation<T, E, B>,
    ) -> CustomizableOperation<T, E, B> {
        if self.quirks().strip_x_id {
            operation.mutate_request(wire::strip_x_id)
        } else {
            operation
        }
    }
}

/// How long one attempt at sending `len` bytes may take: two minutes, and a slow uplink's pace.
fn upload_limit(len: u64) -> Duration {
    const SLOWEST_BYTES_PER_SECOND: u64 = 16 * 1024;
    Duration::from_secs(120 + len / SLOWEST_BYTES_PER_SECOND)
}

#[async_trait]
impl Bucket for S3Bucket {
    fn name(&self) -> &str {
        &self.inner.name
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
        self.head_object(key, None).await
    }

    async fn head_with_sums(&self, key: &str) -> Result<ObjectMeta> {
        self.head_with_sum(key).await
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
        self.presign_object(request).await
    }

    fn clock_offset(&self) -> Option<SignedDuration> {
        self.inner.clock.offset()
    }

    fn multipart(&self) -> Option<&dyn MultipartUpload> {
        self.inner.capabilities.multipart.then_some(self as _)
    }

    fn versions(&self) -> Option<&dyn Versions> {
        self.quirks().versions.then_some(self as _)
    }
}

impl fmt::Debug for S3Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Bucket")
            .field("bucket", &self.inner.name)
            .field("host", &self.inner.host)
            .field("dialect", &self.inner.dialect)
            .finish_non_exhaustive()
    }
}
