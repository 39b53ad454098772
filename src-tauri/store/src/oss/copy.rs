//! Copies inside the bucket: in one request, or in parts where the object is large.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;

use super::OssBucket;
use super::address::{Resource, check_key};
use super::client::{Call, SLOW};
use super::object::{bare_etag, check_put, object_headers};
use super::sign::encode_path;
use crate::cause::Asked;
use crate::{
    CompletedPart, CopyOptions, ErrorKind, MultipartUpload as _, ObjectMeta, PutOptions, Result,
};

/// Most parts of one upload.
const MOST_PARTS: u64 = 10_000;
/// Smallest part but the last.
const SMALLEST_PART: u64 = 100 * 1024;
/// Parts copied at the same time; OSS moves the bytes, so a few are enough.
const AT_ONCE: usize = 4;

impl OssBucket {
    pub(super) async fn copy_object(
        &self,
        from: &str,
        to: &str,
        options: &CopyOptions,
    ) -> Result<()> {
        check_key(from)?;
        check_put(to, options.replace.as_ref().unwrap_or(&PutOptions::default()))?;
        let (source, crc) = self.head_of(from, options.version.as_deref()).await?;
        let asked = Asked::read("copy", from);
        if options.if_match.is_some() && options.if_match != source.etag {
            return Err(self.client().wrong(ErrorKind::Precondition, asked, "it has changed"));
        }
        let source = ObjectMeta { version: options.version.clone(), ..source };
        if source.size > self.inner.config.copy_in_parts_above {
            return self.copy_in_parts(&source, crc, to, options).await;
        }
        let mut call = Call::new(Method::PUT, Resource::Object(to))
            .header("x-oss-copy-source", self.copy_source(&source))
            .limit(SLOW);
        if let Some(etag) = &options.if_match {
            call = call.header("x-oss-copy-source-if-match", format!("\"{etag}\""));
        }
        if let Some(new) = &options.replace {
            call = call.header("x-oss-metadata-directive", "REPLACE").headers(object_headers(new));
        }
        self.client().send(asked, call).await?.xml(asked, "CopyObjectResult").await?;
        Ok(())
    }

    /// The value of `x-oss-copy-source`.
    fn copy_source(&self, source: &ObjectMeta) -> String {
        let path = format!("/{}/{}", self.inner.config.bucket, encode_path(&source.key));
        match &source.version {
            Some(version) => format!("{path}?versionId={}", encode_path(version)),
            None => path,
        }
    }

    /// The parts come from the object that was looked at, or the copy fails. Its version is the one
    /// that was asked for, if any was.
    async fn copy_in_parts(
        &self,
        source: &ObjectMeta,
        crc: Option<u64>,
        to: &str,
        options: &CopyOptions,
    ) -> Result<()> {
        // An upload in parts knows nothing of the source's headers.
        let kept = source.headers();
        let upload = self.create(to, options.replace.as_ref().unwrap_or(&kept)).await?;
        let copied = self.copy_parts(source, crc, to, &upload).await;
        if copied.is_err() {
            // What is left of it costs money; the first error is the one that matters.
            if let Err(error) = self.abort(to, &upload).await {
                tracing::warn!(%error, "a copy in parts was not given up");
            }
        }
        copied
    }

    async fn copy_parts(
        &self,
        source: &ObjectMeta,
        crc: Option<u64>,
        to: &str,
        upload: &str,
    ) -> Result<()> {
        let size = source.size;
        let part = self.inner.config.copy_part.max(SMALLEST_PART).max(size.div_ceil(MOST_PARTS));
        let parts = (1u32..).zip((0..size.div_ceil(part)).map(|n| n * part));
        let parts = stream::iter(parts.map(|(number, first)| {
            let last = size.min(first + part) - 1;
            self.copy_part(source, to, upload, number, (first, last))
        }));
        let parts: Vec<CompletedPart> = parts.buffered(AT_ONCE).try_collect().await?;
        self.complete_checked(to, upload, &parts, crc).await.map(drop)
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
        let mut call = Call::new(Method::PUT, Resource::Object(to))
            .query("partNumber", number.to_string())
            .query("uploadId", upload)
            .header("x-oss-copy-source", self.copy_source(source))
            .header("x-oss-copy-source-range", format!("bytes={first}-{last}"))
            .limit(SLOW);
        if let Some(etag) = &source.etag {
            call = call.header("x-oss-copy-source-if-match", format!("\"{etag}\""));
        }
        let root = self.client().send(asked, call).await?.xml(asked, "CopyPartResult").await?;
        let etag = bare_etag(root.text_of("ETag").as_deref());
        let etag = etag.ok_or_else(|| {
            self.client().wrong(ErrorKind::Other, asked, "the store gave no ETag")
        })?;
        Ok(CompletedPart { number, etag })
    }
}
