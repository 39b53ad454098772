//! The feed over a bucket in memory.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use async_trait::async_trait;
use hoist_store::Bucket;
use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
use hoist_store::memory::MemoryBucket;

use super::*;
use crate::transfer::{Limits, Remote, Remotes, TransferFiles, Upload};

/// Keeps what it is told.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<AppEvent>>);

impl EventSink for Told {
    fn emit(&self, event: AppEvent) {
        self.0.lock().unwrap().push(event);
    }
}

#[derive(Debug)]
struct OneBucket(Arc<dyn Bucket>);

#[async_trait]
impl Remotes for OneBucket {
    async fn open(&self, _place: &str) -> Result<Remote> {
        Ok(Remote { bucket: Arc::clone(&self.0), target: "target".into() })
    }
}

struct Bench {
    dir: tempfile::TempDir,
    told: Arc<Told>,
    feed: Feed,
}

fn feed(dir: &Path, told: &Arc<Told>, bucket: Arc<dyn Bucket>) -> Feed {
    let files = TransferFiles {
        database: dir.join("transfers.db"),
        lock: dir.join("lock"),
        runners: dir.join("runners"),
    };
    let limits = Limits { look: Duration::from_millis(20), ..Limits::default() };
    let (transfers, _) = Transfers::open(&files, Arc::new(OneBucket(bucket)), limits).unwrap();
    Feed::new(transfers, Arc::clone(told) as _, Handle::current())
}

