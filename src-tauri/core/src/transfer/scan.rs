//! What there is to upload: files and folders of this computer, and the keys they get.

use std::path::Path;

use super::failure::Failure;
use super::fingerprint::Stamp;
use super::ledger::{FileState, Found};
use super::request::Upload;
use crate::problem::{Code, Problem, Reason, Result};

/// Files told of at a time.
const BATCH: usize = 500;

/// Walks the sources and hands over what is found, in batches, folders in the order of their names.
/// What cannot be read, is a link, or has a name that no key can have is found too, as refused.
///
/// Blocks: not for async threads. Stops when `found` does.
pub(super) fn walk(
    request: &Upload,
    found: &mut dyn FnMut(Vec<Found>) -> Result<()>,
) -> Result<()> {
    let mut walk = Walk { found, batch: Vec::new() };
    for source in &request.sources {
        walk.source(request, source)?;
    }
    for file in &request.files {
        walk.file(&file.path, file.key.clone())?;
    }
    walk.hand_over()
}

struct Walk<'a> {
    found: &'a mut dyn FnMut(Vec<Found>) -> Result<()>,
    batch: Vec<Found>,
}

impl Walk<'_> {
    /// A source may be a link: a person named it.
    fn source(&mut self, request: &Upload, source: &str) -> Result<()> {
        let path = Path::new(source);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let own = request.exact_key.clone().unwrap_or_else(|| format!("{}{name}", request.prefix));
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let parent = request.include_parent && !name.is_empty();
                let prefix = match parent {
                    true => format!("{}{name}/", request.prefix),
                    false => request.prefix.clone(),
                };
                self.folder(path, &prefix)
            }
            _ => self.file(source, own),
        }
    }

    /// What is expected to be one file.
    fn file(&mut self, source: &str, own: String) -> Result<()> {
        match std::fs::metadata(source) {
            Ok(metadata) if metadata.is_file() => {
                self.add(source, own, false, Some(Stamp::of(&metadata)), None)
            }
            Ok(_) => self.refuse(source, own, FileState::Failed, not_a_file(source)),
            Err(error) => self.refuse(source, own, FileState::Failed, unreadable(source, &error)),
        }
    }

    /// A folder and all below it. An empty one gets an object of its own, whose key ends in `/`.
    fn folder(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let shown = folder.to_string_lossy().into_owned();
        let entries = std::fs::read_dir(folder)
            .and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>());
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let problem = unreadable(&shown, &error);
                let refused = refused(&shown, FileState::Failed, problem);
                return self.add(&shown, prefix.to_owned(), true, None, refused);
            }
        };
        if entries.is_empty() {
            if prefix.is_empty() {
                return Ok(());
            }
            let stamp = Stamp { size: 0, modified: 0, id: 0 };
            return self.add(&shown, prefix.to_owned(), true, Some(stamp), None);
        }
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let lossy = path.to_string_lossy().into_owned();
            let file_name = entry.file_name();
            let key = format!("{prefix}{}", file_name.to_string_lossy());
            if path.to_str().is_none() {
                let problem = Problem::new(Code::UnsafeName, &lossy).with_reason(Reason::NotUtf8);
                self.refuse(&lossy, key, FileState::Failed, problem)?;
                continue;
            }
            match entry.metadata() {
                Ok(metadata) if metadata.is_symlink() => {
                    let problem = Problem::new(Code::LinkSkipped, &lossy);
                    self.refuse(&lossy, key, FileState::Skipped, problem)?;
                }
                Ok(metadata) if metadata.is_dir() => self.folder(&path, &format!("{key}/"))?,
                Ok(metadata) if metadata.is_file() => {
                    self.add(&lossy, key, false, Some(Stamp::of(&metadata)), None)?;
                }
                Ok(_) => self.refuse(&lossy, key, FileState::Skipped, not_a_file(&lossy))?,
                Err(error) => {
                    self.refuse(&lossy, key, FileState::Failed, unreadable(&lossy, &error))?;
                }
            }
        }
        Ok(())
    }

    /// A file that does not go.
    fn refuse(
        &mut self,
        path: &str,
        key: String,
        state: FileState,
        problem: Problem,
    ) -> Result<()> {
        self.add(path, key, false, None, refused(path, state, problem))
    }

    fn add(
        &mut self,
        path: &str,
        key: String,
        folder: bool,
        stamp: Option<Stamp>,
        refused: Option<(FileState, Failure)>,
    ) -> Result<()> {
        self.batch.push(Found {
            path: path.to_owned(),
            key,
            folder,
            size: stamp.as_ref().map_or(0, |stamp| stamp.size),
            stamp: stamp.map(|stamp| stamp.text()).unwrap_or_default(),
            refused,
        });
        if self.batch.len() >= BATCH { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<()> {
        (self.found)(std::mem::take(&mut self.batch))
    }
}

fn refused(path: &str, state: FileState, problem: Problem) -> Option<(FileState, Failure)> {
    tracing::debug!(path, %problem, "not uploaded");
    Some((state, Failure::from(&problem)))
}

/// What the operating system said of a file that was to be read.
pub(super) fn unreadable(path: &str, error: &std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::NotFound => Problem::new(Code::FileNotFound, path),
        _ => Problem::new(Code::FileUnreadable, path).with_reason(Reason::from_io(error)),
    }
}

