//! One run of a rule: what is left of the last one, a look at the bucket if asked for, the plan, the
//! transfer, and what arrived.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use hoist_store::Bucket;
use jiff::tz::TimeZone;

use super::content::hash;
use super::destination::Destination;
use super::given::Given;
use super::plan::{Plan, Scope, Step, looks_like};
use super::record::{Lane, Sent};
use super::report::BackupReport;
use super::walk::{Look, Selection};
use super::{BackupRule, Backups};
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{FileReport, FileResult, Meter, State, look_up_object};

/// Files looked for in the bucket at a time.
const BATCH: u32 = 500;

/// Questions to the bucket at once.
const AT_ONCE: usize = 16;

/// What a run is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct BackupOptions {
    /// Look in the bucket whether what was sent is still there, and send again what is not.
    pub check: bool,
    /// Only say what would be sent.
    pub dry_run: bool,
}

/// Is told of every file that was sent, would be sent, failed or was skipped.
pub type Tell = Arc<dyn Fn(FileReport) + Send + Sync>;

/// Who asks for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Hand,
    /// Nobody: it must not go on with what a person has paused.
    Itself,
}

/// Whose transfer is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    This,
    /// An earlier run's, which did not get to its end.
    Last,
}

/// All that one run needs to know.
pub(crate) struct Run {
    pub(crate) rule: BackupRule,
    /// The profile's own folder in the bucket.
    pub(crate) root: String,
    pub(crate) scope: Scope,
    pub(crate) options: BackupOptions,
    pub(crate) by: By,
    pub(crate) settle: Option<Duration>,
    pub(crate) meter: Arc<Meter>,
    pub(crate) tell: Tell,
}

/// How a run ended, and what it left for later.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) report: BackupReport,
    /// Files that may still be written to.
    pub(super) young: Vec<(PathBuf, Look)>,
}

impl Backups {
    /// Runs a rule that has been claimed. What goes wrong stands in the report.
    pub(super) async fn run(&self, run: Run) -> Ended {
        let mut ended = Ended::default();
        ended.report.started_at = now();
        let result = self.steps(&run, &mut ended).await;
        if let Err(problem) = result {
            tracing::debug!(rule = run.rule.name, %problem, "the run ended early");
            ended.report.fail(&problem);
        }
        ended.report.ended_at = now();
        ended
    }

    async fn steps(&self, run: &Run, ended: &mut Ended) -> Result<()> {
        let remote = self.inner.remotes.open(&run.rule.profile).await?;
        let dry = run.options.dry_run;
        if !dry {
            self.finish_last(run, &mut ended.report).await?;
            if ended.report.stopped {
                return Ok(());
            }
        }
        let lane = self.lane(run, &remote.target).await?;
        let mut missing = HashSet::new();
        if let Some(lane) = lane.filter(|_| run.options.check) {
            missing = self.missing(lane.id, &*remote.bucket).await?;
            if !dry {
                let (record, gone) = (self.inner.record.clone(), missing.clone());
                let forget = move || record.forget(lane.id, &gone.into_iter().collect::<Vec<_>>());
                blocking(forget).await?;
            }
        }
        let plan = Plan {
            record: self.inner.record.clone(),
            selection: Selection::of(&run.rule, &self.inner.own)?,
            destination: Destination::of(&run.rule, &run.root, TimeZone::system())?,
            lane: lane.map(|lane| lane.id),
            missing,
            settle: run.settle,
            dry,
        };
        let given = lane.filter(|_| !dry).map(|lane| Given::new(self, run, lane));
        // What the last transfer still sent is found unchanged now; it counts once.
        let finished = ended.report.sent;
        let job = self.go_through(run, plan, given, ended).await?;
        ended.report.unchanged = ended.report.unchanged.saturating_sub(finished);
        match (job, lane) {
            (Some(job), Some(lane)) => {
                self.send(run, job, lane.id, &mut ended.report, Whose::This).await
            }
            _ => Ok(()),
        }
    }

    /// The lane of a rule; a dry run makes none.
    async fn lane(&self, run: &Run, target: &str) -> Result<Option<Lane>> {
        let (record, dry) = (self.inner.record.clone(), run.options.dry_run);
        let pattern = Destination::pattern(&run.rule, &run.root);
        let (target, rule) = (target.to_owned(), run.rule.clone());
        blocking(move || {
            if dry {
                let known =
                    record.known_lane(&target, &rule.folder, &pattern, rule.keep_folders)?;
                return Ok(known.map(|id| Lane { id, is_new: false }));
            }
            record.lane(&target, &rule.folder, &pattern, rule.keep_folders).map(Some)
        })
        .await
    }

    /// Goes on with a transfer that an earlier run left, and takes in what arrived.
    async fn finish_last(&self, run: &Run, report: &mut BackupReport) -> Result<()> {
        let (record, name) = (self.inner.record.clone(), run.rule.name.clone());
        let Some((job, lane)) = blocking(move || record.job(&name)).await? else { return Ok(()) };
        let view = match self.inner.transfers.view(job).await {
            Ok(view) => view,
            // Its list was damaged or cleaned: the record alone says what is there.
            Err(problem) if problem.code == Code::TransferNotFound => {
                return self.close(&run.rule.name, job).await;
            }
            Err(problem) => return Err(problem),
        };
        if view.state == State::Paused && run.by == By::Itself {
            return Err(Problem::new(Code::BackupPaused, &*run.rule.name));
        }
        if view.state.is_over() {
            self.take_in(run, job, lane, report, Whose::Last).await?;
            return self.close(&run.rule.name, job).await;
        }
        self.send(run, job, lane, report, Whose::Last).await
    }

