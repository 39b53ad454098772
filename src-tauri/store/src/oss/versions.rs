//! Versions of objects: GetBucketVersions, and deletions that name one.

use async_trait::async_trait;
use reqwest::Method;

use super::OssBucket;
use super::address::{Resource, check_key};
use super::client::Call;
use super::list::{decode, timestamp};
use crate::cause::Asked;
use crate::key::bare_etag;
use crate::versions::newest_first;
use crate::xml::Element;
use crate::{ErrorKind, ObjectVersion, Result, VersionPage, Versions};

#[async_trait]
impl Versions for OssBucket {
    async fn list_versions(&self, key: &str, page: Option<&str>) -> Result<VersionPage> {
        check_key(key)?;
        let asked = Asked::read("list the versions of", key);
        let mut call = Call::new(Method::GET, Resource::Bucket)
            .query("versions", "")
            .query("encoding-type", "url")
            .query("max-keys", "1000")
            .query("prefix", key);
        if let Some(version) = page {
            call = call.query("key-marker", key).query("version-id-marker", version);
        }
        let root = self.client().send(asked, call).await?.xml(asked, "ListVersionsResult").await?;
        let is_key = |entry: &Element, name: &str| -> Result<bool> {
            let listed = entry.text_of(name);
            Ok(listed.map(|listed| decode(&root, &listed)).transpose()?.as_deref() == Some(key))
        };
        // Keys that only begin like it come after it.
        let mut versions = Vec::new();
        for (name, deleted) in [("Version", false), ("DeleteMarker", true)] {
            for entry in root.all(name) {
                if !is_key(entry, "Key")? {
                    continue;
                }
                versions.push(ObjectVersion {
                    version: entry.text_of("VersionId").unwrap_or_else(|| "null".to_owned()),
                    size: entry.number_of("Size").unwrap_or(0),
                    etag: bare_etag(entry.text_of("ETag").as_deref()),
                    modified: timestamp(entry.text_of("LastModified").as_deref()),
                    storage_class: entry.text_of("StorageClass"),
                    latest: entry.says("IsLatest"),
                    deleted,
                });
            }
        }
        newest_first(&mut versions);
        let mut next = None;
        if root.says("IsTruncated") && is_key(&root, "NextKeyMarker")? {
            next = root.text_of("NextVersionIdMarker");
            // A store that answers with the page's own marker would be walked for ever.
            if next.is_none() || next.as_deref() == page {
                let why = "the store says there is more, but not where it goes on";
                return Err(self.client().wrong(ErrorKind::Other, asked, why));
            }
        }
        Ok(VersionPage { versions, next })
    }

    async fn delete_version(&self, key: &str, version: &str) -> Result<()> {
        check_key(key)?;
        let call = Call::new(Method::DELETE, Resource::Object(key)).query("versionId", version);
        match self.client().send(Asked::read("delete a version of", key), call).await {
            Err(error) if !matches!(error.provider_code(), Some("NoSuchKey" | "NoSuchVersion")) => {
                Err(error)
            }
            _ => Ok(()),
        }
    }
}
