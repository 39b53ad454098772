//! Jobs and their files as a face shows them.

use serde::Serialize;

use super::Transfers;
use super::failure::Failure;
use super::ledger::{Counts, FileState, Job, Outcome};
use super::request::{Priority, Request};
use super::state::State;
use crate::problem::Result;

/// Files read at a time.
const PAGE: u32 = 500;

/// A job as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    pub id: i64,
    pub profile: String,
    pub request: Request,
    pub priority: Priority,
    pub state: State,
    pub files: Tally,
    /// Why it failed as a whole.
    pub problem: Option<Failure>,
    /// Milliseconds since 1970, UTC.
    pub created_at: i64,
    /// When its state last changed, likewise.
    pub changed_at: i64,
}

/// How many files of a job stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl From<Counts> for Tally {
    fn from(counts: Counts) -> Self {
        Self {
            total: counts.total,
            succeeded: counts.done,
            failed: counts.failed,
            skipped: counts.skipped,
            bytes: counts.bytes_total,
        }
    }
}

/// How one file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Here; empty for an object that has no place here.
    pub path: String,
    /// There.
    pub key: String,
    pub size: u64,
    pub result: FileResult,
}

/// How a file ended, if it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileResult {
    Waiting,
    Done,
    /// Left alone: why, unless it was there already.
    Skipped(Option<Failure>),
    Failed(Option<Failure>),
}

impl From<Outcome> for FileReport {
    fn from(outcome: Outcome) -> Self {
        Self {
            path: if outcome.path.starts_with('\u{0}') { String::new() } else { outcome.path },
            key: outcome.key,
            size: outcome.size,
            result: match outcome.state {
                FileState::Waiting | FileState::Sent => FileResult::Waiting,
                FileState::Done => FileResult::Done,
                FileState::Skipped => FileResult::Skipped(outcome.problem),
                FileState::Failed => FileResult::Failed(outcome.problem),
            },
        }
    }
}

impl Transfers {
    /// A job as it stands. One whose process has ended counts as interrupted.
    pub async fn view(&self, id: i64) -> Result<JobView> {
        let job = self.inner.ledger.job(id).await?;
        self.view_of(job).await
    }

    /// All jobs, those that go first before the others.
    pub async fn views(&self) -> Result<Vec<JobView>> {
        let mut views = Vec::new();
        for job in self.inner.ledger.jobs().await? {
            views.push(self.view_of(job).await?);
        }
        Ok(views)
    }

    pub(super) async fn view_of(&self, job: Job) -> Result<JobView> {
        let alive = self.inner.runner.watch();
        let dead = job.state.is_live() && !job.runner.as_deref().is_some_and(alive);
        Ok(JobView {
            files: self.inner.ledger.counts(job.id).await?.into(),
            id: job.id,
            profile: job.profile,
            request: job.request,
            priority: job.priority,
            state: if dead { State::Interrupted } else { job.state },
            problem: job.problem,
            created_at: job.created_at,
            changed_at: job.changed_at,
        })
    }

    /// A page of the files of a job, after the one of this number, from 0; and what the next page
    /// begins after.
    pub(crate) async fn file_page(
        &self,
        id: i64,
        after: i64,
    ) -> Result<Option<(Vec<FileReport>, i64)>> {
        let page = self.inner.ledger.outcomes(id, after, PAGE).await?;
        let Some(last) = page.last().map(|outcome| outcome.id) else { return Ok(None) };
        Ok(Some((page.into_iter().map(FileReport::from).collect(), last)))
    }

    /// Tells of every file of a job, in the order they were found.
    pub async fn files(&self, id: i64, mut tell: impl FnMut(FileReport)) -> Result<()> {
        let mut after = 0;
        loop {
            let page = self.inner.ledger.outcomes(id, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            page.into_iter().map(FileReport::from).for_each(&mut tell);
        }
    }
}
