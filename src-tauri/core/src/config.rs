//! config.toml: the settings, profiles and backup rules, as a person may also write them by hand.
//!
//! Comments, order and keys Hoist does not know are kept. `${NAME}` in a text stands for an
//! environment variable; it is expanded when read and stays as written when saved. A file that
//! cannot be read is never written over.
//!
//! The whole format:
//!
//! ```toml
#![doc = include_str!("config/example.toml")]
//! ```

mod backups;
mod expand;
mod read;
mod write;

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use toml_edit::DocumentMut;

use crate::backup::BackupRule;
use crate::home::{Home, create_private_dir};
use crate::problem::{Code, Problem, Reason, Result};
use crate::profile::Profile;
use crate::settings::Settings;

/// Name of the profile of the built-in store, which is always there.
pub const LOCAL: &str = "local";

/// The settings, profiles and backup rules of one home, and the file they are kept in.
#[derive(Clone)]
pub struct Config {
    path: PathBuf,
    lock: PathBuf,
    variables: Variables,
    /// The file as it was last read or written; empty when there is none.
    text: String,
    stamp: Option<Stamp>,
    settings: Settings,
    profiles: Vec<Profile>,
    backups: Vec<BackupRule>,
}

/// What a file says.
type Parsed = (Settings, Vec<Profile>, Vec<BackupRule>);

