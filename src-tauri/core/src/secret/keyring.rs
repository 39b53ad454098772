//! Secrets in the operating system's keyring: one entry per profile.
//!
//! A keyring call can wait for ever: for a person who is asked to unlock it, for a service that never
//! answers. So each runs on a thread of its own with a deadline, and nothing waits for that thread,
//! not even the end of the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::Secret;
use super::file::{decode, encode};
use crate::problem::{Code, Problem, Result};

const SERVICE: &str = "hoist";

/// What Windows keeps in one entry, in bytes.
const WINDOWS_LIMIT: usize = 2560;

/// What a keyring does, so that tests can have one that never answers.
trait Backend: Send + Sync {
    fn get(&self, user: &str) -> Result<Zeroizing<Vec<u8>>, Refusal>;
    fn set(&self, user: &str, bytes: &[u8]) -> Result<(), Refusal>;
    fn delete(&self, user: &str) -> Result<(), Refusal>;
}

/// Why a keyring did not do it.
#[derive(Debug)]
enum Refusal {
    Missing,
    Locked,
    Unavailable(String),
    TooLong(usize),
}

/// The keyring, as one home uses it.
#[derive(Clone)]
pub(super) struct Keyring {
    backend: Arc<dyn Backend>,
    scope: Option<String>,
    deadline: Duration,
    /// Calls that have outlived their deadline and are still waiting.
    stuck: Arc<AtomicUsize>,
}

impl Keyring {
    pub(super) fn system(scope: Option<String>, deadline: Duration) -> Self {
        Self::with_backend(Arc::new(System), scope, deadline)
    }

    fn with_backend(backend: Arc<dyn Backend>, scope: Option<String>, deadline: Duration) -> Self {
        Self { backend, scope, deadline, stuck: Arc::default() }
    }

    /// The entry's name: the profile's, and the home's when that is not the system's own.
    fn user(&self, profile: &str) -> String {
        match &self.scope {
            None => profile.to_owned(),
            Some(scope) => format!("{profile}@{scope}"),
        }
    }

    pub(super) async fn get(&self, profile: &str) -> Result<Secret> {
        let user = self.user(profile);
        let bytes = self.call(profile, move |backend| backend.get(&user)).await?;
        decode(profile, &bytes)
    }

    pub(super) async fn set(&self, profile: &str, secret: Secret) -> Result<()> {
        let user = self.user(profile);
        let bytes = encode(&secret);
        if cfg!(windows) && bytes.len() > WINDOWS_LIMIT {
            return Err(Problem::new(Code::SecretTooLong, profile).with_detail(WINDOWS_LIMIT));
        }
        self.call(profile, move |backend| backend.set(&user, &bytes)).await
    }

    pub(super) async fn delete(&self, profile: &str) -> Result<()> {
        let user = self.user(profile);
        let done = self.call(profile, move |backend| match backend.delete(&user) {
            Err(Refusal::Missing) => Ok(()),
            other => other,
        });
        done.await
    }

    async fn call<T: Send + 'static>(
        &self,
        profile: &str,
        work: impl FnOnce(&dyn Backend) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T> {
        // The keyring serves one call at a time: behind one that waits for a password, all wait.
        if self.stuck.load(Ordering::Acquire) > 0 {
            return Err(Problem::new(Code::KeyringLocked, profile));
        }
        let (sender, mut receiver) = oneshot::channel();
        let (backend, stuck) = (Arc::clone(&self.backend), Arc::clone(&self.stuck));
        let spawned = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            let result = work(&*backend);
            if sender.send(result).is_err() {
                stuck.fetch_sub(1, Ordering::AcqRel);
            }
        });
        if let Err(error) = spawned {
            return Err(Problem::new(Code::KeyringUnavailable, profile).with_detail(error));
        }
        let result = match tokio::time::timeout(self.deadline, &mut receiver).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Refusal::Unavailable("the keyring's own code failed".into())),
            Err(_) => {
                self.stuck.fetch_add(1, Ordering::AcqRel);
                receiver.close();
                match receiver.try_recv() {
                    // It answered in the last moment after all.
                    Ok(result) => {
                        self.stuck.fetch_sub(1, Ordering::AcqRel);
                        result
                    }
                    Err(_) => Err(Refusal::Locked),
                }
            }
        };
        result.map_err(|refusal| match refusal {
            Refusal::Missing => Problem::new(Code::SecretMissing, profile),
            Refusal::Locked => Problem::new(Code::KeyringLocked, profile),
            Refusal::Unavailable(why) => {
                tracing::warn!(%why, "the keyring is not available");
                Problem::new(Code::KeyringUnavailable, profile)
            }
            Refusal::TooLong(limit) => {
                Problem::new(Code::SecretTooLong, profile).with_detail(limit)
            }
        })
    }
}

