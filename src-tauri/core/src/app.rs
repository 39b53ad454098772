//! The app without a face: everything a window, a command line or a server can ask for.
//!
//! The one place where the parts are put together: configuration, secrets, buckets, history and
//! uploads are made here and handed to each other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::builtin::BuiltinStore;
use crate::clipboard::Clipboard;
use crate::config::Config;
use crate::events::{AppEvent, EventSink, Snapshot};
use crate::feed::Feed;
use crate::history::{History, blocking};
use crate::home::Home;
use crate::pipeline::{Input, Pipeline, Recorder};
use crate::preview::Previews;
use crate::problem::Result;
use crate::secret::Secrets;
use crate::source::Source;
use crate::transfer::Transfers;
use crate::uploads::Uploads;
use crate::view::{CopiedView, StoreStatus};

mod ahead;
mod backups;
mod buckets;
mod deletions;
mod feed;
mod gallery;
mod links;
mod listing;
mod live;
mod models;
mod object_versions;
mod objects;
mod others;
mod pictures;
mod places;
mod previews;
mod profiles;
mod settings;
#[cfg(test)]
mod tests;
mod transfers;
mod transforms;
mod versions;

pub use backups::Ran;
pub use links::{LinkOptions, Linked};

pub use crate::uploads::{UploadOptions, Uploaded};

use deletions::Deletions;
use live::Live;
use places::Buckets;

/// What the app is made of.
#[derive(Debug)]
pub struct AppOptions {
    /// Where its files are.
    pub home: Home,
    /// Told of everything that happens.
    pub events: Arc<dyn EventSink>,
    /// The store behind the profile `local`.
    pub builtin: Arc<dyn BuiltinStore>,
    /// The clipboard.
    pub clipboard: Arc<dyn Clipboard>,
    /// PEM file of certificate authorities to trust beside those of the system.
    pub extra_ca: Option<PathBuf>,
}

/// The app. Clones share everything.
#[derive(Debug, Clone)]
pub struct App {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    home: Home,
    live: Arc<Live>,
    secrets: Secrets,
    buckets: Arc<Buckets>,
    recorder: Arc<Recorder>,
    pipeline: Arc<Pipeline>,
    uploads: Uploads,
    deletions: Deletions,
    previews: Previews,
    ahead: ahead::Ahead,
    events: Arc<dyn EventSink>,
    clipboard: Arc<dyn Clipboard>,
    profile_views: profiles::Known,
    /// Opened by the first who asks: an upload of images does not need it.
    transfers: tokio::sync::OnceCell<Transfers>,
    rules: backups::Rules,
    feed: tokio::sync::OnceCell<Feed>,
    /// config.toml was changed into something that cannot be read, and this has been said.
    config_broken: AtomicBool,
    runtime: tokio::runtime::Handle,
}

impl App {
    /// Reads the configuration and opens the history. Nothing is sent, no keyring is asked.
    ///
    /// A history that cannot be opened is told as [`AppEvent::Failure`]; uploads work without it.
    ///
    /// # Errors
    /// What is wrong with config.toml or with the directories.
    pub async fn open(options: AppOptions) -> Result<Self> {
        let AppOptions { home, events, builtin, clipboard, extra_ca } = options;
        let of_files = home.clone();
        let (config, history) = blocking(move || {
            of_files.create()?;
            Ok((Config::load(&of_files)?, History::open(&of_files)))
        })
        .await?;
        let history = match history {
            Ok((history, set_aside)) => {
                if let Some(set_aside) = set_aside {
                    events.emit(AppEvent::Failure { problem: set_aside.problem().view() });
                }
                Ok(history)
            }
            Err(problem) => {
                tracing::error!(%problem, "no history");
                events.emit(AppEvent::Failure { problem: problem.view() });
                Err(problem)
            }
        };
        let runtime = tokio::runtime::Handle::current();
        let live = Arc::new(Live::new(config));
        let secrets = Secrets::new(&home);
        let buckets = Arc::new(Buckets::new(
            Arc::clone(&live),
            secrets.clone(),
            builtin,
            Arc::clone(&events),
            extra_ca,
        ));
        let recorder = Recorder::new(history, Arc::clone(&events));
        let pipeline = Arc::new(Pipeline::new(
            Arc::clone(&buckets) as _,
            Arc::clone(&recorder),
            home.thumbs_dir(),
        ));
        let uploads = Uploads::new(
            Arc::clone(&pipeline),
            Arc::clone(&live) as _,
            Arc::clone(&events),
            Arc::clone(&clipboard),
            runtime.clone(),
        );
        let deletions = Deletions::new(Arc::clone(&pipeline), Arc::clone(&events));
        let previews = Previews::new(home.previews_dir());
        let app = Self {
            inner: Arc::new(Inner {
                home,
                live,
                secrets,
                buckets,
                recorder,
                pipeline,
                uploads,
                deletions,
                previews,
                ahead: ahead::Ahead::default(),
                events,
                clipboard,
                profile_views: profiles::Known::default(),
                transfers: tokio::sync::OnceCell::new(),
                rules: backups::Rules::default(),
                feed: tokio::sync::OnceCell::new(),
                config_broken: AtomicBool::new(false),
                runtime,
            }),
        };
        app.inner.deletions.recover().await;
        others::follow(&app);
        Ok(app)
    }