/// Reads environment variables.
type Variables = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Tells one state of the file from another without reading it.
type Stamp = (Option<SystemTime>, u64);

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the file; without one, everything has its default.
    ///
    /// # Errors
    /// [`Code::ConfigUnreadable`] or [`Code::ConfigBroken`], the latter with line and column.
    pub fn load(home: &Home) -> Result<Self> {
        Self::load_with(home, Arc::new(|name| std::env::var(name).ok()))
    }

    fn load_with(home: &Home, variables: Variables) -> Result<Self> {
        let mut config = Self {
            path: home.config_file(),
            lock: home.config_dir().join(".config.lock"),
            variables,
            text: String::new(),
            stamp: None,
            settings: Settings::default(),
            profiles: vec![Profile::local()],
            backups: Vec::new(),
        };
        config.reload(true)?;
        Ok(config)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The profiles, `local` first, then in the order of the file.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The profile of this name.
    ///
    /// # Errors
    /// [`Code::ProfileNotFound`].
    pub fn profile(&self, name: &str) -> Result<&Profile> {
        self.profiles
            .iter()
            .find(|profile| profile.name == name)
            .ok_or_else(|| Problem::new(Code::ProfileNotFound, name))
    }

    /// The profile uploads go to unless another is named.
    ///
    /// # Errors
    /// [`Code::ProfileNotFound`] when the file names one that is not there.
    pub fn default_profile(&self) -> Result<&Profile> {
        self.profile(&self.settings.default_profile)
    }

    /// Reads the file again when something else has changed it; whether it had.
    ///
    /// # Errors
    /// As [`Config::load`]; what was read before stays in force.
    pub fn reload_if_changed(&mut self) -> Result<bool> {
        self.reload(false)
    }

    fn reload(&mut self, always: bool) -> Result<bool> {
        let stamp = self.stamp_on_disk();
        if !always && stamp == self.stamp {
            return Ok(false);
        }
        let text = match std::fs::read(&self.path) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| self.not_utf8(&error))?,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Problem::from_io(Code::ConfigUnreadable, self.subject(), &error));
            }
        };
        let changed = text != self.text;
        let parsed = self.parse(&text)?;
        (self.text, self.stamp) = (text, stamp);
        (self.settings, self.profiles, self.backups) = parsed;
        Ok(changed)
    }

    /// Saves settings. Only what differs from [`Config::settings`] is written, so that a change another
    /// Hoist made meanwhile to another setting survives.
    ///
    /// # Errors
    /// [`Code::SettingsInvalid`] with the setting, or that the file cannot be read or written.
    pub fn set_settings(&mut self, settings: Settings) -> Result<()> {
        let base = self.settings.clone();
        self.reload(false)?;
        settings.validate(&self.profiles)?;
        self.edit(|doc, _| {
            write::settings(doc, &base, &settings);
            Ok(())
        })
    }

    /// Makes this profile the default.
    ///
    /// # Errors
    /// [`Code::ProfileNotFound`], or that the file cannot be read or written.
    pub fn set_default_profile(&mut self, name: &str) -> Result<()> {
        self.reload_if_changed()?;
        self.profile(name)?;
        let settings = Settings { default_profile: name.to_owned(), ..self.settings.clone() };
        let base = self.settings.clone();
        self.edit(|doc, _| {
            write::settings(doc, &base, &settings);
            Ok(())
        })
    }

    /// Adds a profile, or changes the one called `previous`, which may get a new name this way.
    ///
    /// # Errors
    /// [`Code::ProfileInvalid`] with the field; [`Code::ProfileExists`] when the name is taken by
    /// another; [`Code::ProfileNotFound`] when `previous` is gone; [`Code::ProfileBuiltIn`] for a
    /// `local` by another name or provider; or that the file cannot be read or written.
    pub fn put_profile(&mut self, profile: Profile, previous: Option<&str>) -> Result<()> {
        let profile = profile.normalized();
        profile.validate()?;
        let renamed = previous.is_some_and(|previous| previous != profile.name);
        if renamed && previous == Some(LOCAL) {
            return Err(Problem::new(Code::ProfileBuiltIn, LOCAL));
        }
        self.edit(|doc, now| {
            if let Some(previous) = previous
                && previous != LOCAL
            {
                now.profile(previous)?;
            }
            let taken = now.profiles.iter().find(|other| {
                other.name.eq_ignore_ascii_case(&profile.name) && Some(&*other.name) != previous
            });
            if let Some(other) = taken {
                return Err(Problem::new(Code::ProfileExists, &*other.name));
            }
            let old = previous.and_then(|previous| now.profile(previous).ok());
            write::profile(doc, old, &profile);
            if let Some(previous) = previous.filter(|_| renamed) {
                backups::follow_profile(doc, &now.backups, previous, &profile.name);
            }
            if renamed && previous == Some(&*now.settings.default_profile) {
                let default_profile = profile.name.clone();
                let settings = Settings { default_profile, ..now.settings.clone() };
                write::settings(doc, &now.settings, &settings);
            }
            Ok(())
        })
    }

    /// Removes a profile. When it was the default, `local` is from now on.
    ///
    /// # Errors
    /// [`Code::ProfileNotFound`], [`Code::ProfileBuiltIn`] for `local`, or that the file cannot be
    /// read or written.
    pub fn remove_profile(&mut self, name: &str) -> Result<()> {
        if name == LOCAL {
            return Err(Problem::new(Code::ProfileBuiltIn, LOCAL));
        }
        self.edit(|doc, now| {
            now.profile(name)?;
            write::remove_profile(doc, name);
            if now.settings.default_profile == name {
                let settings = Settings { default_profile: LOCAL.into(), ..now.settings.clone() };
                write::settings(doc, &now.settings, &settings);
            }
            Ok(())
        })
    }

    /// Changes the file: under a lock, on top of what is on disk at this moment.
    fn edit(&mut self, change: impl FnOnce(&mut DocumentMut, &Config) -> Result<()>) -> Result<()> {
        let _lock = self.lock_file()?;
        self.reload(false)?;
        let mut doc: DocumentMut =
            self.text.parse().map_err(|error| self.syntax(&self.text, &error))?;
        // What a file of nothing but comments says stands at its head, where the parser keeps it at the end.
        let mut head = String::new();
        if doc.as_table().is_empty() && !self.text.is_empty() {
            head = format!("{}\n", self.text.trim_end());
            doc = DocumentMut::new();
        }
        change(&mut doc, self)?;
        let text = format!("{head}{doc}");
        if text == self.text {
            return Ok(());
        }
        // What is written must be readable again, or the next start would fail.
        let parsed = self.parse(&text)?;
        write_atomically(&self.path, &text)
            .map_err(|error| Problem::from_io(Code::ConfigUnwritable, self.subject(), &error))?;
        self.stamp = self.stamp_on_disk();
        self.text = text;
        (self.settings, self.profiles, self.backups) = parsed;
        Ok(())
    }

    fn parse(&self, text: &str) -> Result<Parsed> {
        let doc = toml_edit::Document::parse(text).map_err(|error| self.syntax(text, &error))?;
        let reader = read::Reader { text, variables: &*self.variables };
        reader.config(doc.as_table()).map_err(|reason| self.broken(reason))
    }

    fn lock_file(&self) -> Result<File> {
        let subject = || self.lock.display().to_string();
        if let Some(dir) = self.lock.parent() {
            create_private_dir(dir)?;
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.lock)
            .map_err(|error| Problem::from_io(Code::ConfigUnwritable, subject(), &error))?;
        // Held for a few milliseconds by whoever saves; a file system without locks does without.
        if let Err(error) = file.lock()
            && error.kind() != ErrorKind::Unsupported
        {
            return Err(Problem::from_io(Code::ConfigUnwritable, subject(), &error));
        }
        Ok(file)
    }

    fn stamp_on_disk(&self) -> Option<Stamp> {
        let meta = std::fs::metadata(&self.path).ok()?;
        Some((meta.modified().ok(), meta.len()))
    }

    fn subject(&self) -> String {
        self.path.display().to_string()
    }

    fn broken(&self, reason: Reason) -> Problem {
        Problem::new(Code::ConfigBroken, self.subject()).with_reason(reason)
    }

    fn syntax(&self, text: &str, error: &toml_edit::TomlError) -> Problem {
        let at = error.span().map_or(0, |span| span.start);
        // The message of the parser has line ends in it.
        let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        self.broken(read::at(text, at, "", Reason::Syntax(message)))
    }

    fn not_utf8(&self, error: &std::string::FromUtf8Error) -> Problem {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        self.broken(read::at(&text, valid, "", Reason::NotUtf8))
    }
}

/// Writes beside the file, flushes, and renames: after a crash there is the old text or the new one.
fn write_atomically(path: &Path, text: &str) -> std::io::Result<()> {
    // A link into a folder of dot files stays a link.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let dir = target.parent().unwrap_or(Path::new("."));
    // tempfile makes it with mode 0600.
    let mut file = tempfile::Builder::new().prefix(".config-").suffix(".toml").tempfile_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests;
