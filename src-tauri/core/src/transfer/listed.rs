//! Jobs whose files are named one by one when they are added, instead of found by a walk or listing.

use std::path::Path;

use hoist_store::ObjectMeta;

use super::Transfers;
use super::ledger::Found;
use super::listing::found;
use super::names::Rules;
use super::part_file;
use super::request::{Download, Priority, Request};
use super::work::twin;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// Files handed over at a time.
const BATCH: usize = 500;

/// One file of such a job.
#[derive(Debug, Clone)]
pub(crate) struct Listed(Found);

impl Listed {
    /// A file of this computer and the key it gets; a key that ends in `/` stands for an empty folder.
    pub(crate) fn up(path: String, key: String, size: u64) -> Self {
        let folder = key.ends_with('/');
        Self(Found { path, key, folder, size, stamp: size.to_string(), refused: None })
    }

    /// An object, and what its place below the folder of the request is called.
    pub(crate) fn down(request: &Download, relative: &str, meta: &ObjectMeta) -> Self {
        let mut found = found(request, relative, meta, Rules::HERE);
        if found.refused.is_some() {
            // So that it does not wait again when the job goes on.
            found.stamp.clear();
        }
        Self(found)
    }
}

/// Whether a name is that of a download which is not complete.
pub(crate) fn is_part_file(path: &Path) -> bool {
    path.to_string_lossy().ends_with(part_file::SUFFIX)
}

impl Transfers {
    /// Adds a job of exactly these files, or hands them to the one that was interrupted in the middle
    /// of the same request: what it has moved of them is not moved again.
    ///
    /// # Errors
    /// [`Code::DataInUse`] while that one runs.
    pub(crate) async fn add_listed(
        &self,
        profile: &str,
        request: Request,
        priority: Priority,
        files: Vec<Listed>,
    ) -> Result<i64> {
        let by_path = matches!(request, Request::Download(_));
        let id = self.add(profile, request, priority).await?;
        if self.view(id).await?.state.is_live() {
            return Err(Problem::new(Code::DataInUse, format!("hoist transfers: {id}")));
        }
        let ledger = self.inner.ledger.clone();
        blocking(move || {
            ledger.unlist(id)?;
            let mut files = files.into_iter().map(|Listed(found)| found);
            loop {
                let batch: Vec<Found> = files.by_ref().take(BATCH).collect();
                if batch.is_empty() {
                    break;
                }
                let twins = ledger.find(id, batch, by_path)?;
                ledger.refuse(id, twins, twin)?;
            }
            ledger.drop_unlisted(id)
        })
        .await?;
        Ok(id)
    }
}
