//! Listings: by prefix, grouped by a delimiter, a page at a time, in the order of the keys' bytes.

use rusqlite::{Connection, params};

use super::error::Result;
use super::index;

/// What to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    pub(crate) bucket: String,
    pub(crate) prefix: String,
    pub(crate) delimiter: Option<String>,
    /// Only what sorts after this: a key, or a group that was listed already.
    pub(crate) after: Option<String>,
    pub(crate) limit: usize,
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) modified: i64,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) groups: Vec<String>,
    /// The last key or group of the page, when there is more.
    pub(crate) next: Option<String>,
}

/// Where the next row is looked for.
enum From {
    At(Vec<u8>),
    After(Vec<u8>),
}

/// The first byte string after all that start with `prefix`; `None` when there is none.
fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

/// The group a key belongs to: up to and with the first delimiter after the prefix.
fn group_of<'a>(key: &'a str, prefix: &str, delimiter: Option<&str>) -> Option<&'a str> {
    let delimiter = delimiter.filter(|delimiter| !delimiter.is_empty())?;
    let at = key.get(prefix.len()..)?.find(delimiter)?;
    Some(&key[..prefix.len() + at + delimiter.len()])
}

/// Walks keys in order with `scan(from, end, visit)`, where `visit` answers whether to go on.
fn walk<T>(
    query: &Query,
    mut scan: impl FnMut(&From, Option<&[u8]>, &mut dyn FnMut(&str, T) -> bool) -> Result<()>,
) -> Result<Page<T>> {
    let mut page = Page { items: Vec::new(), groups: Vec::new(), next: None };
    if query.limit == 0 {
        return Ok(page);
    }
    let end = end_of(query.prefix.as_bytes());
    let delimiter = query.delimiter.as_deref();
    let after = query.after.as_deref().filter(|after| *after >= query.prefix.as_str());
    let mut from = match after {
        None => Some(From::At(query.prefix.clone().into_bytes())),
        Some(after) => match group_of(after, &query.prefix, delimiter) {
            // Inside a group: it sorts before `after`, so it was listed and is stepped over.
            Some(group) => end_of(group.as_bytes()).map(From::At),
            None => Some(From::After(after.as_bytes().to_vec())),
        },
    };
    let mut last: Option<String> = None;
    while let Some(start) = from.take() {
        scan(&start, end.as_deref(), &mut |key, item| {
            if page.items.len() + page.groups.len() == query.limit {
                page.next = last.take();
                return false;
            }
            if let Some(group) = group_of(key, &query.prefix, delimiter) {
                page.groups.push(group.to_owned());
                last = Some(group.to_owned());
                from = end_of(group.as_bytes()).map(From::At);
                return false;
            }
            page.items.push(item);
            last = Some(key.to_owned());
            true
        })?;
    }
    Ok(page)
}

/// A page of objects.
pub(crate) fn objects(conn: &Connection, query: &Query) -> Result<Page<Listed>> {
    super::objects::require_bucket(conn, &query.bucket)?;
    // One more than fits tells whether there is more.
    let limit = index::signed(query.limit as u64 + 1);
    walk(query, |from, end, visit| {
        let (sql, start) = match from {
            From::At(start) => (
                "SELECT key, size, etag, modified FROM object WHERE bucket = ?1 AND key >= ?2
                 AND (?3 IS NULL OR key < ?3) ORDER BY key LIMIT ?4",
                start,
            ),
            From::After(start) => (
                "SELECT key, size, etag, modified FROM object WHERE bucket = ?1 AND key > ?2
                 AND (?3 IS NULL OR key < ?3) ORDER BY key LIMIT ?4",
                start,
            ),
        };
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query(params![query.bucket, start, end, limit])?;
        while let Some(row) = rows.next()? {
            let key = text(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
            let item = Listed {
                key: key.clone(),
                size: index::size(row, 1)?,
                etag: row.get(2)?,
                modified: row.get(3)?,
            };
            if !visit(&key, item) {
                break;
            }
        }
        Ok(())
    })
}

fn text(key: &[u8]) -> String {
    // Keys came in as UTF-8.
    String::from_utf8_lossy(key).into_owned()
}

/// An upload in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedUpload {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) started: i64,
}

