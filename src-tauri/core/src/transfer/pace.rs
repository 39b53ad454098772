//! A limit on bytes a second, over all transfers of this process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What may go at once after a rest: a tenth of a second's worth.
const BURST: Duration = Duration::from_millis(100);

/// A token bucket. It keeps the moment up to which the line is spoken for, which says the same as a
/// number of tokens and needs no clock that fills it.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Bytes a second; 0 for no limit.
    rate: AtomicU64,
    taken_until: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn set(&self, rate: Option<u64>) {
        self.rate.store(rate.unwrap_or(0), Ordering::Relaxed);
    }

    /// Takes the time of `bytes`; how long to wait before more may go.
    pub(super) fn take(&self, bytes: u64) -> Duration {
        self.take_at(Instant::now(), bytes)
    }

    /// Waits as long as the limit asks for after so many bytes.
    pub(super) async fn rest(&self, bytes: u64) {
        let pause = self.take(bytes);
        // A sleep of no time still takes a millisecond.
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    fn take_at(&self, now: Instant, bytes: u64) -> Duration {
        let rate = self.rate.load(Ordering::Relaxed);
        if rate == 0 {
            return Duration::ZERO;
        }
        let mut taken_until = self.taken_until.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = now.checked_sub(BURST).unwrap_or(now);
        let from = taken_until.map_or(rested, |taken| taken.max(rested));
        #[expect(clippy::cast_precision_loss, reason = "a time")]
        let until = from + Duration::from_secs_f64((bytes as f64 / rate as f64).min(86_400.0));
        *taken_until = Some(until);
        until.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_more_goes_than_the_limit_allows(
            rate in 1_000u64..1_000_000,
            pieces in proptest::collection::vec((1u64..100_000, 0u64..50), 1..60),
        ) {
            let pace = Pace::default();
            pace.set(Some(rate));
            let start = Instant::now();
            let (mut now, mut sent) = (start, 0u64);
            for (bytes, idle) in pieces {
                // What went before this piece had to wait for all but the burst.
                let most = rate as f64 * ((now - start) + BURST).as_secs_f64() + 1.0;
                prop_assert!(sent as f64 <= most, "{sent} bytes, at most {most}");
                sent += bytes;
                now += pace.take_at(now, bytes) + Duration::from_millis(idle);
            }
        }
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let pace = Pace::default();
        assert_eq!(pace.take(u64::MAX), Duration::ZERO);
        pace.set(Some(1_000));
        assert!(pace.take(10_000) > Duration::from_secs(5));
        pace.set(None);
        assert_eq!(pace.take(u64::MAX), Duration::ZERO);
    }
}
