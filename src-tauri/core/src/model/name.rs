//! What models, versions and aliases may be called.

use std::fmt;
use std::str::FromStr;

use super::LATEST;
use super::version::SemVer;
use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::{Rules, below};

/// Longest name of a model, in characters.
const LONGEST_NAME: usize = 96;

/// Longest version or alias, in characters.
const LONGEST_VERSION: usize = 64;

/// The file of the aliases, beside the folders of the versions.
pub(super) const ALIASES: &str = "aliases.json";

/// `NAME`, `NAME@VERSION` or `NAME@ALIAS`, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelName {
    /// The model.
    pub name: String,
    /// A version or an alias; `None` where none was named.
    pub version: Option<String>,
}

impl FromStr for ModelName {
    type Err = Problem;

    /// # Errors
    /// [`Code::ModelNameInvalid`].
    fn from_str(text: &str) -> Result<Self> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        check_name(name)?;
        if let Some(version) = version.filter(|version| *version != LATEST) {
            check_version(version)?;
        }
        Ok(Self { name: name.to_owned(), version: version.map(str::to_owned) })
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

/// `NAME@VERSION`.
pub(super) fn full(name: &str, version: &str) -> String {
    format!("{name}@{version}")
}

fn wrong(subject: &str, reason: Reason) -> Problem {
    Problem::new(Code::ModelNameInvalid, subject).with_reason(reason)
}

/// Letters and digits of any script, `.`, `_`, `-`; the first a letter or digit.
///
/// # Errors
/// [`Code::ModelNameInvalid`].
pub(super) fn check_name(name: &str) -> Result<()> {
    check(name, LONGEST_NAME, |c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// The same of ASCII, and `+`; `latest` is taken.
///
/// # Errors
/// [`Code::ModelNameInvalid`].
pub(super) fn check_version(version: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    check(version, LONGEST_VERSION, fits)?;
    if version.eq_ignore_ascii_case(LATEST) || version.eq_ignore_ascii_case(ALIASES) {
        return Err(wrong(version, Reason::Reserved(version.to_owned())));
    }
    Ok(())
}

/// As a version, but none that reads as one: `v2` may be made some day.
///
/// # Errors
/// [`Code::ModelNameInvalid`].
pub(super) fn check_alias(alias: &str) -> Result<()> {
    check_version(alias)?;
    if SemVer::parse(alias).is_some() {
        return Err(wrong(alias, Reason::NotLike("production")));
    }
    Ok(())
}

fn check(text: &str, longest: usize, fits: impl Fn(char) -> bool) -> Result<()> {
    let Some(first) = text.chars().next() else { return Err(wrong("", Reason::Missing)) };
    if let Some(odd) = text.chars().find(|c| !fits(*c)) {
        return Err(wrong(text, Reason::BadCharacter(odd)));
    }
    if !first.is_alphanumeric() {
        return Err(wrong(text, Reason::BadCharacter(first)));
    }
    if text.chars().count() > longest {
        return Err(wrong(text, Reason::TooLong(longest)));
    }
    // It is the name of a folder here too, on any system.
    below(text, Rules::Windows)
        .map_err(|problem| Problem { code: Code::ModelNameInvalid, ..problem })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<(String, Option<String>)> {
        text.parse::<ModelName>().ok().map(|name| (name.name, name.version))
    }

    #[test]
    fn a_name_may_have_a_version_or_an_alias() {
        for (text, name, version) in [
            ("harbour-7b", "harbour-7b", None),
            ("a@v1.2.0", "a", Some("v1.2.0")),
            ("a@1.0.0-rc.1+cpu", "a", Some("1.0.0-rc.1+cpu")),
            ("模型_2@latest", "模型_2", Some("latest")),
            ("a@checkpoint-12000", "a", Some("checkpoint-12000")),
        ] {
            assert_eq!(parsed(text), Some((name.into(), version.map(str::to_owned))), "{text}");
            assert_eq!(text.parse::<ModelName>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn names_that_lead_elsewhere_or_mean_something_else_are_refused() {
        for text in [
            "",
            "@v1",
            "a@",
            "a/b",
            "../a",
            "..",
            ".a",
            "-a",
            "a b",
            "a@v1@v2",
            "a@../v1",
            "con",
            "NUL.x",
            "a@aux",
            "a.",
            "a@v1.",
            "a\\b",
            "a:b",
            "a@Latest",
            "a@aliases.json",
            "a\0",
            "a@版本",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
        assert!(check_name(&"n".repeat(96)).is_ok() && check_name(&"n".repeat(97)).is_err());
        assert!(check_version(&"1".repeat(64)).is_ok() && check_version(&"1".repeat(65)).is_err());
    }

    #[test]
    fn an_alias_is_no_version() {
        for alias in ["production", "blue-2", "v-next"] {
            check_alias(alias).unwrap();
        }
        for alias in ["latest", "v1.0.0", "2.0.0-rc.1", ""] {
            assert!(check_alias(alias).is_err(), "{alias}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_one_name_of_a_folder(text in "[a@./\\\\ :vV1-]{0,8}") {
            if let Some((name, version)) = parsed(&text) {
                for part in std::iter::once(name).chain(version) {
                    prop_assert!(!part.contains(['/', '\\', ':', '@']) && !part.starts_with('.'));
                }
            }
        }
    }
}
