//! Who sends a request: signatures are checked from the published rules, with no line of the client.

mod hmac;
mod v1;
mod v4;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use http::HeaderMap;

use super::wire::error::Refusal;
use super::wire::query::Query;
use super::wire::{header, time};

/// How far the clock of a client may be off.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// One pair of keys.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) secret: String,
    /// The token that belongs to it, and when it ends.
    pub(crate) token: Option<(String, SystemTime)>,
}

/// The pairs of keys by their ids.
pub(crate) type Keys = BTreeMap<String, Key>;

/// Who sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Nobody known.
    Anonymous,
    /// The owner of all buckets.
    Owner,
}

/// What is signed of a request.
#[derive(Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) bucket: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
    pub(crate) query: &'a Query,
    pub(crate) headers: &'a HeaderMap,
    /// The region the signature has to be for.
    pub(crate) region: &'a str,
}

impl Signed<'_> {
    /// `/`, `/bucket/` or `/bucket/key`.
    fn resource(&self) -> String {
        match (self.bucket, self.key) {
            (None, _) => "/".to_owned(),
            (Some(bucket), key) => format!("/{bucket}/{}", key.unwrap_or_default()),
        }
    }
}

/// What a signature says, before it is believed.
#[derive(Debug)]
struct Claim {
    id: String,
    signature: String,
    token: Option<String>,
    validity: Validity,
}

/// The time in which a signature is good.
#[derive(Debug, Clone, Copy)]
enum Validity {
    /// Around the moment it was made.
    Made(SystemTime),
    /// Until then.
    Until(SystemTime),
}

/// What the server itself would have signed.
#[derive(Debug)]
struct Expected {
    signature: String,
    string_to_sign: String,
    canonical_request: Option<String>,
}

/// Finds out who sends a request, or why the signature on it does not count.
pub(crate) fn caller(signed: &Signed<'_>, keys: &Keys, now: SystemTime) -> Result<Caller, Refusal> {
    let authorization = header(signed.headers, "authorization");
    let query = signed.query;
    let claim = match authorization.as_deref() {
        Some(value) if value.starts_with("OSS4-HMAC-SHA256 ") => v4::header_claim(signed, value)?,
        Some(value) if value.starts_with("OSS ") => v1::header_claim(signed, value)?,
        Some(value) => {
            return Err(Refusal::new(
                400,
                "InvalidArgument",
                "0002-00000201",
                "Authorization header is invalid.",
            )
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", value));
        }
        None if query.has("x-oss-signature-version") => v4::query_claim(signed)?,
        None if query.has("Signature") || query.has("OSSAccessKeyId") => v1::query_claim(signed)?,
        None => return Ok(Caller::Anonymous),
    };
    let key = keys.get(&claim.0.id).ok_or_else(|| {
        Refusal::new(
            403,
            "InvalidAccessKeyId",
            "0002-00000902",
            "The OSS Access Key Id you provided does not exist in our records.",
        )
        .with("OSSAccessKeyId", &claim.0.id)
    })?;
    in_time(claim.0.validity, now)?;
    of_token(&claim.0, key, now)?;
    let expected = (claim.1)(signed, &key.secret);
    if hmac::equal(expected.signature.as_bytes(), claim.0.signature.as_bytes()) {
        return Ok(Caller::Owner);
    }
    let bytes: Vec<_> = expected.string_to_sign.bytes().map(|b| format!("{b:02X}")).collect();
    let mut refusal = Refusal::new(
        403,
        "SignatureDoesNotMatch",
        "0002-00000040",
        "The request signature we calculated does not match the signature you provided. Check \
         your key and signing method.",
    )
    .with("OSSAccessKeyId", &claim.0.id)
    .with("SignatureProvided", &claim.0.signature)
    .with("StringToSign", &expected.string_to_sign)
    .with("StringToSignBytes", bytes.join(" "));
    if let Some(request) = expected.canonical_request {
        refusal = refusal.with("CanonicalRequest", request);
    }
    Err(refusal)
}

/// Makes what the server would have signed.
type Sign = fn(&Signed<'_>, &str) -> Expected;

fn in_time(validity: Validity, now: SystemTime) -> Result<(), Refusal> {
    match validity {
        Validity::Made(then) => {
            let off = now.duration_since(then).unwrap_or_else(|error| error.duration());
            if off <= WINDOW {
                return Ok(());
            }
            Err(Refusal::new(
                403,
                "RequestTimeTooSkewed",
                "0002-00000504",
                "The difference between the request time and the current time is too large.",
            )
            .with("MaxAllowedSkewMilliseconds", "900000")
            .with("RequestTime", time::iso(then))
            .with("ServerTime", time::iso(now)))
        }
        Validity::Until(then) if now <= then => Ok(()),
        Validity::Until(then) => {
            Err(Refusal::new(403, "AccessDenied", "0002-00000069", "Request has expired.")
                .with("Expires", time::iso(then))
                .with("ServerTime", time::iso(now)))
        }
    }
}

fn of_token(claim: &Claim, key: &Key, now: SystemTime) -> Result<(), Refusal> {
    match (&claim.token, &key.token) {
        (None, None) => Ok(()),
        (Some(sent), Some((token, _))) if sent != token => Err(Refusal::new(
            403,
            "InvalidSecurityToken",
            "0002-00000006",
            "The security token you provided is invalid.",
        )),
        (Some(_), Some((_, ends))) if now > *ends => Err(Refusal::new(
            403,
            "SecurityTokenExpired",
            "0002-00000007",
            "The security token you provided has expired.",
        )),
        (Some(_), Some(_)) => Ok(()),
        (Some(_), None) => Err(Refusal::new(
            403,
            "AccessKeyIdAndSecurityTokenNotMatch",
            "0002-00000005",
            "The AccessKey ID and the security token do not belong together.",
        )),
        // To OSS, the id of a temporary key means nothing without its token.
        (None, Some(_)) => Err(Refusal::new(
            403,
            "InvalidAccessKeyId",
            "0002-00000902",
            "The OSS Access Key Id you provided does not exist in our records.",
        )
        .with("OSSAccessKeyId", &claim.id)),
    }
}

#[cfg(test)]
mod tests;
