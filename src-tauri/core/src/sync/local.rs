//! What a folder of this computer holds.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::is_part_file;

/// A file as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LocalFile {
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) modified: i128,
}

impl LocalFile {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().map_or(0, nanoseconds) }
    }
}

fn nanoseconds(time: SystemTime) -> i128 {
    let signed = |duration: std::time::Duration| i128::try_from(duration.as_nanos());
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => signed(after).unwrap_or(i128::MAX),
        Err(before) => -signed(before.duration()).unwrap_or(i128::MAX),
    }
}

/// A folder and all below it. Names are relative, with `/` between them.
#[derive(Debug, Default)]
pub(super) struct LocalTree {
    pub(super) files: BTreeMap<String, LocalFile>,
    /// Folders, each ending in `/`, and whether they are empty.
    pub(super) folders: BTreeMap<String, bool>,
    /// What is neither, or cannot be read: left alone on both sides.
    pub(super) refused: Vec<(String, Problem)>,
}

impl LocalTree {
    /// Walks `root`; `None` when it is not there. Blocks.
    pub(super) fn walk(root: &Path) -> Result<Option<Self>> {
        let shown = || root.display().to_string();
        match std::fs::metadata(root) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(Problem::new(Code::NotAFile, shown())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(root, &error)),
        }
        let mut tree = Self::default();
        // The root itself must be read; what cannot be read below it is told and left alone.
        let mut open = vec![(root.to_owned(), String::new())];
        while let Some((folder, relative)) = open.pop() {
            match tree.folder(&folder, &relative, &mut open) {
                Err(error) if relative.is_empty() => return Err(unreadable(root, &error)),
                Err(error) => {
                    let name = relative.clone();
                    tree.folders.remove(&relative);
                    tree.refused.push((name, unreadable(&folder, &error)));
                }
                Ok(()) => {}
            }
        }
        tree.refused.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Some(tree))
    }

    fn folder(
        &mut self,
        folder: &Path,
        relative: &str,
        open: &mut Vec<(PathBuf, String)>,
    ) -> std::io::Result<()> {
        let mut empty = true;
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            empty = false;
            let path = entry.path();
            // What a download has not completed is nobody's content.
            if is_part_file(&path) {
                continue;
            }
            let name = format!("{relative}{}", entry.file_name().to_string_lossy());
            if path.to_str().is_none() {
                let problem = Problem::new(Code::UnsafeName, path.to_string_lossy());
                self.refused.push((name, problem.with_reason(Reason::NotUtf8)));
                continue;
            }
            match entry.metadata() {
                Ok(metadata) if metadata.is_symlink() => {
                    let problem = Problem::new(Code::LinkSkipped, path.to_string_lossy());
                    self.refused.push((name, problem));
                }
                Ok(metadata) if metadata.is_dir() => open.push((path, format!("{name}/"))),
                Ok(metadata) if metadata.is_file() => {
                    self.files.insert(name, LocalFile::of(&metadata));
                }
                Ok(_) => {
                    let problem = Problem::new(Code::NotAFile, path.to_string_lossy());
                    self.refused.push((name, problem));
                }
                Err(error) => self.refused.push((name, unreadable(&path, &error))),
            }
        }
        if !relative.is_empty() {
            self.folders.insert(relative.to_owned(), empty);
        }
        Ok(())
    }

    /// Whether a name is, or lies below, something that was left alone.
    pub(super) fn is_refused(&self, name: &str) -> bool {
        self.refused.iter().any(|(refused, _)| {
            let bare = refused.trim_end_matches('/');
            name.strip_prefix(bare).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => Code::FileNotFound,
        _ => Code::FileUnreadable,
    };
    Problem::new(code, path.display().to_string()).with_reason(Reason::from_io(error))
}
