//! The command line: `hoist`.
//!
//! Standard output is for results, standard error for people, and the exit status for programs.

mod app;
mod args;
mod backup;
mod bucket;
mod cp;
mod du;
mod exit;
mod failures;
mod figures;
mod get;
mod history;
mod jobs;
mod link;
mod ls;
mod model;
mod open;
mod out;
mod profile;
mod progress;
mod put;
mod remote;
mod rm;
mod say;
mod secret;
mod store;
mod sync;
mod transfers;
mod upload;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use tokio::runtime::Builder;
use tracing_subscriber::EnvFilter;

use crate::args::{Cli, Verb};
use crate::exit::Outcome;
use crate::say::Say;

fn main() -> ExitCode {
    // Asked for by this very program: it is no verb of the command line.
    if std::env::args_os().nth(1).is_some_and(|verb| verb == hoist_core::clipboard::OWNER_VERB) {
        return match hoist_core::clipboard::serve_owner() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are results and go to standard output; a closed pipe is no matter.
            let _ = error.print();
            return if error.use_stderr() { Outcome::Usage } else { Outcome::Done }.into();
        }
    };
    log();
    run(cli.verb, Say::from_env()).into()
}

fn run(verb: Verb, say: Say) -> Outcome {
    match verb {
        Verb::Completions(args) => completions(args.shell, say),
        Verb::App(args) => app::run(&args, say),
        Verb::Upload(args) => on_runtime(say, upload::run(args, say)),
        Verb::Put(args) => on_runtime(say, put::run(args, say)),
        Verb::Get(args) => on_runtime(say, get::run(args, say)),
        Verb::Ls(args) => on_runtime(say, ls::list(args, say)),
        Verb::Stat(args) => on_runtime(say, ls::stat(args, say)),
        Verb::Cp(args) => on_runtime(say, cp::copy(args, say)),
        Verb::Mv(args) => on_runtime(say, cp::mv(args, say)),
        Verb::Sync(args) => on_runtime(say, sync::run(args, say)),
        Verb::Du(args) => on_runtime(say, du::run(args, say)),
        Verb::Rm(args) => on_runtime(say, rm::run(args, say)),
        Verb::Transfers(args) => on_runtime(say, transfers::run(args, say)),
        Verb::Model(args) => on_runtime(say, model::run(args, say)),
        Verb::Backup(args) => on_runtime(say, backup::run(args.verb, say)),
        Verb::Profile(args) => on_runtime(say, profile::run(args.verb, say)),
        Verb::Bucket(args) => on_runtime(say, bucket::run(args.verb, say)),
        Verb::Link(args) => on_runtime(say, link::run(args, say)),
        Verb::History(args) => on_runtime(say, history::run(args, say)),
        Verb::Store(args) => on_threads(say, store::run(args, say)),
    }
}

/// On this thread: what waits for a network gains nothing from others, and waking them costs more
/// than a small request. Files are read and hashed on threads for blocking work.
fn on_runtime(say: Say, work: impl Future<Output = Outcome>) -> Outcome {
    run_on(Builder::new_current_thread(), say, work)
}

/// Where others are served.
fn on_threads(say: Say, work: impl Future<Output = Outcome>) -> Outcome {
    let mut threads = Builder::new_multi_thread();
    threads.worker_threads(2);
    run_on(threads, say, work)
}

fn run_on(mut builder: Builder, say: Say, work: impl Future<Output = Outcome>) -> Outcome {
    match builder.enable_all().build() {
        Ok(runtime) => {
            let outcome = runtime.block_on(work);
            // A thread that still waits for a keyring or a slow disk does not hold up the end.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => {
            say.error(
                error,
                say.pick("close other programs and try again", "请关闭其他程序后重试"),
            );
            Outcome::SomeFailed
        }
    }
}

fn completions(shell: clap_complete::Shell, say: Say) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hoist", &mut script);
    let mut out = out::Out::new();
    out.write(&script);
    out.finish(say)
}

/// What happens, on standard error, when HOIST_LOG asks for it.
fn log() {
    if let Ok(filter) = EnvFilter::try_from_env("HOIST_LOG") {
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }
}
