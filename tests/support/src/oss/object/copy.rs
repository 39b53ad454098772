//! CopyObject, and the source of a copied part.

use std::sync::Arc;

use super::attributes::{Attributes, TAGGING};
use super::range::OF_COPY;
use super::write::{check_overwrite, encryption, keep, tell_version};
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::state::{Kind, Object, etag};
use crate::oss::wire::content::Store;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::query::decode;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document, set, time};

pub(crate) async fn copy(call: &Call, shared: &Shared) -> Reply {
    let source = source(call, shared)?;
    let len = source.content.len();
    if len > shared.options.max_copy {
        return Err(Refusal::new(
            400,
            "EntityTooLarge",
            "0026-00000031",
            "The source is larger than what can be copied in one request. Use UploadPartCopy.",
        )
        .with("MaxSizeAllowed", shared.options.max_copy.to_string()));
    }
    let attributes = {
        let state = shared.state();
        let bucket = state.bucket(call.bucket())?;
        call.owner_only()?;
        check_overwrite(call, bucket)?;
        let mut sent = Attributes::read(call, bucket)?;
        // Tags are copied whatever becomes of the metadata, unless others are given.
        if call.header("x-oss-tagging-directive").is_none_or(|how| how != "Replace") {
            sent.headers.remove(TAGGING);
            if let Some(tags) = source.headers.get(TAGGING) {
                sent.headers.insert(TAGGING, tags.clone());
            }
        }
        match call.header("x-oss-metadata-directive").as_deref() {
            Some("REPLACE") => sent,
            None | Some("COPY") => {
                let mut headers = source.headers.clone();
                headers.remove(TAGGING);
                if let Some(tags) = sent.headers.get(TAGGING) {
                    headers.insert(TAGGING, tags.clone());
                }
                Attributes { headers, ..sent }
            }
            Some(other) => {
                return Err(Refusal::argument(
                    "x-oss-metadata-directive",
                    other,
                    "x-oss-metadata-directive must be COPY or REPLACE",
                ));
            }
        }
    };
    // What is copied is one object, whatever the source was made of: its MD5 is its ETag.
    let stored = Store::new(shared.folder.path(), u64::MAX, call.flip)
        .chunks(source.content.chunks(0..len))
        .await
        .map_err(|_| Refusal::new(500, "InternalError", "0099-00000002", "The copy failed."))?;
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
    let mut answer = result("CopyObjectResult", &object.etag, call);
    set(&mut answer, "etag", &object.etag);
    set(&mut answer, "x-oss-hash-crc64ecma", &object.crc64.to_string());
    encryption(&object, &mut answer);
    tell_version(keep(call, shared, object)?, &mut answer);
    Ok(answer)
}

/// The answer to a copy.
pub(crate) fn result(root: &str, etag: &str, call: &Call) -> crate::oss::wire::Answer {
    let mut xml = Writer::new();
    xml.open(root);
    xml.leaf("ETag", etag);
    xml.leaf("LastModified", &time::iso(call.now));
    xml.close(root);
    document(xml.end())
}

/// The object that `x-oss-copy-source` names.
pub(crate) fn source(call: &Call, shared: &Shared) -> Result<Arc<Object>, Refusal> {
    let text = call.header("x-oss-copy-source").unwrap_or_default();
    let invalid = || {
        Refusal::argument("x-oss-copy-source", text.clone(), "Copy Source must be /bucket/object.")
    };
    let (path, query) = text.split_once('?').unwrap_or((&text, ""));
    let version = query.split('&').find_map(|pair| pair.strip_prefix("versionId="));
    let version = version.map(|version| decode(version).ok_or_else(invalid)).transpose()?;
    let decoded = decode(path).ok_or_else(invalid)?;
    let (bucket, key) = decoded
        .strip_prefix('/')
        .and_then(|path| path.split_once('/'))
        .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
        .ok_or_else(invalid)?;
    let state = shared.state();
    let home = state.bucket(call.bucket())?.region.clone();
    let from = state.bucket(bucket)?;
    if from.region != home {
        return Err(Refusal::denied(
            "Target object does not reside in the same data center as source object.",
        ));
    }
    let object = from.version(key, version.as_deref())?;
    call.may_read(from, object.as_deref())?;
    let object = object.ok_or_else(|| Refusal::no_key(key))?;
    OF_COPY.check(call, &object)?;
    Ok(object)
}
