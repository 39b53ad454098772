//! From the first line of `main` to the running event loop.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hoist_core::app::{App, AppOptions};
use hoist_core::clipboard::SystemClipboard;
use hoist_core::config::Config;
use hoist_core::home::Home;
use hoist_core::problem::{Problem, Result};
use hoist_server::store::LocalStore;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, RunEvent, Wry};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tracing_subscriber::EnvFilter;

use crate::host::TauriHost;
use crate::sink::DesktopSink;
use crate::windows::Kind;
use crate::{Desktop, actions, bindings, shell, shortcut, tray, windows, words};

/// Starts in the tray, without a window: for the start of a session.
const HIDDEN: &str = "--hidden";

/// Longest wait for what must still be done when Hoist quits, such as deletions that were not undone.
const FAREWELL: Duration = Duration::from_secs(10);

/// Runs Hoist until it is quit.
pub fn run() {
    start_log();
    let commands = bindings::builder::<Wry>();
    let app = tauri::Builder::default()
        // First, so that a second launch ends before it opens anything.
        .plugin(single_instance())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(shortcut::plugin())
        .invoke_handler(commands.invoke_handler())
        .on_window_event(windows::on_event)
        .setup(|app| {
            let app = app.handle();
            if let Err(problem) = start(app) {
                say_why(app, &problem);
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => app.run(on_run_event),
        Err(error) => {
            tracing::error!(%error, "no window system");
            std::process::exit(1);
        }
    }
}

fn start_log() {
    let filter = EnvFilter::try_from_env("HOIST_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(std::io::stderr)
        .init();
}

fn start(app: &AppHandle) -> Result<()> {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let (sink, events) = DesktopSink::new();
    let core = tauri::async_runtime::block_on(open_core(Arc::clone(&sink)))?;
    for shown in [core.home().thumbs_dir(), core.home().previews_dir()] {
        if let Err(error) = app.asset_protocol_scope().allow_directory(shown, true) {
            tracing::error!(%error, "pictures cannot be shown");
        }
    }
    let settings = core.settings();
    let host = Arc::new(TauriHost::new(app.clone()));
    app.manage(Desktop::new(core, sink, host));

    let hidden = arguments.iter().any(|argument| argument == HIDDEN);
    windows::open(app, Kind::Main, !hidden)
        .map_err(|error| crate::error::internal("window", error))?;
    shortcut::apply(app, &settings.shortcut);
    tray::install(app);
    tauri::async_runtime::spawn(shell::follow(app.clone(), events));
    app.state::<Desktop>().core.follow_backups();
    let core = app.state::<Desktop>().core.clone();
    tauri::async_runtime::spawn(async move {
        // Links made before must open now, not only after the next upload.
        if let Err(problem) = core.start_store().await {
            tracing::warn!(%problem, "the built-in store does not run");
        }
        if let Err(problem) = core.continue_transfers().await {
            tracing::warn!(%problem, "interrupted transfers cannot be gone on with");
        }
    });
    let cwd = std::env::current_dir().unwrap_or_default();
    actions::upload_arguments(app, &paths(&arguments), &cwd);
    Ok(())
}

async fn open_core(sink: Arc<DesktopSink>) -> Result<App> {
    let home = Home::from_env()?;
    let port = Config::load(&home)?.settings().store_port;
    App::open(AppOptions {
        builtin: Arc::new(LocalStore::new(&home, port)),
        clipboard: Arc::new(SystemClipboard::new()),
        events: sink,
        extra_ca: std::env::var_os("HOIST_CA_FILE").map(Into::into),
        home,
    })
    .await
}

/// A start that failed is said in a dialog: there is no window to say it in.
fn say_why(app: &AppHandle, problem: &Problem) {
    tracing::error!(%problem, "cannot start");
    let words = words::of_system();
    let text = problem.text(words.language());
    let end = app.clone();
    app.dialog()
        .message(format!("{}\n\n{}", text.what, text.fix))
        .title(words.cannot_start)
        .kind(MessageDialogKind::Error)
        .show(move |_| end.exit(3));
}

/// A second launch hands its paths to the first, which uploads them, or shows its window.
fn single_instance() -> TauriPlugin<Wry> {
    let builder = tauri_plugin_single_instance::Builder::new().callback(|app, arguments, cwd| {
        if app.try_state::<Desktop>().is_none() {
            return; // still starting, or saying why it cannot
        }
        let arguments = arguments.get(1..).unwrap_or_default();
        actions::upload_arguments(app, &paths(arguments), Path::new(&cwd));
        if !arguments.iter().any(|argument| argument == HIDDEN) {
            windows::show(app, Kind::Main);
        }
    });
    // A portable copy beside an installed one is an instance of its own.
    match std::env::var("HOIST_HOME") {
        Ok(home) if !home.is_empty() => {
            builder.dbus_id(format!("app.hoist.portable-{:016x}", fingerprint(&home))).build()
        }
        _ => builder.build(),
    }
}

/// FNV-1a: the same for the same text in every build.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn paths(arguments: &[String]) -> Vec<String> {
    arguments.iter().filter(|argument| !argument.starts_with("--")).cloned().collect()
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    match event {
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => windows::show(app, Kind::Main),
        // Files opened with Hoist do not come as arguments there.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let files: Vec<String> = urls.iter().map(ToString::to_string).collect();
            if app.try_state::<Desktop>().is_some() {
                actions::upload_arguments(app, &files, Path::new("/"));
            }
        }
        // The last window is gone, but the tray leads back to new ones.
        RunEvent::ExitRequested { code: None, api, .. } if windows::stays(app) => {
            api.prevent_exit();
        }
        RunEvent::Exit => {
            let Some(desktop) = app.try_state::<Desktop>() else { return };
            let core = desktop.core.clone();
            let flushed = tauri::async_runtime::block_on(async move {
                tokio::time::timeout(FAREWELL, core.flush_pending()).await
            });
            if flushed.is_err() {
                tracing::warn!("not everything could be finished before quitting");
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_no_paths() {
        let arguments = ["--hidden", "a.png", "-b.png"].map(str::to_owned);
        assert_eq!(paths(&arguments), ["a.png", "-b.png"]);
    }

    #[test]
    fn the_fingerprint_of_a_home_is_always_the_same() {
        assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
