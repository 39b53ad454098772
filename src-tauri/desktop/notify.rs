//! Notifications, for what no window shows.

use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_notification::NotificationExt;

use crate::Desktop;

/// Shows a notification, unless the settings say not to.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>, title: &str, body: &str) {
    if !app.state::<Desktop>().core.settings().notify {
        return;
    }
    if let Err(error) = app.notification().builder().title(title).body(body).show() {
        tracing::warn!(%error, "no notification could be shown");
    }
}
