//! `hoist model pull`.

use std::path::PathBuf;
use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::model::{Pull, PullReport};
use hoist_core::problem::{Language, Result};
use hoist_core::transfer::Meter;
use serde::Serialize;

use super::{FailureJson, failures_json, named, shown, tell_failures};
use crate::args::model::PullArgs;
use crate::exit::Outcome;
use crate::figures;
use crate::out::Out;
use crate::say::Say;

/// A pull as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PullJson<'a> {
    ok: bool,
    name: &'a str,
    version: &'a str,
    into: &'a str,
    files: u64,
    size: u64,
    fetched: u64,
    kept: u64,
    seconds: u64,
    errors: Vec<FailureJson<'a>>,
}

pub(super) async fn run(app: &App, args: &PullArgs, say: Say) -> Result<Outcome> {
    let say = say.quiet(args.show.quiet);
    let (profile, model) = named(app, &args.model, &args.of)?;
    let request = Pull {
        into: args.into.clone().unwrap_or_else(|| PathBuf::from(&model.name)),
        name: model.name,
        version: model.version,
    };
    app.transfers().await?.limit_rate(args.show.limit_rate);
    let meter: Arc<Meter> = Arc::default();
    let pull = app.pull_model(&profile, &request, Arc::clone(&meter));
    let again = say.pick("the same command", "同一命令");
    let Some(report) = shown(&meter, args.show.quiet, say, pull).await? else {
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
        out.line(&report.into);
    }
    let outcome = if report.finished {
        say.done(summary(&report, say));
        Outcome::Done
    } else {
        tell_failures(&report.failed, report.stopped.as_ref(), again, say)
    };
    Ok(outcome.and(out.finish(say)))
}

fn json(report: &PullReport, say: Say) -> PullJson<'_> {
    PullJson {
        ok: report.finished,
        name: &report.name,
        version: &report.version,
        into: &report.into,
        files: report.files,
        size: report.size,
        fetched: report.fetched,
        kept: report.kept,
        seconds: report.seconds,
        errors: failures_json(&report.failed, report.stopped.as_ref(), say),
    }
}

fn summary(report: &PullReport, say: Say) -> String {
    let PullReport { name, version, files, .. } = report;
    let (fetched, kept) = (figures::bytes(report.fetched), figures::bytes(report.kept));
    let took = figures::time(std::time::Duration::from_secs(report.seconds), say.language);
    match say.language {
        Language::English if *files == 1 => format!(
            "{name}@{version}: 1 file matches the manifest; {fetched} fetched, {kept} here already; {took}"
        ),
        Language::English => format!(
            "{name}@{version}: {files} files match the manifest; {fetched} fetched, {kept} here already; {took}"
        ),
        Language::Chinese => format!(
            "{name}@{version}：{files} 个文件与清单一致；下载 {fetched}，本地已有 {kept}；用时 {took}"
        ),
    }
}
