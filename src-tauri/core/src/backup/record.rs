//! What was sent, in SQLite: so that a file that has not changed is not sent again.
//!
//! `backups.db` follows the rules of the other databases: WAL, a newer schema is refused, a damaged
//! file is set aside and said. A row says what a file looked like when all of it was in the bucket.

use std::path::Path;

use rusqlite::{OptionalExtension as _, Row, params};

use super::walk::Look;
use crate::database::{Codes, Database, int, unsigned};
use crate::problem::{Code, Problem, Result};

mod schema;

use schema::SCHEMA;

/// The database. Clones share one connection. Everything here blocks: not for async threads.
#[derive(Debug, Clone)]
pub(super) struct Record(Database);

const CODES: Codes = Codes {
    unavailable: Code::BackupsUnavailable,
    too_new: Code::BackupsTooNew,
    damaged: Code::BackupsDamaged,
};

/// One way of files: a folder of this computer to a prefix of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lane {
    pub(super) id: i64,
    /// Nothing has gone this way yet, or the record of it was lost.
    pub(super) is_new: bool,
}

/// What a file looked like when it was sent, or was to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    /// Below the folder of its lane.
    pub(super) path: String,
    pub(super) key: String,
    pub(super) look: Look,
    /// Of its content; see [`super::content`]. Empty while it is pending.
    pub(super) hash: String,
}

impl Sent {
    fn from_row(row: &Row<'_>, hash: String) -> rusqlite::Result<Self> {
        Ok(Self {
            path: row.get("path")?,
            key: row.get("key")?,
            look: Look {
                size: unsigned(row, "size")?,
                modified: row.get("modified")?,
                changed: row.get("changed")?,
                id: row.get("file")?,
            },
            hash,
        })
    }
}

impl Record {
    /// Opens it, making it where needed. The problem beside it tells of a damaged one set aside.
    pub(super) fn open(path: &Path, lock: &Path) -> Result<(Self, Option<Problem>)> {
        let (database, aside) = Database::open(path, lock, &SCHEMA, &CODES)?;
        Ok((Self(database), aside))
    }

    /// The lane from a folder to a prefix, made when it is new. The prefix is as it is written, with
    /// its tokens, so that the lane stays the same from month to month.
    pub(super) fn lane(
        &self,
        target: &str,
        folder: &str,
        prefix: &str,
        keep: bool,
    ) -> Result<Lane> {
        self.0.write(|change| {
            change.execute(
                "INSERT OR IGNORE INTO lanes (target, folder, prefix, keep) VALUES (?, ?, ?, ?)",
                params![target, folder, prefix, keep],
            )?;
            change.query_row(
                "SELECT id, NOT EXISTS (SELECT 1 FROM sent WHERE lane = id) FROM lanes
                 WHERE target = ? AND folder = ? AND prefix = ? AND keep = ?",
                params![target, folder, prefix, keep],
                |row| Ok(Lane { id: row.get(0)?, is_new: row.get(1)? }),
            )
        })
    }

    /// The same, when something has gone that way already.
    pub(super) fn known_lane(
        &self,
        target: &str,
        folder: &str,
        prefix: &str,
        keep: bool,
    ) -> Result<Option<i64>> {
        self.0.read(|connection| {
            connection
                .query_row(
                    "SELECT id FROM lanes WHERE target = ? AND folder = ? AND prefix = ? AND keep = ?",
                    params![target, folder, prefix, keep],
                    |row| row.get(0),
                )
                .optional()
        })
    }

    /// What is known of a file.
    pub(super) fn sent(&self, lane: i64, path: &str) -> Result<Option<Sent>> {
        self.0.read(|connection| {
            connection
                .prepare_cached("SELECT * FROM sent WHERE lane = ? AND path = ?")?
                .query_row(params![lane, path], |row| Sent::from_row(row, row.get("hash")?))
                .optional()
        })
    }

    /// The other files that went to a key.
    pub(super) fn others_of(&self, lane: i64, key: &str, path: &str) -> Result<Vec<String>> {
        self.0.read(|connection| {
            connection
                .prepare_cached("SELECT path FROM sent WHERE lane = ? AND key = ? AND path <> ?")?
                .query_map(params![lane, key, path], |row| row.get(0))?
                .collect()
        })
    }

