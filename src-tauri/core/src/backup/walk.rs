//! Which files a rule means, and what they look like now.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::BackupRule;
use super::pattern::Patterns;
use crate::problem::{Code, FieldName, Problem, Reason, Result};
use crate::transfer::nanoseconds;

/// What the file system says of a file. Cheap: no byte of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) size: u64,
    /// Last change of the content, in nanoseconds since 1970.
    pub(super) modified: i64,
    /// Last change of content, name or permissions, where the system keeps it: nobody can set it back.
    pub(super) changed: i64,
    /// The number of the file, where the system has one: a file put in its place has another.
    pub(super) id: i64,
}

impl Look {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let (changed, id) = system_of(metadata);
        Self {
            size: metadata.len(),
            modified: metadata.modified().map_or(0, nanoseconds),
            changed,
            id,
        }
    }

    /// As a regular file is now; links are not followed. `None` when there is none.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let metadata = path.symlink_metadata().ok()?;
        metadata.is_file().then(|| Self::of(&metadata))
    }
}

#[cfg(unix)]
fn system_of(metadata: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    let changed =
        metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec());
    (changed, metadata.ino().cast_signed())
}

#[cfg(not(unix))]
fn system_of(_: &Metadata) -> (i64, i64) {
    (0, 0)
}

/// What a walk comes upon.
#[derive(Debug)]
pub(super) enum Found {
    File {
        /// Below the folder, with `/` between its parts.
        relative: String,
        look: Look,
    },
    /// A link that a pattern means: it could lead anywhere, so it is not followed.
    Link(Problem),
    /// What cannot be read, or has a name that no key can have.
    Unreadable(Problem),
}

/// Which files of a folder a rule means.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(super) folder: PathBuf,
    /// The same folder, as the system itself calls it.
    real: Option<PathBuf>,
    patterns: Patterns,
    excludes: Patterns,
    /// Folders that are not entered: what Hoist writes while it uploads would never end.
    own: Vec<PathBuf>,
}

impl Selection {
    /// Of a rule; `own` are the folders of Hoist's own data.
    pub(super) fn of(rule: &BackupRule, own: &[PathBuf]) -> Result<Self> {
        Ok(Self {
            folder: PathBuf::from(&rule.folder),
            real: Path::new(&rule.folder).canonicalize().ok(),
            patterns: rule.check(FieldName::Patterns, Patterns::parse(&rule.patterns))?,
            excludes: rule.check(FieldName::Excludes, Patterns::parse(&rule.excludes))?,
            own: own.iter().map(|dir| dir.canonicalize().unwrap_or_else(|_| dir.clone())).collect(),
        })
    }

    /// Whether a file of this path below the folder is meant.
    pub(super) fn means(&self, relative: &str) -> bool {
        (self.patterns.is_empty() || self.patterns.matches(relative))
            && !self.excludes.matches(relative)
    }

