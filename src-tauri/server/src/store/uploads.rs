//! Multipart uploads in the index.

use rusqlite::{Connection, OptionalExtension as _, params};
use s3s::S3ErrorCode;

use super::attributes::{Attributes, Extent};
use super::content::now_ms;
use super::digest::{Algorithm, Kind, Sum, join_sums, multipart_etag};
use super::error::{Failure, Result, refuse};
use super::index::{self, Change};
use super::objects::{self, NewObject, WriteIf};

/// Smallest part but the last, as S3 has it.
pub(crate) const MIN_PART: u64 = 5 * 1024 * 1024;
/// Highest part number.
pub(crate) const MAX_PARTS: u32 = 10_000;
/// An upload nobody completed is given up after this many milliseconds.
const FORGOTTEN: i64 = 7 * 24 * 60 * 60 * 1000;

/// An upload in progress.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) attributes: Attributes,
    /// The checksum its parts and its object have.
    pub(crate) checksum: Option<(Algorithm, Kind)>,
}

/// A part of one.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) number: u32,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) modified: i64,
    pub(crate) sum: Option<Sum>,
    pub(crate) extents: Vec<Extent>,
}

pub(crate) fn no_such_upload() -> Failure {
    refuse(
        S3ErrorCode::NoSuchUpload,
        "There is no such upload: it was completed, aborted, or never started.",
    )
}

/// Starts an upload and returns its id.
pub(crate) fn create(
    change: &Change<'_>,
    bucket: &str,
    key: &str,
    attributes: &Attributes,
    checksum: Option<(Algorithm, Kind)>,
) -> Result<String> {
    objects::require_bucket(change.conn, bucket)?;
    let id = format!("{:012x}{}", now_ms(), uuid::Uuid::new_v4().simple());
    change.conn.execute(
        "INSERT INTO upload (id, bucket, key, started, attributes, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            id,
            bucket,
            key.as_bytes(),
            now_ms(),
            serde_json::to_string(attributes)?,
            checksum.map(|checksum| serde_json::to_string(&checksum)).transpose()?,
        ],
    )?;
    Ok(id)
}

/// An upload, which must be of this bucket and key.
pub(crate) fn find(conn: &Connection, bucket: &str, key: &str, id: &str) -> Result<Upload> {
    let row: Option<(String, Option<String>)> = conn
        .prepare_cached(
            "SELECT attributes, checksum FROM upload WHERE id = ?1 AND bucket = ?2 AND key = ?3",
        )?
        .query_row(params![id, bucket, key.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((attributes, checksum)) = row else {
        objects::require_bucket(conn, bucket)?;
        return Err(no_such_upload());
    };
    Ok(Upload {
        attributes: serde_json::from_str(&attributes)?,
        checksum: checksum.map(|checksum| serde_json::from_str(&checksum)).transpose()?,
    })
}

/// Stores a part in place of the one of its number. The extents must be retained by the caller.
pub(crate) fn put_part(
    change: &mut Change<'_>,
    bucket: &str,
    key: &str,
    id: &str,
    part: &Part,
) -> Result<()> {
    find(change.conn, bucket, key, id)?;
    let before: Option<String> = change
        .conn
        .prepare_cached("SELECT extents FROM part WHERE upload = ?1 AND number = ?2")?
        .query_row(params![id, part.number], |row| row.get(0))
        .optional()?;
    if let Some(before) = before {
        change.release(&serde_json::from_str::<Vec<Extent>>(&before)?)?;
    }
    change
        .conn
        .prepare_cached(
            "INSERT OR REPLACE INTO part (upload, number, size, etag, modified, checksum, extents)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            id,
            part.number,
            index::signed(part.size),
            part.etag,
            part.modified,
            part.sum.as_ref().map(serde_json::to_string).transpose()?,
            serde_json::to_string(&part.extents)?,
        ])?;
    Ok(())
}

/// Parts after a number, at most `limit`.
pub(crate) fn parts(conn: &Connection, id: &str, after: u32, limit: u32) -> Result<Vec<Part>> {
    let mut statement = conn.prepare_cached(
        "SELECT number, size, etag, modified, checksum, extents FROM part
         WHERE upload = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let mut rows = statement.query(params![id, after, limit])?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next()? {
        let sum: Option<String> = row.get(4)?;
        let extents: String = row.get(5)?;
        parts.push(Part {
            number: row.get(0)?,
            size: index::size(row, 1)?,
            etag: row.get(2)?,
            modified: row.get(3)?,
            sum: sum.map(|sum| serde_json::from_str(&sum)).transpose()?,
            extents: serde_json::from_str(&extents)?,
        });
    }
    Ok(parts)
}

/// A part as the client names it when it completes the upload.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) number: u32,
    /// Without quotes.
    pub(crate) etag: String,
    pub(crate) sums: Vec<(Algorithm, String)>,
}

/// What became of a completed upload.
#[derive(Debug)]
pub(crate) struct Completed {
    pub(crate) etag: String,
    pub(crate) sum: Option<Sum>,
}

/// What the client says the whole is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whole {
    pub(crate) size: Option<u64>,
    pub(crate) sums: Vec<(Algorithm, String)>,
}

