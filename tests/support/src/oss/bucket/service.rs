//! ListBuckets.

use super::{owner, summary};
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document};

pub(crate) fn list(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let prefix = call.query.get("prefix").unwrap_or_default();
    let marker = call.query.get("marker").unwrap_or_default();
    let most = call.number("max-keys", 1, 1000, 100)?;
    let state = shared.state();
    let mut left =
        state.buckets.iter().filter(|(name, _)| name.starts_with(prefix) && name.as_str() > marker);
    let page: Vec<_> = left.by_ref().take(most as usize).collect();
    let truncated = left.next().is_some();
    let mut xml = Writer::new();
    xml.open("ListAllMyBucketsResult");
    if call.query.has("prefix") || call.query.has("max-keys") || truncated {
        xml.leaf("Prefix", prefix);
        xml.leaf("Marker", marker);
        xml.leaf("MaxKeys", &most.to_string());
        xml.leaf("IsTruncated", &truncated.to_string());
        if truncated {
            xml.leaf("NextMarker", page.last().map_or("", |(name, _)| name.as_str()));
        }
    }
    owner(&mut xml);
    xml.open("Buckets");
    for (name, bucket) in page {
        xml.open("Bucket");
        summary(name, bucket, &mut xml);
        xml.close("Bucket");
    }
    xml.close("Buckets");
    xml.close("ListAllMyBucketsResult");
    Ok(document(xml.end()))
}
