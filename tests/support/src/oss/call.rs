//! One request, understood: its bucket, its key, its caller.

use std::time::SystemTime;

use http::{HeaderMap, Method, Request, header};
use hyper::body::Incoming;

use super::address::{Place, Via, is_bucket_name, place};
use super::auth::{Caller, Signed, caller};
use super::front::Shared;
use super::state::{Acl, Bucket, Object};
use super::wire::content::{NotStored, Store, Stored};
use super::wire::error::Refusal;
use super::wire::query::{Query, decode};
use super::wire::{self, xml};

/// Most bytes of a key.
const LONGEST_KEY: usize = 1023;
/// Most bytes of an XML document that is sent.
const LARGEST_DOCUMENT: u64 = 2 * 1024 * 1024;

/// One request.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    pub(crate) host: String,
    pub(crate) via: Via,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) caller: Caller,
    pub(crate) now: SystemTime,
    /// Whether what is stored shall differ from what was sent.
    pub(crate) flip: bool,
    /// The region of the endpoint, where it has one.
    region: Option<String>,
    body: Option<Incoming>,
}

impl Call {
    /// Understands the target of a request, whoever sends it.
    pub(crate) fn read(
        request: Request<Incoming>,
        shared: &Shared,
        flip: bool,
    ) -> Result<Self, (Refusal, Incoming)> {
        let (head, body) = request.into_parts();
        match Self::from_head(head, shared, flip) {
            Ok(call) => Ok(Self { body: Some(body), ..call }),
            Err(refusal) => Err((refusal, body)),
        }
    }

    fn from_head(head: http::request::Parts, shared: &Shared, flip: bool) -> Result<Self, Refusal> {
        let host = host_of(&head).ok_or_else(|| {
            Refusal::new(400, "InvalidRequest", "0017-00000006", "The Host header is missing.")
        })?;
        let place = place(&host, &shared.state().cnames, &shared.options.region)
            .ok_or_else(|| Refusal::no_bucket(&host))?;
        let bad_encoding = || Refusal::argument("URI", head.uri.path(), "The URI is not UTF-8.");
        let query = Query::parse(head.uri.query().unwrap_or_default()).ok_or_else(bad_encoding)?;
        let raw = head.uri.path().strip_prefix('/').unwrap_or_default();
        let (bucket, raw_key) = match &place {
            Place { via: Via::Ip, .. } => raw.split_once('/').unwrap_or((raw, "")),
            Place { bucket: Some(bucket), .. } => (bucket.as_str(), raw),
            _ if raw.is_empty() => ("", ""),
            _ => {
                return Err(Refusal::new(
                    403,
                    "SecondLevelDomainForbidden",
                    "0048-00000204",
                    "The bucket you are attempting to access must be addressed using OSS third \
                     level domain.",
                ));
            }
        };
        let bucket = decode(bucket).ok_or_else(bad_encoding)?;
        let key = decode(raw_key).ok_or_else(bad_encoding)?;
        if !bucket.is_empty() && !is_bucket_name(&bucket) {
            return Err(Refusal::new(
                400,
                "InvalidBucketName",
                "0015-00000001",
                "The specified bucket is not valid.",
            )
            .with("BucketName", bucket));
        }
        check_key(&key)?;
        Ok(Self {
            method: head.method,
            headers: head.headers,
            query,
            host,
            via: place.via,
            bucket: Some(bucket).filter(|name| !name.is_empty()),
            key: Some(key).filter(|key| !key.is_empty()),
            caller: Caller::Anonymous,
            now: shared.now(),
            flip,
            region: place.region,
            body: None,
        })
    }

    /// Finds out who sends it, and whether the endpoint is one for the bucket.
    pub(crate) fn authenticate(&mut self, shared: &Shared) -> Result<(), Refusal> {
        let state = shared.state();
        let bucket = self.bucket.as_deref().and_then(|name| state.buckets.get(name));
        let home = bucket.map_or(shared.options.region.as_str(), |bucket| bucket.region.as_str());
        let signed = Signed {
            method: self.method.as_str(),
            bucket: self.bucket.as_deref(),
            key: self.key.as_deref(),
            query: &self.query,
            headers: &self.headers,
            region: self.region.as_deref().unwrap_or(home),
        };
        self.caller = caller(&signed, &state.keys, self.now)?;
        let Some(bucket) = bucket else { return Ok(()) };
        if self.region.as_deref().is_some_and(|region| region != bucket.region) {
            return Err(Refusal::new(
                403,
                "AccessDenied",
                "0003-00001403",
                "The bucket you are attempting to access must be addressed using the specified \
                 endpoint. Please send all future requests to this endpoint.",
            )
            .with("Bucket", self.bucket.as_deref().unwrap_or_default())
            .with("Endpoint", format!("oss-{}.aliyuncs.com", bucket.region)));
        }
        Ok(())
    }

    /// The region of the endpoint, where it has one.
    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The bucket; every operation that asks has one.
    pub(crate) fn bucket(&self) -> &str {
        self.bucket.as_deref().unwrap_or_default()
    }