/// Uploads in progress under a prefix, by key then id, after a key and an id.
pub(crate) fn uploads(
    conn: &Connection,
    query: &Query,
    after_id: Option<&str>,
) -> Result<(Page<ListedUpload>, Option<String>)> {
    super::objects::require_bucket(conn, &query.bucket)?;
    let mut page = Page { items: Vec::new(), groups: Vec::<String>::new(), next: None };
    let mut next_id = None;
    let end = end_of(query.prefix.as_bytes());
    let delimiter = query.delimiter.as_deref();
    let mut statement = conn.prepare_cached(
        "SELECT key, id, started FROM upload WHERE bucket = ?1 AND key >= ?2
         AND (?3 IS NULL OR key < ?3) ORDER BY key, id",
    )?;
    let after = query.after.clone().unwrap_or_default();
    let start = after.as_str().max(query.prefix.as_str()).as_bytes().to_vec();
    let mut rows = statement.query(params![query.bucket, start, end])?;
    let mut last: Option<(String, Option<String>)> = None;
    while let Some(row) = rows.next()? {
        let key = text(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
        let id: String = row.get(1)?;
        if query.after.as_ref().is_some_and(|after| *after == key) {
            let seen = after_id.is_none_or(|after_id| id.as_str() <= after_id);
            if seen {
                continue;
            }
        }
        let group = group_of(&key, &query.prefix, delimiter);
        if group.is_some_and(|group| {
            page.groups.last().is_some_and(|last| last == group) || *group <= *after
        }) {
            continue;
        }
        if page.items.len() + page.groups.len() == query.limit {
            if let Some((key, id)) = last.take() {
                page.next = Some(key);
                next_id = id;
            }
            break;
        }
        if let Some(group) = group {
            page.groups.push(group.to_owned());
            last = Some((group.to_owned(), None));
        } else {
            last = Some((key.clone(), Some(id.clone())));
            page.items.push(ListedUpload { key, id, started: row.get(2)? });
        }
    }
    Ok((page, next_id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn list(keys: &[&str], query: &Query) -> Page<String> {
        let keys: BTreeSet<&str> = keys.iter().copied().collect();
        walk(query, |from, end, visit| {
            for key in &keys {
                let reached = match from {
                    From::At(start) => key.as_bytes() >= start.as_slice(),
                    From::After(start) => key.as_bytes() > start.as_slice(),
                };
                if reached
                    && end.is_none_or(|end| key.as_bytes() < end)
                    && !visit(key, (*key).to_owned())
                {
                    break;
                }
            }
            Ok(())
        })
        .unwrap()
    }

    #[test]
    fn pages_of_every_size_give_the_same_whole() {
        let keys = [
            "a",
            "a/",
            "a//b",
            "a/b",
            "a/b/c",
            "a0",
            "b/1",
            "b/2",
            "z",
            "é/x",
            "😀",
            "/lead",
            "a\u{ffff}",
        ];
        for delimiter in [None, Some("/"), Some("//"), Some("b")] {
            for prefix in ["", "a", "a/", "b/", "none", "/"] {
                let mut whole: Option<(Vec<String>, Vec<String>)> = None;
                for limit in [1000, 1, 2, 3] {
                    let (mut items, mut groups, mut after) = (Vec::new(), Vec::new(), None);
                    for _ in 0..100 {
                        let query = Query {
                            bucket: String::new(),
                            prefix: prefix.to_owned(),
                            delimiter: delimiter.map(str::to_owned),
                            after,
                            limit,
                        };
                        let page = list(&keys, &query);
                        items.extend(page.items);
                        groups.extend(page.groups);
                        after = page.next;
                        if after.is_none() {
                            break;
                        }
                    }
                    assert!(after.is_none(), "no end at {delimiter:?} {prefix:?} {limit}");
                    let found = (items, groups);
                    match &whole {
                        None => {
                            let under: Vec<_> =
                                keys.iter().filter(|key| key.starts_with(prefix)).collect();
                            let grouped = |key: &str| group_of(key, prefix, delimiter).is_some();
                            assert_eq!(
                                found.0.len(),
                                under.iter().filter(|key| !grouped(key)).count()
                            );
                            whole = Some(found);
                        }
                        Some(whole) => {
                            assert_eq!(&found, whole, "{delimiter:?} {prefix:?} {limit}")
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_group_is_listed_once() {
        let query = Query { delimiter: Some("/".to_owned()), limit: 10, ..Query::default() };
        let page = list(&["a/1", "a/2", "b", "c/1"], &query);
        assert_eq!(page.groups, ["a/", "c/"]);
        assert_eq!(page.items, ["b"]);
        assert_eq!(page.next, None);
    }
}
