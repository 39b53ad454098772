//! ListParts.

use super::multipart::{id_of, named, no_upload};
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document, time};

pub(crate) fn list(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let encodes = call.encodes()?;
    let most = call.number("max-parts", 1, 1000, 1000)?;
    let after = call.number("part-number-marker", 0, 10_000, 0)?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let upload = bucket.uploads.get(&id_of(call)).ok_or_else(|| no_upload(call))?;
    let mut left = upload.parts.range(after + 1..);
    let page: Vec<_> = left.by_ref().take(most as usize).collect();
    let truncated = left.next().is_some();
    let mut xml = Writer::new();
    xml.open("ListPartsResult");
    named(call, encodes, &mut xml);
    xml.leaf("UploadId", &id_of(call).1);
    xml.leaf("StorageClass", &upload.storage_class);
    xml.leaf("PartNumberMarker", &after.to_string());
    let next = page.last().map_or(after, |(number, _)| **number);
    xml.leaf("NextPartNumberMarker", &next.to_string());
    xml.leaf("MaxParts", &most.to_string());
    xml.leaf("IsTruncated", &truncated.to_string());
    for (number, part) in page {
        xml.open("Part");
        xml.leaf("PartNumber", &number.to_string());
        xml.leaf("LastModified", &time::iso(part.modified));
        xml.leaf("ETag", &part.etag());
        xml.leaf("HashCrc64ecma", &part.stored.crc64.to_string());
        xml.leaf("Size", &part.stored.content.len().to_string());
        xml.close("Part");
    }
    xml.close("ListPartsResult");
    Ok(document(xml.end()))
}
