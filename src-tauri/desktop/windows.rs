//! The main window: its size is remembered, and closing it may leave Hoist in the tray.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use hoist_core::settings::Theme;
use serde::{Deserialize, Serialize};
use tauri::window::Color;
use tauri::{
    AppHandle, LogicalSize, Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    Window, WindowEvent,
};

use crate::{Desktop, actions, tray};

/// Label of the main window, as the capability in tauri.conf.json names it.
pub(crate) const MAIN: &str = "main";

/// `--bg-content` of the dark theme.
const DARK: Color = Color(0x14, 0x17, 0x19, 0xff);

const DEFAULT_SIZE: (f64, f64) = (900.0, 640.0);
const MIN_SIZE: (f64, f64) = (640.0, 480.0);

/// What is remembered of the window between two runs, in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Remembered {
    width: f64,
    height: f64,
    maximized: bool,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { width: DEFAULT_SIZE.0, height: DEFAULT_SIZE.1, maximized: false }
    }
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("window.json")
}

/// A missing or damaged file means the size of the first run.
fn read(data_dir: &Path) -> Remembered {
    let remembered: Remembered = std::fs::read(file(data_dir))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    Remembered {
        width: remembered.width.clamp(MIN_SIZE.0, 10_000.0),
        height: remembered.height.clamp(MIN_SIZE.1, 10_000.0),
        ..remembered
    }
}

fn write(data_dir: &Path, remembered: Remembered) {
    let bytes = serde_json::to_vec(&remembered).unwrap_or_default();
    if let Err(error) = std::fs::write(file(data_dir), bytes) {
        tracing::warn!(%error, "the size of the window could not be remembered");
    }
}

/// Makes the main window.
pub(crate) fn open<R: Runtime>(
    app: &AppHandle<R>,
    visible: bool,
) -> tauri::Result<WebviewWindow<R>> {
    let desktop = app.state::<Desktop>();
    let remembered = read(desktop.core.home().data_dir());
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Hoist")
        .inner_size(remembered.width, remembered.height)
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1)
        .maximized(remembered.maximized)
        .theme(native(desktop.core.settings().theme))
        .visible(visible)
        .build()?;
    // Until the page is drawn the window has this colour: no white flash in a dark room.
    if window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark) {
        window.set_background_color(Some(DARK))?;
    }
    Ok(window)
}

/// Brings the main window to the front, from the tray, from behind others, or anew.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    app.state::<Desktop>().quit_when_idle.store(false, Ordering::Relaxed);
    let shown = match app.get_webview_window(MAIN) {
        Some(window) => {
            window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus())
        }
        None => open(app, true).map(|_| ()),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be shown");
    }
}

/// Whether a person sees the main window now.
pub(crate) fn is_seen<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.get_webview_window(MAIN).is_some_and(|window| {
        window.is_visible().unwrap_or(false) && !window.is_minimized().unwrap_or(false)
    })
}

/// Whether the main window has the person's attention.
pub(crate) fn is_in_front<R: Runtime>(app: &AppHandle<R>) -> bool {
    app.get_webview_window(MAIN).is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Ends Hoist, when its window was closed while uploads were running and now none is.
pub(crate) fn quit_if_waiting<R: Runtime>(app: &AppHandle<R>) {
    let desktop = app.state::<Desktop>();
    if desktop.quit_when_idle.load(Ordering::Relaxed) && desktop.sink.active() == 0 {
        app.exit(0);
    }
}

fn native(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::Auto => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

/// Gives the frame of the window the theme of the settings.
pub(crate) fn set_theme<R: Runtime>(app: &AppHandle<R>, theme: Theme) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.set_theme(native(theme))
    {
        tracing::warn!(%error, "the theme of the window frame could not be set");
    }
}

/// What windows do outside their page.
pub(crate) fn on_event<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    let app = window.app_handle();
    match event {
        WindowEvent::DragDrop(tauri::DragDropEvent::Drop { paths, .. }) => {
            actions::upload_dropped(app, paths);
        }
        WindowEvent::CloseRequested { api, .. } => {
            remember(window);
            let Some(desktop) = app.try_state::<Desktop>() else { return };
            // Without a tray a hidden window could not be found again, so then closing ends Hoist,
            // though not before what was begun is uploaded.
            let to_tray = desktop.core.settings().close_to_tray && tray::is_shown(app);
            let busy = desktop.sink.active() > 0;
            if to_tray || busy {
                api.prevent_close();
                desktop.quit_when_idle.store(!to_tray, Ordering::Relaxed);
                if let Err(error) = window.hide() {
                    tracing::error!(%error, "the window could not be hidden");
                }
            }
        }
        WindowEvent::Focused(true) => {
            if let Some(desktop) = app.try_state::<Desktop>() {
                desktop.sink.window_focused();
            }
        }
        WindowEvent::Destroyed => {
            if let Some(desktop) = app.try_state::<Desktop>() {
                desktop.sink.deltas().unsubscribe(window.label());
            }
        }
        _ => {}
    }
}

/// Ends Hoist.
pub(crate) fn quit<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        remember(&window.as_ref().window());
    }
    app.exit(0);
}

/// Keeps the size of the window for the next run.
fn remember<R: Runtime>(window: &Window<R>) {
    let app = window.app_handle();
    let Some(desktop) = app.try_state::<Desktop>() else { return };
    let data_dir = desktop.core.home().data_dir();
    let maximized = window.is_maximized().unwrap_or(false);
    let size =
        window.inner_size().and_then(|size| Ok(size.to_logical::<f64>(window.scale_factor()?)));
    let before = read(data_dir);
    let remembered = match size {
        // The size behind a maximised window is the one from before.
        Ok(LogicalSize { width, height }) if !maximized => Remembered { width, height, maximized },
        _ => Remembered { maximized, ..before },
    };
    if remembered != before {
        write(data_dir, remembered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_survives_and_damage_does_not_matter() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()), Remembered::default());
        let wanted = Remembered { width: 1200.0, height: 700.0, maximized: true };
        write(dir.path(), wanted);
        assert_eq!(read(dir.path()), wanted);
        std::fs::write(file(dir.path()), "{").unwrap();
        assert_eq!(read(dir.path()), Remembered::default());
    }

    #[test]
    fn a_remembered_size_is_never_below_the_least() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), Remembered { width: 3.0, height: 1e9, maximized: false });
        let remembered = read(dir.path());
        assert_eq!((remembered.width, remembered.height), (640.0, 10_000.0));
    }
}
