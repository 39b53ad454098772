//! What commands need from the desktop, so that they can be tested without one.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

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
pub(crate) struct TauriHost<R: Runtime> {
    app: AppHandle<R>,
    /// Where the last dialog for folders, or for files of any kind, was left.
    left_at: Mutex<Option<PathBuf>>,
}

impl<R: Runtime> TauriHost<R> {
    pub(crate) fn new(app: AppHandle<R>) -> Self {
        Self { app, left_at: Mutex::default() }
    }

    /// A dialog in front of a window.
    fn dialog(&self, window: &str, title: &str) -> FileDialogBuilder<R> {
        let dialog = self.app.dialog().file().set_title(title);
        match self.app.get_webview_window(window) {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }

    /// A dialog that opens where the last one was left. GTK would begin with recent files, among
    /// which no folder can be chosen; other systems remember by themselves.
    fn dialog_again(&self, window: &str, title: &str) -> FileDialogBuilder<R> {
        let dialog = self.dialog(window, title);
        let left_at = self.left_at.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let home = || self.app.path().home_dir().ok().filter(|_| cfg!(target_os = "linux"));
        match left_at.filter(|folder| folder.is_dir()).or_else(home) {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        }
    }

    fn leave_at(&self, folder: Option<&Path>) {
        if let Some(folder) = folder {
            let mut left_at = self.left_at.lock().unwrap_or_else(PoisonError::into_inner);
            *left_at = Some(folder.to_owned());
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
        let words = words::current(&self.app);
        let dialog = self
            .dialog(windows::MAIN, words.choose_files_title)
            .add_filter(words.images, IMAGE_EXTENSIONS)
            .add_filter(words.all_files, &["*"]);
        answered(|answer| dialog.pick_files(answer)).await
    }

    async fn choose_any(&self, folders: bool) -> Vec<PathBuf> {
        let words = words::current(&self.app);
        let chosen = if folders {
            let dialog = self.dialog_again(windows::MANAGER, words.choose_folders_title);
            answered(|answer| dialog.pick_folders(answer)).await
        } else {
            let dialog = self.dialog_again(windows::MANAGER, words.choose_files_title);
            answered(|answer| dialog.pick_files(answer)).await
        };
        self.leave_at(chosen.first().and_then(|path| path.parent()));
        chosen
    }

    async fn choose_folder(&self) -> Option<PathBuf> {
        let title = words::current(&self.app).choose_target_title;
        let chosen = answered_by_one(self.dialog_again(windows::MANAGER, title)).await;
        self.leave_at(chosen.as_deref());
        chosen
    }

    fn show(&self, window: Kind) {
        windows::show_from_anywhere(&self.app, window);
    }

    async fn choose_backup_folder(&self) -> Option<PathBuf> {
        let title = words::current(&self.app).choose_backup_title;
        let chosen = answered_by_one(self.dialog_again(windows::MAIN, title)).await;
        self.leave_at(chosen.as_deref().and_then(Path::parent));
        chosen
    }

    fn open_url(&self, url: &str) -> Result<()> {
        self.app.opener().open_url(url, None::<&str>).map_err(|error| internal(url, error))
    }

    fn apply_settings(&self, settings: &Settings) {
        windows::set_theme(&self.app, settings.theme);
        shortcut::apply(&self.app, &settings.shortcut);
    }

    fn shortcut_error(&self) -> Option<String> {
        let refusal = shortcut::refusal(&self.app)?;
        Some(words::current(&self.app).refused(refusal).to_owned())
    }
}
