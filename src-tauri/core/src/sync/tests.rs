//! Syncs of random trees, on a bucket in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use hoist_store::memory::MemoryBucket;
use hoist_store::{Body, Bucket, GetOptions, ListRequest, PutOptions};
use proptest::prelude::*;

use super::*;
use crate::problem::{Code, Result};
use crate::transfer::{Limits, Priority, Remote, Remotes, State, TransferFiles, Transfers, mtime};

/// One bucket for every place but `other`.
#[derive(Debug)]
struct Two(MemoryBucket, MemoryBucket);

#[async_trait]
impl Remotes for Two {
    async fn open(&self, place: &str) -> Result<Remote> {
        let (bucket, target) = if place == "other" { (&self.1, "2") } else { (&self.0, "1") };
        Ok(Remote { bucket: Arc::new(bucket.clone()), target: target.into() })
    }
}

struct Bench {
    dir: tempfile::TempDir,
    remotes: Arc<Two>,
    transfers: Transfers,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("here")).unwrap();
        let files = TransferFiles {
            database: dir.path().join("transfers.db"),
            lock: dir.path().join("lock"),
            runners: dir.path().join("runners"),
        };
        let remotes = Arc::new(Two(MemoryBucket::new("one"), MemoryBucket::new("other")));
        let (transfers, _) =
            Transfers::open(&files, Arc::clone(&remotes) as _, Limits::default()).unwrap();
        Self { dir, remotes, transfers }
    }

    fn bucket(&self) -> &MemoryBucket {
        &self.remotes.0
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("here")
    }

    fn request(&self, up: bool, checksum: bool, delete: bool) -> SyncRequest {
        let here = SyncSide::Local(self.root());
        let there = SyncSide::Remote { place: "p".into(), prefix: "x/".into() };
        let (from, to) = if up { (here, there) } else { (there, here) };
        SyncRequest { from, to, checksum, delete }
    }

    async fn plan(&self, request: &SyncRequest) -> Result<SyncPlan> {
        plan(&*self.remotes, request).await
    }

    /// Plans and carries out; the steps as a person would see them.
    async fn sync(&self, request: &SyncRequest) -> Vec<String> {
        let plan = self.plan(request).await.unwrap();
        let bucket: &dyn Bucket = self.bucket();
        let first = delete(Some(bucket), &plan, true).await.unwrap();
        assert!(first.failed.is_empty(), "{:?}", first.failed);
        if let Some(id) = job(&self.transfers, &plan, Priority::Normal).await.unwrap() {
            let view = self.transfers.run(id, Arc::default()).await.unwrap();
            let mut failed = Vec::new();
            self.transfers.files(id, |file| failed.push(file)).await.unwrap();
            assert_eq!(view.state, State::Done, "{failed:?}");
        }
        let rest = delete(Some(bucket), &plan, false).await.unwrap();
        assert!(rest.failed.is_empty(), "{:?}", rest.failed);
        steps(&plan)
    }

    async fn object(&self, key: &str, bytes: &[u8]) {
        self.bucket().put(key, Body::from(bytes.to_vec()), &PutOptions::default()).await.unwrap();
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        write(&self.root(), name, bytes);
    }
}

fn steps(plan: &SyncPlan) -> Vec<String> {
    let one = |step: &Step| format!("{:?} {} {:?}", step.action, step.path, step.why);
    plan.steps.iter().map(one).collect()
}

