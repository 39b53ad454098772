//! One object: put, get, head.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream;
use md5::Md5;
use reqwest::Method;

use super::address::{Resource, check_key};
use super::client::{Call, Response};
use super::crc::{self, Crc64};
use super::sign::Pairs;
use super::{MAX_PUT, OssBucket, upload_limit};
use crate::cause::Asked;
use crate::clock::http_date;
use crate::key::{bare_etag, check_metadata, check_range, range_header};
use crate::sending::{Running, Sending, hash_body, try_open};
use crate::{
    Body, ErrorKind, GetOptions, Object, ObjectMeta, Progress, PutOptions, PutResult, Result,
    StoreError,
};

/// The header that makes a write replace nothing.
pub(super) const FORBID_OVERWRITE: &str = "x-oss-forbid-overwrite";
/// Metadata of one object, names and values together.
const MOST_METADATA: usize = 8 * 1024;
/// Most bytes of a processed picture whose length OSS did not say.
const MOST_PROCESSED: u64 = 64 << 20;

/// A body as the client sends it.
pub(super) struct Prepared {
    pub(super) sending: Sending<Crc64>,
    /// `Content-MD5`, where the body was hashed before.
    pub(super) md5: Pairs,
    pub(super) sent: Sent,
}

/// The checksum of what was sent.
pub(super) struct Sent {
    empty: bool,
    running: Running<Crc64>,
}

impl Sent {
    /// It, once all has been sent.
    pub(super) fn crc(&self) -> Option<u64> {
        if self.empty { Some(0) } else { self.running.done() }
    }
}

/// Of this version of the object; of the current one when there is none.
pub(super) fn of_version<'a>(call: Call<'a>, version: Option<&str>) -> Call<'a> {
    match version {
        Some(version) => call.query("versionId", version),
        None => call,
    }
}

impl OssBucket {
    /// Hashes a small body, so that OSS itself refuses damaged bytes and an object is never replaced
    /// by wrong ones; a large one is opened, so that a missing file is told before anything is sent.
    pub(super) async fn prepare(&self, body: Body, progress: Option<Progress>) -> Result<Prepared> {
        let md5 = match &body {
            Body::File { path, offset, len } if *len > self.inner.config.hash_first => {
                try_open(path, *offset).await?;
                Pairs::new()
            }
            Body::Hashed { md5, .. } | Body::Known(_, md5) => {
                vec![("content-md5".to_owned(), STANDARD.encode(md5))]
            }
            body => {
                let md5 = STANDARD.encode(hash_body::<Md5>(body).await?);
                vec![("content-md5".to_owned(), md5)]
            }
        };
        if let Some(progress) = progress.as_ref().filter(|_| body.is_empty()) {
            progress.report(0);
        }
        let sent = Sent { empty: body.is_empty(), running: Running::default() };
        let running = Some(sent.running.clone());
        let sending = Sending { body, progress, running, attempts: Arc::default() };
        Ok(Prepared { sending, md5, sent })
    }

    pub(super) async fn put_object(
        &self,
        key: &str,
        body: Body,
        options: &PutOptions,
    ) -> Result<PutResult> {
        check_put(key, options)?;
        let asked = Asked::write("put", key);
        let len = body.len();
        if len > MAX_PUT {
            let why = format!(
                "{len} bytes are more than the {MAX_PUT} one request may have; send it in parts"
            );
            return Err(self.client().wrong(ErrorKind::Unsupported, asked, &why));
        }
        let prepared = self.prepare(body, options.progress.clone()).await?;
        let call = Call::new(Method::PUT, Resource::Object(key))
            .headers(object_headers(options))
            .headers(prepared.md5)
            .limit(upload_limit(len))
            .body(prepared.sending);
        let (attempts, sent) = (call.attempts(), prepared.sent);
        let answer = match self.client().send(asked, call).await {
            Ok(answer) => answer,
            Err(error) => {
                return self.settle(key, error, attempts.more_than_one(), sent.crc()).await;
            }
        };
        let result = PutResult {
            etag: bare_etag(answer.header("etag")),
            version: answer.header("x-oss-version-id").map(str::to_owned),
        };
        if result.etag.is_none() {
            return Err(self.client().wrong(
                ErrorKind::WrongEndpoint,
                asked,
                super::error::NOT_OSS,
            ));
        }
        self.check_stored(asked, key, answer.number(crc::HEADER), sent.crc(), &result).await?;
        Ok(result)
    }

