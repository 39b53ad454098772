//! How jobs stand, for a face that watches many of them, whichever process works on them.

use std::path::{Path, PathBuf};

use super::Transfers;
use super::ledger::Glance;
use super::names::{self, Rules};
use super::part_map::PartMap;
use super::parts::count;
use super::report::JobView;
use super::request::Priority;
use super::state::State;
use crate::problem::{Code, Problem, Result};

/// A job at a glance: when this is as before, so is all of it that matters to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub id: i64,
    /// One whose process has ended counts as interrupted.
    pub state: State,
    /// Milliseconds since 1970, UTC.
    pub changed_at: i64,
    /// This process works on it.
    pub here: bool,
    /// It was to go on, but the process that worked on it or had it in its line has ended.
    pub abandoned: bool,
}

/// A job, and how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    pub job: JobView,
    /// Bytes of files that are over and of confirmed parts.
    pub bytes_done: u64,
    /// The confirmed parts of its only file, when that goes in parts.
    pub parts: Option<PartMap>,
}

impl Transfers {
    /// Jobs that are not over, and those that ended at `since` or later (milliseconds since 1970).
    pub async fn heads(&self, since: i64) -> Result<Vec<Head>> {
        let alive = self.inner.runner.watch();
        let head = |Glance { id, state, runner, changed_at }| {
            let left = !runner.as_deref().is_some_and(&alive);
            let dead = state.is_live() && left;
            let here = state.is_live() && runner.as_deref() == Some(self.inner.runner.name());
            let abandoned = match state {
                State::Interrupted => true,
                state => left && (state.is_live() || state == State::Queued),
            };
            let state = if dead { State::Interrupted } else { state };
            Head { id, state, changed_at, here, abandoned }
        };
        Ok(self.inner.ledger.glance(since).await?.into_iter().map(head).collect())
    }

    /// How a job stands. What is on its way at this moment is not in it: a [`super::Meter`] has that.
    ///
    /// # Errors
    /// [`Code::TransferNotFound`].
    pub async fn standing(&self, id: i64) -> Result<Standing> {
        let ledger = &self.inner.ledger;
        let counts = ledger.counts(id).await?;
        let job = self.view_of(ledger.job(id).await?).await?;
        let kept = if job.state.is_over() { 0 } else { ledger.bytes_kept(id).await? };
        let only = if job.state.is_over() { None } else { ledger.only_file(id).await? };
        let parts = only
            .map(|file| (count(file.size, file.part_size), file.parts))
            .filter(|(total, _)| *total > 1)
            .map(|(total, parts)| PartMap::resting(total, parts));
        Ok(Standing { job, bytes_done: counts.bytes_done + kept, parts })
    }

    /// Puts a job before or behind others.
    ///
    /// # Errors
    /// [`Code::TransferNotFound`].
    pub async fn set_priority(&self, id: i64, priority: Priority) -> Result<()> {
        match self.inner.ledger.set_priority(id, priority).await? {
            true => Ok(()),
            false => Err(Problem::new(Code::TransferNotFound, id.to_string())),
        }
    }
}

/// The folder below `into` that a folder of a bucket is downloaded to when it keeps its name.
///
/// # Errors
/// [`Code::UnsafeName`] when its name would lead elsewhere.
pub fn folder_below(into: &Path, prefix: &str) -> Result<PathBuf> {
    let name = prefix.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if name.is_empty() {
        return Ok(into.to_owned());
    }
    Ok(into.join(names::below(name, Rules::HERE)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_name_and_never_leads_out() {
        let into = Path::new("/downloads");
        assert_eq!(folder_below(into, "a/eval/").unwrap(), Path::new("/downloads/eval"));
        assert_eq!(folder_below(into, "").unwrap(), into);
        assert_eq!(folder_below(into, "a/../").unwrap_err().code, Code::UnsafeName);
    }
}
