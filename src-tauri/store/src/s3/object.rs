//! One object: put, get, head, copy.

use std::sync::atomic::Ordering;

use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{MetadataDirective, ObjectCannedAcl, ServerSideEncryption};
use futures_util::stream;
use jiff::Timestamp;

use super::body::{Md5State, prepare};
use super::error::Asked;
use super::{QUICK, S3Bucket, SLOW, upload_limit, wire};
use crate::key::{parse_content_range, range_header};
use crate::{
    Body, ByteRange, CopyOptions, ErrorKind, GetOptions, Object, ObjectMeta, ObjectStream,
    PutOptions, PutResult, Result, StoreError,
};

/// The ETag as we keep it: without quotes.
pub(super) fn bare_etag(etag: Option<String>) -> Option<String> {
    etag.map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_owned())
        .filter(|e| !e.is_empty())
}

/// The ETag as headers want it.
fn quoted(etag: &str) -> String {
    format!("\"{}\"", etag.trim_matches('"'))
}

pub(super) fn timestamp(date: Option<DateTime>) -> Option<Timestamp> {
    date.and_then(|date| {
        Timestamp::new(date.secs(), i32::try_from(date.subsec_nanos()).unwrap_or(0)).ok()
    })
}

fn size(length: Option<i64>) -> u64 {
    length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

/// Whether an ETag has the form of an MD5 that is not of parts.
fn looks_like_md5(etag: &str) -> bool {
    etag.len() == 32 && etag.bytes().all(|b| b.is_ascii_hexdigit())
}

impl S3Bucket {
    pub(super) async fn put_object(
        &self,
        key: &str,
        body: Body,
        options: &PutOptions,
    ) -> Result<PutResult> {
        self.check_put(key, options)?;
        let asked = Asked::write("put", key);
        let len = body.len();
        if len > self.inner.capabilities.max_put {
            let why = format!(
                "{len} bytes are more than the {} one request may have; send it in parts",
                self.inner.capabilities.max_put
            );
            return Err(self.wrong(ErrorKind::Unsupported, asked, &why));
        }
        let prepared = prepare(body, options.progress.clone()).await?;
        let request = self
            .client()
            .put_object()
            .bucket(&self.inner.name)
            .key(key)
            .body(ByteStream::new(prepared.body))
            .set_content_md5(prepared.md5.header())
            .set_content_type(options.content_type.clone())
            .set_cache_control(options.cache_control.clone())
            .set_content_disposition(options.content_disposition.clone())
            .set_metadata(metadata(options))
            .set_acl(options.acl.as_deref().map(ObjectCannedAcl::from))
            .set_if_none_match(options.if_absent.then(|| "*".to_owned()));
        let sent = self.tune(request.customize(), upload_limit(len)).send().await;
        let out = match sent.map_err(|error| self.fail(asked, error)) {
            Ok(out) => out,
            Err(error) => {
                let repeated = prepared.attempts.load(Ordering::Relaxed) > 1;
                return self.settle(key, error, repeated, &prepared.md5).await;
            }
        };
        self.saw_bucket();
        let etag = bare_etag(out.e_tag);
        let encrypted = out.sse_customer_algorithm.is_some()
            || matches!(out.server_side_encryption, Some(ref sse) if *sse != ServerSideEncryption::Aes256);
        if !encrypted {
            self.check_etag(asked, etag.as_deref(), &prepared.md5)?;
        }
        Ok(PutResult { etag, version: out.version_id })
    }

    /// A conditional put whose first answer was lost meets its own object the second time.
    async fn settle(
        &self,
        key: &str,
        error: StoreError,
        repeated: bool,
        sent: &Md5State,
    ) -> Result<PutResult> {
        if repeated && error.kind() == ErrorKind::Precondition {
            let found = self.head_object(key).await?;
            if found.etag.is_some() && found.etag == sent.hex() {
                return Ok(PutResult { etag: found.etag, version: found.version });
            }
        }
        Err(error)
    }

    /// Compares what was sent with what the store says it has, where its ETag is an MD5.
    pub(super) fn check_etag(
        &self,
        asked: Asked<'_>,
        etag: Option<&str>,
        sent: &Md5State,
    ) -> Result<()> {
        let Some(etag) = etag.filter(|etag| self.quirks().etag_is_md5 && looks_like_md5(etag))
        else {
            return Ok(());
        };
        match sent.hex() {
            Some(md5) if md5.eq_ignore_ascii_case(etag) => Ok(()),
            Some(md5) => Err(self.wrong(
                ErrorKind::Integrity,
                asked,
                &format!("the store holds MD5 {etag}, but {md5} was sent; send it again"),
            )),
            None => Err(self.wrong(
                ErrorKind::Integrity,
                asked,
                "the store answered before all was sent; send it again",
            )),
        }
    }

    pub(super) async fn get_object(&self, key: &str, options: &GetOptions) -> Result<Object> {
        self.check_key(key)?;
        let asked = Asked::read("get", key);
        let range = options.range.map(range_header).transpose()?;
        let request = self
            .client()
            .get_object()
            .bucket(&self.inner.name)
            .key(key)
            .set_range(range)
            .set_if_match(options.if_match.as_deref().map(quoted));
        let out = self
            .tune(request.customize(), QUICK)
            .send()
            .await
            .map_err(|error| self.fail(asked, error))?;
        self.saw_bucket();
        let len = size(out.content_length);
        let (start, whole) = match (options.range, out.content_range.as_deref()) {
            (None, _) => (0, len),
            (Some(range), Some(given)) => self.check_range(asked, range, given, len)?,
            // All of it is a right answer to a range that asks for all of it.
            (Some(ByteRange::From { start: 0, len: wanted }), None)
                if wanted.is_none_or(|wanted| wanted >= len) =>
            {
                (0, len)
            }
            (Some(ByteRange::Last(n)), None) if n >= len => (0, len),
            (Some(_), None) => {
                return Err(self.wrong(
                    ErrorKind::Unsupported,
                    asked,
                    "the store ignored the range",
                ));
            }
        };
        let meta = ObjectMeta {
            key: key.to_owned(),
            size: whole,
            etag: bare_etag(out.e_tag),
            modified: timestamp(out.last_modified),
            content_type: out.content_type,
            cache_control: out.cache_control,
            content_disposition: out.content_disposition,
            metadata: out.metadata.unwrap_or_default().into_iter().collect(),
            storage_class: out.storage_class.map(|class| class.as_str().to_owned()),
            version: out.version_id,
        };
        Ok(Object { meta, start, len, stream: self.watch(key.to_owned(), out.body, len) })
    }

    /// First byte and whole size of the range that came, if it is the one that was asked for.
    fn check_range(
        &self,
        asked: Asked<'_>,
        range: ByteRange,
        given: &str,
        len: u64,
    ) -> Result<(u64, u64)> {
        let parsed = parse_content_range(given).filter(|(first, last, _)| last - first + 1 == len);
        let right = parsed.filter(|&(first, last, whole)| match range {
            ByteRange::From { start, len } => {
                first == start
                    && len.is_none_or(|len| last + 1 == whole.min(start.saturating_add(len)))
            }
            ByteRange::Last(n) => last + 1 == whole && first == whole - n.min(whole),
        });
        right.map(|(first, _, whole)| (first, whole)).ok_or_else(|| {
            self.wrong(
                ErrorKind::Integrity,
                asked,
                &format!("the store sent another range: {given}"),
            )
        })
    }

    /// The body of an answer: an error when it stalls, breaks, or is not as long as promised.
    fn watch(&self, key: String, body: ByteStream, len: u64) -> ObjectStream {
        let state = Some((self.clone(), key, body, len));
        Box::pin(stream::unfold(state, |state| async move {
            let (bucket, key, mut body, left) = state?;
            let asked = Asked::read("get", &key);
            let grace = bucket.inner.stall_grace;
            let item = match tokio::time::timeout(grace, body.next()).await {
                Err(_) => Err(bucket.wrong(
                    ErrorKind::Timeout,
                    asked,
                    &format!("no bytes came for {} seconds", grace.as_secs()),
                )),
                Ok(Some(Err(error))) => Err(bucket.broken(asked, &error)),
                Ok(Some(Ok(chunk))) if chunk.len() as u64 > left => Err(bucket.wrong(
                    ErrorKind::Integrity,
                    asked,
                    "more bytes came than were promised",
                )),
                Ok(Some(Ok(chunk))) => {
                    let left = left - chunk.len() as u64;
                    return Some((Ok(chunk), Some((bucket, key, body, left))));
                }
                Ok(None) if left > 0 => Err(bucket.wrong(
                    ErrorKind::Integrity,
                    asked,
                    &format!("the last {left} bytes did not come"),
                )),
                Ok(None) => return None,
            };
            Some((item, None))
        }))
    }

    pub(super) async fn head_object(&self, key: &str) -> Result<ObjectMeta> {
        self.check_key(key)?;
        let asked = Asked::read("look up", key);
        let request = self.client().head_object().bucket(&self.inner.name).key(key);
        let out = match self.tune(request.customize(), QUICK).send().await {
            Ok(out) => out,
            Err(error) => return Err(self.explain(key, self.fail(asked, error)).await),
        };
        self.saw_bucket();
        Ok(ObjectMeta {
            key: key.to_owned(),
            size: size(out.content_length),
            etag: bare_etag(out.e_tag),
            modified: timestamp(out.last_modified),
            content_type: out.content_type,
            cache_control: out.cache_control,
            content_disposition: out.content_disposition,
            metadata: out.metadata.unwrap_or_default().into_iter().collect(),
            storage_class: out.storage_class.map(|class| class.as_str().to_owned()),
            version: out.version_id,
        })
    }

    /// Answers to HEAD have no body, so no code: a GET of one byte tells why.
    async fn explain(&self, key: &str, error: StoreError) -> StoreError {
        let silent = matches!(error.status(), Some(301 | 307 | 400 | 403 | 404));
        let known = error.status() == Some(404) && self.inner.seen.load(Ordering::Relaxed);
        if !silent || known {
            return error;
        }
        let request =
            self.client().get_object().bucket(&self.inner.name).key(key).range("bytes=0-0");
        match self.tune(request.customize(), QUICK).send().await {
            // It has come into being in between, or HEAD alone is refused: the first answer stands.
            Ok(_) => error,
            Err(reason) => {
                let reason = self.fail(Asked::read("look up", key), reason);
                if reason.provider_code() == Some("NoSuchKey") {
                    self.saw_bucket();
                }
                if reason.provider_code().is_some() { reason } else { error }
            }
        }
    }

    /// The bucket exists: a 404 from now on is about the key.
    pub(super) fn saw_bucket(&self) {
        self.inner.seen.store(true, Ordering::Relaxed);
    }

    pub(super) async fn copy_object(
        &self,
        from: &str,
        to: &str,
        options: &CopyOptions,
    ) -> Result<()> {
        self.check_key(from)?;
        let replace = options.replace.clone();
        self.check_put(to, replace.as_ref().unwrap_or(&PutOptions::default()))?;
        if !self.quirks().copy {
            return Err(self.unsupported("copies"));
        }
        let mut request = self
            .client()
            .copy_object()
            .bucket(&self.inner.name)
            .copy_source(wire::copy_source(&self.inner.name, from))
            .key(to);
        if let Some(new) = replace {
            request = request
                .metadata_directive(MetadataDirective::Replace)
                .set_metadata(metadata(&new))
                .set_content_type(new.content_type)
                .set_cache_control(new.cache_control)
                .set_content_disposition(new.content_disposition)
                .set_acl(new.acl.as_deref().map(ObjectCannedAcl::from))
                .set_if_none_match(new.if_absent.then(|| "*".to_owned()));
        }
        let sent = self.tune(request.customize(), SLOW).send().await;
        sent.map_err(|error| self.fail(Asked::read("copy", from), error))?;
        Ok(())
    }
}

pub(super) fn metadata(options: &PutOptions) -> Option<std::collections::HashMap<String, String>> {
    let metadata = &options.metadata;
    (!metadata.is_empty()).then(|| metadata.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
}
