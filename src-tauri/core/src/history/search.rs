//! Finding words in name, key and URL.
//!
//! Words of three characters and more go to the trigram index, which knows no word borders and so
//! works for Chinese; shorter ones (most Chinese words) are looked for in names and keys one by one.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, params_from_iter};

use super::read;
use crate::view::{HistoryOutline, HistoryQuery};

/// Searches remembered: the window asks for the outline and then for many pages.
const KEPT: usize = 4;

/// The trigram tokenizer finds nothing shorter.
const TRIGRAM: usize = 3;

/// The ids of a search, newest first, and their sums.
#[derive(Debug)]
pub(super) struct Found {
    ids: Vec<i64>,
    months: Vec<(i64, i64, i64)>,
}

impl Found {
    pub(super) fn outline(&self, revision: u32) -> HistoryOutline {
        read::outline_of(self.months.iter().copied(), revision)
    }

    pub(super) fn slice(&self, offset: u32, limit: u32) -> &[i64] {
        let start = (offset as usize).min(self.ids.len());
        let end = start.saturating_add(limit as usize).min(self.ids.len());
        &self.ids[start..end]
    }
}

/// The last few searches and the order of the rows, valid for one revision.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    revision: u32,
    searches: Vec<(HistoryQuery, Arc<Found>)>,
    spine: Option<(Option<String>, Arc<Spine>)>,
}

impl Cache {
    /// The result of a search, from before or anew.
    pub(super) fn find(
        &self,
        connection: &Connection,
        query: &HistoryQuery,
        revision: u32,
    ) -> rusqlite::Result<Arc<Found>> {
        let spine = {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.revision != revision {
                *kept = Kept { revision, ..Kept::default() };
            }
            if let Some((_, found)) = kept.searches.iter().find(|(known, _)| known == query) {
                return Ok(Arc::clone(found));
            }
            let of_profile = kept.spine.as_ref().filter(|(profile, _)| *profile == query.profile);
            of_profile.map(|(_, spine)| Arc::clone(spine))
        };
        let spine = match spine {
            Some(spine) => spine,
            None => Arc::new(Spine::read(connection, query.profile.as_deref())?),
        };
        let found = Arc::new(spine.keep(&Ids::matching(connection, &query.text)?));
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.revision == revision {
            if kept.searches.len() == KEPT {
                kept.searches.remove(0);
            }
            kept.searches.push((query.clone(), Arc::clone(&found)));
            kept.spine = Some((query.profile.clone(), spine));
        }
        Ok(found)
    }
}

/// Whether there is nothing to look for.
pub(super) fn is_blank(text: &str) -> bool {
    text.split_whitespace().next().is_none()
}

pub(super) const SPINE_OF_ALL: &str = "SELECT id, month, size FROM uploads INDEXED BY visible
     WHERE hidden IS NULL ORDER BY month DESC, uploaded_at DESC, id DESC";

pub(super) const SPINE_OF_PROFILE: &str =
    "SELECT id, month, size FROM uploads INDEXED BY visible_of_profile
     WHERE hidden IS NULL AND profile = ?1 ORDER BY month DESC, uploaded_at DESC, id DESC";

pub(super) const LONG_WORDS: &str = "SELECT rowid FROM uploads_text WHERE uploads_text MATCH ?1";

/// Every row in the order shown. Read once for many searches: what a search finds is then only
/// looked up in it, in the same time for one hit as for all, and nothing is sorted.
#[derive(Debug)]
struct Spine(Vec<(i64, i64, i64)>);

impl Spine {
    fn read(connection: &Connection, profile: Option<&str>) -> rusqlite::Result<Self> {
        let sql = if profile.is_some() { SPINE_OF_PROFILE } else { SPINE_OF_ALL };
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(params_from_iter(profile), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        rows.collect::<rusqlite::Result<Vec<_>>>().map(Self)
    }

    fn keep(&self, ids: &Ids) -> Found {
        let mut found = Found { ids: Vec::new(), months: Vec::new() };
        for (id, month, size) in self.0.iter().copied().filter(|row| ids.has(row.0)) {
            found.ids.push(id);
            match found.months.last_mut() {
                Some(last) if last.0 == month => {
                    last.1 += 1;
                    last.2 += size;
                }
                _ => found.months.push((month, 1, size)),
            }
        }
        found
    }
}

/// A set of row ids, a bit each.
#[derive(Debug, Default)]
struct Ids(Vec<u64>);

impl Ids {
    /// The rows that hold every word of `text`.
    fn matching(connection: &Connection, text: &str) -> rusqlite::Result<Self> {
        let (long, short): (Vec<&str>, Vec<&str>) =
            text.split_whitespace().partition(|word| word.chars().count() >= TRIGRAM);
        let mut found = None;
        if !long.is_empty() {
            let phrases: Vec<String> = long.iter().map(|word| phrase(word)).collect();
            found = Some(Self::read(connection, LONG_WORDS, &[phrases.join(" AND ")])?);
        }
        if !short.is_empty() {
            let patterns: Vec<String> = short.iter().map(|word| like(word)).collect();
            let ids = Self::read(connection, &short_words(patterns.len()), &patterns)?;
            found = Some(match found {
                Some(found) => ids.and(&found),
                None => ids,
            });
        }
        Ok(found.unwrap_or_default())
    }

    fn read(connection: &Connection, sql: &str, args: &[String]) -> rusqlite::Result<Self> {
        let mut ids = Self::default();
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(args))?;
        while let Some(row) = rows.next()? {
            ids.add(row.get(0)?);
        }
        Ok(ids)
    }

    fn add(&mut self, id: i64) {
        let Ok(id) = usize::try_from(id) else { return };
        if self.0.len() <= id / 64 {
            self.0.resize(id / 64 + 1, 0);
        }
        self.0[id / 64] |= 1 << (id % 64);
    }

    fn has(&self, id: i64) -> bool {
        let Ok(id) = usize::try_from(id) else { return false };
        self.0.get(id / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    fn and(mut self, other: &Self) -> Self {
        self.0.truncate(other.0.len());
        for (word, theirs) in self.0.iter_mut().zip(&other.0) {
            *word &= theirs;
        }
        self
    }
}

/// Too short for the trigram index: looked for in an index that holds names and keys only, a tenth
/// of the table.
pub(super) fn short_words(count: usize) -> String {
    let likes: Vec<String> = (1..=count)
        .map(|n| format!("(name LIKE ?{n} ESCAPE '\\' OR key LIKE ?{n} ESCAPE '\\')"))
        .collect();
    format!(
        "SELECT id FROM uploads INDEXED BY by_words WHERE hidden IS NULL AND {}",
        likes.join(" AND ")
    )
}

/// A word as an FTS5 string: nothing in it is an operator.
fn phrase(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

/// A word as a LIKE pattern: nothing in it is a wildcard.
fn like(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 4);
    pattern.push('%');
    for c in word.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
