//! Transfers as the manager window shows them.

use serde::Serialize;

use crate::problem::ProblemView;
use crate::transfer::{Priority, State};

/// What a transfer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum TransferKind {
    Upload,
    Download,
    Copy,
    Move,
    Delete,
    /// A version of a model on its way up.
    Push,
    /// A version of a model on its way down.
    Pull,
}

/// One row of the transfers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TransferView {
    /// Persisted jobs count up from 1; what lives in this process only counts down from -1.
    pub id: f64,
    pub kind: TransferKind,
    /// `PROFILE` or `PROFILE/BUCKET`.
    pub place: String,
    /// Of the file or folder; of several, of the first.
    pub name: String,
    /// Where it goes: a folder in the bucket or here.
    pub detail: String,
    pub state: State,
    pub priority: Priority,
    /// Files, as far as they are known.
    pub files_total: f64,
    pub files_done: f64,
    pub files_failed: f64,
    pub files_skipped: f64,
    pub bytes_total: f64,
    /// Bytes that are where they should be or on their way there.
    pub bytes_done: f64,
    /// The parts of the only file, when it goes in parts.
    pub parts: Option<PartsView>,
    /// Bytes a second; while it runs here.
    pub speed: Option<f64>,
    pub seconds_left: Option<f64>,
    /// Why it failed as a whole.
    pub problem: Option<ProblemView>,
    /// Milliseconds since 1970, UTC.
    pub created_at: f64,
    /// The objects of the place that it writes.
    pub target: Option<TargetView>,
}

/// The parts of a file: numbered from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PartsView {
    pub total: u32,
    /// Ranges of confirmed parts in order, their ends excluded.
    pub done: Vec<(u32, u32)>,
    /// Parts on their way.
    pub flying: Vec<u32>,
}

/// Where an upload writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TargetView {
    /// What the keys begin with.
    pub prefix: String,
}

/// A file of a transfer that failed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TransferFailure {
    /// Its key; of one that never got that far, its path.
    pub key: String,
    pub problem: ProblemView,
}
