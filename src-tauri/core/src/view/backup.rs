//! Backup rules, as the settings show them.

use serde::Serialize;

use crate::backup::{BackupReport, BackupRule};
use crate::problem::ProblemView;
use crate::transfer::{Failure, Reading};

/// A rule, and how it stands.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BackupView {
    pub rule: BackupRule,
    /// How far it is, while it runs here.
    pub running: Option<BackupProgress>,
    /// Its folder is watched: `true` when it is there, `false` while it is away.
    pub watching: Option<bool>,
    /// How its last run ended; none when it has not run.
    pub last: Option<BackupRunView>,
    /// Why it cannot run as it is written.
    pub problem: Option<ProblemView>,
}

/// How far a run is. All 0 until it is known what there is to send.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BackupProgress {
    pub files_done: f64,
    pub files_total: f64,
    pub bytes_done: f64,
    pub bytes_total: f64,
}

/// How a run ended.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BackupRunView {
    /// Milliseconds since 1970, UTC.
    pub started_at: f64,
    pub ended_at: f64,
    pub sent: f64,
    pub bytes: f64,
    pub unchanged: f64,
    /// Links, which are not followed.
    pub skipped: f64,
    pub failed: f64,
    /// The first of the failures.
    pub failures: Vec<ProblemView>,
    /// Why the run as a whole did not get to its end.
    pub problem: Option<ProblemView>,
    /// It was told to stop, and goes on where it was when it runs again.
    pub stopped: bool,
}

/// What a rule that is being written would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BackupPreview {
    pub files: f64,
    pub bytes: f64,
    /// Of those, what is new or has changed since it was sent.
    pub changed: f64,
    pub changed_bytes: f64,
    /// Links, and what cannot be read.
    pub left_out: f64,
    /// The first files, and the keys they get.
    pub examples: Vec<BackupExample>,
    /// All was counted; otherwise the figures are the least there is.
    pub complete: bool,
}

/// A file, and the key it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BackupExample {
    /// Below the folder of the rule.
    pub path: String,
    pub key: String,
}

/// A count or size as JavaScript has it.
#[expect(clippy::cast_precision_loss, reason = "exact to 2^53")]
pub(crate) fn number(n: u64) -> f64 {
    n as f64
}

impl From<Reading> for BackupProgress {
    fn from(reading: Reading) -> Self {
        Self {
            files_done: number(reading.files_over),
            files_total: number(reading.files_total),
            bytes_done: number(reading.bytes_done),
            bytes_total: number(reading.bytes_total),
        }
    }
}

impl From<BackupReport> for BackupRunView {
    fn from(report: BackupReport) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "exact to 2^53")]
        let time = |millis: i64| millis as f64;
        Self {
            started_at: time(report.started_at),
            ended_at: time(report.ended_at),
            sent: number(report.sent),
            bytes: number(report.bytes),
            unchanged: number(report.unchanged),
            skipped: number(report.skipped),
            failed: number(report.failed),
            failures: report.failures.iter().map(Failure::view).collect(),
            problem: report.problem.as_ref().map(Failure::view),
            stopped: report.stopped,
        }
    }
}
