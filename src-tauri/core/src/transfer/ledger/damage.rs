//! Rows that are not what was written into them: found before a job goes on.

use rusqlite::{Row, params};

use super::rows::{FileRow, FileState};
use super::{Ledger, is_unreadable};
use crate::problem::{Code, Problem, Result};
use crate::transfer::failure::Failure;
use crate::transfer::request::{Download, Request, Upload};

/// Rows read at a time.
const PAGE: i64 = 1_000;

impl Ledger {
    /// Takes damaged files out of a job. What a walk or listing finds again is forgotten; a file that
    /// was named once, when the job was added, has failed. Blocks: not for async threads.
    pub(in crate::transfer) fn drop_damaged(&self, job: i64, request: &Request) -> Result<()> {
        let down = matches!(request, Request::Download(_));
        let named = match request {
            Request::Upload(Upload { listed, .. }) | Request::Download(Download { listed, .. }) => {
                *listed
            }
        };
        let mut damaged: Vec<(i64, String)> = Vec::new();
        let mut after = i64::MIN;
        loop {
            let page = self.read_here(|connection| {
                connection
                    .prepare_cached(
                        "SELECT * FROM files WHERE job = ? AND id > ? ORDER BY id LIMIT ?",
                    )?
                    .query_map(params![job, after, PAGE], |row| {
                        Ok((row.get::<_, i64>("id")?, is_damaged(row, down)?))
                    })?
                    .collect::<rusqlite::Result<Vec<_>>>()
            })?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            damaged.extend(page.into_iter().filter_map(|(id, name)| Some((id, name?))));
        }
        if damaged.is_empty() {
            return Ok(());
        }
        tracing::warn!(job, rows = damaged.len(), "files of a transfer cannot be read");
        self.0.write(move |change| {
            for (id, name) in damaged {
                if !named {
                    change.execute("DELETE FROM files WHERE id = ?", [id])?;
                    continue;
                }
                let problem = Problem::new(Code::TransferUnreadable, name);
                // Without a stamp it does not wait again.
                change.execute(
                    "UPDATE files SET state = 'failed', stamp = '', problem = ? WHERE id = ?",
                    params![Failure::from(&problem).json(), id],
                )?;
            }
            Ok(())
        })
    }
}

/// The name of a row that is damaged.
fn is_damaged(row: &Row<'_>, down: bool) -> rusqlite::Result<Option<String>> {
    let state = row.get::<_, String>("state").ok().and_then(|state| FileState::named(&state));
    let sound = match FileRow::from_row(row) {
        // Only what goes up is looked at once more; files are read from the first on.
        Ok(file) => file.id > 0 && state.is_some_and(|state| !(down && state == FileState::Sent)),
        Err(error) if is_unreadable(&error) => false,
        Err(error) => return Err(error),
    };
    let name = || {
        let text = |column| row.get::<_, String>(column).ok().filter(|text| !text.is_empty());
        text("path").or_else(|| text("key")).unwrap_or_default()
    };
    Ok((!sound).then(name))
}
