//! Whole runs of rules on a bucket in memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::SystemTime;

use async_trait::async_trait;
use hoist_store::fault::{Fault, FaultyBucket, Operation, When as Then};
use hoist_store::memory::MemoryBucket;
use hoist_store::{Bucket, ErrorKind, GetOptions};
use proptest::prelude::*;

use super::*;
use crate::transfer::{FileReport, FileResult, Limits, Remote, RetryPolicy, State, TransferFiles};

#[derive(Debug)]
struct OneBucket(Mutex<Arc<dyn Bucket>>);

#[async_trait]
impl Remotes for OneBucket {
    async fn open(&self, _: &str) -> Result<Remote> {
        Ok(Remote { bucket: Arc::clone(&self.0.lock().unwrap()), target: "target".into() })
    }
}

struct Bench {
    dir: tempfile::TempDir,
    memory: MemoryBucket,
    remotes: Arc<OneBucket>,
    backups: Backups,
    rule: BackupRule,
    told: Arc<Mutex<Vec<FileReport>>>,
}

fn open(dir: &Path, remotes: &Arc<OneBucket>) -> Backups {
    let retry = RetryPolicy {
        base: Duration::from_millis(1),
        cap: Duration::from_millis(2),
        attempts: 2,
        ..RetryPolicy::default()
    };
    let limits = Limits { retry, look: Duration::from_millis(20), ..Limits::default() };
    let lock = dir.join("lock");
    let files = TransferFiles {
        database: dir.join("transfers.db"),
        lock: lock.clone(),
        runners: dir.join("runners"),
    };
    let (transfers, _) = Transfers::open(&files, Arc::clone(remotes) as _, limits).unwrap();
    let files = BackupFiles {
        database: dir.join("backups.db"),
        lock,
        locks: dir.join("backups"),
        own: vec![dir.join("runners")],
    };
    Backups::open(files, transfers, Arc::clone(remotes) as _).unwrap().0
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("runs")).unwrap();
        let memory = MemoryBucket::new("main");
        let bucket = FaultyBucket::wrap(Arc::new(memory.clone()));
        let remotes = Arc::new(OneBucket(Mutex::new(Arc::new(bucket))));
        let backups = open(dir.path(), &remotes);
        let rule = BackupRule {
            patterns: vec!["*.npy".into()],
            prefix: "data/{year}/{month}/".into(),
            ..BackupRule::new("r", dir.path().join("runs").to_str().unwrap(), "local")
        };
        Self { dir, memory, remotes, backups, rule, told: Arc::default() }
    }

    /// A file last changed on a day of 2025.
    fn file(&self, name: &str, text: &str, month: i8) {
        let path = self.dir.path().join("runs").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        let at = jiff::civil::date(2025, month, 15).at(12, 0, 0, 0);
        let at = at.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let file = std::fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::from(at)).unwrap();
    }

    async fn run_with(&self, options: BackupOptions, by: By) -> BackupReport {
        let told = Arc::clone(&self.told);
        let run = Run {
            rule: self.rule.clone(),
            root: "lab/".into(),
            scope: Scope::All,
            options,
            by,
            settle: None,
            meter: Arc::default(),
            tell: Arc::new(move |file| told.lock().unwrap().push(file)),
        };
        self.backups.run_rule(run).await.unwrap().report
    }

    async fn run(&self) -> BackupReport {
        self.run_with(BackupOptions::default(), By::Hand).await
    }

    /// Sent, unchanged, failed.
    async fn figures(&self) -> (u64, u64, u64) {
        let report = self.run().await;
        assert!(report.problem.is_none(), "{report:?}");
        (report.sent, report.unchanged, report.failed)
    }

    async fn stored(&self, key: &str) -> String {
        let object = self.memory.get(key, &GetOptions::default()).await.unwrap();
        String::from_utf8(object.bytes(u64::MAX).await.unwrap().to_vec()).unwrap()
    }

    async fn delete(&self, key: &str) {
        self.memory.delete_many(&[key.to_owned()]).await.unwrap();
    }
}