    /// The objects that were sent and are not in the bucket any more, by the paths of their files.
    async fn missing(&self, lane: i64, bucket: &dyn Bucket) -> Result<HashSet<String>> {
        let (mut missing, mut after) = (HashSet::new(), String::new());
        loop {
            let (record, from) = (self.inner.record.clone(), after.clone());
            let page = blocking(move || record.page(lane, &from, BATCH)).await?;
            let Some(last) = page.last() else { return Ok(missing) };
            after = last.path.clone();
            let gone: Vec<Option<String>> = stream::iter(page)
                .map(|sent| async move {
                    let found = look_up_object(bucket, &sent.key).await?;
                    let there = found.is_some_and(|meta| meta.size == sent.look.size);
                    Ok::<_, Problem>((!there).then_some(sent.path))
                })
                .buffer_unordered(AT_ONCE)
                .try_collect()
                .await?;
            missing.extend(gone.into_iter().flatten());
        }
    }

    /// Plans, and hands what is to be sent to a transfer as it is found; `None` when there was nothing.
    /// Without `given`, a dry run, it is only told.
    async fn go_through(
        &self,
        run: &Run,
        plan: Plan,
        mut given: Option<Given>,
        ended: &mut Ended,
    ) -> Result<Option<i64>> {
        let (scope, tell) = (run.scope.clone(), Arc::clone(&run.tell));
        let mut found = std::mem::take(ended);
        let (result, found, job) = blocking(move || {
            let report = &mut found.report;
            let mut planned = plan.each(&scope, &mut |step| {
                match step {
                    Step::Unchanged => report.unchanged += 1,
                    Step::Young(path, look) => found.young.push((path, look)),
                    Step::Told(file) => {
                        report.count(&file);
                        tell(file);
                    }
                    Step::Send(source, sent) => match &mut given {
                        Some(given) => given.add(source, sent)?,
                        None => {
                            let Sent { key, look: Look { size, .. }, .. } = sent;
                            report.sent += 1;
                            report.bytes += size;
                            tell(FileReport {
                                path: source,
                                key,
                                size,
                                result: FileResult::Waiting,
                            });
                        }
                    },
                }
                Ok(())
            });
            if let (Ok(()), Some(given)) = (&planned, &mut given) {
                planned = given.hand_over();
            }
            Ok((planned, found, given.and_then(|given| given.job)))
        })
        .await?;
        *ended = found;
        match (result, job) {
            (Ok(()), job) => Ok(job),
            (Err(problem), None) => Err(problem),
            (Err(problem), Some(job)) => {
                self.drop_job(&run.rule.name, job).await?;
                Err(problem)
            }
        }
    }

    /// Runs a transfer and takes in what arrived.
    async fn send(
        &self,
        run: &Run,
        job: i64,
        lane: i64,
        report: &mut BackupReport,
        whose: Whose,
    ) -> Result<()> {
        let view = self.inner.transfers.run(job, Arc::clone(&run.meter)).await?;
        let stopped = match view.state {
            State::Failed => view.problem.is_some(),
            state => !state.is_over(),
        };
        if stopped {
            // What has arrived is taken in when it goes on.
            report.sent += view.files.succeeded;
            (report.problem, report.stopped) = (view.problem, true);
            return Ok(());
        }
        report.stopped = view.state == State::Cancelled && whose == Whose::This;
        self.take_in(run, job, lane, report, whose).await?;
        match view.state {
            // What failed is found again by the next run, with the key it has then.
            State::Failed => self.drop_job(&run.rule.name, job).await,
            _ => self.close(&run.rule.name, job).await,
        }
    }

    /// Writes down what a transfer has brought to the bucket.
    async fn take_in(
        &self,
        run: &Run,
        job: i64,
        lane: i64,
        report: &mut BackupReport,
        whose: Whose,
    ) -> Result<()> {
        let mut after = 0;
        while let Some((page, last)) = self.inner.transfers.file_page(job, after).await? {
            after = last;
            let arrived = page
                .iter()
                .filter(|file| matches!(file.result, FileResult::Done | FileResult::Skipped(None)));
            let sources: Vec<String> = arrived.map(|file| file.path.clone()).collect();
            let record = self.inner.record.clone();
            blocking(move || {
                let mut sent = Vec::with_capacity(sources.len());
                for source in sources {
                    let Some(was) = record.pending(job, &source)? else { continue };
                    let path = PathBuf::from(&source);
                    // One that has changed since it was planned is not known: it is sent again.
                    if !looks_like(&path, was.look) {
                        continue;
                    }
                    let Ok(hash) = hash(&path, was.look.size) else { continue };
                    if looks_like(&path, was.look) {
                        sent.push(Sent { hash, ..was });
                    }
                }
                record.arrived(lane, &sent)
            })
            .await?;
            // What failed in the last run's transfer is planned anew, and said then.
            let say = |file: &FileReport| whose == Whose::This || file.result == FileResult::Done;
            for file in page.into_iter().filter(say) {
                report.count(&file);
                (run.tell)(file);
            }
        }
        Ok(())
    }

    /// A rule has no transfer any more.
    async fn close(&self, rule: &str, job: i64) -> Result<()> {
        let (record, rule) = (self.inner.record.clone(), rule.to_owned());
        blocking(move || record.clear_job(&rule, job)).await
    }

    /// Gives a transfer up that is of no more use.
    async fn drop_job(&self, rule: &str, job: i64) -> Result<()> {
        if let Err(problem) = self.inner.transfers.cancel(job).await {
            // What it has begun is found by `hoist transfers clean`.
            tracing::warn!(%problem, job, "the transfer of a backup could not be given up whole");
        }
        self.close(rule, job).await
    }
}

/// Milliseconds since 1970, UTC.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
