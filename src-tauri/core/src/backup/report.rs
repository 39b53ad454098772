//! How a run of a rule ended.

use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::transfer::{Failure, FileReport, FileResult};

/// Failures kept in a report; the transfer has all of them.
const KEPT: usize = 20;

/// What became of the files a rule means.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BackupReport {
    /// Milliseconds since 1970, UTC.
    pub started_at: i64,
    /// The same of its end.
    pub ended_at: i64,
    pub sent: u64,
    /// Bytes of what was sent.
    pub bytes: u64,
    /// Files that were sent before and are the same still, or were in the bucket already.
    pub unchanged: u64,
    /// Links, which are not followed.
    pub skipped: u64,
    pub failed: u64,
    /// The first of the failures.
    pub failures: Vec<Failure>,
    /// Why the run as a whole did not get to its end.
    pub problem: Option<Failure>,
    /// It was told to stop, and goes on where it was when it runs again.
    pub stopped: bool,
}

impl BackupReport {
    /// Whether everything that was to be sent was.
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && self.problem.is_none() && !self.stopped
    }

    /// Every file it has looked at.
    pub fn total(&self) -> u64 {
        self.sent + self.unchanged + self.skipped + self.failed
    }

    /// Takes in how a file ended.
    pub(super) fn count(&mut self, file: &FileReport) {
        match &file.result {
            FileResult::Done => {
                self.sent += 1;
                self.bytes += file.size;
            }
            FileResult::Skipped(None) => self.unchanged += 1,
            FileResult::Skipped(Some(_)) => self.skipped += 1,
            FileResult::Failed(failure) => {
                self.failed += 1;
                if self.failures.len() < KEPT {
                    self.failures.extend(failure.clone());
                }
            }
            FileResult::Waiting => {}
        }
    }

    /// What kept it from its end.
    pub(super) fn fail(&mut self, problem: &Problem) {
        self.problem = Some(Failure::from(problem));
    }
}
