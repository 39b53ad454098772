//! Transfers of the manager window: begin, pause, go on, give up.

use hoist_core::transfer::{Existing, Priority};
use hoist_core::view::{TransferFailure, TransferView};

use super::Shared;
use crate::error::Reply;

/// All transfers there are to show.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_list(desktop: Shared<'_>) -> Reply<Vec<TransferView>> {
    Ok(desktop.core.feed().await?.list().await?)
}

/// Uploads what was dropped on the window to a folder; answers the transfer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_drop(
    desktop: Shared<'_>,
    place: String,
    prefix: String,
    drop: u32,
) -> Reply<f64> {
    let paths = desktop.drops.taken(drop)?;
    Ok(desktop.core.upload_files(&place, &paths, &prefix).await? as f64)
}

/// Asks for files or folders and uploads them to a folder; nothing when the dialog was closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_upload(
    desktop: Shared<'_>,
    place: String,
    prefix: String,
    folders: bool,
) -> Reply<Option<f64>> {
    let paths = desktop.host.choose_any(folders).await;
    if paths.is_empty() {
        return Ok(None);
    }
    Ok(Some(desktop.core.upload_files(&place, &paths, &prefix).await? as f64))
}

/// Downloads objects and folders; asks where to when `into` does not say, and does nothing when that
/// dialog was closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_download(
    desktop: Shared<'_>,
    place: String,
    keys: Vec<String>,
    existing: Existing,
    into: Option<String>,
) -> Reply<Option<f64>> {
    let Some(into) = desktop.folder(into).await else { return Ok(None) };
    Ok(Some(desktop.core.download_objects(&place, &keys, existing, &into).await? as f64))
}

/// Stops a transfer until it is asked to go on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_pause(desktop: Shared<'_>, id: f64) -> Reply<()> {
    Ok(desktop.core.feed().await?.pause(id as i64).await?)
}

/// Goes on with a transfer that is paused or interrupted; tries one again that failed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_resume(desktop: Shared<'_>, id: f64) -> Reply<()> {
    Ok(desktop.core.feed().await?.resume(id as i64).await?)
}

/// Gives a transfer up.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_cancel(desktop: Shared<'_>, id: f64) -> Reply<()> {
    Ok(desktop.core.feed().await?.cancel(id as i64).await?)
}

/// Stops every transfer that waits or runs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_pause_all(desktop: Shared<'_>) -> Reply<()> {
    Ok(desktop.core.feed().await?.pause_all().await?)
}

/// Goes on with every transfer that is paused or interrupted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_resume_all(desktop: Shared<'_>) -> Reply<()> {
    Ok(desktop.core.feed().await?.resume_all().await?)
}

/// Takes ended transfers off the list; failed ones too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_clear(desktop: Shared<'_>) -> Reply<()> {
    desktop.core.feed().await?.clear();
    Ok(())
}

/// Puts a transfer before or behind others.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_priority(
    desktop: Shared<'_>,
    id: f64,
    priority: Priority,
) -> Reply<()> {
    Ok(desktop.core.feed().await?.set_priority(id as i64, priority).await?)
}

/// The files of a transfer that failed, and why.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transfer_failures(desktop: Shared<'_>, id: f64) -> Reply<Vec<TransferFailure>> {
    Ok(desktop.core.feed().await?.failures(id as i64).await?)
}

/// Limits the bytes a second of all transfers of the window; nothing lifts the limit.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_rate_limit(
    desktop: Shared<'_>,
    bytes_per_second: Option<f64>,
) -> Reply<()> {
    desktop.core.feed().await?.limit_rate(bytes_per_second.map(|rate| rate as u64));
    Ok(())
}