fn not_a_file(path: &str) -> Problem {
    Problem::new(Code::NotAFile, path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::transfer::request::FileTo;

    fn upload(sources: &[&Path], prefix: &str) -> Upload {
        Upload {
            sources: sources.iter().map(|path| path.to_str().unwrap().to_owned()).collect(),
            prefix: prefix.into(),
            ..Upload::default()
        }
    }

    /// Keys, and why those that are refused are.
    fn keys(request: &Upload) -> BTreeMap<String, Option<String>> {
        let mut keys = BTreeMap::new();
        walk(request, &mut |found| {
            for one in found {
                let code = one
                    .refused
                    .map(|(state, failure)| format!("{} {}", state.name(), failure.code));
                assert_eq!(keys.insert(one.key, code), None);
            }
            Ok(())
        })
        .unwrap();
        keys
    }

    #[test]
    fn a_tree_keeps_its_shape_with_and_without_its_own_name() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::create_dir_all(root.join("empty")).unwrap();
        for name in ["top.bin", "a/one", "a/b/二.npy"] {
            fs::write(root.join(name), name).unwrap();
        }
        let mut request = upload(&[&root], "p/");
        let plain: Vec<String> = keys(&request).into_keys().collect();
        assert_eq!(plain, ["p/a/b/二.npy", "p/a/one", "p/empty/", "p/top.bin"]);
        request.include_parent = true;
        let with: Vec<String> = keys(&request).into_keys().collect();
        assert_eq!(with, ["p/data/a/b/二.npy", "p/data/a/one", "p/data/empty/", "p/data/top.bin"]);
    }

    #[test]
    fn a_file_goes_to_its_name_or_to_the_key_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model.bin");
        fs::write(&path, "x").unwrap();
        let mut request = upload(&[&path], "v1/");
        assert_eq!(keys(&request).into_keys().collect::<Vec<_>>(), ["v1/model.bin"]);
        request.exact_key = Some("v1/latest".into());
        assert_eq!(keys(&request).into_keys().collect::<Vec<_>>(), ["v1/latest"]);
        let gone = dir.path().join("gone");
        let gone = keys(&upload(&[&gone], ""));
        assert_eq!(gone["gone"].as_deref(), Some("failed fileNotFound"));
    }

    #[test]
    fn files_of_exact_keys_go_there_and_a_folder_among_them_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "x").unwrap();
        let file = |path: &Path, key: &str| FileTo {
            path: path.to_str().unwrap().to_owned(),
            key: key.into(),
            sha256: None,
        };
        let files = vec![file(&path, "m/v1/deep/b"), file(dir.path(), "m/v1/c")];
        let found = keys(&Upload { files, ..Upload::default() });
        assert_eq!(found["m/v1/deep/b"], None);
        assert_eq!(found["m/v1/c"].as_deref(), Some("failed notAFile"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_skipped_and_said_and_odd_names_fail_alone() {
        use std::os::unix::ffi::OsStrExt as _;
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("tree");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("real"), "x").unwrap();
        std::os::unix::fs::symlink("real", root.join("link")).unwrap();
        std::os::unix::fs::symlink("..", root.join("loop")).unwrap();
        std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        fs::write(root.join(std::ffi::OsStr::from_bytes(b"\xFFname")), "x").unwrap();
        let found = keys(&upload(&[&root], ""));
        let codes: Vec<(&str, Option<&str>)> =
            found.iter().map(|(key, code)| (key.as_str(), code.as_deref())).collect();
        assert_eq!(
            codes,
            [
                ("link", Some("skipped linkSkipped")),
                ("loop", Some("skipped linkSkipped")),
                ("real", None),
                ("socket", Some("skipped notAFile")),
                ("\u{FFFD}name", Some("failed unsafeName")),
            ]
        );
        // Named by a person, a link is followed.
        let link = keys(&upload(&[&root.join("link")], ""));
        assert_eq!(link["link"], None);
    }

    #[test]
    fn large_folders_come_in_batches() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..BATCH + 1 {
            fs::write(dir.path().join(format!("{n}")), "").unwrap();
        }
        let mut sizes = Vec::new();
        walk(&upload(&[dir.path()], ""), &mut |found| {
            sizes.push(found.len());
            Ok(())
        })
        .unwrap();
        assert_eq!(sizes, [BATCH, 1]);
    }
}
