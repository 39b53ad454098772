//! Copies inside the bucket: in one request, or in parts where the object is too large for that.

use aws_sdk_s3::types::{MetadataDirective, ObjectCannedAcl};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::error::Asked;
use super::object::{bare_etag, encryption, metadata, quoted};
use super::{S3Bucket, SLOW, wire};
use crate::{
    CompletedPart, CopyOptions, ErrorKind, MultipartUpload as _, ObjectMeta, PutOptions, Result,
    StoreError,
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
    ) -> Result<()> {
        self.check_key(from)?;
        self.check_version(options.version.as_deref())?;
        let replace = options.replace.clone();
        self.check_put(to, replace.as_ref().unwrap_or(&PutOptions::default()))?;
        if !self.quirks().copy {
            return Err(self.unsupported("copies"));
        }
        let mut request = self
            .client()
            .copy_object()
            .bucket(&self.inner.name)
            .copy_source(wire::copy_source(&self.inner.name, from, options.version.as_deref()))
            .set_copy_source_if_match(options.if_match.as_deref().map(quoted))
            .key(to);
        if let Some(new) = replace {
            request = request
                .metadata_directive(MetadataDirective::Replace)
                .set_metadata(metadata(&new))
                .set_content_type(new.content_type.clone())
                .set_cache_control(new.cache_control.clone())
                .set_content_disposition(new.content_disposition.clone())
                .set_acl(new.acl.as_deref().map(ObjectCannedAcl::from))
                .set_server_side_encryption(encryption(&new))
                .set_if_none_match(new.if_absent.then(|| "*".to_owned()));
        }
        let sent = self.tune(request.customize(), SLOW).send().await;
        match sent.map_err(|error| self.fail(Asked::read("copy", from), error)) {
            Ok(_) => Ok(()),
            Err(error) if self.quirks().copy_parts && may_be_size(&error) => {
                let source = self.head_object(from, options.version.as_deref()).await?;
                if source.size <= self.inner.capabilities.max_put {
                    return Err(error);
                }
                if options.if_match.is_some() && options.if_match != source.etag {
                    let asked = Asked::read("copy", from);
                    return Err(self.wrong(ErrorKind::Precondition, asked, "it has changed"));
                }
                let source = ObjectMeta { version: options.version.clone(), ..source };
                self.copy_in_parts(&source, to, options).await
            }
            Err(error) => Err(error),
        }
    }

    /// The parts come from the object that was looked at, or the copy fails. Its version is the one
    /// that was asked for, if any was.
    async fn copy_in_parts(
        &self,
        source: &ObjectMeta,
        to: &str,
        options: &CopyOptions,
    ) -> Result<()> {
        // An upload in parts knows nothing of the source's headers.
        let kept = source.headers();
        let upload = self.create(to, options.replace.as_ref().unwrap_or(&kept)).await?;
        let copied = self.copy_parts(source, to, &upload).await;
        if copied.is_err() {
            // What is left of it costs money; the first error is the one that matters.
            if let Err(error) = self.abort(to, &upload).await {
                tracing::warn!(%error, "a copy in parts was not given up");
            }
        }
        copied
    }

    async fn copy_parts(&self, source: &ObjectMeta, to: &str, upload: &str) -> Result<()> {
        let most = u64::from(self.inner.capabilities.max_parts);
        let part = PART.max(source.size.div_ceil(most));
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
        let etag = bare_etag(out.copy_part_result.and_then(|result| result.e_tag))
            .ok_or_else(|| self.wrong(ErrorKind::Other, asked, "the store gave no ETag"))?;
        Ok(CompletedPart { number, etag })
    }
}
