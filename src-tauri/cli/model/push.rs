//! `hoist model push`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::model::{FileFailure, Parent, Push, PushReport};
use hoist_core::problem::{Code, Language, Problem, Reason, Result};
use hoist_core::transfer::{Failure, Meter};
use serde::Serialize;
use serde_json::Value;

use super::{Ended, FailureJson, named};
use crate::args::model::PushArgs;
use crate::exit::Outcome;
use crate::figures;
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
        parent: args.parent.clone().map_or(Parent::Latest, Parent::Named),
        force: args.force,
    };
    app.transfers().await?.limit_rate(args.show.limit_rate);
    let meter: Arc<Meter> = Arc::default();
    let push = app.push_model(&profile, &request, Arc::clone(&meter));
    super::ended(&meter, args.show, say, push).await
}

impl Ended for PushReport {
    fn is_finished(&self) -> bool {
        self.finished
    }

    fn failures(&self) -> (&[FileFailure], Option<&Failure>) {
        (&self.failed, self.stopped.as_ref())
    }

    fn line(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    fn json<'a>(&'a self, errors: Vec<FailureJson<'a>>) -> impl Serialize {
        PushJson {
            ok: self.finished,
            name: &self.name,
            version: &self.version,
            parent: self.parent.as_deref(),
            files: self.files,
            size: self.size,
            sent: self.sent,
            copied: self.copied,
            found: self.found,
            seconds: self.seconds,
            errors,
        }
    }

    fn summary(&self, say: Say) -> String {
        let bytes = figures::bytes;
        let (files, size, sent) = (self.files, bytes(self.size), bytes(self.sent));
        let (copied, found) = (bytes(self.copied), bytes(self.found));
        let took = figures::time(std::time::Duration::from_secs(self.seconds), say.language);
        let mut text = match say.language {
            Language::English if files == 1 => format!("1 file, {size}: {sent} sent"),
            Language::English => format!("{files} files, {size}: {sent} sent"),
            Language::Chinese => format!("{files} 个文件，{size}：发送 {sent}"),
        };
        if self.copied > 0 {
            text.push_str(&match say.language {
                Language::English => format!(", {copied} copied inside the bucket"),
                Language::Chinese => format!("，桶内复制 {copied}"),
            });
        }
        if self.found > 0 {
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
