//! What every window asks for: what is there when it opens, another window, the clipboard.

use hoist_core::events::{Delta, Snapshot};
use hoist_core::view::StoreStatus;
use serde::Serialize;
use tauri::ipc::Channel;

use super::{Caller, Shared};
use crate::error::Reply;
use crate::windows::Kind;

/// Facts about this installation.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppInfo {
    version: String,
    data_dir: String,
    config_file: String,
    store: StoreStatus,
    /// `linux`, `macos` or `windows`.
    platform: String,
    /// Why the global shortcut does not work, in the system's words.
    shortcut_error: Option<String>,
}

/// All that is, and from then on what changes. Calling again starts over.
#[tauri::command]
#[specta::specta]
pub(crate) async fn subscribe(
    desktop: Shared<'_>,
    caller: Caller,
    channel: Channel<Delta>,
) -> Reply<Snapshot> {
    let seq = desktop
        .sink
        .deltas()
        .subscribe(&caller.0, move |delta| channel.send(delta.clone()).is_ok());
    Ok(desktop.core.snapshot(seq))
}

/// Facts about this installation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_info(desktop: Shared<'_>) -> Reply<AppInfo> {
    let home = desktop.core.home();
    Ok(AppInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_dir: home.data_dir().display().to_string(),
        config_file: home.config_file().display().to_string(),
        store: desktop.core.snapshot(0).store,
        platform: std::env::consts::OS.to_owned(),
        shortcut_error: desktop.host.shortcut_error(),
    })
}

/// Opens the window of files and transfers, or brings it to the front.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_manager(desktop: Shared<'_>) -> Reply<()> {
    desktop.host.show(Kind::Manager);
    Ok(())
}

/// Opens the main window, or brings it to the front.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_main(desktop: Shared<'_>) -> Reply<()> {
    desktop.host.show(Kind::Main);
    Ok(())
}

/// Puts a text on the clipboard. A webview lets a page do so only within a click, and a signed link
/// comes later.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_text(desktop: Shared<'_>, text: String) -> Reply<()> {
    Ok(desktop.core.copy_text(text).await?)
}
