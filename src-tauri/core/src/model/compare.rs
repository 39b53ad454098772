//! Two versions of one model, file by file.

use std::collections::BTreeSet;

use serde::Serialize;

use super::manifest::{Manifest, ManifestFile};
use super::registry::Registry;
use crate::problem::Result;

/// What became of a file from one version to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// The same bytes.
    Same,
    Changed,
    New,
    LeftOut,
}

/// One file of either version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ComparedFile {
    pub path: String,
    /// Bytes in the first version.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub before: Option<u64>,
    /// Bytes in the second version.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub after: Option<u64>,
    pub change: Change,
    /// The version its bytes were copied from inside the bucket when the second was pushed.
    pub copied_from: Option<String>,
    /// Bytes sent for it when the second version was pushed.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub sent: u64,
}

/// Two versions beside each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    pub name: String,
    /// The first version.
    pub from: String,
    /// The second version.
    pub to: String,
    /// Changed, new and left out ones first, then the same, each by path.
    pub files: Vec<ComparedFile>,
    pub changed: u32,
    pub new: u32,
    pub left_out: u32,
    pub same: u32,
    /// Bytes sent for the second version.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub sent: u64,
    /// Bytes copied inside the bucket for it.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub copied: u64,
    /// How long its push took; `None` where the manifest does not say.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub seconds: Option<u64>,
}

impl Registry {
    /// Compares two versions or aliases.
    ///
    /// # Errors
    /// As [`Registry::resolve`].
    pub(crate) async fn compare(&self, name: &str, from: &str, to: &str) -> Result<Comparison> {
        let (from, to) =
            futures_util::try_join!(self.resolve(name, Some(from)), self.resolve(name, Some(to)))?;
        Ok(compare(&from, &to))
    }
}

fn compare(from: &Manifest, to: &Manifest) -> Comparison {
    let paths: BTreeSet<&str> =
        from.files.iter().chain(&to.files).map(|file| file.path.as_str()).collect();
    // Manifests of other programs do not say how files got there; same bytes need no sending.
    let told = to.pushed.is_some();
    let before = |path: &str| from.files.iter().find(|file| file.path == path);
    let mut files: Vec<ComparedFile> = Vec::with_capacity(paths.len());
    for path in paths {
        files.push(one(path, before(path), to.file(path), from, told));
    }
    files.sort_by_key(|file| file.change == Change::Same);
    let count = |change| {
        let n = files.iter().filter(|file| file.change == change).count();
        u32::try_from(n).unwrap_or(u32::MAX)
    };
    let sent = files.iter().map(|file| file.sent).sum();
    Comparison {
        name: to.model_name.clone(),
        from: from.version.clone(),
        to: to.version.clone(),
        changed: count(Change::Changed),
        new: count(Change::New),
        left_out: count(Change::LeftOut),
        same: count(Change::Same),
        sent,
        copied: to.total_size.saturating_sub(sent),
        seconds: to.pushed.as_ref().map(|pushed| pushed.seconds),
        files,
    }
}

fn one(
    path: &str,
    before: Option<&ManifestFile>,
    after: Option<&ManifestFile>,
    from: &Manifest,
    told: bool,
) -> ComparedFile {
    let is_same = |a: &ManifestFile, b: &ManifestFile| {
        a.size == b.size && a.sha256.eq_ignore_ascii_case(&b.sha256)
    };
    let change = match (before, after) {
        (Some(before), Some(after)) if is_same(before, after) => Change::Same,
        (Some(_), Some(_)) => Change::Changed,
        (None, _) => Change::New,
        (_, None) => Change::LeftOut,
    };
    let copied_from = after.and_then(|after| match (&after.copied_from, told) {
        (Some(version), _) => Some(version.clone()),
        (None, false) if from.files.iter().any(|file| is_same(file, after)) => {
            Some(from.version.clone())
        }
        (None, _) => None,
    });
    ComparedFile {
        path: path.to_owned(),
        before: before.map(|file| file.size),
        after: after.map(|file| file.size),
        change,
        sent: after.filter(|_| copied_from.is_none()).map_or(0, |file| file.size),
        copied_from,
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest::Pushed;
    use super::*;

    fn file(path: &str, size: u64, sha: char, from: Option<&str>) -> ManifestFile {
        ManifestFile {
            path: path.into(),
            size,
            sha256: sha.to_string().repeat(64),
            copied_from: from.map(str::to_owned),
            ..ManifestFile::default()
        }
    }

    fn manifest(version: &str, files: Vec<ManifestFile>, told: bool) -> Manifest {
        Manifest {
            version: version.into(),
            total_size: files.iter().map(|file| file.size).sum(),
            files,
            pushed: told.then(|| Pushed { seconds: 74, ..Pushed::default() }),
            ..Manifest::default()
        }
    }

    #[test]
    fn every_file_of_either_version_is_told_with_how_it_got_there() {
        let a = manifest(
            "v1",
            vec![file("w", 9, 'a', None), file("t", 2, 'b', None), file("g", 1, 'c', None)],
            true,
        );
        let files = vec![
            file("w", 9, 'a', Some("v1")),
            file("t", 3, 'd', None),
            file("n", 4, 'e', None),
            file("moved", 1, 'c', Some("v1")),
        ];
        let found = compare(&a, &manifest("v2", files, true));
        let told: Vec<_> = found
            .files
            .iter()
            .map(|f| (f.path.as_str(), f.change, f.sent, f.copied_from.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("g", Change::LeftOut, 0, None),
                ("moved", Change::New, 0, Some("v1")),
                ("n", Change::New, 4, None),
                ("t", Change::Changed, 3, None),
                ("w", Change::Same, 0, Some("v1")),
            ]
        );
        assert_eq!((found.changed, found.new, found.left_out, found.same), (1, 2, 1, 1));
        assert_eq!((found.sent, found.copied, found.seconds), (7, 10, Some(74)));
    }

    #[test]
    fn where_a_manifest_does_not_say_same_bytes_were_not_sent() {
        let a = manifest("v1", vec![file("w", 9, 'a', None)], false);
        let found = compare(&a, &manifest("v2", vec![file("w2", 9, 'a', None)], false));
        assert_eq!((found.sent, found.copied, found.seconds), (0, 9, None));
        assert_eq!(found.files[1].copied_from.as_deref(), Some("v1"));
    }
}