impl Bench {
    fn new(faults: impl FnOnce(FaultyBucket) -> FaultyBucket) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let told = Arc::new(Told::default());
        let bucket = faults(FaultyBucket::wrap(Arc::new(MemoryBucket::new("main"))));
        let feed = feed(dir.path(), &told, Arc::new(bucket));
        Self { dir, told, feed }
    }

    /// Begins to upload a small file of this name.
    async fn upload(&self, name: &str, priority: Priority) -> i64 {
        let path: PathBuf = self.dir.path().join(name);
        std::fs::write(&path, name).unwrap();
        let request = Request::Upload(Upload {
            sources: vec![path.to_str().unwrap().to_owned()],
            prefix: "in/".into(),
            include_parent: true,
            ..Upload::default()
        });
        self.feed.enqueue("main", request, priority).await.unwrap()
    }

    /// The same with another process at work.
    fn with(self, feed: Feed) -> Self {
        Self { feed, ..self }
    }

    fn state(&self, id: i64) -> State {
        self.feed.lock().rows[&id].view.state
    }

    async fn becomes(&self, id: i64, state: State) {
        let waited = tokio::time::timeout(Duration::from_secs(20), async {
            while self.state(id) != state {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(waited.await.is_ok(), "{id} is {:?}, not {state:?}", self.state(id));
    }

    fn count(&self, is: impl Fn(&AppEvent) -> bool) -> usize {
        self.told.0.lock().unwrap().iter().filter(|event| is(event)).count()
    }
}

fn hangs(bucket: FaultyBucket) -> FaultyBucket {
    bucket.on(Operation::Put, When::Always, Fault::Hang)
}

#[tokio::test]
async fn three_run_and_of_those_that_wait_the_highest_is_next() {
    let bench = Bench::new(hangs);
    let mut running = Vec::new();
    for name in ["a", "b", "c"] {
        running.push(bench.upload(name, Priority::Normal).await);
    }
    let low = bench.upload("low", Priority::Low).await;
    let normal = bench.upload("normal", Priority::Normal).await;
    assert_eq!((bench.state(low), bench.state(normal)), (State::Queued, State::Queued));
    assert_eq!(bench.feed.busy(), 5);
    bench.feed.set_priority(low, Priority::High).await.unwrap();
    bench.feed.cancel(running[0]).await.unwrap();
    bench.becomes(low, State::Running).await;
    assert_eq!(bench.state(normal), State::Queued);
    // One that waits is paused where it stands, and goes on in its turn.
    bench.feed.pause(normal).await.unwrap();
    assert_eq!(bench.state(normal), State::Paused);
    bench.feed.resume(normal).await.unwrap();
    assert_eq!(bench.state(normal), State::Queued);
    bench.feed.pause_all().await.unwrap();
    for id in [running[1], running[2], low, normal] {
        bench.becomes(id, State::Paused).await;
    }
    assert_eq!(bench.feed.busy(), 0);
    let ids: Vec<f64> = bench.feed.list().await.unwrap().iter().map(|view| view.id).collect();
    assert!(!ids.contains(&(running[0] as f64)), "what was cancelled is not shown");
}

#[tokio::test]
async fn what_a_closed_process_leaves_is_shown_as_interrupted_and_goes_on() {
    let bench = Bench::new(hangs);
    let id = bench.upload("a", Priority::Normal).await;
    bench.becomes(id, State::Running).await;
    bench.feed.close().await;
    assert_eq!(bench.feed.busy(), 0);
    let again = bench.upload("b", Priority::Normal).await;
    assert_eq!(bench.feed.busy(), 0, "nothing begins any more");

    let told = Arc::new(Told::default());
    let healthy = Arc::new(MemoryBucket::new("main"));
    let feed = feed(bench.dir.path(), &told, healthy);
    let states: Vec<State> = feed.list().await.unwrap().iter().map(|view| view.state).collect();
    assert_eq!(states, [State::Interrupted, State::Queued]);
    let bench = Bench { feed, told, ..bench };
    bench.feed.resume(id).await.unwrap();
    bench.feed.resume(again).await.unwrap();
    bench.becomes(id, State::Done).await;
    bench.becomes(again, State::Done).await;
    let touched = |event: &AppEvent| matches!(event, AppEvent::Objects { place, prefix } if place == "main" && prefix == "in/");
    assert_eq!(bench.count(touched), 2);
    bench.feed.clear();
    assert!(bench.feed.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_dead_process_left_begins_again_but_nothing_paused_and_no_step() {
    let bench = Bench::new(hangs);
    let dying = bench.feed.clone();
    let mut left = Vec::new();
    for name in ["a", "b", "c", "waits"] {
        left.push(bench.upload(name, Priority::Normal).await);
    }
    let paused = bench.upload("paused", Priority::High).await;
    bench.feed.pause(paused).await.unwrap();
    let transfers = &dying.shared.transfers;
    let step = Upload { part_of: Some("m@v1".into()), ..Upload::default() };
    let listed = Upload { listed: true, ..Upload::default() };
    let mut steps = Vec::new();
    for step in [step, listed] {
        steps.push(transfers.add("main", Request::Upload(step), Priority::High).await.unwrap());
    }
    let hanging = hangs(FaultyBucket::wrap(Arc::new(MemoryBucket::new("main"))));
    let alive = feed(bench.dir.path(), &Arc::default(), Arc::new(hanging));
    let bench = bench.with(alive.clone());
    let elsewhere = bench.upload("elsewhere", Priority::Normal).await;
    bench.becomes(elsewhere, State::Running).await;

    dying.close().await;
    drop(dying);
    // Its last task lets go of it in a moment.
    let runners = || std::fs::read_dir(bench.dir.path().join("runners")).unwrap().count();
    crate::testing::until("the process has ended", || (runners() == 1).then_some(())).await;
    let healthy = feed(bench.dir.path(), &bench.told, Arc::new(MemoryBucket::new("main")));
    let bench = bench.with(healthy);
    assert_eq!(bench.feed.continue_abandoned().await.unwrap(), left.len());
    for id in left {
        bench.becomes(id, State::Done).await;
    }
    bench.feed.list().await.unwrap();
    assert_eq!(bench.state(paused), State::Paused);
    assert_eq!(bench.state(elsewhere), State::Running);
    for step in steps {
        assert_eq!(bench.state(step), State::Queued);
    }
    assert_eq!(bench.feed.continue_abandoned().await.unwrap(), 0);
}

#[tokio::test]
async fn a_task_that_failed_is_tried_again_and_one_that_is_stopped_is_dropped() {
    let bench = Bench::new(|bucket| bucket);
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let request = TaskRequest {
        kind: TransferKind::Copy,
        place: "main".into(),
        name: "a.bin".into(),
        detail: "b/".into(),
        touches: vec![("main".into(), "b/".into())],
        work: Arc::new(move |meter| {
            let call = counted.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move {
                meter.expect(1, 10);
                match call {
                    0 => Err(Problem::new(Code::Network, "main")),
                    1 => Ok(TaskEnd::but(vec![("a".into(), Problem::new(Code::Timeout, "a"))])),
                    _ => std::future::pending().await,
                }
            })
        }),
    };
    let id = bench.feed.start(request);
    assert_eq!(id, -1);
    bench.becomes(id, State::Failed).await;
    assert_eq!(bench.feed.pause(id).await.unwrap_err().code, Code::Unsupported);
    bench.feed.resume(id).await.unwrap();
    bench.becomes(id, State::Running).await;
    bench.becomes(id, State::Failed).await;
    assert_eq!(bench.feed.failures(id).await.unwrap()[0].key, "a");
    bench.feed.resume(id).await.unwrap();
    assert_eq!(bench.feed.busy(), 1);
    bench.feed.cancel(id).await.unwrap();
    bench.becomes(id, State::Cancelled).await;
    assert_eq!(bench.feed.busy(), 0);
    assert!(bench.feed.list().await.unwrap().is_empty());
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn the_jobs_of_another_process_are_followed_while_somebody_looks() {
    let bench = Bench::new(|bucket| bucket);
    let told = Arc::new(Told::default());
    let other = feed(bench.dir.path(), &told, Arc::new(MemoryBucket::new("main")));
    bench.feed.watch(true);
    let path = bench.dir.path().join("x");
    std::fs::write(&path, "x").unwrap();
    let request = Request::Upload(Upload {
        sources: vec![path.to_str().unwrap().to_owned()],
        ..Upload::default()
    });
    let id = other.enqueue("main", request, Priority::Normal).await.unwrap();
    let is_done = |event: &AppEvent| {
        matches!(event, AppEvent::Transfer { transfer }
            if transfer.id == id as f64 && transfer.state == State::Done)
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while bench.count(is_done) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "{:?}", bench.told);
    bench.feed.watch(false);
}
