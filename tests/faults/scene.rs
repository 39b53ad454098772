//! A home whose profile `cloud` leads through a proxy to a bucket of a real server.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hoist_store::s3::{S3Bucket, S3Dialect};
use hoist_store::{Body, Bucket as _, ErrorKind, GetOptions, MultipartUpload as _, PutOptions};
use hoist_testkit::hoist::{KEYS_TYPED, add_cloud, at_home, block_on, drain, seaweedfs, type_keys};
use hoist_testkit::proxy::FaultProxy;

pub(crate) const HOIST: &str = env!("CARGO_BIN_EXE_hoist");

pub(crate) const MIB: usize = 1 << 20;

/// No run takes longer, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(600);

/// What one test works with.
pub(crate) struct Scene {
    dir: tempfile::TempDir,
    pub(crate) proxy: FaultProxy,
    /// The bucket without the proxy.
    pub(crate) bucket: S3Bucket,
    pub(crate) seed: u64,
    pub(crate) random: fastrand::Rng,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Run {
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        let lines: Vec<&str> = self.stdout.lines().filter(|l| !l.contains("\"ok\":true")).collect();
        assert_eq!(self.code, code, "stdout:\n{lines:#?}\nstderr:\n{}", self.stderr);
        self
    }

    /// The error code of each file that failed, and of the job as a whole, as `--json` has them.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter_map(|value| value["error"]["code"].as_str().map(str::to_owned))
            .collect()
    }
}

impl Scene {
    /// With a new bucket. The proxy is harmless at first.
    pub(crate) fn new(bucket: &str) -> Self {
        let seed = std::env::var("HOIST_FAULTS_SEED").ok().and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or(20_261_130);
        let server = seaweedfs();
        let proxy = block_on(async {
            assert!(server.create_bucket(bucket).await);
            FaultProxy::start(&server.endpoint).await
        });
        let dir = tempfile::Builder::new().prefix("hoist-faults-").tempdir().unwrap();
        eprintln!("{bucket}: HOIST_FAULTS_SEED={seed}");
        let scene = Self {
            dir,
            bucket: S3Bucket::new(server.config(S3Dialect::Generic, bucket)).unwrap(),
            proxy,
            seed,
            random: fastrand::Rng::with_seed(seed),
        };
        scene.add_profile(&scene.path("home"), bucket);
        scene
    }

    /// Adds the profile `cloud` to a home.
    fn add_profile(&self, home: &Path, bucket: &str) {
        let url = self.proxy.url();
        let mut add = self.hoist(&add_cloud(&url, bucket, &KEYS_TYPED));
        type_keys(add.env("HOIST_HOME", home).stdout(Stdio::null()), seaweedfs());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A file of random bytes.
    pub(crate) fn noise(&mut self, name: &str, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.random.fill(&mut bytes);
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &bytes).unwrap();
        bytes
    }

    pub(crate) fn hoist(&self, args: &[&str]) -> Command {
        self.command(HOIST, args)
    }

    /// Any program, with nothing of this machine's environment but the search path.
    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        at_home(&mut command, self.dir.path());
        command.args(args).stdin(Stdio::null());
        command
    }

    /// Runs `hoist` to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.start(args).end()
    }

    /// Starts it.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        Running::of(self.hoist(args))
    }

    /// Puts an object in place, past the proxy.
    pub(crate) fn object(&self, key: &str, bytes: &[u8]) {
        block_on(async {
            let body = Body::from(bytes.to_vec());
            self.bucket.put(key, body, &PutOptions::default()).await.unwrap();
        });
    }

    /// The bytes of an object, past the proxy; `None` when there is none.
    pub(crate) fn stored(&self, key: &str) -> Option<Vec<u8>> {
        block_on(async {
            match self.bucket.get(key, &GetOptions::default()).await {
                Ok(object) => Some(object.bytes(u64::MAX).await.unwrap().to_vec()),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => panic!("{error}"),
            }
        })
    }

    /// No upload that was begun is left over.
    #[track_caller]
    pub(crate) fn no_orphans(&self) {
        assert_eq!(block_on(self.bucket.list_uploads("")).unwrap(), []);
    }
}

/// A program under way, ended when the test ends.
pub(crate) struct Running {
    child: Child,
    since: Instant,
    out: std::thread::JoinHandle<Vec<u8>>,
    err: std::thread::JoinHandle<Vec<u8>>,
}

impl Running {
    pub(crate) fn of(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let since = Instant::now();
        let mut child = command.spawn().unwrap();
        let out = drain(child.stdout.take().unwrap());
        let err = drain(child.stderr.take().unwrap());
        Self { child, since, out, err }
    }

    /// With SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn end(mut self) -> Run {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if self.since.elapsed() > PATIENCE {
                let _ = self.child.kill();
                let _ = self.child.wait();
                panic!("still running after {PATIENCE:?}");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let took = self.since.elapsed();
        let text = |thread: std::thread::JoinHandle<Vec<u8>>| {
            String::from_utf8(thread.join().unwrap()).unwrap()
        };
        Run {
            code: status.code().unwrap_or(-1),
            stdout: text(self.out),
            stderr: text(self.err),
            took,
        }
    }
}
