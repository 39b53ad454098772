//! Where a key lands in a folder, and why some keys do not.

use std::path::{Component, Path, PathBuf};

use crate::problem::{Code, Problem, Reason, Result};

/// Names Windows keeps for devices, with any extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// Whose rules hold for names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    Unix,
    Windows,
}

impl Rules {
    /// Those of this system.
    pub(crate) const HERE: Rules = if cfg!(windows) { Rules::Windows } else { Rules::Unix };
}

/// The path below a folder that `relative` (what remains of a key) names. It never leads out of it.
///
/// # Errors
/// [`Code::UnsafeName`] for `..`, `.`, doubled or leading slashes, NUL, and on Windows for drive
/// letters, backslashes, device names and characters that no file name may have.
pub(crate) fn below(relative: &str, rules: Rules) -> Result<PathBuf> {
    let mut path = PathBuf::new();
    for segment in relative.split('/') {
        if let Some(reason) = wrong(segment, rules) {
            return Err(Problem::new(Code::UnsafeName, relative).with_reason(reason));
        }
        path.push(segment);
    }
    Ok(path)
}

fn wrong(segment: &str, rules: Rules) -> Option<Reason> {
    match segment {
        "" => return Some(Reason::Empty),
        "." | ".." => return Some(Reason::Reserved(segment.to_owned())),
        _ => {}
    }
    if segment.contains('\0') {
        return Some(Reason::BadCharacter('\0'));
    }
    if rules == Rules::Unix {
        return None;
    }
    if let Some(c) = segment.chars().find(|c| *c < ' ' || "<>:\"|?*\\".contains(*c)) {
        return Some(Reason::BadCharacter(c));
    }
    // Windows drops these at the end of a name, which makes it another one.
    if let Some(c) = segment.chars().next_back().filter(|c| matches!(c, '.' | ' ')) {
        return Some(Reason::BadCharacter(c));
    }
    let stem = segment.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|n| {
            let mut chars = n.chars();
            matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    });
    (numbered || DEVICES.contains(&stem.as_str())).then(|| Reason::Reserved(segment.to_owned()))
}

/// Refuses a path whose folders below `root` are reached through a link: it could lead anywhere.
///
/// `root` itself may be a link, since a person named it.
pub(crate) fn no_links_below(root: &Path, path: &Path) -> Result<()> {
    let mut folder = path.parent();
    while let Some(dir) = folder.filter(|dir| *dir != root && dir.starts_with(root)) {
        if dir.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
            return Err(Problem::new(Code::UnsafeName, path.display().to_string())
                .with_reason(Reason::ThroughLink(dir.display().to_string())));
        }
        folder = dir.parent();
    }
    Ok(())
}

/// Refuses a path that does not lie below `root`: what a damaged row says.
pub(super) fn stays_below(root: &Path, path: &Path) -> Result<()> {
    let below = path.strip_prefix(root).is_ok_and(|rest| {
        !rest.as_os_str().is_empty() && rest.components().all(|c| matches!(c, Component::Normal(_)))
    });
    if below {
        return Ok(());
    }
    Err(Problem::new(Code::TransferUnreadable, path.display().to_string()))
}

/// The name of a file without and with what comes after the last dot.
fn parts(path: &Path) -> (String, String) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().map(|ext| format!(".{}", ext.to_string_lossy()));
    (stem, extension.unwrap_or_default())
}

/// Whether `other` is what [`another`] may have found for `path`.
pub(super) fn is_another(other: &Path, path: &Path) -> bool {
    let (stem, extension) = parts(path);
    let name = other.file_name().unwrap_or_default().to_string_lossy();
    let number = name
        .strip_prefix(&format!("{stem} ("))
        .and_then(|rest| rest.strip_suffix(&format!("){extension}")));
    other.parent() == path.parent() && number.is_some_and(|number| number.parse::<u64>().is_ok())
}

