//! What a run gives to a transfer.

use super::destination::Destination;
use super::record::{Lane, Sent};
use super::run::Run;
use super::{BackupRule, Backups};
use crate::problem::Result;
use crate::transfer::{NamedFile, Priority, Upload};

/// Files handed over at a time.
const BATCH: usize = 500;

/// A transfer that is made when there is something for it.
pub(super) struct Given {
    backups: Backups,
    rule: BackupRule,
    upload: Upload,
    lane: i64,
    pub(super) job: Option<i64>,
    batch: Vec<(String, Sent)>,
    runtime: tokio::runtime::Handle,
}

impl Given {
    pub(super) fn new(backups: &Backups, run: &Run, lane: Lane) -> Self {
        let upload = Upload {
            sources: vec![run.rule.folder.clone()],
            prefix: Destination::pattern(&run.rule, &run.root),
            // Without a record of this way, the bucket is asked before anything is sent to it.
            if_changed: lane.is_new,
            ..Upload::default()
        };
        Self {
            backups: backups.clone(),
            rule: run.rule.clone(),
            upload,
            lane: lane.id,
            job: None,
            batch: Vec::new(),
            runtime: tokio::runtime::Handle::current(),
        }
    }

    pub(super) fn add(&mut self, source: String, sent: Sent) -> Result<()> {
        self.batch.push((source, sent));
        if self.batch.len() >= BATCH { self.hand_over() } else { Ok(()) }
    }

    pub(super) fn hand_over(&mut self) -> Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let inner = &self.backups.inner;
        let job = match self.job {
            Some(job) => job,
            None => {
                let (upload, profile) = (self.upload.clone(), &self.rule.profile);
                let adding = inner.transfers.add_named(profile, upload, Priority::Low);
                let job = self.runtime.block_on(adding)?;
                self.job = Some(job);
                inner.record.set_job(&self.rule.name, job, self.lane)?;
                job
            }
        };
        let batch = std::mem::take(&mut self.batch);
        // Written down first: what is in the transfer can always be taken in.
        inner.record.pend(job, &batch)?;
        let files = batch.into_iter().map(|(path, sent)| NamedFile { path, key: sent.key });
        inner.transfers.name_files(job, files.collect())
    }
}
