//! One job being worked on, from what there is to do to the last look.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::stream::{self, FuturesUnordered};
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use hoist_store::{Bucket, ErrorKind};

use super::failure::Failure;
use super::ledger::{FileRow, FileState, Found, Ledger};
use super::limits::{Limits, Permit, Permits};
use super::listing::{list, look_up};
use super::meter::Meter;
use super::pace::Pace;
use super::receive::receive;
use super::request::{Download, Request, Upload};
use super::retry::Trouble;
use super::scan::walk;
use super::send::send;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// Rows read at a time.
const PAGE: u32 = 256;

/// What everybody who works on one job needs.
pub(super) struct Work {
    pub(super) job: i64,
    pub(super) profile: String,
    pub(super) request: Request,
    pub(super) bucket: Arc<dyn Bucket>,
    pub(super) ledger: Ledger,
    pub(super) permits: Arc<Permits>,
    pub(super) limits: Arc<Limits>,
    pub(super) pace: Arc<Pace>,
    pub(super) meter: Arc<Meter>,
}

/// Failures that every other file would meet too: the job stops, and its files go on waiting.
pub(crate) fn stops_all(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::CredentialsRejected
            | Code::BucketNotFound
            | Code::WrongEndpoint
            | Code::WrongRegion
            | Code::ClockSkew
            | Code::Network
            | Code::Timeout
            | Code::Throttled
            | Code::DiskFull
            | Code::TransfersUnavailable
            | Code::Internal
    )
}

impl Work {
    pub(super) async fn permit(&self) -> Option<Permit> {
        self.permits.take(&self.profile).await
    }

    /// Waits as long as the limit on bytes a second asks for after so many.
    pub(super) async fn rest(&self, bytes: u64) {
        let pause = self.pace.take(bytes);
        // A sleep of no time still takes a millisecond.
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    /// As a person is told it: about the key when the key is at fault, else about the bucket.
    pub(super) fn problem(&self, trouble: Trouble, key: &str) -> Problem {
        let of_key = matches!(
            trouble.kind(),
            Some(
                ErrorKind::InvalidKey
                    | ErrorKind::Integrity
                    | ErrorKind::NotFound
                    | ErrorKind::AccessDenied
                    | ErrorKind::Precondition
                    | ErrorKind::Other
                    | ErrorKind::Unsupported
            )
        );
        trouble.problem(if of_key { key } else { self.bucket.name() })
    }

    /// Finds what there is to do, and does it.
    pub(super) async fn all(&self) -> Result<()> {
        self.find().await?;
        let counts = self.ledger.counts(self.job).await?;
        let over = counts.done + counts.skipped + counts.failed;
        self.meter.begin(counts.total, over, counts.bytes_total, counts.bytes_done);
        self.meter.not_done(counts.skipped, counts.failed);
        let (mut after, mut waiting) = (Some(0), VecDeque::new());
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.limits.files.max(1) {
                if let Some(id) = after.filter(|_| waiting.is_empty()) {
                    waiting
                        .extend(self.ledger.files(self.job, FileState::Waiting, id, PAGE).await?);
                    after = waiting.back().map(|row: &FileRow| row.id);
                }
                let Some(row) = waiting.pop_front() else { break };
                running.push(self.one(row).boxed());
            }
            match running.next().await {
                Some(ended) => ended?,
                None => return Ok(()),
            }
        }
    }

    async fn one(&self, row: FileRow) -> Result<()> {
        let result = match &self.request {
            Request::Upload(request) => send(self, &row, request.if_changed).await,
            Request::Download(request) => receive(self, &row, request).await,
        };
        let (state, etag, problem) = match result {
            Ok(ended) => (ended.state, ended.etag, None),
            Err(problem) if stops_all(&problem) => return Err(problem),
            Err(problem) => (FileState::Failed, None, Some(problem)),
        };
        self.ledger.ended(row.id, state, etag, problem.as_ref()).await?;
        self.meter.file_over();
        let is = |other| u64::from(state == other);
        self.meter.not_done(is(FileState::Skipped), is(FileState::Failed));
        Ok(())
    }

    async fn find(&self) -> Result<()> {
        if let Request::Upload(Upload { listed: true, .. })
        | Request::Download(Download { listed: true, .. }) = &self.request
        {
            self.ledger.wait_again(self.job).await?;
            return match self.request {
                Request::Upload(_) => self.look_again().await,
                Request::Download(_) => Ok(()),
            };
        }
        match &self.request {
            Request::Upload(request) => {
                let (work, request) = ((self.ledger.clone(), self.job), request.clone());
                blocking(move || {
                    let (ledger, job) = work;
                    walk(&request, &mut |found| {
                        let twins = ledger.find(job, found, false)?;
                        ledger.refuse(job, twins, twin)
                    })
                })
                .await
            }
            Request::Download(request) => {
                list(&*self.bucket, &self.limits.retry, request, |found| async {
                    let (ledger, job) = (self.ledger.clone(), self.job);
                    blocking(move || {
                        let twins = ledger.find(job, found, true)?;
                        ledger.refuse(job, twins, twin)
                    })
                    .await
                })
                .await
            }
        }
    }

    /// Looks once more at what was sent in parts. A key that may write but not read is believed.
    pub(super) async fn verify(&self) -> Result<()> {
        let mut after = 0;
        loop {
            let rows = self.ledger.files(self.job, FileState::Sent, after, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            stream::iter(rows.into_iter().map(Ok))
                .try_for_each_concurrent(self.limits.files.max(1), |row| self.look(row).boxed())
                .await?;
        }
    }

    async fn look(&self, row: FileRow) -> Result<()> {
        let _permit = self.permit().await;
        let (state, problem) = match look_up(&*self.bucket, &self.limits.retry, &row.key).await {
            Ok(Some(meta)) if meta.size == row.size => (FileState::Done, None),
            Ok(found) => {
                let there = found.map_or(0, |meta| meta.size);
                let problem = Problem::new(Code::Integrity, &row.key)
                    .with_detail(format!("{there} of {} bytes", row.size));
                (FileState::Failed, Some(problem))
            }
            Err(problem) if problem.code == Code::AccessDenied => (FileState::Done, None),
            Err(problem) => return Err(problem),
        };
        self.ledger.ended(row.id, state, row.etag, problem.as_ref()).await
    }
}

/// Two sources of one key, or two objects of one name: the second would replace the first.
pub(super) fn twin(found: &Found) -> Failure {
    Failure::from(&Problem::new(Code::SameNameTwice, found.path.trim_start_matches('\u{0}')))
}
