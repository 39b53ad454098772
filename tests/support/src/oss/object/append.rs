//! AppendObject.

use super::attributes::Attributes;
use super::write::{check_overwrite, written};
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::state::{Bucket, Kind, Object, etag};
use crate::oss::wire::content::{Content, combine_crc};
use crate::oss::wire::error::Refusal;
use crate::oss::wire::{Reply, set};

pub(crate) async fn append(call: &mut Call, shared: &Shared) -> Reply {
    let text = call.query.get("position").unwrap_or_default().to_owned();
    let position: u64 = text
        .parse()
        .map_err(|_| Refusal::argument("position", text, "The append position is invalid."))?;
    let attributes = {
        let state = shared.state();
        let bucket = state.bucket(call.bucket())?;
        call.may_write(bucket)?;
        check_place(call, bucket, position)?;
        Attributes::read(call, bucket)?
    };
    let stored = call.store(shared, shared.options.max_put.saturating_sub(position)).await?;
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    // Another append may have come in between.
    check_place(call, bucket, position)?;
    let old = bucket.objects.get(call.key()).cloned();
    let (before, crc_before) =
        old.as_ref().map_or((Content::default(), 0), |old| (old.content.clone(), old.crc64));
    let added = stored.content.len();
    let crc64 =
        if before.len() == 0 { stored.crc64 } else { combine_crc(crc_before, stored.crc64, added) };
    let object = Object {
        content: before.followed_by(&stored.content),
        etag: etag(&stored.md5),
        md5: None,
        crc64,
        modified: call.now,
        kind: Kind::Appendable,
        acl: old.as_ref().map_or(attributes.acl, |old| old.acl),
        headers: old.as_ref().map_or(attributes.headers, |old| old.headers.clone()),
        storage_class: old.map_or(attributes.storage_class, |old| old.storage_class.clone()),
    };
    let mut answer = written(&object);
    set(&mut answer, "x-oss-next-append-position", &object.content.len().to_string());
    bucket.put(call.key(), object);
    Ok(answer)
}

fn check_place(call: &Call, bucket: &Bucket, position: u64) -> Result<(), Refusal> {
    let Some(object) = bucket.objects.get(call.key()) else {
        return if position == 0 { Ok(()) } else { Err(not_there(0)) };
    };
    if position == 0 {
        check_overwrite(call, bucket)?;
    }
    if object.kind != Kind::Appendable {
        return Err(Refusal::new(
            409,
            "ObjectNotAppendable",
            "0026-00000023",
            "The object is not appendable.",
        ));
    }
    let len = object.content.len();
    if position == len { Ok(()) } else { Err(not_there(len)) }
}

fn not_there(len: u64) -> Refusal {
    Refusal::new(
        409,
        "PositionNotEqualToLength",
        "0026-00000016",
        "Position is not equal to file length.",
    )
    .header("x-oss-next-append-position", len.to_string())
}
