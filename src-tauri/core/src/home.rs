//! The directories Hoist keeps its own files in.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::problem::{Code, Problem, Result};

/// Where configuration, data and cache live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    config_dir: PathBuf,
    data_dir: PathBuf,
    cache_dir: PathBuf,
    /// Set when it is one directory of the user's choice, apart from the system's convention.
    root: Option<PathBuf>,
}

impl Home {
    /// `HOIST_HOME` when it is set, else what the operating system's convention says.
    pub fn from_env() -> Result<Self> {
        Self::from_variable(std::env::var_os("HOIST_HOME"))
    }

    fn from_variable(root: Option<OsString>) -> Result<Self> {
        if let Some(root) = root.filter(|value| !value.is_empty()) {
            let root = std::path::absolute(PathBuf::from(root))
                .map_err(|error| Problem::from_io(Code::HomeMissing, "HOIST_HOME", &error))?;
            return Ok(Self::at(root));
        }
        let dirs = directories::ProjectDirs::from("", "", "hoist")
            .ok_or_else(|| Problem::new(Code::HomeMissing, "HOME"))?;
        Ok(Self {
            config_dir: dirs.config_dir().to_owned(),
            data_dir: dirs.data_local_dir().to_owned(),
            cache_dir: dirs.cache_dir().to_owned(),
            root: None,
        })
    }

    /// Everything under one directory: tests and portable use.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self {
            config_dir: root.clone(),
            data_dir: root.join("data"),
            cache_dir: root.join("cache"),
            root: Some(root),
        }
    }

    /// The directory of config.toml.
    pub fn config_dir(&self) -> &Path {
        &self.config_dir
    }

    /// The directory of what must not be lost.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The directory of what can be made again.
    pub fn cache_dir(&self) -> &Path {
        &self.cache_dir
    }

    /// Settings and profiles.
    pub fn config_file(&self) -> PathBuf {
        self.config_dir.join("config.toml")
    }

    /// The history.
    pub fn history_db(&self) -> PathBuf {
        self.data_dir.join("history.db")
    }

    /// Transfers, and how far they are.
    pub fn transfers_db(&self) -> PathBuf {
        self.data_dir.join("transfers.db")
    }

    /// What backup rules have sent.
    pub fn backups_db(&self) -> PathBuf {
        self.data_dir.join("backups.db")
    }

    /// A file for each backup rule, locked while it runs.
    pub fn backups_dir(&self) -> PathBuf {
        self.data_dir.join("backups")
    }

    /// A locked file for each process that works on transfers.
    pub fn runners_dir(&self) -> PathBuf {
        self.data_dir.join("runners")
    }

    /// Thumbnails; the window may read them.
    pub fn thumbs_dir(&self) -> PathBuf {
        self.cache_dir.join("thumbs")
    }

    /// Pictures of the transform page; the window may read them too.
    pub fn previews_dir(&self) -> PathBuf {
        self.cache_dir.join("previews")
    }

    /// The built-in store's index and content.
    pub fn store_dir(&self) -> PathBuf {
        self.data_dir.join("store")
    }

    /// Secrets kept in files of mode 0600.
    pub fn secrets_dir(&self) -> PathBuf {
        self.data_dir.join("secrets")
    }

    /// Locked by whoever works on the data.
    pub fn lock_file(&self) -> PathBuf {
        self.data_dir.join("lock")
    }

    /// Keeps the keyring entries of two homes apart; `None` for the system's own.
    pub(crate) fn keyring_scope(&self) -> Option<String> {
        self.root.as_ref().map(|root| root.display().to_string())
    }

    /// Makes the directories, for this user only.
    pub fn create(&self) -> Result<()> {
        for dir in [&self.config_dir, &self.data_dir, &self.cache_dir] {
            create_private_dir(dir)?;
        }
        Ok(())
    }
}

/// Makes a directory that only this user can read, with its parents; one that exists stays as it is.
pub(crate) fn create_private_dir(dir: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(dir)
        .map_err(|error| Problem::from_io(Code::DataUnwritable, dir.display().to_string(), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hoist_home_holds_everything() {
        let home = Home::from_variable(Some("/x".into())).unwrap();
        assert_eq!(home, Home::at("/x"));
        assert_eq!(home.config_file(), Path::new("/x/config.toml"));
        assert_eq!(home.history_db(), Path::new("/x/data/history.db"));
        assert_eq!(home.thumbs_dir(), Path::new("/x/cache/thumbs"));
        assert_eq!(home.secrets_dir(), Path::new("/x/data/secrets"));
        assert!(home.keyring_scope().is_some());
    }

    #[test]
    fn a_relative_home_does_not_move_with_the_working_directory() {
        let home = Home::from_variable(Some("portable".into())).unwrap();
        assert!(home.config_file().is_absolute());
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let home = Home::from_variable(Some("".into())).unwrap();
        assert_eq!(home.keyring_scope(), None);
        assert!(home.config_file().is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn directories_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let home = Home::at(dir.path().join("new"));
        home.create().unwrap();
        for made in [home.config_dir(), home.data_dir(), home.cache_dir()] {
            assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        std::fs::write(&file, "").unwrap();
        let problem = Home::at(&file).create().unwrap_err();
        assert_eq!(problem.code, Code::DataUnwritable);
        assert!(problem.subject.contains("file"));
    }
}
