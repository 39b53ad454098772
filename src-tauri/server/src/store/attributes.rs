//! What an object carries besides its bytes, and where its bytes are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::Sum;

/// Headers, metadata and checksum of an object, as kept in the index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Attributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cache_control: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_disposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_language: Option<String>,
    /// As an HTTP date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) checksum: Option<Sum>,
}

/// A section of a content file. An object is a list of them, so that completing a multipart
/// upload and copying move no bytes. As JSON it is `["id", start, len, part]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) content: String,
    pub(crate) start: u64,
    pub(crate) len: u64,
    /// Which part of the multipart upload it came by, from 1.
    pub(crate) part: u32,
}

impl Serialize for Extent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.content, self.start, self.len, self.part).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Extent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (content, start, len, part) = Deserialize::deserialize(deserializer)?;
        Ok(Self { content, start, len, part })
    }
}

/// The extents that hold `len` bytes from `start`.
pub(crate) fn slice(extents: &[Extent], start: u64, len: u64) -> Vec<Extent> {
    let end = start + len;
    let mut at = 0;
    let mut found = Vec::new();
    for extent in extents {
        let (from, to) = (at.max(start), (at + extent.len).min(end));
        if from < to {
            found.push(Extent {
                content: extent.content.clone(),
                start: extent.start + (from - at),
                len: to - from,
                part: extent.part,
            });
        }
        at += extent.len;
    }
    found
}

/// An object of the index, without its bytes' place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    /// Without quotes.
    pub(crate) etag: String,
    /// Milliseconds since 1970.
    pub(crate) modified: i64,
    pub(crate) attributes: Attributes,
}

/// An object of the index.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) head: Head,
    pub(crate) extents: Vec<Extent>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(content: &str, start: u64, len: u64) -> Extent {
        Extent { content: content.to_owned(), start, len, part: 1 }
    }

    #[test]
    fn a_slice_crosses_extents() {
        let all = [extent("a", 5, 10), extent("b", 0, 1), extent("c", 100, 4)];
        assert_eq!(slice(&all, 0, 15), all.to_vec());
        assert_eq!(slice(&all, 9, 3), [extent("a", 14, 1), extent("b", 0, 1), extent("c", 100, 1)]);
        assert_eq!(slice(&all, 11, 2), [extent("c", 100, 2)]);
        assert_eq!(slice(&all, 3, 0), []);
    }

    #[test]
    fn extents_are_compact_json() {
        let json = serde_json::to_string(&[extent("a", 5, 10)]).unwrap();
        assert_eq!(json, r#"[["a",5,10,1]]"#);
        assert_eq!(serde_json::from_str::<Vec<Extent>>(&json).unwrap(), [extent("a", 5, 10)]);
    }
}
