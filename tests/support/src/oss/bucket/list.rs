//! ListObjects and ListObjectsV2.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::owner;
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::state::Object;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::query::encode;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document, time};

/// A page of names: keys and prefixes up to the delimiter, in one order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Keys, and prefixes with true.
    pub(crate) names: Vec<(String, bool)>,
    pub(crate) truncated: bool,
}

impl Page {
    /// The name after which the next page begins.
    fn next(&self) -> Option<&str> {
        if self.truncated { self.names.last().map(|(name, _)| name.as_str()) } else { None }
    }
}

/// The names after `marker`, at most so many.
pub(crate) fn page<T>(
    objects: &BTreeMap<String, T>,
    prefix: &str,
    delimiter: &str,
    marker: &str,
    most: usize,
) -> Page {
    let mut page = Page::default();
    let from = if marker >= prefix { Bound::Excluded(marker) } else { Bound::Included(prefix) };
    for key in objects.range::<str, _>((from, Bound::Unbounded)).map(|(key, _)| key) {
        let Some(rest) = key.strip_prefix(prefix) else { break };
        let end = if delimiter.is_empty() { None } else { rest.find(delimiter) };
        let (name, is_prefix) = match end {
            Some(at) => (&key[..prefix.len() + at + delimiter.len()], true),
            None => (key.as_str(), false),
        };
        // A prefix that the page before ended with, or one that is listed already.
        let known = page.names.last().is_some_and(|(last, _)| last == name);
        if is_prefix && (name <= marker || known) {
            continue;
        }
        if page.names.len() == most {
            page.truncated = most > 0;
            break;
        }
        page.names.push((name.to_owned(), is_prefix));
    }
    page
}

pub(crate) fn list(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let second = match call.query.get("list-type") {
        None => false,
        Some("2") => true,
        Some(other) => {
            return Err(Refusal::argument("list-type", other, "Invalid List Type"));
        }
    };
    let encodes = call.encodes()?;
    let shown = |text: &str| if encodes { encode(text) } else { text.to_owned() };
    let get = |name: &str| call.query.get(name).unwrap_or_default();
    let most = call.number("max-keys", 0, 1000, 100)?;
    let (prefix, delimiter) = (get("prefix"), get("delimiter"));
    let marker = if second { start_of(call)? } else { get("marker").to_owned() };
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let page = page(&bucket.objects, prefix, delimiter, &marker, most as usize);

    let mut xml = Writer::new();
    xml.open("ListBucketResult");
    xml.leaf("Name", call.bucket());
    xml.leaf("Prefix", &shown(prefix));
    if second {
        if call.query.has("start-after") {
            xml.leaf("StartAfter", &shown(get("start-after")));
        }
        if call.query.has("continuation-token") {
            xml.leaf("ContinuationToken", get("continuation-token"));
        }
        if let Some(next) = page.next() {
            xml.leaf("NextContinuationToken", &hex::encode(next));
        }
        xml.leaf("KeyCount", &page.names.len().to_string());
    } else {
        xml.leaf("Marker", &shown(get("marker")));
        if let Some(next) = page.next() {
            xml.leaf("NextMarker", &shown(next));
        }
    }
    xml.leaf("MaxKeys", &most.to_string());
    xml.leaf("Delimiter", &shown(delimiter));
    if encodes {
        xml.leaf("EncodingType", "url");
    }
    xml.leaf("IsTruncated", &page.truncated.to_string());
    let owned = !second || get("fetch-owner") == "true";
    for (key, _) in page.names.iter().filter(|(_, is_prefix)| !is_prefix) {
        let Some(object) = bucket.objects.get(key) else { continue };
        entry(&shown(key), object, owned, &mut xml);
    }
    for (prefix, _) in page.names.iter().filter(|(_, is_prefix)| *is_prefix) {
        xml.open("CommonPrefixes");
        xml.leaf("Prefix", &shown(prefix));
        xml.close("CommonPrefixes");
    }
    xml.close("ListBucketResult");
    Ok(document(xml.end()))
}

/// The name after which a V2 page begins: the token is it, in hexadecimal.
fn start_of(call: &Call) -> Result<String, Refusal> {
    let token = call.query.get("continuation-token").filter(|token| !token.is_empty());
    let Some(token) = token else {
        return Ok(call.query.get("start-after").unwrap_or_default().to_owned());
    };
    hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        Refusal::argument("continuation-token", token, "The continuation token is not valid.")
    })
}

fn entry(key: &str, object: &Arc<Object>, owned: bool, xml: &mut Writer) {
    xml.open("Contents");
    xml.leaf("Key", key);
    xml.leaf("LastModified", &time::iso(object.modified));
    xml.leaf("ETag", &object.etag);
    xml.leaf("Type", object.kind.name());
    xml.leaf("Size", &object.content.len().to_string());
    xml.leaf("StorageClass", &object.storage_class);
    if owned {
        owner(xml);
    }
    xml.close("Contents");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(prefix: &str, delimiter: &str, marker: &str, most: usize) -> (Vec<String>, bool) {
        let keys = ["a", "a/1", "a/2", "a/b/3", "b", "c/", "c/4", "d"];
        let objects = keys.into_iter().map(|key| (key.to_owned(), ())).collect();
        let page = page(&objects, prefix, delimiter, marker, most);
        (page.names.into_iter().map(|(name, _)| name).collect(), page.truncated)
    }

    #[test]
    fn prefixes_count_once_and_pages_fit_together() {
        assert_eq!(names("", "/", "", 100).0, ["a", "a/", "b", "c/", "d"]);
        assert_eq!(names("a/", "/", "", 100).0, ["a/1", "a/2", "a/b/"]);
        assert_eq!(names("", "", "a/2", 100).0, ["a/b/3", "b", "c/", "c/4", "d"]);
        for most in 1..6 {
            let (mut all, mut marker) = (Vec::new(), String::new());
            loop {
                let (names, truncated) = names("", "/", &marker, most);
                assert!(names.len() <= most);
                all.extend(names);
                marker = all.last().cloned().unwrap();
                if !truncated {
                    break;
                }
            }
            assert_eq!(all, ["a", "a/", "b", "c/", "d"], "{most} at a time");
        }
    }

    #[test]
    fn no_keys_asked_for_is_an_empty_page() {
        assert_eq!(names("", "", "", 0), (Vec::new(), false));
    }
}
