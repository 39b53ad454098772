//! PutObject and DeleteObject.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use super::attributes::Attributes;
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::state::{Bucket, Kind, Object, etag};
use crate::oss::versions;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::{Answer, Reply, empty, set};

pub(crate) async fn put(call: &mut Call, shared: &Shared) -> Reply {
    let attributes = {
        let state = shared.state();
        let bucket = state.bucket(call.bucket())?;
        call.may_write(bucket)?;
        check_overwrite(call, bucket)?;
        Attributes::read(call, bucket)?
    };
    let stored = call.store(shared, shared.options.max_put).await?;
    let object = Object {
        etag: etag(&stored.md5),
        md5: Some(stored.md5),
        crc64: stored.crc64,
        content: stored.content,
        modified: call.now,
        kind: Kind::Normal,
        acl: attributes.acl,
        headers: attributes.headers,
        storage_class: attributes.storage_class,
    };
    let mut answer = written(&object);
    set(&mut answer, "content-md5", &STANDARD.encode(stored.md5));
    tell_version(keep(call, shared, object)?, &mut answer);
    Ok(answer)
}

/// Puts an object in its place, unless that is taken and must not be; its version, if it has one.
pub(crate) fn keep(
    call: &Call,
    shared: &Shared,
    object: Object,
) -> Result<Option<String>, Refusal> {
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    check_overwrite(call, bucket)?;
    Ok(bucket.put(call.key(), object))
}

/// Says which version an answer is about.
pub(crate) fn tell_version(version: Option<String>, answer: &mut Answer) {
    if let Some(version) = version {
        set(answer, "x-oss-version-id", &version);
    }
}

/// The answer to what has made an object.
pub(crate) fn written(object: &Object) -> Answer {
    let mut answer = empty(StatusCode::OK);
    set(&mut answer, "etag", &object.etag);
    set(&mut answer, "x-oss-hash-crc64ecma", &object.crc64.to_string());
    encryption(object, &mut answer);
    answer
}

/// Says how an object is encrypted.
pub(crate) fn encryption(object: &Object, answer: &mut Answer) {
    for name in ["x-oss-server-side-encryption", "x-oss-server-side-encryption-key-id"] {
        if let Some(value) = object.headers.get(name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
}

/// `x-oss-forbid-overwrite`.
pub(crate) fn check_overwrite(call: &Call, bucket: &Bucket) -> Result<(), Refusal> {
    let forbids = match call.header("x-oss-forbid-overwrite").as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(Refusal::argument(
                "x-oss-forbid-overwrite",
                other,
                "x-oss-forbid-overwrite must be true or false",
            ));
        }
    };
    if forbids && bucket.objects.contains_key(call.key()) {
        return Err(Refusal::new(
            409,
            "FileAlreadyExists",
            "0026-00000021",
            "The object you specified already exists and can not be overwritten.",
        )
        .with("Key", call.key()));
    }
    Ok(())
}

pub(crate) fn delete(call: &Call, shared: &Shared) -> Reply {
    let mut answer = empty(StatusCode::NO_CONTENT);
    if let Some(version) = call.query.get("versionId") {
        if versions::delete(call, shared, version)? {
            set(&mut answer, "x-oss-delete-marker", "true");
        }
        set(&mut answer, "x-oss-version-id", version);
        return Ok(answer);
    }
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    call.may_write(bucket)?;
    let mark = bucket.remove(call.key(), call.now);
    if mark.is_some() {
        set(&mut answer, "x-oss-delete-marker", "true");
    }
    tell_version(mark, &mut answer);
    Ok(answer)
}
