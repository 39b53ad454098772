//! GetObjectACL and PutObjectACL.

use std::sync::Arc;

use http::StatusCode;

use super::attributes::object_acl;
use crate::oss::bucket::owner;
use crate::oss::call::Call;
use crate::oss::front::Shared;
use crate::oss::wire::error::Refusal;
use crate::oss::wire::xml::Writer;
use crate::oss::wire::{Reply, document, empty};

pub(crate) fn get(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let object = bucket.objects.get(call.key()).ok_or_else(|| Refusal::no_key(call.key()))?;
    let mut xml = Writer::new();
    xml.open("AccessControlPolicy");
    owner(&mut xml);
    xml.open("AccessControlList");
    xml.leaf("Grant", object.acl.map_or("default", |acl| acl.name()));
    xml.close("AccessControlList");
    xml.close("AccessControlPolicy");
    Ok(document(xml.end()))
}

pub(crate) fn put(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    if call.header("x-oss-object-acl").is_none() {
        return Err(Refusal::argument("x-oss-object-acl", "", "no such object acl"));
    }
    let mut state = shared.state();
    let bucket = state.bucket_mut(call.bucket())?;
    let acl = object_acl(call, bucket)?;
    let object = bucket.objects.get_mut(call.key()).ok_or_else(|| Refusal::no_key(call.key()))?;
    Arc::make_mut(object).acl = acl;
    Ok(empty(StatusCode::OK))
}
