//! Operations on buckets.

pub(crate) mod config;
pub(crate) mod cors;
pub(crate) mod delete_many;
pub(crate) mod list;
pub(crate) mod service;
pub(crate) mod style;
pub(crate) mod uploads;

use http::StatusCode;

use super::call::Call;
use super::front::Shared;
use super::state::{Acl, Bucket};
use super::wire::error::Refusal;
use super::wire::xml::{self, Writer};
use super::wire::{Reply, document, empty, set, time};

/// The account that owns all buckets.
pub(crate) const OWNER: &str = "1250000000000001";

const STORAGE_CLASSES: &[&str] = &["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"];

/// PutBucket.
pub(crate) async fn create(call: &mut Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let name = call.bucket().to_owned();
    let bytes = call.bytes(shared).await?;
    let acl = match call.header("x-oss-acl") {
        Some(value) => Acl::parse(&value)
            .ok_or_else(|| Refusal::argument("x-oss-acl", value, "no such bucket acl"))?,
        None => Acl::Private,
    };
    let region = call.region().unwrap_or(&shared.options.region).to_owned();
    let mut bucket = Bucket::new(&region, acl, call.now);
    if !bytes.is_empty() {
        let root = xml::parse(&bytes).map_err(Refusal::malformed)?;
        if root.name != "CreateBucketConfiguration" {
            return Err(Refusal::malformed("expected CreateBucketConfiguration"));
        }
        if let Some(class) = root.text_of("StorageClass") {
            if !STORAGE_CLASSES.contains(&class) {
                return Err(Refusal::argument("StorageClass", class, "no such storage class"));
            }
            bucket.storage_class = class.to_owned();
        }
    }
    let mut state = shared.state();
    if state.buckets.contains_key(&name) {
        return Err(Refusal::new(
            409,
            "BucketAlreadyExists",
            "0015-00000104",
            "The requested bucket name is not available. The bucket namespace is shared by all \
             users of the system. Please select a different name and try again.",
        )
        .with("BucketName", name));
    }
    let mut answer = empty(StatusCode::OK);
    set(&mut answer, "location", &format!("/{name}"));
    state.buckets.insert(name, bucket);
    Ok(answer)
}

/// DeleteBucket.
pub(crate) fn delete(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let mut state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    if !bucket.objects.is_empty() || !bucket.uploads.is_empty() {
        return Err(Refusal::new(
            409,
            "BucketNotEmpty",
            "0015-00000301",
            "The bucket has objects. Please delete them first.",
        )
        .with("BucketName", call.bucket()));
    }
    state.buckets.remove(call.bucket());
    Ok(empty(StatusCode::NO_CONTENT))
}

/// Whether the bucket is there.
pub(crate) fn head(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    shared.state().bucket(call.bucket())?;
    Ok(empty(StatusCode::OK))
}

/// GetBucketInfo.
pub(crate) fn info(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let mut xml = Writer::new();
    xml.open("BucketInfo");
    xml.open("Bucket");
    summary(call.bucket(), bucket, &mut xml);
    xml.leaf("AccessMonitor", "Disabled");
    xml.leaf("BlockPublicAccess", &bucket.blocks_public_access().to_string());
    xml.leaf("CrossRegionReplication", "Disabled");
    xml.leaf("DataRedundancyType", "LRS");
    xml.leaf("TransferAcceleration", "Disabled");
    owner(&mut xml);
    xml.open("AccessControlList");
    xml.leaf("Grant", bucket.acl.name());
    xml.close("AccessControlList");
    xml.close("Bucket");
    xml.close("BucketInfo");
    Ok(document(xml.end()))
}

/// What listings of buckets and a bucket itself say.
fn summary(name: &str, bucket: &Bucket, xml: &mut Writer) {
    let region = &bucket.region;
    xml.leaf("CreationDate", &time::iso(bucket.created));
    xml.leaf("ExtranetEndpoint", &format!("oss-{region}.aliyuncs.com"));
    xml.leaf("IntranetEndpoint", &format!("oss-{region}-internal.aliyuncs.com"));
    xml.leaf("Location", &format!("oss-{region}"));
    xml.leaf("Name", name);
    xml.leaf("Region", region);
    xml.leaf("StorageClass", &bucket.storage_class);
}

pub(crate) fn owner(xml: &mut Writer) {
    xml.open("Owner");
    xml.leaf("ID", OWNER);
    xml.leaf("DisplayName", OWNER);
    xml.close("Owner");
}

/// GetBucketLocation.
pub(crate) fn location(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let mut xml = Writer::new();
    xml.leaf("LocationConstraint", &format!("oss-{}", bucket.region));
    Ok(document(xml.end()))
}

/// GetBucketStat.
pub(crate) fn stat(call: &Call, shared: &Shared) -> Reply {
    call.owner_only()?;
    let state = shared.state();
    let bucket = state.bucket(call.bucket())?;
    let bytes: u64 = bucket.objects.values().map(|object| object.content.len()).sum();
    let mut xml = Writer::new();
    xml.open("BucketStat");
    xml.leaf("Storage", &bytes.to_string());
    xml.leaf("ObjectCount", &bucket.objects.len().to_string());
    xml.leaf("MultipartUploadCount", &bucket.uploads.len().to_string());
    xml.close("BucketStat");
    Ok(document(xml.end()))
}
