//! A backup rule as it stands in config.toml, and whether it can work.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::pattern::Patterns;
use crate::naming::DatedPrefix;
use crate::problem::{Code, FieldName, Problem, Reason, Result};
use crate::profile::Profile;
use crate::settings::unique;

/// When a rule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Only when a person asks for it.
    #[default]
    Manual,
    /// Also each time the window's program starts.
    Start,
    /// Also as soon as files change, while the window's program or `hoist backup watch` runs.
    Watch,
}

impl When {
    /// Every one, as config.toml and `--when` write it.
    pub const ALL: [(&'static str, Self); 3] =
        [("manual", Self::Manual), ("start", Self::Start), ("watch", Self::Watch)];

    /// As it is written.
    pub fn id(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Start => "start",
            Self::Watch => "watch",
        }
    }
}

/// Which files of a folder go where, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BackupRule {
    /// 1 to 64 characters, the only one of this name.
    pub name: String,
    /// Absolute path of a folder of this computer.
    pub folder: String,
    /// Which files below it: `*.npy`, `runs/**/*.ckpt`. Without any, all of them.
    pub patterns: Vec<String>,
    /// Which of those not, and folders that are not entered: `tmp/`, `*.part`.
    pub excludes: Vec<String>,
    /// The place they go to: a profile, or `PROFILE/BUCKET`.
    pub profile: String,
    /// The folder there, below the profile's own: `training-data/{year}/{month}/`. The dates are
    /// those of each file's last change.
    pub prefix: String,
    /// Keys keep the folders between `folder` and the file.
    pub keep_folders: bool,
    pub when: When,
    /// A rule that is not enabled runs only when it is named.
    pub enabled: bool,
}

impl BackupRule {
    /// A rule of this name for everything in a folder, by hand, to a place's root.
    pub fn new(
        name: impl Into<String>,
        folder: impl Into<String>,
        profile: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            folder: folder.into(),
            patterns: Vec::new(),
            excludes: Vec::new(),
            profile: profile.into(),
            prefix: String::new(),
            keep_folders: true,
            when: When::Manual,
            enabled: true,
        }
    }

    /// Without blanks around what is typed, and without empty patterns.
    pub fn normalized(mut self) -> Self {
        for text in [&mut self.name, &mut self.folder, &mut self.profile, &mut self.prefix] {
            *text = text.trim().to_owned();
        }
        for list in [&mut self.patterns, &mut self.excludes] {
            let kept = list.iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty());
            *list = kept.collect();
        }
        self
    }

    /// Checks every field. Whether the folder is there now is another matter: it may be on a disk
    /// that is not connected.
    ///
    /// # Errors
    /// [`Code::BackupInvalid`] with the field and what is wrong with it.
    pub fn validate(&self, profiles: &[Profile]) -> Result<()> {
        self.check(FieldName::Name, unique(std::iter::once(&*self.name)))?;
        self.check(FieldName::Folder, check_folder(&self.folder))?;
        self.check(FieldName::Patterns, Patterns::parse(&self.patterns).map(drop))?;
        self.check(FieldName::Excludes, Patterns::parse(&self.excludes).map(drop))?;
        self.check(FieldName::Profile, check_place(&self.profile, profiles))?;
        self.check(FieldName::Destination, DatedPrefix::parse(&self.prefix).map(drop))
    }

    /// A complaint about a field of this rule.
    pub(super) fn check<T>(&self, field: FieldName, result: Result<T, Reason>) -> Result<T> {
        result.map_err(|reason| {
            Problem::new(Code::BackupInvalid, &*self.name).with_field(field).with_reason(reason)
        })
    }

    /// The profile in its place.
    pub fn profile_name(&self) -> &str {
        self.profile.split_once('/').map_or(&*self.profile, |(profile, _)| profile)
    }
}

fn check_folder(folder: &str) -> Result<(), Reason> {
    if folder.is_empty() {
        return Err(Reason::Missing);
    }
    if let Some(c) = folder.chars().find(|c| c.is_control()) {
        return Err(Reason::BadCharacter(c));
    }
    if !Path::new(folder).is_absolute() {
        return Err(Reason::NotAbsolute);
    }
    Ok(())
}

fn check_place(place: &str, profiles: &[Profile]) -> Result<(), Reason> {
    let (profile, bucket) = match place.split_once('/') {
        Some((profile, bucket)) => (profile, Some(bucket)),
        None => (place, None),
    };
    if profile.is_empty() || bucket == Some("") {
        return Err(Reason::Missing);
    }
    if let Some(c) = bucket.and_then(|bucket| bucket.chars().find(|c| *c == '/' || c.is_control()))
    {
        return Err(Reason::BadCharacter(c));
    }
    if !profiles.iter().any(|known| known.name == profile) {
        return Err(Reason::NotOneOf(profiles.iter().map(|known| known.name.clone()).collect()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> BackupRule {
        BackupRule::new("训练 data", if cfg!(windows) { "C:\\runs" } else { "/runs" }, "local")
    }

    /// The field and the reason of what is wrong.
    fn wrong(change: impl FnOnce(&mut BackupRule)) -> (FieldName, Reason) {
        let mut rule = rule();
        change(&mut rule);
        let problem = rule.validate(&[Profile::local()]).unwrap_err();
        assert_eq!(problem.code, Code::BackupInvalid);
        (problem.field.unwrap(), *problem.reason.unwrap())
    }

    #[test]
    fn what_is_wrong_is_named() {
        rule().validate(&[Profile::local()]).unwrap();
        let other = |rule: &mut BackupRule| rule.profile = "local/other-bucket".into();
        let mut fine = rule();
        other(&mut fine);
        fine.validate(&[Profile::local()]).unwrap();

        assert_eq!(wrong(|rule| rule.name.clear()), (FieldName::Name, Reason::Missing));
        assert_eq!(wrong(|rule| rule.folder = "runs".into()), {
            (FieldName::Folder, Reason::NotAbsolute)
        });
        assert_eq!(wrong(|rule| rule.patterns = vec!["a[".into()]), {
            (FieldName::Patterns, Reason::Glob("a[".into()))
        });
        assert_eq!(wrong(|rule| rule.excludes = vec!["../x".into()]), {
            (FieldName::Excludes, Reason::LeadsOut("../x".into()))
        });
        assert_eq!(wrong(|rule| rule.profile = "nobody".into()), {
            (FieldName::Profile, Reason::NotOneOf(vec!["local".into()]))
        });
        assert_eq!(wrong(|rule| rule.profile = "local/".into()), {
            (FieldName::Profile, Reason::Missing)
        });
        let (field, reason) = wrong(|rule| rule.prefix = "a/{name}/".into());
        assert_eq!(field, FieldName::Destination);
        assert_eq!(reason, Reason::NotADate { token: "name".into(), column: 3 });
    }

    #[test]
    fn blanks_and_empty_lines_are_no_patterns() {
        let typed = BackupRule {
            patterns: vec![" *.npy ".into(), String::new(), "  ".into()],
            prefix: " a/ ".into(),
            ..rule()
        };
        let rule = typed.normalized();
        assert_eq!((rule.patterns, rule.prefix), (vec!["*.npy".to_owned()], "a/".to_owned()));
    }
}
