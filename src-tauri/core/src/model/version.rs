//! Which version comes after which: semantic versions by their precedence, others by time.

use std::cmp::Ordering;

/// A semantic version, with or without a `v` in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SemVer {
    v: &'static str,
    numbers: [u64; 3],
    pre: Vec<Identifier>,
}

/// A part of what follows the `-`. Numbers come before words, as the order of the variants says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Word(String),
}

impl SemVer {
    /// `v1.2.3`, `1.2.3-rc.1+build`; `None` when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (v, rest) = match text.as_bytes().first() {
            Some(b'v') => ("v", &text[1..]),
            Some(b'V') => ("V", &text[1..]),
            _ => ("", text),
        };
        let (rest, build) = match rest.split_once('+') {
            Some((rest, build)) => (rest, Some(build)),
            None => (rest, None),
        };
        let (core, pre) = match rest.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (rest, None),
        };
        if build.is_some_and(|build| build.split('.').any(|part| !is_identifier(part))) {
            return None;
        }
        let numbers: Vec<u64> = core.split('.').map(number).collect::<Option<_>>()?;
        let pre = pre.map_or(Some(Vec::new()), |pre| pre.split('.').map(identifier).collect())?;
        Some(Self { v, numbers: numbers.try_into().ok()?, pre })
    }

    /// The release after it: of `1.2.0-rc.1` that is `1.2.0`.
    fn next(&self) -> Option<String> {
        let [major, minor, patch] = self.numbers;
        let patch = if self.pre.is_empty() { patch.checked_add(1)? } else { patch };
        Some(format!("{}{major}.{minor}.{patch}", self.v))
    }
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Digits without a leading zero.
fn number(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (plain && (text == "0" || !text.starts_with('0'))).then(|| text.parse().ok()).flatten()
}

fn identifier(part: &str) -> Option<Identifier> {
    match number(part) {
        Some(number) => Some(Identifier::Number(number)),
        None if part.bytes().all(|b| b.is_ascii_digit()) => None,
        None => is_identifier(part).then(|| Identifier::Word(part.to_owned())),
    }
}

impl SemVer {
    /// What semver.org calls precedence: the build does not count, and a release comes after all
    /// that led to it.
    fn precedence(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| {
            match (self.pre.is_empty(), other.pre.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => self.pre.cmp(&other.pre),
            }
        })
    }
}

/// Which of two versions is the later one by its name alone. Any semantic version is later than any
/// other name; of two other names neither is.
pub fn precedence(a: &str, b: &str) -> Ordering {
    match (SemVer::parse(a), SemVer::parse(b)) {
        (Some(a), Some(b)) => a.precedence(&b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

/// The version a push makes when none is named: the patch after the latest, or the first.
pub(super) fn next_version<'a>(versions: impl Iterator<Item = &'a str>) -> String {
    versions
        .filter_map(SemVer::parse)
        .max_by(SemVer::precedence)
        .and_then(|latest| latest.next())
        .unwrap_or_else(|| "v1.0.0".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The order that semver.org gives as its example, and a few more.
    #[test]
    fn precedence_is_that_of_the_specification() {
        let ordered = [
            "checkpoint-9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "v1.0.0",
            "1.9.0",
            "V1.10.0",
            "2.0.0",
            "2.1.0",
            "v2.1.1",
        ];
        for (n, a) in ordered.iter().enumerate() {
            for (m, b) in ordered.iter().enumerate() {
                assert_eq!(precedence(a, b), n.cmp(&m), "{a} {b}");
            }
        }
        assert_eq!(precedence("v1.0.0+a", "1.0.0+b"), Ordering::Equal);
        assert_eq!(precedence("x", "y"), Ordering::Equal);
    }

    #[test]
    fn what_is_no_semantic_version_is_none() {
        for text in [
            "",
            "v",
            "1",
            "1.2",
            "1.2.3.4",
            "01.2.3",
            "1.2.3-",
            "1.2.3-01",
            "1.2.3+",
            "1.2.3-a..b",
            "1.2.3-a_b",
            "1.-2.3",
            "99999999999999999999.0.0",
            "vv1.2.3",
            " 1.2.3",
        ] {
            assert_eq!(SemVer::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_next_version_is_the_patch_after_the_latest() {
        let next = |versions: &[&str]| next_version(versions.iter().copied());
        assert_eq!(next(&[]), "v1.0.0");
        assert_eq!(next(&["checkpoint-1"]), "v1.0.0");
        assert_eq!(next(&["v1.0.9", "v1.0.10", "v0.9.0"]), "v1.0.11");
        assert_eq!(next(&["2.0.0-rc.2", "1.9.0"]), "2.0.0");
    }

    proptest! {
        #[test]
        fn the_next_version_comes_after_all(versions in proptest::collection::vec("v?[0-3]\\.[0-3]\\.[0-3](-(a|1|rc\\.2))?", 0..6)) {
            let next = next_version(versions.iter().map(String::as_str));
            for version in &versions {
                prop_assert_eq!(precedence(&next, version), Ordering::Greater, "{} {}", next, version);
            }
        }

        #[test]
        fn precedence_is_an_order(a in "v?[0-2]\\.[0-2]\\.0(-[a0]{1,2})?|x", b in "v?[0-2]\\.[0-2]\\.0(-[a0]{1,2})?|x") {
            prop_assert_eq!(precedence(&a, &b), precedence(&b, &a).reverse());
        }
    }
}
