//! Trying again: a few times, not for ever, and not all at once.

use std::time::{Duration, Instant};

use hoist_store::{ErrorKind, Retry, StoreError};

use crate::problem::Problem;

/// How often and how long a request is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// At most this many times, the first included.
    pub attempts: u32,
    /// Not after this long since the first.
    pub elapsed: Duration,
    /// The longest pause after the first failure; it doubles with each.
    pub base: Duration,
    /// The longest pause of all, unless the store asks for more.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 8,
            elapsed: Duration::from_secs(600),
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// How long to wait after failure `failures` (from 1), `elapsed` after the first attempt;
    /// `None` when it is enough. `luck` in 0..1 is where in the full range the pause lies.
    pub(super) fn pause(
        &self,
        failures: u32,
        elapsed: Duration,
        retry: Retry,
        luck: f64,
    ) -> Option<Duration> {
        if failures >= self.attempts || retry == Retry::Never {
            return None;
        }
        let doubled = self.base.saturating_mul(1u32 << failures.saturating_sub(1).min(16));
        let jittered = doubled.min(self.cap).mul_f64(luck.clamp(0.0, 1.0));
        let pause = match retry {
            Retry::After(asked) => asked.max(jittered),
            _ => jittered,
        };
        (elapsed.saturating_add(pause) <= self.elapsed).then_some(pause)
    }
}

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The store's answer decides whether it is tried again.
    Store(StoreError),
    /// Nothing to do with the store: trying again is no use.
    Here(Problem),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error)
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Trouble::Here(problem)
    }
}

impl Trouble {
    /// As a person is told it; `subject` is what the store was asked about.
    pub(crate) fn problem(self, subject: &str) -> Problem {
        match self {
            Trouble::Store(error) => {
                tracing::warn!(subject, %error, "given up");
                Problem::from_store(&error, subject)
            }
            Trouble::Here(problem) => problem,
        }
    }

    pub(crate) fn kind(&self) -> Option<ErrorKind> {
        match self {
            Trouble::Store(error) => Some(error.kind()),
            Trouble::Here(_) => None,
        }
    }
}

/// Damaged bytes are not sent again by themselves, but here nothing is lost by it.
fn retry_of(error: &StoreError) -> Retry {
    match error.retry() {
        Retry::Never if error.kind() == ErrorKind::Integrity => Retry::Now,
        retry => retry,
    }
}

/// Makes attempts until one succeeds or it is enough.
pub(crate) async fn retrying<T, F>(
    policy: &RetryPolicy,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let start = Instant::now();
    let mut failures = 0;
    loop {
        let error = match attempt().await {
            Ok(done) => return Ok(done),
            Err(Trouble::Here(problem)) => return Err(Trouble::Here(problem)),
            Err(Trouble::Store(error)) => error,
        };
        failures += 1;
        let pause = policy.pause(failures, start.elapsed(), retry_of(&error), fastrand::f64());
        match pause {
            Some(pause) => {
                tracing::debug!(%error, ?pause, failures, "tried again");
                tokio::time::sleep(pause).await;
            }
            None => return Err(Trouble::Store(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        attempts: 5,
        elapsed: Duration::from_secs(60),
        base: Duration::from_secs(1),
        cap: Duration::from_secs(5),
    };

    proptest! {
        #[test]
        fn pauses_are_bounded_and_end(failures in 1u32..100, elapsed in 0u64..100, luck in 0.0f64..1.0) {
            let elapsed = Duration::from_secs(elapsed);
            let pause = POLICY.pause(failures, elapsed, Retry::Now, luck);
            prop_assert!(pause.is_none_or(|pause| pause <= POLICY.cap && elapsed + pause <= POLICY.elapsed));
            if failures >= 5 || elapsed > POLICY.elapsed {
                prop_assert_eq!(pause, None);
            }
            prop_assert_eq!(POLICY.pause(failures, elapsed, Retry::Never, luck), None);
        }
    }

    #[test]
    fn the_store_may_ask_for_a_longer_pause_but_not_for_ever() {
        let seconds = Duration::from_secs;
        let asked = |n, elapsed| POLICY.pause(1, seconds(elapsed), Retry::After(seconds(n)), 0.5);
        assert_eq!(asked(20, 0), Some(seconds(20)));
        assert_eq!(asked(0, 0), Some(Duration::from_millis(500)));
        assert_eq!(asked(20, 45), None);
    }

    #[test]
    fn the_range_of_the_pause_doubles() {
        let longest = |failures| POLICY.pause(failures, Duration::ZERO, Retry::Now, 1.0).unwrap();
        assert_eq!([1, 2, 3, 4].map(longest).map(|pause| pause.as_secs()), [1, 2, 4, 5]);
    }

    #[tokio::test]
    async fn what_cannot_succeed_is_tried_once_and_damage_again() {
        let policy = RetryPolicy { base: Duration::ZERO, ..POLICY };
        for (kind, expected) in
            [(ErrorKind::AccessDenied, 1), (ErrorKind::Network, 5), (ErrorKind::Integrity, 5)]
        {
            let mut tried = 0;
            let result: Result<(), Trouble> = retrying(&policy, || {
                tried += 1;
                async move { Err(StoreError::new(kind, "no").into()) }
            })
            .await;
            assert_eq!(result.unwrap_err().kind(), Some(kind));
            assert_eq!(tried, expected, "{kind:?}");
        }
    }
}
