//! How much at once: requests, files and jobs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::retry::RetryPolicy;

/// What transfers may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests with a body under way, over all profiles, 1 to 256.
    pub requests: usize,
    /// The same of one profile.
    pub requests_per_profile: usize,
    /// Files of one job under way.
    pub files: usize,
    /// Jobs under way.
    pub jobs: usize,
    /// How failed requests are tried again.
    pub retry: RetryPolicy,
    /// A body that does not move for this long is an error.
    pub stall: Duration,
    /// How often the wishes of other processes are looked at.
    pub look: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 16,
            requests_per_profile: 8,
            files: 8,
            jobs: 3,
            retry: RetryPolicy::default(),
            stall: Duration::from_secs(30),
            look: Duration::from_millis(500),
        }
    }
}

/// The right to make one request. Given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    _profile: OwnedSemaphorePermit,
    _global: OwnedSemaphorePermit,
}

/// Hands out rights to make requests.
#[derive(Debug)]
pub(super) struct Permits {
    global: Arc<Semaphore>,
    profiles: Mutex<HashMap<String, Arc<Semaphore>>>,
    per_profile: usize,
}

impl Permits {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            global: Arc::new(Semaphore::new(limits.requests.max(1))),
            profiles: Mutex::default(),
            per_profile: limits.requests_per_profile.max(1),
        }
    }

    /// Waits for one. The profile's comes first, so that a slow profile holds up no other.
    pub(super) async fn take(&self, profile: &str) -> Option<Permit> {
        let of_profile = {
            let mut profiles = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Semaphore::new(self.per_profile));
            Arc::clone(profiles.entry(profile.to_owned()).or_insert_with(new))
        };
        // Never closed, so both always come.
        let _profile = of_profile.acquire_owned().await.ok()?;
        let _global = Arc::clone(&self.global).acquire_owned().await.ok()?;
        Some(Permit { _profile, _global })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn waits(permits: &Permits, profile: &str) -> bool {
        tokio::time::timeout(Duration::from_millis(10), permits.take(profile)).await.is_err()
    }

    #[tokio::test]
    async fn both_limits_hold_and_one_profile_does_not_starve_another() {
        let limits = Limits { requests: 3, requests_per_profile: 2, ..Limits::default() };
        let permits = Permits::new(&limits);
        let (a, b) = (permits.take("a").await, permits.take("a").await);
        assert!(a.is_some() && b.is_some() && waits(&permits, "a").await);
        let c = permits.take("b").await;
        assert!(c.is_some() && waits(&permits, "b").await);
        drop(a);
        assert!(permits.take("b").await.is_some());
    }
}
