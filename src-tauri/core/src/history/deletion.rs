//! Deleting in two steps: hidden at once, gone after the time to undo it.
//!
//! Hidden rows belong to a deletion, named by a token no other process has, and are hidden only as
//! long as its lease runs. A process that dies takes its lease with it and the rows come back.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Entry, History, read};
use crate::problem::Result;

impl History {
    /// Hides these rows for a deletion; returns those that were visible.
    pub async fn hide(&self, ids: &[i64], token: &str, until: i64) -> Result<Vec<Entry>> {
        let (ids, token) = (ids.to_vec(), token.to_owned());
        self.write(move |transaction| {
            let rows = read::by_ids(transaction, &ids)?;
            let mut hide = transaction.prepare_cached(
                "UPDATE uploads SET hidden = ?2, hidden_until = ?3 WHERE id = ?1",
            )?;
            for row in &rows {
                hide.execute(params![row.id, token, until])?;
            }
            Ok(rows)
        })
        .await
    }

    /// Brings the rows of a deletion back; how many.
    pub async fn unhide(&self, token: &str) -> Result<u32> {
        let token = token.to_owned();
        self.write(move |transaction| {
            let rows = transaction.execute(
                "UPDATE uploads SET hidden = NULL, hidden_until = NULL WHERE hidden = ?1",
                [&token],
            )?;
            Ok(u32::try_from(rows).unwrap_or(u32::MAX))
        })
        .await
    }

    /// Brings single rows of a deletion back: those whose objects could not be deleted.
    pub async fn unhide_some(&self, token: &str, ids: &[i64]) -> Result<()> {
        let (ids, token) = (ids.to_vec(), token.to_owned());
        self.write(move |transaction| {
            let mut show = transaction.prepare_cached(
                "UPDATE uploads SET hidden = NULL, hidden_until = NULL WHERE id = ?1 AND hidden = ?2",
            )?;
            for id in &ids {
                show.execute(params![id, token])?;
            }
            Ok(())
        })
        .await
    }

    /// Keeps the rows of a deletion hidden for longer: it is still at work.
    pub async fn extend(&self, token: &str, until: i64) -> Result<()> {
        let token = token.to_owned();
        self.write(move |transaction| {
            transaction.execute(
                "UPDATE uploads SET hidden_until = ?2 WHERE hidden = ?1",
                params![token, until],
            )?;
            Ok(())
        })
        .await
    }

    /// Of these rows of a deletion, the ids of those whose object no other row needs.
    pub async fn unshared(&self, token: &str, rows: &[Entry]) -> Result<Vec<i64>> {
        let token = token.to_owned();
        let objects: Vec<_> =
            rows.iter().map(|r| (r.id, r.target.clone(), r.key.clone())).collect();
        self.read(move |_, connection| {
            let mut shared = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM uploads INDEXED BY by_object
                 WHERE target = ?1 AND key = ?2 AND hidden IS NOT ?3)",
            )?;
            let mut ids = Vec::new();
            for (id, target, key) in &objects {
                if !shared.query_row(params![target, key, token], |row| row.get::<_, bool>(0))? {
                    ids.push(*id);
                }
            }
            Ok(ids)
        })
        .await
    }

    /// Removes rows of a deletion for good; returns the thumbnails nobody shows any more.
    pub async fn remove(&self, token: &str, ids: &[i64]) -> Result<Vec<String>> {
        let (ids, token) = (ids.to_vec(), token.to_owned());
        self.write(move |transaction| {
            let mut remove = transaction.prepare_cached(
                "DELETE FROM uploads WHERE id = ?1 AND hidden = ?2 RETURNING thumb",
            )?;
            let mut thumbs = BTreeSet::new();
            for id in &ids {
                let thumb =
                    remove.query_row(params![id, token], |row| row.get::<_, Option<String>>(0));
                thumbs.extend(thumb.optional()?.flatten());
            }
            let mut shown = transaction
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM uploads WHERE thumb = ?1)")?;
            let mut unused = Vec::new();
            for thumb in thumbs {
                if !shown.query_row([&thumb], |row| row.get::<_, bool>(0))? {
                    unused.push(thumb);
                }
            }
            Ok(unused)
        })
        .await
    }

    /// Brings back what a process hid that did not live to delete it; how many rows, and when the
    /// next lease ends.
    pub async fn recover(&self, now: i64) -> Result<(u32, Option<i64>)> {
        let next = self
            .read(|_, connection| {
                connection.query_row(
                    "SELECT min(hidden_until) FROM uploads INDEXED BY being_deleted WHERE hidden IS NOT NULL",
                    [],
                    |row| row.get::<_, Option<i64>>(0),
                )
            })
            .await?;
        match next {
            Some(until) if until <= now => {
                self.write(move |transaction| recover(transaction, now)).await
            }
            next => Ok((0, next)),
        }
    }
}

fn recover(transaction: &Transaction<'_>, now: i64) -> rusqlite::Result<(u32, Option<i64>)> {
    let rows = transaction.execute(
        "UPDATE uploads SET hidden = NULL, hidden_until = NULL WHERE hidden IS NOT NULL AND hidden_until <= ?1",
        [now],
    )?;
    let next = transaction.query_row(
        "SELECT min(hidden_until) FROM uploads WHERE hidden IS NOT NULL",
        [],
        |row| row.get(0),
    )?;
    Ok((u32::try_from(rows).unwrap_or(u32::MAX), next))
}
