//! Copies inside the bucket: in one request, or in parts where the object is large.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;

use super::OssBucket;
use super::address::{Resource, check_key};
use super::client::{Call, SLOW};
use super::object::{check_put, object_headers};
use super::sign::encode_path;
use crate::cause::Asked;
use crate::key::bare_etag;
use crate::{
    CompletedPart, CopyOptions, ErrorKind, Lost, MultipartUpload as _, ObjectMeta, PutOptions,
    Result,
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
    ) -> Result<Vec<Lost>> {
        check_key(from)?;
        check_put(to, options.replace.as_ref().unwrap_or(&PutOptions::default()))?;
        let (source, crc) = self.head_of(from, options.version.as_deref()).await?;
        let asked = Asked::read("copy", from);
        if options.if_match.is_some() && options.if_match != source.etag {
            return Err(self.client().wrong(ErrorKind::Precondition, asked, "it has changed"));
        }
        let source = ObjectMeta { version: options.version.clone(), ..source };
        let mut lost = Vec::new();
        let acl = match self.kept_acl(&source, options).await {
            Ok(acl) => acl,
            Err(error) if error.kind() == ErrorKind::AccessDenied => {
                lost.push(Lost::Acl);
                None
            }
            Err(error) => return Err(error),
        };
        let class = options.storage_class.clone().or_else(|| source.storage_class.clone());
        if source.size > self.inner.config.copy_in_parts_above {
            let mut new = options.replace.clone().unwrap_or_else(|| source.headers());
            new.acl = new.acl.or(acl);
            new.storage_class = new.storage_class.or(class);
            return self.copy_in_parts(&source, crc, to, new, lost).await;
        }
        // Without ACL and class the copy has what its bucket gives.
        let mut kept = options.replace.clone().unwrap_or_default();
        let given = kept.acl.is_some();
        kept.acl = kept.acl.or(acl);
        kept.storage_class = kept.storage_class.or(class);
        let sent = match self.client().send(asked, self.copying(&source, to, options, &kept)).await
        {
            // A public ACL may be blocked, and to set one is a right of its own.
            Err(error)
                if error.kind() == ErrorKind::AccessDenied && !given && kept.acl.is_some() =>
            {
                kept.acl = None;
                lost.push(Lost::Acl);
                self.client().send(asked, self.copying(&source, to, options, &kept)).await
            }
            sent => sent,
        };
        sent?.xml(asked, "CopyObjectResult").await?;
        Ok(lost)
    }

    /// A copy in one request.
    fn copying<'a>(
        &self,
        source: &ObjectMeta,
        to: &'a str,
        options: &CopyOptions,
        kept: &PutOptions,
    ) -> Call<'a> {
        let call = Call::new(Method::PUT, Resource::Object(to))
            .header("x-oss-copy-source", self.copy_source(source))
            .headers(object_headers(kept))
            .limit(SLOW);
        let call = match &options.if_match {
            Some(etag) => call.header("x-oss-copy-source-if-match", format!("\"{etag}\"")),
            None => call,
        };
        match options.replace {
            Some(_) => call.header("x-oss-metadata-directive", "REPLACE"),
            None => call,
        }
    }

    /// The ACL a copy is to get; `None` where it follows the bucket's.
    async fn kept_acl(&self, source: &ObjectMeta, options: &CopyOptions) -> Result<Option<String>> {
        if !options.keep_acl || options.replace.as_ref().is_some_and(|new| new.acl.is_some()) {
            return Ok(None);
        }
        Ok(Some(self.acl_of(&source.key, source.version.as_deref()).await?)
            .filter(|acl| acl != "default"))
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
        mut new: PutOptions,
        mut lost: Vec<Lost>,
    ) -> Result<Vec<Lost>> {
        // An upload in parts knows nothing of its source.
        if new.tags.is_none() {
            match self.tags(&source.key, source.version.as_deref()).await {
                Ok(tags) => new.tags = tags,
                Err(error) if error.kind() == ErrorKind::AccessDenied => lost.push(Lost::Tags),
                Err(error) => return Err(error),
            }
        }
        let upload = match self.create(to, &new).await {
            // To set tags is a right of its own.
            Err(error) if error.kind() == ErrorKind::AccessDenied && new.tags.is_some() => {
                new.tags = None;
                lost.push(Lost::Tags);
                self.create(to, &new).await?
            }
            created => created?,
        };
        let copied = match self.copied_parts(source, to, &upload).await {
            Ok(parts) => match self.complete_checked(to, &upload, &parts, crc).await {
                Err(error) if error.kind() == ErrorKind::AccessDenied && new.acl.is_some() => {
                    self.inner.sums.without_acl(&upload);
                    lost.push(Lost::Acl);
                    self.complete_checked(to, &upload, &parts, crc).await
                }
                completed => completed,
            },
            Err(error) => Err(error),
        };
        if copied.is_err() {
            // What is left of it costs money; the first error is the one that matters.
            if let Err(error) = self.abort(to, &upload).await {
                tracing::warn!(%error, "a copy in parts was not given up");
            }
        }
        copied.map(|_| lost)
    }

    async fn copied_parts(
        &self,
        source: &ObjectMeta,
        to: &str,
        upload: &str,
    ) -> Result<Vec<CompletedPart>> {
        let size = source.size;
        let part = self.inner.config.copy_part.max(SMALLEST_PART).max(size.div_ceil(MOST_PARTS));
        let parts = (1u32..).zip((0..size.div_ceil(part)).map(|n| n * part));
        let parts = stream::iter(parts.map(|(number, first)| {
            let last = size.min(first + part) - 1;
            self.copy_part(source, to, upload, number, (first, last))
        }));
        parts.buffered(AT_ONCE).try_collect().await
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
