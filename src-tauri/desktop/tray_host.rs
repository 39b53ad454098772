//! Whether a Linux desktop displays tray icons at all: GNOME without an extension does not.

use tauri::{AppHandle, Runtime};
use zbus::blocking::Connection;
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;

use crate::tray;

/// Whoever owns this name on the session bus takes icons for display.
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// Follows the displays of icons as they come and go, for as long as the process lives.
pub(crate) fn watch<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    let spawned = std::thread::Builder::new().name("hoist-tray-host".into()).spawn(move || {
        if let Err(error) = follow(&app) {
            tracing::info!(%error, "no session bus, so no tray");
        }
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "no thread to look for a tray");
    }
}

fn follow<R: Runtime>(app: &AppHandle<R>) -> zbus::Result<()> {
    let connection = Connection::session()?;
    let bus = DBusProxy::new(&connection)?;
    // Listened for before asked for, so that nothing falls between.
    let changes = bus.receive_name_owner_changed_with_args(&[(0, WATCHER)])?;
    tray::set_displayed(app, bus.name_has_owner(BusName::try_from(WATCHER)?)?);
    for change in changes {
        tray::set_displayed(app, change.args()?.new_owner().is_some());
    }
    Ok(())
}
