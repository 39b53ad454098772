//! `hoist model pull`.

use std::path::PathBuf;
use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::model::{FileFailure, Pull, PullReport};
use hoist_core::problem::{Language, Result};
use hoist_core::transfer::{Failure, Meter};
use serde::Serialize;

use super::{Ended, FailureJson, named};
use crate::args::model::PullArgs;
use crate::exit::Outcome;
use crate::figures;
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
    super::ended(&meter, args.show, say, pull).await
}

impl Ended for PullReport {
    fn is_finished(&self) -> bool {
        self.finished
    }

    fn failures(&self) -> (&[FileFailure], Option<&Failure>) {
        (&self.failed, self.stopped.as_ref())
    }

    fn line(&self) -> String {
        self.into.clone()
    }

    fn json<'a>(&'a self, errors: Vec<FailureJson<'a>>) -> impl Serialize {
        PullJson {
            ok: self.finished,
            name: &self.name,
            version: &self.version,
            into: &self.into,
            files: self.files,
            size: self.size,
            fetched: self.fetched,
            kept: self.kept,
            seconds: self.seconds,
            errors,
        }
    }

    fn summary(&self, say: Say) -> String {
        let PullReport { name, version, files, .. } = self;
        let (fetched, kept) = (figures::bytes(self.fetched), figures::bytes(self.kept));
        let took = figures::time(std::time::Duration::from_secs(self.seconds), say.language);
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
}
