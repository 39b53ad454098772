//! What a prefix of a bucket holds.

use std::collections::BTreeMap;

use hoist_store::{Bucket, ObjectMeta};
use jiff::Timestamp;

use crate::problem::Result;
use crate::transfer::Pages;

/// An object as it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RemoteFile {
    pub(super) size: u64,
    pub(super) etag: Option<Box<str>>,
    pub(super) modified: Option<Timestamp>,
}

impl RemoteFile {
    /// As a listing has it, under its whole key.
    pub(super) fn meta(&self, key: String) -> ObjectMeta {
        ObjectMeta {
            key,
            size: self.size,
            etag: self.etag.as_deref().map(str::to_owned),
            modified: self.modified,
            ..ObjectMeta::default()
        }
    }
}

/// The objects below a prefix, by what follows it. Markers of folders end in `/`.
pub(super) type RemoteTree = BTreeMap<String, RemoteFile>;

/// Lists a prefix. Its own marker is left out.
pub(super) async fn list(bucket: &dyn Bucket, prefix: &str) -> Result<RemoteTree> {
    let mut pages = Pages::below(bucket, prefix);
    let mut tree = RemoteTree::new();
    while let Some(page) = pages.next().await? {
        for object in page.objects {
            let Some(name) = object.key.strip_prefix(prefix).filter(|name| !name.is_empty()) else {
                continue;
            };
            let file = RemoteFile {
                size: object.size,
                etag: object.etag.map(String::into_boxed_str),
                modified: object.modified,
            };
            tree.insert(name.to_owned(), file);
        }
    }
    Ok(tree)
}
