//! A home, a bucket, and a program that is killed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hoist_testkit::hoist::{KEYS_TYPED, add_cloud, at_home, block_on, seaweedfs, type_keys};

use crate::counting::{Counts, Moved, start};

const HOIST: &str = env!("CARGO_BIN_EXE_hoist");

/// No run takes longer, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often each way is killed.
pub(crate) fn kills() -> u64 {
    number("HOIST_CRASH_KILLS", 4)
}

/// A number from the environment.
pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// When a program is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// After this many milliseconds.
    After(u64),
    /// When this many bytes of this run have gone, in both directions together.
    Moved(u64),
}

/// What one test works with.
pub(crate) struct Scene {
    dir: tempfile::TempDir,
    counts: Arc<Counts>,
    seed: u64,
    pub(crate) random: fastrand::Rng,
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HOIST_CRASH_SEED={}", self.seed)
    }
}

impl Scene {
    /// A home whose profile `cloud` leads to a new bucket, through a proxy.
    pub(crate) fn new(bucket: &str) -> Self {
        let seed = std::env::var("HOIST_CRASH_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| fastrand::u64(..));
        let server = seaweedfs();
        assert!(block_on(server.create_bucket(bucket)));
        let (address, counts) = start(server.endpoint.trim_start_matches("http://").to_owned());
        let dir = tempfile::Builder::new().prefix("hoist-crash-").tempdir().unwrap();
        let scene = Self { dir, counts, seed, random: fastrand::Rng::with_seed(seed) };
        // Told even when the test passes or hangs: `cargo test` shows it with the failure.
        eprintln!("{bucket}: {scene:?}");
        let endpoint = format!("http://{address}");
        type_keys(&mut scene.hoist(&add_cloud(&endpoint, bucket, &KEYS_TYPED)), server);
        scene
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A file of random bytes.
    pub(crate) fn noise(&mut self, name: &str, size: u64) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut bytes = vec![0; usize::try_from(size).unwrap()];
        self.random.fill(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn hoist(&self, args: &[&str]) -> Command {
        let mut command = Command::new(HOIST);
        at_home(&mut command, self.dir.path());
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }

    /// Starts it and kills it at the moment; `None` when it was done before: what comes after it is
    /// another transfer.
    pub(crate) fn run_and_kill(&self, args: &[&str], moment: Moment) -> Option<Moved> {
        let before = self.counts.now();
        let start = Instant::now();
        let mut child = Guard(self.hoist(args).stderr(Stdio::null()).spawn().unwrap());
        loop {
            let now = self.since(before);
            let due = match moment {
                Moment::After(milliseconds) => start.elapsed().as_millis() >= milliseconds.into(),
                Moment::Moved(bytes) => now.up + now.down >= bytes,
            };
            if let Some(status) = child.0.try_wait().unwrap() {
                assert!(status.success(), "{args:?} failed by itself; {self:?}");
                return None;
            }
            if due {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "{args:?} hangs; {self:?}");
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = child.0.kill();
        let ended = child.0.wait().unwrap();
        // What stood in buffers when it was killed still goes, and belongs to this run.
        while !self.counts.is_quiet() {
            assert!(start.elapsed() < PATIENCE, "connections stay open; {self:?}");
            std::thread::sleep(Duration::from_millis(1));
        }
        // It may have been done in the moment before.
        if ended.success() { None } else { Some(self.since(before)) }
    }

    /// Runs it without harm.
    pub(crate) fn run_to_the_end(&self, args: &[&str]) -> Moved {
        let before = self.counts.now();
        let output = self.hoist(args).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}; {self:?}: {said}");
        self.since(before)
    }

    /// How often the server has failed by itself so far.
    pub(crate) fn failures(&self) -> u64 {
        self.counts.failures()
    }

    fn since(&self, before: Moved) -> Moved {
        self.counts.now().since(before)
    }

    /// Asserts that two files hold the same bytes.
    pub(crate) fn same(&self, one: &Path, two: &Path) {
        let (one, two) = (std::fs::read(one).unwrap(), std::fs::read(two).unwrap());
        assert_eq!(one.len(), two.len(), "{self:?}");
        let differ = one.iter().zip(&two).position(|(a, b)| a != b);
        assert_eq!(differ, None, "the first byte that differs; {self:?}");
    }
}

/// Killed with SIGKILL, and reaped.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