    /// The key; every operation that asks has one.
    pub(crate) fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        wire::header(&self.headers, name)
    }

    /// Whether names in listings are to be percent-encoded.
    pub(crate) fn encodes(&self) -> Result<bool, Refusal> {
        match self.query.get("encoding-type") {
            None | Some("") => Ok(false),
            Some("url") => Ok(true),
            Some(other) => {
                Err(Refusal::argument("encoding-type", other, "Invalid Encoding Method"))
            }
        }
    }

    /// A number between `least` and `most`, or the usual one.
    pub(crate) fn number(
        &self,
        name: &str,
        least: u32,
        most: u32,
        usual: u32,
    ) -> Result<u32, Refusal> {
        let Some(text) = self.query.get(name).filter(|text| !text.is_empty()) else {
            return Ok(usual);
        };
        text.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            Refusal::argument(name, text, format!("Argument {name} must be {least} to {most}"))
        })
    }

    /// Only the owner may.
    pub(crate) fn owner_only(&self) -> Result<(), Refusal> {
        match self.caller {
            Caller::Owner => Ok(()),
            Caller::Anonymous => Err(Refusal::new(
                403,
                "AccessDenied",
                "0003-00000006",
                "Anonymous access is forbidden for this operation.",
            )),
        }
    }

    /// Whether the caller may read the object.
    pub(crate) fn may_read(&self, bucket: &Bucket, object: Option<&Object>) -> Result<(), Refusal> {
        self.may(bucket, object.and_then(|object| object.acl), |acl| acl != Acl::Private)
    }

    /// Whether the caller may write to the bucket.
    pub(crate) fn may_write(&self, bucket: &Bucket) -> Result<(), Refusal> {
        self.may(bucket, None, |acl| acl == Acl::PublicReadWrite)
    }

    fn may(
        &self,
        bucket: &Bucket,
        own: Option<Acl>,
        allows: impl Fn(Acl) -> bool,
    ) -> Result<(), Refusal> {
        let public = allows(own.unwrap_or(bucket.acl)) && !bucket.blocks_public_access();
        if self.caller == Caller::Owner || public {
            return Ok(());
        }
        let whose = if own.is_some() { "object" } else { "bucket" };
        Err(Refusal::denied(format!(
            "You have no right to access this object because of {whose} acl."
        )))
    }

    /// Stores the body, whose Content-MD5 must be right if it has one.
    pub(crate) async fn store(&mut self, shared: &Shared, limit: u64) -> Result<Stored, Refusal> {
        let announced = self.header("content-length").and_then(|length| length.parse().ok());
        if announced.is_some_and(|length: u64| length > limit) {
            return Err(too_large(limit));
        }
        let body = self.body.take().ok_or_else(incomplete)?;
        let store = Store::new(shared.folder.path(), limit, self.flip);
        let stored = store.body(body).await.map_err(|error| match error {
            NotStored::TooLarge => too_large(limit),
            NotStored::Broken => incomplete(),
        })?;
        if announced.is_some_and(|length| length != stored.content.len()) {
            return Err(incomplete());
        }
        match self.header("content-md5") {
            Some(sent) if !self.flip => check_md5(&sent, stored.md5)?,
            _ => {}
        }
        Ok(stored)
    }

    /// The body as bytes.
    pub(crate) async fn bytes(&mut self, shared: &Shared) -> Result<bytes::Bytes, Refusal> {
        let stored = self.store(shared, LARGEST_DOCUMENT).await?;
        stored.content.read().await.map_err(|_| incomplete())
    }

    /// The body as a document with that root.
    pub(crate) async fn document(
        &mut self,
        shared: &Shared,
        root: &str,
    ) -> Result<xml::Element, Refusal> {
        let bytes = self.bytes(shared).await?;
        let element = xml::parse(&bytes).map_err(Refusal::malformed)?;
        if element.name == root {
            Ok(element)
        } else {
            Err(Refusal::malformed(format!("expected {root}, found {}", element.name)))
        }
    }

    /// What was not read of the body.
    pub(crate) fn rest(&mut self) -> Option<Incoming> {
        self.body.take()
    }
}

/// The host of an absolute target, as proxies get it, or of the header.
fn host_of(head: &http::request::Parts) -> Option<String> {
    match head.uri.authority() {
        Some(authority) => Some(authority.as_str().to_owned()),
        None => head.headers.get(header::HOST)?.to_str().ok().map(str::to_owned),
    }
}

/// Whether an object can have that key.
pub(crate) fn check_key(key: &str) -> Result<(), Refusal> {
    let refuse = |message: &str| {
        Err(Refusal::new(400, "InvalidObjectName", "0017-00000201", message)
            .with("ObjectName", key))
    };
    if key.len() > LONGEST_KEY {
        return refuse("The length of object name must be less than 1024.");
    }
    if key.starts_with(['/', '\\']) {
        return refuse("The specified object is not valid.");
    }
    Ok(())
}

fn check_md5(sent: &str, found: [u8; 16]) -> Result<(), Refusal> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    match engine.decode(sent) {
        Ok(digest) if digest.len() == 16 => {
            if digest == found {
                return Ok(());
            }
            Err(Refusal::new(
                400,
                "InvalidDigest",
                "0017-00000502",
                "The Content-MD5 you specified was invalid.",
            )
            .with("Content-MD5", sent)
            .with("ExpectedDigest", engine.encode(found)))
        }
        _ => Err(Refusal::new(
            400,
            "InvalidDigest",
            "0017-00000501",
            "The Content-MD5 you specified is not valid.",
        )
        .with("Content-MD5", sent)),
    }
}

fn too_large(limit: u64) -> Refusal {
    Refusal::new(
        400,
        "EntityTooLarge",
        "0026-00000030",
        "Your proposed upload exceeds the maximum allowed object size.",
    )
    .with("MaxSizeAllowed", limit.to_string())
}

fn incomplete() -> Refusal {
    Refusal::new(
        400,
        "IncompleteBody",
        "0017-00000701",
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    )
}
