//! GetObject, HeadObject and GetObjectMeta.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

use super::attributes::TAGGING;
use super::range::{OF_READ, range};
use super::write::tell_version;
use crate::oss::address::Via;
use crate::oss::auth::Caller;
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::process;
use crate::oss::state::Object;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::{Answer, Reply, empty, set, time};

/// Parameters that change headers of the answer.
const OVERRIDES: &[(&str, &str)] = &[
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-content-type", "content-type"),
    ("response-expires", "expires"),
];

pub(crate) async fn get(call: &Call, shared: &Shared) -> Reply {
    let object = find(call, shared)?;
    let version = version(call, shared)?;
    if call.query.has("objectMeta") {
        return Ok(meta(&object));
    }
    OF_READ.check(call, &object)?;
    let process = call.query.get("x-oss-process").filter(|process| !process.is_empty());
    if let Some(process) = process.filter(|_| call.method == Method::GET) {
        let mut answer = process::get(call, shared, &object, process).await?;
        overrides(call, &mut answer)?;
        force_download(call, shared, &mut answer);
        return Ok(answer);
    }
    let len = object.content.len();
    let wanted = range(call, len)?;
    let span = wanted.clone().unwrap_or(0..len);
    let mut answer = if call.method == Method::HEAD {
        empty(StatusCode::OK)
    } else {
        Response::new(object.content.body(span.clone()))
    };
    describe(&object, &mut answer);
    tell_version(version, &mut answer);
    set(&mut answer, "content-length", &(span.end - span.start).to_string());
    if let Some(span) = wanted {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        let shown = format!("bytes {}-{}/{len}", span.start, span.end - 1);
        set(&mut answer, "content-range", &shown);
        answer.headers_mut().remove("content-md5");
    }
    overrides(call, &mut answer)?;
    force_download(call, shared, &mut answer);
    Ok(answer)
}

/// The object that is asked for, if the caller may read it.
pub(crate) fn find(call: &Call, shared: &Shared) -> Result<Arc<Object>, Refusal> {
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let object = bucket.version(call.key(), call.query.get("versionId"))?;
    call.may_read(bucket, object.as_deref())?;
    object.ok_or_else(|| Refusal::no_key(call.key()))
}

/// The version that is asked for, or the one that is there where versions are kept.
fn version(call: &Call, shared: &Shared) -> Result<Option<String>, Refusal> {
    match call.query.get("versionId") {
        Some(version) => Ok(Some(version.to_owned())),
        None => Ok(shared.state().bucket(call.bucket())?.current(call.key())),
    }
}

/// What every read tells about an object.
pub(crate) fn describe(object: &Object, answer: &mut Answer) {
    answer.headers_mut().extend(object.headers.clone());
    if let Some(tags) = answer.headers_mut().remove(TAGGING) {
        let count = tags.as_bytes().split(|byte| *byte == b'&').count();
        set(answer, "x-oss-tagging-count", &count.to_string());
    }
    set(answer, "etag", &object.etag);
    set(answer, "last-modified", &time::http(object.modified));
    set(answer, "accept-ranges", "bytes");
    set(answer, "x-oss-object-type", object.kind.name());
    set(answer, "x-oss-storage-class", &object.storage_class);
    set(answer, "x-oss-hash-crc64ecma", &object.crc64.to_string());
    if let Some(md5) = object.md5 {
        set(answer, "content-md5", &STANDARD.encode(md5));
    }
    if object.kind == crate::oss::state::Kind::Appendable {
        set(answer, "x-oss-next-append-position", &object.content.len().to_string());
    }
}

fn meta(object: &Object) -> Answer {
    let mut answer = empty(StatusCode::OK);
    set(&mut answer, "content-length", &object.content.len().to_string());
    set(&mut answer, "etag", &object.etag);
    set(&mut answer, "last-modified", &time::http(object.modified));
    set(&mut answer, "x-oss-hash-crc64ecma", &object.crc64.to_string());
    answer
}

/// `response-content-type` and its like, which must be signed.
pub(crate) fn overrides(call: &Call, answer: &mut Answer) -> Result<(), Refusal> {
    for (parameter, name) in OVERRIDES {
        let Some(value) = call.query.get(parameter) else { continue };
        if call.caller == Caller::Anonymous {
            return Err(Refusal::new(
                400,
                "InvalidRequest",
                "0017-00000902",
                "Headers of the answer cannot be overridden without a signature.",
            ));
        }
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| Refusal::argument(parameter, value, "no value of a header"))?;
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(())
}

/// By its own domains OSS gives out files to keep, not pages and pictures to look at.
pub(crate) fn force_download(call: &Call, shared: &Shared, answer: &mut Answer) {
    let kind = answer.headers().get("content-type").map(|value| value.as_bytes().to_vec());
    let shown =
        kind.is_some_and(|kind| kind.starts_with(b"image/") || kind.starts_with(b"text/html"));
    let default_domain = !matches!(call.via, Via::Cname | Via::Internal);
    if call.method == Method::GET && default_domain && shown && shared.options.force_download {
        set(answer, "x-oss-force-download", "true");
        set(answer, "x-oss-ec", "0048-00000001");
        set(answer, "content-disposition", "attachment");
    }
}
