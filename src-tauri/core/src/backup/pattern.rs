//! Patterns of files, as `.gitignore` has them: without a slash a name in any folder, with one a path
//! below the folder.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::problem::Reason;

/// A list of patterns that has been read.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    files: GlobSet,
    folders: GlobSet,
    empty: bool,
}

/// Longest pattern, in characters.
const LONGEST: usize = 1_000;

impl Patterns {
    /// Reads patterns. `*` and `?` stay within a name, `**` spans folders, `[a-z]` is a character of
    /// a range, `{a,b}` one of several; `\` takes the next character as it is.
    pub(super) fn parse(patterns: &[String]) -> Result<Self, Reason> {
        let (mut files, mut folders) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns {
            let [itself, below, folder] = globs(pattern)?;
            files.add(itself).add(below);
            folders.add(folder);
        }
        let built = |set: GlobSetBuilder| {
            set.build().map_err(|error| {
                Reason::Glob(error.glob().map_or_else(|| patterns.join(" "), str::to_owned))
            })
        };
        Ok(Self { files: built(files)?, folders: built(folders)?, empty: patterns.is_empty() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// Whether a file is meant, or is inside a folder that is. `/` stands between the parts of its
    /// path below the folder.
    pub(super) fn matches(&self, relative: &str) -> bool {
        self.files.is_match(relative)
    }

    /// Whether a folder is meant, and so all below it.
    pub(super) fn matches_folder(&self, relative: &str) -> bool {
        self.folders.is_match(relative)
    }
}

/// What one pattern stands for: a file, all below a folder, and that folder.
fn globs(pattern: &str) -> Result<[Glob; 3], Reason> {
    if pattern.chars().count() > LONGEST {
        return Err(Reason::TooLong(LONGEST));
    }
    if let Some(c) = pattern.chars().find(|c| c.is_control()) {
        return Err(Reason::BadCharacter(c));
    }
    if pattern.split('/').any(|segment| segment == "..") {
        return Err(Reason::LeadsOut(pattern.to_owned()));
    }
    let inner = pattern.trim_start_matches("./").trim_end_matches('/');
    let bare = inner.trim_start_matches('/');
    if bare.is_empty() {
        return Err(Reason::Missing);
    }
    let text = if inner.contains('/') { bare.to_owned() } else { format!("**/{bare}") };
    let glob = |text: &str| {
        GlobBuilder::new(text)
            .literal_separator(true)
            .backslash_escape(true)
            .case_insensitive(cfg!(windows))
            .build()
            .map_err(|_| Reason::Glob(pattern.to_owned()))
    };
    let below = format!("{text}/**");
    // `tmp/` is a folder only.
    let itself = if pattern.ends_with('/') { &below } else { &text };
    Ok([glob(itself)?, glob(&below)?, glob(&text)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn patterns(list: &[&str]) -> Patterns {
        Patterns::parse(&list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_name_is_meant_in_any_folder_and_a_path_from_the_folder_on() {
        for (pattern, yes, no) in [
            ("*.npy", vec!["a.npy", "x/y/a.npy", ".npy"], vec!["a.npy.part", "npy", "a/npyx"]),
            ("/*.npy", vec!["a.npy"], vec!["x/a.npy"]),
            ("runs/*.ckpt", vec!["runs/a.ckpt"], vec!["runs/1/a.ckpt", "x/runs/a.ckpt"]),
            ("runs/**/*.ckpt", vec!["runs/a.ckpt", "runs/1/2/a.ckpt"], vec!["a.ckpt"]),
            ("**/*.ckpt", vec!["a.ckpt", "1/2/a.ckpt"], vec!["a.ckpt2"]),
            ("tmp/", vec!["tmp/a", "x/tmp/b/c"], vec!["tmp", "tmpx/a"]),
            ("tmp", vec!["tmp", "tmp/a", "x/tmp/b"], vec!["tmpx"]),
            ("epoch-[0-9].{pt,ckpt}", vec!["a/epoch-3.pt"], vec!["epoch-x.pt", "epoch-12.pt"]),
            ("a\\*b", vec!["a*b"], vec!["axb"]),
            ("./a", vec!["a", "x/a"], vec!["b"]),
            ("数据*", vec!["数据1", "x/数据"], vec!["数"]),
        ] {
            let patterns = patterns(&[pattern]);
            for path in yes {
                assert!(patterns.matches(path), "{pattern} means {path}");
            }
            for path in no {
                assert!(!patterns.matches(path), "{pattern} does not mean {path}");
            }
        }
    }

    #[test]
    fn a_folder_is_meant_with_and_without_its_slash() {
        for pattern in ["tmp", "tmp/", "**/tmp", "/tmp/"] {
            assert!(patterns(&[pattern]).matches_folder("tmp"), "{pattern}");
            assert!(!patterns(&[pattern]).matches_folder("tmpx"), "{pattern}");
        }
    }

    #[test]
    fn what_is_no_pattern_or_leads_out_is_refused() {
        let reason = |text: &str| Patterns::parse(&[text.to_owned()]).unwrap_err();
        assert_eq!(reason("../a"), Reason::LeadsOut("../a".into()));
        assert_eq!(reason("a/../../b"), Reason::LeadsOut("a/../../b".into()));
        for text in ["a[", "{a", "[z-a]"] {
            assert_eq!(reason(text), Reason::Glob(text.into()), "{text}");
        }
        assert_eq!(reason("/"), Reason::Missing);
        assert_eq!(reason("a\u{7}"), Reason::BadCharacter('\u{7}'));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_read_or_refused(text in "[a*?./\\\\\\[\\]{},!-]{0,12}") {
            let _ = Patterns::parse(std::slice::from_ref(&text)).map(|found| found.matches("a/a.a"));
        }
    }
}
