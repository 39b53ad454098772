//! Profiles, and the secrets that go with them.

use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;

use super::App;
use crate::doctor;
use crate::events::AppEvent;
use crate::image::Transform;
use crate::pipeline::Places as _;
use crate::problem::{Code, FieldName, Problem, Result};
use crate::profile::{Profile, Provider};
use crate::secret::Secret;
use crate::uploads::Choices as _;
use crate::view::{CheckView, ProfileView, SecretInput};

/// The views as last made, with what the keyring said.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Option<Vec<ProfileView>>>);

impl App {
    /// All profiles, with whether their secrets are there.
    pub async fn profiles(&self) -> Vec<ProfileView> {
        let default = self.settings().default_profile;
        let profiles = self.inner.live.profiles();
        let views =
            join_all(profiles.into_iter().map(|profile| self.view(profile, &default))).await;
        *self.inner.profile_views.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(views.clone());
        views
    }

    /// As last known, at once. Secrets nobody has asked for yet count as set, and the keyring is
    /// asked: a window does not wait for it, nor warn of what may be all right.
    pub(super) fn profiles_known(&self) -> Vec<ProfileView> {
        let known =
            self.inner.profile_views.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let profiles = self.inner.live.profiles();
        if let Some(known) = known
            && known.iter().map(|view| &view.profile).eq(profiles.iter())
        {
            return known;
        }
        let default = self.settings().default_profile;
        let app = self.clone();
        self.inner.runtime.spawn(async move { app.tell_profiles().await });
        profiles.into_iter().map(|profile| self.plain_view(profile, &default)).collect()
    }

    /// All profiles, without asking a keyring: whether their secrets are there is left open.
    pub fn profiles_unasked(&self) -> Vec<ProfileView> {
        let default = self.settings().default_profile;
        self.inner
            .live
            .profiles()
            .into_iter()
            .map(|profile| self.plain_view(profile, &default))
            .collect()
    }

    pub(super) async fn tell_profiles(&self) {
        let profiles = self.profiles().await;
        self.inner.events.emit(AppEvent::Profiles { profiles });
    }

    fn plain_view(&self, profile: Profile, default: &str) -> ProfileView {
        let public_base =
            self.inner.buckets.address(&profile).map(|(_, base)| base).unwrap_or_default();
        ProfileView {
            is_default: profile.name == default,
            public_base,
            access_key_id: None,
            secret_set: true,
            secret_problem: None,
            profile,
        }
    }

    async fn view(&self, profile: Profile, default: &str) -> ProfileView {
        let mut view = self.plain_view(profile, default);
        if view.profile.provider == Provider::Local {
            return view;
        }
        match self.inner.secrets.get(&view.profile.name, &view.profile.secret).await {
            Ok(secret) => view.access_key_id = Some(secret.access_key_id.expose().clone()),
            Err(problem) => {
                view.secret_set = false;
                if problem.code != Code::SecretMissing {
                    view.secret_problem = Some(problem.view());
                }
            }
        }
        view
    }

    /// Adds a profile, or changes the one called `previous`; without `secret` its keys stay.
    ///
    /// All of it or nothing: when the keyring refuses the keys, the profile is as it was before.
    ///
    /// # Errors
    /// Which field is wrong, that the name is taken, or why the keys could not be kept.
    pub async fn save_profile(
        &self,
        profile: Profile,
        secret: Option<SecretInput>,
        previous: Option<&str>,
    ) -> Result<ProfileView> {
        let profile = profile.normalized();
        if let Some(spec) = &profile.transform {
            Transform::parse(spec, &profile.presets_with(&self.settings().presets))?;
        }
        for preset in &profile.presets {
            Transform::parse(&preset.spec, &[]).map_err(|p| p.with_field(FieldName::Presets))?;
        }
        let secret = secret.map(|input| Secret::from_input(&profile.name, input)).transpose()?;
        let old = previous.map(|name| self.inner.live.profile(name)).transpose()?;
        let (new, was) = (profile.clone(), previous.map(str::to_owned));
        self.inner.live.change(move |config| config.put_profile(new, was.as_deref())).await?;
        if let Err(problem) = self.keep_secret(&profile, secret, old.as_ref()).await {
            self.take_back(&profile, old).await;
            return Err(problem);
        }
        if let Some(old) = &old
            && old.name != profile.name
        {
            self.inner.buckets.forget(&old.name);
            self.follow_name(&old.name, &profile.name).await;
        }
        self.inner.buckets.forget(&profile.name);
        self.tell_settings();
        self.tell_profiles().await;
        self.backups_changed().await;
        let default = self.settings().default_profile;
        let saved = self.inner.live.profile(&profile.name)?;
        Ok(self.view(saved, &default).await)
    }

