//! The files of a job, and the parts of a file that the other side has confirmed.

use std::collections::HashSet;

use rusqlite::params;

use super::jobs::find as find_job;
use super::rows::{Counts, Ending, FileRow, FileState, Found, Outcome, Part, seal};
use super::{Ledger, int, is_unreadable, now, unsigned};
use crate::problem::Result;
use crate::transfer::failure::Failure;

impl Ledger {
    /// Takes in what a walk or listing found. A file that is done and still the same stays done;
    /// one that has changed since, or failed, waits again.
    ///
    /// Returns those that would be written over by an earlier one of the same key or path.
    ///
    /// Blocks, since walks do: not for async threads.
    pub(in crate::transfer) fn find(
        &self,
        job: i64,
        found: Vec<Found>,
        by_path: bool,
    ) -> Result<Vec<Found>> {
        self.0.write(move |change| {
            let mut twin = change.prepare_cached(if by_path {
                "SELECT 1 FROM files WHERE job = ?1 AND path = ?2 AND key <> ?3 LIMIT 1"
            } else {
                "SELECT 1 FROM files WHERE job = ?1 AND path <> ?2 AND key = ?3 LIMIT 1"
            })?;
            let mut upsert = change.prepare_cached(
                "INSERT INTO files (job, path, key, folder, size, stamp, state, problem, seal)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (job, key, path) DO UPDATE SET
                    folder = excluded.folder, size = excluded.size, stamp = excluded.stamp,
                    seal = excluded.seal,
                    state = CASE
                        WHEN excluded.state <> 'waiting' THEN excluded.state
                        WHEN state IN ('done', 'sent', 'skipped') AND stamp = excluded.stamp THEN state
                        ELSE 'waiting' END,
                    problem = excluded.problem",
            )?;
            // Of a download: what is there of it is of another object now.
            let mut outdated = change.prepare_cached(
                "DELETE FROM parts WHERE file = (SELECT id FROM files
                 WHERE job = ?1 AND key = ?2 AND path = ?3 AND stamp <> ?4 AND target IS NOT NULL)",
            )?;
            let mut twins = Vec::new();
            for one in found {
                if twin.exists(params![job, one.path, one.key])? {
                    twins.push(one);
                    continue;
                }
                outdated.execute(params![job, one.key, one.path, one.stamp])?;
                let seal = seal(job, &one);
                let (state, problem) = match &one.refused {
                    Some((state, failure)) => (state.name(), Some(failure.json())),
                    None => (FileState::Waiting.name(), None),
                };
                upsert.execute(params![
                    job, one.path, one.key, one.folder, int(one.size), one.stamp, state, problem, seal
                ])?;
            }
            Ok(twins)
        })
    }

    /// Adds rows that have failed already, whatever key or path they share. Blocks.
    pub(in crate::transfer) fn refuse(
        &self,
        job: i64,
        found: Vec<Found>,
        failure: impl Fn(&Found) -> Failure,
    ) -> Result<()> {
        if found.is_empty() {
            return Ok(());
        }
        self.0.write(move |change| {
            let mut insert = change.prepare_cached(
                "INSERT INTO files (job, path, key, folder, size, stamp, state, problem, seal)
                 VALUES (?, ?, ?, ?, ?, '', 'failed', ?, ?) ON CONFLICT DO NOTHING",
            )?;
            for one in found {
                let problem = failure(&one).json();
                let one = Found { stamp: String::new(), ..one };
                let seal = seal(job, &one);
                insert.execute(params![
                    job,
                    one.path,
                    one.key,
                    one.folder,
                    int(one.size),
                    problem,
                    seal
                ])?;
            }
            Ok(())
        })
    }

    /// Files in a state, after the one with id `after`.
    pub(in crate::transfer) async fn files(
        &self,
        job: i64,
        state: FileState,
        after: i64,
        limit: u32,
    ) -> Result<Vec<FileRow>> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT * FROM files WHERE job = ? AND state = ? AND id > ? ORDER BY id LIMIT ?",
                )?
                .query_map(params![job, state.name(), after, limit], FileRow::from_row)?
                .collect()
        })
        .await
    }

    /// Files whose upload was begun and not completed.
    pub(in crate::transfer) async fn begun(&self, job: i64) -> Result<Vec<FileRow>> {
        self.read(move |connection| {
            connection
                .prepare("SELECT * FROM files WHERE job = ? AND begun_at IS NOT NULL ORDER BY id")?
                .query_map([job], FileRow::from_row)?
                .filter(|row| !row.as_ref().is_err_and(is_unreadable))
                .collect()
        })
        .await
    }

    /// The paths of downloads that are not complete, and where they were to go.
    pub(in crate::transfer) async fn aimed(&self, job: i64) -> Result<Vec<(String, String)>> {
        self.read(move |connection| {
            connection
                .prepare(
                    "SELECT path, coalesce(target, path) FROM files
                     WHERE job = ? AND state NOT IN ('done', 'skipped')",
                )?
                .query_map([job], |row| Ok((row.get(0)?, row.get(1)?)))?
                .filter(|row| !row.as_ref().is_err_and(is_unreadable))
                .collect()
        })
        .await
    }

    /// How the files of a job stand, after the one with id `after`.
    pub(in crate::transfer) async fn outcomes(
        &self,
        job: i64,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Outcome>> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT id, path, key, size, state, target, problem FROM files
                     WHERE job = ? AND id > ? ORDER BY id LIMIT ?",
                )?
                .query_map(params![job, after, limit], |row| {
                    Ok(Outcome {
                        id: row.get("id")?,
                        // A damaged row is shown as far as it can be.
                        path: row.get("path").unwrap_or_default(),
                        key: row.get("key").unwrap_or_default(),
                        size: unsigned(row, "size").unwrap_or_default(),
                        state: row
                            .get::<_, String>("state")
                            .ok()
                            .and_then(|state| FileState::named(&state))
                            .unwrap_or(FileState::Waiting),
                        target: row.get("target").unwrap_or_default(),
                        problem: row
                            .get::<_, Option<String>>("problem")
                            .unwrap_or_default()
                            .as_deref()
                            .and_then(Failure::from_json),
                    })
                })?
                .collect()
        })
        .await
    }

    /// Sums over the files of a job.
    pub(in crate::transfer) async fn counts(&self, job: i64) -> Result<Counts> {
        self.read(move |connection| {
            connection.query_row(
                "SELECT count(*) AS total,
                    coalesce(sum(state = 'done'), 0) AS done,
                    coalesce(sum(state = 'skipped'), 0) AS skipped,
                    coalesce(sum(state = 'failed'), 0) AS failed,
                    coalesce(sum(bytes), 0) AS bytes_total,
                    coalesce(sum(bytes * (state IN ('done', 'sent', 'skipped', 'failed'))), 0) AS bytes_done
                 FROM (
                    SELECT state, max(0, min(CAST(size AS INTEGER), 1 << 50)) AS bytes
                    FROM files WHERE job = ?
                 )",
                [job],
                |row| {
                    Ok(Counts {
                        total: unsigned(row, "total")?,
                        done: unsigned(row, "done")?,
                        skipped: unsigned(row, "skipped")?,
                        failed: unsigned(row, "failed")?,
                        bytes_total: unsigned(row, "bytes_total")?,
                        bytes_done: unsigned(row, "bytes_done")?,
                    })
                },
            )
        })
        .await
    }

    /// Before an upload is created: should its id never arrive, it can be found by this.
    pub(in crate::transfer) async fn begin(&self, file: i64, part_size: u64) -> Result<()> {
        self.write(move |change| {
            change.execute("DELETE FROM parts WHERE file = ?", [file])?;
            change
                .execute(
                    "UPDATE files SET begun_at = ?, part_size = ?, upload_id = NULL, fingerprint = NULL
                     WHERE id = ?",
                    params![now(), int(part_size), file],
                )
                .map(drop)
        })
        .await
    }

    /// When an upload of this file was last about to be created.
    pub(in crate::transfer) async fn begun_at(&self, file: i64) -> Result<Option<i64>> {
        self.read(move |connection| {
            connection
                .query_row("SELECT begun_at FROM files WHERE id = ?", [file], |row| row.get(0))
        })
        .await
    }

    /// The upload has an id; this is the file it is made of.
    pub(in crate::transfer) async fn created(
        &self,
        file: i64,
        upload_id: &str,
        fingerprint: &str,
    ) -> Result<()> {
        let texts = [upload_id, fingerprint].map(str::to_owned);
        self.write(move |change| {
            let [upload_id, fingerprint] = texts;
            change
                .execute(
                    "UPDATE files SET upload_id = ?, fingerprint = ? WHERE id = ?",
                    params![upload_id, fingerprint, file],
                )
                .map(drop)
        })
        .await
    }

    /// A download begins: where it writes, and how it is cut.
    pub(in crate::transfer) async fn aim(
        &self,
        file: i64,
        target: &str,
        part_size: u64,
    ) -> Result<()> {
        let target = target.to_owned();
        self.write(move |change| {
            change.execute("DELETE FROM parts WHERE file = ?", [file])?;
            change
                .execute(
                    "UPDATE files SET target = ?, part_size = ? WHERE id = ?",
                    params![target, int(part_size), file],
                )
                .map(drop)
        })
        .await
    }

    /// The other side has confirmed a part, or the disk holds it.
    pub(in crate::transfer) async fn part(&self, file: i64, part: Part) -> Result<()> {
        self.write(move |change| {
            change
                .prepare_cached(
                    "INSERT OR REPLACE INTO parts (file, number, size, etag) VALUES (?, ?, ?, ?)",
                )?
                .execute(params![file, part.number, int(part.size), part.etag])
                .map(drop)
        })
        .await
    }

    /// The confirmed parts of a file, by number.
    pub(in crate::transfer) async fn parts(&self, file: i64) -> Result<Vec<Part>> {
        self.read(move |connection| {
            connection
                .prepare_cached(
                    "SELECT number, size, etag FROM parts WHERE file = ? ORDER BY number",
                )?
                .query_map([file], |row| {
                    let (size, etag) = (unsigned(row, "size")?, row.get("etag")?);
                    Ok(Part { number: row.get("number")?, size, etag })
                })?
                // Such as one whose number no part can have: what it tells of is moved again.
                .filter(|part| !part.as_ref().is_err_and(is_unreadable))
                .collect()
        })
        .await
    }

    /// What was begun for a file is gone; it starts over.
    pub(in crate::transfer) async fn start_over(&self, file: i64) -> Result<()> {
        self.write(move |change| {
            change.execute("DELETE FROM parts WHERE file = ?", [file])?;
            change
                .execute(
                    "UPDATE files SET begun_at = NULL, upload_id = NULL, part_size = NULL,
                        fingerprint = NULL, target = NULL WHERE id = ?",
                    [file],
                )
                .map(drop)
        })
        .await
    }

    /// How files ended, in one transaction. Nothing of the uploads of those that did not fail is left
    /// to be given up.
    pub(in crate::transfer) async fn ended(&self, endings: Vec<Ending>) -> Result<()> {
        if endings.is_empty() {
            return Ok(());
        }
        self.write(move |change| {
            let mut failed = change
                .prepare_cached("UPDATE files SET state = ?, etag = ?, problem = ? WHERE id = ?")?;
            let mut moved = change.prepare_cached(
                "UPDATE files SET state = ?, etag = ?, problem = NULL, upload_id = NULL,
                    begun_at = NULL, fingerprint = NULL WHERE id = ?",
            )?;
            let mut parts = change.prepare_cached("DELETE FROM parts WHERE file = ?")?;
            for Ending { file, state, etag, problem } in endings {
                if state == FileState::Failed {
                    let problem = problem.as_ref().map(|problem| Failure::from(problem).json());
                    failed.execute(params![state.name(), etag, problem, file])?;
                } else {
                    moved.execute(params![state.name(), etag, file])?;
                    parts.execute([file])?;
                }
            }
            Ok(())
        })
        .await
    }

    /// What was begun for a file has been given up on the other side.
    pub(in crate::transfer) async fn given_up(&self, file: i64) -> Result<()> {
        self.write(move |change| {
            change.execute("DELETE FROM parts WHERE file = ?", [file])?;
            change
                .execute("UPDATE files SET upload_id = NULL, begun_at = NULL WHERE id = ?", [file])
                .map(drop)
        })
        .await
    }

    /// Whether this upload belongs to a job that is not over. One that nobody can read is.
    pub(in crate::transfer) async fn knows_upload(&self, upload_id: &str) -> Result<bool> {
        let upload_id = upload_id.to_owned();
        self.read(move |connection| {
            let jobs: Vec<i64> = connection
                .prepare_cached("SELECT job FROM files WHERE upload_id = ?")?
                .query_map([upload_id], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for job in jobs {
                if find_job(connection, job)?
                    .is_some_and(|job| job.is_ok_and(|job| !job.state.is_over()))
                {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Keys of a bucket for which a job that is not over may have just created an upload.
    pub(in crate::transfer) async fn keys_begun(&self, target: &str) -> Result<HashSet<String>> {
        let target = target.to_owned();
        self.read(move |connection| {
            connection
                .prepare(
                    "SELECT key FROM files JOIN jobs ON jobs.id = files.job
                     WHERE begun_at IS NOT NULL AND upload_id IS NULL AND jobs.target = ?
                        AND jobs.state NOT IN ('done', 'cancelled')",
                )?
                .query_map([target], |row| row.get(0))?
                .filter(|key| !key.as_ref().is_err_and(is_unreadable))
                .collect()
        })
        .await
    }
}
