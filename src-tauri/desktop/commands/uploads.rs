//! Uploads: begin, stop, try again, copy.

use hoist_core::app::UploadOptions;
use hoist_core::source::Source;
use hoist_core::view::CopiedView;

use super::Shared;
use crate::error::Reply;

/// Uploads files by path; answers the batch.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_paths(desktop: Shared<'_>, paths: Vec<String>) -> Reply<u32> {
    let sources = paths.iter().map(|path| Source::from_path(path.as_ref())).collect();
    Ok(desktop.core.enqueue(sources, UploadOptions::default()))
}

/// Uploads what is on the clipboard; answers the batch.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_clipboard(desktop: Shared<'_>) -> Reply<u32> {
    Ok(desktop.core.enqueue_clipboard(UploadOptions::default()).await?)
}

/// Fetches URLs and uploads what they name; answers the batch.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_urls(desktop: Shared<'_>, urls: Vec<String>) -> Reply<u32> {
    let sources = urls.into_iter().map(|url| Source::Url { url }).collect();
    Ok(desktop.core.enqueue(sources, UploadOptions::default()))
}

/// Asks for files with the system's dialog and uploads them; nothing when it was closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_files(desktop: Shared<'_>) -> Reply<Option<u32>> {
    let paths = desktop.host.choose_files().await;
    if paths.is_empty() {
        return Ok(None);
    }
    let sources = paths.iter().map(|path| Source::from_path(path)).collect();
    Ok(Some(desktop.core.enqueue(sources, UploadOptions::default())))
}

/// Stops one upload.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_upload(desktop: Shared<'_>, id: u32) -> Reply<()> {
    desktop.core.cancel(id);
    Ok(())
}

/// Stops every upload that has not ended.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_all(desktop: Shared<'_>) -> Reply<()> {
    desktop.core.cancel_all();
    Ok(())
}

/// Tries one failed upload again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_upload(desktop: Shared<'_>, id: u32) -> Reply<()> {
    desktop.core.retry(id);
    Ok(())
}

/// Tries every failed upload again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn retry_failed(desktop: Shared<'_>) -> Reply<()> {
    desktop.core.retry_failed();
    Ok(())
}

/// Takes ended uploads off the list; failed ones too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_finished(desktop: Shared<'_>) -> Reply<()> {
    desktop.core.clear_finished();
    Ok(())
}

/// Puts the links of uploads on the clipboard, in the given or the chosen format.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_upload_links(
    desktop: Shared<'_>,
    ids: Vec<u32>,
    format: Option<String>,
) -> Reply<CopiedView> {
    Ok(desktop.core.copy_upload_links(&ids, format.as_deref()).await?)
}
