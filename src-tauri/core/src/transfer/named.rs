//! Uploads whose files are named as they are found, each with its key: more may follow, so that the
//! whole list is never in memory.

use std::path::PathBuf;

use super::Transfers;
use super::failure::Failure;
use super::fingerprint::Stamp;
use super::ledger::{Ending, FileState, Found};
use super::request::{Priority, Request, Upload};
use super::scan::unreadable;
use super::work::{Work, twin};
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// Rows read at a time.
const PAGE: u32 = 256;

/// A file of this computer, and the key it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedFile {
    /// Absolute path of a regular file.
    pub(crate) path: String,
    /// The whole key.
    pub(crate) key: String,
}

impl Transfers {
    /// Adds a job for files that [`Transfers::name_files`] names. The sources and the prefix of
    /// `upload` are only shown. The job is always a new one.
    pub(crate) async fn add_named(
        &self,
        profile: &str,
        upload: Upload,
        priority: Priority,
    ) -> Result<i64> {
        let request = Request::Upload(Upload { listed: true, ..upload });
        self.inner.ledger.add(&request, profile, priority, self.inner.runner.name()).await
    }

    /// Names files of a job. One whose key another of the job has already fails.
    ///
    /// Blocks, since walks do: not for async threads.
    pub(crate) fn name_files(&self, job: i64, files: Vec<NamedFile>) -> Result<()> {
        let ledger = &self.inner.ledger;
        let found = files.into_iter().map(look).collect();
        let twins = ledger.find(job, found, false)?;
        ledger.refuse(job, twins, twin)
    }
}

fn look(file: NamedFile) -> Found {
    let NamedFile { path, key } = file;
    let (stamp, refused) = match Stamp::read(path.as_ref()) {
        Ok(stamp) => (Some(stamp), None),
        Err(error) => (None, Some((FileState::Failed, Failure::from(&unreadable(&path, &error))))),
    };
    Found {
        size: stamp.as_ref().map_or(0, |stamp| stamp.size),
        stamp: stamp.map(|stamp| stamp.text()).unwrap_or_default(),
        path,
        key,
        folder: false,
        refused,
    }
}

impl Work {
    /// Looks at named files again before they are sent. One that has changed since it was named fails,
    /// because its key may depend on what it looked like.
    pub(super) async fn look_again(&self) -> Result<()> {
        let mut after = 0;
        loop {
            let rows = self.ledger.files(self.job, FileState::Waiting, after, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            // Others have only the size for a stamp.
            let named = rows.into_iter().filter(|row| row.stamp.contains('-'));
            let looks: Vec<_> = named.map(|row| (row.id, row.path.into(), row.stamp)).collect();
            let changed = blocking(move || Ok(looks.into_iter().filter_map(changed).collect()));
            self.ledger.ended(changed.await?).await?;
        }
    }
}

/// Why a file is not what it was; `None` when it is.
fn changed((id, path, stamp): (i64, PathBuf, String)) -> Option<Ending> {
    let shown = path.display().to_string();
    match Stamp::read(&path) {
        Ok(now) if now.text() == stamp => None,
        Ok(_) => Some(Ending::failed(id, Problem::new(Code::SourceChanged, shown))),
        Err(error) => Some(Ending::failed(id, unreadable(&shown, &error))),
    }
}
