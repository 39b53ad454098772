//! Secrets in files of mode 0600, one per profile: only when the user asks for it.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Secret, Sensitive};
use crate::home::create_private_dir;
use crate::problem::{Code, Problem, Result};

/// The directory of the files.
#[derive(Debug, Clone)]
pub(super) struct SecretFiles {
    dir: PathBuf,
}

impl SecretFiles {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The prefix keeps names that Windows reserves (`con`) usable.
    fn path(&self, profile: &str) -> PathBuf {
        self.dir.join(format!("profile-{profile}.json"))
    }

    pub(super) fn get(&self, profile: &str) -> Result<Secret> {
        let path = self.path(profile);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Problem::new(Code::SecretMissing, profile));
            }
            Err(error) => return Err(failed(&path, &error)),
        };
        tighten(&path)?;
        decode(profile, &bytes)
    }

    pub(super) fn set(&self, profile: &str, secret: &Secret) -> Result<()> {
        create_private_dir(&self.dir)?;
        let path = self.path(profile);
        let write = || -> std::io::Result<()> {
            // Made with mode 0600 from the first byte, unlike a chmod after the write.
            let mut file = tempfile::Builder::new().prefix(".secret-").tempfile_in(&self.dir)?;
            file.write_all(&encode(secret))?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| failed(&path, &error))
    }

    pub(super) fn delete(&self, profile: &str) -> Result<()> {
        let path = self.path(profile);
        match std::fs::remove_file(&path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(&path, &error)),
        }
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Problem {
    Problem::from_io(Code::SecretFile, path.display().to_string(), error)
}

/// A file that others can read, after a restore from a backup for example, is closed again.
#[cfg(unix)]
fn tighten(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let close = || -> std::io::Result<()> {
        if path.metadata()?.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
            tracing::warn!(path = %path.display(), "others could read this secret; its mode is 0600 again");
        }
        Ok(())
    };
    close().map_err(|error| failed(path, &error))
}

#[cfg(not(unix))]
fn tighten(_path: &Path) -> Result<()> {
    Ok(())
}

/// The stored form, for files and keyrings alike.
pub(super) fn encode(secret: &Secret) -> Zeroizing<Vec<u8>> {
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Stored<'a> {
        access_key_id: &'a str,
        secret_access_key: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        session_token: Option<&'a str>,
    }
    let stored = Stored {
        access_key_id: secret.access_key_id.expose(),
        secret_access_key: secret.secret_access_key.expose(),
        session_token: secret.session_token.as_ref().map(|token| token.expose().as_str()),
    };
    // Large enough that no shorter copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    // Writing strings into a Vec cannot fail.
    let _ = serde_json::to_writer(&mut *bytes, &stored);
    bytes
}

/// Reads what [`encode`] wrote.
pub(super) fn decode(profile: &str, bytes: &[u8]) -> Result<Secret> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Stored {
        access_key_id: String,
        secret_access_key: String,
        session_token: Option<String>,
    }
    // The error of serde is left out: it can quote what it read.
    let stored: Stored =
        serde_json::from_slice(bytes).map_err(|_| Problem::new(Code::SecretBroken, profile))?;
    Ok(Secret {
        access_key_id: Sensitive::new(stored.access_key_id),
        secret_access_key: Sensitive::new(stored.secret_access_key),
        session_token: stored.session_token.map(Sensitive::new),
    })
}
