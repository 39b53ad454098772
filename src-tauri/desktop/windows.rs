//! The windows: their sizes are remembered, and closing the last one may leave Hoist in the tray.

use std::sync::atomic::Ordering;

use hoist_core::settings::Theme;
use tauri::window::Color;
use tauri::{
    AppHandle, Manager, Runtime, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window,
    WindowEvent,
};

use crate::{Desktop, actions, drops, tray, words};

mod remembered;

use remembered::{read, remember};

/// Label of the main window, as its capability in tauri.conf.json names it.
pub(crate) const MAIN: &str = "main";

/// Label of the window of files and transfers, likewise.
pub(crate) const MANAGER: &str = "manager";

/// `--bg-content` of the dark theme.
const DARK: Color = Color(0x14, 0x17, 0x19, 0xff);

const MIN_SIZE: (f64, f64) = (640.0, 480.0);

/// The windows there are, at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Main,
    Manager,
}

impl Kind {
    const ALL: [Self; 2] = [Self::Main, Self::Manager];

    fn of(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.label() == label)
    }

    fn label(self) -> &'static str {
        match self {
            Self::Main => MAIN,
            Self::Manager => MANAGER,
        }
    }

    /// Of the first run, in logical pixels.
    fn first_size(self) -> (f64, f64) {
        match self {
            Self::Main => (900.0, 640.0),
            Self::Manager => (1200.0, 780.0),
        }
    }

    fn page(self) -> WebviewUrl {
        match self {
            Self::Main => WebviewUrl::default(),
            Self::Manager => WebviewUrl::App("manager.html".into()),
        }
    }
}

/// Makes a window.
pub(crate) fn open<R: Runtime>(
    app: &AppHandle<R>,
    kind: Kind,
    visible: bool,
) -> tauri::Result<WebviewWindow<R>> {
    let desktop = app.state::<Desktop>();
    let remembered = read(desktop.core.home().data_dir(), kind);
    let settings = desktop.core.settings();
    let title = match kind {
        Kind::Main => "Hoist",
        Kind::Manager => words::of(&settings).manager_title,
    };
    let window = WebviewWindowBuilder::new(app, kind.label(), kind.page())
        .title(title)
        .inner_size(remembered.width, remembered.height)
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1)
        .maximized(remembered.maximized)
        .theme(native(settings.theme))
        .visible(visible)
        .build()?;
    // Until the page is drawn the window has this colour: no white flash in a dark room.
    if window.theme().is_ok_and(|theme| theme == tauri::Theme::Dark) {
        window.set_background_color(Some(DARK))?;
    }
    if kind == Kind::Manager {
        watch_transfers(app, true);
    }
    Ok(window)
}

/// Brings a window to the front, from the tray, from behind others, or anew.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, kind: Kind) {
    app.state::<Desktop>().quit_when_idle.store(false, Ordering::Relaxed);
    let shown = match app.get_webview_window(kind.label()) {
        Some(window) => {
            window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus())
        }
        None => open(app, kind, true).map(|_| ()),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be shown");
    }
}

/// The same from anywhere: windows are made where the event loop runs.
pub(crate) fn show_from_anywhere<R: Runtime>(app: &AppHandle<R>, kind: Kind) {
    let of_loop = app.clone();
    if let Err(error) = app.run_on_main_thread(move || show(&of_loop, kind)) {
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

/// Whether any window but this one is open, behind others or minimised too.
fn is_any_open_but<R: Runtime>(app: &AppHandle<R>, label: &str) -> bool {
    app.webview_windows()
        .iter()
        .any(|(other, window)| other != label && window.is_visible().unwrap_or(false))
}

/// Uploads and transfers that are lost or stand still when Hoist ends.
fn is_busy(desktop: &Desktop) -> bool {
    desktop.sink.active() > 0 || desktop.core.transfers_busy() > 0
}

/// Ends Hoist, when its last window was closed while something was under way and now nothing is.
pub(crate) fn quit_if_waiting<R: Runtime>(app: &AppHandle<R>) {
    let desktop = app.state::<Desktop>();
    let waits = desktop.quit_when_idle.load(Ordering::Relaxed);
    if waits && !is_busy(&desktop) && !is_any_open_but(app, "") {
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

/// Gives the frames of the windows the theme of the settings.
pub(crate) fn set_theme<R: Runtime>(app: &AppHandle<R>, theme: Theme) {
    for window in app.webview_windows().values() {
        if let Err(error) = window.set_theme(native(theme)) {
            tracing::warn!(%error, "the theme of the window frame could not be set");
        }
    }
}

/// What windows do outside their page.
pub(crate) fn on_event<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    let app = window.app_handle();
    match event {
        WindowEvent::DragDrop(tauri::DragDropEvent::Drop { paths, position }) => {
            match Kind::of(window.label()) {
                Some(Kind::Manager) => drops::take(window, paths, *position),
                _ => actions::upload_dropped(app, paths),
            }
        }
        WindowEvent::CloseRequested { api, .. } => {
            remember(window);
            if keeps_hidden(window) {
                api.prevent_close();
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
            let Some(desktop) = app.try_state::<Desktop>() else { return };
            desktop.sink.deltas().unsubscribe(window.label());
            if window.label() == MANAGER {
                watch_transfers(app, false);
                quit_if_waiting(app);
            }
        }
        _ => {}
    }
}

/// Whether a window that is closed stays, hidden.
///
/// The main window hides into the tray. Without a tray a hidden window could not be found again, so
/// then closing the last one ends Hoist, though not before what was begun is done. The manager is
/// made anew each time.
fn keeps_hidden<R: Runtime>(window: &Window<R>) -> bool {
    let app = window.app_handle();
    let Some(desktop) = app.try_state::<Desktop>() else { return false };
    let to_tray = stays(app);
    let other = is_any_open_but(app, window.label());
    let waits = !to_tray && !other && is_busy(&desktop);
    if waits {
        desktop.quit_when_idle.store(true, Ordering::Relaxed);
    }
    if window.label() == MAIN {
        if to_tray {
            desktop.quit_when_idle.store(false, Ordering::Relaxed);
        }
        return to_tray || waits;
    }
    if !to_tray && !other {
        // A main window may wait, hidden, for something that has ended by now.
        desktop.quit_when_idle.store(true, Ordering::Relaxed);
    }
    waits
}

/// Whether Hoist goes on without a window: the tray leads back to it.
pub(crate) fn stays<R: Runtime>(app: &AppHandle<R>) -> bool {
    let Some(desktop) = app.try_state::<Desktop>() else { return false };
    desktop.core.settings().close_to_tray && tray::is_shown(app)
}

/// The transfers of other processes are followed while somebody looks.
fn watch_transfers<R: Runtime>(app: &AppHandle<R>, watched: bool) {
    let core = app.state::<Desktop>().core.clone();
    tauri::async_runtime::spawn(async move { core.watch_transfers(watched).await });
}

/// Ends Hoist.
pub(crate) fn quit<R: Runtime>(app: &AppHandle<R>) {
    for window in app.webview_windows().values() {
        remember(&window.as_ref().window());
    }
    app.exit(0);
}
