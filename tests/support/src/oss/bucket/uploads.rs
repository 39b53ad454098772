//! ListMultipartUploads.

use std::collections::BTreeSet;

use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::wire::query::encode;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document, time};

pub(crate) fn list(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let encodes = call.encodes()?;
    let shown = |text: &str| if encodes { encode(text) } else { text.to_owned() };
    let get = |name: &str| call.query.get(name).unwrap_or_default();
    let most = call.number("max-uploads", 1, 1000, 1000)? as usize;
    let (prefix, delimiter) = (get("prefix"), get("delimiter"));
    let (key_marker, id_marker) = (get("key-marker"), get("upload-id-marker"));
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let (mut page, mut prefixes, mut last, mut truncated) =
        (Vec::new(), BTreeSet::new(), (String::new(), String::new()), false);
    for ((key, id), upload) in &bucket.uploads {
        let Some(rest) = key.strip_prefix(prefix) else { continue };
        // Without the second marker, all uploads of the marked key have been listed.
        let passed = key.as_str() < key_marker
            || key == key_marker && (id_marker.is_empty() || id.as_str() <= id_marker);
        if passed {
            continue;
        }
        let end = if delimiter.is_empty() { None } else { rest.find(delimiter) };
        let group = end.map(|at| &key[..prefix.len() + at + delimiter.len()]);
        if group.is_some_and(|group| prefixes.contains(group) || group <= key_marker) {
            last = (key.clone(), id.clone());
            continue;
        }
        if page.len() + prefixes.len() == most {
            truncated = true;
            break;
        }
        match group {
            Some(group) => {
                prefixes.insert(group);
            }
            None => page.push((key, id, upload)),
        }
        last = (key.clone(), id.clone());
    }
    let mut xml = Writer::new();
    xml.open("ListMultipartUploadsResult");
    if encodes {
        xml.leaf("EncodingType", "url");
    }
    xml.leaf("Bucket", call.bucket());
    xml.leaf("KeyMarker", &shown(key_marker));
    xml.leaf("UploadIdMarker", id_marker);
    // The official Python client wants both, even on the last page.
    let next = if truncated { last } else { Default::default() };
    xml.leaf("NextKeyMarker", &shown(&next.0));
    xml.leaf("NextUploadIdMarker", &next.1);
    xml.leaf("Delimiter", &shown(delimiter));
    xml.leaf("Prefix", &shown(prefix));
    xml.leaf("MaxUploads", &most.to_string());
    xml.leaf("IsTruncated", &truncated.to_string());
    for (key, id, upload) in page {
        xml.open("Upload");
        xml.leaf("Key", &shown(key));
        xml.leaf("UploadId", id);
        xml.leaf("StorageClass", &upload.storage_class);
        xml.leaf("Initiated", &time::iso(upload.begun));
        xml.close("Upload");
    }
    for prefix in prefixes {
        xml.open("CommonPrefixes");
        xml.leaf("Prefix", &shown(prefix));
        xml.close("CommonPrefixes");
    }
    xml.close("ListMultipartUploadsResult");
    Ok(document(xml.end()))
}
