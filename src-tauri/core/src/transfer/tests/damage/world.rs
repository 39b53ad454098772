//! Two jobs that were interrupted in the middle, with all they could do harm to.

use std::collections::BTreeSet;

use hoist_store::{ListRequest, ObjectMeta};

use super::*;
use crate::transfer::listed::Listed;

/// Two parts.
const LARGE: usize = 9 * MIB;

/// Where the second job goes, down and up.
const OUT: [&str; 2] = ["out", "out2"];
const PREFIX: [&str; 2] = ["p/", "q/"];

pub(super) struct World {
    dir: tempfile::TempDir,
    pub(super) memory: MemoryBucket,
    remotes: Arc<OneBucket>,
    down: bool,
    /// The second one has its files named one by one.
    pub(super) jobs: [i64; 2],
    /// A folder below [`OUT`] that a person made.
    pub(super) made: Option<&'static str>,
    /// What is moved, by the name below prefix and folder.
    files: BTreeMap<&'static str, Vec<u8>>,
}

fn files() -> BTreeMap<&'static str, Vec<u8>> {
    [
        ("large", noise(LARGE, 1)),
        ("mid", noise(300_000, 2)),
        ("small", noise(1_000, 3)),
        ("sub/none", Vec::new()),
    ]
    .into()
}

impl World {
    /// Downloads of which one part of two is there.
    pub(super) async fn down() -> Self {
        Self::new(true).await
    }

    /// Uploads of which the same is true.
    pub(super) async fn up() -> Self {
        Self::new(false).await
    }

