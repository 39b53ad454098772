//! Versions of objects, in a bucket that keeps them.

use std::sync::Arc;
use std::time::SystemTime;

use super::bucket::owner;
use super::call::Call;
use super::front::Shared;
use super::state::{Bucket, Object};
use super::wire::error::Refusal;
use super::wire::query::encode;
use super::wire::xml::{Writer, parse};
use super::wire::{Reply, document, time};

/// The id of what was written while versions were not kept.
const NULL: &str = "null";

/// One version of a key.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    id: String,
    modified: SystemTime,
    /// None: the key was deleted then.
    object: Option<Arc<Object>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// Versions were never kept.
    Never,
    Now,
    /// Those that there are stay; what is written is the version `null`.
    NoMore,
}

impl Bucket {
    fn kept(&self) -> Kept {
        let status = self.config.get("versioning").and_then(|xml| {
            let root = parse(xml.as_bytes()).ok()?;
            root.text_of("Status").map(str::to_owned)
        });
        match status.as_deref() {
            Some("Enabled") => Kept::Now,
            Some(_) => Kept::NoMore,
            None => Kept::Never,
        }
    }

    /// The versions of a key, the newest last. What is there from before has one, `null`.
    fn history(&self, key: &str) -> Vec<Version> {
        if let Some(versions) = self.versions.get(key) {
            return versions.clone();
        }
        let only = self.objects.get(key).map(|object| Version {
            id: NULL.to_owned(),
            modified: object.modified,
            object: Some(Arc::clone(object)),
        });
        only.into_iter().collect()
    }

    /// Makes a version the one that is there; its id, where versions are or were kept.
    fn add(&mut self, key: &str, object: Option<Arc<Object>>, now: SystemTime) -> Option<String> {
        let kept = self.kept();
        if kept != Kept::Never {
            let mut history = self.history(key);
            let id = match kept {
                Kept::Now => {
                    self.written += 1;
                    format!("CAEQ{:016X}", self.written)
                }
                _ => {
                    history.retain(|version| version.id != NULL);
                    NULL.to_owned()
                }
            };
            history.push(Version { id: id.clone(), modified: now, object: object.clone() });
            self.versions.insert(key.to_owned(), history);
            self.set(key, object);
            return Some(id);
        }
        self.set(key, object);
        None
    }

    fn set(&mut self, key: &str, object: Option<Arc<Object>>) {
        match object {
            Some(object) => self.objects.insert(key.to_owned(), object),
            None => self.objects.remove(key),
        };
    }

    /// Puts an object in its place.
    pub(crate) fn put(&mut self, key: &str, object: Object) -> Option<String> {
        let now = object.modified;
        self.add(key, Some(Arc::new(object)), now)
    }

    /// Takes the object away, or marks it as deleted where versions are kept.
    pub(crate) fn remove(&mut self, key: &str, now: SystemTime) -> Option<String> {
        self.add(key, None, now)
    }

    /// Deletes one version; whether it was a mark of deletion.
    fn remove_version(&mut self, key: &str, id: &str) -> bool {
        let mut history = self.history(key);
        let Some(at) = history.iter().position(|version| version.id == id) else { return false };
        let gone = history.remove(at);
        self.set(key, history.last().and_then(|version| version.object.clone()));
        match history.is_empty() {
            true => self.versions.remove(key),
            false => self.versions.insert(key.to_owned(), history),
        };
        gone.object.is_none()
    }

    /// One version of a key, or the object that is there.
    pub(crate) fn version(
        &self,
        key: &str,
        id: Option<&str>,
    ) -> Result<Option<Arc<Object>>, Refusal> {
        let Some(id) = id else { return Ok(self.objects.get(key).cloned()) };
        let history = self.history(key);
        let found = history.into_iter().find(|version| version.id == id).ok_or_else(|| {
            Refusal::new(
                404,
                "NoSuchVersion",
                "0026-00000005",
                "The specified version does not exist.",
            )
            .with("Key", key)
            .with("VersionId", id)
        })?;
        match found.object {
            Some(object) => Ok(Some(object)),
            None => Err(Refusal::new(
                405,
                "MethodNotAllowed",
                "0016-00000506",
                "The specified method is not allowed against this resource.",
            )
            .header("x-oss-delete-marker", "true")),
        }
    }

