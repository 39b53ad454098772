//! What a put says about its object besides the bytes.

use http::HeaderMap;

use crate::oss::call::Call;
use crate::oss::state::{Acl, Bucket};
use crate::oss::wire::error::Refusal;

/// Most bytes of all metadata, names and values.
const MOST_METADATA: usize = 8 * 1024;
/// Headers that are kept and given back.
const KEPT: &[&str] = &[
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
    TAGGING,
];
/// Tags, as a query; they are given back by GetObjectTagging only.
pub(crate) const TAGGING: &str = "x-oss-tagging";
const STORAGE_CLASSES: &[&str] = &["Standard", "IA", "Archive", "ColdArchive", "DeepColdArchive"];

/// What a put says.
#[derive(Debug, Clone)]
pub(crate) struct Attributes {
    pub(crate) acl: Option<Acl>,
    pub(crate) headers: HeaderMap,
    pub(crate) storage_class: String,
}

impl Attributes {
    /// Reads the headers of a put, a copy that replaces them, or the begin of an upload.
    pub(crate) fn read(call: &Call, bucket: &Bucket) -> Result<Self, Refusal> {
        Ok(Self {
            acl: object_acl(call, bucket)?,
            headers: kept(call)?,
            storage_class: storage_class(call, bucket)?,
        })
    }
}

/// The value of `x-oss-object-acl`; none for `default`.
pub(crate) fn object_acl(call: &Call, bucket: &Bucket) -> Result<Option<Acl>, Refusal> {
    let acl = match call.header("x-oss-object-acl") {
        None => return Ok(None),
        Some(value) if value == "default" => return Ok(None),
        Some(value) => Acl::parse(&value)
            .ok_or_else(|| Refusal::argument("x-oss-object-acl", value, "no such object acl"))?,
    };
    if acl != Acl::Private && bucket.blocks_public_access() {
        return Err(Refusal::new(
            403,
            "AccessDenied",
            "0003-00000905",
            "Put public object acl is not allowed.",
        ));
    }
    Ok(Some(acl))
}

fn storage_class(call: &Call, bucket: &Bucket) -> Result<String, Refusal> {
    let Some(class) = call.header("x-oss-storage-class") else {
        return Ok(bucket.storage_class.clone());
    };
    if STORAGE_CLASSES.contains(&class.as_str()) {
        return Ok(class);
    }
    Err(Refusal::argument("x-oss-storage-class", class, "no such storage class"))
}

fn kept(call: &Call) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::new();
    let mut metadata = 0;
    for (name, value) in &call.headers {
        if let Some(own) = name.as_str().strip_prefix("x-oss-meta-") {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if own.is_empty() || !own.bytes().all(plain) {
                return Err(Refusal::argument(
                    name.as_str(),
                    String::from_utf8_lossy(value.as_bytes()),
                    "Names of metadata consist of letters, digits and hyphens.",
                ));
            }
            metadata += own.len() + value.len();
        } else if !KEPT.contains(&name.as_str()) {
            continue;
        }
        headers.insert(name.clone(), value.clone());
    }
    if metadata > MOST_METADATA {
        return Err(Refusal::new(
            400,
            "MetadataTooLarge",
            "0017-00000401",
            "Your metadata headers exceed the maximum allowed metadata size.",
        )
        .with("MaxSizeAllowed", MOST_METADATA.to_string())
        .with("Size", metadata.to_string()));
    }
    if let Some(method) = call.header("x-oss-server-side-encryption") {
        if !["AES256", "KMS", "SM4"].contains(&method.as_str()) {
            return Err(Refusal::argument(
                "x-oss-server-side-encryption",
                method,
                "no such encryption algorithm",
            ));
        }
        for name in ["x-oss-server-side-encryption", "x-oss-server-side-encryption-key-id"] {
            if let Some(value) = call.headers.get(name) {
                headers.insert(name, value.clone());
            }
        }
    }
    if !headers.contains_key("content-type") {
        headers.insert("content-type", http::HeaderValue::from_static("application/octet-stream"));
    }
    Ok(headers)
}
