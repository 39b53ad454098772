//! Backup rules: which files of this computer go to which folder of a bucket, and when.
//!
//! A rule sends what is new and what has changed since it was sent; it deletes nothing, here or
//! there. What was sent is in `backups.db`, so that a run need not ask the bucket: an object that was
//! deleted there on purpose, or by a lifecycle rule, does not come back by itself. With
//! [`BackupOptions::check`] the bucket is asked, and what is not there is sent again. When there is no
//! record of a way (a first run, another computer, a lost database), the bucket is asked before each
//! file, so that what is there already is not sent again.
//!
//! The files go as a transfer ([`crate::transfer`]), which survives the process.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::history::blocking;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{Remotes, Transfers};

mod claim;
mod content;
mod destination;
mod given;
mod pattern;
mod plan;
mod preview;
mod record;
mod report;
mod rule;
mod run;
#[cfg(test)]
mod tests;
mod walk;
mod watch;

pub use report::BackupReport;
pub use rule::{BackupRule, When};
pub use run::{BackupOptions, Tell};

pub(crate) use plan::Scope;
pub(crate) use preview::Counted;
pub(crate) use run::{By, Ended, Run};
pub(crate) use watch::{Runs, watch};

use record::Record;
use walk::Selection;

/// Where backups keep what they must not forget.
#[derive(Debug, Clone)]
pub(crate) struct BackupFiles {
    /// The database of what was sent.
    pub(crate) database: PathBuf,
    /// Locked while the database is made or moved.
    pub(crate) lock: PathBuf,
    /// A folder with a file for each rule, locked while it runs.
    pub(crate) locks: PathBuf,
    /// Folders of Hoist's own, which no rule enters.
    pub(crate) own: Vec<PathBuf>,
}

/// All backups of one data directory. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct Backups {
    inner: Arc<Inner>,
}

struct Inner {
    record: Record,
    transfers: Transfers,
    remotes: Arc<dyn Remotes>,
    locks: PathBuf,
    own: Vec<PathBuf>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backups").field("locks", &self.locks).finish_non_exhaustive()
    }
}

/// How long a run that is asked for by nobody waits between two tries to claim its rule.
const PATIENCE: Duration = Duration::from_millis(500);

impl Backups {
    /// Opens the database. Blocks: not for async threads.
    ///
    /// The problem beside it tells of a damaged database that was set aside.
    ///
    /// # Errors
    /// [`Code::BackupsTooNew`] or [`Code::BackupsUnavailable`].
    pub(crate) fn open(
        files: BackupFiles,
        transfers: Transfers,
        remotes: Arc<dyn Remotes>,
    ) -> Result<(Self, Option<Problem>)> {
        let (record, aside) = Record::open(&files.database, &files.lock)?;
        let BackupFiles { locks, own, .. } = files;
        let inner = Inner { record, transfers, remotes, locks, own };
        Ok((Self { inner: Arc::new(inner) }, aside))
    }

    /// Runs a rule and keeps how it ended.
    ///
    /// # Errors
    /// [`Code::DataInUse`] when it runs already and a person asks for it again; a run that nobody asks
    /// for waits. What goes wrong in the run stands in the report.
    pub(crate) async fn run_rule(&self, run: Run) -> Result<Ended> {
        let name = run.rule.name.clone();
        let claim = loop {
            let (backups, of) = (self.clone(), name.clone());
            match blocking(move || backups.claim(&of)).await? {
                Some(claim) => break claim,
                None if run.by == By::Hand => {
                    return Err(Problem::new(Code::DataInUse, format!("hoist backup: {name}")));
                }
                None => tokio::time::sleep(PATIENCE).await,
            }
        };
        let dry = run.options.dry_run;
        let ended = self.run(run).await;
        if !dry {
            self.keep(&name, &ended.report).await;
        }
        drop(claim);
        Ok(ended)
    }

    async fn keep(&self, name: &str, report: &BackupReport) {
        let (record, name) = (self.inner.record.clone(), name.to_owned());
        let text = serde_json::to_string(report).unwrap_or_default();
        if let Err(problem) = blocking(move || record.set_report(&name, &text)).await {
            tracing::warn!(%problem, "how a backup ended could not be kept");
        }
    }

    /// Which files a rule means.
    ///
    /// # Errors
    /// [`Code::BackupInvalid`].
    pub(crate) fn selection(&self, rule: &BackupRule) -> Result<Selection> {
        Selection::of(rule, &self.inner.own)
    }

    /// How the last run of a rule ended; `None` when it has not run yet.
    pub(crate) async fn last(&self, name: &str) -> Result<Option<BackupReport>> {
        let (record, name) = (self.inner.record.clone(), name.to_owned());
        let text = blocking(move || record.report(&name)).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// A rule has another name.
    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (record, from, to) = (self.inner.record.clone(), from.to_owned(), to.to_owned());
        blocking(move || record.rename(&from, &to)).await
    }

    /// A rule is gone. What it has sent stays in the bucket, and known.
    pub(crate) async fn remove(&self, name: &str) -> Result<()> {
        let (record, name) = (self.inner.record.clone(), name.to_owned());
        blocking(move || record.remove(&name)).await
    }
}
