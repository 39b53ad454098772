//! Writing rows.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::History;
use crate::problem::Result;

/// An upload to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// Milliseconds since 1970, UTC.
    pub uploaded_at: i64,
    pub name: String,
    pub profile: String,
    pub target: String,
    pub key: String,
    /// Of the stored image, without process.
    pub url: String,
    /// What its link asks the host to make of it.
    pub process: Option<String>,
    pub content_type: String,
    pub size: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// SHA-256 of what was sent, in hex.
    pub sha256: String,
    /// SHA-256 of what was given, before any change.
    pub source_sha256: String,
    /// What was to be done to it; see [`crate::pipeline`].
    pub recipe: String,
    pub etag: Option<String>,
    pub thumb: Option<String>,
    pub if_known: IfKnown,
}

/// What to do when the profile has a row of the same object already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfKnown {
    /// Another row: every upload shows.
    Add,
    /// Nothing: the object was found, not sent. Two processes that upload the same at the same
    /// time make one row.
    Keep,
    /// That row is as new: its object had gone, or another process was quicker to write it down.
    Renew,
}

impl History {
    /// Writes one upload down and returns its id.
    pub async fn add(&self, upload: NewUpload) -> Result<i64> {
        self.write(move |transaction| insert(transaction, &upload)).await
    }

    /// Writes many in one transaction; ids in the same order.
    pub async fn add_all(&self, uploads: Vec<NewUpload>) -> Result<Vec<i64>> {
        self.write(move |transaction| {
            uploads.iter().map(|upload| insert(transaction, upload)).collect()
        })
        .await
    }

    /// Notes whether the object of this row is there.
    pub async fn set_missing(&self, id: i64, missing: bool) -> Result<()> {
        self.write(move |transaction| {
            transaction
                .prepare_cached("UPDATE uploads SET missing = ?2 WHERE id = ?1")?
                .execute(params![id, missing])?;
            Ok(())
        })
        .await
    }

    /// The link of this row asks the host for something else from now on.
    pub async fn set_process(&self, id: i64, process: Option<&str>) -> Result<()> {
        let process = process.map(str::to_owned);
        self.write(move |transaction| {
            transaction
                .prepare_cached("UPDATE uploads SET process = ?2 WHERE id = ?1")?
                .execute(params![id, process])?;
            Ok(())
        })
        .await
    }

    /// Follows a profile to its new name.
    pub async fn rename_profile(&self, from: &str, to: &str) -> Result<()> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.write(move |transaction| {
            transaction
                .execute("UPDATE uploads SET profile = ?2 WHERE profile = ?1", [&from, &to])?;
            Ok(())
        })
        .await
    }
}

fn insert(transaction: &Transaction<'_>, upload: &NewUpload) -> rusqlite::Result<i64> {
    if let Some(id) = known(transaction, upload)? {
        let renewed = (upload.if_known == IfKnown::Renew).then_some(upload.uploaded_at);
        transaction
            .prepare_cached(
                "UPDATE uploads SET source_sha256 = ?2, recipe = ?3, missing = 0, process = ?6,
                     uploaded_at = ifnull(?4, uploaded_at), month = ifnull(?5, month)
                 WHERE id = ?1",
            )?
            .execute(params![
                id,
                upload.source_sha256,
                upload.recipe,
                renewed,
                renewed.map(month_of),
                upload.process,
            ])?;
        return Ok(id);
    }
    // Written again to a key whose object had gone: the older rows have it back.
    transaction
        .prepare_cached(
            "UPDATE uploads SET missing = 0 WHERE target = ?1 AND key = ?2 AND sha256 = ?3 AND missing = 1",
        )?
        .execute([&upload.target, &upload.key, &upload.sha256])?;
    transaction
        .prepare_cached(
            "INSERT INTO uploads (uploaded_at, month, name, profile, target, key, url, content_type, size,
                 width, height, sha256, source_sha256, recipe, etag, thumb, process)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            upload.uploaded_at,
            month_of(upload.uploaded_at),
            upload.name,
            upload.profile,
            upload.target,
            upload.key,
            upload.url,
            upload.content_type,
            i64::try_from(upload.size).unwrap_or(i64::MAX),
            upload.width,
            upload.height,
            upload.sha256,
            upload.source_sha256,
            upload.recipe,
            upload.etag,
            upload.thumb,
            upload.process,
        ])?;
    Ok(transaction.last_insert_rowid())
}

fn known(transaction: &Transaction<'_>, upload: &NewUpload) -> rusqlite::Result<Option<i64>> {
    if upload.if_known == IfKnown::Add {
        return Ok(None);
    }
    transaction
        .prepare_cached(
            "SELECT id FROM uploads INDEXED BY by_object
             WHERE target = ?1 AND key = ?2 AND profile = ?3 AND sha256 = ?4 AND hidden IS NULL
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row([&upload.target, &upload.key, &upload.profile, &upload.sha256], |row| row.get(0))
        .optional()
}

/// Year * 12 + month - 1, by the clock on this computer's wall.
fn month_of(milliseconds: i64) -> i64 {
    let timestamp = jiff::Timestamp::from_millisecond(milliseconds).unwrap_or_default();
    let date = timestamp.to_zoned(jiff::tz::TimeZone::system()).date();
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

/// Counts a change; every write ends with it.
pub(super) fn raise_revision(transaction: &Transaction<'_>) -> rusqlite::Result<u32> {
    let value: Option<i64> = transaction
        .prepare_cached(
            "UPDATE counters SET value = value + 1 WHERE name = 'revision' RETURNING value",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok((value.unwrap_or(1) & i64::from(u32::MAX)) as u32)
}
