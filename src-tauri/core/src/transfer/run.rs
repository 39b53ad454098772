//! Running jobs: claimed, worked on, stopped, given up.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::watch;

use super::ledger::{Asked, FileRow, Job, Wish};
use super::meter::Meter;
use super::names::stays_below;
use super::orphans::{abort, abort_strays};
use super::part_file::discard;
use super::receive::is_place;
use super::report::JobView;
use super::state::{Event, State};
use super::work::Work;
use super::{Remote, Request, Transfers};
use crate::problem::{Code, Problem, Result};

/// Why a running job stops before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Pause,
    Cancel,
    /// The process is about to end.
    Interrupt,
}

impl Transfers {
    /// Works on a job until it is done, fails or is stopped; how it stands then. One that was
    /// interrupted, paused or failed goes on where it was.
    ///
    /// # Errors
    /// [`Code::DataInUse`] when another process works on it, [`Code::TransferOver`] when it has
    /// ended, [`Code::TransferNotFound`]. What goes wrong in the work stands in the view.
    pub async fn run(&self, id: i64, meter: Arc<Meter>) -> Result<JobView> {
        let inner = &self.inner;
        let job = inner.ledger.claim(id, inner.runner.name(), inner.runner.watch()).await?;
        let (tell, told) = watch::channel(None);
        self.running().insert(id, tell);
        let ended = self.claimed(&job, meter, told).await;
        self.running().remove(&id);
        ended?;
        self.view(id).await
    }

    /// Runs jobs, those of high priority first, a few at a time; how they stand then, in the order
    /// given.
    pub async fn run_all(&self, jobs: &[(i64, Arc<Meter>)]) -> Vec<Result<JobView>> {
        let mut order: Vec<usize> = (0..jobs.len()).collect();
        let mut ranks = Vec::with_capacity(jobs.len());
        for (id, _) in jobs {
            ranks.push(self.inner.ledger.job(*id).await.map_or(0, |job| job.priority.rank()));
        }
        order.sort_by_key(|n| std::cmp::Reverse(ranks[*n]));
        let mut ended: Vec<(usize, Result<JobView>)> = stream::iter(order)
            .map(|n| {
                let (id, meter) = &jobs[n];
                self.run(*id, Arc::clone(meter)).map(move |result| (n, result)).boxed()
            })
            .buffer_unordered(self.inner.limits.jobs.max(1))
            .collect()
            .await;
        ended.sort_by_key(|(n, _)| *n);
        ended.into_iter().map(|(_, result)| result).collect()
    }

    /// Pauses a job, wherever it runs. `true` when it has stopped, `false` when the process that
    /// works on it will stop it in a moment.
    ///
    /// # Errors
    /// [`Code::TransferNotFound`], and [`Code::TransferOver`] when it has ended or waits already.
    pub async fn pause(&self, id: i64) -> Result<bool> {
        self.ask(id, Wish::Pause, Stop::Pause).await
    }

    /// Cancels a job, wherever it runs: what it has begun in the bucket is given up, and what it has
    /// downloaded of incomplete files is deleted. Complete files stay. As [`Transfers::pause`].
    ///
    /// # Errors
    /// As [`Transfers::pause`]; and why what was begun could not be given up, when the job is
    /// cancelled all the same.
    pub async fn cancel(&self, id: i64) -> Result<bool> {
        self.ask(id, Wish::Cancel, Stop::Cancel).await
    }

    async fn ask(&self, id: i64, wish: Wish, stop: Stop) -> Result<bool> {
        let inner = &self.inner;
        let job = match inner.ledger.job(id).await {
            // Nothing can be given up of it; what it has begun is found as left over.
            Err(problem) if problem.code == Code::TransferUnreadable && stop == Stop::Cancel => {
                inner.ledger.forget_unreadable(id).await?;
                return Ok(true);
            }
            job => job?,
        };
        if let Some(tell) = self.running().get(&id) {
            tell.send_replace(Some(stop));
            return Ok(false);
        }
        match inner.ledger.ask(id, wish, inner.runner.watch()).await? {
            None => Err(Problem::new(Code::TransferOver, id.to_string())),
            Some(Asked::Runner) => Ok(false),
            Some(Asked::Now) => {
                if stop == Stop::Cancel {
                    self.give_up(&job).await?;
                }
                Ok(true)
            }
        }
    }

    /// Before the process ends: all running jobs stop where they are and can be resumed.
    pub fn interrupt(&self) {
        for tell in self.running().values() {
            tell.send_replace(Some(Stop::Interrupt));
        }
    }

    /// One running job of this process stops where it is and can be resumed.
    pub(crate) fn interrupt_one(&self, id: i64) {
        if let Some(tell) = self.running().get(&id) {
            tell.send_replace(Some(Stop::Interrupt));
        }
    }

