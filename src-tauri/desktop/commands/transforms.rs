//! The transform page: try, read, copy.

use hoist_core::settings::TransformPlace;
use hoist_core::view::{CopiedView, HistoryRow, PreviewRequest, PreviewView};

use super::{Caller, Shared, row_ids};
use crate::error::Reply;

/// A picture before and after a transform; a newer call of the same window ends an older one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transform_preview(
    desktop: Shared<'_>,
    caller: Caller,
    request: PreviewRequest,
) -> Reply<PreviewView> {
    Ok(desktop.core.transform_preview(&caller.0, request).await?)
}

/// The spec in a link, a process string or a spec.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transform_read(desktop: Shared<'_>, text: String) -> Reply<String> {
    Ok(desktop.core.transform_read(&text)?)
}

/// The newest upload to try transforms on, if there is one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transform_sources(desktop: Shared<'_>) -> Reply<Option<HistoryRow>> {
    Ok(desktop.core.transform_source().await?)
}

/// Puts links to transformed uploads on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_transformed(
    desktop: Shared<'_>,
    ids: Vec<f64>,
    spec: String,
    place: TransformPlace,
    profile: Option<String>,
) -> Reply<CopiedView> {
    Ok(desktop.core.copy_transformed(&row_ids(ids), &spec, place, profile.as_deref()).await?)
}
