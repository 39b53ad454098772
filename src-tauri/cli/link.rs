//! `hoist link`: the links of what is stored already.

use std::sync::Arc;

use hoist_core::app::{App, LinkOptions, Linked};
use hoist_core::link::LinkTemplate;
use hoist_core::problem::{Code, Problem, Result};
use serde::Serialize;

use crate::args::LinkArgs;
use crate::exit::Outcome;
use crate::open::{self, Opened};
use crate::out::{Out, one_line};
use crate::progress::Failures;
use crate::say::Say;
use crate::upload::copy;
use crate::upload::report::failed_line;

/// A link as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkJson<'a> {
    ok: bool,
    input: &'a str,
    url: &'a str,
    markdown: &'a str,
    base: &'a str,
    process: Option<&'a str>,
    profile: Option<&'a str>,
    key: Option<&'a str>,
    width: Option<u32>,
    height: Option<u32>,
    /// Seconds the link opens for.
    expires: Option<u64>,
}

pub(crate) async fn run(args: LinkArgs, say: Say) -> Outcome {
    let mut out = Out::new();
    let failures = Arc::new(Failures::default());
    let Opened { app, store } = match open::open(failures.clone()).await {
        Ok(opened) => opened,
        Err(problem) => {
            for input in &args.inputs {
                failed_line(&mut out, args.json, input, &problem, say);
            }
            say.problem(&problem);
            return Outcome::of(&problem).and(out.finish(say));
        }
    };
    if let Err(problem) = check(&app, &args) {
        say.problem(&problem);
        return Outcome::Usage;
    }
    let options = LinkOptions {
        profile: args.profile.clone(),
        transform: args.transform.clone(),
        expires: args.expires,
    };
    let mut outcome = Outcome::Done;
    let mut links = Vec::new();
    for input in &args.inputs {
        match link(&app, input, &options, &args).await {
            Ok((linked, text)) => {
                tell(&mut out, input, &linked, &text, &args);
                links.push(text);
            }
            Err(problem) => {
                outcome = outcome.and(Outcome::of(&problem));
                failed_line(&mut out, args.json, input, &problem, say);
                say.problem(&problem);
            }
        }
    }
    // Where one link could be made, configuration and keys are right.
    if outcome == Outcome::Configuration && !links.is_empty() {
        outcome = Outcome::SomeFailed;
    }
    outcome = outcome.and(out.finish(say));
    for failure in failures.take() {
        say.warning_of(&failure);
    }
    if args.copy && !links.is_empty() {
        outcome = outcome.and(copy(links, say).await);
    }
    store.stop().await;
    outcome
}

/// What of the command line can be wrong for every input.
fn check(app: &App, args: &LinkArgs) -> Result<()> {
    LinkTemplate::named(format(args), &app.settings().custom_formats)?;
    // A preset may be the own one of a profile that only the input names.
    match args.transform.as_deref().filter(|spec| !spec.trim_start().starts_with("preset:")) {
        Some(spec) => app.transform_check(spec).map(drop),
        None => Ok(()),
    }
}

async fn link(
    app: &App,
    input: &str,
    options: &LinkOptions,
    args: &LinkArgs,
) -> Result<(Linked, String)> {
    if input.trim().is_empty() {
        return Err(Problem::new(Code::UrlInvalid, input));
    }
    let linked = app.link_to(input, options).await?;
    let text = app.linked_as(&linked, format(args))?;
    Ok((linked, text))
}

fn tell(out: &mut Out, input: &str, linked: &Linked, text: &str, args: &LinkArgs) {
    if !args.json {
        out.line(one_line(text));
        return;
    }
    out.json(&LinkJson {
        ok: true,
        input,
        url: &linked.url,
        markdown: text,
        base: &linked.base,
        process: linked.process.as_deref(),
        profile: linked.profile.as_deref(),
        key: linked.key.as_deref(),
        width: linked.width,
        height: linked.height,
        expires: args.expires.map(|expires| expires.as_secs()),
    });
}

fn format(args: &LinkArgs) -> &str {
    if args.json { "markdown" } else { &args.format }
}
