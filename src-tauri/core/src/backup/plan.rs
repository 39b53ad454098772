//! What there is to send: the files a rule means, against what is known of them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::content::{Stands, compare};
use super::destination::Destination;
use super::record::{Record, Sent};
use super::walk::{Found, Look, Selection};
use crate::problem::{Code, Problem, Result};
use crate::transfer::{Failure, FileReport, FileResult};

/// Which files are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) enum Scope {
    /// All the rule means.
    #[default]
    All,
    /// These, by their whole paths, where the rule means them.
    Paths(Vec<PathBuf>),
}

/// What a plan makes of one file.
pub(super) enum Step {
    /// It is the same as when it was sent.
    Unchanged,
    /// It is to be sent. The whole path, and what it is to be known by.
    Send(String, Sent),
    /// It has changed so lately that it may still be written to.
    Young(PathBuf, Look),
    /// A link, or what cannot be sent.
    Told(FileReport),
}

/// Compares what is found with what is known.
pub(super) struct Plan {
    pub(super) record: Record,
    pub(super) selection: Selection,
    pub(super) destination: Destination,
    /// The lane; `None` when nothing has gone it yet.
    pub(super) lane: Option<i64>,
    /// Paths whose objects are gone from the bucket.
    pub(super) missing: HashSet<String>,
    /// Files that changed less than this long ago are left for later.
    pub(super) settle: Option<Duration>,
    /// Nothing is written down.
    pub(super) dry: bool,
}

impl Plan {
    /// Goes through a scope and hands over a step for each file. Blocks: not for async threads.
    ///
    /// # Errors
    /// That the folder is not there, and those of `step`.
    pub(super) fn each(
        &self,
        scope: &Scope,
        step: &mut dyn FnMut(Step) -> Result<()>,
    ) -> Result<()> {
        let mut found = |found: Found| match found {
            Found::File { relative, look } => step(self.of_file(relative, look)?),
            Found::Link(problem) => {
                step(told(&problem, FileResult::Skipped(Some(Failure::from(&problem)))))
            }
            Found::Unreadable(problem) => {
                step(told(&problem, FileResult::Failed(Some(Failure::from(&problem)))))
            }
        };
        match scope {
            Scope::All => self.selection.walk(&mut found),
            Scope::Paths(paths) => {
                self.selection.there()?;
                paths.iter().try_for_each(|path| self.selection.look_at(path, &mut found))
            }
        }
    }

    fn of_file(&self, relative: String, look: Look) -> Result<Step> {
        let path = self.selection.folder.join(&relative);
        let known = match self.lane.filter(|_| !self.missing.contains(&relative)) {
            Some(lane) => self.record.sent(lane, &relative)?.map(|sent| (lane, sent)),
            None => None,
        };
        // Before its content is read: one that is written to would be read over and over.
        let looks_new = known.as_ref().is_none_or(|(_, sent)| sent.look != look);
        if looks_new && self.settle.is_some_and(|settle| is_young(look, settle)) {
            return Ok(Step::Young(path, look));
        }
        if let Some((lane, sent)) = &known {
            match compare(&path, look, sent) {
                Stands::Same => return Ok(Step::Unchanged),
                Stands::Touched => {
                    if !self.dry {
                        self.record.looked(*lane, &relative, look)?;
                    }
                    return Ok(Step::Unchanged);
                }
                Stands::Changed => {}
            }
        }
        let key = self.destination.key(&relative, look);
        if let Some(other) = self.holder(&key, &relative)? {
            let problem = Problem::new(Code::SameNameTwice, path.display().to_string());
            tracing::debug!(%key, %other, "two files of one key");
            let result = FileResult::Failed(Some(Failure::from(&problem)));
            return Ok(Step::Told(FileReport {
                path: path.display().to_string(),
                key,
                size: look.size,
                result,
            }));
        }
        // Its parts are UTF-8, and so is the folder, which is a text in config.toml.
        let source = path.to_string_lossy().into_owned();
        Ok(Step::Send(source, Sent { path: relative, key, look, hash: String::new() }))
    }

    /// Another file that went to this key and is still there: this one would replace it.
    fn holder(&self, key: &str, relative: &str) -> Result<Option<String>> {
        let Some(lane) = self.lane else { return Ok(None) };
        let others = self.record.others_of(lane, key, relative)?;
        Ok(others.into_iter().find(|other| {
            self.selection.means(other) && self.selection.folder.join(other).is_file()
        }))
    }
}

fn told(problem: &Problem, result: FileResult) -> Step {
    let path = problem.subject.clone();
    Step::Told(FileReport { key: path.clone(), path, size: 0, result })
}

/// Whether a file has changed within this time. A clock that was set back makes nothing young for
/// ever: what lies in the future is old.
pub(super) fn is_young(look: Look, settle: Duration) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let last = i128::from(if look.changed == 0 { look.modified } else { look.changed });
    let age = i128::try_from(now).unwrap_or(i128::MAX) - last;
    (0..i128::try_from(settle.as_nanos()).unwrap_or(i128::MAX)).contains(&age)
}

/// Whether a path is of a file that looks like this.
pub(super) fn looks_like(path: &Path, look: Look) -> bool {
    Look::read(path) == Some(look)
}
