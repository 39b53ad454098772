//! GetObjectTagging.

use super::attributes::TAGGING;
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::query::Query;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document};

pub(crate) fn get(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let object = bucket.objects.get(call.key()).ok_or_else(|| Refusal::no_key(call.key()))?;
    let tags = object.headers.get(TAGGING).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    let mut xml = Writer::new();
    xml.open("Tagging");
    xml.open("TagSet");
    for (name, value) in Query::parse(tags).unwrap_or_default().pairs() {
        xml.open("Tag");
        xml.leaf("Key", name);
        xml.leaf("Value", value);
        xml.close("Tag");
    }
    xml.close("TagSet");
    xml.close("Tagging");
    Ok(document(xml.end()))
}
