//! Uploads in parts: begin, parts, copied parts, complete, abort.

use http::StatusCode;
use md5::{Digest as _, Md5};

use super::attributes::{Attributes, object_acl};
use super::copy;
use super::write::{check_overwrite, keep, tell_version};
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::state::{Kind, Object, Part, Upload, etag, joined};
use crate::oss::wire::content::Store;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::query::encode;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document, empty, set};

/// The highest part number.
const LAST_PART: u32 = 10_000;

pub(crate) fn begin(call: &Call, shared: &Shared) -> Reply {
    let encodes = call.encodes()?;
    let mut state = shared.state();
    let number = state.number();
    let bucket = state.bucket_mut(call.bucket())?;
    call.may_write(bucket)?;
    check_overwrite(call, bucket)?;
    let attributes = Attributes::read(call, bucket)?;
    let id = format!("{number:032X}");
    let upload = Upload {
        begun: call.now,
        headers: attributes.headers,
        storage_class: attributes.storage_class,
        parts: Default::default(),
    };
    bucket.uploads.insert((call.key().to_owned(), id.clone()), upload);
    let mut xml = Writer::new();
    xml.open("InitiateMultipartUploadResult");
    named(call, encodes, &mut xml);
    xml.leaf("UploadId", &id);
    xml.close("InitiateMultipartUploadResult");
    Ok(document(xml.end()))
}

/// Bucket, Key and how that is encoded.
pub(crate) fn named(call: &Call, encodes: bool, xml: &mut Writer) {
    if encodes {
        xml.leaf("EncodingType", "url");
    }
    xml.leaf("Bucket", call.bucket());
    xml.leaf("Key", &if encodes { encode(call.key()) } else { call.key().to_owned() });
}

/// The upload that a request is about, by its key and id.
pub(crate) fn id_of(call: &Call) -> (String, String) {
    (call.key().to_owned(), call.query.get("uploadId").unwrap_or_default().to_owned())
}

pub(crate) fn no_upload(call: &Call) -> Refusal {
    Refusal::new(
        404,
        "NoSuchUpload",
        "0042-00000002",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may \
         have been aborted or completed.",
    )
    .with("UploadId", call.query.get("uploadId").unwrap_or_default())
}

pub(crate) async fn part(call: &mut Call, shared: &Shared) -> Reply {
    let text = call.query.get("partNumber").unwrap_or_default().to_owned();
    let number = text.parse().ok().filter(|n| (1..=LAST_PART).contains(n)).ok_or_else(|| {
        Refusal::argument("partNumber", text, "Part number must be an integer between 1 and 10000.")
    })?;
    {
        let state = shared.state();
        let bucket = state.bucket(call.bucket())?;
        call.may_write(bucket)?;
        if !bucket.uploads.contains_key(&id_of(call)) {
            return Err(no_upload(call));
        }
    }
    let copies = call.headers.contains_key("x-oss-copy-source");
    let stored = if copies {
        let source = copy::source(call, shared)?;
        let len = source.content.len();
        let span = copy_range(call, len)?;
        Store::new(shared.folder.path(), shared.options.max_put, call.flip)
            .chunks(source.content.chunks(span))
            .await
            .map_err(|_| Refusal::new(500, "InternalError", "0099-00000002", "The copy failed."))?
    } else {
        call.store(shared, shared.options.max_put).await?
    };
    let mut state = shared.state();
    let upload = state
        .bucket_mut(call.bucket())?
        .uploads
        .get_mut(&id_of(call))
        .ok_or_else(|| no_upload(call))?;
    let part = Part { stored, modified: call.now };
    let (tag, crc) = (part.etag(), part.stored.crc64);
    upload.parts.insert(number, part);
    let mut answer =
        if copies { copy::result("CopyPartResult", &tag, call) } else { empty(StatusCode::OK) };
    set(&mut answer, "etag", &tag);
    set(&mut answer, "x-oss-hash-crc64ecma", &crc.to_string());
    Ok(answer)
}

fn copy_range(call: &Call, len: u64) -> Result<std::ops::Range<u64>, Refusal> {
    let Some(text) = call.header("x-oss-copy-source-range") else { return Ok(0..len) };
    let span = text.strip_prefix("bytes=").and_then(|span| {
        let (first, last) = span.split_once('-')?;
        let first: u64 = first.parse().ok()?;
        let end = if last.is_empty() { len } else { last.parse::<u64>().ok()?.checked_add(1)? };
        Some(first..end)
    });
    span.filter(|span| span.start < span.end && span.end <= len).ok_or_else(|| {
        Refusal::argument(
            "x-oss-copy-source-range",
            text,
            "The specified copy range is not within the source.",
        )
    })
}

