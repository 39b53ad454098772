//! Until when a server's certificate is valid.

use jiff::Timestamp;

/// The end of a certificate's validity, from its DER (RFC 5280, 4.1); `None` when it is none.
pub(super) fn valid_until(certificate: &[u8]) -> Option<Timestamp> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xA0;
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (mut rest, _) = element(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest, VERSION)?.1;
    }
    // Serial number, algorithm, issuer.
    for tag in [0x02, SEQUENCE, SEQUENCE] {
        rest = element(rest, tag)?.1;
    }
    let (validity, _) = element(rest, SEQUENCE)?;
    let not_before_tag = *validity.first()?;
    let (_, not_after) = element(validity, not_before_tag)?;
    let tag = *not_after.first()?;
    let (text, _) = element(not_after, tag)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

/// The content of the first element, which must have this tag, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    if found != tag {
        return None;
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7F);
        // Longer than 4 GiB is no certificate.
        if !(1..=4).contains(&count) || rest.len() < count {
            return None;
        }
        let (digits, rest) = rest.split_at(count);
        (digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
    };
    (rest.len() >= length).then(|| rest.split_at(length))
}

/// UTCTime `YYMMDDHHMMSSZ` or GeneralizedTime `YYYYMMDDHHMMSSZ`.
fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    let full = match (tag, text.len()) {
        // Two digits of a year mean 1950 to 2049.
        (0x17, 12) if text >= "50" => format!("19{text}"),
        (0x17, 12) => format!("20{text}"),
        (0x18, 14) => text.to_owned(),
        _ => return None,
    };
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", full).ok()?;
    time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    }

    fn certificate(version: bool, tag: u8, until: &str) -> Vec<u8> {
        let validity = [tlv(0x17, b"200101000000Z"), tlv(tag, until.as_bytes())].concat();
        let version = if version { tlv(0xA0, &[2, 1, 2]) } else { Vec::new() };
        let tbs = [
            version,
            vec![0x02, 0x01, 0x05],
            tlv(0x30, &[6, 1, 1]),
            tlv(0x30, &[0x31; 300]),
            tlv(0x30, &validity),
            tlv(0x30, &[]),
        ]
        .concat();
        tlv(0x30, &[tlv(0x30, &tbs), vec![0; 20]].concat())
    }

    #[test]
    fn both_forms_of_time_are_read() {
        let until = |der: &[u8]| valid_until(der).map(|time| time.to_string());
        let cases = [
            (true, 0x17, "270131120005Z", "2027-01-31T12:00:05Z"),
            (false, 0x17, "491231235959Z", "2049-12-31T23:59:59Z"),
            (true, 0x17, "500101000000Z", "1950-01-01T00:00:00Z"),
            (true, 0x18, "20510203040506Z", "2051-02-03T04:05:06Z"),
        ];
        for (version, tag, text, expected) in cases {
            assert_eq!(until(&certificate(version, tag, text)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn anything_else_is_none_and_never_a_panic() {
        let good = certificate(true, 0x17, "270131120005Z");
        for end in 0..good.len() - 20 {
            assert_eq!(valid_until(&good[..end]), None, "{end}");
        }
        for (tag, text) in [(0x17, "270231120005Z"), (0x17, "2701"), (0x18, "x"), (0x04, "")] {
            assert_eq!(valid_until(&certificate(true, tag, text)), None, "{text}");
        }
        assert_eq!(valid_until(&[0x30, 0x85, 1, 1, 1, 1, 1]), None);
        assert_eq!(valid_until(&[0x30, 0x80]), None);
    }
}
