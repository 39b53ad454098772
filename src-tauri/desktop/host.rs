//! What commands need from the desktop, so that they can be tested without one.

use std::fmt::Debug;
use std::path::PathBuf;

use async_trait::async_trait;
use hoist_core::problem::Result;
use hoist_core::settings::Settings;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tauri_plugin_opener::OpenerExt;

use crate::error::internal;
pub use crate::windows::Kind;
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
    /// Asks for files of any kind, or for folders; empty when the dialog was closed.
    async fn choose_any(&self, folders: bool) -> Vec<PathBuf>;
    /// Asks for a folder to write to.
    async fn choose_folder(&self) -> Option<PathBuf>;
    /// Opens a window, or brings it to the front.
    fn show(&self, window: Kind);
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

impl<R: Runtime> TauriHost<R> {
    /// A dialog in front of a window.
    fn dialog(&self, window: &str, title: &str) -> FileDialogBuilder<R> {
        let dialog = self.0.dialog().file().set_title(title);
        match self.0.get_webview_window(window) {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

/// Takes what a dialog gives.
type Answer = Box<dyn FnOnce(Option<Vec<FilePath>>) + Send>;

/// What a dialog gives; empty when it was closed.
fn answered(ask: impl FnOnce(Answer)) -> impl Future<Output = Vec<PathBuf>> + Send {
    let (answer, chosen) = tokio::sync::oneshot::channel();
    ask(Box::new(move |files| {
        // The window may have been closed meanwhile; then nobody waits.
        let _ = answer.send(files);
    }));
    async move {
        let files: Vec<FilePath> = chosen.await.ok().flatten().unwrap_or_default();
        files.into_iter().filter_map(|file| file.into_path().ok()).collect()
    }
}

/// The folder a dialog gives.
fn answered_by_one<R: Runtime>(
    dialog: FileDialogBuilder<R>,
) -> impl Future<Output = Option<PathBuf>> + Send {
    let one = |answer: Answer| {
        dialog.pick_folder(move |folder| answer(folder.map(|one| vec![one])));
    };
    let chosen = answered(one);
    async move { chosen.await.pop() }
}

#[async_trait]
impl<R: Runtime> Host for TauriHost<R> {
    async fn choose_files(&self) -> Vec<PathBuf> {
        let words = words::current(&self.0);
        let dialog = self
            .dialog(windows::MAIN, words.choose_files_title)
            .add_filter(words.images, IMAGE_EXTENSIONS)
            .add_filter(words.all_files, &["*"]);
        answered(|answer| dialog.pick_files(answer)).await
    }

    async fn choose_any(&self, folders: bool) -> Vec<PathBuf> {
        let words = words::current(&self.0);
        if folders {
            let dialog = self.dialog(windows::MANAGER, words.choose_folders_title);
            return answered(|answer| dialog.pick_folders(answer)).await;
        }
        let dialog = self.dialog(windows::MANAGER, words.choose_files_title);
        answered(|answer| dialog.pick_files(answer)).await
    }

    async fn choose_folder(&self) -> Option<PathBuf> {
        let words = words::current(&self.0);
        let dialog = self.dialog(windows::MANAGER, words.choose_target_title);
        answered_by_one(dialog).await
    }

    fn show(&self, window: Kind) {
        windows::show_from_anywhere(&self.0, window);
    }

    async fn choose_backup_folder(&self) -> Option<PathBuf> {
        let dialog = self.dialog(windows::MAIN, words::current(&self.0).choose_backup_title);
        answered_by_one(dialog).await
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
