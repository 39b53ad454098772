//! The one pair of keys the store takes, and where it is kept.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use hoist_core::problem::{Code, Problem, Result};
use hoist_core::profile::SecretRef;
use hoist_core::secret::{Secret, Secrets};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};
use sha2::{Digest as _, Sha256};

/// The profile whose secret it is.
const PROFILE: &str = "local";

/// An access key id and its secret.
#[derive(Clone)]
pub struct Keys {
    /// Access key id.
    pub access_key: String,
    /// Secret access key. Never shown.
    pub secret_key: String,
}

impl Keys {
    /// A new random pair.
    pub fn random() -> Self {
        let random = || uuid::Uuid::new_v4().simple().to_string();
        let secret = Sha256::digest(format!("{}{}{}", random(), random(), random()));
        Self {
            access_key: format!("HOIST{}", &random()[..15].to_ascii_uppercase()),
            secret_key: hex::encode(&secret[..20]),
        }
    }

    fn of(secret: &Secret) -> Self {
        Self {
            access_key: secret.access_key_id.expose().clone(),
            secret_key: secret.secret_access_key.expose().clone(),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// The keys kept for the store of this directory, made the first time.
///
/// They are in the keyring, or in a file of mode 0600 when there is no keyring that answers: the
/// first upload must work without one.
pub(crate) async fn load(secrets: &Secrets, dir: &Path) -> Result<Keys> {
    match find(secrets).await? {
        Found::Keys(keys) => Ok(keys),
        Found::Nothing(_) => {
            // Of several programs that start for the first time together, one makes the keys.
            let _lock = lock(dir).await?;
            match find(secrets).await? {
                Found::Keys(keys) => Ok(keys),
                Found::Nothing(keyring) => make(secrets, keyring).await,
            }
        }
    }
}

enum Found {
    Keys(Keys),
    /// None in the file, and why the keyring gave none.
    Nothing(Problem),
}

async fn find(secrets: &Secrets) -> Result<Found> {
    match secrets.get(PROFILE, &SecretRef::File).await {
        Ok(secret) => return Ok(Found::Keys(Keys::of(&secret))),
        Err(problem) if problem.code == Code::SecretMissing => {}
        Err(problem) => return Err(problem),
    }
    Ok(match secrets.get(PROFILE, &SecretRef::Keyring).await {
        Ok(secret) => Found::Keys(Keys::of(&secret)),
        Err(problem) => Found::Nothing(problem),
    })
}

async fn make(secrets: &Secrets, keyring: Problem) -> Result<Keys> {
    let keys = Keys::random();
    let secret = || Secret::new(keys.access_key.clone(), keys.secret_key.clone(), None);
    let refused = if keyring.code == Code::SecretMissing {
        match secrets.set(PROFILE, &SecretRef::Keyring, secret()).await {
            Ok(()) => return Ok(keys),
            Err(problem) => problem,
        }
    } else {
        keyring
    };
    tracing::warn!(
        reason = %refused,
        "the keyring does not answer; the keys of the built-in store are kept in a file only you can read"
    );
    secrets.set(PROFILE, &SecretRef::File, secret()).await?;
    Ok(keys)
}

/// Held while keys are made; given back when it is dropped, however this process ends.
async fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("keys.lock");
    let taken = tokio::task::spawn_blocking(move || {
        if let Some(dir) = path.parent() {
            super::running::private_dir(dir)?;
        }
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.lock()?;
        Ok(file)
    });
    match taken.await.map_err(io::Error::other) {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) | Err(error) => {
            Err(Problem::from_io(Code::BuiltInStoreUnavailable, "built-in store", &error))
        }
    }
}

/// Checks signatures against the pair, and against the pair in the file: a process without a
/// keyring has made that one, for the same person.
pub(crate) struct Auth {
    pub(crate) keys: Keys,
    pub(crate) secrets: Option<Secrets>,
}

#[async_trait::async_trait]
impl S3Auth for Auth {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        if access_key == self.keys.access_key {
            return Ok(SecretKey::from(self.keys.secret_key.clone()));
        }
        if let Some(secrets) = &self.secrets
            && let Ok(secret) = secrets.get(PROFILE, &SecretRef::File).await
            && secret.access_key_id.expose() == access_key
        {
            return Ok(SecretKey::from(secret.secret_access_key.expose().clone()));
        }
        Err(s3_error!(InvalidAccessKeyId, "This access key id is not the built-in store's."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_differ_and_say_nothing() {
        let (one, two) = (Keys::random(), Keys::random());
        assert_eq!((one.access_key.len(), one.secret_key.len()), (20, 40));
        assert_ne!(one.secret_key, two.secret_key);
        assert_ne!(one.access_key, two.access_key);
        assert_eq!(format!("{one:?}"), "Keys");
    }
}
