//! Signature V1, for accounts that still have it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::Sha1;

use super::hmac::hmac;
use super::{Claim, Expected, Sign, Signed, Validity};
use crate::oss::wire::error::Refusal;
use crate::oss::wire::{header, time};

/// The parameters that are signed, as the official Python client lists them.
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

pub(super) fn header_claim(
    signed: &Signed<'_>,
    authorization: &str,
) -> Result<(Claim, Sign), Refusal> {
    let (id, signature) = authorization
        .trim_start_matches("OSS ")
        .split_once(':')
        .filter(|(id, signature)| !id.is_empty() && !signature.is_empty())
        .ok_or_else(|| invalid("0002-00000201", "Authorization header is invalid."))?;
    let made = time::from_http(&date_of(signed)).ok_or_else(|| {
        Refusal::new(
            403,
            "AccessDenied",
            "0002-00000101",
            "OSS authentication requires a valid Date.",
        )
    })?;
    let claim = Claim {
        id: id.to_owned(),
        signature: signature.to_owned(),
        token: header(signed.headers, "x-oss-security-token"),
        validity: Validity::Made(made),
    };
    Ok((claim, of_header))
}

pub(super) fn query_claim(signed: &Signed<'_>) -> Result<(Claim, Sign), Refusal> {
    let parameter = |name: &str| {
        signed.query.get(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            Refusal::new(
                403,
                "AccessDenied",
                "0002-00000102",
                "Query-string authentication requires the Signature, Expires and OSSAccessKeyId \
                 parameters.",
            )
        })
    };
    let expires = parameter("Expires")?
        .parse()
        .ok()
        .and_then(time::from_seconds)
        .ok_or_else(|| invalid("0002-00000103", "Invalid Expires."))?;
    let claim = Claim {
        id: parameter("OSSAccessKeyId")?.to_owned(),
        signature: parameter("Signature")?.to_owned(),
        token: signed.query.get("security-token").map(str::to_owned),
        validity: Validity::Until(expires),
    };
    Ok((claim, of_query))
}

/// `x-oss-date` stands for `Date` where a client cannot set that.
fn date_of(signed: &Signed<'_>) -> String {
    header(signed.headers, "x-oss-date")
        .or_else(|| header(signed.headers, "date"))
        .unwrap_or_default()
}

fn of_header(signed: &Signed<'_>, secret: &str) -> Expected {
    expected(signed, secret, &date_of(signed))
}

fn of_query(signed: &Signed<'_>, secret: &str) -> Expected {
    expected(signed, secret, signed.query.get("Expires").unwrap_or_default())
}

fn expected(signed: &Signed<'_>, secret: &str, date: &str) -> Expected {
    let plain = |name: &str| header(signed.headers, name).unwrap_or_default();
    let mut names: Vec<_> = signed.headers.keys().map(|name| name.as_str()).collect();
    names.retain(|name| name.starts_with("x-oss-"));
    names.sort_unstable();
    let headers: String =
        names.into_iter().map(|name| format!("{name}:{}\n", plain(name))).collect();
    let mut parameters: Vec<_> = signed
        .query
        .pairs()
        .filter(|(name, _)| SUBRESOURCES.contains(name))
        .map(
            |(name, value)| {
                if value.is_empty() { name.to_owned() } else { format!("{name}={value}") }
            },
        )
        .collect();
    parameters.sort();
    let mark = if parameters.is_empty() { "" } else { "?" };
    let string_to_sign = format!(
        "{}\n{}\n{}\n{date}\n{headers}{}{mark}{}",
        signed.method,
        plain("content-md5"),
        plain("content-type"),
        signed.resource(),
        parameters.join("&"),
    );
    let signature = STANDARD.encode(hmac::<Sha1>(secret.as_bytes(), string_to_sign.as_bytes()));
    Expected { signature, string_to_sign, canonical_request: None }
}

fn invalid(ec: &'static str, message: &str) -> Refusal {
    Refusal::new(400, "InvalidArgument", ec, message)
}
