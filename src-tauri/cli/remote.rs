//! The remote side of a command: `PROFILE:KEY`, or `PROFILE/BUCKET:KEY` for another bucket of its account.

use std::ffi::OsStr;
use std::path::Path;
use std::str::FromStr;

use hoist_core::app::App;
use hoist_core::problem::Result;
use hoist_store::ListRequest;

use crate::say::Say;

/// A profile and a key below its folder; the key may be empty. Another bucket of its account has a
/// place of its own, `PROFILE/BUCKET`, and no such folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteArg {
    pub(crate) profile: String,
    pub(crate) key: String,
}

impl RemoteArg {
    /// What an argument names on the other side; `None` when it is a path.
    pub(crate) fn of(argument: &OsStr) -> Option<Self> {
        let remote: Self = argument.to_str()?.parse().ok()?;
        // With a slash it may be a path as well, and then what is there is meant.
        let path = remote.profile.contains('/') && Path::new(argument).exists();
        (!path).then_some(remote)
    }

    /// The key in the bucket: the profile's folder goes before it.
    pub(crate) fn full_key(&self, app: &App) -> Result<String> {
        Ok(format!("{}{}", app.key_prefix(&self.profile)?, self.key))
    }

    /// Says so when what was named as an object is a folder.
    pub(crate) async fn hint_folder(&self, app: &App, say: Say) {
        let Ok(key) = self.full_key(app) else { return };
        let request =
            ListRequest { prefix: format!("{key}/"), max_keys: Some(1), ..ListRequest::default() };
        let page = app.list_objects(&self.profile, &request).await;
        if !self.is_folder() && page.is_ok_and(|page| !page.objects.is_empty()) {
            let named = format!("{}:{}/", self.profile, self.key);
            say.hint(format!(
                "{named} {}",
                say.pick(
                    "is a folder: end it in / to mean what is below it",
                    "是文件夹：以 / 结尾表示其下全部内容",
                )
            ));
        }
    }

    /// Whether everything below the key is meant.
    pub(crate) fn is_folder(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }
}

impl FromStr for RemoteArg {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let say = Say::from_env();
        let wrong = || {
            format!("`{text}` {}", say.pick("is not of the form PROFILE:KEY", "应写作 PROFILE:KEY"))
        };
        let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
        let Some((profile, key)) = text.split_once(':') else {
            // A profile alone is what is meant most often.
            return Err(match !text.is_empty() && text.chars().all(name) {
                true => {
                    format!("{}; {} `{text}:`", wrong(), say.pick("a profile is", "配置应写作"))
                }
                false => wrong(),
            });
        };
        // A Windows path has a drive before its colon; no profile is a single letter there.
        let drive = cfg!(windows) && profile.len() == 1 && key.starts_with(['\\', '/']);
        let named = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(name);
        if drive || !profile.splitn(2, '/').all(named) {
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
            ("blog/other-bucket:a/b", "blog/other-bucket", "a/b"),
        ] {
            let remote: RemoteArg = text.parse().unwrap();
            assert_eq!((remote.profile.as_str(), remote.key.as_str()), (profile, key));
        }
    }

    #[test]
    fn paths_are_no_remotes() {
        for text in
            ["", "file", "./a:b", "../a:b", "/a:b", ":key", "a b:c", "a/b/c:d", "a/:b", "https://x"]
        {
            let parsed = text.parse::<RemoteArg>();
            // An URL has a name before its colon; its key begins with slashes.
            assert_eq!(parsed.is_ok(), text == "https://x", "{text}");
        }
    }
}
