//! Models, for the manager window.

use std::path::PathBuf;

use hoist_core::model::{
    Comparison, ModelSummary, Parent, Peek, Pull, Push, VerifyReport, VersionSummary,
};
use hoist_core::view::ModelManifest;

use super::Shared;
use crate::error::Reply;

/// What the header of a model file says, read by ranges.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_peek(desktop: Shared<'_>, place: String, key: String) -> Reply<Peek> {
    Ok(desktop.core.peek(&place, &key).await?)
}

/// The models of a place.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_list(desktop: Shared<'_>, place: String) -> Reply<Vec<ModelSummary>> {
    Ok(desktop.core.models(&place).await?)
}

/// The versions of a model, latest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_versions(
    desktop: Shared<'_>,
    place: String,
    name: String,
) -> Reply<Vec<VersionSummary>> {
    Ok(desktop.core.model_versions(&place, &name).await?)
}

/// All that a version tells.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_manifest(
    desktop: Shared<'_>,
    place: String,
    name: String,
    version: String,
) -> Reply<ModelManifest> {
    Ok(desktop.core.model_details(&place, &name, &version).await?)
}

/// Two versions beside each other.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_compare(
    desktop: Shared<'_>,
    place: String,
    name: String,
    a: String,
    b: String,
) -> Reply<Comparison> {
    Ok(desktop.core.compare_models(&place, &name, &a, &b).await?)
}

/// Pushes a folder as a version, asking for the folder when none is named; answers the transfer, and
/// nothing when the dialog was closed. Without a parent it was made from nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_push(
    desktop: Shared<'_>,
    place: String,
    name: String,
    version: Option<String>,
    folder: Option<String>,
    description: String,
    parent: Option<String>,
) -> Reply<Option<f64>> {
    let source = match folder {
        Some(folder) => Some(PathBuf::from(folder)),
        None => desktop.host.choose_any(true).await.into_iter().next(),
    };
    let Some(source) = source else { return Ok(None) };
    let description = Some(description).filter(|description| !description.trim().is_empty());
    let parent = parent.map_or(Parent::Nothing, Parent::Named);
    let push = Push { name, version, source, description, parent, ..Push::default() };
    Ok(Some(desktop.core.push_in_background(&place, push).await? as f64))
}

/// Pulls a version into a folder, asking for it when none is named; answers the transfer, and
/// nothing when the dialog was closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_pull(
    desktop: Shared<'_>,
    place: String,
    name: String,
    version: String,
    into: Option<String>,
) -> Reply<Option<f64>> {
    let Some(into) = desktop.folder(into).await else { return Ok(None) };
    let pull = Pull { name, version: Some(version), into };
    Ok(Some(desktop.core.pull_in_background(&place, pull).await? as f64))
}

/// Compares what is in the bucket with the manifest, without a download.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_verify(
    desktop: Shared<'_>,
    place: String,
    name: String,
    version: String,
) -> Reply<VerifyReport> {
    let meter = Default::default();
    Ok(desktop.core.verify_model(&place, &name, Some(&version), false, meter).await?)
}

/// Removes a version; with `force` the aliases that point at it too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_remove(
    desktop: Shared<'_>,
    place: String,
    name: String,
    version: String,
    force: bool,
) -> Reply<()> {
    let removed = desktop.core.remove_model(&place, &name, Some(&version), force).await?;
    match removed.failed.into_iter().next() {
        Some((_, problem)) => Err(problem.into()),
        None => Ok(()),
    }
}

/// Points an alias at a version; without one the alias goes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn model_alias(
    desktop: Shared<'_>,
    place: String,
    name: String,
    alias: String,
    version: Option<String>,
) -> Reply<()> {
    desktop.core.set_model_alias(&place, &name, &alias, version.as_deref()).await?;
    Ok(())
}
