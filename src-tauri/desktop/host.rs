//! What commands need from the desktop, so that they can be tested without one.

use std::fmt::Debug;
use std::path::PathBuf;

use async_trait::async_trait;
use hoist_core::problem::Result;
use hoist_core::settings::Settings;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::DialogExt;
use tauri_plugin_opener::OpenerExt;

use crate::error::internal;
use crate::{shortcut, windows, words};

/// Kinds of file offered first; "all files" follows, because content decides, not the name.
const IMAGE_EXTENSIONS: &[&str] =
    &["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "bmp", "ico", "tif", "tiff", "heic"];

/// The desktop around the windows.
#[async_trait]
pub trait Host: Send + Sync + Debug {
    /// Asks for files with the system's dialog; empty when it was closed.
    async fn choose_files(&self) -> Vec<PathBuf>;
    /// Asks for the folder of a backup rule.
    async fn choose_backup_folder(&self) -> Option<PathBuf>;
    /// Opens a link in the system's browser.
    fn open_url(&self, url: &str) -> Result<()>;
    /// Takes changed settings: theme, language and the global shortcut.
    fn apply_settings(&self, settings: &Settings);
    /// Why the global shortcut does not work, if it does not, in the language of the settings.
    fn shortcut_error(&self) -> Option<String>;
}

/// The real one.
#[derive(Debug)]
pub(crate) struct TauriHost<R: Runtime>(pub(crate) AppHandle<R>);

#[async_trait]
impl<R: Runtime> Host for TauriHost<R> {
    async fn choose_files(&self) -> Vec<PathBuf> {
        let (answer, chosen) = tokio::sync::oneshot::channel();
        let words = words::current(&self.0);
        let mut dialog = self
            .0
            .dialog()
            .file()
            .set_title(words.choose_files_title)
            .add_filter(words.images, IMAGE_EXTENSIONS)
            .add_filter(words.all_files, &["*"]);
        if let Some(window) = self.0.get_webview_window(windows::MAIN) {
            dialog = dialog.set_parent(&window);
        }
        dialog.pick_files(move |files| {
            // The window may have been closed meanwhile; then nobody waits.
            let _ = answer.send(files);
        });
        let files = chosen.await.ok().flatten().unwrap_or_default();
        files.into_iter().filter_map(|file| file.into_path().ok()).collect()
    }

    async fn choose_backup_folder(&self) -> Option<PathBuf> {
        let (answer, chosen) = tokio::sync::oneshot::channel();
        let mut dialog =
            self.0.dialog().file().set_title(words::current(&self.0).choose_backup_title);
        if let Some(window) = self.0.get_webview_window(windows::MAIN) {
            dialog = dialog.set_parent(&window);
        }
        dialog.pick_folder(move |folder| {
            // The window may have been closed meanwhile; then nobody waits.
            let _ = answer.send(folder);
        });
        chosen.await.ok().flatten()?.into_path().ok()
    }

    fn open_url(&self, url: &str) -> Result<()> {
        self.0.opener().open_url(url, None::<&str>).map_err(|error| internal(url, error))
    }

    fn apply_settings(&self, settings: &Settings) {
        windows::set_theme(&self.0, settings.theme);
        shortcut::apply(&self.0, &settings.shortcut);
    }

    fn shortcut_error(&self) -> Option<String> {
        let refusal = shortcut::refusal(&self.0)?;
        Some(words::current(&self.0).refused(refusal).to_owned())
    }
}
