//! Whole jobs on a bucket in memory, with faults in front of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
use hoist_store::memory::MemoryBucket;
use hoist_store::{Body, ErrorKind, GetOptions, MultipartUpload as _, PutOptions};

use super::*;
use crate::problem::Code;

mod damage;
mod download;
mod jobs;
mod standing;
mod upload;

const MIB: usize = 1 << 20;

/// Opens whatever bucket it was given last, under any profile.
#[derive(Debug)]
struct OneBucket(Mutex<(Arc<dyn Bucket>, String)>);

#[async_trait]
impl Remotes for OneBucket {
    async fn open(&self, _profile: &str) -> Result<Remote> {
        let (bucket, target) = self.0.lock().unwrap().clone();
        Ok(Remote { bucket, target })
    }
}

/// A data directory, a bucket, and files to move between them.
struct Bench {
    dir: tempfile::TempDir,
    memory: MemoryBucket,
    remotes: Arc<OneBucket>,
    transfers: Transfers,
}

fn limits() -> Limits {
    let retry = RetryPolicy {
        base: Duration::from_millis(1),
        cap: Duration::from_millis(5),
        attempts: 4,
        ..RetryPolicy::default()
    };
    Limits { retry, look: Duration::from_millis(20), ..Limits::default() }
}

fn open(dir: &Path, remotes: &Arc<OneBucket>, limits: Limits) -> Transfers {
    let files = TransferFiles {
        database: dir.join("transfers.db"),
        lock: dir.join("lock"),
        runners: dir.join("runners"),
    };
    let (transfers, aside) = Transfers::open(&files, Arc::clone(remotes) as _, limits).unwrap();
    assert!(aside.is_none());
    transfers
}

impl Bench {
    fn new() -> Self {
        Self::with(limits(), |bucket| bucket)
    }

    fn with(limits: Limits, faults: impl FnOnce(FaultyBucket) -> FaultyBucket) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let memory = MemoryBucket::new("main");
        let bucket = faults(FaultyBucket::wrap(Arc::new(memory.clone())));
        let remotes = Arc::new(OneBucket(Mutex::new((Arc::new(bucket), "target".into()))));
        let transfers = open(dir.path(), &remotes, limits);
        Self { dir, memory, remotes, transfers }
    }

    /// From now on this bucket, as after the network has healed.
    fn put_in_place(&self, bucket: impl Bucket + 'static) {
        self.remotes.0.lock().unwrap().0 = Arc::new(bucket);
    }

    fn healthy(&self) -> FaultyBucket {
        FaultyBucket::wrap(Arc::new(self.memory.clone()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn object(&self, key: &str, bytes: &[u8]) {
        self.memory.put(key, Body::from(bytes.to_vec()), &PutOptions::default()).await.unwrap();
    }

    async fn stored(&self, key: &str) -> Vec<u8> {
        let object = self.memory.get(key, &GetOptions::default()).await.unwrap();
        object.bytes(u64::MAX).await.unwrap().to_vec()
    }

    async fn add(&self, request: Request) -> i64 {
        self.transfers.add("main", request, Priority::Normal).await.unwrap()
    }

    async fn run(&self, id: i64) -> JobView {
        self.transfers.run(id, Arc::default()).await.unwrap()
    }

    /// Uploads these, to the end.
    async fn put(&self, sources: &[&str], prefix: &str) -> (i64, JobView) {
        let id = self.add(self.upload(sources, prefix)).await;
        (id, self.run(id).await)
    }

    fn upload(&self, sources: &[&str], prefix: &str) -> Request {
        let sources = sources.iter().map(|name| self.path(name).to_str().unwrap().to_owned());
        Request::Upload(Upload {
            sources: sources.collect(),
            prefix: prefix.into(),
            ..Upload::default()
        })
    }

    fn download(&self, keys: &[&str], into: &str) -> Request {
        Request::Download(Download {
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            into: self.path(into).to_str().unwrap().to_owned(),
            ..Download::default()
        })
    }

    /// The codes of what failed or was skipped for a reason, by key.
    async fn codes(&self, id: i64) -> BTreeMap<String, String> {
        let mut codes = BTreeMap::new();
        self.transfers
            .files(id, |file| match file.result {
                FileResult::Failed(failure) | FileResult::Skipped(failure @ Some(_)) => {
                    codes.insert(file.key, failure.unwrap().code);
                }
                _ => {}
            })
            .await
            .unwrap();
        codes
    }
}

/// Waits until so many parts of a job's first file are confirmed.
async fn confirmed(
    bench: &Bench,
    id: i64,
    parts: usize,
    running: &tokio::task::JoinHandle<Result<JobView>>,
) {
    let ledger = &bench.transfers.inner.ledger;
    loop {
        let rows = ledger.files(id, ledger::FileState::Waiting, 0, 1).await.unwrap();
        if let Some(row) = rows.first()
            && ledger.parts(row.id).await.unwrap().len() >= parts
        {
            return;
        }
        assert!(!running.is_finished());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Bytes without a pattern that parts could share.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = vec![0; len];
    random.fill(&mut bytes);
    bytes
}
