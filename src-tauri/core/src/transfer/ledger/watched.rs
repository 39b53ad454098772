//! What a face that watches jobs asks for, again and again: small answers.

use rusqlite::params;

use super::rows::FileRow;
use super::{Ledger, now, unsigned};
use crate::problem::Result;
use crate::transfer::parts::count;
use crate::transfer::request::Priority;
use crate::transfer::state::State;

/// As much of a job as tells whether it has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transfer) struct Glance {
    pub(in crate::transfer) id: i64,
    pub(in crate::transfer) state: State,
    pub(in crate::transfer) runner: Option<String>,
    pub(in crate::transfer) changed_at: i64,
}

/// The only file of a job, as it is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transfer) struct OnlyFile {
    pub(in crate::transfer) size: u64,
    pub(in crate::transfer) part_size: u64,
    /// Confirmed parts, by number.
    pub(in crate::transfer) parts: Vec<u32>,
}

impl Ledger {
    /// Jobs that are not over, and those that ended at `since` or later (milliseconds since 1970).
    pub(in crate::transfer) async fn glance(&self, since: i64) -> Result<Vec<Glance>> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, state, runner, changed_at FROM jobs
                 WHERE state NOT IN ('done', 'cancelled') OR changed_at >= ? ORDER BY id",
            )?;
            let mut rows = statement.query([since])?;
            let mut jobs = Vec::new();
            while let Some(row) = rows.next()? {
                // A row nobody can read is left out, as everywhere.
                let state = row.get::<_, String>("state").ok();
                let Some(state) = state.and_then(|state| State::named(&state)) else { continue };
                jobs.push(Glance {
                    id: row.get("id")?,
                    state,
                    runner: row.get("runner").unwrap_or_default(),
                    changed_at: row.get("changed_at").unwrap_or_default(),
                });
            }
            Ok(jobs)
        })
        .await
    }

    /// Bytes of confirmed parts of files that are not done.
    pub(in crate::transfer) async fn bytes_kept(&self, job: i64) -> Result<u64> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT coalesce(sum(max(0, min(CAST(parts.size AS INTEGER), 1 << 50))), 0) AS bytes
                     FROM files
                     JOIN parts ON parts.file = files.id
                     WHERE files.job = ? AND files.state = 'waiting'",
                )?
                .query_row([job], |row| unsigned(row, "bytes"))
        })
        .await
    }

    /// The file of a job that has one only and sends it in parts.
    pub(in crate::transfer) async fn only_file(&self, job: i64) -> Result<Option<OnlyFile>> {
        self.read(move |connection| {
            let files: Vec<rusqlite::Result<FileRow>> = connection
                .prepare_cached("SELECT * FROM files WHERE job = ? LIMIT 2")?
                .query_map([job], FileRow::from_row)?
                .collect();
            let [Ok(FileRow { id, size, part_size: Some(part_size), .. })] = files[..] else {
                return Ok(None);
            };
            let parts = connection
                .prepare_cached("SELECT number FROM parts WHERE file = ? ORDER BY number")?
                .query_map([id], |row| row.get::<_, i64>(0))?
                .filter_map(|number| u32::try_from(number.ok()?).ok())
                .filter(|number| (1..=count(size, part_size)).contains(number))
                .collect();
            Ok(Some(OnlyFile { size, part_size, parts }))
        })
        .await
    }

    /// Puts a job before or behind others.
    pub(in crate::transfer) async fn set_priority(
        &self,
        id: i64,
        priority: Priority,
    ) -> Result<bool> {
        self.write(move |change| {
            let changed = change.execute(
                "UPDATE jobs SET priority = ?, changed_at = ? WHERE id = ?",
                params![priority.rank(), now(), id],
            )?;
            Ok(changed > 0)
        })
        .await
    }
}
