//! Secrets: the operating system's keyring, environment variables, or a file of mode 0600.
//!
//! A secret never has a `Debug` or `Serialize` form, and its memory is wiped when it is dropped.

mod env;
mod file;
mod keyring;
mod sensitive;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::home::Home;
use crate::problem::{Code, FieldName, Problem, Reason, Result};
use crate::profile::SecretRef;
use crate::view::SecretInput;

pub use sensitive::Sensitive;

/// How long a keyring may take. A locked one asks the person for a password meanwhile; whoever needs
/// longer than this answers the question and tries again.
const KEYRING_DEADLINE: Duration = Duration::from_secs(10);

/// The keys of one profile. The access key id counts as part of the secret.
#[derive(Clone)]
pub struct Secret {
    /// Access key id.
    pub access_key_id: Sensitive<String>,
    /// Secret access key.
    pub secret_access_key: Sensitive<String>,
    /// Token of temporary credentials.
    pub session_token: Option<Sensitive<String>>,
}

impl Secret {
    /// The keys of one profile.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
        session_token: Option<String>,
    ) -> Self {
        Self {
            access_key_id: Sensitive::new(access_key_id.into()),
            secret_access_key: Sensitive::new(secret_access_key.into()),
            session_token: session_token.filter(|token| !token.is_empty()).map(Sensitive::new),
        }
    }

    /// As typed: without the spaces and line ends that come along with a paste.
    pub fn from_input(profile: &str, input: SecretInput) -> Result<Self> {
        let secret = Self::new(
            input.access_key_id.trim(),
            input.secret_access_key.trim(),
            input.session_token.map(|token| token.trim().to_owned()),
        );
        secret.check(profile)?;
        Ok(secret)
    }

    fn check(&self, profile: &str) -> Result<()> {
        let parts = [
            (FieldName::AccessKeyId, Some(&self.access_key_id)),
            (FieldName::SecretAccessKey, Some(&self.secret_access_key)),
            (FieldName::SessionToken, self.session_token.as_ref()),
        ];
        for (field, value) in parts {
            let Some(value) = value else { continue };
            let invalid = |reason| {
                Err(Problem::new(Code::ProfileInvalid, profile)
                    .with_field(field)
                    .with_reason(reason))
            };
            if value.expose().is_empty() {
                return invalid(Reason::Missing);
            }
            // Such a character cannot be part of a header; it would fail much later and less clearly.
            if let Some(c) = value.expose().chars().find(|c| !c.is_ascii_graphic()) {
                return invalid(Reason::BadCharacter(c));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Where secrets are got from and kept.
#[derive(Clone)]
pub struct Secrets {
    keyring: keyring::Keyring,
    files: file::SecretFiles,
    variables: Variables,
}

/// Reads environment variables.
type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// The secrets of one home. Two homes never see each other's.
    pub fn new(home: &Home) -> Self {
        Self {
            keyring: keyring::Keyring::system(home.keyring_scope(), KEYRING_DEADLINE),
            files: file::SecretFiles::new(home.secrets_dir()),
            variables: Arc::new(|name| std::env::var(name).ok()),
        }
    }

    /// The keys of a profile.
    ///
    /// # Errors
    /// [`Code::SecretMissing`] when none are set; [`Code::KeyringLocked`] or
    /// [`Code::KeyringUnavailable`] when the keyring does not answer in time.
    pub async fn get(&self, profile: &str, secret: &SecretRef) -> Result<Secret> {
        match secret {
            SecretRef::Keyring => self.keyring.get(profile).await,
            SecretRef::Env { access_key, secret_key, session_token } => env::get(
                profile,
                &*self.variables,
                access_key,
                secret_key,
                session_token.as_deref(),
            ),
            SecretRef::File => {
                let (files, profile) = (self.files.clone(), profile.to_owned());
                blocking(move || files.get(&profile)).await
            }
        }
    }

    /// Keeps the keys of a profile, in place of any kept before.
    pub async fn set(&self, profile: &str, secret: &SecretRef, value: Secret) -> Result<()> {
        match secret {
            SecretRef::Keyring => self.keyring.set(profile, value).await,
            SecretRef::Env { access_key, .. } => {
                Err(Problem::new(Code::SecretFromEnvironment, profile).with_detail(access_key))
            }
            SecretRef::File => {
                let (files, profile) = (self.files.clone(), profile.to_owned());
                blocking(move || files.set(&profile, &value)).await
            }
        }
    }

    /// Forgets the keys of a profile; none there is no error.
    pub async fn delete(&self, profile: &str, secret: &SecretRef) -> Result<()> {
        match secret {
            SecretRef::Keyring => self.keyring.delete(profile).await,
            SecretRef::Env { .. } => Ok(()),
            SecretRef::File => {
                let (files, profile) = (self.files.clone(), profile.to_owned());
                blocking(move || files.delete(&profile)).await
            }
        }
    }

    /// Moves the keys of a profile to its new name. The old entry goes only when the new one is kept.
    pub async fn rename(&self, from: &str, to: &str, secret: &SecretRef) -> Result<()> {
        if matches!(secret, SecretRef::Env { .. }) {
            return Ok(());
        }
        match self.get(from, secret).await {
            Ok(value) => {
                self.set(to, secret, value).await?;
                self.delete(from, secret).await
            }
            Err(problem) if problem.code == Code::SecretMissing => Ok(()),
            Err(problem) => Err(problem),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Problem::new(Code::Internal, "secret").with_detail(error)))
}

#[cfg(test)]
mod tests;
