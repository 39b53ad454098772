//! Patterns of files, as `.gitignore` has them: without a slash a name in any folder, with one a path
//! below the folder.

use crate::problem::Reason;

mod name;

use name::Name;

/// A list of patterns that has been read.
#[derive(Debug, Clone)]
pub(super) struct Patterns(Vec<Pattern>);

/// Longest pattern, in characters.
const LONGEST: usize = 1_000;

/// Most patterns that the braces of one may stand for.
const MOST: usize = 256;

/// One pattern without braces.
#[derive(Debug, Clone)]
struct Pattern {
    parts: Vec<Part>,
    /// Written with a slash at its end: it means a folder only.
    folder_only: bool,
}

/// What one segment of a path is compared with.
#[derive(Debug, Clone)]
enum Part {
    /// `**`: any number of folders; at the end, all that is inside.
    Deep,
    Name(Name),
}

impl Patterns {
    /// Reads patterns. `*` and `?` stay within a name, `**` spans folders, `[a-z]` is a character of
    /// a range, `{a,b}` one of several; `\` takes the next character as it is.
    pub(super) fn parse(patterns: &[String]) -> Result<Self, Reason> {
        let mut all = Vec::new();
        for pattern in patterns {
            check(pattern)?;
            let plain = expand(pattern).ok_or_else(|| Reason::Glob(pattern.clone()))?;
            for one in plain {
                all.push(read(&one, pattern)?);
            }
        }
        Ok(Self(all))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a file is meant, or is inside a folder that is. `/` stands between the parts of its
    /// path below the folder.
    pub(super) fn matches(&self, relative: &str) -> bool {
        let segments: Vec<&str> = relative.split('/').collect();
        self.0.iter().any(|pattern| {
            let reached = pattern.reached(&segments);
            let (file, folders) = reached.split_last().unwrap_or((&false, &[]));
            (*file && !pattern.folder_only) || folders.iter().any(|folder| *folder)
        })
    }

    /// Whether a folder is meant, and so all below it.
    pub(super) fn matches_folder(&self, relative: &str) -> bool {
        let segments: Vec<&str> = relative.split('/').collect();
        self.0.iter().any(|pattern| pattern.reached(&segments).contains(&true))
    }
}

impl Pattern {
    /// For each number of leading segments, from 1, whether they are what the pattern says.
    fn reached(&self, segments: &[&str]) -> Vec<bool> {
        let mut now = vec![false; segments.len() + 1];
        now[0] = true;
        for (at, part) in self.parts.iter().enumerate() {
            let mut next = vec![false; now.len()];
            match part {
                Part::Deep => {
                    let inside = usize::from(at + 1 == self.parts.len());
                    let first = now.iter().position(|reached| *reached);
                    for reached in next.iter_mut().skip(first.map_or(usize::MAX, |n| n + inside)) {
                        *reached = true;
                    }
                }
                Part::Name(name) => {
                    for (n, segment) in segments.iter().enumerate() {
                        next[n + 1] = now[n] && name.is_like(segment);
                    }
                }
            }
            now = next;
        }
        now.remove(0);
        now
    }
}

fn check(pattern: &str) -> Result<(), Reason> {
    if pattern.chars().count() > LONGEST {
        return Err(Reason::TooLong(LONGEST));
    }
    if let Some(c) = pattern.chars().find(|c| c.is_control()) {
        return Err(Reason::BadCharacter(c));
    }
    Ok(())
}

/// Reads a pattern without braces; `whole` is as it was written.
fn read(text: &str, whole: &str) -> Result<Pattern, Reason> {
    let inner = text.trim_start_matches("./").trim_end_matches('/');
    let bare = inner.trim_start_matches('/');
    if bare.is_empty() {
        return Err(Reason::Missing);
    }
    // A name alone is one in any folder.
    let mut parts = if inner.contains('/') { Vec::new() } else { vec![Part::Deep] };
    for segment in bare.split('/').filter(|segment| !matches!(*segment, "" | ".")) {
        parts.push(match segment {
            ".." => return Err(Reason::LeadsOut(whole.to_owned())),
            "**" => Part::Deep,
            name => Part::Name(Name::read(name).ok_or_else(|| Reason::Glob(whole.to_owned()))?),
        });
    }
    if parts.is_empty() {
        return Err(Reason::Missing);
    }
    Ok(Pattern { parts, folder_only: text.ends_with('/') })
}

/// What a pattern stands for when each `{a,b}` is replaced by one of its choices; `None` when a brace
/// has no other half, or there are too many.
fn expand(pattern: &str) -> Option<Vec<String>> {
    let Some((open, close, commas)) = braces(pattern)? else {
        return Some(vec![pattern.to_owned()]);
    };
    let (head, tail) = (&pattern[..open], &pattern[close + 1..]);
    let mut all = Vec::new();
    let ends = commas.iter().copied().chain([close]);
    let mut begin = open + 1;
    for end in ends {
        let one = format!("{head}{}{tail}", &pattern[begin..end]);
        // The braces inside of a choice, and those behind.
        all.extend(expand(&one)?);
        if all.len() > MOST {
            return None;
        }
        begin = end + 1;
    }
    Some(all)
}

/// Where the first brace opens, where it closes, and the commas between its choices.
fn braces(pattern: &str) -> Option<Option<(usize, usize, Vec<usize>)>> {
    let (mut open, mut depth, mut class, mut commas) = (None, 0usize, false, Vec::new());
    let mut chars = pattern.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()?),
            ']' => class = false,
            _ if class => {}
            '[' => class = true,
            '{' => {
                open.get_or_insert(at);
                depth += 1;
            }
            ',' if depth == 1 => commas.push(at),
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(open.map(|open| (open, at, commas)));
                }
            }
            _ => {}
        }
    }
    (depth == 0).then_some(None)
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
