//! The gallery: everything ever uploaded.

use hoist_core::view::{CopiedView, DeletionView, HistoryOutline, HistoryQuery, HistoryRow};

use super::{Shared, row_ids};
use crate::error::Reply;

/// The shape of what a query finds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn history_outline(
    desktop: Shared<'_>,
    query: HistoryQuery,
) -> Reply<HistoryOutline> {
    Ok(desktop.core.history_outline(&query).await?)
}

/// A stretch of what a query finds, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn history_rows(
    desktop: Shared<'_>,
    query: HistoryQuery,
    offset: u32,
    limit: u32,
) -> Reply<Vec<HistoryRow>> {
    Ok(desktop.core.history_rows(&query, offset, limit).await?)
}

/// Puts the links of rows on the clipboard, in the given or the chosen format.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_history_links(
    desktop: Shared<'_>,
    ids: Vec<f64>,
    format: Option<String>,
) -> Reply<CopiedView> {
    Ok(desktop.core.copy_links(&row_ids(ids), format.as_deref()).await?)
}

/// Opens the link of a row in the system's browser.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_history(desktop: Shared<'_>, id: f64) -> Reply<()> {
    let ids = row_ids(vec![id]);
    let urls = desktop.core.links(&ids, Some("url")).await?;
    Ok(desktop.host.open_url(&urls.concat())?)
}

/// Deletes rows, and with `remote` their objects, once it can no longer be undone.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_history(
    desktop: Shared<'_>,
    ids: Vec<f64>,
    remote: bool,
) -> Reply<DeletionView> {
    Ok(desktop.core.delete(&row_ids(ids), remote).await?)
}

/// Takes a deletion back; answers how many rows are there again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_deletion(desktop: Shared<'_>, id: u32) -> Reply<u32> {
    Ok(desktop.core.undo_deletion(id).await?)
}

/// Deletes what a batch uploaded, here and remotely.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo_batch(desktop: Shared<'_>, batch: u32) -> Reply<DeletionView> {
    Ok(desktop.core.undo_batch(batch).await?)
}

/// Uploads rows again, to another profile; answers the batch.
#[tauri::command]
#[specta::specta]
pub(crate) async fn reupload_history(
    desktop: Shared<'_>,
    ids: Vec<f64>,
    profile: String,
) -> Reply<u32> {
    Ok(desktop.core.reupload(&row_ids(ids), &profile).await?)
}
