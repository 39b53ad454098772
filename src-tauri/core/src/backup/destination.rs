//! Which key a file goes to.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::BackupRule;
use super::walk::Look;
use crate::naming::DatedPrefix;
use crate::problem::{FieldName, Result};

/// Where the files of a rule go.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    /// The profile's own folder.
    root: String,
    dated: DatedPrefix,
    keep_folders: bool,
    zone: TimeZone,
}

impl Destination {
    /// Of a rule; `root` is the profile's own folder in the bucket.
    pub(super) fn of(rule: &BackupRule, root: &str, zone: TimeZone) -> Result<Self> {
        Ok(Self {
            root: root.to_owned(),
            dated: rule.check(FieldName::Destination, DatedPrefix::parse(&rule.prefix))?,
            keep_folders: rule.keep_folders,
            zone,
        })
    }

    /// The key of a file. The dates in it are those of the file's last change, not of the run: a file
    /// keeps its key for as long as it is the same, whenever and how often it is looked at.
    pub(super) fn key(&self, relative: &str, look: Look) -> String {
        let at = Timestamp::from_nanosecond(i128::from(look.modified)).unwrap_or_default();
        let folder = self.dated.render(&at.to_zoned(self.zone.clone()));
        let name = match self.keep_folders {
            true => relative,
            false => relative.rsplit('/').next().unwrap_or(relative),
        };
        format!("{}{folder}{name}", self.root)
    }

    /// What all keys of the rule begin with, tokens as they are written.
    pub(super) fn pattern(rule: &BackupRule, root: &str) -> String {
        format!("{root}{}", rule.prefix)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn destination(prefix: &str, keep_folders: bool) -> Destination {
        let rule = BackupRule {
            prefix: prefix.into(),
            keep_folders,
            ..BackupRule::new("r", "/runs", "local")
        };
        Destination::of(&rule, "lab/", TimeZone::UTC).unwrap()
    }

    fn at(text: &str) -> Look {
        let modified = i64::try_from(text.parse::<Timestamp>().unwrap().as_nanosecond()).unwrap();
        Look { size: 1, modified, changed: 0, id: 0 }
    }

    #[test]
    fn the_date_is_that_of_the_file() {
        let dated = destination("data/{year}/{month}", true);
        assert_eq!(dated.key("r/a.npy", at("2025-10-31T23:59:59Z")), "lab/data/2025/10/r/a.npy");
        assert_eq!(dated.key("r/a.npy", at("2025-11-01T00:00:00Z")), "lab/data/2025/11/r/a.npy");
        let flat = destination("", false);
        assert_eq!(flat.key("r/a.npy", at("1969-01-01T00:00:00Z")), "lab/a.npy");
    }

    proptest! {
        #[test]
        fn a_key_is_below_the_profiles_folder(
            prefix in "([a./\\\\ ]|\\{year\\}|\\{day\\}){0,10}",
            name in "[a-c]{1,3}(/[a-c]{1,3}){0,3}",
            keep: bool,
            modified: i64,
        ) {
            let look = Look { size: 1, modified, changed: 0, id: 0 };
            let key = destination(&prefix, keep).key(&name, look);
            prop_assert!(key.starts_with("lab/"), "{key}");
            prop_assert!(!key.split('/').any(|part| matches!(part, "" | "." | "..")), "{key}");
        }
    }
}
