//! `hoist sync`: makes a folder like a prefix of a bucket, or the other way round.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use hoist_core::app::App;
use hoist_core::objects::Copied;
use hoist_core::problem::{Code, Language, Result};
use hoist_core::sync::{Action, Step, SyncPlan, SyncRequest, SyncSide, Why};
use hoist_core::transfer::{Meter, Removed};
use serde::Serialize;

use crate::args::SyncArgs;
use crate::cp;
use crate::exit::Outcome;
use crate::figures;
use crate::jobs;
use crate::ls::opened;
use crate::out::{Out, columns};
use crate::put::{absolute, fail};
use crate::remote::RemoteArg;
use crate::rm::ask;
use crate::say::Say;

/// A step as `--json` prints it.
#[derive(Debug, Serialize)]
struct StepJson<'a> {
    action: Action,
    path: &'a str,
    size: u64,
    why: Why,
}

/// What stands at the end of `--json`, after the sums of the transfer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EndJson {
    same: u64,
    copies: u64,
    deletions: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<u64>,
}

pub(crate) async fn run(args: SyncArgs, say: Say) -> Outcome {
    if RemoteArg::of(&args.from).is_none() && RemoteArg::of(&args.to).is_none() {
        say.error(
            say.pick("one side must be PROFILE:PREFIX", "其中一侧必须是 PROFILE:PREFIX"),
            "hoist sync FROM TO",
        );
        return Outcome::Usage;
    }
    let told = say.quiet(args.common.show.quiet);
    opened(say, async |app| {
        let request = SyncRequest {
            from: side(app, &args.from)?,
            to: side(app, &args.to)?,
            checksum: args.checksum,
            delete: args.delete,
        };
        let plan = app.sync_plan(&request).await?;
        let outcome = refused(&plan, told);
        if args.dry_run {
            return Ok(outcome.and(show(&plan, &args, told)));
        }
        let done = match plan.steps.is_empty() {
            true => end(&plan, None, &args, told),
            false => carry_out(app, &plan, &args, told).await?,
        };
        Ok(outcome.and(done))
    })
    .await
}

/// A prefix is always a folder here.
fn side(app: &App, argument: &OsStr) -> Result<SyncSide> {
    let Some(remote) = RemoteArg::of(argument) else {
        return Ok(SyncSide::Local(PathBuf::from(absolute(argument)?)));
    };
    let key = remote.full_key(app)?;
    let folder = key.is_empty() || key.ends_with('/');
    let prefix = if folder { key } else { format!("{key}/") };
    Ok(SyncSide::Remote { place: remote.profile, prefix })
}

/// What of the folder here takes no part. Links do not by their nature.
fn refused(plan: &SyncPlan, say: Say) -> Outcome {
    let mut outcome = Outcome::Done;
    for (_, problem) in &plan.refused {
        if matches!(problem.code, Code::LinkSkipped | Code::NotAFile) {
            say.warning(problem.text(say.language).what);
        } else {
            outcome = outcome.and(fail(problem, say)).and(Outcome::SomeFailed);
        }
    }
    outcome
}

fn show(plan: &SyncPlan, args: &SyncArgs, say: Say) -> Outcome {
    let mut out = Out::many();
    for step in &plan.steps {
        let Step { action, path, size, why, .. } = step;
        match args.common.show.json {
            true => out.json(&StepJson { action: *action, path, size: *size, why: *why }),
            false => out.line(columns([word(*action), reason(*why), &size.to_string(), path])),
        }
    }
    // The sums come after the steps, on standard output too.
    out.flush();
    let outcome = end(plan, None, args, say);
    outcome.and(out.finish(say))
}

/// The same words in every language: programs read them.
fn word(action: Action) -> &'static str {
    match action {
        Action::Upload => "upload",
        Action::Download => "download",
        Action::Copy => "copy",
        Action::Delete => "delete",
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::New => "new",
        Why::Size => "size",
        Why::Time => "time",
        Why::Content => "content",
        Why::Gone => "gone",
    }
}