    async fn new(down: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let memory = MemoryBucket::new("main");
        let healthy: Arc<dyn Bucket> = Arc::new(memory.clone());
        let remotes = Arc::new(OneBucket(Mutex::new((healthy, "target".into()))));
        let mut world =
            Self { dir, memory, remotes, down, jobs: [0; 2], made: None, files: files() };
        let template = world.dir.path().join("template");
        for folder in ["template/outside", "work", "tree/dir", "tree/sub", "private"] {
            std::fs::create_dir_all(world.dir.path().join(folder)).unwrap();
        }
        for name in ["mine", "outside/secret", "outside/secret.hoist-part", "../private/secret"] {
            std::fs::write(template.join(name), "mine").unwrap();
        }
        for (name, bytes) in &world.files {
            std::fs::write(world.dir.path().join("tree").join(name), bytes).unwrap();
        }
        world.copy("template", "work");
        world.fill(false).await;
        let one = Limits { requests_per_profile: 1, files: 1, ..limits() };
        let transfers = open(&world.work(), &world.remotes, one);
        for which in 0..2 {
            let faulty = FaultyBucket::wrap(Arc::new(world.memory.clone()))
                .on(Operation::Get, When::Nth(2), Fault::Hang)
                .on(Operation::PutPart, When::Nth(2), Fault::Hang);
            world.remotes.0.lock().unwrap().0 = Arc::new(faulty);
            world.jobs[which] = world.ask(&transfers, which).await.unwrap();
            let (id, working) = (world.jobs[which], transfers.clone());
            let running = tokio::spawn(async move { working.run(id, Arc::default()).await });
            let ledger = &transfers.inner.ledger;
            loop {
                let rows = ledger.files(id, ledger::FileState::Waiting, 0, 1).await.unwrap();
                if let Some(row) = rows.first()
                    && !ledger.parts(row.id).await.unwrap().is_empty()
                {
                    break;
                }
                assert!(!running.is_finished());
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            transfers.interrupt();
            assert_eq!(running.await.unwrap().unwrap().state, State::Interrupted);
            if which == 0 {
                let beside = rusqlite::Connection::open(world.work().join("transfers.db")).unwrap();
                beside.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
            }
        }
        // As it lies there when the process is killed: half of it in the journal.
        world.copy("work", "template");
        world
    }

    pub(super) fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    fn copy(&self, from: &str, to: &str) {
        let (from, to) = (self.dir.path().join(from), self.dir.path().join(to));
        let _ = std::fs::remove_dir_all(&to);
        copy_tree(&from, &to);
    }

    /// As they were when they were interrupted.
    pub(super) async fn restore(&mut self) {
        self.copy("template", "work");
        if !self.down {
            self.memory = MemoryBucket::new("main");
            self.fill(true).await;
        }
        self.heal();
    }

    fn heal(&self) {
        self.put_in_place(self.memory.clone());
    }

    pub(super) fn put_in_place(&self, bucket: impl Bucket + 'static) {
        self.remotes.0.lock().unwrap().0 = Arc::new(bucket);
    }

    /// Objects that are there before; `begun` says that the uploads have sent their first part.
    async fn fill(&self, begun: bool) {
        let put = async |key: String, bytes: &[u8]| {
            let body = Body::from(bytes.to_vec());
            self.memory.put(&key, body, &PutOptions::default()).await.unwrap();
        };
        put("keep/other".into(), b"other").await;
        if self.down {
            for (name, bytes) in &self.files {
                put(format!("p/{name}"), bytes).await;
            }
            put("p/dir/".into(), b"").await;
            // Of the same sizes.
            put("keep/large".into(), &noise(LARGE, 9)).await;
            put("keep/small".into(), &noise(1_000, 9)).await;
        }
        if begun {
            // The first of the files that are walked.
            put("p/dir/".into(), b"").await;
            for prefix in PREFIX {
                let key = format!("{prefix}large");
                let id = self.memory.create(&key, &PutOptions::default()).await.unwrap();
                let first = Body::from(self.files["large"][..8 * MIB].to_vec());
                self.memory.put_part(&key, &id, 1, first, None).await.unwrap();
            }
            self.memory.create("keep/begun", &PutOptions::default()).await.unwrap();
        }
    }

    pub(super) fn open(&self) -> Transfers {
        open(&self.work(), &self.remotes, limits())
    }

    /// The same where the database may be damaged.
    pub(super) fn try_open(&self) -> Result<(Transfers, Option<Problem>)> {
        let work = self.work();
        let files = TransferFiles {
            database: work.join("transfers.db"),
            lock: work.join("lock"),
            runners: work.join("runners"),
        };
        Transfers::open(&files, Arc::clone(&self.remotes) as _, limits())
    }

    /// Asks for what a job moves, as its person would again.
    pub(super) async fn ask(&self, transfers: &Transfers, which: usize) -> Result<i64> {
        let into = self.work().join(OUT[which]).to_str().unwrap().to_owned();
        let tree = self.dir.path().join("tree");
        let tree = tree.to_str().unwrap();
        let listed = which == 1;
        if self.down {
            let request = Download { keys: vec!["p/".into()], into, listed, ..Download::default() };
            let mut objects = Vec::new();
            for name in self.files.keys().copied().chain(["dir/"]) {
                let key = format!("p/{name}");
                let meta = ObjectMeta { key: key.clone(), ..self.memory.head(&key).await.unwrap() };
                objects.push(Listed::down(&request, name, &meta));
            }
            let request = Request::Download(request);
            return match listed {
                true => transfers.add_listed("main", request, Priority::Normal, objects).await,
                false => transfers.add("main", request, Priority::Normal).await,
            };
        }
        let prefix = PREFIX[which];
        let request = Request::Upload(Upload {
            sources: vec![tree.to_owned()],
            prefix: prefix.into(),
            listed,
            ..Upload::default()
        });
        let mut paths: Vec<Listed> = Vec::new();
        for (name, bytes) in &self.files {
            let (path, key) = (format!("{tree}/{name}"), format!("{prefix}{name}"));
            paths.push(Listed::up(path, key, bytes.len() as u64));
        }
        paths.push(Listed::up(format!("{tree}/dir"), format!("{prefix}dir/"), 0));
        match listed {
            true => transfers.add_listed("main", request, Priority::Normal, paths).await,
            false => transfers.add("main", request, Priority::Normal).await,
        }
    }

    /// Texts that mean something: places, keys, states, names of others.
    pub(super) fn known(&self) -> Vec<String> {
        let work = self.work().to_str().unwrap().to_owned();
        let place = |name: &str| format!("{work}/{name}");
        let mut known: Vec<String> = [
            "",
            "\0",
            "/",
            ".",
            "..",
            "waiting",
            "sent",
            "done",
            "skipped",
            "failed",
            "queued",
            "running",
            "interrupted",
            "paused",
            "cancelled",
            "pause",
            "cancel",
            "main",
            "target",
            "p/large",
            "p/small",
            "q/small",
            "keep/other",
            "keep/large",
            "keep/small",
            "p/../x",
            "upload-00000001",
            "upload-00000002",
            "upload-00000003",
            "=",
            "{}",
            "null",
            "../mine",
            "../../private/secret",
            "e3b0c442",
            "1000",
            "8388608",
            "-1",
            "9437184-0-0",
        ]
        .map(str::to_owned)
        .into();
        known.extend(
            [
                "mine",
                "outside",
                "outside/secret",
                "outside/new",
                "out",
                "out/large",
                "out/small",
                "out/large (2)",
                "out/../outside/secret",
                "out/new/deep",
                "out2/small",
                "../private/secret",
                "../tree/small",
                "../tree/large",
                "out/large.hoist-part",
                "transfers.db",
            ]
            .map(place),
        );
        known
    }

    /// Nothing is where it should not be, and nothing is wrong where it should be.
    pub(super) fn check(&self) -> TestCaseResult {
        let work = self.work();
        for name in ["mine", "outside/secret", "outside/secret.hoist-part", "../private/secret"] {
            let bytes = std::fs::read(work.join(name));
            prop_assert!(bytes.is_ok_and(|bytes| bytes == b"mine"), "{} is not what it was", name);
        }
        prop_assert_eq!(names(&work.join("outside")), ["secret", "secret.hoist-part"]);
        for name in names(&work) {
            let known = ["mine", "outside", "lock", "runners", "out", "out2"].contains(&&*name);
            prop_assert!(known || name.starts_with("transfers"), "{} was made", name);
        }
        for out in OUT.map(|out| work.join(out)) {
            for name in below(&out) {
                let path = out.join(&name);
                if name.ends_with(".hoist-part") || !is_plain(&path) {
                    continue;
                }
                if path.is_dir() {
                    let known = ["dir", "sub"].contains(&&*name) || self.made == Some(&*name);
                    prop_assert!(known, "the folder {} was made", name);
                    continue;
                }
                let right = self.files.get(&*name);
                let right = right.is_some_and(|right| std::fs::read(&path).unwrap() == *right);
                prop_assert!(right, "{} has wrong bytes", name);
            }
        }
        if self.down {
            return Ok(());
        }
        let objects = self.objects();
        prop_assert_eq!(objects.get("keep/other").map(Vec::as_slice), Some(&b"other"[..]));
        for (key, bytes) in objects.iter().filter(|(key, _)| !key.starts_with("keep/")) {
            let name = PREFIX.iter().find_map(|prefix| key.strip_prefix(prefix));
            let right = match name {
                Some("dir/") => bytes.is_empty(),
                name => name.and_then(|name| self.files.get(name)).is_some_and(|b| b == bytes),
            };
            prop_assert!(right, "the object {} is wrong", key);
        }
        Ok(())
    }

    /// All that a job moves is in its place.
    pub(super) fn complete(&self, which: usize) -> TestCaseResult {
        let objects = self.objects();
        let out = self.work().join(OUT[which]);
        for name in self.files.keys().copied().chain(["dir/"]) {
            let there = match self.down {
                true => out.join(name).exists(),
                false => objects.contains_key(&format!("{}{name}", PREFIX[which])),
            };
            prop_assert!(there, "{} is missing", name);
        }
        Ok(())
    }

    /// Uploads of our own that are still begun can be found and given up; others are left alone.
    pub(super) async fn nothing_left_over(&self, transfers: &Transfers) -> TestCaseResult {
        if self.down {
            return Ok(());
        }
        for prefix in PREFIX {
            transfers.clean("main", prefix, Duration::ZERO, true).await.map_err(said)?;
        }
        let left = self.memory.list_uploads("").await.unwrap();
        let left: Vec<&str> = left.iter().map(|upload| upload.key.as_str()).collect();
        prop_assert_eq!(left, ["keep/begun"]);
        Ok(())
    }

    fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        let memory = self.memory.clone();
        let read = async move {
            let mut objects = BTreeMap::new();
            for object in memory.list(&ListRequest::default()).await.unwrap().objects {
                let bytes = memory.get(&object.key, &GetOptions::default()).await.unwrap();
                objects.insert(object.key, bytes.bytes(u64::MAX).await.unwrap().to_vec());
            }
            objects
        };
        futures_util::FutureExt::now_or_never(read).unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// All names below a folder, with those of the folders between.
fn below(folder: &Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() && !path.is_symlink() {
            all.extend(below(&path).into_iter().map(|deep| format!("{name}/{deep}")));
        }
        all.insert(name);
    }
    all
}

/// A file or a folder, and no link, pipe or the like.
fn is_plain(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_file() || metadata.is_dir())
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            copy_tree(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}
