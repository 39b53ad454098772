//! `hoist transfers`: what is under way or was interrupted.

use hoist_core::app::App;
use hoist_core::problem::{Problem, Result};
use hoist_core::transfer::{JobView, Orphan, Priority, Request, State, Tally, Transfers};
use serde::Serialize;

use crate::args::{
    CancelArgs, CleanArgs, IdsArgs, ListTransfersArgs, ResumeArgs, TransfersArgs, TransfersVerb,
};
use crate::exit::Outcome;
use crate::jobs;
use crate::ls::opened;
use crate::out::{Out, columns};
use crate::put::fail;
use crate::say::Say;

pub(crate) async fn run(args: TransfersArgs, say: Say) -> Outcome {
    opened(say, async |app| {
        let transfers = app.transfers().await?;
        match args.verb {
            None => list(transfers, &args.list, say).await,
            Some(TransfersVerb::List(args)) => list(transfers, &args, say).await,
            Some(TransfersVerb::Resume(args)) => resume(transfers, &args, say).await,
            Some(TransfersVerb::Pause(args)) => pause(transfers, &args, say).await,
            Some(TransfersVerb::Cancel(args)) => cancel(transfers, &args, say).await,
            Some(TransfersVerb::Clean(args)) => clean(app, transfers, &args, say).await,
        }
    })
    .await
}

/// A transfer as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TransferJson<'a> {
    id: i64,
    state: State,
    direction: &'static str,
    profile: &'a str,
    from: Vec<&'a str>,
    to: &'a str,
    priority: Priority,
    files: Tally,
    created_at: String,
    error: Option<&'a str>,
}

fn json(view: &JobView, say: Say) -> TransferJson<'_> {
    let (direction, from, to) = match &view.request {
        Request::Upload(upload) => {
            ("upload", &upload.sources, upload.exact_key.as_ref().unwrap_or(&upload.prefix))
        }
        Request::Download(download) => ("download", &download.keys, &download.into),
    };
    TransferJson {
        id: view.id,
        state: view.state,
        direction,
        profile: &view.profile,
        from: from.iter().map(String::as_str).chain(view.request.part_of()).collect(),
        to,
        priority: view.priority,
        files: view.files,
        created_at: jiff::Timestamp::from_millisecond(view.created_at)
            .map(|time| time.to_string())
            .unwrap_or_default(),
        error: view.problem.as_ref().map(|problem| problem.words(say.language).what.as_str()),
    }
}

async fn list(transfers: &Transfers, args: &ListTransfersArgs, say: Say) -> Result<Outcome> {
    let mut out = Out::new();
    let mut any = false;
    for view in transfers.views().await? {
        if view.state.is_over() && !args.all {
            continue;
        }
        any = true;
        let json = json(&view, say);
        if args.json {
            out.json(&json);
            continue;
        }
        let over = view.files.succeeded + view.files.skipped + view.files.failed;
        let from = json.from.join(" ");
        let (from, to) = match &view.request {
            Request::Upload(_) => (from, format!("{}:{}", view.profile, json.to)),
            Request::Download(_) => (format!("{}:{from}", view.profile), json.to.to_owned()),
        };
        out.line(columns([
            &view.id.to_string(),
            view.state.name(),
            &format!("{over}/{}", view.files.total),
            &view.files.bytes.to_string(),
            &from,
            &to,
        ]));
    }
    if !any {
        say.note(say.pick("no transfers", "没有传输"));
    }
    Ok(out.finish(say))
}

async fn resume(transfers: &Transfers, args: &ResumeArgs, say: Say) -> Result<Outcome> {
    let ids = if args.ids.is_empty() { transfers.resumable().await? } else { args.ids.clone() };
    if ids.is_empty() {
        say.note(say.pick("no transfers to resume", "没有可继续的传输"));
        return Ok(Outcome::Done);
    }
    Ok(jobs::run(transfers, &ids, args.show, say).await)
}

