//! The configuration as it is now: read anew when another program has changed the file.

use std::sync::{Arc, PoisonError, RwLock};

use crate::backup::BackupRule;
use crate::config::Config;
use crate::history::blocking;
use crate::problem::Result;
use crate::profile::Profile;
use crate::settings::Settings;
use crate::uploads::Choices;

#[derive(Debug)]
pub(super) struct Live {
    config: RwLock<Config>,
}

impl Live {
    pub(super) fn new(config: Config) -> Self {
        Self { config: RwLock::new(config) }
    }

    pub(super) fn profiles(&self) -> Vec<Profile> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).profiles().to_vec()
    }

    pub(super) fn backups(&self) -> Vec<BackupRule> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).backups().to_vec()
    }

    /// Changes the file, off the async threads.
    pub(super) async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Config) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let live = Arc::clone(self);
        blocking(move || change(&mut live.config.write().unwrap_or_else(PoisonError::into_inner)))
            .await
    }

    /// Reads the file again when it has changed; whether it had. A file broken by hand leaves in
    /// force what was read before.
    pub(super) async fn refresh(self: &Arc<Self>) -> Result<bool> {
        self.change(Config::reload_if_changed).await
    }
}

impl Choices for Live {
    fn settings(&self) -> Settings {
        self.config.read().unwrap_or_else(PoisonError::into_inner).settings().clone()
    }

    fn profile(&self, name: &str) -> Result<Profile> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).profile(name).cloned()
    }
}