    /// The id of the version that is there, where they are or were kept.
    pub(crate) fn current(&self, key: &str) -> Option<String> {
        if self.kept() == Kept::Never {
            return None;
        }
        self.history(key).pop().map(|version| version.id)
    }
}

/// DeleteObject with a `versionId`; whether it was a mark of deletion.
pub(crate) fn delete(call: &Call, shared: &Shared, id: &str) -> Result<bool, Refusal> {
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    call.may_write(bucket)?;
    Ok(bucket.remove_version(call.key(), id))
}

/// GetBucketVersions, without a delimiter.
pub(crate) fn list(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let encodes = call.encodes()?;
    let shown = |text: &str| if encodes { encode(text) } else { text.to_owned() };
    let get = |name: &str| call.query.get(name).unwrap_or_default();
    let most = call.number("max-keys", 1, 1000, 100)? as usize;
    let (prefix, key_marker, id_marker) =
        (get("prefix"), get("key-marker"), get("version-id-marker"));
    if !id_marker.is_empty() && key_marker.is_empty() {
        return Err(Refusal::argument("version-id-marker", id_marker, "It needs a key-marker."));
    }
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let keys: std::collections::BTreeSet<&String> =
        bucket.objects.keys().chain(bucket.versions.keys()).collect();
    let (mut page, mut truncated) = (Vec::new(), false);
    'keys: for key in keys.into_iter().filter(|key| key.starts_with(prefix)) {
        let marked = key == key_marker;
        // Without the second marker, all versions of the marked key have been listed.
        if key.as_str() < key_marker || marked && id_marker.is_empty() {
            continue;
        }
        let history = bucket.history(key);
        let newest_first = history.iter().rev().enumerate();
        let mut passed = !marked;
        for (n, version) in newest_first {
            if !passed {
                passed = version.id == id_marker;
                continue;
            }
            if page.len() == most {
                truncated = true;
                break 'keys;
            }
            page.push((key.clone(), version.clone(), n == 0));
        }
    }
    let mut xml = Writer::new();
    xml.open("ListVersionsResult");
    xml.leaf("Name", call.bucket());
    xml.leaf("Prefix", &shown(prefix));
    xml.leaf("KeyMarker", &shown(key_marker));
    xml.leaf("VersionIdMarker", id_marker);
    xml.leaf("MaxKeys", &most.to_string());
    xml.leaf("Delimiter", "");
    if encodes {
        xml.leaf("EncodingType", "url");
    }
    xml.leaf("IsTruncated", &truncated.to_string());
    if let Some((key, version, _)) = page.last().filter(|_| truncated) {
        xml.leaf("NextKeyMarker", &shown(key));
        xml.leaf("NextVersionIdMarker", &version.id);
    }
    for (key, version, latest) in &page {
        let name = if version.object.is_some() { "Version" } else { "DeleteMarker" };
        xml.open(name);
        xml.leaf("Key", &shown(key));
        xml.leaf("VersionId", &version.id);
        xml.leaf("IsLatest", &latest.to_string());
        xml.leaf("LastModified", &time::iso(version.modified));
        if let Some(object) = &version.object {
            xml.leaf("ETag", &object.etag);
            xml.leaf("Type", object.kind.name());
            xml.leaf("Size", &object.content.len().to_string());
            xml.leaf("StorageClass", &object.storage_class);
        }
        owner(&mut xml);
        xml.close(name);
    }
    xml.close("ListVersionsResult");
    Ok(document(xml.end()))
}