#[tokio::test]
async fn only_what_changed_is_sent_and_its_date_is_the_files() {
    let bench = Bench::new();
    bench.file("a.npy", "a", 10);
    bench.file("x/b.npy", "b", 11);
    bench.file("c.txt", "c", 11);
    assert_eq!(bench.figures().await, (2, 0, 0));
    assert_eq!(bench.stored("lab/data/2025/10/a.npy").await, "a");
    assert_eq!(bench.stored("lab/data/2025/11/x/b.npy").await, "b");
    assert_eq!(bench.memory.len(), 2);
    assert_eq!(bench.figures().await, (0, 2, 0));

    // Touched in another month, with the same bytes.
    bench.file("a.npy", "a", 12);
    assert_eq!(bench.figures().await, (0, 2, 0));
    // Changed in another month: what was there before stays.
    bench.file("a.npy", "A", 12);
    assert_eq!(bench.figures().await, (1, 1, 0));
    assert_eq!(bench.stored("lab/data/2025/12/a.npy").await, "A");
    assert_eq!(bench.stored("lab/data/2025/10/a.npy").await, "a");
    let last = bench.backups.last("r").await.unwrap().unwrap();
    assert_eq!((last.sent, last.unchanged, last.is_complete()), (1, 1, true));
}

#[tokio::test]
async fn a_dry_run_says_and_does_nothing() {
    let bench = Bench::new();
    bench.file("a.npy", "a", 10);
    let options = BackupOptions { dry_run: true, ..BackupOptions::default() };
    for _ in 0..2 {
        let report = bench.run_with(options, By::Hand).await;
        assert_eq!((report.sent, report.bytes), (1, 1));
    }
    assert_eq!(bench.memory.len(), 0);
    let told = std::mem::take(&mut *bench.told.lock().unwrap());
    assert_eq!(told.len(), 2);
    assert_eq!((&*told[0].key, &told[0].result), ("lab/data/2025/10/a.npy", &FileResult::Waiting));
    assert_eq!(bench.backups.last("r").await.unwrap(), None);
    assert!(bench.backups.inner.transfers.views().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_gone_over_there_comes_back_only_when_the_bucket_is_checked() {
    let bench = Bench::new();
    bench.file("a.npy", "a", 10);
    bench.file("b.npy", "b", 10);
    bench.run().await;
    bench.delete("lab/data/2025/10/a.npy").await;
    assert_eq!(bench.figures().await, (0, 2, 0));
    let check = BackupOptions { check: true, dry_run: true };
    assert_eq!(bench.run_with(check, By::Hand).await.sent, 1);
    let check = BackupOptions { check: true, dry_run: false };
    let report = bench.run_with(check, By::Hand).await;
    assert_eq!((report.sent, report.unchanged), (1, 1));
    assert_eq!(bench.stored("lab/data/2025/10/a.npy").await, "a");
}

/// Another computer, or a database that was lost.
#[tokio::test]
async fn without_a_record_the_bucket_is_asked() {
    let bench = Bench::new();
    bench.file("a.npy", "a", 10);
    bench.file("b.npy", "b", 10);
    bench.run().await;
    let again = tempfile::tempdir().unwrap();
    let other = Bench { backups: open(again.path(), &bench.remotes), ..Bench::new() };
    let other = Bench { rule: bench.rule.clone(), ..other };
    bench.delete("lab/data/2025/10/b.npy").await;
    assert_eq!(other.figures().await, (1, 1, 0));
    assert_eq!(other.figures().await, (0, 2, 0));
}

#[tokio::test]
async fn another_destination_is_another_backup_and_a_new_name_is_not() {
    let mut bench = Bench::new();
    bench.file("a.npy", "a", 10);
    bench.run().await;
    bench.rule.name = "renamed".into();
    assert_eq!(bench.figures().await, (0, 1, 0));
    bench.rule.prefix = "other/".into();
    assert_eq!(bench.figures().await, (1, 0, 0));
    assert_eq!(bench.stored("lab/other/a.npy").await, "a");
}

#[tokio::test]
async fn two_files_of_one_key_do_not_replace_each_other() {
    let mut bench = Bench::new();
    bench.rule.keep_folders = false;
    bench.file("x/a.npy", "x", 10);
    assert_eq!(bench.figures().await, (1, 0, 0));
    bench.file("y/a.npy", "y", 10);
    assert_eq!(bench.figures().await, (0, 1, 1));
    assert_eq!(bench.stored("lab/data/2025/10/a.npy").await, "x");
    // Moved, not doubled: the new one may take its place.
    std::fs::remove_file(bench.dir.path().join("runs/x/a.npy")).unwrap();
    assert_eq!(bench.figures().await, (1, 0, 0));
    assert_eq!(bench.stored("lab/data/2025/10/a.npy").await, "y");
}

#[tokio::test]
async fn a_network_that_fails_leaves_a_transfer_that_goes_on() {
    let bench = Bench::new();
    bench.file("a.npy", "a", 10);
    bench.file("b.npy", "b", 10);
    let broken = FaultyBucket::wrap(Arc::new(bench.memory.clone())).on(
        Operation::Put,
        Then::Always,
        Fault::Fail(ErrorKind::Network),
    );
    *bench.remotes.0.lock().unwrap() = Arc::new(broken);
    let report = bench.run().await;
    assert_eq!(report.problem.unwrap().code, "network");
    assert_eq!(bench.memory.len(), 0);
    *bench.remotes.0.lock().unwrap() = Arc::new(FaultyBucket::wrap(Arc::new(bench.memory.clone())));
    // It was renamed and changed meanwhile; what is sent is what is there now.
    bench.file("b.npy", "B!", 11);
    let report = bench.run().await;
    assert_eq!((report.sent, report.unchanged, report.is_complete()), (2, 0, true), "{report:?}");
    assert_eq!(bench.stored("lab/data/2025/11/b.npy").await, "B!");
    assert_eq!(bench.figures().await, (0, 2, 0));
    let views = bench.backups.inner.transfers.views().await.unwrap();
    assert!(views.iter().all(|view| view.state.is_over()), "{views:?}");
}

#[tokio::test]
async fn what_a_person_paused_does_not_go_on_by_itself() {
    let bench = Bench::new();
    bench.file("a.npy", "a", 10);
    let broken = FaultyBucket::wrap(Arc::new(bench.memory.clone())).on(
        Operation::Put,
        Then::Always,
        Fault::Fail(ErrorKind::Network),
    );
    *bench.remotes.0.lock().unwrap() = Arc::new(broken);
    bench.run().await;
    let transfers = &bench.backups.inner.transfers;
    let job = transfers.views().await.unwrap()[0].id;
    // A failed one cannot be paused; one that waits can.
    transfers.resume_for_tests(job).await;
    transfers.pause(job).await.unwrap();
    *bench.remotes.0.lock().unwrap() = Arc::new(FaultyBucket::wrap(Arc::new(bench.memory.clone())));
    let report = bench.run_with(BackupOptions::default(), By::Itself).await;
    assert_eq!(report.problem.unwrap().code, "backupPaused");
    assert_eq!(transfers.view(job).await.unwrap().state, State::Paused);
    assert_eq!(bench.figures().await, (1, 0, 0));
}

#[tokio::test]
async fn a_rule_runs_once_at_a_time() {
    let bench = Bench::new();
    let claim = bench.backups.claim("r").unwrap().unwrap();
    let run = Run {
        rule: bench.rule.clone(),
        root: String::new(),
        scope: Scope::All,
        options: BackupOptions::default(),
        by: By::Hand,
        settle: None,
        meter: Arc::default(),
        tell: Arc::new(|_| {}),
    };
    assert_eq!(bench.backups.run_rule(run).await.unwrap_err().code, Code::DataInUse);
    assert!(bench.backups.claim("other").unwrap().is_some());
    drop(claim);
    assert_eq!(bench.figures().await, (0, 0, 0));
}

#[tokio::test]
async fn a_folder_that_is_away_is_said_and_forgets_nothing() {
    let bench = Bench::new();
    bench.file("a.npy", "a", 10);
    bench.run().await;
    let (here, away) = (bench.dir.path().join("runs"), bench.dir.path().join("away"));
    std::fs::rename(&here, &away).unwrap();
    assert_eq!(bench.run().await.problem.unwrap().code, "backupFolderMissing");
    std::fs::rename(&away, &here).unwrap();
    assert_eq!(bench.figures().await, (0, 1, 0));
}

#[tokio::test]
async fn a_preview_counts_without_reading() {
    let bench = Bench::new();
    bench.file("a.npy", "aa", 10);
    bench.run().await;
    bench.file("b.npy", "bbb", 11);
    let count = |target: Option<&str>, wanted: bool| {
        let target = target.map(str::to_owned);
        bench.backups.count(bench.rule.clone(), target, "lab/".into(), move || wanted)
    };
    let counted = count(Some("target"), true).await.unwrap();
    assert_eq!((counted.files, counted.bytes), (2, 5));
    assert_eq!((counted.changed, counted.changed_bytes), (1, 3));
    assert!(counted.complete);
    assert_eq!(counted.examples[1], ("b.npy".into(), "lab/data/2025/11/b.npy".into()));
    assert_eq!(count(None, true).await.unwrap().changed, 2);
    assert_eq!(count(None, false).await.unwrap_err().code, Code::Cancelled);
}

/// What may happen to a file between two runs.
#[derive(Debug, Clone, Copy)]
enum Act {
    Write(u8),
    Touch(i8),
    Remove,
    Nothing,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0u8..3).prop_map(Act::Write),
        (1i8..4).prop_map(Act::Touch),
        Just(Act::Remove),
        Just(Act::Nothing),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is done to files: what has not changed is never sent, what has always is.
    #[test]
    fn unchanged_is_never_sent_and_changed_always_is(
        story in proptest::collection::vec(proptest::collection::vec(act(), 3), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let (mut here, mut there) = (BTreeMap::new(), BTreeMap::new());
            for acts in story {
                for (n, act) in acts.into_iter().enumerate() {
                    let name = format!("{n}.npy");
                    let old = here.get(&name).cloned();
                    match (act, old) {
                        (Act::Write(text), _) => {
                            // The same month, and so the same time: only the content tells.
                            bench.file(&name, &text.to_string(), 6);
                            here.insert(name, text.to_string());
                        }
                        (Act::Touch(month), Some(text)) => bench.file(&name, &text, month),
                        (Act::Remove, Some(_)) => {
                            std::fs::remove_file(bench.dir.path().join("runs").join(&name)).unwrap();
                            here.remove(&name);
                        }
                        _ => {}
                    }
                }
                bench.told.lock().unwrap().clear();
                let report = bench.run().await;
                assert!(report.is_complete(), "{report:?}");
                let told = std::mem::take(&mut *bench.told.lock().unwrap());
                let mut sent: Vec<String> = told
                    .iter()
                    .filter(|file| file.result == FileResult::Done)
                    .map(|file| file.path.rsplit('/').next().unwrap().to_owned())
                    .collect();
                sent.sort();
                let wanted: Vec<String> = here
                    .iter()
                    .filter(|(name, text)| there.get(*name) != Some(*text))
                    .map(|(name, _)| name.clone())
                    .collect();
                assert_eq!(sent, wanted);
                there.extend(here.clone());
            }
        });
    }
}