fn write(root: &Path, name: &str, bytes: &[u8]) {
    let path = root.join(name);
    if name.ends_with('/') {
        std::fs::create_dir_all(path).unwrap();
        return;
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// What there is, as both sides have it: files, and folders that are empty.
fn here(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
        let entries: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if entries.is_empty() && folder != root {
            found.insert(format!("{}/", name(folder)), Vec::new());
        }
        for path in entries {
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.insert(name(&path), std::fs::read(&path).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

async fn there(bucket: &MemoryBucket) -> BTreeMap<String, Vec<u8>> {
    let request = ListRequest { prefix: "x/".into(), ..ListRequest::default() };
    let mut found = BTreeMap::new();
    for object in bucket.list(&request).await.unwrap().objects {
        let got = bucket.get(&object.key, &GetOptions::default()).await.unwrap();
        found.insert(object.key[2..].to_owned(), got.bytes(u64::MAX).await.unwrap().to_vec());
    }
    // The marker of a folder that is not empty says nothing.
    let all: BTreeSet<String> = found.keys().cloned().collect();
    found.retain(|name, _| {
        !name.ends_with('/') || !all.iter().any(|other| other != name && other.starts_with(name))
    });
    found
}

/// Names that collide: files where the other side has folders, folders that are empty.
fn tree() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let name = proptest::collection::vec("[ab]", 1..4).prop_map(|names| names.join("/"));
    let name = (name, any::<bool>()).prop_map(
        |(name, folder)| {
            if folder { format!("{name}/") } else { name }
        },
    );
    let bytes = proptest::collection::vec(any::<u8>(), 0..4);
    proptest::collection::btree_map(name, bytes, 1..8).prop_map(|tree| {
        // No name is both a file and a folder on one side; a folder is empty or only implied.
        let mut kept: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (name, bytes) in tree {
            let bare = name.trim_end_matches('/').to_owned();
            let clash = kept.keys().any(|other| {
                let other = other.trim_end_matches('/');
                other == bare
                    || bare.starts_with(&format!("{other}/"))
                    || other.starts_with(&format!("{bare}/"))
            });
            if !clash {
                let bytes = if name.ends_with('/') { Vec::new() } else { bytes };
                kept.insert(name, bytes);
            }
        }
        kept
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_sync_makes_both_sides_equal_and_a_second_has_nothing_to_do(
        source in tree(),
        target in tree(),
        up in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let (local, remote) = if up { (&source, &target) } else { (&target, &source) };
            for (name, bytes) in local {
                bench.file(name, bytes);
            }
            for (name, bytes) in remote {
                bench.object(&format!("x/{name}"), bytes).await;
            }
            // Outside of the prefix: nobody's business.
            bench.object("xx", b"1").await;
            // Checksums: trees made within a moment have no times to go by.
            let request = bench.request(up, true, true);
            bench.sync(&request).await;
            prop_assert_eq!(here(&bench.root()), source.clone());
            prop_assert_eq!(there(bench.bucket()).await, source);
            prop_assert_eq!(steps(&bench.plan(&request).await.unwrap()), Vec::<String>::new());
            if up {
                // The times say the same. Downwards they do only of what was downloaded.
                let by_time = bench.request(up, false, true);
                prop_assert_eq!(steps(&bench.plan(&by_time).await.unwrap()), Vec::<String>::new());
            }
            prop_assert!(bench.bucket().head("xx").await.is_ok());
            Ok(())
        })?;
    }
}

fn set_time(path: &Path, time: SystemTime) {
    std::fs::File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

#[tokio::test]
async fn size_and_time_decide_and_times_are_kept() {
    let bench = Bench::new();
    bench.file("same", b"12");
    bench.file("longer", b"12");
    bench.file("later", b"12");
    let up = bench.request(true, false, false);
    assert_eq!(bench.sync(&up).await.len(), 3);
    assert_eq!(bench.sync(&up).await, Vec::<String>::new());

    let hour = Duration::from_secs(3_600);
    bench.file("longer", b"123");
    bench.file("later", b"ab");
    let future = SystemTime::now() + hour;
    set_time(&bench.root().join("later"), future);
    // Its time is later than its object, but it is the one that was kept with it.
    assert_eq!(bench.sync(&up).await, ["Upload later Time", "Upload longer Size"]);
    assert_eq!(bench.sync(&up).await, Vec::<String>::new());
    let meta = bench.bucket().head("x/later").await.unwrap();
    let kept = mtime::of(&meta.metadata).unwrap();
    assert_eq!(SystemTime::from(kept), future);

    // And it comes back with it.
    std::fs::remove_file(bench.root().join("later")).unwrap();
    let down = bench.request(false, false, false);
    assert_eq!(bench.sync(&down).await, ["Download later New"]);
    let time = bench.root().join("later").metadata().unwrap().modified().unwrap();
    assert_eq!(time, future);
    assert_eq!(bench.sync(&down).await, Vec::<String>::new());
}

#[tokio::test]
async fn only_a_checksum_finds_what_size_and_time_hide() {
    let bench = Bench::new();
    bench.file("a", b"12");
    bench.sync(&bench.request(true, false, false)).await;
    bench.file("a", b"ab");
    set_time(&bench.root().join("a"), SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    assert_eq!(bench.sync(&bench.request(true, false, false)).await, Vec::<String>::new());
    assert_eq!(bench.sync(&bench.request(true, true, false)).await, ["Upload a Content"]);
}

#[tokio::test]
async fn an_object_made_of_parts_is_compared_by_its_parts() {
    let bench = Bench::new();
    let mut bytes = vec![7; 20 << 20];
    bench.file("large", &bytes);
    let up = bench.request(true, true, false);
    assert_eq!(bench.sync(&up).await, ["Upload large New"]);
    assert_eq!(bench.sync(&up).await, Vec::<String>::new());
    bytes[9 << 20] ^= 1;
    bench.file("large", &bytes);
    set_time(&bench.root().join("large"), SystemTime::UNIX_EPOCH);
    assert_eq!(bench.sync(&up).await, ["Upload large Content"]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_read_here_is_not_deleted_there() {
    let bench = Bench::new();
    bench.file("a", b"1");
    std::os::unix::fs::symlink("a", bench.root().join("link")).unwrap();
    bench.file("down.hoist-part", b"1");
    bench.object("x/link", b"there").await;
    bench.object("x/gone", b"12").await;
    let request = bench.request(true, false, true);
    let plan = bench.plan(&request).await.unwrap();
    assert_eq!(steps(&plan), ["Upload a New", "Delete gone Gone"]);
    assert_eq!((plan.copies(), plan.deletions()), ((1, 1), (1, 2)));
    assert_eq!(plan.refused[0].1.code, Code::LinkSkipped);
    // The other way, a link here is no file that could be deleted, nor is an unfinished download.
    let down = bench.plan(&bench.request(false, false, true)).await.unwrap();
    assert_eq!(steps(&down), ["Download gone New", "Download link New", "Delete a Gone"]);
}

#[tokio::test]
async fn a_source_that_is_not_there_deletes_nothing() {
    let bench = Bench::new();
    bench.file("a", b"1");
    let down = bench.plan(&bench.request(false, false, true)).await;
    assert_eq!(down.unwrap_err().code, Code::ObjectNotFound);
    let gone = SyncSide::Local(bench.dir.path().join("nowhere"));
    let up = SyncRequest { from: gone, ..bench.request(true, false, true) };
    assert_eq!(bench.plan(&up).await.unwrap_err().code, Code::FileNotFound);
}

#[tokio::test]
async fn a_file_that_changed_since_the_plan_is_not_deleted() {
    let bench = Bench::new();
    bench.file("mine", b"1");
    bench.object("x/a", b"1").await;
    let plan = bench.plan(&bench.request(false, false, true)).await.unwrap();
    assert_eq!(steps(&plan), ["Download a New", "Delete mine Gone"]);
    bench.file("mine", b"12");
    let removed = delete(None, &plan, false).await.unwrap();
    assert_eq!(removed.failed[0].1.code, Code::SourceChanged);
    assert_eq!(std::fs::read(bench.root().join("mine")).unwrap(), b"12");
}

#[tokio::test]
async fn an_interrupted_sync_goes_on_as_the_same_transfer() {
    let bench = Bench::new();
    bench.file("a", b"1");
    bench.file("b", b"2");
    let request = bench.request(true, false, false);
    let plan = bench.plan(&request).await.unwrap();
    let first = job(&bench.transfers, &plan, Priority::Normal).await.unwrap().unwrap();
    // Before it ran, one was changed and another went away.
    bench.file("a", b"changed");
    std::fs::remove_file(bench.root().join("b")).unwrap();
    let plan = bench.plan(&request).await.unwrap();
    let again = job(&bench.transfers, &plan, Priority::Normal).await.unwrap().unwrap();
    assert_eq!(first, again);
    let view = bench.transfers.run(again, Arc::default()).await.unwrap();
    assert_eq!((view.state, view.files.total, view.files.succeeded), (State::Done, 1, 1));
    assert_eq!(there(bench.bucket()).await, BTreeMap::from([("a".into(), b"changed".to_vec())]));
}

#[tokio::test]
async fn two_prefixes_become_alike() {
    let bench = Bench::new();
    let (one, other) = (bench.bucket().clone(), bench.remotes.1.clone());
    for key in ["x/a", "x/b/c", "x/empty/"] {
        bench
            .object(
                key,
                key.as_bytes().get(..key.len() * usize::from(!key.ends_with('/'))).unwrap(),
            )
            .await;
    }
    other.put("y/old", Body::from(b"1" as &[u8]), &PutOptions::default()).await.unwrap();
    let request = SyncRequest {
        from: SyncSide::Remote { place: "p".into(), prefix: "x/".into() },
        to: SyncSide::Remote { place: "other".into(), prefix: "y/".into() },
        checksum: false,
        delete: true,
    };
    let plan = bench.plan(&request).await.unwrap();
    assert_eq!(steps(&plan), ["Copy a New", "Copy b/c New", "Copy empty/ New", "Delete old Gone"]);
    let ends = (bench.remotes.open("p").await.unwrap(), bench.remotes.open("other").await.unwrap());
    let report = copies(&ends.0, &ends.1, &plan, &Arc::default(), &|_| {}).await.unwrap();
    assert_eq!((report.copied, report.failed.len()), (3, 0));
    delete(Some(&other), &plan, false).await.unwrap();
    assert_eq!(steps(&bench.plan(&request).await.unwrap()), Vec::<String>::new());
    assert_eq!((one.len(), other.len()), (3, 3));

    let nested = SyncRequest {
        to: SyncSide::Remote { place: "p".into(), prefix: "x/b/".into() },
        ..request
    };
    assert_eq!(bench.plan(&nested).await.unwrap_err().code, Code::CopyIntoItself);
}
