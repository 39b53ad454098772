//! What a rule that is being written would do.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;

use super::destination::Destination;
use super::walk::{Found, Selection};
use super::{BackupRule, Backups};
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// A walk that takes longer is broken off: its figures are then "at least".
const LONGEST: Duration = Duration::from_secs(3);

/// Files shown with their keys.
const SHOWN: usize = 3;

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Counted {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Of those, new ones and ones that look otherwise than when they were sent.
    pub(crate) changed: u64,
    pub(crate) changed_bytes: u64,
    /// Links, and what cannot be read.
    pub(crate) left_out: u64,
    /// The first files, and the keys they get.
    pub(crate) examples: Vec<(String, String)>,
    /// All was counted; the walk was not broken off.
    pub(crate) complete: bool,
}

impl Backups {
    /// Counts what a rule means, and what of it would be sent. No file is read.
    ///
    /// `target` is the bucket, where it is known; `root` the profile's folder in it. `wanted` says
    /// whether somebody still waits for the answer.
    ///
    /// # Errors
    /// That the folder is not there, and [`Code::Cancelled`] when nobody waits any more.
    pub(crate) async fn count(
        &self,
        rule: BackupRule,
        target: Option<String>,
        root: String,
        wanted: impl Fn() -> bool + Send + 'static,
    ) -> Result<Counted> {
        let (record, own) = (self.inner.record.clone(), self.inner.own.clone());
        blocking(move || {
            let selection = Selection::of(&rule, &own)?;
            let destination = Destination::of(&rule, &root, TimeZone::system())?;
            let pattern = Destination::pattern(&rule, &root);
            let lane = match &target {
                Some(target) => {
                    record.known_lane(target, &rule.folder, &pattern, rule.keep_folders)?
                }
                None => None,
            };
            let (start, mut counted) = (Instant::now(), Counted::default());
            let mut broken_off = false;
            let walked = selection.walk(&mut |found| {
                if !wanted() {
                    return Err(Problem::new(Code::Cancelled, &*rule.name));
                }
                if start.elapsed() > LONGEST {
                    broken_off = true;
                    return Err(Problem::new(Code::Timeout, &*rule.name));
                }
                let Found::File { relative, look } = found else {
                    counted.left_out += 1;
                    return Ok(());
                };
                counted.files += 1;
                counted.bytes += look.size;
                let sent = match lane {
                    Some(lane) => record.sent(lane, &relative)?,
                    None => None,
                };
                let same = |sent: &super::record::Sent| {
                    (sent.look.size, sent.look.modified) == (look.size, look.modified)
                };
                if !sent.as_ref().is_some_and(same) {
                    counted.changed += 1;
                    counted.changed_bytes += look.size;
                }
                if counted.examples.len() < SHOWN {
                    let key = destination.key(&relative, look);
                    counted.examples.push((relative, key));
                }
                Ok(())
            });
            counted.complete = !broken_off;
            match walked {
                Err(problem) if !broken_off => Err(problem),
                _ => Ok(counted),
            }
        })
        .await
    }
}
