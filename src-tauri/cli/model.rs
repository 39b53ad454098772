//! `hoist model`: named, versioned sets of files in a bucket.

mod change;
mod list;
mod pull;
mod push;
mod show;
mod verify;

use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::model::{FileFailure, ModelName};
use hoist_core::problem::Result;
use hoist_core::transfer::{Failure, Meter};
use serde::Serialize;

use crate::args::model::{ModelArgs, ModelShow, ModelVerb, OfProfile};
use crate::exit::Outcome;
use crate::failures::{ErrorJson, Fixes, error_json};
use crate::ls::opened;
use crate::out::Out;
use crate::remote::RemoteArg;
use crate::say::Say;

pub(crate) async fn run(args: ModelArgs, say: Say) -> Outcome {
    opened(say, async |app| match &args.verb {
        ModelVerb::Push(args) => push::run(app, args, say).await,
        ModelVerb::Pull(args) => pull::run(app, args, say).await,
        ModelVerb::List(args) => list::run(app, args, say).await,
        ModelVerb::Show(args) => show::run(app, args, say).await,
        ModelVerb::Verify(args) => verify::verify(app, args, say).await,
        ModelVerb::Compare(args) => verify::compare(app, args, say).await,
        ModelVerb::Rm(args) => change::remove(app, args, say).await,
        ModelVerb::Alias(args) => change::alias(app, args, say).await,
    })
    .await
}

/// The profile that is meant, and what follows its colon.
fn split<'a>(app: &App, text: &'a str, of: &OfProfile) -> (String, &'a str) {
    if let Ok(remote) = text.parse::<RemoteArg>() {
        let rest = &text[text.len() - remote.key.len()..];
        return (remote.profile, rest);
    }
    let profile = of.profile.clone().unwrap_or_else(|| app.settings().default_profile);
    (profile, text)
}

/// A model, and the profile that is meant.
fn named(app: &App, text: &str, of: &OfProfile) -> Result<(String, ModelName)> {
    let (profile, name) = split(app, text, of);
    Ok((profile, name.parse()?))
}

/// Works on something that takes time, with a line that shows how far it is; `None` when Ctrl+C or
/// the system ended it, after which it can be gone on with.
async fn shown<T>(
    meter: &Arc<Meter>,
    quiet: bool,
    say: Say,
    work: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    crate::jobs::watched(work, meter, quiet, say).await.transpose()
}

/// A failure of a push or a pull as `--json` prints it.
#[derive(Debug, Serialize)]
struct FailureJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(flatten)]
    error: ErrorJson<'a>,
}

fn failures_json<'a>(
    failed: &'a [FileFailure],
    stopped: Option<&'a Failure>,
    say: Say,
) -> Vec<FailureJson<'a>> {
    let of_files = failed.iter().map(|file| (Some(file.path.as_str()), &file.failure));
    of_files
        .chain(stopped.map(|failure| (None, failure)))
        .map(|(path, failure)| FailureJson { path, error: error_json(failure, say) })
        .collect()
}

/// How a push or a pull ended.
trait Ended {
    fn is_finished(&self) -> bool;
    fn failures(&self) -> (&[FileFailure], Option<&Failure>);
    /// What standard output gets of one that is finished.
    fn line(&self) -> String;
    fn json<'a>(&'a self, errors: Vec<FailureJson<'a>>) -> impl Serialize;
    fn summary(&self, say: Say) -> String;
}

/// Works on a push or a pull until it ends, and tells how.
async fn ended<E: Ended>(
    meter: &Arc<Meter>,
    show: ModelShow,
    say: Say,
    work: impl Future<Output = Result<E>>,
) -> Result<Outcome> {
    let Some(end) = shown(meter, show.quiet, say, work).await? else {
        goes_on_with_the_same(say);
        return Ok(Outcome::Interrupted);
    };
    let (failed, stopped) = end.failures();
    let mut out = Out::new();
    if show.json {
        out.json(&end.json(failures_json(failed, stopped, say)));
    } else if end.is_finished() {
        out.line(end.line());
    }
    let outcome = if end.is_finished() {
        say.done(end.summary(say));
        Outcome::Done
    } else {
        tell_failures(failed, stopped, say)
    };
    Ok(outcome.and(out.finish(say)))
}

/// Tells what failed, each remedy once, and what goes on with it.
fn tell_failures(failed: &[FileFailure], stopped: Option<&Failure>, say: Say) -> Outcome {
    let mut outcome = Outcome::SomeFailed;
    let mut fixes = Fixes::default();
    for failure in failed.iter().map(|file| &file.failure).chain(stopped) {
        fixes.failed(failure, say);
        outcome = outcome.and(Outcome::of_failure(failure));
    }
    fixes.hints(say);
    goes_on_with_the_same(say);
    outcome
}

fn goes_on_with_the_same(say: Say) {
    say.goes_on_with(say.pick("the same command", "同一命令"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_what_stands_before_the_colon() {
        for (text, profile, rest) in
            [("r2:m@v1", Some("r2"), "m@v1"), ("m@v1", None, "m@v1"), ("r2:", Some("r2"), "")]
        {
            let remote = text.parse::<RemoteArg>().ok();
            assert_eq!(remote.as_ref().map(|remote| remote.profile.as_str()), profile);
            assert_eq!(remote.map_or(text.to_owned(), |remote| remote.key), rest);
        }
    }
}
