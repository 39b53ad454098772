//! Backup rules: kept, tried, run.

use std::sync::Arc;

use hoist_core::backup::{BackupOptions, BackupRule};
use hoist_core::view::{BackupPreview, BackupView};

use super::Shared;
use crate::error::Reply;

/// All rules, and how they stand.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_list(desktop: Shared<'_>) -> Reply<Vec<BackupView>> {
    Ok(desktop.core.backup_list().await?)
}

/// Adds or changes a rule; `previous` is its name before. Answers all rules.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_save(
    desktop: Shared<'_>,
    rule: BackupRule,
    previous: Option<String>,
) -> Reply<Vec<BackupView>> {
    Ok(desktop.core.save_backup(rule, previous.as_deref()).await?)
}

/// Removes a rule. What it has sent stays in the bucket.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_delete(desktop: Shared<'_>, name: String) -> Reply<()> {
    Ok(desktop.core.delete_backup(&name).await?)
}

/// What a rule that is being written would send; a newer call ends an older one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_preview(desktop: Shared<'_>, rule: BackupRule) -> Reply<BackupPreview> {
    Ok(desktop.core.backup_preview(rule).await?)
}

/// The folder in the bucket that files changed now would go to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_folder(desktop: Shared<'_>, rule: BackupRule) -> Reply<String> {
    Ok(desktop.core.backup_folder(&rule)?)
}

/// Runs a rule to its end; how it stands meanwhile and afterwards comes as events.
#[tauri::command]
#[specta::specta]
pub(crate) async fn backup_run(desktop: Shared<'_>, name: String, check: bool) -> Reply<()> {
    let options = BackupOptions { check, dry_run: false };
    desktop.core.run_backup(&name, options, Arc::default(), Arc::new(|_| {})).await?;
    Ok(())
}

/// Asks for the folder to back up; nothing when the dialog was closed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_backup_folder(desktop: Shared<'_>) -> Reply<Option<String>> {
    let folder = desktop.host.choose_backup_folder().await;
    Ok(folder.and_then(|folder| folder.to_str().map(str::to_owned)))
}
