//! The uploads of this run: a queue, its rows, and the links at the end of each batch.
//!
//! Rows run in the order given, a few at a time; one that fails stops no other. What a row shows
//! changes in [`state`] alone, and is told in the order in which it changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::clipboard::Clipboard;
use crate::events::{AppEvent, EventSink};
use crate::history::blocking;
use crate::image::Transform;
use crate::image::link::split_transform;
use crate::link::{LinkFacts, LinkTemplate};
use crate::naming::NamePattern;
use crate::pipeline::{Input, Pipeline, Plan, stem};
use crate::problem::{Code, Problem, Result};
use crate::profile::Profile;
use crate::settings::{Settings, TransformPlace};
use crate::source::Source;
use crate::view::{BatchView, CopiedView, UploadView};

mod row;
mod run;
mod state;
#[cfg(test)]
mod tests;
mod watch;

pub use crate::pipeline::Uploaded;

use state::{BatchEnd, BatchKind, Job, State};

#[cfg(test)]
pub(crate) use row::waiting_view_for_tests;

/// How long an upload may take to end that is to be undone: it is stored already and only looked at
/// and written down.
const STOPPING: Duration = Duration::from_secs(10);

/// How uploads are to be made. What is not said follows from the profile, then from the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadOptions {
    /// The profile's name.
    pub profile: Option<String>,
    /// A NamePattern.
    pub naming: Option<String>,
    /// `w=800,format=webp`, `preset:NAME`, or a raw `image/...`.
    pub transform: Option<String>,
    /// Where the transform is made.
    pub transform_place: Option<TransformPlace>,
    /// Started where no window shows it: by the shortcut or the tray.
    pub background: bool,
}

/// Settings and profiles as they are at the moment of asking.
pub(crate) trait Choices: Send + Sync + std::fmt::Debug {
    fn settings(&self) -> Settings;
    fn profile(&self, name: &str) -> Result<Profile>;
}

/// The uploads. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Uploads {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    /// Held by whoever is telling events; the others leave theirs to it.
    telling: Mutex<()>,
    pipeline: Arc<Pipeline>,
    choices: Arc<dyn Choices>,
    events: Arc<dyn EventSink>,
    clipboard: Arc<dyn Clipboard>,
    runtime: tokio::runtime::Handle,
    /// Told whenever an upload has ended.
    ended: tokio::sync::Notify,
}

