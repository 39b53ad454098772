//! What the system tells of a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{Receiver, channel};

/// Messages of the system that wait to be read.
const TOLD: usize = 1_024;

/// What the system tells of one folder.
pub(super) struct Ears {
    pub(super) folder: FolderId,
    pub(super) told: Receiver<PathBuf>,
    /// More has happened than was told.
    pub(super) missed: Arc<AtomicBool>,
    /// `None` where the system cannot watch it.
    pub(super) watcher: Option<RecommendedWatcher>,
    pub(super) walked: Instant,
}

/// Tells a folder from one that was put in its place.
pub(super) type FolderId = (u64, u64);

pub(super) fn folder_id(folder: &Path) -> Option<FolderId> {
    let metadata = std::fs::metadata(folder).ok().filter(std::fs::Metadata::is_dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        drop(metadata);
        Some((0, 0))
    }
}

impl Ears {
    /// Begins to listen. Blocks: a large tree takes a moment.
    pub(super) fn new(folder: &Path, id: FolderId) -> Self {
        let (tell, told) = channel(TOLD);
        let missed = Arc::new(AtomicBool::new(false));
        let lost = Arc::clone(&missed);
        let heard = move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else {
                lost.store(true, Ordering::Relaxed);
                return;
            };
            if event.need_rescan() {
                lost.store(true, Ordering::Relaxed);
            }
            if !matters(event.kind) {
                return;
            }
            for path in event.paths {
                if tell.try_send(path).is_err() {
                    lost.store(true, Ordering::Relaxed);
                }
            }
        };
        // By its real name: a link that a person named is watched, links below are not.
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let config = Config::default().with_follow_symlinks(false);
        let watcher = RecommendedWatcher::new(heard, config).and_then(|mut watcher| {
            watcher.watch(&real, RecursiveMode::Recursive)?;
            Ok(watcher)
        });
        let watcher = watcher
            .inspect_err(|error| tracing::warn!(%error, "not watched, but walked once a minute"))
            .ok();
        Self { folder: id, told, missed, watcher, walked: Instant::now() }
    }
}

/// Reading a file is no change, and one that is gone need not be looked at.
fn matters(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) | EventKind::Remove(_) => false,
        _ => true,
    }
}