    /// Whether the folder is there.
    ///
    /// # Errors
    /// [`Code::BackupFolderMissing`], and what the system says of a folder that cannot be read.
    pub(super) fn there(&self) -> Result<()> {
        let shown = || self.folder.display().to_string();
        match std::fs::metadata(&self.folder) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            Ok(_) => Err(Problem::new(Code::BackupFolderMissing, shown())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(Problem::new(Code::BackupFolderMissing, shown()))
            }
            Err(error) => Err(Problem::from_io(Code::FileUnreadable, shown(), &error)),
        }
    }

    /// Walks the folder, in the order of names, and tells what it finds. Blocks: not for async
    /// threads. Stops when `found` does.
    ///
    /// # Errors
    /// As [`Selection::there`], and those of `found`.
    pub(super) fn walk(&self, found: &mut dyn FnMut(Found) -> Result<()>) -> Result<()> {
        self.there()?;
        // A stack, not recursion: folders can be nested deeper than a thread has stack for.
        let mut open = vec![(self.folder.clone(), String::new())];
        while let Some((folder, prefix)) = open.pop() {
            let entries = std::fs::read_dir(&folder)
                .and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>());
            let mut entries = match entries {
                Ok(entries) => entries,
                Err(error) if prefix.is_empty() => {
                    return Err(Problem::from_io(
                        Code::FileUnreadable,
                        folder.display().to_string(),
                        &error,
                    ));
                }
                Err(error) => {
                    found(Found::Unreadable(unreadable(&folder, &error)))?;
                    continue;
                }
            };
            entries.sort_by_key(std::fs::DirEntry::file_name);
            let mut below = Vec::new();
            for entry in entries {
                let path = entry.path();
                let name = entry.file_name();
                let relative = format!("{prefix}{}", name.to_string_lossy());
                let metadata = match entry.metadata() {
                    Ok(metadata) => metadata,
                    // Gone since the folder was read.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(error) => {
                        found(Found::Unreadable(unreadable(&path, &error)))?;
                        continue;
                    }
                };
                if metadata.is_dir() {
                    if !self.excludes.matches_folder(&relative) && !self.is_own(&path) {
                        below.push((path, format!("{relative}/")));
                    }
                    continue;
                }
                if !self.means(&relative) {
                    continue;
                }
                if metadata.is_symlink() {
                    let problem = Problem::new(Code::LinkSkipped, path.display().to_string());
                    found(Found::Link(problem))?;
                } else if name.to_str().is_none() || path.to_str().is_none() {
                    let problem = Problem::new(Code::UnsafeName, path.display().to_string())
                        .with_reason(Reason::NotUtf8);
                    found(Found::Unreadable(problem))?;
                } else if metadata.is_file() {
                    found(Found::File { relative, look: Look::of(&metadata) })?;
                }
                // Sockets, pipes and devices are no files that a person would back up.
            }
            open.extend(below.into_iter().rev());
        }
        Ok(())
    }

    /// The same of one path; nothing when it is no file that is meant.
    pub(super) fn look_at(
        &self,
        path: &Path,
        found: &mut dyn FnMut(Found) -> Result<()>,
    ) -> Result<()> {
        let Some(relative) = self.relative(path) else { return Ok(()) };
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_file() && self.means(&relative) => {
                found(Found::File { relative, look: Look::of(&metadata) })
            }
            _ => Ok(()),
        }
    }

    /// A path below the folder, as rules and keys write it; `None` for one that is not below, or is
    /// below a folder that is not entered.
    pub(super) fn relative(&self, path: &Path) -> Option<String> {
        let below = path
            .strip_prefix(&self.folder)
            .or_else(|error| self.real.as_ref().map_or(Err(error), |real| path.strip_prefix(real)))
            .ok()?;
        let mut relative = String::new();
        let mut whole = self.folder.clone();
        let mut parts = below.components().peekable();
        while let Some(part) = parts.next() {
            let std::path::Component::Normal(name) = part else { return None };
            relative.push_str(name.to_str()?);
            whole.push(name);
            if parts.peek().is_some() {
                if self.excludes.matches_folder(&relative) || self.is_own(&whole) {
                    return None;
                }
                relative.push('/');
            }
        }
        (!relative.is_empty()).then_some(relative)
    }

    fn is_own(&self, folder: &Path) -> bool {
        self.own.iter().any(|own| own == folder)
            || (!self.own.is_empty()
                && folder.canonicalize().is_ok_and(|folder| self.own.contains(&folder)))
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::from_io(Code::FileUnreadable, path.display().to_string(), error)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn rule(folder: &Path, patterns: &[&str], excludes: &[&str]) -> BackupRule {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        BackupRule {
            patterns: list(patterns),
            excludes: list(excludes),
            ..BackupRule::new("r", folder.to_str().unwrap(), "local")
        }
    }

    /// What is found: files by their path, the rest by its code.
    fn found(selection: &Selection) -> Vec<String> {
        let mut all = Vec::new();
        selection
            .walk(&mut |one| {
                all.push(match one {
                    Found::File { relative, .. } => relative,
                    Found::Link(problem) | Found::Unreadable(problem) => {
                        format!("{:?}", problem.code)
                    }
                });
                Ok(())
            })
            .unwrap();
        all
    }

    fn tree() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.npy", "b.txt", "runs/1/x.ckpt", "runs/1/y.npy", "tmp/z.npy", "own/s.npy"] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        dir
    }

    #[test]
    fn patterns_choose_and_excludes_and_own_folders_are_left_out() {
        let dir = tree();
        let select = |patterns: &[&str], excludes: &[&str], own: &[PathBuf]| {
            found(&Selection::of(&rule(dir.path(), patterns, excludes), own).unwrap())
        };
        assert_eq!(select(&[], &[], &[]).len(), 6);
        let own = [dir.path().join("own")];
        assert_eq!(select(&["*.npy"], &["tmp/"], &own), ["a.npy", "runs/1/y.npy"]);
        assert_eq!(select(&["runs/**"], &["*.npy"], &own), ["runs/1/x.ckpt"]);
    }

    #[test]
    fn paths_are_below_the_folder_or_nothing() {
        let dir = tree();
        let own = [dir.path().join("own")];
        let selection = Selection::of(&rule(dir.path(), &["*.npy"], &["tmp/"]), &own).unwrap();
        let relative = |name: &str| selection.relative(&dir.path().join(name));
        assert_eq!(relative("runs/1/y.npy").as_deref(), Some("runs/1/y.npy"));
        for name in ["tmp/z.npy", "own/s.npy", "../x.npy", ""] {
            assert_eq!(relative(name), None, "{name}");
        }
        assert_eq!(selection.relative(Path::new("/elsewhere/a.npy")), None);
    }

    #[test]
    fn a_folder_that_is_gone_is_no_empty_folder() {
        let dir = tempfile::tempdir().unwrap();
        let selection = Selection::of(&rule(&dir.path().join("gone"), &[], &[]), &[]).unwrap();
        let problem = selection.walk(&mut |_| Ok(())).unwrap_err();
        assert_eq!(problem.code, Code::BackupFolderMissing);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_said_and_not_followed() {
        let dir = tree();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.npy"), "s").unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("link")).unwrap();
        std::os::unix::fs::symlink("a.npy", dir.path().join("l.npy")).unwrap();
        let selection = Selection::of(&rule(dir.path(), &["*.npy"], &[]), &[]).unwrap();
        let all = found(&selection);
        assert!(all.contains(&"LinkSkipped".to_owned()), "{all:?}");
        assert!(!all.iter().any(|name| name.contains("secret")), "{all:?}");
    }
}
