//! The remote side of a command: `PROFILE:KEY`.

use std::ffi::OsStr;
use std::str::FromStr;

use hoist_core::app::App;
use hoist_core::problem::Result;

/// A profile and a key below its folder; the key may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteArg {
    pub(crate) profile: String,
    pub(crate) key: String,
}

impl RemoteArg {
    /// What an argument names on the other side; `None` when it is a path.
    pub(crate) fn of(argument: &OsStr) -> Option<Self> {
        argument.to_str()?.parse().ok()
    }

    /// The key in the bucket: the profile's folder goes before it.
    pub(crate) fn full_key(&self, app: &App) -> Result<String> {
        Ok(format!("{}{}", app.key_prefix(&self.profile)?, self.key))
    }

    /// Whether everything below the key is meant.
    pub(crate) fn is_folder(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }
}

impl FromStr for RemoteArg {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || format!("`{text}` is not of the form PROFILE:KEY");
        let (profile, key) = text.split_once(':').ok_or_else(wrong)?;
        // A Windows path has a drive before its colon; no profile is a single letter there.
        let drive = cfg!(windows) && profile.len() == 1 && key.starts_with(['\\', '/']);
        let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        if drive || profile.is_empty() || !profile.chars().all(name) {
            return Err(wrong());
        }
        Ok(Self { profile: profile.to_owned(), key: key.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_colon_ends_the_profile() {
        for (text, profile, key) in [
            ("blog:", "blog", ""),
            ("blog:a/b", "blog", "a/b"),
            ("my.r2_1-x:a:b", "my.r2_1-x", "a:b"),
            ("图:猫.png", "图", "猫.png"),
        ] {
            let remote: RemoteArg = text.parse().unwrap();
            assert_eq!((remote.profile.as_str(), remote.key.as_str()), (profile, key));
        }
    }

    #[test]
    fn paths_are_no_remotes() {
        for text in ["", "file", "./a:b", "/a:b", ":key", "a b:c", "https://x"] {
            let parsed = text.parse::<RemoteArg>();
            // An URL has a name before its colon; its key begins with slashes.
            assert_eq!(parsed.is_ok(), text == "https://x", "{text}");
        }
    }
}