    /// A conditional put whose first answer was lost meets its own object the second time.
    async fn settle(
        &self,
        key: &str,
        error: StoreError,
        repeated: bool,
        sent: Option<u64>,
    ) -> Result<PutResult> {
        if repeated && error.kind() == ErrorKind::Precondition {
            let (found, crc) = self.head_with_crc(key).await?;
            if crc.is_some() && crc == sent {
                return Ok(PutResult { etag: found.etag, version: found.version });
            }
        }
        Err(error)
    }

    /// Compares what was sent with what OSS says it holds. Where they differ the object is wrong,
    /// and is taken away: by its version where the bucket has versions, and else only while its ETag
    /// is the one of this answer, so that nobody else's object is deleted.
    pub(super) async fn check_stored(
        &self,
        asked: Asked<'_>,
        key: &str,
        stored: Option<u64>,
        sent: Option<u64>,
        result: &PutResult,
    ) -> Result<()> {
        let (Some(stored), Some(sent)) = (stored, sent) else { return Ok(()) };
        if stored == sent {
            return Ok(());
        }
        let gone = self.take_away(key, result).await;
        let after = match gone {
            Ok(true) => "it was deleted; send it again",
            Ok(false) => "another object is there by now",
            Err(_) => "it could not be deleted: delete it and send it again",
        };
        let why = format!("the store holds CRC-64 {stored}, but {sent} was sent; {after}");
        let error = self.client().wrong(ErrorKind::Integrity, asked, &why);
        Err(match gone {
            Err(cause) => error.with_source(cause),
            Ok(_) => error,
        })
    }

    /// Deletes the object of this answer; `false` when another has taken its place.
    async fn take_away(&self, key: &str, result: &PutResult) -> Result<bool> {
        let asked = Asked::read("delete", key);
        let delete = Call::new(Method::DELETE, Resource::Object(key));
        let delete = match &result.version {
            Some(version) => delete.query("versionId", version.clone()),
            None => {
                let (found, _) = self.head_with_crc(key).await?;
                if found.etag != result.etag {
                    return Ok(false);
                }
                delete
            }
        };
        self.client().send(asked, delete).await?;
        Ok(true)
    }

    pub(super) async fn get_object(&self, key: &str, options: &GetOptions) -> Result<Object> {
        check_key(key)?;
        let asked = Asked::read("get", key);
        let mut call = Call::new(Method::GET, Resource::Object(key));
        if let Some(range) = options.range {
            // Without it OSS answers an impossible range with the whole object.
            call = call
                .header("range", range_header(range)?)
                .header("x-oss-range-behavior", "standard");
        }
        if let Some(etag) = &options.if_match {
            call = call.header("if-match", format!("\"{}\"", etag.trim_matches('"')));
        }
        if let Some(process) = &options.process {
            call = call.query("x-oss-process", process.clone());
        }
        if let Some(version) = &options.version {
            call = call.query("versionId", version.clone());
        }
        let answer = self.client().send(asked, call).await?;
        let whole = options.range.is_none() && options.process.is_none();
        let mut meta = meta(key, &answer);
        let Some(len) = answer.number("content-length") else {
            if options.process.is_none() {
                let why = "the store did not say how long the object is";
                return Err(self.client().wrong(ErrorKind::WrongEndpoint, asked, why));
            }
            // A picture made for this request may come without its length.
            let bytes = answer.bytes(asked, MOST_PROCESSED).await?;
            let len = bytes.len() as u64;
            meta.size = len;
            let stream = Box::pin(stream::iter([Ok(bytes)]));
            return Ok(Object { meta, start: 0, len, etag_is_md5: false, stream });
        };
        let given = answer.header("content-range");
        let (start, size) = check_range(options.range, given, len).map_err(|wrong| {
            let (kind, why) = wrong.say();
            self.client().wrong(kind, asked, &why)
        })?;
        meta.size = size;
        let crc = answer.number(crc::HEADER).filter(|_| whole);
        let expected = crc::Expected { crc, seen: Crc64::default() };
        let stream = answer.stream(key.to_owned(), len, expected);
        Ok(Object { meta, start, len, etag_is_md5: true, stream })
    }

