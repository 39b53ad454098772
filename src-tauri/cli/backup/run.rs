//! `hoist backup run`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hoist_core::app::App;
use hoist_core::backup::{BackupOptions, BackupReport, Tell};
use hoist_core::problem::{Problem, Result};
use hoist_core::transfer::{FileReport, FileResult, Meter, Tally};
use serde::Serialize;

use crate::args::backup::RunBackupArgs;
use crate::exit::Outcome;
use crate::failures::Fixes;
use crate::jobs::{self, file_json};
use crate::out::Out;
use crate::say::Say;

/// The sums of a run, as `--json` prints them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SummaryJson<'a> {
    backup: &'a str,
    dry_run: bool,
    complete: bool,
    unchanged: u64,
    summary: Tally,
}

pub(super) async fn run(app: &App, args: RunBackupArgs, say: Say) -> Result<Outcome> {
    let say = say.quiet(args.show.quiet);
    let names = match args.names.is_empty() {
        true => {
            let enabled = app.backup_rules().into_iter().filter(|rule| rule.enabled);
            enabled.map(|rule| rule.name).collect()
        }
        false => args.names.clone(),
    };
    // All names are right, or nothing is sent.
    known(app, &names)?;
    if names.is_empty() {
        say.note(say.pick("no backups to run", "没有可运行的备份"));
        return Ok(Outcome::Done);
    }
    app.transfers().await?.limit_rate(args.show.limit_rate);
    let teller = Arc::new(Teller::new(args.show.json, args.dry_run, say));
    let mut outcome = Outcome::Done;
    for name in &names {
        let one = one(app, name, &args, &teller, say).await;
        outcome = outcome.and(one.unwrap_or_else(|problem| {
            say.problem(&problem);
            Outcome::of(&problem)
        }));
        if outcome == Outcome::Interrupted {
            break;
        }
    }
    Ok(outcome.and(teller.finish(say)))
}

async fn one(
    app: &App,
    name: &str,
    args: &RunBackupArgs,
    teller: &Arc<Teller>,
    say: Say,
) -> Result<Outcome> {
    let options = BackupOptions { check: args.check, dry_run: args.dry_run };
    let meter: Arc<Meter> = Arc::default();
    let start = Instant::now();
    let running = app.run_backup(name, options, Arc::clone(&meter), teller.tell());
    let transfers = app.transfers().await?;
    let shown = [(0, Arc::clone(&meter))];
    let ended = jobs::until_over(transfers, &shown, args.show.quiet, say, running).await;
    let Some(report) = ended.result.transpose()? else { return Ok(Outcome::Interrupted) };
    teller.end(name, &report);
    let mut outcome = outcome_of(&report);
    if let Some(failure) = &report.problem {
        let words = failure.words(say.language);
        say.error(&words.what, &words.fix);
    }
    if args.dry_run {
        say.done(would_send(name, &report, say));
    } else {
        let tally = tally(&report);
        let text = jobs::summary(tally, meter.read(), start.elapsed(), say);
        let (colon, comma) = (say.pick(": ", "："), say.pick(", ", "，"));
        say.done(format!("{name}{colon}{}{comma}{text}", unchanged(&report, say)));
    }
    if report.stopped {
        say.goes_on_with("hoist backup run");
    }
    if ended.interrupted {
        outcome = Outcome::Interrupted;
    }
    Ok(outcome)
}

pub(super) fn outcome_of(report: &BackupReport) -> Outcome {
    match &report.problem {
        Some(failure) if failure.configuration => Outcome::Configuration,
        _ if report.is_complete() => Outcome::Done,
        _ => Outcome::SomeFailed,
    }
}

fn tally(report: &BackupReport) -> Tally {
    Tally {
        total: report.sent + report.failed + report.skipped,
        succeeded: report.sent,
        failed: report.failed,
        skipped: report.skipped,
        bytes: report.bytes,
    }
}

fn unchanged(report: &BackupReport, say: Say) -> String {
    format!("{} {}", report.unchanged, say.pick("unchanged", "个未变化"))
}

fn would_send(name: &str, report: &BackupReport, say: Say) -> String {
    let bytes = crate::figures::bytes(report.bytes);
    let (sent, unchanged) = (report.sent, unchanged(report, say));
    match say.language {
        hoist_core::problem::Language::English => {
            format!("{name}: would send {sent} files ({bytes}), {unchanged}")
        }
        hoist_core::problem::Language::Chinese => {
            format!("{name}：将发送 {sent} 个文件（{bytes}），{unchanged}")
        }
    }
}

/// Prints each file as it ends.
pub(super) struct Teller {
    json: bool,
    /// A dry run prints the plan; otherwise files are printed for programs only.
    dry_run: bool,
    say: Say,
    out: Mutex<Out>,
    fixes: Mutex<Fixes>,
}

impl Teller {
    pub(super) fn new(json: bool, dry_run: bool, say: Say) -> Self {
        Self { json, dry_run, say, out: Mutex::new(Out::new()), fixes: Mutex::default() }
    }

    pub(super) fn tell(self: &Arc<Self>) -> Tell {
        let teller = Arc::clone(self);
        Arc::new(move |file| teller.file(&file))
    }

    fn file(&self, file: &FileReport) {
        let say = self.say;
        if self.json {
            self.out(|out| out.json(&file_json(file, say)));
        } else if self.dry_run && file.result == FileResult::Waiting {
            self.out(|out| out.line(crate::out::columns([&file.path, &file.key])));
        }
        self.fixes().file(file, say);
    }

    fn end(&self, name: &str, report: &BackupReport) {
        self.hints();
        if self.json {
            let (complete, unchanged) = (report.is_complete(), report.unchanged);
            let summary = tally(report);
            let json =
                SummaryJson { backup: name, dry_run: self.dry_run, complete, unchanged, summary };
            self.out(|out| out.json(&json));
        }
    }

    /// What to do about what failed, each thing once.
    pub(super) fn hints(&self) {
        self.fixes().hints(self.say);
    }

    fn fixes(&self) -> MutexGuard<'_, Fixes> {
        self.fixes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn out(&self, write: impl FnOnce(&mut Out)) {
        write(&mut self.out.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn finish(&self, say: Say) -> Outcome {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *out, Out::new()).finish(say)
    }
}

/// Whether every name is that of a rule.
pub(super) fn known(app: &App, names: &[String]) -> Result<(), Problem> {
    names.iter().try_for_each(|name| app.backup_rule(name).map(drop))
}
