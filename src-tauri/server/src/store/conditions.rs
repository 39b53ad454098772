//! Conditional requests and ranges, in the order RFC 9110 gives them.

use super::attributes::Head;

/// The conditions of a read. ETags without quotes; `*` is any.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReadIf {
    pub(crate) matches: Vec<String>,
    pub(crate) none_match: Vec<String>,
    /// Milliseconds since 1970.
    pub(crate) modified_since: Option<i64>,
    pub(crate) unmodified_since: Option<i64>,
}

/// What the conditions allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Go,
    NotModified,
    Failed,
}

impl ReadIf {
    /// Weighs the conditions against an object.
    pub(crate) fn weigh(&self, etag: &str, head: &Head) -> Verdict {
        let names = |tags: &[String]| tags.iter().any(|tag| tag == "*" || tag == etag);
        // HTTP dates have whole seconds.
        let modified = head.modified.div_euclid(1000);
        if self.matches.is_empty() {
            if self.unmodified_since.is_some_and(|at| modified > at.div_euclid(1000)) {
                return Verdict::Failed;
            }
        } else if !names(&self.matches) {
            return Verdict::Failed;
        }
        if self.none_match.is_empty() {
            if self.modified_since.is_some_and(|at| modified <= at.div_euclid(1000)) {
                return Verdict::NotModified;
            }
        } else if names(&self.none_match) {
            return Verdict::NotModified;
        }
        Verdict::Go
    }
}

/// The ETags of an `If-Match` or `If-None-Match` header, without quotes and weakness.
pub(crate) fn etags(header: &str) -> Vec<String> {
    header
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned())
        .filter(|tag| !tag.is_empty())
        .collect()
}

/// What a `Range` header asks of `size` bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ranged {
    /// No usable range: everything.
    Whole,
    Part {
        start: u64,
        len: u64,
    },
    Unsatisfiable,
}

/// Reads a `Range` header; several ranges or another unit are answered with everything.
pub(crate) fn range(header: &str, size: u64) -> Ranged {
    let Some((first, last)) =
        header.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Ranged::Whole;
    };
    let number = |text: &str| -> Option<u64> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (first, last) {
        ("", last) => match number(last) {
            None => Ranged::Whole,
            Some(n) => suffix(n, size),
        },
        (first, "") => number(first).map_or(Ranged::Whole, |first| from_to(first, u64::MAX, size)),
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => from_to(first, last, size),
            _ => Ranged::Whole,
        },
    }
}

/// The last `n` bytes.
pub(crate) fn suffix(n: u64, size: u64) -> Ranged {
    if n == 0 || size == 0 {
        return Ranged::Unsatisfiable;
    }
    let len = n.min(size);
    Ranged::Part { start: size - len, len }
}

/// From `first` to `last`, both included.
pub(crate) fn from_to(first: u64, last: u64, size: u64) -> Ranged {
    if first >= size {
        return Ranged::Unsatisfiable;
    }
    Ranged::Part { start: first, len: last.min(size - 1) - first + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let part = |start, len| Ranged::Part { start, len };
        for (header, size, expected) in [
            ("bytes=0-0", 10, part(0, 1)),
            ("bytes=0-", 10, part(0, 10)),
            ("bytes=9-", 10, part(9, 1)),
            ("bytes=10-", 10, Ranged::Unsatisfiable),
            ("bytes=5-99", 10, part(5, 5)),
            ("bytes=-3", 10, part(7, 3)),
            ("bytes=-99", 10, part(0, 10)),
            ("bytes=-0", 10, Ranged::Unsatisfiable),
            ("bytes=0-", 0, Ranged::Unsatisfiable),
            ("bytes=-1", 0, Ranged::Unsatisfiable),
            ("bytes=5-4", 10, Ranged::Whole),
            ("bytes=0-1,3-4", 10, Ranged::Whole),
            ("items=0-1", 10, Ranged::Whole),
            ("bytes=a-b", 10, Ranged::Whole),
            ("bytes=-", 10, Ranged::Whole),
            ("bytes=99999999999999999999999-", 10, Ranged::Unsatisfiable),
        ] {
            assert_eq!(range(header, size), expected, "{header} of {size}");
        }
    }

    #[test]
    fn etag_conditions_win_over_dates() {
        let head = Head {
            size: 1,
            etag: "a".to_owned(),
            modified: 10_500,
            attributes: super::super::attributes::Attributes::default(),
        };
        let weigh = |conditions: ReadIf| conditions.weigh("a", &head);
        let tag = |tag: &str| vec![tag.to_owned()];
        assert_eq!(weigh(ReadIf::default()), Verdict::Go);
        assert_eq!(weigh(ReadIf { matches: tag("b"), ..ReadIf::default() }), Verdict::Failed);
        assert_eq!(weigh(ReadIf { matches: tag("*"), ..ReadIf::default() }), Verdict::Go);
        assert_eq!(
            weigh(ReadIf { matches: tag("a"), unmodified_since: Some(0), ..ReadIf::default() }),
            Verdict::Go
        );
        assert_eq!(
            weigh(ReadIf { none_match: tag("a"), ..ReadIf::default() }),
            Verdict::NotModified
        );
        assert_eq!(
            weigh(ReadIf {
                none_match: tag("b"),
                modified_since: Some(99_000),
                ..ReadIf::default()
            }),
            Verdict::Go
        );
        assert_eq!(
            weigh(ReadIf { modified_since: Some(10_000), ..ReadIf::default() }),
            Verdict::NotModified
        );
        assert_eq!(
            weigh(ReadIf { unmodified_since: Some(9_000), ..ReadIf::default() }),
            Verdict::Failed
        );
        assert_eq!(etags(r#"W/"a", "b" ,*"#), ["a", "b", "*"]);
    }
}
