//! Jobs whose files are named one by one.

use super::Ledger;
use crate::problem::Result;

impl Ledger {
    /// Forgets the files of a job, before they are named anew. Those that were begun stay, as failed
    /// for no reason: named again they wait again, with what the other side has of them. Blocks.
    pub(in crate::transfer) fn unlist(&self, job: i64) -> Result<()> {
        self.0.write(move |change| {
            change.execute(
                "DELETE FROM files WHERE job = ? AND begun_at IS NULL
                 AND (target IS NULL OR state IN ('done', 'skipped'))",
                [job],
            )?;
            change
                .execute("UPDATE files SET state = 'failed', problem = NULL WHERE job = ?", [job])
                .map(drop)
        })
    }

    /// Files that were begun and are not named any more are left alone. Blocks.
    pub(in crate::transfer) fn drop_unlisted(&self, job: i64) -> Result<()> {
        self.0.write(move |change| {
            change
                .execute(
                    "UPDATE files SET state = 'skipped' WHERE job = ? AND state = 'failed'
                     AND problem IS NULL",
                    [job],
                )
                .map(drop)
        })
    }

    /// Files that failed wait again, but for those that were refused, which have no stamp.
    pub(in crate::transfer) async fn wait_again(&self, job: i64) -> Result<()> {
        self.write(move |change| {
            change
                .execute(
                    "UPDATE files SET state = 'waiting', problem = NULL
                     WHERE job = ? AND state = 'failed' AND stamp <> ''",
                    [job],
                )
                .map(drop)
        })
        .await
    }
}
