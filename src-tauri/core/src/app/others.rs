//! What another Hoist does on the same data: the window shows what the command line has uploaded.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::{App, Inner};
use crate::events::AppEvent;

/// Time between two looks. Each is a few microseconds.
const INTERVAL: Duration = Duration::from_secs(2);

/// Looks from time to time, as long as the app lives.
pub(super) fn follow(app: &App) {
    let inner = Arc::downgrade(&app.inner);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(INTERVAL).await;
            if !look(&inner).await {
                return;
            }
        }
    });
}

/// False when the app is gone.
async fn look(inner: &Weak<Inner>) -> bool {
    let Some(inner) = inner.upgrade() else { return false };
    let app = App { inner };
    app.look_for_changes().await;
    true
}

impl App {
    /// Tells of changes other processes have made to the configuration and the history.
    pub(super) async fn look_for_changes(&self) {
        match self.inner.live.refresh().await {
            Ok(true) => {
                self.inner.config_broken.store(false, Ordering::Relaxed);
                self.inner.events.emit(AppEvent::Settings { settings: self.settings() });
                self.tell_profiles().await;
                self.backups_changed().await;
            }
            Ok(false) => self.inner.config_broken.store(false, Ordering::Relaxed),
            // Said once; what was read before stays in force until it is mended.
            Err(problem) => {
                if !self.inner.config_broken.swap(true, Ordering::Relaxed) {
                    self.fail(&problem);
                }
            }
        }
        if let Ok(history) = self.inner.recorder.history() {
            match history.has_changed().await {
                Ok(true) => self.inner.recorder.tell(),
                Ok(false) => {}
                Err(problem) => tracing::debug!(%problem, "the history cannot be read just now"),
            }
        }
    }
}
