//! The global shortcut: clipboard to link from any application.

use std::sync::{Mutex, PoisonError};

use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, Shortcut, ShortcutState};

use crate::actions;

/// Why the shortcut of the settings does not work, and which one does.
#[derive(Debug, Default)]
struct Registered(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    active: Option<String>,
    error: Option<Refusal>,
}

/// Why the system does not give Hoist a shortcut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Another application holds it.
    Taken,
    /// Its text names no keys.
    Unreadable,
    /// Wayland lets no application listen to the keys of others.
    Wayland,
}

/// The plugin with what the shortcut does.
pub(crate) fn plugin<R: Runtime>() -> TauriPlugin<R> {
    tauri_plugin_global_shortcut::Builder::new()
        .with_handler(|app, _shortcut, event| {
            if event.state == ShortcutState::Pressed {
                actions::upload_clipboard(app);
            }
        })
        .build()
}

/// Listens for `wanted` instead of what was listened for before; empty for none.
///
/// A shortcut that another application holds is remembered as an error, never fatal: everything
/// else works without it.
pub(crate) fn apply<R: Runtime>(app: &AppHandle<R>, wanted: &str) {
    if app.try_state::<Registered>().is_none() {
        app.manage(Registered::default());
    }
    let registered = app.state::<Registered>();
    let mut state = registered.0.lock().unwrap_or_else(PoisonError::into_inner);
    if state.error.is_none() && state.active.as_deref().unwrap_or_default() == wanted {
        return;
    }
    if state.active.take().is_some()
        && let Err(error) = app.global_shortcut().unregister_all()
    {
        tracing::warn!(%error, "the old global shortcut could not be given up");
    }
    state.error = None;
    if wanted.is_empty() {
        return;
    }
    match register(app, wanted) {
        Ok(()) => state.active = Some(wanted.to_owned()),
        Err(refusal) => {
            tracing::warn!(?refusal, shortcut = wanted, "the global shortcut does not work");
            state.error = Some(refusal);
        }
    }
}

fn register<R: Runtime>(app: &AppHandle<R>, wanted: &str) -> Result<(), Refusal> {
    let shortcut: Shortcut = wanted.parse().map_err(|_| Refusal::Unreadable)?;
    // Registering would succeed there, and no key would ever arrive.
    if cfg!(target_os = "linux") && !has_x_keyboard(|name| std::env::var_os(name).is_some()) {
        return Err(Refusal::Wayland);
    }
    app.global_shortcut().register(shortcut).map_err(|error| {
        tracing::debug!(%error, "refused");
        Refusal::Taken
    })
}

/// Whether keys pressed in other applications go through an X server.
fn has_x_keyboard(is_set: impl Fn(&str) -> bool) -> bool {
    is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")
}

/// Why the shortcut does not work, if it does not.
pub(crate) fn refusal<R: Runtime>(app: &AppHandle<R>) -> Option<Refusal> {
    let registered = app.try_state::<Registered>()?;
    registered.0.lock().unwrap_or_else(PoisonError::into_inner).error
}

#[cfg(test)]
mod tests {
    use tauri_plugin_global_shortcut::Shortcut;

    use super::has_x_keyboard;

    #[test]
    fn only_an_x_session_has_global_keys() {
        assert!(has_x_keyboard(|name| name == "DISPLAY"));
        assert!(!has_x_keyboard(|_| false));
        // XWayland gives a DISPLAY, but only the keys of its own windows.
        assert!(!has_x_keyboard(|_| true));
    }

    #[test]
    fn the_default_shortcut_and_what_people_type_can_be_read() {
        for text in ["Ctrl+Alt+U", "CmdOrCtrl+Shift+P", "Super+F9"] {
            assert!(text.parse::<Shortcut>().is_ok(), "{text}");
        }
        for text in ["Ctrl+", "U+Ctrl+Alt", "Ctrl+Nothing"] {
            assert!(text.parse::<Shortcut>().is_err(), "{text}");
        }
    }
}