async fn pause(transfers: &Transfers, args: &IdsArgs, say: Say) -> Result<Outcome> {
    let ids = if args.ids.is_empty() {
        let views = transfers.views().await?.into_iter();
        views.filter(|view| view.state.is_live()).map(|view| view.id).collect::<Vec<_>>()
    } else {
        args.ids.clone()
    };
    if ids.is_empty() {
        say.note(say.pick("no transfer is running", "没有正在运行的传输"));
    }
    let mut outcome = Outcome::Done;
    for id in ids {
        outcome = outcome.and(match transfers.pause(id).await {
            Ok(_) => {
                say.done(format!("{} {id}", say.pick("Paused", "已暂停")));
                Outcome::Done
            }
            Err(problem) => fail(&problem, say),
        });
    }
    Ok(outcome)
}

async fn cancel(transfers: &Transfers, args: &CancelArgs, say: Say) -> Result<Outcome> {
    let ids = if args.all {
        let views = transfers.views().await?.into_iter();
        views.filter(|view| !view.state.is_over()).map(|view| view.id).collect()
    } else {
        args.ids.clone()
    };
    let mut outcome = Outcome::Done;
    for id in ids {
        outcome = outcome.and(match transfers.cancel(id).await {
            Ok(_) => {
                say.done(format!("{} {id}", say.pick("Cancelled", "已取消")));
                Outcome::Done
            }
            Err(problem) => fail(&problem, say),
        });
    }
    Ok(outcome)
}

/// An upload as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrphanJson<'a> {
    profile: &'a str,
    key: &'a str,
    upload_id: &'a str,
    started: Option<String>,
    deleted: bool,
}

async fn clean(app: &App, transfers: &Transfers, args: &CleanArgs, say: Say) -> Result<Outcome> {
    let places: Vec<(String, String)> = match &args.remote {
        Some(remote) => vec![(remote.profile.clone(), remote.full_key(app)?)],
        None => {
            let profiles = app.profiles_unasked().into_iter().map(|view| view.profile);
            profiles.map(|profile| (profile.name, profile.prefix)).collect()
        }
    };
    let mut out = Out::new();
    let (mut outcome, mut found) = (Outcome::Done, 0);
    for (profile, prefix) in places {
        match transfers.clean(&profile, &prefix, args.older_than, !args.dry_run).await {
            Ok(orphans) => {
                found += orphans.len();
                for orphan in &orphans {
                    outcome = outcome.and(tell(&profile, orphan, args, &mut out, say));
                }
            }
            // One profile that cannot be reached keeps no other from being cleaned.
            Err(problem) => outcome = outcome.and(fail(&named(problem, &profile), say)),
        }
    }
    if found == 0 {
        say.note(say.pick("no unfinished uploads", "没有未完成的上传"));
    }
    Ok(outcome.and(out.finish(say)))
}

fn named(problem: Problem, profile: &str) -> Problem {
    if problem.subject.is_empty() {
        Problem { subject: profile.to_owned(), ..problem }
    } else {
        problem
    }
}

fn tell(profile: &str, orphan: &Orphan, args: &CleanArgs, out: &mut Out, say: Say) -> Outcome {
    let started = orphan.started.map(|started| started.to_string());
    if args.json {
        out.json(&OrphanJson {
            profile,
            key: &orphan.key,
            upload_id: &orphan.upload_id,
            started,
            deleted: orphan.given_up,
        });
    } else {
        let started = started.unwrap_or_else(|| "-".to_owned());
        out.line(columns([&started, &format!("{profile}:{}", orphan.key), &orphan.upload_id]));
    }
    if orphan.given_up || args.dry_run {
        return Outcome::Done;
    }
    say.error(
        format!("{}: {}", say.pick("could not be deleted", "未能删除"), orphan.key),
        say.pick("try again when the bucket can be reached", "请在存储桶可访问时重试"),
    );
    Outcome::SomeFailed
}
