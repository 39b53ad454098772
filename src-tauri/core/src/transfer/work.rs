//! One job being worked on, from what there is to do to the last look.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::stream::{self, FuturesUnordered};
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use hoist_store::{Bucket, ErrorKind};

use super::failure::Failure;
use super::ledger::{Ending, FileRow, FileState, Found, Ledger};
use super::limits::{Limits, Permit, Permits};
use super::listing::{list, look_up};
use super::meter::Meter;
use super::pace::Pace;
use super::receive::receive;
use super::request::{Download, Request, Upload};
use super::retry::Trouble;
use super::scan::walk;
use super::send::{Ended, send};
use super::small::{self, Source};
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// Rows read at a time.
const PAGE: u32 = 256;

/// Small files that are read at a time, and before they are sent: their number bounds the memory.
const AHEAD: usize = 8;

/// A file to be moved; what was read of it before.
type Next = (FileRow, Option<Result<Source>>);

/// The files of a job, from their rows to their ends.
struct Line {
    /// The last row that was read; `None` when there are no more.
    after: Option<i64>,
    rows: VecDeque<FileRow>,
    reading: bool,
    ready: VecDeque<Next>,
    /// Those whose end is not written down yet too: what a kill costs stays bounded.
    moving: usize,
    over: Vec<Ending>,
    writing: bool,
    /// Why no more are begun.
    stopped: Option<Problem>,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            after: Some(0),
            rows: VecDeque::new(),
            reading: false,
            ready: VecDeque::new(),
            moving: 0,
            over: Vec::new(),
            writing: false,
            stopped: None,
        }
    }
}

/// What has happened to some files.
enum Step {
    Read(Result<Vec<Next>>),
    Over(Result<Ending>),
    /// So many ends are written down.
    Written(Result<usize>),
}

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
        let mut line = Line::default();
        let mut steps = FuturesUnordered::new();
        loop {
            if !line.writing && !line.over.is_empty() {
                line.writing = true;
                steps.push(self.write_down(std::mem::take(&mut line.over)).boxed());
            }
            // What has ended is written down even when the rest cannot go on.
            if let Some(problem) = line.stopped.take_if(|_| !line.writing) {
                return Err(problem);
            }
            if line.rows.is_empty()
                && let Some(after) = line.after
            {
                let rows = self.ledger.files(self.job, FileState::Waiting, after, PAGE).await?;
                line.after = rows.last().map(|row| row.id);
                line.rows.extend(rows);
            }
            if !line.reading && line.ready.len() < AHEAD && !line.rows.is_empty() {
                let next = line.rows.drain(..AHEAD.min(line.rows.len())).collect();
                line.reading = true;
                steps.push(self.read_ahead(next).boxed());
            }
            while line.moving < self.limits.files.max(1) && line.stopped.is_none() {
                let Some((row, read)) = line.ready.pop_front() else { break };
                line.moving += 1;
                steps.push(self.one(row, read).boxed());
            }
            match steps.next().await {
                Some(Step::Read(next)) => {
                    line.reading = false;
                    line.ready.extend(next?);
                }
                Some(Step::Over(Ok(ending))) => line.over.push(ending),
                Some(Step::Over(Err(problem))) => line.stopped = Some(problem),
                Some(Step::Written(files)) => {
                    line.writing = false;
                    line.moving -= files?;
                }
                None => return Ok(()),
            }
        }
    }

    /// Reads those files of an upload that are small, in one step for all.
    async fn read_ahead(&self, rows: Vec<FileRow>) -> Step {
        Step::Read(match &self.request {
            Request::Upload(Upload { if_changed: false, .. }) => {
                blocking(move || Ok(small::read_all(rows))).await
            }
            _ => Ok(rows.into_iter().map(|row| (row, None)).collect()),
        })
    }

    /// Moves one file.
    async fn one(&self, row: FileRow, read: Option<Result<Source>>) -> Step {
        let result = match &self.request {
            Request::Upload(request) => send(self, &row, read, request.if_changed).await,
            Request::Download(request) => receive(self, &row, request).await,
        };
        Step::Over(match result {
            Ok(Ended { state, etag }) => Ok(Ending { file: row.id, state, etag, problem: None }),
            Err(problem) if stops_all(&problem) => Err(problem),
            Err(problem) => Ok(Ending::failed(row.id, problem)),
        })
    }

    /// A file counts as moved when its row says so. All that ended meanwhile are written in one
    /// transaction.
    async fn write_down(&self, over: Vec<Ending>) -> Step {
        let files = over.len();
        let of = |state| over.iter().filter(|ending| ending.state == state).count() as u64;
        let (skipped, failed) = (of(FileState::Skipped), of(FileState::Failed));
        Step::Written(self.ledger.ended(over).await.map(|()| {
            self.meter.files_over(files as u64, failed);
            self.meter.not_done(skipped, 0);
            files
        }))
    }

    async fn find(&self) -> Result<()> {
        let (ledger, job, request) = (self.ledger.clone(), self.job, self.request.clone());
        blocking(move || ledger.drop_damaged(job, &request)).await?;
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
        let right = match look_up(&*self.bucket, &self.limits.retry, &row.key, false).await {
            Ok(Some(meta)) if meta.size == row.size => Ok(()),
            Ok(found) => Err(found.map_or(0, |meta| meta.size)),
            Err(problem) if problem.code == Code::AccessDenied => Ok(()),
            Err(problem) => return Err(problem),
        };
        let FileRow { id: file, etag, .. } = row;
        let ending = match right {
            Ok(()) => Ending { file, state: FileState::Done, etag, problem: None },
            Err(there) => {
                let problem = Problem::new(Code::Integrity, &row.key)
                    .with_detail(format!("{there} of {} bytes", row.size));
                Ending { etag, ..Ending::failed(file, problem) }
            }
        };
        self.ledger.ended(vec![ending]).await
    }
}

/// Two sources of one key, or two objects of one name: the second would replace the first.
pub(super) fn twin(found: &Found) -> Failure {
    Failure::from(&Problem::new(Code::SameNameTwice, found.path.trim_start_matches('\u{0}')))
}
