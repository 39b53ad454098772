//! Buckets and objects in the index.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use s3s::S3ErrorCode;

use super::attributes::{Attributes, Entry, Extent, Head};
use super::content::now_ms;
use super::error::{Result, refuse};
use super::index::{self, Change};

/// Conditions of a write, checked in its transaction.
#[derive(Debug, Clone, Default)]
pub(crate) struct WriteIf {
    /// `If-None-Match: *`.
    pub(crate) absent: bool,
    /// `If-Match`: the ETag, or `*`.
    pub(crate) matches: Option<String>,
}

/// Fails unless the bucket exists.
pub(crate) fn require_bucket(conn: &Connection, bucket: &str) -> Result<()> {
    if bucket_exists(conn, bucket)? {
        Ok(())
    } else {
        Err(refuse(S3ErrorCode::NoSuchBucket, format!("There is no bucket {bucket}.")))
    }
}

fn bucket_exists(conn: &Connection, bucket: &str) -> Result<bool> {
    Ok(conn.prepare_cached("SELECT 1 FROM bucket WHERE name = ?1")?.exists([bucket])?)
}

/// Makes a bucket; `false` when it was there.
pub(crate) fn create_bucket(change: &Change<'_>, bucket: &str) -> Result<bool> {
    let made = change.conn.execute(
        "INSERT OR IGNORE INTO bucket (name, created) VALUES (?1, ?2)",
        params![bucket, now_ms()],
    )?;
    Ok(made == 1)
}

/// Deletes an empty bucket, with the uploads in progress in it.
pub(crate) fn delete_bucket(change: &mut Change<'_>, bucket: &str) -> Result<()> {
    require_bucket(change.conn, bucket)?;
    let occupied = change
        .conn
        .prepare_cached("SELECT 1 FROM object WHERE bucket = ?1 LIMIT 1")?
        .exists([bucket])?;
    if occupied {
        return Err(refuse(
            S3ErrorCode::BucketNotEmpty,
            format!("The bucket {bucket} is not empty."),
        ));
    }
    let uploads: Vec<String> = change
        .conn
        .prepare_cached("SELECT id FROM upload WHERE bucket = ?1")?
        .query_map([bucket], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in uploads {
        super::uploads::remove(change, &id)?;
    }
    change.conn.execute("DELETE FROM bucket WHERE name = ?1", [bucket])?;
    Ok(())
}

/// All buckets with the time each was made.
pub(crate) fn buckets(conn: &Connection) -> Result<Vec<(String, i64)>> {
    let mut statement = conn.prepare_cached("SELECT name, created FROM bucket ORDER BY name")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn no_such_key() -> super::error::Failure {
    refuse(S3ErrorCode::NoSuchKey, "There is no object of this key.")
}

fn head_of(row: &Row<'_>) -> Result<Head> {
    let attributes: String = row.get(3)?;
    Ok(Head {
        size: index::size(row, 0)?,
        etag: row.get(1)?,
        modified: row.get(2)?,
        attributes: serde_json::from_str(&attributes)?,
    })
}

/// An object without its extents; fails with `NoSuchKey` or `NoSuchBucket`.
pub(crate) fn head(conn: &Connection, bucket: &str, key: &str) -> Result<Head> {
    let mut statement = conn.prepare_cached(
        "SELECT size, etag, modified, attributes FROM object WHERE bucket = ?1 AND key = ?2",
    )?;
    let found =
        statement.query_row(params![bucket, key.as_bytes()], |row| Ok(head_of(row))).optional()?;
    match found {
        Some(head) => head,
        None => {
            require_bucket(conn, bucket)?;
            Err(no_such_key())
        }
    }
}

/// An object; fails with `NoSuchKey` or `NoSuchBucket`.
pub(crate) fn get(conn: &Connection, bucket: &str, key: &str) -> Result<Entry> {
    match find(conn, bucket, key)? {
        Some(entry) => Ok(entry),
        None => {
            require_bucket(conn, bucket)?;
            Err(no_such_key())
        }
    }
}

fn find(conn: &Connection, bucket: &str, key: &str) -> Result<Option<Entry>> {
    let mut statement = conn.prepare_cached(
        "SELECT size, etag, modified, attributes, extents FROM object WHERE bucket = ?1 AND key = ?2",
    )?;
    statement
        .query_row(params![bucket, key.as_bytes()], |row| {
            let extents: String = row.get(4)?;
            Ok((head_of(row), extents))
        })
        .optional()?
        .map(|(head, extents)| Ok(Entry { head: head?, extents: serde_json::from_str(&extents)? }))
        .transpose()
}

/// Stores an object under its key, in place of what was there. The extents must be retained by
/// the caller; those of the object before are released. Returns the time it was stored.
pub(crate) fn put(
    change: &mut Change<'_>,
    bucket: &str,
    key: &str,
    new: &NewObject<'_>,
    when: &WriteIf,
) -> Result<i64> {
    require_bucket(change.conn, bucket)?;
    let before = find(change.conn, bucket, key)?;
    check(when, before.as_ref().map(|entry| entry.head.etag.as_str()))?;
    if let Some(before) = before {
        change.release(&before.extents)?;
    }
    let modified = now_ms();
    change
        .conn
        .prepare_cached(
            "INSERT OR REPLACE INTO object (bucket, key, size, etag, modified, attributes, extents)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            bucket,
            key.as_bytes(),
            index::signed(new.size),
            new.etag,
            modified,
            serde_json::to_string(new.attributes)?,
            serde_json::to_string(new.extents)?,
        ])?;
    Ok(modified)
}

/// What [`put`] stores.
#[derive(Debug)]
pub(crate) struct NewObject<'a> {
    pub(crate) size: u64,
    pub(crate) etag: &'a str,
    pub(crate) attributes: &'a Attributes,
    pub(crate) extents: &'a [Extent],
}

fn check(when: &WriteIf, etag: Option<&str>) -> Result<()> {
    if when.absent && etag.is_some() {
        return Err(refuse(
            S3ErrorCode::PreconditionFailed,
            "An object of this key exists already.",
        ));
    }
    match (&when.matches, etag) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(no_such_key()),
        (Some(wanted), Some(etag)) if wanted == "*" || wanted == etag => Ok(()),
        (Some(_), Some(_)) => Err(refuse(
            S3ErrorCode::PreconditionFailed,
            "The object's ETag is not the one given as If-Match.",
        )),
    }
}

/// Deletes an object; no error when there is none, unless `matches` asks for one.
pub(crate) fn delete(
    change: &mut Change<'_>,
    bucket: &str,
    key: &str,
    matches: Option<&str>,
) -> Result<()> {
    let Some(entry) = find(change.conn, bucket, key)? else { return Ok(()) };
    let when = WriteIf { absent: false, matches: matches.map(str::to_owned) };
    check(&when, Some(&entry.head.etag))?;
    change
        .conn
        .prepare_cached("DELETE FROM object WHERE bucket = ?1 AND key = ?2")?
        .execute(params![bucket, key.as_bytes()])?;
    change.release(&entry.extents)
}
