//! The ways in which times are written.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// `2026-01-02T03:04:05.000Z`, as in listings.
pub(crate) fn iso(time: SystemTime) -> String {
    stamp(time).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// Reads `20260102T030405Z`, as V4 signs it.
pub(crate) fn from_basic(text: &str) -> Option<SystemTime> {
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let stamp = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(SystemTime::from(stamp))
}

/// `Fri, 02 Jan 2026 03:04:05 GMT`, as in headers.
pub(crate) fn http(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}

/// Reads the form of headers.
pub(crate) fn from_http(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
}

/// Whole seconds since 1970.
pub(crate) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A time from whole seconds since 1970.
pub(crate) fn from_seconds(seconds: u64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn stamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_time_in_all_its_forms() {
        let time = from_basic("20260102T030405Z").unwrap();
        assert_eq!(seconds(time), 1_767_323_045);
        assert_eq!(iso(time), "2026-01-02T03:04:05.000Z");
        assert_eq!(http(time), "Fri, 02 Jan 2026 03:04:05 GMT");
        assert_eq!(from_http("Fri, 02 Jan 2026 03:04:05 GMT"), Some(time));
        assert_eq!(from_seconds(1_767_323_045), Some(time));
        assert_eq!(from_basic("2026-01-02"), None);
    }
}
