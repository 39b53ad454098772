//! One object: put, get, head.

use std::sync::atomic::Ordering;

use aws_sdk_s3::primitives::{ByteStream, DateTime, DateTimeFormat};
use aws_sdk_s3::types::{ChecksumMode, ChecksumType, ObjectCannedAcl, ServerSideEncryption};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use jiff::Timestamp;

use super::body::{Md5State, prepare};
use super::error::Asked;
use super::{QUICK, S3Bucket, upload_limit};
use crate::key::{bare_etag, check_range, range_header};
use crate::receiving::{self, Fault};
use crate::{
    Body, ErrorKind, GetOptions, Object, ObjectMeta, ObjectStream, PutOptions, PutResult, Result,
    StoreError,
};

/// The ETag as headers want it.
pub(super) fn quoted(etag: &str) -> String {
    format!("\"{}\"", etag.trim_matches('"'))
}

pub(super) fn timestamp(date: Option<DateTime>) -> Option<Timestamp> {
    date.and_then(|date| {
        Timestamp::new(date.secs(), i32::try_from(date.subsec_nanos()).unwrap_or(0)).ok()
    })
}

pub(super) fn size(length: Option<i64>) -> u64 {
    length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

/// Whether ETags are MD5s of what was sent, as far as encryption decides it.
pub(super) fn is_md5(encryption: Option<&ServerSideEncryption>, customer: Option<&str>) -> bool {
    customer.is_none() && encryption.is_none_or(|sse| *sse == ServerSideEncryption::Aes256)
}

/// Whether an ETag has the form of an MD5 that is not of parts.
fn looks_like_md5(etag: &str) -> bool {
    etag.len() == 32 && etag.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Puts the headers and metadata of an object into a request: the builders of the SDK are alike, and
/// types apart.
macro_rules! with_headers {
    ($request:expr, $options:expr) => {{
        let options: &$crate::PutOptions = $options;
        $request
            .set_content_type(options.content_type.clone())
            .set_cache_control(options.cache_control.clone())
            .set_content_disposition(options.content_disposition.clone())
            .set_content_encoding(options.content_encoding.clone())
            .set_content_language(options.content_language.clone())
            .set_expires($crate::s3::object::expires(options))
            .set_metadata($crate::s3::object::metadata(options))
            .set_server_side_encryption($crate::s3::object::encryption(options))
    }};
}
pub(super) use with_headers;

/// What the answer to a GET or HEAD tells of an object; the answers are types apart too.
macro_rules! told {
    ($key:expr, $size:expr, $out:ident) => {
        ObjectMeta {
            key: $key.to_owned(),
            size: $size,
            etag: bare_etag($out.e_tag.as_deref()),
            modified: timestamp($out.last_modified),
            content_type: $out.content_type,
            cache_control: $out.cache_control,
            content_disposition: $out.content_disposition,
            content_encoding: $out.content_encoding,
            content_language: $out.content_language,
            expires: $out.expires_string,
            metadata: $out.metadata.unwrap_or_default().into_iter().collect(),
            storage_class: $out.storage_class.map(|class| class.as_str().to_owned()),
            version: $out.version_id,
            crc64: None,
            crc64_nvme: None,
        }
    };
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
            .set_acl(options.acl.as_deref().map(ObjectCannedAcl::from))
            .set_storage_class(self.class(options.storage_class.as_deref()))
            .set_tagging(options.tags.clone())
            .set_if_none_match(options.if_absent.then(|| "*".to_owned()))
            .set_if_match(
                options.if_match.as_deref().filter(|_| self.quirks().put_if_match).map(quoted),
            );
        let request = with_headers!(request, options);
        let sent = self.tune(request.customize(), upload_limit(len)).send().await;
        let out = match sent.map_err(|error| self.fail(asked, error)) {
            Ok(out) => out,
            Err(error) => {
                let repeated = prepared.attempts.load(Ordering::Relaxed) > 1;
                return self.settle(key, error, repeated, &prepared.md5).await;
            }
        };
        self.saw_bucket();
        let etag = bare_etag(out.e_tag.as_deref());
        if is_md5(out.server_side_encryption.as_ref(), out.sse_customer_algorithm.as_deref()) {
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
            let found = self.head_object(key, None).await?;
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
        if options.process.is_some() {
            return Err(self.unsupported("image processing"));
        }
        self.check_version(options.version.as_deref())?;
        let asked = Asked::read("get", key);
        let range = options.range.map(range_header).transpose()?;
        let request = self
            .client()
            .get_object()
            .bucket(&self.inner.name)
            .key(key)
            .set_range(range)
            .set_version_id(options.version.clone())
            .set_if_match(options.if_match.as_deref().map(quoted));
        let out = self
            .tune(request.customize(), QUICK)
            .send()
            .await
            .map_err(|error| self.fail(asked, error))?;
        self.saw_bucket();
        let len = size(out.content_length);
        let etag_is_md5 = self.quirks().etag_is_md5
            && is_md5(out.server_side_encryption.as_ref(), out.sse_customer_algorithm.as_deref());
        let (start, whole) = check_range(options.range, out.content_range.as_deref(), len)
            .map_err(|wrong| {
                let (kind, why) = wrong.say();
                self.wrong(kind, asked, &why)
            })?;
        let meta = told!(key, whole, out);
        let stream = self.watch(key.to_owned(), out.body, len);
        Ok(Object { meta, start, len, etag_is_md5, stream })
    }

    /// The body of an answer: an error when it stalls, breaks, or is not as long as promised.
    fn watch(&self, key: String, body: ByteStream, len: u64) -> ObjectStream {
        let chunks =
            stream::unfold(
                body,
                |mut body| async move { body.next().await.map(|item| (item, body)) },
            );
        let (bucket, grace) = (self.clone(), self.inner.stall_grace);
        receiving::watch(Box::pin(chunks), len, grace, (), move |fault| {
            let asked = Asked::read("get", &key);
            match &fault {
                Fault::Broken(error) => bucket.broken(asked, error),
                other => {
                    let (kind, why) = other.say();
                    bucket.wrong(kind, asked, &why)
                }
            }
        })
    }

    pub(super) async fn head_object(&self, key: &str, version: Option<&str>) -> Result<ObjectMeta> {
        self.check_key(key)?;
        match self.head_as(key, version, None).await {
            Ok(meta) => Ok(meta),
            Err(error) => Err(self.explain(key, error).await),
        }
    }

    /// With the checksum of the whole object, where the store keeps one and tells it to these keys.
    pub(super) async fn head_with_sum(&self, key: &str) -> Result<ObjectMeta> {
        self.check_key(key)?;
        if self.quirks().sums
            && let Ok(meta) = self.head_as(key, None, Some(ChecksumMode::Enabled)).await
        {
            return Ok(meta);
        }
        // Checksums of what is encrypted take a right of their own.
        self.head_object(key, None).await
    }

    /// What a HEAD says, or why it does not.
    async fn head_as(
        &self,
        key: &str,
        version: Option<&str>,
        sums: Option<ChecksumMode>,
    ) -> Result<ObjectMeta> {
        let asked = Asked::read("look up", key);
        let request = self
            .client()
            .head_object()
            .bucket(&self.inner.name)
            .key(key)
            .set_version_id(version.map(str::to_owned))
            .set_checksum_mode(sums);
        let sent = self.tune(request.customize(), QUICK).send().await;
        let out = sent.map_err(|error| self.fail(asked, error))?;
        self.saw_bucket();
        let whole = out.checksum_type == Some(ChecksumType::FullObject);
        let crc64_nvme = out.checksum_crc64_nvme.filter(|_| whole).as_deref().and_then(crc64);
        Ok(ObjectMeta { crc64_nvme, ..told!(key, size(out.content_length), out) })
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
}

/// A CRC-64 as S3 writes it: its bytes, the highest first, in Base64.
fn crc64(text: &str) -> Option<u64> {
    let bytes: [u8; 8] = STANDARD.decode(text).ok()?.try_into().ok()?;
    Some(u64::from_be_bytes(bytes))
}

pub(super) fn metadata(options: &PutOptions) -> Option<std::collections::HashMap<String, String>> {
    let metadata = &options.metadata;
    (!metadata.is_empty()).then(|| metadata.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
}

/// `Expires`, as the SDK wants it. What is no date was never one.
pub(super) fn expires(options: &PutOptions) -> Option<DateTime> {
    let date = options.expires.as_deref()?;
    DateTime::from_str(date, DateTimeFormat::HttpDate).ok()
}

/// Encryption with the store's own keys, as it was asked for.
pub(super) fn encryption(options: &PutOptions) -> Option<ServerSideEncryption> {
    options.encryption.as_deref().map(ServerSideEncryption::from)
}