    pub(super) async fn head_object(&self, key: &str) -> Result<ObjectMeta> {
        self.head_with_crc(key).await.map(|(meta, _)| meta)
    }

    /// The metadata, and the CRC-64 that OSS keeps.
    pub(super) async fn head_with_crc(&self, key: &str) -> Result<(ObjectMeta, Option<u64>)> {
        self.head_of(key, None).await
    }

    /// The same of a version; of the current one when there is none.
    pub(super) async fn head_of(
        &self,
        key: &str,
        version: Option<&str>,
    ) -> Result<(ObjectMeta, Option<u64>)> {
        check_key(key)?;
        let asked = Asked::read("look up", key);
        let call = of_version(Call::new(Method::HEAD, Resource::Object(key)), version);
        let answer = self.client().send(asked, call).await?;
        Ok((meta(key, &answer), answer.number(crc::HEADER)))
    }
}

/// Refuses what OSS would refuse, or keep in another way.
pub(super) fn check_put(key: &str, options: &PutOptions) -> Result<()> {
    check_key(key)?;
    check_metadata(&options.metadata)?;
    let unsupported = |why: String| Err(StoreError::new(ErrorKind::Unsupported, why));
    if let Some(name) = options.metadata.keys().find(|name| name.contains(['_', '.'])) {
        return unsupported(format!("metadata `{name}` cannot be kept: OSS takes a-z, 0-9 and -"));
    }
    let size: usize = options.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MOST_METADATA {
        return unsupported(format!(
            "{size} bytes of metadata are more than the {MOST_METADATA} of OSS"
        ));
    }
    match options.acl.as_deref() {
        None | Some("default" | "private" | "public-read" | "public-read-write") => Ok(()),
        Some(acl) => unsupported(format!("`{acl}` is no object ACL of OSS")),
    }
}

/// The headers that become part of an object.
pub(super) fn object_headers(options: &PutOptions) -> Pairs {
    let single = [
        ("content-type", &options.content_type),
        ("cache-control", &options.cache_control),
        ("content-disposition", &options.content_disposition),
        ("content-encoding", &options.content_encoding),
        ("content-language", &options.content_language),
        ("expires", &options.expires),
        ("x-oss-object-acl", &options.acl),
        ("x-oss-server-side-encryption", &options.encryption),
        ("x-oss-storage-class", &options.storage_class),
        ("x-oss-tagging", &options.tags),
    ];
    let single =
        single.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    let metadata = options.metadata.iter();
    let metadata = metadata.map(|(name, value)| (format!("x-oss-meta-{name}"), value.clone()));
    let absent = options.if_absent.then(|| (FORBID_OVERWRITE.to_owned(), "true".to_owned()));
    single.chain(metadata).chain(absent).collect()
}

/// What the headers of an answer say of an object.
fn meta(key: &str, answer: &Response) -> ObjectMeta {
    let header = |name: &str| answer.header(name).map(str::to_owned);
    let metadata: BTreeMap<String, String> = answer
        .headers()
        .iter()
        .filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix("x-oss-meta-")?;
            Some((name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        })
        .collect();
    ObjectMeta {
        key: key.to_owned(),
        size: answer.number("content-length").unwrap_or(0),
        etag: bare_etag(answer.header("etag")),
        modified: answer.header("last-modified").and_then(http_date),
        content_type: header("content-type"),
        cache_control: header("cache-control"),
        content_disposition: header("content-disposition"),
        content_encoding: header("content-encoding"),
        content_language: header("content-language"),
        expires: header("expires"),
        metadata,
        storage_class: header("x-oss-storage-class"),
        version: header("x-oss-version-id"),
        crc64: answer.number(crc::HEADER),
        crc64_nvme: None,
    }
}
