//! Settings, and previews of what is being typed into them.

use hoist_core::settings::Settings;
use hoist_core::view::PatternPreview;

use super::Shared;
use crate::error::Reply;

/// Makes a link format the one of the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_link_format(desktop: Shared<'_>, format: String) -> Reply<()> {
    Ok(desktop.core.set_link_format(&format).await?)
}

/// Keeps settings; answers them as they are kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_save(desktop: Shared<'_>, settings: Settings) -> Reply<Settings> {
    let kept = desktop.core.set_settings(settings).await?;
    // Before the answer, so that the window can ask at once whether the shortcut works.
    desktop.host.apply_settings(&kept);
    Ok(kept)
}

/// How a key would look under a NamePattern.
#[tauri::command]
#[specta::specta]
pub(crate) async fn naming_preview(
    desktop: Shared<'_>,
    pattern: String,
    profile: Option<String>,
) -> Reply<PatternPreview> {
    Ok(desktop.core.naming_preview(&pattern, profile.as_deref())?)
}

/// How a link would look under a LinkTemplate.
#[tauri::command]
#[specta::specta]
pub(crate) async fn link_preview(desktop: Shared<'_>, template: String) -> Reply<String> {
    Ok(desktop.core.link_preview(&template)?)
}

/// A transform as it is understood.
#[tauri::command]
#[specta::specta]
pub(crate) async fn transform_check(desktop: Shared<'_>, spec: String) -> Reply<String> {
    Ok(desktop.core.transform_check(&spec)?)
}