    /// Files of a lane after a path, in the order of their paths.
    pub(super) fn page(&self, lane: i64, after: &str, limit: u32) -> Result<Vec<Sent>> {
        self.0.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM sent WHERE lane = ? AND path > ? ORDER BY path LIMIT ?",
                )?
                .query_map(params![lane, after, limit], |row| {
                    Sent::from_row(row, row.get("hash")?)
                })?
                .collect()
        })
    }

    /// A file looks otherwise and holds the same bytes.
    pub(super) fn looked(&self, lane: i64, path: &str, look: Look) -> Result<()> {
        self.0.write(|change| {
            change
                .prepare_cached(
                    "UPDATE sent SET modified = ?, changed = ?, file = ? WHERE lane = ? AND path = ?",
                )?
                .execute(params![look.modified, look.changed, look.id, lane, path])
                .map(drop)
        })
    }

    /// These are not in the bucket any more.
    pub(super) fn forget(&self, lane: i64, paths: &[String]) -> Result<()> {
        self.0.write(|change| {
            let mut delete =
                change.prepare_cached("DELETE FROM sent WHERE lane = ? AND path = ?")?;
            paths.iter().try_for_each(|path| delete.execute(params![lane, path]).map(drop))
        })
    }

    /// A transfer is to send these, each by its whole path.
    pub(super) fn pend(&self, job: i64, files: &[(String, Sent)]) -> Result<()> {
        self.0.write(|change| {
            let mut insert = change.prepare_cached(
                "INSERT OR REPLACE INTO pending (job, source, path, key, size, modified, changed, file)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )?;
            files.iter().try_for_each(|(source, file)| {
                let Look { size, modified, changed, id } = file.look;
                insert
                    .execute(params![
                        job, source, file.path, file.key, int(size), modified, changed, id
                    ])
                    .map(drop)
            })
        })
    }

    /// What a transfer was given.
    pub(super) fn pending(&self, job: i64, source: &str) -> Result<Option<Sent>> {
        self.0.read(|connection| {
            connection
                .prepare_cached("SELECT * FROM pending WHERE job = ? AND source = ?")?
                .query_row(params![job, source], |row| Sent::from_row(row, String::new()))
                .optional()
        })
    }

    /// These are in the bucket, as they look here.
    pub(super) fn arrived(&self, lane: i64, files: &[Sent]) -> Result<()> {
        self.0.write(|change| {
            let mut insert = change.prepare_cached(
                "INSERT OR REPLACE INTO sent (lane, path, key, size, modified, changed, file, hash)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )?;
            files.iter().try_for_each(|file| {
                let Look { size, modified, changed, id } = file.look;
                insert
                    .execute(params![
                        lane,
                        file.path,
                        file.key,
                        int(size),
                        modified,
                        changed,
                        id,
                        file.hash
                    ])
                    .map(drop)
            })
        })
    }

    /// The transfer of a rule that is still to be taken in, and its lane.
    pub(super) fn job(&self, rule: &str) -> Result<Option<(i64, i64)>> {
        self.0.read(|connection| {
            connection
                .query_row(
                    "SELECT job, lane FROM rules WHERE name = ? AND job IS NOT NULL AND lane IS NOT NULL",
                    [rule],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()
        })
    }

    /// A rule has a transfer.
    pub(super) fn set_job(&self, rule: &str, job: i64, lane: i64) -> Result<()> {
        self.0.write(|change| {
            change
                .execute(
                    "INSERT INTO rules (name, job, lane) VALUES (?1, ?2, ?3)
                     ON CONFLICT (name) DO UPDATE SET job = ?2, lane = ?3",
                    params![rule, job, lane],
                )
                .map(drop)
        })
    }

    /// A rule's transfer has been taken in.
    pub(super) fn clear_job(&self, rule: &str, job: i64) -> Result<()> {
        self.0.write(|change| {
            change.execute("DELETE FROM pending WHERE job = ?", [job])?;
            change
                .execute("UPDATE rules SET job = NULL, lane = NULL WHERE name = ?", [rule])
                .map(drop)
        })
    }

    /// How the last run of a rule ended, as text.
    pub(super) fn report(&self, rule: &str) -> Result<Option<String>> {
        let report: Option<Option<String>> = self.0.read(|connection| {
            connection
                .query_row("SELECT report FROM rules WHERE name = ?", [rule], |row| row.get(0))
                .optional()
        })?;
        Ok(report.flatten())
    }

    /// Remembers how a run of a rule ended.
    pub(super) fn set_report(&self, rule: &str, report: &str) -> Result<()> {
        self.0.write(|change| {
            change
                .execute(
                    "INSERT INTO rules (name, report) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET report = ?2",
                    params![rule, report],
                )
                .map(drop)
        })
    }

    /// A rule has another name.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<()> {
        self.0.write(|change| {
            change
                .execute("UPDATE OR REPLACE rules SET name = ? WHERE name = ?", params![to, from])
                .map(drop)
        })
    }

    /// A rule is gone. What it sent stays known: it may come back.
    pub(super) fn remove(&self, rule: &str) -> Result<()> {
        self.0.write(|change| change.execute("DELETE FROM rules WHERE name = ?", [rule]).map(drop))
    }
}

#[cfg(test)]
mod tests;