    async fn claimed(
        &self,
        job: &Job,
        meter: Arc<Meter>,
        told: watch::Receiver<Option<Stop>>,
    ) -> Result<()> {
        let ledger = &self.inner.ledger;
        let worked = tokio::select! {
            worked = self.work(job, meter).boxed() => worked,
            stop = self.stopped(job.id, told) => {
                return match stop {
                    Stop::Pause => ledger.step(job.id, Event::Pause, None).await.map(drop),
                    Stop::Interrupt => ledger.step(job.id, Event::Interrupt, None).await.map(drop),
                    Stop::Cancel => {
                        ledger.step(job.id, Event::Cancel, None).await?;
                        self.give_up(job).await
                    }
                };
            }
        };
        let counts = ledger.counts(job.id).await?;
        let failed = counts.failed > 0;
        let over = counts.done + counts.skipped + counts.failed;
        // Rows that nobody found though they are there: an index is damaged.
        let worked = worked.and_then(|()| match over == counts.total {
            true => Ok(()),
            false => Err(ledger.unsound(&format!("{over} of {} files were found", counts.total))),
        });
        match worked {
            Err(problem) => ledger.step(job.id, Event::Fail, Some(&problem)).await?,
            Ok(()) if failed => ledger.step(job.id, Event::Fail, None).await?,
            Ok(()) => ledger.step(job.id, Event::Verified, None).await?,
        };
        Ok(())
    }

    async fn work(&self, job: &Job, meter: Arc<Meter>) -> Result<()> {
        let inner = &self.inner;
        let work = self.ready(job, meter).await?;
        work.all().await?;
        inner.ledger.step(job.id, Event::Sent, None).await?;
        work.verify().await
    }

    /// The bucket a job began with.
    async fn ready(&self, job: &Job, meter: Arc<Meter>) -> Result<Work> {
        let inner = &self.inner;
        let Remote { bucket, target } = inner.remotes.open(&job.profile).await?;
        match &job.target {
            Some(began) if *began == target => {}
            Some(_) => {
                return Err(Problem::new(Code::TransferElsewhere, &job.profile).with_detail(job.id));
            }
            None => inner.ledger.set_target(job.id, &target).await?,
        }
        Ok(Work {
            job: job.id,
            profile: job.profile.clone(),
            request: job.request.clone(),
            bucket,
            ledger: inner.ledger.clone(),
            permits: Arc::clone(&inner.permits),
            limits: Arc::clone(&inner.limits),
            pace: Arc::clone(&inner.pace),
            meter,
        })
    }

    /// Waits until this process or another wants the job to stop.
    async fn stopped(&self, id: i64, mut told: watch::Receiver<Option<Stop>>) -> Stop {
        let mut looks = tokio::time::interval(self.inner.limits.look);
        loop {
            tokio::select! {
                changed = told.changed() => {
                    let stop = *told.borrow_and_update();
                    match (changed, stop) {
                        (Ok(()), Some(stop)) => return stop,
                        (Ok(()), None) => {}
                        // The sender lives as long as the job runs.
                        (Err(_), _) => return Stop::Interrupt,
                    }
                }
                _ = looks.tick() => match self.inner.ledger.wish(id).await {
                    Ok(Some(Wish::Pause)) => return Stop::Pause,
                    Ok(Some(Wish::Cancel)) => return Stop::Cancel,
                    Ok(None) => {}
                    Err(problem) => tracing::warn!(%problem, "wishes cannot be read"),
                }
            }
        }
    }

    /// Frees what a cancelled job has begun.
    async fn give_up(&self, job: &Job) -> Result<()> {
        let ledger = &self.inner.ledger;
        if let Request::Download(request) = &job.request {
            let (aimed, root) = (ledger.aimed(job.id).await?, PathBuf::from(&request.into));
            let existing = request.existing;
            return crate::history::blocking(move || {
                for (path, target) in aimed {
                    let (path, target) = (Path::new(&path), Path::new(&target));
                    if stays_below(&root, path).is_ok() && is_place(target, path, existing) {
                        discard(target);
                    }
                }
                Ok(())
            })
            .await;
        }
        let begun = ledger.begun(job.id).await?;
        if begun.is_empty() {
            return Ok(());
        }
        let work = self.ready(job, Arc::default()).await?;
        let Some(store) = work.bucket.multipart() else { return Ok(()) };
        for row in begun {
            let FileRow { id, key, upload_id, .. } = &row;
            let gone = match upload_id {
                Some(upload_id) => {
                    let gone = abort(&work.limits, store, key, upload_id).await;
                    // One created by an attempt whose answer was lost may lie beside it.
                    let strays = abort_strays(ledger, &work.limits, store, &row).await;
                    if let Err(problem) = strays {
                        tracing::warn!(key, %problem, "uploads begun twice were not looked for");
                    }
                    gone
                }
                None => abort_strays(ledger, &work.limits, store, &row).await.is_ok(),
            };
            if !gone {
                return Err(Problem::new(Code::UploadLeftOver, key));
            }
            ledger.given_up(*id).await?;
        }
        Ok(())
    }

    /// Jobs that can go on, those of high priority first.
    pub async fn resumable(&self) -> Result<Vec<i64>> {
        let alive = self.inner.runner.watch();
        let jobs = self.inner.ledger.jobs().await?.into_iter();
        Ok(jobs
            .filter(|job| match job.state {
                State::Running | State::Verifying => !job.runner.as_deref().is_some_and(&alive),
                state => !state.is_over(),
            })
            .map(|job| job.id)
            .collect())
    }
}

#[cfg(test)]
impl Transfers {
    /// Lets a job wait for its turn.
    pub(crate) async fn resume_for_tests(&self, id: i64) {
        self.inner.ledger.step(id, Event::Resume, None).await.unwrap();
    }

    /// The work of a job, without running it.
    pub(super) async fn work_for_tests(&self, id: i64) -> Work {
        let job = self.inner.ledger.job(id).await.unwrap();
        self.ready(&job, Arc::default()).await.unwrap()
    }
}
