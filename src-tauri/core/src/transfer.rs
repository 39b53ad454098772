//! Large files and folders on their way up and down: persisted jobs that survive the process.
//!
//! It sees stores through [`hoist_store::Bucket`] only; [`Remotes`] opens them. Everything that is
//! needed to go on after SIGKILL or a power cut is in `transfers.db`, written after the other side's
//! answer; nothing is in memory only but what is under way at this moment.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hoist_store::Bucket;
use tokio::sync::watch;

use crate::problem::{Problem, Result};

mod failure;
mod fingerprint;
mod hashing;
mod incoming;
mod ledger;
mod limits;
mod listed;
mod listing;
mod meter;
pub(crate) mod mtime;
mod multipart;
mod named;
mod names;
mod orphans;
mod pace;
mod pages;
mod part_file;
mod part_map;
mod parts;
mod receive;
mod remote;
mod report;
mod request;
mod retry;
mod run;
mod runner;
mod scan;
mod send;
mod small;
mod stall;
mod standing;
mod state;
#[cfg(test)]
mod tests;
mod version;
mod whole;
mod work;

pub use failure::{Failure, Words};
pub(crate) use fingerprint::{Stamp, edges, nanoseconds};
pub use limits::Limits;
pub(crate) use listed::{Listed, is_part_file};
pub(crate) use meter::Flow;
pub use meter::{Meter, Reading, Speed};
pub(crate) use multipart::joined_etag;
pub(crate) use named::NamedFile;
pub(crate) use names::{Rules, below, no_links_below};
pub use orphans::Orphan;
pub(crate) use pages::Pages;
pub(crate) use part_file::SUFFIX as PART_SUFFIX;
pub use part_map::PartMap;
pub(crate) use parts::upload_part_size;
pub use parts::{SMALLEST, part_size};
pub use remote::{Removal, Removed};
pub(crate) use remote::{
    count_objects, list_page, look_up_object, look_up_sums, remove_objects, remove_prefix,
};
pub use report::{FileReport, FileResult, JobView, Tally};
pub use request::{Download, Existing, FileTo, ObjectTo, Priority, Request, Upload};
pub use retry::RetryPolicy;
pub(crate) use retry::{Trouble, retrying};
pub(crate) use send::{SHA256, is_md5, md5_of};
pub use standing::{Head, Standing, folder_below};
pub use state::{Event, State, next};
pub(crate) use work::stops_all;

use ledger::Ledger;
use limits::Permits;
use pace::Pace;
use run::Stop;
use runner::Runner;

/// The lowest limit on bytes a second: slower, and requests under way at once would look stalled.
pub const SLOWEST: u64 = 64 * 1024;

/// A bucket, and what names it for good; see [`crate::pipeline::target_id`].
#[derive(Debug, Clone)]
pub struct Remote {
    pub bucket: Arc<dyn Bucket>,
    pub target: String,
}

/// Opens the bucket of a profile. The app does it for real; tests hand out memory.
#[async_trait]
pub trait Remotes: Send + Sync + fmt::Debug {
    /// The bucket of the profile of this name, as it is configured now.
    async fn open(&self, profile: &str) -> Result<Remote>;
}

/// Where transfers keep what they must not forget.
#[derive(Debug, Clone)]
pub struct TransferFiles {
    /// The database of jobs.
    pub database: PathBuf,
    /// Locked while the database is made or moved.
    pub lock: PathBuf,
    /// A folder with a locked file for each process that works on jobs.
    pub runners: PathBuf,
}

/// All transfers of one data directory. Clones share everything.
#[derive(Debug, Clone)]
pub struct Transfers {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Ledger,
    remotes: Arc<dyn Remotes>,
    runner: Runner,
    limits: Arc<Limits>,
    permits: Arc<Permits>,
    pace: Arc<Pace>,
    running: Mutex<HashMap<i64, watch::Sender<Option<Stop>>>>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfers").field("runner", &self.runner).finish_non_exhaustive()
    }
}

impl Transfers {
    /// Opens the database. Blocks: not for async threads.
    ///
    /// The problem beside it tells of a damaged database that was set aside.
    ///
    /// # Errors
    /// [`crate::problem::Code::TransfersTooNew`], [`crate::problem::Code::TransfersUnavailable`], or
    /// that the folder of runners cannot be written.
    pub fn open(
        files: &TransferFiles,
        remotes: Arc<dyn Remotes>,
        limits: Limits,
    ) -> Result<(Self, Option<Problem>)> {
        let (ledger, aside) = Ledger::open(&files.database, &files.lock)?;
        let inner = Inner {
            ledger,
            remotes,
            runner: Runner::new(&files.runners)?,
            permits: Arc::new(Permits::new(&limits)),
            limits: Arc::new(limits),
            pace: Arc::default(),
            running: Mutex::default(),
        };
        Ok((Self { inner: Arc::new(inner) }, aside))
    }

    /// Adds a job, or finds the one that was interrupted in the middle of the same request.
    pub async fn add(&self, profile: &str, request: Request, priority: Priority) -> Result<i64> {
        let ledger = &self.inner.ledger;
        match ledger.unfinished(&request, profile).await? {
            Some(job) => Ok(job.id),
            None => ledger.add(&request, profile, priority, self.inner.runner.name()).await,
        }
    }

    /// The newest job that is a step of this model version and not over.
    pub(crate) async fn unfinished_step(
        &self,
        profile: &str,
        fits: impl Fn(&Request) -> bool,
    ) -> Result<Option<(i64, Request)>> {
        let jobs = self.inner.ledger.jobs().await?.into_iter();
        let steps = jobs.filter(|job| {
            job.profile == profile
                && !job.state.is_over()
                && job.request.part_of().is_some()
                && fits(&job.request)
        });
        Ok(steps.max_by_key(|job| job.id).map(|job| (job.id, job.request)))
    }

    /// Limits the bytes that all transfers of this process send and receive together, in bytes a
    /// second from 65,536; `None` lifts the limit.
    pub fn limit_rate(&self, rate: Option<u64>) {
        self.inner.pace.set(rate.map(|rate| rate.max(SLOWEST)));
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<i64, watch::Sender<Option<Stop>>>> {
        self.inner.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