    /// Where its files are.
    pub fn home(&self) -> &Home {
        &self.inner.home
    }

    /// All a window needs when it opens. `seq` is the number of the last delta it has been sent
    /// ([`crate::events::Deltas::subscribe`]).
    ///
    /// Whether secrets are set is as last known; when it is not known yet, it follows as an event.
    pub fn snapshot(&self, seq: u32) -> Snapshot {
        Snapshot {
            seq,
            settings: self.settings(),
            profiles: self.profiles_known(),
            uploads: self.inner.uploads.views(),
            history_revision: self.inner.recorder.history().map_or(0, History::revision),
            store: self.inner.buckets.store_status(),
        }
    }

    /// Starts the built-in store, unless it runs, and says where it is.
    pub async fn start_store(&self) -> Result<StoreStatus> {
        Ok(self.inner.buckets.start_store().await?.status)
    }

    /// Uploads and waits; results in the order of the sources. The clipboard is left alone.
    pub async fn upload_now(
        &self,
        sources: Vec<Source>,
        options: UploadOptions,
    ) -> Vec<Result<Uploaded>> {
        let inputs = sources.into_iter().map(Input::from).collect();
        self.inner.uploads.upload_now(inputs, options).await
    }

    /// Adds a batch to the uploads and returns its id.
    pub fn enqueue(&self, sources: Vec<Source>, options: UploadOptions) -> u32 {
        self.inner.uploads.enqueue(sources.into_iter().map(Input::from).collect(), options)
    }

    /// Adds what is on the clipboard.
    ///
    /// # Errors
    /// [`crate::problem::Code::ClipboardEmpty`] when there is nothing that could be uploaded.
    pub async fn enqueue_clipboard(&self, options: UploadOptions) -> Result<u32> {
        let clipboard = Arc::clone(&self.inner.clipboard);
        let sources = blocking(move || clipboard.read()).await?;
        Ok(self.enqueue(sources, options))
    }

    /// Gives one upload up.
    pub fn cancel(&self, id: u32) {
        self.inner.uploads.cancel(id);
    }

    /// Gives all uploads up that have not ended.
    pub fn cancel_all(&self) {
        self.inner.uploads.cancel_all();
    }

    /// Tries one upload again that failed or was cancelled.
    pub fn retry(&self, id: u32) {
        self.inner.uploads.retry(&[id]);
    }

    /// Tries all again that failed.
    pub fn retry_failed(&self) {
        self.inner.uploads.retry_failed();
    }

    /// Takes the rows away that have ended.
    pub fn clear_finished(&self) {
        self.inner.uploads.clear_finished();
    }

    /// Puts the links of these uploads on the clipboard, in the order given.
    pub async fn copy_upload_links(&self, ids: &[u32], format: Option<&str>) -> Result<CopiedView> {
        self.inner.uploads.copy_links(ids, format).await
    }

    /// The link of an upload in a format.
    pub fn link(&self, uploaded: &Uploaded, format: &str) -> Result<String> {
        let links =
            crate::uploads::links(std::slice::from_ref(uploaded), format, &self.settings())?;
        Ok(links.concat())
    }

    /// Puts text on the clipboard.
    pub async fn copy_text(&self, text: String) -> Result<()> {
        let clipboard = Arc::clone(&self.inner.clipboard);
        blocking(move || clipboard.write_text(&text)).await
    }

    /// Before the process ends: transfers stop where they can go on, what was to be deleted is
    /// deleted now, and what could not be written to the history is tried once more.
    pub async fn flush_pending(&self) {
        if let Some(feed) = self.inner.feed.get() {
            feed.close().await;
        }
        self.inner.deletions.flush().await;
        let left = self.inner.recorder.retry().await;
        if left > 0 {
            tracing::error!(left, "uploads that are not in the history");
        }
    }
}
