//! A server that speaks Aliyun OSS as OSS does, for tests.
//!
//! It shares no code with the client of `hoist-store`: signatures, checksums, limits, errors and
//! image processing follow the published rules on their own, and the official clients are run
//! against it (`tests/oss`), so a mistake of ours cannot hide on both sides.

mod address;
mod auth;
mod bucket;
mod call;
mod faults;
mod front;
mod object;
mod process;
mod route;
mod state;
mod versions;
mod wire;

use std::net::SocketAddr;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

pub use faults::{Fault, Faults, Seen};
pub use state::Acl;

use auth::Key;
use front::Shared;
use state::{Bucket, State};

/// What a server is started with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OssOptions {
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// The region of the address itself and of new buckets, such as `cn-hangzhou`.
    pub region: String,
    /// The bucket that is there from the start.
    pub bucket: String,
    /// Who may read that bucket.
    pub acl: Acl,
    /// Hosts (with or without a port) that are custom domains of that bucket.
    pub cnames: Vec<String>,
    /// The id of the owner's keys.
    pub access_key: String,
    /// The secret of the owner's keys.
    pub secret_key: String,
    /// Most bytes of one put and of one appended object. OSS: 5 GB.
    pub max_put: u64,
    /// Fewest bytes of a part that is not the last. OSS: 100 KB.
    pub min_part: u64,
    /// Most bytes of an object that is copied in one request. OSS: 1 GB.
    pub max_copy: u64,
    /// Whether downloads from a default domain are answered as attachments.
    pub force_download: bool,
}

impl Default for OssOptions {
    fn default() -> Self {
        Self {
            port: 0,
            region: "cn-hangzhou".to_owned(),
            bucket: "images".to_owned(),
            acl: Acl::PublicRead,
            cnames: vec!["localhost".to_owned()],
            access_key: "LTAI5tHoistTestKey000001".to_owned(),
            secret_key: "hoist/Test+Secret=0123456789ab".to_owned(),
            max_put: 5 * 1024 * 1024 * 1024,
            min_part: 100 * 1024,
            max_copy: 1024 * 1024 * 1024,
            force_download: true,
        }
    }
}

/// A running server. It ends when it is dropped, and holds nothing beyond that.
#[derive(Debug)]
pub struct OssServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    // Of its own: a test that waits for a process must not keep the server from answering it.
    runtime: Option<tokio::runtime::Runtime>,
}

/// An object as it is stored.
#[derive(Debug, Clone)]
pub struct StoredObject {
    /// Its bytes.
    pub bytes: Bytes,
    /// Content-Type and its like, and the metadata.
    pub headers: HeaderMap,
    /// Its own ACL, if it has one.
    pub acl: Option<Acl>,
    /// Normal, Appendable or Multipart.
    pub kind: &'static str,
}

/// Keys that end, as STS gives them.
#[derive(Clone)]
pub struct TemporaryKeys {
    /// Their id.
    pub access_key: String,
    /// Their secret.
    pub secret_key: String,
    /// The token that goes with them.
    pub token: String,
}

impl std::fmt::Debug for TemporaryKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TemporaryKeys")
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

impl OssServer {
    /// A server with the usual options.
    pub async fn start() -> Self {
        Self::with(OssOptions::default())
    }

    /// A server with these options. Panics when the port is taken.
    pub fn with(options: OssOptions) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("oss-server")
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", options.port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::new(options));
        let listener = {
            let _in_runtime = runtime.enter();
            tokio::net::TcpListener::from_std(listener).unwrap()
        };
        runtime.spawn(front::serve(listener, shared.clone()));
        Self { shared, address, runtime: Some(runtime) }
    }

    /// `http://127.0.0.1:PORT`, for path style.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `http://localhost:PORT`: a custom domain of [`Self::bucket`].
    pub fn cname_url(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The region of new buckets.
    pub fn region(&self) -> &str {
        &self.shared.options.region
    }

    /// The bucket that is there from the start.
    pub fn bucket(&self) -> &str {
        &self.shared.options.bucket
    }

    /// The id of the owner's keys.
    pub fn access_key(&self) -> &str {
        &self.shared.options.access_key
    }

    /// The secret of the owner's keys.
    pub fn secret_key(&self) -> &str {
        &self.shared.options.secret_key
    }

    /// Scripted trouble.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Makes a bucket in the server's own region.
    pub fn create_bucket(&self, name: &str, acl: Acl) {
        self.create_bucket_in(name, acl, &self.shared.options.region);
    }

    /// Makes a bucket in any region.
    pub fn create_bucket_in(&self, name: &str, acl: Acl, region: &str) {
        let bucket = Bucket::new(region, acl, self.shared.now());
        self.state().buckets.insert(name.to_owned(), bucket);
    }

    /// Binds a host, with or without a port, to a bucket as its custom domain.
    pub fn bind_cname(&self, host: &str, bucket: &str) {
        self.state().cnames.insert(host.to_ascii_lowercase(), bucket.to_owned());
    }

    /// Keys with a token, good for so many seconds; below zero they have ended.
    pub fn temporary_keys(&self, seconds: i64) -> TemporaryKeys {
        let span = Duration::from_secs(seconds.unsigned_abs());
        let now = self.shared.now();
        let ends = if seconds < 0 { now - span } else { now + span };
        let mut state = self.state();
        let number = state.keys.len();
        let keys = TemporaryKeys {
            access_key: format!("STS.HoistTest{number}"),
            secret_key: format!("temporary/Secret+{number}"),
            token: format!("CAISHoist/token+{number}=="),
        };
        let key = Key { secret: keys.secret_key.clone(), token: Some((keys.token.clone(), ends)) };
        state.keys.insert(keys.access_key.clone(), key);
        keys
    }

    /// An object as it is stored, past all rights and faults.
    pub async fn object(&self, bucket: &str, key: &str) -> Option<StoredObject> {
        let object = self.state().buckets.get(bucket)?.objects.get(key)?.clone();
        Some(StoredObject {
            bytes: object.content.read().await.ok()?,
            headers: object.headers.clone(),
            acl: object.acl,
            kind: object.kind.name(),
        })
    }

    /// The keys of a bucket, in order.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let state = self.state();
        state.buckets.get(bucket).map_or_else(Vec::new, |b| b.objects.keys().cloned().collect())
    }

    /// How many multipart uploads of a bucket are open.
    pub fn open_uploads(&self, bucket: &str) -> usize {
        self.state().buckets.get(bucket).map_or(0, |bucket| bucket.uploads.len())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Drop for OssServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting is not allowed inside another runtime.
            runtime.shutdown_background();
        }
    }
}