/// Joins the named parts, in order, and forgets the others.
pub(crate) fn complete(
    change: &mut Change<'_>,
    bucket: &str,
    key: &str,
    id: &str,
    named: &[Named],
    whole: &Whole,
    when: &WriteIf,
) -> Result<Completed> {
    let upload = find(change.conn, bucket, key, id)?;
    if named.is_empty() {
        return Err(refuse(S3ErrorCode::MalformedXML, "The list of parts is empty."));
    }
    if !named.windows(2).all(|pair| pair[0].number < pair[1].number) {
        return Err(refuse(S3ErrorCode::InvalidPartOrder, "The parts are not in ascending order."));
    }
    let held = parts(change.conn, id, 0, MAX_PARTS)?;
    let mut chosen = Vec::with_capacity(named.len());
    for name in named {
        let part = held
            .binary_search_by_key(&name.number, |part| part.number)
            .ok()
            .map(|at| &held[at])
            .filter(|part| part.etag == name.etag)
            .filter(|part| same_sums(part, &name.sums))
            .ok_or_else(|| {
                refuse(
                    S3ErrorCode::InvalidPart,
                    format!("Part {} is not there, or its ETag or checksum differs.", name.number),
                )
            })?;
        chosen.push(part);
    }
    if let Some(small) = chosen.iter().rev().skip(1).find(|part| part.size < MIN_PART) {
        return Err(refuse(
            S3ErrorCode::EntityTooSmall,
            format!(
                "Part {} is {} bytes; all but the last need {MIN_PART}.",
                small.number, small.size
            ),
        ));
    }
    let size = chosen.iter().map(|part| part.size).sum();
    if whole.size.is_some_and(|claimed| claimed != size) {
        return Err(refuse(
            S3ErrorCode::InvalidRequest,
            format!("The parts make {size} bytes, not as said."),
        ));
    }
    let sum = upload.checksum.and_then(|(algorithm, kind)| {
        let sums: Vec<_> = chosen.iter().map(|part| (part.sum.clone(), part.size)).collect();
        join_sums(algorithm, kind, &sums)
    });
    if let Some(sum) = &sum
        && whole
            .sums
            .iter()
            .any(|(algorithm, value)| *algorithm == sum.algorithm && *value != sum.value)
    {
        return Err(refuse(S3ErrorCode::BadDigest, "The checksum differs from that of the parts."));
    }
    let etag = multipart_etag(chosen.iter().map(|part| part.etag.as_str()));
    let extents: Vec<Extent> = chosen
        .iter()
        .zip(1_u32..)
        .flat_map(|(part, number)| {
            part.extents.iter().cloned().map(move |extent| Extent { part: number, ..extent })
        })
        .collect();
    let attributes = Attributes { checksum: sum.clone(), ..upload.attributes };
    change.retain(&extents)?;
    let new = NewObject { size, etag: &etag, attributes: &attributes, extents: &extents };
    objects::put(change, bucket, key, &new, when)?;
    remove(change, id)?;
    Ok(Completed { etag, sum })
}

fn same_sums(part: &Part, claimed: &[(Algorithm, String)]) -> bool {
    claimed.iter().all(|(algorithm, value)| {
        part.sum.as_ref().is_none_or(|sum| sum.algorithm != *algorithm || sum.value == *value)
    })
}

/// Gives an upload up.
pub(crate) fn abort(change: &mut Change<'_>, bucket: &str, key: &str, id: &str) -> Result<()> {
    find(change.conn, bucket, key, id)?;
    remove(change, id)
}

/// Removes an upload with its parts.
pub(super) fn remove(change: &mut Change<'_>, id: &str) -> Result<()> {
    for part in parts(change.conn, id, 0, MAX_PARTS)? {
        change.release(&part.extents)?;
    }
    change.conn.execute("DELETE FROM part WHERE upload = ?1", [id])?;
    change.conn.execute("DELETE FROM upload WHERE id = ?1", [id])?;
    Ok(())
}

/// Gives up uploads nobody has touched for a week.
pub(crate) fn remove_forgotten(change: &mut Change<'_>) -> Result<()> {
    let ids: Vec<String> = change
        .conn
        .prepare(
            "SELECT id FROM upload WHERE started < ?1
             AND NOT EXISTS (SELECT 1 FROM part WHERE upload = upload.id AND modified >= ?1)",
        )?
        .query_map([now_ms() - FORGOTTEN], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for id in ids {
        remove(change, &id)?;
    }
    Ok(())
}
