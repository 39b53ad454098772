//! What a store's `Date` headers say of this computer's clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{SignedDuration, Timestamp};

/// The offset of the last answer.
#[derive(Debug)]
pub(crate) struct ServerClock(AtomicI64);

impl Default for ServerClock {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl ServerClock {
    /// How far the store is ahead, to the second, once it has answered.
    pub(crate) fn offset(&self) -> Option<SignedDuration> {
        let seconds = self.0.load(Ordering::Relaxed);
        (seconds != i64::MIN).then(|| SignedDuration::from_secs(seconds))
    }

    /// Takes the `Date` of an answer that came at `now`.
    pub(crate) fn saw(&self, date: &str, now: SystemTime) {
        let server = http_date(date).map(Timestamp::as_second);
        let local = now.duration_since(UNIX_EPOCH).map(|since| i64::try_from(since.as_secs()));
        if let (Some(server), Ok(Ok(local))) = (server, local) {
            self.0.store(server - local, Ordering::Relaxed);
        }
    }
}

/// A date of HTTP, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_clock_offset_is_the_stores_minus_ours() {
        let clock = ServerClock::default();
        assert_eq!(clock.offset(), None);
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        clock.saw("Sun, 06 Nov 1994 08:59:37 GMT", now);
        assert_eq!(clock.offset(), Some(SignedDuration::from_secs(600)));
        clock.saw("yesterday", now);
        assert_eq!(clock.offset(), Some(SignedDuration::from_secs(600)));
    }
}
