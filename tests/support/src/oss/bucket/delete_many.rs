//! DeleteMultipleObjects.

use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::query::encode;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document};

/// Most keys of one request.
const MOST: usize = 1000;

pub(crate) async fn delete(call: &mut Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let encodes = call.encodes()?;
    if call.header("content-md5").is_none() {
        return Err(Refusal::new(
            400,
            "InvalidRequest",
            "0017-00000503",
            "Missing Required Header for this request: Content-MD5.",
        ));
    }
    let root = call.document(shared, "Delete").await?;
    let quiet = root.text_of("Quiet") == Some("true");
    let mut keys = Vec::new();
    for object in root.all("Object") {
        let key = object.text_of("Key").filter(|key| !key.is_empty());
        keys.push(key.ok_or_else(|| Refusal::malformed("an Object needs a Key"))?);
    }
    if keys.is_empty() || keys.len() > MOST {
        return Err(Refusal::malformed(format!("1 to {MOST} objects, not {}", keys.len())));
    }
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    let mut xml = Writer::new();
    xml.open("DeleteResult");
    if encodes {
        xml.leaf("EncodingType", "url");
    }
    for key in keys {
        bucket.remove(key, call.now);
        if !quiet {
            xml.open("Deleted");
            xml.leaf("Key", &if encodes { encode(key) } else { key.to_owned() });
            xml.close("Deleted");
        }
    }
    xml.close("DeleteResult");
    Ok(document(xml.end()))
}