impl Uploads {
    pub(crate) fn new(
        pipeline: Arc<Pipeline>,
        choices: Arc<dyn Choices>,
        events: Arc<dyn EventSink>,
        clipboard: Arc<dyn Clipboard>,
        runtime: tokio::runtime::Handle,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                state: Mutex::default(),
                telling: Mutex::new(()),
                pipeline,
                choices,
                events,
                clipboard,
                runtime,
                ended: tokio::sync::Notify::new(),
            }),
        }
    }

    /// Adds a batch and returns its id; its links go on the clipboard when it has ended.
    pub(crate) fn enqueue(&self, inputs: Vec<Input>, options: UploadOptions) -> u32 {
        let kind = if options.background { BatchKind::Background } else { BatchKind::Window };
        self.add(inputs, options, kind).0
    }

    /// Uploads and waits; results in the order of the inputs. The clipboard is left alone.
    pub(crate) async fn upload_now(
        &self,
        inputs: Vec<Input>,
        options: UploadOptions,
    ) -> Vec<Result<Uploaded>> {
        let labels: Vec<String> = inputs.iter().map(Input::label).collect();
        let (_, waiters) = self.add(inputs, options, BatchKind::Direct);
        let mut results = Vec::with_capacity(waiters.len());
        for (waiter, label) in waiters.into_iter().zip(labels) {
            results
                .push(waiter.await.unwrap_or_else(|_| Err(Problem::new(Code::Cancelled, label))));
        }
        results
    }

    fn add(
        &self,
        inputs: Vec<Input>,
        options: UploadOptions,
        kind: BatchKind,
    ) -> (u32, Vec<oneshot::Receiver<Result<Uploaded>>>) {
        let profile = options
            .profile
            .clone()
            .unwrap_or_else(|| self.inner.choices.settings().default_profile);
        let added = self.inner.lock().add(inputs, options, profile, kind);
        self.inner.pump();
        added
    }

    /// Gives one upload up: at once when it waits, else as soon as it can.
    pub(crate) fn cancel(&self, id: u32) {
        let ends = self.inner.lock().cancel(&[id]);
        self.inner.after(ends);
    }

    /// Gives all uploads up that have not ended.
    pub(crate) fn cancel_all(&self) {
        let ends = {
            let mut state = self.inner.lock();
            let open = state.open();
            state.cancel(&open)
        };
        self.inner.after(ends);
    }

    /// Gives up what is left of one batch and waits for what could not be stopped any more; then
    /// what it has added to the history.
    pub(crate) async fn undo(&self, batch: u32) -> Vec<i64> {
        let ends = self.inner.lock().undo(batch);
        self.inner.after(ends);
        let all_ended = async {
            loop {
                let ended = self.inner.ended.notified();
                if !self.inner.lock().is_open(batch) {
                    return;
                }
                ended.await;
            }
        };
        if tokio::time::timeout(STOPPING, all_ended).await.is_err() {
            tracing::warn!(batch, "an upload does not stop; it is not undone");
        }
        self.inner.lock().uploaded_by(batch)
    }

    /// Uploads rows that failed or were cancelled again, as a batch of their own; how many.
    pub(crate) fn retry(&self, ids: &[u32]) -> usize {
        let count = self.inner.lock().retry(ids);
        self.inner.pump();
        count
    }

    /// Every row that failed again.
    pub(crate) fn retry_failed(&self) -> usize {
        let failed = self.inner.lock().failed();
        self.retry(&failed)
    }

    /// More may run at a time than before.
    pub(crate) fn settings_changed(&self) {
        self.inner.pump();
    }

    /// Takes the rows away that have ended.
    pub(crate) fn clear_finished(&self) {
        self.inner.lock().clear_finished();
        self.inner.tell();
    }

    /// All rows, oldest first.
    pub(crate) fn views(&self) -> Vec<UploadView> {
        self.inner.lock().views()
    }

    /// Puts the links of these rows on the clipboard, in the order given.
    pub(crate) async fn copy_links(&self, ids: &[u32], format: Option<&str>) -> Result<CopiedView> {
        let uploads = self.inner.lock().uploaded(ids);
        let settings = self.inner.choices.settings();
        let format = format.unwrap_or(&settings.link_format).to_owned();
        let links = links(&uploads, &format, &settings)?;
        let count = u32::try_from(links.len()).unwrap_or(u32::MAX);
        let text = links.join("\n");
        if count > 0 {
            self.inner.write_text(text.clone()).await?;
            self.inner.lock().mark_copied(ids);
            self.inner.tell();
        }
        Ok(CopiedView { count, format, text })
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells what has changed, in order. A sink may ask for the rows meanwhile: nothing it needs
    /// is locked.
    fn tell(&self) {
        loop {
            let _telling = match self.telling.try_lock() {
                Ok(telling) => telling,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            loop {
                let events = self.lock().take_events();
                if events.is_empty() {
                    break;
                }
                for event in events {
                    self.events.emit(event);
                }
            }
            drop(_telling);
            // Something may have come while nobody held the lock any more.
            if !self.lock().has_events() {
                return;
            }
        }
    }

    async fn write_text(&self, text: String) -> Result<()> {
        let clipboard = Arc::clone(&self.clipboard);
        blocking(move || clipboard.write_text(&text)).await
    }

    /// How an upload is to be made, by what holds now.
    fn plan(&self, job: &Job) -> Result<Plan> {
        let options = &job.options;
        let settings = self.choices.settings();
        let profile = self.choices.profile(&job.profile)?;
        let pick = |own: &Option<String>, of_profile: &Option<String>, general: &str| {
            own.as_deref().or(of_profile.as_deref()).unwrap_or(general).to_owned()
        };
        let naming = pick(&options.naming, &profile.naming, &settings.naming);
        let spec = pick(&options.transform, &profile.transform, &settings.transform);
        let transform = Transform::parse(&spec, &profile.presets_with(&settings.presets))?;
        let place = options.transform_place.or(profile.transform_place);
        Ok(Plan {
            profile: profile.name,
            naming: NamePattern::parse(&naming)?,
            transform,
            transform_place: place.unwrap_or(settings.transform_place),
            strip: settings.strip_metadata,
            dedupe: settings.dedupe,
            n: job.n,
            started: job.started,
        })
    }

    /// The end of a batch: its links on the clipboard in one write, then the news.
    async fn end_batch(&self, end: BatchEnd) {
        let settings = self.choices.settings();
        let format = settings.link_format.clone();
        let mut copied = 0;
        if end.copies && settings.copy_links && !end.uploads.is_empty() {
            match self.copy_batch(&end, &format, &settings).await {
                Ok(count) => copied = count,
                Err(problem) => {
                    tracing::warn!(%problem, "links not copied");
                    self.lock().push(AppEvent::Failure { problem: problem.view() });
                }
            }
        }
        let view = BatchView {
            id: end.id,
            done: end.done,
            failed: end.failed,
            cancelled: end.cancelled,
            copied,
            format,
            background: end.background,
        };
        {
            let mut state = self.lock();
            state.push(AppEvent::Batch { batch: view });
            state.trim();
        }
        self.tell();
    }

    async fn copy_batch(&self, end: &BatchEnd, format: &str, settings: &Settings) -> Result<u32> {
        let (ids, uploads): (Vec<u32>, Vec<Uploaded>) = end.uploads.iter().cloned().unzip();
        let links = links(&uploads, format, settings)?;
        self.write_text(links.join("\n")).await?;
        self.lock().mark_copied(&ids);
        Ok(u32::try_from(links.len()).unwrap_or(u32::MAX))
    }
}

/// The links of uploads in one format.
pub(crate) fn links(
    uploads: &[Uploaded],
    format: &str,
    settings: &Settings,
) -> Result<Vec<String>> {
    let template = LinkTemplate::named(format, &settings.custom_formats)?;
    Ok(uploads.iter().map(|uploaded| template.render(&facts(uploaded))).collect())
}

fn facts(uploaded: &Uploaded) -> LinkFacts<'_> {
    let name = stem(&uploaded.name);
    let size = uploaded.width.zip(uploaded.height);
    // A link shows what the host makes of the image.
    let size = match &uploaded.process {
        Some(_) => split_transform(&uploaded.url)
            .filter(|(_, transform)| transform.style.is_none())
            .and_then(|(_, transform)| Some(transform.size_of(size?))),
        None => size,
    };
    LinkFacts {
        url: &uploaded.url,
        name,
        filename: &uploaded.name,
        ext: ext(&uploaded.key),
        alt: name,
        width: size.map(|(width, _)| width),
        height: size.map(|(_, height)| height),
        size: Some(uploaded.size_after),
    }
}

/// The extension of a key, without its dot.
pub(crate) fn ext(key: &str) -> &str {
    let name = key.rsplit('/').next().unwrap_or(key);
    match name.rfind('.') {
        Some(dot) if dot > 0 => &name[dot + 1..],
        _ => "",
    }
}

impl From<Source> for Input {
    fn from(source: Source) -> Self {
        Input::Source(source)
    }
}
