//! What happens, told once to every face.

use serde::Serialize;

mod deltas;

pub use deltas::{Deltas, INTERVAL};

use crate::problem::ProblemView;
use crate::settings::Settings;
use crate::view::{BackupView, BatchView, ProfileView, StoreStatus, TransferView, UploadView};

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
// They are made, told and dropped; a box would only cost an allocation each.
#[allow(clippy::large_enum_variant)]
pub enum AppEvent {
    /// An upload is new or has changed its state.
    Upload {
        upload: UploadView,
    },
    /// Bytes of an upload handed to the connection.
    Progress {
        id: u32,
        sent: f64,
    },
    /// Rows that are no longer shown (finished rows cleared).
    UploadsRemoved {
        ids: Vec<u32>,
    },
    /// Every upload of a batch has ended.
    Batch {
        batch: BatchView,
    },
    /// The history has changed; ask again for what is in view.
    History {
        revision: u32,
    },
    Profiles {
        profiles: Vec<ProfileView>,
    },
    Settings {
        settings: Settings,
    },
    Store {
        store: StoreStatus,
    },
    /// A backup rule is new, gone, has changed, runs or has run.
    Backups {
        backups: Vec<BackupView>,
    },
    /// A transfer is new or has changed.
    Transfer {
        transfer: TransferView,
    },
    /// Transfers that are no longer shown.
    TransfersRemoved {
        ids: Vec<f64>,
    },
    /// Bytes a second of all transfers here: once a second while any runs, then one of zeros.
    Speed {
        up: f64,
        down: f64,
    },
    /// What is below a prefix of a place has changed; ask again for what is in view.
    Objects {
        place: String,
        prefix: String,
    },
    /// Something failed that belongs to no row: a remote deletion, the history's disk.
    Failure {
        problem: ProblemView,
    },
}

/// Where events go. Implementations must not block.
pub trait EventSink: Send + Sync + std::fmt::Debug {
    /// Takes one event.
    fn emit(&self, event: AppEvent);
}

/// Drops everything: for callers that only want results.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _event: AppEvent) {}
}

/// All that a window needs when it opens; deltas follow by number.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The number of the last delta this snapshot includes.
    pub seq: u32,
    pub settings: Settings,
    pub profiles: Vec<ProfileView>,
    pub uploads: Vec<UploadView>,
    pub history_revision: u32,
    pub store: StoreStatus,
}

/// Deltas since the last, at most 10 a second, `seq` rising by one each.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Delta {
    pub seq: u32,
    pub events: Vec<AppEvent>,
}