pub(crate) fn abort(call: &Call, shared: &Shared) -> Reply {
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    call.may_write(bucket)?;
    bucket.uploads.remove(&id_of(call)).ok_or_else(|| no_upload(call))?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(crate) async fn complete(call: &mut Call, shared: &Shared) -> Reply {
    let encodes = call.encodes()?;
    let wanted = match call.header("x-oss-complete-all").as_deref() {
        Some("yes") => {
            if !call.bytes(shared).await?.is_empty() {
                return Err(Refusal::argument(
                    "x-oss-complete-all",
                    "yes",
                    "A request with x-oss-complete-all has no body.",
                ));
            }
            None
        }
        Some(other) => {
            return Err(Refusal::argument("x-oss-complete-all", other, "must be yes"));
        }
        None => Some(listed(call, shared).await?),
    };
    let object = put_together(call, shared, wanted.as_deref())?;
    let (tag, crc) = (object.etag.clone(), object.crc64);
    let version = keep(call, shared, object)?;
    if let Ok(bucket) = shared.state().bucket_mut(call.bucket()) {
        bucket.uploads.remove(&id_of(call));
    }
    let mut xml = Writer::new();
    xml.open("CompleteMultipartUploadResult");
    named(call, encodes, &mut xml);
    xml.leaf("Location", &format!("http://{}/{}", call.host, encode(call.key())));
    xml.leaf("ETag", &tag);
    xml.close("CompleteMultipartUploadResult");
    let mut answer = document(xml.end());
    tell_version(version, &mut answer);
    set(&mut answer, "etag", &tag);
    set(&mut answer, "x-oss-hash-crc64ecma", &crc.to_string());
    Ok(answer)
}

/// The parts that the document lists, with their ETags.
async fn listed(call: &mut Call, shared: &Shared) -> Result<Vec<(u32, String)>, Refusal> {
    let root = call.document(shared, "CompleteMultipartUpload").await?;
    let mut parts = Vec::new();
    for part in root.all("Part") {
        let number = part.text_of("PartNumber").and_then(|text| text.trim().parse().ok());
        let tag = part.text_of("ETag").map(|text| text.trim().trim_matches('"').to_uppercase());
        let (Some(number), Some(tag)) = (number, tag) else {
            return Err(Refusal::malformed("a Part needs PartNumber and ETag"));
        };
        parts.push((number, tag));
    }
    if parts.is_empty() {
        return Err(Refusal::malformed("no Part"));
    }
    Ok(parts)
}

fn put_together(
    call: &Call,
    shared: &Shared,
    wanted: Option<&[(u32, String)]>,
) -> Result<Object, Refusal> {
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    call.may_write(bucket)?;
    let upload = bucket.uploads.get(&id_of(call)).ok_or_else(|| no_upload(call))?;
    let chosen: Vec<&Part> = match wanted {
        None => upload.parts.values().collect(),
        Some(wanted) => {
            if !wanted.is_sorted_by(|a, b| a.0 < b.0) {
                return Err(Refusal::new(
                    400,
                    "InvalidPartOrder",
                    "0042-00000203",
                    "The list of parts was not in ascending order.",
                ));
            }
            let found = wanted.iter().map(|(number, tag)| {
                let part = upload.parts.get(number);
                part.filter(|part| part.etag().trim_matches('"') == tag).ok_or_else(|| {
                    Refusal::new(
                        400,
                        "InvalidPart",
                        "0042-00000204",
                        "One or more of the specified parts could not be found or the specified \
                         entity tag might not have matched the part's entity tag.",
                    )
                    .with("PartNumber", number.to_string())
                })
            });
            found.collect::<Result<_, _>>()?
        }
    };
    let Some((_, all_but_last)) = chosen.split_last() else {
        return Err(Refusal::argument("uploadId", id_of(call).1, "The upload has no part."));
    };
    let least = shared.options.min_part;
    if all_but_last.iter().any(|part| part.stored.content.len() < least) {
        return Err(Refusal::new(
            400,
            "EntityTooSmall",
            "0042-00000205",
            "Your proposed upload smaller than the minimum allowed size.",
        )
        .with("MinSizeAllowed", least.to_string()));
    }
    let digests: Vec<u8> = chosen.iter().flat_map(|part| part.stored.md5).collect();
    let whole = etag(&Md5::digest(digests).into());
    let (content, crc64) = joined(chosen.iter().map(|part| &part.stored));
    Ok(Object {
        content,
        etag: format!("\"{}-{}\"", whole.trim_matches('"'), chosen.len()),
        md5: None,
        crc64,
        modified: call.now,
        kind: Kind::Multipart,
        // The ACL is an affair of the end of an upload, not of its beginning.
        acl: object_acl(call, bucket)?,
        headers: upload.headers.clone(),
        storage_class: upload.storage_class.clone(),
    })
}
