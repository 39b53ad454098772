//! Where the objects of a copy go.

use serde::Deserialize;

use crate::problem::{Code, Problem, Result};
use crate::transfer::Existing;

/// Objects to be copied, moved or renamed. A place is a profile, or `PROFILE/BUCKET`; keys are whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CopyRequest {
    /// The place they are in.
    pub from: String,
    /// Objects, and prefixes (empty, or ending in `/`) whose objects are meant.
    pub keys: Vec<String>,
    /// What is taken off the keys to make the names below `prefix`. A key that does not begin with it
    /// keeps its last name only.
    pub base: String,
    /// The place they go to.
    pub to: String,
    /// Put before every name: empty, or ending in `/`.
    pub prefix: String,
    /// The only object, or prefix, gets exactly this key instead: a rename.
    pub exact_key: Option<String>,
    /// What happens to objects that are there.
    pub existing: Existing,
    /// What was copied is deleted where it was, unless it has changed by then: a move.
    pub remove_source: bool,
    /// The keys are many, of a plan: their ACLs are not looked up.
    #[serde(skip)]
    #[cfg_attr(feature = "specta", specta(skip))]
    pub planned: bool,
}

/// Whether a key means all that begins with it.
pub(super) fn is_prefix(key: &str) -> bool {
    key.is_empty() || key.ends_with('/')
}

/// The last name in a key; that of a prefix ends in `/`.
fn own_name(key: &str) -> &str {
    let bare = key.strip_suffix('/').unwrap_or(key);
    &key[bare.rfind('/').map_or(0, |at| at + 1)..]
}

impl CopyRequest {
    /// The key that one of `keys` gets; for a prefix, what its objects' keys begin with instead.
    pub(super) fn target(&self, key: &str) -> String {
        if let Some(exact) = &self.exact_key {
            let folder = is_prefix(key) && !is_prefix(exact);
            return if folder { format!("{exact}/") } else { exact.clone() };
        }
        let relative = key.strip_prefix(self.base.as_str());
        let relative = relative.filter(|rest| is_prefix(key) || !rest.is_empty());
        format!("{}{}", self.prefix, relative.unwrap_or_else(|| own_name(key)))
    }

    /// The keys to be copied, none of them twice; prefixes cover what is below them.
    pub(super) fn sources(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut covering: Option<&str> = None;
        keys.retain(|key| {
            if covering.is_some_and(|prefix| key.starts_with(prefix)) {
                return false;
            }
            if is_prefix(key) {
                covering = Some(key);
            }
            true
        });
        keys
    }

    /// Refuses what would copy onto or into itself, and what would put two things in one place.
    pub(super) fn check(&self, same_bucket: bool) -> Result<()> {
        let sources = self.sources();
        if let (Some(exact), true) = (&self.exact_key, sources.len() > 1) {
            return Err(Problem::new(Code::SameNameTwice, exact));
        }
        let mut targets: Vec<String> = Vec::with_capacity(sources.len());
        for key in sources {
            let target = self.target(key);
            let itself = if is_prefix(key) {
                target.starts_with(key)
            } else {
                // A copy beside itself, under another name.
                target == key && (self.remove_source || self.existing != Existing::Both)
            };
            if same_bucket && itself {
                return Err(Problem::new(Code::CopyIntoItself, key));
            }
            targets.push(target);
        }
        targets.sort_unstable();
        match targets.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Problem::new(Code::SameNameTwice, &pair[0])),
            None => Ok(()),
        }
    }
}

/// `a/cat.png` -> `a/cat (2).png`.
pub(super) fn numbered(key: &str, n: u64) -> String {
    let start = key.rfind('/').map_or(0, |at| at + 1);
    let (folder, name) = key.split_at(start);
    match name.rfind('.').filter(|at| *at > 0) {
        Some(dot) => format!("{folder}{} ({n}){}", &name[..dot], &name[dot..]),
        None => format!("{folder}{name} ({n})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(keys: &[&str], base: &str, prefix: &str) -> CopyRequest {
        CopyRequest {
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            base: base.into(),
            prefix: prefix.into(),
            ..CopyRequest::default()
        }
    }

    #[test]
    fn names_are_what_is_left_of_keys_without_the_base() {
        let below = request(&[], "a/", "x/");
        assert_eq!(below.target("a/b/c"), "x/b/c");
        assert_eq!(below.target("a/b/"), "x/b/");
        assert_eq!(below.target("a/"), "x/", "its content");
        assert_eq!(below.target("other/b"), "x/b");
        assert_eq!(below.target("other/b/"), "x/b/");
        let exact = CopyRequest { exact_key: Some("new".into()), ..below };
        assert_eq!((exact.target("a/b"), exact.target("a/b/")), ("new".into(), "new/".into()));
    }

    #[test]
    fn a_prefix_covers_what_is_below_it() {
        assert_eq!(request(&["a/b", "a/", "c", "a/", "ab"], "", "").sources(), ["a/", "ab", "c"]);
        assert_eq!(request(&["a", "", "b/"], "", "x/").sources(), [""]);
    }

    #[test]
    fn nothing_goes_onto_or_into_itself() {
        let code = |request: &CopyRequest, same| request.check(same).err().map(|p| p.code);
        for (keys, base, prefix) in [
            (&["a/"][..], "", ""),
            (&["a/"], "", "a/"),
            (&["a/"], "", "a/b/"),
            (&[""], "", "x/"),
            (&["a/x"], "a/", "a/"),
        ] {
            let wrong = request(keys, base, prefix);
            assert_eq!(code(&wrong, true), Some(Code::CopyIntoItself), "{wrong:?}");
            assert_eq!(code(&wrong, false), None, "another bucket");
        }
        for (keys, base, prefix) in
            [(&["a/"][..], "", "ab/"), (&["a/b/"], "a/", ""), (&["a"], "", "a/")]
        {
            assert_eq!(code(&request(keys, base, prefix), true), None, "{keys:?}");
        }
        let beside = CopyRequest { existing: Existing::Both, ..request(&["a/x"], "a/", "a/") };
        assert_eq!(code(&beside, true), None);
        let moved = CopyRequest { remove_source: true, ..beside };
        assert_eq!(code(&moved, true), Some(Code::CopyIntoItself));
    }

    #[test]
    fn two_of_one_name_are_refused_before_anything_is_done() {
        let two = request(&["a/x", "b/x"], "c/", "to/");
        assert_eq!(two.check(true).unwrap_err().code, Code::SameNameTwice);
        let renamed = CopyRequest { exact_key: Some("y".into()), ..request(&["a", "b"], "", "") };
        assert_eq!(renamed.check(true).unwrap_err().code, Code::SameNameTwice);
    }

    #[test]
    fn numbers_go_before_the_extension() {
        assert_eq!(numbered("a.b/cat.tar.gz", 2), "a.b/cat.tar (2).gz");
        assert_eq!(numbered("a.b/plain", 3), "a.b/plain (3)");
        assert_eq!(numbered(".hidden", 2), ".hidden (2)");
    }
}