async fn carry_out(app: &App, plan: &SyncPlan, args: &SyncArgs, say: Say) -> Result<Outcome> {
    let (deletions, freed) = plan.deletions();
    if deletions > 0 && !args.yes && !ask(&what(deletions, freed, args, say), say) {
        return Ok(Outcome::SomeFailed);
    }
    let mut removed = app.sync_delete(plan, true).await?;
    let copied = copies(app, plan, args, say).await?;
    let mut outcome = copied;
    if copied == Outcome::Done {
        let rest = app.sync_delete(plan, false).await?;
        removed.objects += rest.objects;
        removed.failed.extend(rest.failed);
    } else if deletions > removed.objects {
        say.warning(say.pick(
            "not everything was copied, so nothing was deleted",
            "未能全部复制，因此没有删除任何内容",
        ));
    }
    for (_, problem) in &removed.failed {
        outcome = outcome.and(fail(problem, say)).and(Outcome::SomeFailed);
    }
    Ok(outcome.and(end(plan, Some(&removed), args, say)))
}

async fn copies(app: &App, plan: &SyncPlan, args: &SyncArgs, say: Say) -> Result<Outcome> {
    if plan.copies().0 == 0 {
        return Ok(Outcome::Done);
    }
    let show = args.common.show;
    if let (SyncSide::Remote { place: from, .. }, SyncSide::Remote { place: to, .. }) =
        (&plan.request.from, &plan.request.to)
    {
        let (meter, start) = (Arc::new(Meter::default()), Instant::now());
        let names = cp::Names::of(app, from, to)?;
        let out = Mutex::new(Out::new());
        let told = |copied: &Copied<'_>| {
            if show.json {
                cp::tell(
                    &mut out.lock().unwrap_or_else(PoisonError::into_inner),
                    &names,
                    copied,
                    say,
                );
            }
        };
        let work = app.sync_copies(plan, Arc::clone(&meter), &told);
        let Some(report) = jobs::watched(work, &meter, show.quiet, say).await else {
            return Ok(Outcome::Interrupted);
        };
        let mut out = out.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ended = cp::summary(&report?, &meter, start, (show.json, show.quiet), &mut out, say);
        return Ok(ended.and(out.finish(say)));
    }
    match app.sync_job(plan, args.common.priority.into()).await? {
        Some(id) => Ok(jobs::run(app.transfers().await?, &[id], show, say).await),
        None => Ok(Outcome::Done),
    }
}

fn what(n: u64, bytes: u64, args: &SyncArgs, say: Say) -> String {
    let (bytes, to) = (figures::bytes(bytes), args.to.to_string_lossy());
    match say.language {
        Language::English if n == 1 => format!("1 file or folder ({bytes}) in {to:?}"),
        Language::English => format!("{n} files and folders ({bytes}) in {to:?}"),
        Language::Chinese => format!("{to:?} 中的 {n} 个文件和文件夹（{bytes}）"),
    }
}

fn end(plan: &SyncPlan, removed: Option<&Removed>, args: &SyncArgs, say: Say) -> Outcome {
    let ((copies, bytes), (deletions, _), same) = (plan.copies(), plan.deletions(), plan.same);
    if args.common.show.json {
        let mut out = Out::new();
        let deleted = removed.map(|removed| removed.objects);
        out.json(&EndJson { same, copies, deletions, deleted });
        return out.finish(say);
    }
    let bytes = figures::bytes(bytes);
    say.done(match (removed, say.language) {
        (None, Language::English) => {
            format!("{copies} to copy ({bytes}), {deletions} to delete, {same} the same")
        }
        (None, Language::Chinese) => {
            format!("需复制 {copies} 个（{bytes}），需删除 {deletions} 个，相同 {same} 个")
        }
        (Some(removed), Language::English) => {
            format!("{} deleted, {same} were the same", removed.objects)
        }
        (Some(removed), Language::Chinese) => {
            format!("已删除 {} 个，原本相同 {same} 个", removed.objects)
        }
    });
    Outcome::Done
}
