//! The part of a push or pull that moves bytes: one job of the transfers, that survives the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use crate::problem::{Code, Problem, Result};
use crate::transfer::{Failure, FileResult, JobView, Meter, Reading, Request, State, Transfers};

/// How often the figures of the steps are put together.
const SHOWN: Duration = Duration::from_millis(100);

/// A file that could not be pushed or pulled, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileFailure {
    /// Below the folder of the version.
    pub path: String,
    pub failure: Failure,
}

impl FileFailure {
    pub(super) fn new(path: &str, problem: &Problem) -> Self {
        Self { path: path.to_owned(), failure: Failure::from(problem) }
    }
}

/// How the job ended.
#[derive(Debug, Default)]
pub(super) struct Ran {
    /// All of it is where it should be.
    pub(super) done: bool,
    pub(super) failed: Vec<FileFailure>,
    /// Why it stopped as a whole.
    pub(super) stopped: Option<Failure>,
}

/// The figures of a push or pull: those of its job, and what needs no moving.
#[derive(Debug)]
pub(super) struct Progress {
    shown: Arc<Meter>,
    job: Arc<Meter>,
    files: u64,
    bytes: u64,
    files_over: AtomicU64,
    bytes_over: AtomicU64,
}

impl Progress {
    /// Of `files` files with `bytes` bytes, shown in `shown`.
    pub(super) fn new(shown: Arc<Meter>, files: usize, bytes: u64) -> Self {
        let progress = Self {
            shown,
            job: Arc::default(),
            files: files as u64,
            bytes,
            files_over: AtomicU64::new(0),
            bytes_over: AtomicU64::new(0),
        };
        progress.show();
        progress
    }

    /// A file that needs no moving, or no more.
    pub(super) fn over(&self, bytes: u64) {
        self.file_over();
        self.bytes_over(bytes);
    }

    pub(super) fn file_over(&self) {
        self.files_over.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn bytes_over(&self, bytes: u64) {
        self.bytes_over.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn show(&self) {
        let job = self.job.read();
        self.shown.show(Reading {
            files_total: self.files,
            files_over: self.files_over.load(Ordering::Relaxed) + job.files_over,
            bytes_total: self.bytes,
            bytes_done: self.bytes_over.load(Ordering::Relaxed) + job.bytes_done,
            moved: job.moved,
            ..Reading::default()
        });
    }

    /// Keeps the figures current while `work` goes on.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut looks = tokio::time::interval(SHOWN);
        loop {
            tokio::select! {
                ended = &mut work => {
                    self.show();
                    return ended;
                }
                _ = looks.tick() => self.show(),
            }
        }
    }
}

/// Interrupts the job when whoever waits for it does not wait any more.
struct Waiting {
    transfers: Transfers,
    job: i64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.transfers.interrupt_one(self.job);
    }
}

/// The job of a step that an earlier attempt left unfinished.
///
/// # Errors
/// [`Code::DataInUse`] while another process works on it.
pub(super) async fn pending(
    transfers: &Transfers,
    place: &str,
    fits: impl Fn(&Request) -> bool,
) -> Result<Option<(i64, Request)>> {
    let Some((id, request)) = transfers.unfinished_step(place, fits).await? else {
        return Ok(None);
    };
    if transfers.view(id).await?.state.is_live() {
        let step = request.part_of().unwrap_or_default();
        return Err(Problem::new(Code::DataInUse, step));
    }
    Ok(Some((id, request)))
}

/// What follows the folder in a key.
pub(super) fn relative(key: &str, folder: &str) -> String {
    key.strip_prefix(folder).unwrap_or(key).to_owned()
}

/// Runs the job to its end, where there is one. When this future is dropped, the job stops and can
/// be gone on with.
pub(super) async fn run(
    transfers: &Transfers,
    job: Option<i64>,
    progress: &Progress,
    relative: impl Fn(&str) -> String,
) -> Result<Ran> {
    let Some(job) = job else { return Ok(Ran { done: true, ..Ran::default() }) };
    let waiting = Waiting { transfers: transfers.clone(), job };
    let (running, meter) = (transfers.clone(), Arc::clone(&progress.job));
    let ended = tokio::spawn(async move { running.run(job, meter).await }).await;
    drop(waiting);
    let view =
        ended.map_err(|error| Problem::new(Code::Internal, "transfers").with_detail(error))??;
    let mut failed = Vec::new();
    transfers
        .files(job, |file| {
            if let FileResult::Failed(failure) | FileResult::Skipped(failure @ Some(_)) =
                file.result
            {
                let failure = failure
                    .unwrap_or_else(|| Failure::from(&Problem::new(Code::Internal, &file.key)));
                failed.push(FileFailure { path: relative(&file.key), failure });
            }
        })
        .await?;
    let JobView { state, problem, .. } = view;
    Ok(Ran { done: state == State::Done && failed.is_empty(), failed, stopped: problem })
}
