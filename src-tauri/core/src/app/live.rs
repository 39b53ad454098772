//! The configuration as it is now: read anew when another program has changed the file.

use std::sync::{Arc, PoisonError, RwLock};

use crate::backup::BackupRule;
use crate::config::Config;
use crate::history::blocking;
use crate::problem::Result;
use crate::profile::{Profile, provider};
use crate::settings::Settings;
use crate::uploads::Choices;

/// Stands between a profile and a bucket of its account in the name of a place.
pub(super) const SEPARATOR: char = '/';

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

    /// A *place* is a profile, which stands for its bucket, or `PROFILE/BUCKET`: another bucket of
    /// the same account, all of it, without the profile's folder and public URL.
    fn profile(&self, name: &str) -> Result<Profile> {
        let config = self.config.read().unwrap_or_else(PoisonError::into_inner);
        match name.split_once(SEPARATOR) {
            None => config.profile(name).cloned(),
            Some((profile, bucket)) => Ok(elsewhere(config.profile(profile)?, bucket)),
        }
    }
}

/// The profile of another bucket of the account.
fn elsewhere(profile: &Profile, bucket: &str) -> Profile {
    Profile {
        name: format!("{}{SEPARATOR}{bucket}", profile.name),
        // Some providers' endpoints are written with the bucket in front.
        endpoint: profile.endpoint.as_deref().map(|url| provider::bare(url, &profile.bucket)),
        bucket: bucket.to_owned(),
        prefix: String::new(),
        public_url: None,
        // A custom domain is one bucket's.
        cname: false,
        ..profile.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Provider;

    #[test]
    fn another_bucket_has_the_keys_of_its_profile_and_nothing_of_its_folder() {
        let mine = Profile {
            bucket: "mine".into(),
            prefix: "blog/".into(),
            public_url: Some("https://img.example.com".into()),
            endpoint: Some("https://mine.minio.example.com".into()),
            ..Profile::new("lab", Provider::Minio)
        };
        let other = elsewhere(&mine, "data");
        assert_eq!((&*other.name, &*other.bucket, &*other.prefix), ("lab/data", "data", ""));
        assert_eq!((other.public_url, other.cname), (None, false));
        assert_eq!(other.endpoint.as_deref(), Some("https://minio.example.com"));
        assert_eq!(other.secret, mine.secret);
    }
}
