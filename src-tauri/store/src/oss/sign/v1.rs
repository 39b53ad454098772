//! Signature version 1, for accounts and buckets from before 2025 that still use it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;

use super::{Keys, Pairs, TOKEN, Unsigned, header_lines, mac};

/// The headers that authorize a request.
pub(crate) fn authorize(what: Unsigned<'_>, keys: Keys<'_>, time: Timestamp) -> Pairs {
    let date = time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut added = Pairs::new();
    if let Some(token) = keys.token {
        added.push((TOKEN.to_owned(), token.to_owned()));
    }
    let signature = signature(what, what.query, &added, keys, &date);
    added.push(("date".to_owned(), date));
    added.push(("authorization".to_owned(), format!("OSS {}:{signature}", keys.id)));
    added
}

/// The parameters that make a URL work on its own, from `time` on for `expires`.
pub(crate) fn presign(
    what: Unsigned<'_>,
    keys: Keys<'_>,
    time: Timestamp,
    expires: Duration,
) -> Pairs {
    let end = time.as_second().saturating_add_unsigned(expires.as_secs()).to_string();
    let mut added = Pairs::new();
    if let Some(token) = keys.token {
        // The one place where the token has another name.
        added.push(("security-token".to_owned(), token.to_owned()));
    }
    let query = [what.query, added.as_slice()].concat();
    let signature = signature(what, &query, &[], keys, &end);
    added.push(("OSSAccessKeyId".to_owned(), keys.id.to_owned()));
    added.push(("Expires".to_owned(), end));
    added.push(("Signature".to_owned(), signature));
    added
}

fn signature(
    what: Unsigned<'_>,
    query: &[(String, String)],
    added: &[(String, String)],
    keys: Keys<'_>,
    date: &str,
) -> String {
    let headers = header_lines(what.headers.iter().chain(added), |name| name.starts_with("x-oss-"));
    let text = format!(
        "{}\n{}\n{}\n{date}\n{headers}{}{}",
        what.method,
        what.header("content-md5"),
        what.header("content-type"),
        what.resource(),
        subresources(query),
    );
    STANDARD.encode(mac(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, keys.secret.as_bytes(), &text))
}

/// The parameters that are part of what is asked for, as they are.
fn subresources(query: &[(String, String)]) -> String {
    let mut signed: Vec<_> =
        query.iter().filter(|(name, _)| SUBRESOURCES.contains(&name.as_str())).collect();
    signed.sort_unstable();
    let signed = signed.into_iter().map(|(name, value)| match value.as_str() {
        "" => name.clone(),
        value => format!("{name}={value}"),
    });
    let joined = signed.collect::<Vec<_>>().join("&");
    if joined.is_empty() { joined } else { format!("?{joined}") }
}

/// The list that the official Python client signs (oss2 2.19.1); others are left out of a V1
/// signature, whatever they do.
const SUBRESOURCES: &[&str] = &[
    "accessPoint",
    "accessPointPolicy",
    "acl",
    "append",
    "asyncFetch",
    "bucketArchiveDirectRead",
    "bucketInfo",
    "callback",
    "callback-var",
    "cname",
    "comp",
    "continuation-token",
    "cors",
    "delete",
    "encryption",
    "endTime",
    "group",
    "httpsConfig",
    "inventory",
    "inventoryId",
    "lifecycle",
    "link",
    "live",
    "location",
    "logging",
    "metaQuery",
    "objectInfo",
    "objectMeta",
    "partNumber",
    "policy",
    "position",
    "publicAccessBlock",
    "qos",
    "qosInfo",
    "qosRequester",
    "redundancyTransition",
    "referer",
    "regionList",
    "replication",
    "replicationLocation",
    "replicationProgress",
    "requestPayment",
    "requesterQosInfo",
    "resourceGroup",
    "resourcePool",
    "resourcePoolBuckets",
    "resourcePoolInfo",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "security-token",
    "sequential",
    "startTime",
    "stat",
    "status",
    "style",
    "styleName",
    "symlink",
    "tagging",
    "transferAcceleration",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "vod",
    "website",
    "worm",
    "wormExtend",
    "wormId",
    "x-oss-ac-forward-allow",
    "x-oss-ac-source-ip",
    "x-oss-ac-subnet-mask",
    "x-oss-ac-vpc-id",
    "x-oss-access-point-name",
    "x-oss-async-process",
    "x-oss-process",
    "x-oss-redundancy-transition-taskid",
    "x-oss-request-payer",
    "x-oss-target-redundancy-type",
    "x-oss-traffic-limit",
    "x-oss-write-get-object-response",
];
