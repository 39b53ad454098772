//! What tray, shortcut, drops and second launches start: the same uploads, begun outside a page.

use std::path::{Path, PathBuf};

use hoist_core::app::UploadOptions;
use hoist_core::problem::Problem;
use hoist_core::source::Source;
use tauri::{AppHandle, Manager, Runtime};

use crate::{Desktop, notify, windows, words};

/// Uploads what is on the clipboard; a notification tells how it went.
pub(crate) fn upload_clipboard<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let desktop = app.state::<Desktop>();
        if let Err(problem) = desktop.core.enqueue_clipboard(in_background()).await {
            tell(&app, &problem);
        }
    });
}

/// Asks for files and uploads them.
pub(crate) fn choose_files<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let desktop = app.state::<Desktop>();
        let paths = desktop.host.choose_files().await;
        if !paths.is_empty() {
            desktop.core.enqueue(sources(&paths), in_background());
        }
    });
}

/// Uploads what was dropped on a window.
pub(crate) fn upload_dropped<R: Runtime>(app: &AppHandle<R>, paths: &[PathBuf]) {
    if paths.is_empty() {
        return;
    }
    app.state::<Desktop>().core.enqueue(sources(paths), UploadOptions::default());
}

/// Uploads the paths and URLs of a command line; answers whether there were any.
pub(crate) fn upload_arguments<R: Runtime>(
    app: &AppHandle<R>,
    arguments: &[String],
    cwd: &Path,
) -> bool {
    let sources: Vec<Source> = arguments
        .iter()
        .map(|argument| match Source::from_argument(argument) {
            // The second launch may have been made in another folder than this process runs in.
            Source::File { path } => Source::File { path: cwd.join(path) },
            other => other,
        })
        .collect();
    if sources.is_empty() {
        return false;
    }
    app.state::<Desktop>().core.enqueue(sources, UploadOptions::default());
    true
}

/// Puts the link of one upload of the history on the clipboard.
pub(crate) fn copy_link<R: Runtime>(app: &AppHandle<R>, id: i64) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let desktop = app.state::<Desktop>();
        match desktop.core.copy_links(&[id], None).await {
            Ok(copied) if !windows::is_seen(&app) => {
                let words = words::current(&app);
                notify::show(&app, &words.copied(copied.count, &copied.format), &copied.text);
            }
            Ok(_) => {}
            Err(problem) => tell(&app, &problem),
        }
    });
}

/// Makes `format` the link format.
pub(crate) fn set_link_format<R: Runtime>(app: &AppHandle<R>, format: String) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Err(problem) = app.state::<Desktop>().core.set_link_format(&format).await {
            tell(&app, &problem);
        }
    });
}

/// No window shows these, so a notification tells how they went.
fn in_background() -> UploadOptions {
    UploadOptions { background: true, ..UploadOptions::default() }
}

fn sources(paths: &[PathBuf]) -> Vec<Source> {
    paths.iter().map(|path| Source::from_path(path)).collect()
}

fn tell<R: Runtime>(app: &AppHandle<R>, problem: &Problem) {
    let text = problem.text(words::current(app).language());
    notify::show(app, &text.what, &text.fix);
}
