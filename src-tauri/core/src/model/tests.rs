//! Versions pushed, pulled and looked at, on a bucket in memory.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
use hoist_store::memory::MemoryBucket;
use hoist_store::{Body, Bucket, ErrorKind, GetOptions, MultipartUpload as _, PutOptions};
use serde_json::json;

use super::*;
use crate::problem::{Code, Result};
use crate::transfer::{Limits, Meter, Remote, Remotes, RetryPolicy, TransferFiles, Transfers};

mod lifecycle;
mod moves;

const MIB: usize = 1 << 20;

/// Opens whatever bucket it was given last.
#[derive(Debug)]
struct OneBucket(Mutex<Arc<dyn Bucket>>);

#[async_trait]
impl Remotes for OneBucket {
    async fn open(&self, _profile: &str) -> Result<Remote> {
        Ok(Remote { bucket: Arc::clone(&self.0.lock().unwrap()), target: "t".into() })
    }
}

/// A bucket, and folders to push from and pull into.
struct Bench {
    dir: tempfile::TempDir,
    memory: MemoryBucket,
    bucket: FaultyBucket,
    remotes: Arc<OneBucket>,
    transfers: Transfers,
}

impl Bench {
    fn new() -> Self {
        Self::with(|bucket| bucket)
    }

    fn with(faults: impl FnOnce(FaultyBucket) -> FaultyBucket) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let memory = MemoryBucket::new("m");
        let bucket = faults(FaultyBucket::wrap(Arc::new(memory.clone())));
        let remotes = Arc::new(OneBucket(Mutex::new(Arc::new(bucket.clone()))));
        let transfers = open(dir.path(), &remotes);
        Self { dir, memory, bucket, remotes, transfers }
    }

    fn registry(&self) -> Registry {
        Registry::new(Arc::clone(&self.remotes.0.lock().unwrap()), "p/")
    }

    /// From now on the network is healthy, and the process another.
    fn restarted(mut self) -> Self {
        self.bucket.heal();
        self.transfers = open(self.dir.path(), &self.remotes);
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn request(&self, model: &str, folder: &str) -> Push {
        let model: ModelName = model.parse().unwrap();
        Push {
            name: model.name,
            version: model.version,
            source: self.path(folder),
            ..Push::default()
        }
    }

    async fn try_push(&self, request: &Push) -> Result<PushReport> {
        push(&self.registry(), &self.transfers, "main", request, Arc::default()).await
    }

    /// Pushes a folder, to the end.
    async fn push(&self, model: &str, folder: &str) -> PushReport {
        let report = self.try_push(&self.request(model, folder)).await.unwrap();
        assert!(report.finished, "{report:?}");
        report
    }

    async fn try_pull(&self, model: &str, into: &str) -> Result<PullReport> {
        let model: ModelName = model.parse().unwrap();
        let request = Pull { name: model.name, version: model.version, into: self.path(into) };
        pull(&self.registry(), &self.transfers, "main", &request, Arc::default()).await
    }

    async fn verify(&self, model: &str, deep: bool) -> VerifyReport {
        let model: ModelName = model.parse().unwrap();
        let (registry, version) = (self.registry(), model.version.as_deref());
        registry.verify(&model.name, version, deep, Arc::default()).await.unwrap()
    }

    async fn object(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        self.memory.put(key, Body::from(bytes.into()), &PutOptions::default()).await.unwrap();
    }

    async fn stored(&self, key: &str) -> Vec<u8> {
        let object = self.memory.get(key, &GetOptions::default()).await.unwrap();
        object.bytes(u64::MAX).await.unwrap().to_vec()
    }

    async fn manifest(&self, model: &str) -> Manifest {
        let model: ModelName = model.parse().unwrap();
        self.registry().resolve(&model.name, model.version.as_deref()).await.unwrap()
    }
}

fn open(dir: &Path, remotes: &Arc<OneBucket>) -> Transfers {
    let files = TransferFiles {
        database: dir.join("transfers.db"),
        lock: dir.join("lock"),
        runners: dir.join("runners"),
    };
    let retry = RetryPolicy {
        base: Duration::from_millis(1),
        cap: Duration::from_millis(5),
        attempts: 3,
        ..RetryPolicy::default()
    };
    let limits = Limits {
        retry,
        requests_per_profile: 1,
        look: Duration::from_millis(20),
        ..Limits::default()
    };
    Transfers::open(&files, Arc::clone(remotes) as _, limits).unwrap().0
}

/// Bytes without a pattern that parts could share.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = vec![0; len];
    random.fill(&mut bytes);
    bytes
}
