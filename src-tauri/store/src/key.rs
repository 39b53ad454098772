//! Rules that every store shares: what a key and a piece of metadata may be, and what a range means.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::{ByteRange, ErrorKind, Result, StoreError};

/// Refuses a key that is empty or longer than `max` bytes before a request is sent.
pub(crate) fn check_key(key: &str, max: usize) -> Result<()> {
    if key.is_empty() {
        return Err(StoreError::new(ErrorKind::InvalidKey, "a key needs at least one character"));
    }
    if key.len() > max {
        return Err(StoreError::new(
            ErrorKind::InvalidKey,
            format!("the key has {} bytes and the store takes {max}; use a shorter one", key.len()),
        ));
    }
    Ok(())
}

/// Refuses a key that a store whose keys are file paths would change or reject.
pub(crate) fn check_path_key(key: &str) -> Result<()> {
    let odd = key.split('/').any(|segment| matches!(segment, "" | "." | ".."));
    if odd || key.contains('\0') {
        return Err(StoreError::new(
            ErrorKind::InvalidKey,
            format!("the store keeps keys as file paths and cannot hold `{key}`"),
        ));
    }
    Ok(())
}

/// Refuses metadata that HTTP headers cannot carry unchanged.
pub(crate) fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<()> {
    for (name, value) in metadata {
        let name_ok = !name.is_empty()
            && name.bytes().all(|b| {
                b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.')
            });
        let value_ok = value.bytes().all(|b| (b' '..=b'~').contains(&b)) && value.trim() == value;
        if !name_ok || !value_ok {
            return Err(StoreError::new(
                ErrorKind::Unsupported,
                format!(
                    "metadata `{name}` cannot be sent: names are lower-case ASCII, values printable ASCII"
                ),
            ));
        }
    }
    Ok(())
}

/// First byte and length of a range of an object of `size` bytes.
pub(crate) fn resolve_range(range: Option<ByteRange>, size: u64) -> Result<(u64, u64)> {
    let outside = |what: String| Err(StoreError::new(ErrorKind::Precondition, what));
    match range {
        None => Ok((0, size)),
        Some(ByteRange::From { len: Some(0), .. } | ByteRange::Last(0)) => {
            outside("a range needs at least one byte".to_owned())
        }
        Some(ByteRange::From { start, .. }) if start >= size => {
            outside(format!("the range starts at byte {start} of an object of {size} bytes"))
        }
        Some(ByteRange::From { start, len }) => {
            Ok((start, len.map_or(size - start, |len| len.min(size - start))))
        }
        Some(ByteRange::Last(_)) if size == 0 => {
            outside("an empty object has no last bytes".to_owned())
        }
        Some(ByteRange::Last(n)) => Ok((size - n.min(size), n.min(size))),
    }
}

/// The `Range` header of a range.
pub(crate) fn range_header(range: ByteRange) -> Result<String> {
    match range {
        ByteRange::From { len: Some(0), .. } | ByteRange::Last(0) => {
            resolve_range(Some(range), 0).map(|_| String::new())
        }
        ByteRange::From { start, len: None } => Ok(format!("bytes={start}-")),
        ByteRange::From { start, len: Some(len) } => {
            Ok(format!("bytes={start}-{}", start.saturating_add(len - 1)))
        }
        ByteRange::Last(n) => Ok(format!("bytes=-{n}")),
    }
}

/// First byte, last byte and whole size out of `bytes 0-9/100`.
pub(crate) fn parse_content_range(value: &str) -> Option<(u64, u64, u64)> {
    let (range, size) = value.trim().strip_prefix("bytes")?.trim_start().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, size) = (first.parse().ok()?, last.parse().ok()?, size.parse().ok()?);
    (first <= last && last < size).then_some((first, last, size))
}

/// Why the bytes that came are not those that were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WrongRange {
    /// The store sent all of the object.
    Ignored,
    /// It sent another range; this is its `Content-Range`.
    Other(String),
}

impl WrongRange {
    /// Its kind, and why in words.
    pub(crate) fn say(&self) -> (ErrorKind, String) {
        match self {
            WrongRange::Ignored => {
                (ErrorKind::Unsupported, "the store ignored the range".to_owned())
            }
            WrongRange::Other(given) => {
                (ErrorKind::Integrity, format!("the store sent another range: {given}"))
            }
        }
    }
}

