//! Bytes and times for the eye.

use std::time::Duration;

use hoist_core::problem::Language;

/// `1.5 GB`, in powers of 1,000 as disks and providers count.
pub(crate) fn bytes(n: u64) -> String {
    indicatif::DecimalBytes(n).to_string()
}

/// `3 min 20 s`, to the second; hours and days in their place.
pub(crate) fn time(duration: Duration, language: Language) -> String {
    let seconds = duration.as_secs();
    let (day, hour, minute, second) = match language {
        Language::English => (" d", " h", " min", " s"),
        Language::Chinese => (" 天", " 小时", " 分", " 秒"),
    };
    match (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, s) => format!("{s}{second}"),
        (0, 0, m, s) => format!("{m}{minute} {s}{second}"),
        (0, h, m, _) => format!("{h}{hour} {m}{minute}"),
        (d, h, ..) => format!("{d}{day} {h}{hour}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_places() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (200, "3 min 20 s"),
            (3_600 * 5 + 61, "5 h 1 min"),
            (86_400 * 3 + 3_600, "3 d 1 h"),
        ] {
            assert_eq!(time(Duration::from_secs(seconds), Language::English), text);
        }
    }
}