/// `cat.png` -> `cat (2).png`: the first that is free.
pub(super) fn another(path: &Path) -> PathBuf {
    let (stem, extension) = parts(path);
    let mut n = 2u64;
    loop {
        let free = path.with_file_name(format!("{stem} ({n}){extension}"));
        if free.symlink_metadata().is_err() {
            return free;
        }
        n += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reason(key: &str, rules: Rules) -> Option<Reason> {
        below(key, rules).err().map(|problem| {
            assert_eq!(problem.code, Code::UnsafeName);
            *problem.reason.unwrap()
        })
    }

    #[test]
    fn keys_that_lead_elsewhere_are_refused() {
        for key in ["../a", "a/../../b", "/etc/passwd", "a//b", "./a", "a/.", "a\0b", ""] {
            for rules in [Rules::Unix, Rules::Windows] {
                assert!(reason(key, rules).is_some(), "{key:?} {rules:?}");
            }
        }
    }

    #[test]
    fn windows_has_names_of_its_own() {
        for key in [
            "C:/a",
            "C:a",
            "a\\..\\b",
            "\\\\server\\share",
            "con",
            "a/NUL.txt",
            "aux .h",
            "COM1",
            "lpt³.log",
            "a.",
            "a ",
            "a?b",
            "a\u{1}b",
        ] {
            assert!(reason(key, Rules::Windows).is_some(), "{key:?}");
            assert_eq!(reason(key, Rules::Unix), None, "{key:?}");
        }
        for key in ["console.txt", "COM", "COM10", "a.b/c", "图.png", ".hidden"] {
            assert_eq!(reason(key, Rules::Windows), None, "{key:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_stays_below(key in "[ab./\\\\: \u{0}]{0,12}") {
            for rules in [Rules::Unix, Rules::Windows] {
                if let Ok(path) = below(&key, rules) {
                    prop_assert!(path.is_relative());
                    prop_assert!(path.components().all(|c| matches!(c, Component::Normal(_))));
                    prop_assert_eq!(path.components().count(), key.split('/').count());
                }
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_a_link_is_not_entered() {
        let dir = tempfile::tempdir().unwrap();
        let (root, outside) = (dir.path().join("root"), dir.path().join("outside"));
        std::fs::create_dir_all(root.join("real")).unwrap();
        std::fs::create_dir(&outside).unwrap();
        std::os::unix::fs::symlink(&outside, root.join("link")).unwrap();
        no_links_below(&root, &root.join("real/file")).unwrap();
        no_links_below(&root, &root.join("new/file")).unwrap();
        for path in ["link/file", "link/deep/file"] {
            let problem = no_links_below(&root, &root.join(path)).unwrap_err();
            assert_eq!(problem.code, Code::UnsafeName, "{path}");
        }
        // What a person named may be a link.
        no_links_below(&root.join("link"), &root.join("link/file")).unwrap();
    }

    #[test]
    fn both_are_kept_under_the_first_free_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("cat.tar.gz");
        assert_eq!(another(&path), dir.path().join("cat.tar (2).gz"));
        std::fs::write(dir.path().join("cat.tar (2).gz"), "").unwrap();
        assert_eq!(another(&path), dir.path().join("cat.tar (3).gz"));
        assert_eq!(another(&dir.path().join("plain")), dir.path().join("plain (2)"));
        for (name, yes) in [
            ("cat.tar (3).gz", true),
            ("cat.tar.gz", false),
            ("cat.tar ().gz", false),
            ("cat.tar (x).gz", false),
            ("dog (2).gz", false),
        ] {
            assert_eq!(is_another(&dir.path().join(name), &path), yes, "{name}");
        }
        assert!(!is_another(&dir.path().join("deep/cat.tar (3).gz"), &path));
    }

    #[test]
    fn only_what_is_below_a_folder_stays_there() {
        let root = Path::new("/data/out");
        stays_below(root, Path::new("/data/out/a/b")).unwrap();
        for path in
            ["/data/out", "/data/out/", "/data/other", "/data/out/../x", "a", "", "/data/outer/a"]
        {
            let problem = stays_below(root, Path::new(path)).unwrap_err();
            assert_eq!(problem.code, Code::TransferUnreadable, "{path:?}");
        }
    }
}
