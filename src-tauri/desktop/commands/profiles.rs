//! Profiles: where uploads go.

use hoist_core::profile::Profile;
use hoist_core::view::{CheckView, ProfileView, ProviderView, SecretInput};
use tauri::ipc::Channel;

use super::Shared;
use crate::error::Reply;

/// Makes a profile the one uploads go to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_default_profile(desktop: Shared<'_>, name: String) -> Reply<()> {
    Ok(desktop.core.set_default_profile(&name).await?)
}

/// What each provider needs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn provider_list(desktop: Shared<'_>) -> Reply<Vec<ProviderView>> {
    Ok(desktop.core.provider_list())
}

/// Adds or changes a profile; `previous` is its name before, when that changes.
#[tauri::command]
#[specta::specta]
pub(crate) async fn profile_save(
    desktop: Shared<'_>,
    profile: Profile,
    secret: Option<SecretInput>,
    previous: Option<String>,
) -> Reply<ProfileView> {
    Ok(desktop.core.save_profile(profile, secret, previous.as_deref()).await?)
}

/// Removes a profile and its secret. What it uploaded stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn profile_delete(desktop: Shared<'_>, name: String) -> Reply<()> {
    Ok(desktop.core.delete_profile(&name).await?)
}

/// Probes a profile; each line is sent as it changes, and all of them at the end.
#[tauri::command]
#[specta::specta]
pub(crate) async fn doctor(
    desktop: Shared<'_>,
    name: String,
    channel: Channel<CheckView>,
) -> Reply<Vec<CheckView>> {
    // A window that has gone needs no lines.
    let report = move |check: CheckView| drop(channel.send(check));
    Ok(desktop.core.doctor(&name, report).await?)
}
