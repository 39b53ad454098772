//! Reading rows and sums.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Entry;
use crate::view::{HistoryOutline, MonthView};

pub(super) const COLUMNS: &str = "u.id, u.uploaded_at, u.name, u.profile, u.target, u.key, u.url, u.content_type, \
     u.size, u.width, u.height, u.sha256, u.thumb, u.missing, u.process";

/// Ids asked for in one statement.
const CHUNK: usize = 500;

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        uploaded_at: row.get(1)?,
        name: row.get(2)?,
        profile: row.get(3)?,
        target: row.get(4)?,
        key: row.get(5)?,
        url: row.get(6)?,
        content_type: row.get(7)?,
        size: row.get::<_, i64>(8)?.try_into().unwrap_or(0),
        width: row.get(9)?,
        height: row.get(10)?,
        sha256: row.get(11)?,
        thumb: row.get(12)?,
        missing: row.get(13)?,
        process: row.get(14)?,
    })
}

/// Counts every change by every process.
pub(super) fn revision(connection: &Connection) -> rusqlite::Result<u32> {
    let value: i64 = connection
        .prepare_cached("SELECT value FROM counters WHERE name = 'revision'")?
        .query_row([], |row| row.get(0))?;
    // Wraps after four thousand million changes; only its being different matters.
    Ok((value & i64::from(u32::MAX)) as u32)
}

/// Sums by month from the `months` table: as many rows as months, however long the history.
pub(super) fn outline(
    connection: &Connection,
    profile: Option<&str>,
    revision: u32,
) -> rusqlite::Result<HistoryOutline> {
    let mut statement = connection.prepare_cached(
        "SELECT month, sum(count), sum(bytes) FROM months WHERE ?1 IS NULL OR profile = ?1
         GROUP BY month ORDER BY month DESC",
    )?;
    let months = statement
        .query_map([profile], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<Vec<(i64, i64, i64)>>>()?;
    Ok(outline_of(months, revision))
}

pub(super) fn outline_of(
    months: impl IntoIterator<Item = (i64, i64, i64)>,
    revision: u32,
) -> HistoryOutline {
    let mut outline = HistoryOutline { total: 0, bytes: 0.0, months: Vec::new(), revision };
    for (month, count, bytes) in months {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        outline.total = outline.total.saturating_add(count);
        outline.bytes += bytes as f64;
        outline.months.push(MonthView {
            year: i16::try_from(month.div_euclid(12)).unwrap_or(0),
            month: (month.rem_euclid(12) + 1) as i8,
            count,
            bytes: bytes as f64,
        });
    }
    outline
}

pub(super) const PAGE_OF_ALL: &str = "SELECT id FROM uploads INDEXED BY visible
     WHERE hidden IS NULL AND month <= ?1
     ORDER BY month DESC, uploaded_at DESC, id DESC LIMIT ?2 OFFSET ?3";

pub(super) const PAGE_OF_PROFILE: &str = "SELECT id FROM uploads INDEXED BY visible_of_profile
     WHERE hidden IS NULL AND profile = ?4 AND month <= ?1
     ORDER BY month DESC, uploaded_at DESC, id DESC LIMIT ?2 OFFSET ?3";

/// One page, newest first. The sums say in which month it begins, so that only the rest of the
/// offset is walked, and that in an index.
pub(super) fn page(
    connection: &Connection,
    profile: Option<&str>,
    offset: u32,
    limit: u32,
) -> rusqlite::Result<Vec<Entry>> {
    // One snapshot for the sums and the rows.
    let transaction = connection.unchecked_transaction()?;
    let mut rest = offset;
    let mut start = None;
    for month in outline(&transaction, profile, 0)?.months {
        if rest < month.count {
            start = Some(i64::from(month.year) * 12 + i64::from(month.month) - 1);
            break;
        }
        rest -= month.count;
    }
    let Some(start) = start else { return Ok(Vec::new()) };
    let ids = match profile {
        None => transaction
            .prepare_cached(PAGE_OF_ALL)?
            .query_map(params![start, limit, rest], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()?,
        Some(profile) => transaction
            .prepare_cached(PAGE_OF_PROFILE)?
            .query_map(params![start, limit, rest, profile], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()?,
    };
    by_ids(&transaction, &ids)
}

/// Rows in the order of `ids`; those that are not there, or are being deleted, are left out.
pub(super) fn by_ids(connection: &Connection, ids: &[i64]) -> rusqlite::Result<Vec<Entry>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let marks = vec!["?"; chunk.len()].join(",");
        let sql =
            format!("SELECT {COLUMNS} FROM uploads u WHERE u.hidden IS NULL AND u.id IN ({marks})");
        let mut statement = connection.prepare(&sql)?;
        for row in statement.query_map(rusqlite::params_from_iter(chunk), entry)? {
            let row = row?;
            found.insert(row.id, row);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// `args`: profile, target, SHA-256 of the source, recipe.
pub(super) fn same_content(
    connection: &Connection,
    args: &[String; 4],
) -> rusqlite::Result<Option<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM uploads u INDEXED BY by_content
         WHERE u.source_sha256 = ?3 AND u.recipe = ?4 AND u.profile = ?1 AND u.target = ?2
           AND u.hidden IS NULL AND u.missing = 0
         ORDER BY u.id DESC LIMIT 1"
    );
    connection.prepare_cached(&sql)?.query_row(rusqlite::params_from_iter(args), entry).optional()
}