    async fn keep_secret(
        &self,
        new: &Profile,
        secret: Option<Secret>,
        old: Option<&Profile>,
    ) -> Result<()> {
        let secrets = &self.inner.secrets;
        let moved = old.filter(|old| old.name != new.name || old.secret != new.secret);
        match (secret, moved) {
            (Some(secret), moved) => {
                secrets.set(&new.name, &new.secret, secret).await?;
                match moved {
                    Some(old) => secrets.delete(&old.name, &old.secret).await,
                    None => Ok(()),
                }
            }
            (None, Some(old)) if old.secret == new.secret => {
                secrets.rename(&old.name, &new.name, &new.secret).await
            }
            (None, Some(old)) => match secrets.get(&old.name, &old.secret).await {
                // What comes from the environment needs no keeping, and what is missing cannot move.
                _ if matches!(new.secret, crate::profile::SecretRef::Env { .. }) => {
                    secrets.delete(&old.name, &old.secret).await
                }
                Ok(secret) => {
                    secrets.set(&new.name, &new.secret, secret).await?;
                    secrets.delete(&old.name, &old.secret).await
                }
                Err(problem) if problem.code == Code::SecretMissing => Ok(()),
                Err(problem) => Err(problem),
            },
            (None, None) => Ok(()),
        }
    }

    /// Undoes what `save_profile` wrote.
    async fn take_back(&self, profile: &Profile, old: Option<Profile>) {
        let name = profile.name.clone();
        let undone = self
            .inner
            .live
            .change(move |config| match old {
                Some(old) => config.put_profile(old, Some(&name)),
                None => config.remove_profile(&name),
            })
            .await;
        if let Err(problem) = undone {
            self.fail(&problem);
        }
    }

    async fn follow_name(&self, from: &str, to: &str) {
        let renamed = match self.inner.recorder.history() {
            Ok(history) => history.rename_profile(from, to).await,
            Err(problem) => Err(problem),
        };
        match renamed {
            Ok(()) => self.inner.recorder.tell(),
            Err(problem) => self.fail(&problem),
        }
    }

    /// Probes a profile from end to end; `report` is told of every line as it changes.
    ///
    /// # Errors
    /// Only that there is no such profile; what is wrong with one stands in the lines.
    pub async fn doctor(
        &self,
        name: &str,
        report: impl FnMut(CheckView) + Send,
    ) -> Result<Vec<CheckView>> {
        let profile = self.inner.live.profile(name)?;
        // What was changed in the keyring by hand counts too.
        self.inner.buckets.forget(name);
        Ok(match self.inner.buckets.place(name).await {
            Ok(place) => {
                doctor::run(place.bucket, &place.profile, &place.public_base, report).await
            }
            Err(problem) => doctor::refused(&profile, &problem, report),
        })
    }

    /// Removes a profile and forgets its keys. What it has uploaded stays, in the bucket and in the
    /// history.
    pub async fn delete_profile(&self, name: &str) -> Result<()> {
        let profile = self.inner.live.profile(name)?;
        let of_config = name.to_owned();
        self.inner.live.change(move |config| config.remove_profile(&of_config)).await?;
        self.inner.buckets.forget(name);
        if let Err(problem) = self.inner.secrets.delete(name, &profile.secret).await {
            self.fail(&problem);
        }
        self.tell_settings();
        self.tell_profiles().await;
        self.backups_changed().await;
        Ok(())
    }

    /// Tells of a failure that belongs to no row and stops nothing.
    pub(super) fn fail(&self, problem: &Problem) {
        tracing::warn!(%problem);
        self.inner.events.emit(AppEvent::Failure { problem: problem.view() });
    }
}
