//! The files of this computer that a version is made of.

use std::path::{Path, PathBuf};

use super::manifest;
use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::{Rules, Stamp, below};

/// Folders of tools that are no part of a model.
const LEFT_OUT: [&str; 2] = [".git", ".cache"];

/// One file.
#[derive(Debug, Clone)]
pub(super) struct LocalFile {
    /// Absolute.
    pub(super) path: PathBuf,
    /// Below the folder, with `/` between names.
    pub(super) relative: String,
    pub(super) stamp: Stamp,
}

impl LocalFile {
    pub(super) fn size(&self) -> u64 {
        self.stamp.size
    }

    /// Whether it is still the file that was found. Blocks.
    pub(super) fn is_unchanged(&self) -> bool {
        Stamp::read(&self.path).is_ok_and(|now| now == self.stamp)
    }
}

/// Finds the files of a folder by name, or takes the one file. Links to files are followed, since
/// model hubs keep files so; links to folders are not. Blocks.
///
/// # Errors
/// [`Code::ModelEmpty`], [`Code::UnsafeName`] for a name that not every system can have or that is
/// taken by the manifest, [`Code::NotAFile`], and what cannot be read: a version is whole or none.
pub(super) fn walk(source: &Path) -> Result<Vec<LocalFile>> {
    let shown = source.display().to_string();
    let metadata = std::fs::metadata(source).map_err(|error| unreadable(source, &error))?;
    let mut files = Vec::new();
    if metadata.is_dir() {
        folder(source, "", &mut files)?;
    } else {
        let name = source.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| not_utf8(source))?;
        add(source, name.to_owned(), &mut files)?;
    }
    if files.is_empty() {
        return Err(Problem::new(Code::ModelEmpty, shown));
    }
    files.sort_by(|a, b| a.relative.cmp(&b.relative));
    Ok(files)
}

fn folder(folder: &Path, prefix: &str, files: &mut Vec<LocalFile>) -> Result<()> {
    let entries = std::fs::read_dir(folder)
        .and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>())
        .map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        let Some(name) = name.to_str() else { return Err(not_utf8(&path)) };
        let kind = entry.file_type().map_err(|error| unreadable(&path, &error))?;
        let relative = format!("{prefix}{name}");
        if kind.is_dir() {
            if !LEFT_OUT.contains(&name) {
                self::folder(&path, &format!("{relative}/"), files)?;
            }
        } else if !name.ends_with(crate::transfer::PART_SUFFIX) {
            add(&path, relative, files)?;
        }
    }
    Ok(())
}

fn add(path: &Path, relative: String, files: &mut Vec<LocalFile>) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(Problem::new(Code::NotAFile, path.display().to_string()));
    }
    below(&relative, Rules::Windows)?;
    if relative == manifest::FILE {
        return Err(Problem::new(Code::UnsafeName, path.display().to_string())
            .with_reason(Reason::Reserved(relative)));
    }
    files.push(LocalFile { path: path.to_owned(), relative, stamp: Stamp::of(&metadata) });
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => Code::FileNotFound,
        _ => Code::FileUnreadable,
    };
    Problem::from_io(code, path.display().to_string(), error)
}

fn not_utf8(path: &Path) -> Problem {
    Problem::new(Code::UnsafeName, path.display().to_string()).with_reason(Reason::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &Path) -> Result<Vec<String>> {
        Ok(walk(source)?.into_iter().map(|file| file.relative).collect())
    }

    #[test]
    fn all_files_but_those_of_tools_in_the_order_of_their_names() {
        let dir = tempfile::tempdir().unwrap();
        for name in
            ["b", "a/z", "a/manifest.json", ".gitattributes", ".git/config", "a/x.hoist-part"]
        {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        assert_eq!(names(dir.path()).unwrap(), [".gitattributes", "a/manifest.json", "a/z", "b"]);
        assert_eq!(names(&dir.path().join("a/z")).unwrap(), ["z"]);
    }

    #[test]
    fn what_no_version_can_hold_is_refused_before_anything_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(names(dir.path()).unwrap_err().code, Code::ModelEmpty);
        assert_eq!(names(&dir.path().join("no")).unwrap_err().code, Code::FileNotFound);
        std::fs::write(dir.path().join("manifest.json"), "{}").unwrap();
        assert_eq!(names(dir.path()).unwrap_err().code, Code::UnsafeName);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_followed_and_those_to_folders_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let (blobs, model) = (dir.path().join("blobs"), dir.path().join("model"));
        std::fs::create_dir(&blobs).unwrap();
        std::fs::create_dir(&model).unwrap();
        std::fs::write(blobs.join("1"), "weights").unwrap();
        std::os::unix::fs::symlink("../blobs/1", model.join("a.bin")).unwrap();
        let files = walk(&model).unwrap();
        assert_eq!((files[0].relative.as_str(), files[0].size()), ("a.bin", 7));
        std::os::unix::fs::symlink("..", model.join("loop")).unwrap();
        assert_eq!(names(&model).unwrap_err().code, Code::NotAFile);
    }
}
