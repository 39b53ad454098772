//! The time of a file as objects keep it, in metadata `mtime`: seconds since 1970 with a fraction, as
//! rclone writes it.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The name of the metadata.
pub(crate) const NAME: &str = "mtime";

/// Nanoseconds since 1970 as metadata has them.
pub(crate) fn text(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let all = nanoseconds.unsigned_abs();
    let text = format!("{sign}{}.{:09}", all / 1_000_000_000, all % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The time an object keeps, if it keeps one that can be read.
pub(crate) fn of(metadata: &BTreeMap<String, String>) -> Option<Timestamp> {
    let text = metadata.get(NAME)?.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (seconds, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let number = |digits: &str| {
        let all = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<i128>().ok().filter(|_| all)
    };
    let fraction: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanoseconds = number(seconds)?.checked_mul(1_000_000_000)? + number(&fraction)?;
    Timestamp::from_nanosecond(sign * nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(text: &str) -> Option<i128> {
        of(&BTreeMap::from([(NAME.to_owned(), text.to_owned())])).map(Timestamp::as_nanosecond)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(nanoseconds in -9_000_000_000_000_000_000i64..9_000_000_000_000_000_000) {
            prop_assert_eq!(kept(&text(nanoseconds)), Some(i128::from(nanoseconds)));
        }
    }

    #[test]
    fn times_are_written_as_rclone_writes_them_and_nonsense_is_none() {
        assert_eq!(text(1_354_040_105_123_456_789), "1354040105.123456789");
        assert_eq!(text(1_354_040_105_500_000_000), "1354040105.5");
        assert_eq!(text(1_000_000_000_000_000_000), "1000000000");
        assert_eq!(kept("1354040105"), Some(1_354_040_105_000_000_000));
        for text in
            ["", "x", "1.x", "1e9", ".5", "--1", "99999999999999999999999999999999999999999"]
        {
            assert_eq!(kept(text), None, "{text}");
        }
    }
}
