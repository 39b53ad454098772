//! What the tests of the upload path share: buckets in memory, a history in a temporary directory,
//! and a sink that remembers.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use hoist_store::fault::FaultyBucket;
use hoist_store::memory::MemoryBucket;
use hoist_store::{Bucket, GetOptions};

use crate::clipboard::MemoryClipboard;
use crate::events::{AppEvent, EventSink};
use crate::history::History;
use crate::pipeline::{Input, Pipeline, Place, Places, Recorder, target_id};
use crate::problem::{Code, Problem, Result};
use crate::profile::{Profile, Provider};
use crate::settings::Settings;
use crate::source::Source;
use crate::uploads::{Choices, Uploads};
use crate::view::{BatchView, UploadView};

/// A deadline no test reaches unless something hangs.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// Remembers every event.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Vec<AppEvent>>);

impl EventSink for Seen {
    fn emit(&self, event: AppEvent) {
        self.0.lock().unwrap().push(event);
    }
}

impl Seen {
    pub(crate) fn all(&self) -> Vec<AppEvent> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn batches(&self) -> Vec<BatchView> {
        let all = self.all().into_iter();
        all.filter_map(|event| match event {
            AppEvent::Batch { batch } => Some(batch),
            _ => None,
        })
        .collect()
    }

    pub(crate) fn failures(&self) -> Vec<Code> {
        let all = self.all().into_iter();
        all.filter_map(|event| match event {
            AppEvent::Failure { problem } => Some(problem.code),
            _ => None,
        })
        .collect()
    }

    /// The states a row went through, without repetition.
    pub(crate) fn states(&self, id: u32) -> Vec<crate::view::UploadState> {
        let mut states = Vec::new();
        for event in self.all() {
            if let AppEvent::Upload { upload } = event
                && upload.id == id
                && states.last() != Some(&upload.state)
            {
                states.push(upload.state);
            }
        }
        states
    }

    pub(crate) async fn batch(&self, id: u32) -> BatchView {
        until("the batch ends", || self.batches().into_iter().find(|batch| batch.id == id)).await
    }
}

/// Waits until `what` is there.
pub(crate) async fn until<T>(name: &str, mut what: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LONG;
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {name}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Buckets by profile.
#[derive(Debug, Default)]
pub(crate) struct MemoryPlaces {
    places: Mutex<HashMap<String, Place>>,
    pub(crate) forgotten: Mutex<Vec<String>>,
}

impl MemoryPlaces {
    pub(crate) fn add(&self, name: &str, bucket: impl Bucket + 'static) {
        let profile = profile(name);
        let place = Place {
            target: target_id("minio", "http://memory", name),
            public_base: format!("https://{name}.example.com"),
            public_base_is_set: true,
            bucket: Arc::new(bucket),
            profile,
        };
        self.places.lock().unwrap().insert(name.to_owned(), place);
    }

    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Place)) {
        change(self.places.lock().unwrap().get_mut(name).unwrap());
    }
}

#[async_trait]
impl Places for MemoryPlaces {
    async fn place(&self, profile: &str) -> Result<Place> {
        let places = self.places.lock().unwrap();
        places.get(profile).cloned().ok_or_else(|| Problem::new(Code::ProfileNotFound, profile))
    }

    fn forget(&self, profile: &str) {
        self.forgotten.lock().unwrap().push(profile.to_owned());
    }
}

/// A profile without anything set.
pub(crate) fn profile(name: &str) -> Profile {
    Profile { bucket: name.into(), ..Profile::new(name, Provider::Minio) }
}

/// Settings that can be changed under the uploads.
#[derive(Debug)]
pub(crate) struct Fixed(pub(crate) Mutex<Settings>);

impl Choices for Fixed {
    fn settings(&self) -> Settings {
        self.0.lock().unwrap().clone()
    }

    fn profile(&self, name: &str) -> Result<Profile> {
        Ok(profile(name))
    }
}

/// The upload path on one bucket in memory, under the profile `main`.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) memory: MemoryBucket,
    pub(crate) bucket: FaultyBucket,
    pub(crate) places: Arc<MemoryPlaces>,
    pub(crate) choices: Arc<Fixed>,
    pub(crate) events: Arc<Seen>,
    pub(crate) clipboard: Arc<MemoryClipboard>,
    pub(crate) pipeline: Arc<Pipeline>,
    pub(crate) uploads: Uploads,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(|bucket| bucket)
    }

    /// With faults in front of the bucket.
    pub(crate) fn with(faults: impl FnOnce(FaultyBucket) -> FaultyBucket) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (history, _) =
            History::open_at(&dir.path().join("history.db"), &dir.path().join("lock")).unwrap();
        Self::on(dir, Ok(history), faults)
    }

    pub(crate) fn on(
        dir: tempfile::TempDir,
        history: Result<History>,
        faults: impl FnOnce(FaultyBucket) -> FaultyBucket,
    ) -> Self {
        let memory = MemoryBucket::new("main");
        let bucket = faults(FaultyBucket::wrap(Arc::new(memory.clone())));
        let places = Arc::new(MemoryPlaces::default());
        places.add("main", bucket.clone());
        let events = Arc::new(Seen::default());
        let settings = Settings { default_profile: "main".into(), ..Settings::default() };
        let choices = Arc::new(Fixed(Mutex::new(settings)));
        let clipboard = Arc::new(MemoryClipboard::default());
        let recorder = Recorder::new(history, Arc::clone(&events) as _);
        let pipeline =
            Arc::new(Pipeline::new(Arc::clone(&places) as _, recorder, dir.path().join("thumbs")));
        let uploads = Uploads::new(
            Arc::clone(&pipeline),
            Arc::clone(&choices) as _,
            Arc::clone(&events) as _,
            Arc::clone(&clipboard) as _,
            tokio::runtime::Handle::current(),
        );
        Self { dir, memory, bucket, places, choices, events, clipboard, pipeline, uploads }
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.choices.0.lock().unwrap());
    }

    pub(crate) fn history(&self) -> &History {
        self.pipeline.recorder.history().unwrap()
    }

    /// A file in the temporary directory.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn row(&self, id: u32) -> UploadView {
        self.uploads.views().into_iter().find(|view| view.id == id).unwrap()
    }

    /// What is stored under a key.
    pub(crate) async fn stored(&self, key: &str) -> Bytes {
        let object = self.memory.get(key, &GetOptions::default()).await.unwrap();
        object.bytes(u64::MAX).await.unwrap()
    }
}

/// A small picture that differs by `seed`.
pub(crate) fn png(seed: u32) -> Bytes {
    let [r, g, b, _] = seed.to_le_bytes();
    let pixels = image::RgbImage::from_pixel(3, 2, image::Rgb([r, g, b]));
    let mut out = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut out, image::ImageFormat::Png).unwrap();
    out.into_inner().into()
}

/// An upload from memory.
pub(crate) fn input(name: &str, bytes: Bytes) -> Input {
    Input::Source(Source::Bytes { bytes, name: name.into() })
}
