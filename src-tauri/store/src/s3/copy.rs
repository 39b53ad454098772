//! Copies inside the bucket: in one request, or in parts where the object is too large for that.

use aws_sdk_s3::types::MetadataDirective;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::error::Asked;
use super::kept::{AclHeaders, Kept, with_acl};
use super::object::{quoted, with_headers};
use super::{S3Bucket, SLOW, wire};
use crate::key::bare_etag;
use crate::{
    CompletedPart, CopyOptions, ErrorKind, Lost, MultipartUpload as _, ObjectMeta, PutOptions,
    Result, StoreError,
};

/// Bytes of a part, more where 10,000 of them would not do.
const PART: u64 = 512 << 20;
/// Parts copied at the same time; the store moves the bytes, so a few are enough.
const AT_ONCE: usize = 4;

/// Whether a copy may have been refused because the source is too large: stores say so in their own
/// ways, and a look at the source tells.
fn may_be_size(error: &StoreError) -> bool {
    matches!(error.provider_code(), Some("InvalidRequest" | "EntityTooLarge" | "InvalidArgument"))
}

impl S3Bucket {
    pub(super) async fn copy_object(
        &self,
        from: &str,
        to: &str,
        options: &CopyOptions,
    ) -> Result<Vec<Lost>> {
        self.check_key(from)?;
        self.check_version(options.version.as_deref())?;
        self.check_put(to, options.replace.as_ref().unwrap_or(&PutOptions::default()))?;
        if !self.quirks().copy {
            return Err(self.unsupported("copies"));
        }
        let mut kept = self.kept(from, options).await?;
        let most = self.inner.capabilities.max_put;
        if self.quirks().copy_parts && options.size.is_some_and(|size| size > most) {
            let source = self.source(from, options).await?;
            return self.copy_in_parts(&source, to, options, kept).await;
        }
        loop {
            let error = match self.copy_whole(from, to, options, &kept).await {
                Ok(()) => return Ok(kept.lost),
                Err(error) => error,
            };
            if self.quirks().copy_parts && options.size.is_none() && may_be_size(&error) {
                let source = self.source(from, options).await?;
                if source.size > most {
                    return self.copy_in_parts(&source, to, options, kept).await;
                }
            }
            if !kept.without(&error) {
                return Err(error);
            }
        }
    }

    /// What is copied, as it is now. Its version is the one that was asked for, if any was.
    async fn source(&self, from: &str, options: &CopyOptions) -> Result<ObjectMeta> {
        let version = options.version.clone();
        let source = self.head_object(from, version.as_deref()).await?;
        Ok(ObjectMeta { version, ..source })
    }

    /// In one request.
    async fn copy_whole(
        &self,
        from: &str,
        to: &str,
        options: &CopyOptions,
        kept: &Kept,
    ) -> Result<()> {
        let mut acl = kept.acl.clone().unwrap_or_default();
        let mut class = self.class(kept.class.as_deref());
        let mut request = self
            .client()
            .copy_object()
            .bucket(&self.inner.name)
            .copy_source(wire::copy_source(&self.inner.name, from, options.version.as_deref()))
            .set_copy_source_if_match(options.if_match.as_deref().map(quoted))
            .key(to);
        if let Some(new) = &options.replace {
            if let Some(given) = new.acl.as_deref() {
                acl = AclHeaders { canned: Some(given.into()), ..AclHeaders::default() };
            }
            class = self.class(new.storage_class.as_deref()).or(class);
            request = with_headers!(request, new)
                .metadata_directive(MetadataDirective::Replace)
                .set_if_none_match(new.if_absent.then(|| "*".to_owned()));
        }
        let request = with_acl!(request, &acl).set_storage_class(class);
        let sent = self.tune(request.customize(), SLOW).send().await;
        sent.map(drop).map_err(|error| self.fail(Asked::read("copy", from), error))
    }

    /// The parts come from the object that was looked at, or the copy fails.
    async fn copy_in_parts(
        &self,
        source: &ObjectMeta,
        to: &str,
        options: &CopyOptions,
        mut kept: Kept,
    ) -> Result<Vec<Lost>> {
        if options.if_match.is_some() && options.if_match != source.etag {
            let asked = Asked::read("copy", &source.key);
            return Err(self.wrong(ErrorKind::Precondition, asked, "it has changed"));
        }
        // An upload in parts knows nothing of its source.
        let mut new = options.replace.clone().unwrap_or_else(|| source.headers());
        if new.tags.is_none() {
            match self.tags_of(&source.key, source.version.as_deref()).await {
                Ok(tags) => new.tags = tags,
                Err(error) if error.kind() == ErrorKind::AccessDenied => kept.lost.push(Lost::Tags),
                // Where there are no tags, there are none to lose.
                Err(error) => tracing::debug!(%error, "no tags"),
            }
        }
        kept.class = new.storage_class.take().or(kept.class).or(source.storage_class.clone());
        let given = new
            .acl
            .take()
            .map(|acl| AclHeaders { canned: Some(acl.as_str().into()), ..AclHeaders::default() });
        let upload = loop {
            new.storage_class.clone_from(&kept.class);
            let acl = given.as_ref().or(kept.acl.as_ref()).cloned().unwrap_or_default();
            let error = match self.begin(to, &new, &acl).await {
                Ok(upload) => break upload,
                Err(error) => error,
            };
            // Tags need a permission of their own.
            let denied = error.kind() == ErrorKind::AccessDenied;
            if !kept.without(&error) {
                if !denied || new.tags.take().is_none() {
                    return Err(error);
                }
                kept.lost.push(Lost::Tags);
            }
        };
        let copied = self.copy_parts(source, to, &upload).await;
        if copied.is_err() {
            // What is left of it costs money; the first error is the one that matters.
            if let Err(error) = self.abort(to, &upload).await {
                tracing::warn!(%error, "a copy in parts was not given up");
            }
        }
        copied.map(|()| kept.lost)
    }

    async fn copy_parts(&self, source: &ObjectMeta, to: &str, upload: &str) -> Result<()> {
        let has = &self.inner.capabilities;
        let part = PART.min(has.max_put).max(source.size.div_ceil(u64::from(has.max_parts)));
        let parts = (1u32..).zip((0..source.size.div_ceil(part)).map(|n| n * part));
        let parts = stream::iter(parts.map(|(number, first)| {
            let last = source.size.min(first + part) - 1;
            self.copy_part(source, to, upload, number, (first, last))
        }));
        let parts: Vec<CompletedPart> = parts.buffered(AT_ONCE).try_collect().await?;
        self.complete(to, upload, &parts).await.map(drop)
    }

    async fn copy_part(
        &self,
        source: &ObjectMeta,
        to: &str,
        upload: &str,
        number: u32,
        (first, last): (u64, u64),
    ) -> Result<CompletedPart> {
        let asked = Asked::read("copy a part of", &source.key);
        let request = self
            .client()
            .upload_part_copy()
            .bucket(&self.inner.name)
            .key(to)
            .upload_id(upload)
            .part_number(i32::try_from(number).unwrap_or(i32::MAX))
            .copy_source(wire::copy_source(
                &self.inner.name,
                &source.key,
                source.version.as_deref(),
            ))
            .copy_source_range(format!("bytes={first}-{last}"))
            .set_copy_source_if_match(source.etag.as_deref().map(quoted));
        let sent = self.tune(request.customize(), SLOW).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        let etag = bare_etag(out.copy_part_result.and_then(|result| result.e_tag).as_deref())
            .ok_or_else(|| self.wrong(ErrorKind::Other, asked, "the store gave no ETag"))?;
        Ok(CompletedPart { number, etag })
    }
}
