//! Versions of objects: ListObjectVersions, and deletions that name one.

use async_trait::async_trait;
use aws_sdk_s3::types::EncodingType;

use super::error::{Asked, NOT_S3};
use super::object::timestamp;
use super::{QUICK, S3Bucket, wire};
use crate::key::bare_etag;
use crate::versions::newest_first;
use crate::{ErrorKind, ObjectVersion, Result, VersionPage, Versions};

#[async_trait]
impl Versions for S3Bucket {
    async fn list_versions(&self, key: &str, page: Option<&str>) -> Result<VersionPage> {
        self.check_key(key)?;
        let asked = Asked::read("list the versions of", key);
        let quirks = self.quirks();
        let request = self
            .client()
            .list_object_versions()
            .bucket(&self.inner.name)
            .prefix(key)
            .set_key_marker(page.map(|_| key.to_owned()))
            .set_version_id_marker(page.map(str::to_owned))
            .set_encoding_type(quirks.encoded_listing.then_some(EncodingType::Url));
        let sent = self.tune(request.customize(), QUICK).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        if out.is_truncated.is_none() && out.name.is_none() {
            return Err(self.wrong(ErrorKind::WrongEndpoint, asked, NOT_S3));
        }
        self.saw_bucket();
        let encoded = out.encoding_type == Some(EncodingType::Url);
        let is_key = |listed: Option<&str>| -> Result<bool> {
            Ok(match listed {
                Some(listed) if encoded => wire::decode_key(listed, quirks.plus_is_space)? == key,
                listed => listed == Some(key),
            })
        };
        // Keys that only begin like it come after it.
        let mut versions = Vec::new();
        for version in out.versions.unwrap_or_default() {
            if is_key(version.key.as_deref())? {
                versions.push(ObjectVersion {
                    version: version.version_id.unwrap_or_else(|| "null".to_owned()),
                    size: version.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                    etag: bare_etag(version.e_tag.as_deref()),
                    modified: timestamp(version.last_modified),
                    storage_class: version.storage_class.map(|class| class.as_str().to_owned()),
                    latest: version.is_latest.unwrap_or(false),
                    deleted: false,
                });
            }
        }
        for mark in out.delete_markers.unwrap_or_default() {
            if is_key(mark.key.as_deref())? {
                versions.push(ObjectVersion {
                    version: mark.version_id.unwrap_or_else(|| "null".to_owned()),
                    modified: timestamp(mark.last_modified),
                    latest: mark.is_latest.unwrap_or(false),
                    deleted: true,
                    ..ObjectVersion::default()
                });
            }
        }
        newest_first(&mut versions);
        let mut next = None;
        if out.is_truncated.unwrap_or(false) && is_key(out.next_key_marker.as_deref())? {
            next = out.next_version_id_marker;
            // A store that answers with the page's own marker would be walked for ever.
            if next.is_none() || next.as_deref() == page {
                let why = "the store says there is more, but not where it goes on";
                return Err(self.wrong(ErrorKind::Other, asked, why));
            }
        }
        Ok(VersionPage { versions, next })
    }

    async fn delete_version(&self, key: &str, version: &str) -> Result<()> {
        self.check_key(key)?;
        let request =
            self.client().delete_object().bucket(&self.inner.name).key(key).version_id(version);
        match self.tune(request.customize(), QUICK).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = self.fail(Asked::read("delete a version of", key), error);
                let gone = matches!(error.provider_code(), Some("NoSuchKey" | "NoSuchVersion"));
                if gone { Ok(()) } else { Err(error) }
            }
        }
    }
}
