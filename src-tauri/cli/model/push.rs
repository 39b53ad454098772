//! `hoist model push`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::model::{Push, PushReport};
use hoist_core::problem::{Code, Language, Problem, Reason, Result};
use hoist_core::transfer::Meter;
use serde::Serialize;
use serde_json::Value;

use super::{FailureJson, failures_json, named, shown, tell_failures};
use crate::args::model::PushArgs;
use crate::exit::Outcome;
use crate::figures;
use crate::out::Out;
use crate::put::absolute;
use crate::say::Say;

/// A push as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PushJson<'a> {
    ok: bool,
    name: &'a str,
    version: &'a str,
    parent: Option<&'a str>,
    files: u64,
    size: u64,
    sent: u64,
    copied: u64,
    found: u64,
    seconds: u64,
    errors: Vec<FailureJson<'a>>,
}

pub(super) async fn run(app: &App, args: &PushArgs, say: Say) -> Result<Outcome> {
    let say = say.quiet(args.show.quiet);
    let (profile, model) = named(app, &args.model, &args.of)?;
    let request = Push {
        name: model.name,
        version: model.version,
        source: PathBuf::from(absolute(&args.source)?),
        description: args.description.clone(),
        metrics: json_of(args.metrics.as_deref())?,
        training_config: json_of(args.training_config.as_deref())?,
        parent: args.parent.clone(),
        force: args.force,
    };
    app.transfers().await?.limit_rate(args.show.limit_rate);
    let meter: Arc<Meter> = Arc::default();
    let push = app.push_model(&profile, &request, Arc::clone(&meter));
    let again = say.pick("the same command", "同一命令");
    let Some(report) = shown(&meter, args.show.quiet, say, push).await? else {
        say.hint(format!(
            "{} {again}",
            say.pick("not complete; it goes on with", "尚未完成；继续请运行")
        ));
        return Ok(Outcome::Interrupted);
    };
    let mut out = Out::new();
    if args.show.json {
        out.json(&json(&report, say));
    } else if report.finished {
        out.line(format!("{}@{}", report.name, report.version));
    }
    let outcome = if report.finished {
        say.done(summary(&report, say));
        Outcome::Done
    } else {
        tell_failures(&report.failed, report.stopped.as_ref(), again, say)
    };
    Ok(outcome.and(out.finish(say)))
}

fn json(report: &PushReport, say: Say) -> PushJson<'_> {
    PushJson {
        ok: report.finished,
        name: &report.name,
        version: &report.version,
        parent: report.parent.as_deref(),
        files: report.files,
        size: report.size,
        sent: report.sent,
        copied: report.copied,
        found: report.found,
        seconds: report.seconds,
        errors: failures_json(&report.failed, report.stopped.as_ref(), say),
    }
}

fn summary(report: &PushReport, say: Say) -> String {
    let bytes = figures::bytes;
    let (files, size, sent) = (report.files, bytes(report.size), bytes(report.sent));
    let (copied, found) = (bytes(report.copied), bytes(report.found));
    let took = figures::time(std::time::Duration::from_secs(report.seconds), say.language);
    let mut text = match say.language {
        Language::English if files == 1 => format!("1 file, {size}: {sent} sent"),
        Language::English => format!("{files} files, {size}: {sent} sent"),
        Language::Chinese => format!("{files} 个文件，{size}：发送 {sent}"),
    };
    if report.copied > 0 {
        text.push_str(&match say.language {
            Language::English => format!(", {copied} copied inside the bucket"),
            Language::Chinese => format!("，桶内复制 {copied}"),
        });
    }
    if report.found > 0 {
        text.push_str(&match say.language {
            Language::English => format!(", {found} there already"),
            Language::Chinese => format!("，已存在 {found}"),
        });
    }
    match say.language {
        Language::English => format!("{text}; {took}"),
        Language::Chinese => format!("{text}；用时 {took}"),
    }
}

/// What a JSON file holds.
fn json_of(path: Option<&Path>) -> Result<Option<Value>> {
    let Some(path) = path else { return Ok(None) };
    let shown = path.display().to_string();
    let text = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::new(Code::FileNotFound, &shown),
        _ => Problem::from_io(Code::FileUnreadable, &shown, &error),
    })?;
    serde_json::from_slice(&text).map(Some).map_err(|error| {
        Problem::new(Code::FileUnreadable, shown).with_reason(Reason::Said(error.to_string()))
    })
}
