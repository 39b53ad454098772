//! `hoist store`: the built-in store in the foreground.

use hoist_core::builtin::BuiltinEndpoint;
use hoist_core::config::Config;
use hoist_core::home::Home;
use hoist_core::problem::{Code, Problem, Result};
use hoist_server::store::{ServeOptions, serve_foreground};

use crate::args::StoreArgs;
use crate::exit::Outcome;
use crate::out::Out;
use crate::say::Say;

pub(crate) async fn run(args: StoreArgs, say: Say) -> Outcome {
    match serve(&args, say).await {
        Ok(()) => Outcome::Done,
        Err(Problem { code: Code::DataInUse, detail: Some(endpoint), .. }) => {
            say.error(
                format!(
                    "{} {endpoint}",
                    say.pick(
                        "another Hoist runs the built-in store already, at",
                        "另一个 Hoist 已在运行内置存储，地址为"
                    )
                ),
                say.pick(
                    "its links open as they are; to run it here, end the other one",
                    "链接已可打开；如要在此运行，请先结束另一个",
                ),
            );
            Outcome::SomeFailed
        }
        Err(problem) => {
            say.problem(&problem);
            Outcome::of(&problem)
        }
    }
}

async fn serve(args: &StoreArgs, say: Say) -> Result<()> {
    let home = Home::from_env()?;
    home.create()?;
    let port = match args.port {
        Some(port) => port,
        None => Config::load(&home)?.settings().store_port,
    };
    let ready = move |endpoint: &BuiltinEndpoint| {
        // The one result: what links start with, for whoever waits until the store answers.
        Out::new().line(&endpoint.public_base);
        warn_if_moved(endpoint.status.moved, endpoint.status.port, port, say);
        say.done(format!("{} {}", say.pick("S3 endpoint", "S3 端点"), endpoint.endpoint_url));
        say.done(say.pick("Ctrl+C ends the store", "按 Ctrl+C 结束"));
    };
    serve_foreground(ServeOptions { home, port }, ready, end_asked_for()).await
}

/// Links made before point at the port of the settings.
pub(crate) fn warn_if_moved(moved: bool, port: u16, wanted: u16, say: Say) {
    if moved {
        say.warning(match say.language {
            hoist_core::problem::Language::English => format!(
                "port {wanted} is taken by another program, so the built-in store answers on {port}; links made before do not open until {wanted} is free again"
            ),
            hoist_core::problem::Language::Chinese => format!(
                "端口 {wanted} 被其他程序占用，内置存储改用 {port}；在 {wanted} 空闲之前，以前的链接无法打开"
            ),
        });
    }
}

/// Ends when the person or the system asks for it.
pub(crate) async fn end_asked_for() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut term), Ok(mut hangup)) =
            (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
                _ = hangup.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