/// The operating system's.
struct System;

impl System {
    fn entry(user: &str) -> Result<keyring::Entry, Refusal> {
        keyring::Entry::new(SERVICE, user).map_err(|error| match error {
            keyring::Error::NoDefaultStore => {
                Refusal::Unavailable(match keyring::Entry::store_status() {
                    Err(error) => error.to_string(),
                    Ok(()) => "no store".into(),
                })
            }
            other => refusal(other),
        })
    }
}

impl Backend for System {
    fn get(&self, user: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        Self::entry(user)?.get_secret().map(Zeroizing::new).map_err(refusal)
    }

    fn set(&self, user: &str, bytes: &[u8]) -> Result<(), Refusal> {
        Self::entry(user)?.set_secret(bytes).map_err(refusal)
    }

    fn delete(&self, user: &str) -> Result<(), Refusal> {
        Self::entry(user)?.delete_credential().map_err(refusal)
    }
}

/// Texts are taken from variants that hold no secret only: two of them carry what was stored.
fn refusal(error: keyring::Error) -> Refusal {
    use keyring::Error;
    match error {
        Error::NoEntry => Refusal::Missing,
        Error::NoStorageAccess(_) => Refusal::Locked,
        Error::TooLong(_, limit) => Refusal::TooLong(limit as usize),
        Error::PlatformFailure(error) => Refusal::Unavailable(error.to_string()),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => Refusal::Unavailable("bad data".into()),
        Error::Ambiguous(entries) => {
            Refusal::Unavailable(format!("{} entries of the same name", entries.len()))
        }
        other => Refusal::Unavailable(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc;

    use super::*;

    /// Answers each call when told to, and not before.
    struct Waiting(Mutex<mpsc::Receiver<()>>);

    impl Backend for Waiting {
        fn get(&self, _user: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
            let _ = self.0.lock().unwrap().recv();
            Err(Refusal::Missing)
        }
        fn set(&self, _user: &str, _bytes: &[u8]) -> Result<(), Refusal> {
            Err(Refusal::TooLong(WINDOWS_LIMIT))
        }
        fn delete(&self, _user: &str) -> Result<(), Refusal> {
            Err(Refusal::Missing)
        }
    }

    fn waiting() -> (Keyring, mpsc::Sender<()>) {
        let (sender, receiver) = mpsc::channel();
        let backend = Arc::new(Waiting(Mutex::new(receiver)));
        (Keyring::with_backend(backend, None, Duration::from_millis(50)), sender)
    }

    #[tokio::test]
    async fn a_keyring_that_waits_for_a_password_is_reported_as_locked() {
        let (keyring, answer) = waiting();
        assert_eq!(keyring.get("blog").await.unwrap_err().code, Code::KeyringLocked);
        // The next is told at once, instead of queueing behind the first.
        let started = std::time::Instant::now();
        assert_eq!(keyring.delete("blog").await.unwrap_err().code, Code::KeyringLocked);
        assert!(started.elapsed() < Duration::from_millis(40));
        // Once the person has answered, it works again.
        answer.send(()).unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(5);
        while keyring.delete("blog").await.is_err() {
            assert!(std::time::Instant::now() < deadline, "the keyring stays locked");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn the_limit_of_the_platform_is_named() {
        let (keyring, _answer) = waiting();
        let problem = keyring.set("blog", Secret::new("a", "b", None)).await.unwrap_err();
        assert_eq!(problem.code, Code::SecretTooLong);
        assert_eq!(problem.detail.as_deref(), Some("2560"));
    }

    #[test]
    fn homes_do_not_share_entries() {
        let (mut keyring, _answer) = waiting();
        assert_eq!(keyring.user("local"), "local");
        keyring.scope = Some("/mnt/stick".into());
        assert_eq!(keyring.user("local"), "local@/mnt/stick");
    }
}
