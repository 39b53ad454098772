//! Buckets and objects, for the manager window. A place is `PROFILE` or `PROFILE/BUCKET`; keys are
//! whole.

use std::path::PathBuf;
use std::time::Duration;

use hoist_core::objects::CopyRequest;
use hoist_core::view::{
    BucketRow, CopiedView, ObjectCount, ObjectDetails, ObjectHeaders, ObjectPage, PictureFile,
    ShareLink, VersionRow,
};

use super::{Caller, Shared};
use crate::error::Reply;

/// The buckets of a profile's account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bucket_list(desktop: Shared<'_>, profile: String) -> Reply<Vec<BucketRow>> {
    Ok(desktop.core.bucket_rows(&profile).await?)
}

/// One page of a folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_list(
    desktop: Shared<'_>,
    place: String,
    prefix: String,
    page: Option<String>,
) -> Reply<ObjectPage> {
    Ok(desktop.core.object_page(&place, &prefix, page).await?)
}

/// All that is known of an object.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_stat(
    desktop: Shared<'_>,
    place: String,
    key: String,
) -> Reply<ObjectDetails> {
    Ok(desktop.core.object_details(&place, &key).await?)
}

/// Replaces the headers and metadata of an object.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_headers(
    desktop: Shared<'_>,
    place: String,
    key: String,
    headers: ObjectHeaders,
) -> Reply<ObjectDetails> {
    Ok(desktop.core.set_object_headers(&place, &key, headers).await?)
}

/// The ACL of an object; nothing where the provider has none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_acl(
    desktop: Shared<'_>,
    place: String,
    key: String,
) -> Reply<Option<String>> {
    Ok(desktop.core.object_acl(&place, &key).await?)
}

/// Sets the ACL of an object.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_set_acl(
    desktop: Shared<'_>,
    place: String,
    key: String,
    acl: String,
) -> Reply<()> {
    Ok(desktop.core.set_object_acl(&place, &key, &acl).await?)
}

/// The versions of an object, the newest first; nothing where the provider has none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_versions(
    desktop: Shared<'_>,
    place: String,
    key: String,
) -> Reply<Option<Vec<VersionRow>>> {
    Ok(desktop.core.object_versions(&place, &key).await?)
}

/// Makes a version the current one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn version_restore(
    desktop: Shared<'_>,
    place: String,
    key: String,
    version: String,
) -> Reply<()> {
    Ok(desktop.core.restore_version(&place, &key, &version).await?)
}

/// Deletes one version for good.
#[tauri::command]
#[specta::specta]
pub(crate) async fn version_delete(
    desktop: Shared<'_>,
    place: String,
    key: String,
    version: String,
) -> Reply<()> {
    Ok(desktop.core.delete_version(&place, &key, &version).await?)
}

/// Downloads one version into a folder, asking for it when none is named; answers the transfer, and
/// nothing when the dialog was closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn version_download(
    desktop: Shared<'_>,
    place: String,
    key: String,
    version: String,
    into: Option<String>,
) -> Reply<Option<f64>> {
    let into = match into {
        Some(into) => Some(PathBuf::from(into)),
        None => desktop.host.choose_folder().await,
    };
    let Some(into) = into else { return Ok(None) };
    Ok(Some(desktop.core.download_version(&place, &key, &version, &into).await? as f64))
}

/// A small picture of an object; a newer call of the same window ends an older one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_preview(
    desktop: Shared<'_>,
    caller: Caller,
    place: String,
    key: String,
) -> Reply<Option<PictureFile>> {
    Ok(desktop.core.object_picture(&caller.0, &place, &key).await?)
}

/// How much keys and prefixes come to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_count(
    desktop: Shared<'_>,
    place: String,
    keys: Vec<String>,
) -> Reply<ObjectCount> {
    Ok(desktop.core.count_keys(&place, &keys).await?)
}

/// Deletes objects and all below prefixes; answers the transfer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_delete(
    desktop: Shared<'_>,
    place: String,
    keys: Vec<String>,
) -> Reply<f64> {
    Ok(desktop.core.delete_objects(&place, keys).await? as f64)
}

/// Copies, moves or renames objects and folders; answers the transfer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn object_copy(desktop: Shared<'_>, request: CopyRequest) -> Reply<f64> {
    Ok(desktop.core.copy_in_background(request).await? as f64)
}

/// Makes an empty folder.
#[tauri::command]
#[specta::specta]
pub(crate) async fn folder_create(desktop: Shared<'_>, place: String, prefix: String) -> Reply<()> {
    Ok(desktop.core.create_folder(&place, &prefix).await?)
}

/// A link that works without keys for some seconds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn presign(
    desktop: Shared<'_>,
    place: String,
    key: String,
    seconds: u32,
    download: bool,
) -> Reply<ShareLink> {
    let expires = Duration::from_secs(seconds.into());
    Ok(desktop.core.shared_link(&place, &key, expires, download).await?)
}

/// Puts the public links of objects on the clipboard, in the given or the chosen format.
#[tauri::command]
#[specta::specta]
pub(crate) async fn copy_object_links(
    desktop: Shared<'_>,
    place: String,
    keys: Vec<String>,
    format: Option<String>,
) -> Reply<CopiedView> {
    Ok(desktop.core.copy_object_links(&place, &keys, format.as_deref()).await?)
}