/// First byte and whole size of what came: `given` is the `Content-Range` of `len` bytes.
pub(crate) fn check_range(
    asked: Option<ByteRange>,
    given: Option<&str>,
    len: u64,
) -> Result<(u64, u64), WrongRange> {
    match (asked, given) {
        (None, _) => Ok((0, len)),
        // All of it is a right answer to a range that asks for all of it.
        (Some(ByteRange::From { start: 0, len: wanted }), None)
            if wanted.is_none_or(|wanted| wanted >= len) =>
        {
            Ok((0, len))
        }
        (Some(ByteRange::Last(n)), None) if n >= len => Ok((0, len)),
        (Some(_), None) => Err(WrongRange::Ignored),
        (Some(range), Some(given)) => {
            let parsed =
                parse_content_range(given).filter(|(first, last, _)| last - first + 1 == len);
            let right = parsed.filter(|&(first, last, whole)| match range {
                ByteRange::From { start, len } => {
                    first == start
                        && len.is_none_or(|len| last + 1 == whole.min(start.saturating_add(len)))
                }
                ByteRange::Last(n) => last + 1 == whole && first == whole - n.min(whole),
            });
            right
                .map(|(first, _, whole)| (first, whole))
                .ok_or_else(|| WrongRange::Other(given.to_owned()))
        }
    }
}

/// Whether XML 1.0 can hold the key; the others are deleted through their URL.
pub(crate) fn fits_xml(key: &str) -> bool {
    !key.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
}

/// A key out of an answer that was asked for with `encoding-type=url`.
pub(crate) fn decode_key(encoded: &str) -> Result<String> {
    percent_decode_str(encoded).decode_utf8().map(Cow::into_owned).map_err(|error| {
        let why = format!("the listing holds a key that is not UTF-8: {encoded}");
        StoreError::new(ErrorKind::Integrity, why).with_source(error)
    })
}

/// The ETag as we keep it: without quotes. OSS writes it in capitals, and that is how it stays.
pub(crate) fn bare_etag(etag: Option<&str>) -> Option<String> {
    let etag = etag?.trim().trim_start_matches("W/").trim_matches('"');
    (!etag.is_empty()).then(|| etag.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_measured_in_bytes() {
        check_key(&"é".repeat(512), 1024).unwrap();
        let error = check_key(&"é".repeat(513), 1024).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidKey);
        assert_eq!(check_key("", 1024).unwrap_err().kind(), ErrorKind::InvalidKey);
    }

    #[test]
    fn path_stores_refuse_what_a_path_cannot_say() {
        check_path_key("a/b c/图.png").unwrap();
        for key in ["/a", "a//b", "a/", "a/../b", "./a", "a\0b"] {
            assert_eq!(check_path_key(key).unwrap_err().kind(), ErrorKind::InvalidKey, "{key}");
        }
    }

    #[test]
    fn metadata_that_headers_would_change_is_refused() {
        let one = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        check_metadata(&one("width", "640 px")).unwrap();
        for (name, value) in
            [("Width", "1"), ("a b", "1"), ("", "1"), ("a", "图"), ("a", " 1"), ("a", "1\n")]
        {
            assert!(check_metadata(&one(name, value)).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn content_range_with_nonsense_is_none() {
        assert_eq!(parse_content_range("bytes 0-9/100"), Some((0, 9, 100)));
        for value in ["", "bytes", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-9/*", "items 0-1/2"] {
            assert_eq!(parse_content_range(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_resolved_range_lies_inside_the_object(start: u64, len in proptest::option::of(any::<u64>()), size: u64) {
            for range in [ByteRange::From { start, len }, ByteRange::Last(start)] {
                if let Ok((first, count)) = resolve_range(Some(range), size) {
                    prop_assert!(count > 0);
                    prop_assert!(first.checked_add(count).is_some_and(|end| end <= size));
                    prop_assert!(range_header(range).is_ok());
                }
            }
        }

        #[test]
        fn content_range_never_panics(value in "\\PC{0,40}") {
            let _ = parse_content_range(&value);
        }
    }
}
