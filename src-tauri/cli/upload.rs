//! `hoist upload`.

mod input;
pub(crate) mod report;

use std::sync::Arc;
use std::time::Duration;

use hoist_core::app::{App, UploadOptions, Uploaded};
use hoist_core::builtin::BuiltinStore;
use hoist_core::clipboard::{SystemClipboard, write_text_detached};
use hoist_core::link::LinkTemplate;
use hoist_core::naming::NamePattern;
use hoist_core::problem::{Code, Problem, Result};
use hoist_core::profile::Provider;

use self::input::Input;
use self::report::Report;
use crate::args::UploadArgs;
use crate::exit::Outcome;
use crate::open::{self, Opened};
use crate::progress::Progress;
use crate::say::Say;
use crate::store::warn_if_moved;

/// How often the built-in store may move to another program during one run.
const STORE_MOVES: usize = 5;

/// How long uploads that were told to stop may take to do so.
const STOPPING: Duration = Duration::from_secs(5);

pub(crate) async fn run(args: UploadArgs, say: Say) -> Outcome {
    let say = say.quiet(args.quiet);
    if args.inputs.iter().filter(|input| *input == "-").count() > 1 {
        say.error(
            say.pick("standard input can be uploaded only once", "标准输入只能上传一次"),
            say.pick("write - once", "请只写一个 -"),
        );
        return Outcome::Usage;
    }
    let report = Report::new(args.json, say);
    let labels: Vec<String> = args.inputs.iter().map(|input| input::label(input)).collect();
    let progress = Arc::new(Progress::new(args.quiet));
    let Opened { app, store } = match open::open(progress.clone()).await {
        Ok(opened) => opened,
        Err(problem) => return report.none(&labels, &problem),
    };
    if let Err(problem) = check(&app, &args) {
        // A flag that makes no sense is a matter of the command line, not of the configuration.
        report.none(&labels, &problem);
        return Outcome::Usage;
    }
    let inputs = match input::read(&args.inputs, Arc::new(SystemClipboard)).await {
        Ok(inputs) => inputs,
        Err(problem) => return report.none(&labels, &problem),
    };
    let (interrupted, results) = upload(&app, &inputs, &args).await;
    progress.finish();
    app.flush_pending().await;
    let here = store.is_here().await;
    let (mut outcome, links) = tell(&app, report, &inputs, results, &args, here);
    let status = store.status();
    if status.running {
        warn_if_moved(status.moved, status.port, app.settings().store_port, say);
    }
    // Beside the uploads: the history's disk, the keyring of the built-in store.
    for failure in progress.failures() {
        say.warning_of(&failure);
    }
    if args.copy && !links.is_empty() {
        outcome = outcome.and(copy(links, say).await);
    }
    // Lets go of the data in good order; the next program finds it closed.
    store.stop().await;
    if interrupted { Outcome::Interrupted } else { outcome }
}

/// Puts links on the clipboard, where they stay after this program has ended.
pub(crate) async fn copy(links: Vec<String>, say: Say) -> Outcome {
    let count = links.len();
    match input::blocking(move || write_text_detached(&links.join("\n"))).await {
        Ok(()) => {
            say.done(match count {
                1 => say.pick("Copied 1 link", "已复制 1 条链接").to_owned(),
                _ => format!(
                    "{} {count} {}",
                    say.pick("Copied", "已复制"),
                    say.pick("links", "条链接")
                ),
            });
            Outcome::Done
        }
        Err(problem) => {
            say.problem(&problem);
            Outcome::SomeFailed
        }
    }
}

/// Everything of the command line that can be wrong, before anything is sent.
fn check(app: &App, args: &UploadArgs) -> Result<()> {
    let settings = app.settings();
    if let Some(pattern) = &args.name {
        NamePattern::parse(pattern)?;
    }
    if let Some(spec) = &args.transform {
        match app.transform_check_for(spec, args.profile.as_deref()) {
            // Each input says so itself.
            Err(problem) if problem.code == Code::ProfileNotFound => {}
            checked => drop(checked?),
        }
    }
    LinkTemplate::named(format(args), &settings.custom_formats)?;
    Ok(())
}

fn format(args: &UploadArgs) -> &str {
    if args.json { "markdown" } else { &args.format }
}

/// Uploads all, until done or interrupted; results are in input order either way.
async fn upload(app: &App, inputs: &[Input], args: &UploadArgs) -> (bool, Vec<Result<Uploaded>>) {
    let mut uploads = std::pin::pin!(upload_all(app, inputs, args));
    tokio::select! {
        results = &mut uploads => return (false, results),
        _ = tokio::signal::ctrl_c() => app.cancel_all(),
    }
    // Cancelled ones end at once and say so; what was stored by then is printed.
    let results = tokio::time::timeout(STOPPING, uploads).await.unwrap_or_else(|_| {
        inputs.iter().map(|input| Err(Problem::new(Code::Cancelled, &input.label))).collect()
    });
    (true, results)
}

async fn upload_all(app: &App, inputs: &[Input], args: &UploadArgs) -> Vec<Result<Uploaded>> {
    let options = UploadOptions {
        profile: args.profile.clone(),
        naming: args.name.clone(),
        transform: args.transform.clone(),
        transform_place: args.transform_at.map(Into::into),
        ..UploadOptions::default()
    };
    let sources = inputs.iter().map(|input| input.source.clone()).collect();
    let mut results = app.upload_now(sources, options.clone()).await;
    if !is_built_in(app, args) {
        return results;
    }
    // The built-in store may have been served by another program that has just ended. Whoever asks
    // next serves it.
    for _ in 0..STORE_MOVES {
        let lost: Vec<usize> = (0..results.len())
            .filter(|n| matches!(&results[*n], Err(problem) if problem.code == Code::Network))
            .collect();
        if lost.is_empty() {
            break;
        }
        let sources = lost.iter().map(|n| inputs[*n].source.clone()).collect();
        let again = app.upload_now(sources, options.clone()).await;
        for (n, result) in lost.into_iter().zip(again) {
            results[n] = result;
        }
    }
    results
}

fn is_built_in(app: &App, args: &UploadArgs) -> bool {
    app.profiles_unasked().iter().any(|view| {
        let chosen = match &args.profile {
            Some(name) => *name == view.profile.name,
            None => view.is_default,
        };
        chosen && view.profile.provider == Provider::Local
    })
}

fn tell(
    app: &App,
    mut report: Report,
    inputs: &[Input],
    results: Vec<Result<Uploaded>>,
    args: &UploadArgs,
    store_is_here: bool,
) -> (Outcome, Vec<String>) {
    for (input, result) in inputs.iter().zip(results) {
        let linked = result.and_then(|uploaded| {
            let link = app.link(&uploaded, format(args))?;
            Ok((uploaded, link))
        });
        report.result(&input.label, &linked);
    }
    report.finish(store_is_here)
}
