//! The addresses of Aliyun OSS. Source: "Regions and endpoints" of its documentation.

use hoist_store::oss::{OssConfig, OssCredentials, OssEndpoint, OssSignature};
use url::Url;

use crate::problem::{Code, FieldName, Problem, Reason, Result};
use crate::profile::{EndpointKind, Profile, Signature, public_base};
use crate::secret::Secret;

/// Where the requests of a profile go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// One of OSS's own, in the profile's region.
    Kind(EndpointKind),
    /// The custom domain, as `https://img.example.com`.
    Cname(String),
    /// An endpoint typed out, without the bucket: a private cloud, or a stand-in in a test.
    Url(String),
}

/// Where the requests of a profile go, and the region they are signed for.
///
/// # Errors
/// [`Code::ProfileInvalid`] with the field that is missing or wrong.
pub fn address(profile: &Profile) -> Result<(Address, String)> {
    let invalid = |field: FieldName, reason: Reason| {
        Err(Problem::new(Code::ProfileInvalid, &*profile.name)
            .with_field(field)
            .with_reason(reason))
    };
    let region = profile.region.as_deref().filter(|region| !region.is_empty());
    let Some(region) = region.map(str::to_owned) else {
        return invalid(FieldName::Region, Reason::Missing);
    };
    if profile.cname {
        if profile.public_url.is_none() {
            return invalid(FieldName::PublicUrl, Reason::Missing);
        }
        let base = public_base(profile)?.url;
        let at_root = Url::parse(&base).is_ok_and(|url| url.path() == "/");
        // A bound domain is the bucket: nothing can stand before its keys.
        if !at_root {
            return invalid(FieldName::PublicUrl, Reason::NotLike("https://img.example.com"));
        }
        return Ok((Address::Cname(base), region));
    }
    if let Some(endpoint) = &profile.endpoint {
        return Ok((Address::Url(super::bare(endpoint, &profile.bucket)), region));
    }
    Ok((Address::Kind(profile.endpoint_kind.unwrap_or(EndpointKind::Public)), region))
}

/// How the bucket of a profile is opened.
///
/// # Errors
/// As [`address`].
pub fn config(profile: &Profile, secret: &Secret) -> Result<OssConfig> {
    let (address, region) = address(profile)?;
    let endpoint = match address {
        Address::Kind(EndpointKind::Public) => OssEndpoint::Public,
        Address::Kind(EndpointKind::Internal) => OssEndpoint::Internal,
        Address::Kind(EndpointKind::DualStack) => OssEndpoint::DualStack,
        Address::Kind(EndpointKind::Accelerate) => OssEndpoint::Accelerate,
        Address::Kind(EndpointKind::AccelerateOverseas) => OssEndpoint::AccelerateOverseas,
        Address::Cname(url) => OssEndpoint::Cname(url),
        Address::Url(url) => OssEndpoint::Url(url),
    };
    let signature = match profile.signature {
        None | Some(Signature::V4) => OssSignature::V4,
        Some(Signature::V1) => OssSignature::V1,
    };
    let credentials = OssCredentials::new(
        secret.access_key_id.expose(),
        secret.secret_access_key.expose(),
        secret.session_token.as_ref().map(|token| token.expose().clone()),
    );
    Ok(OssConfig::new(region, &profile.bucket, credentials).endpoint(endpoint).signature(signature))
}

/// The URL of OSS's own endpoint in a region.
pub fn url(kind: EndpointKind, region: &str) -> String {
    match kind {
        EndpointKind::Public => format!("https://oss-{region}.aliyuncs.com"),
        EndpointKind::Internal => format!("https://oss-{region}-internal.aliyuncs.com"),
        EndpointKind::DualStack => format!("https://{region}.oss.aliyuncs.com"),
        EndpointKind::Accelerate => "https://oss-accelerate.aliyuncs.com".into(),
        EndpointKind::AccelerateOverseas => "https://oss-accelerate-overseas.aliyuncs.com".into(),
    }
}

/// What one of OSS's own host names says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The bucket in front, if there is one.
    pub bucket: Option<String>,
    /// The region; an accelerated address says none.
    pub region: Option<String>,
    /// Which of the addresses it is.
    pub kind: EndpointKind,
}

/// Reads one of OSS's own addresses: `https://bucket.oss-cn-hangzhou-internal.aliyuncs.com/`, or only
/// `oss-cn-hangzhou`. `None` is an address of something else.
pub fn read(text: &str) -> Option<Named> {
    let rest = text.trim().split_once("://").map_or(text.trim(), |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next()?.to_ascii_lowercase();
    let host = host.strip_suffix(".aliyuncs.com").or((!host.contains('.')).then_some(&*host))?;
    // Dual stack: `bucket.cn-hangzhou.oss`.
    if let Some(front) = host.strip_suffix(".oss") {
        let (bucket, region) = split(front);
        return is_region(region).then(|| Named {
            bucket,
            region: Some(region.to_owned()),
            kind: EndpointKind::DualStack,
        });
    }
    let (bucket, endpoint) = split(host);
    let name = endpoint.strip_prefix("oss-")?;
    let (region, kind) = match name {
        "accelerate" => (None, EndpointKind::Accelerate),
        "accelerate-overseas" => (None, EndpointKind::AccelerateOverseas),
        _ => match name.strip_suffix("-internal") {
            Some(region) => (Some(region), EndpointKind::Internal),
            None => (Some(name), EndpointKind::Public),
        },
    };
    // The finance clouds have other words in their addresses than in their region ids.
    let odd = |region: &str| !is_region(region) || region.contains("finance");
    if region.is_some_and(odd) {
        return None;
    }
    Some(Named { bucket, region: region.map(str::to_owned), kind })
}

/// `bucket.rest` in two; the `s3.` of OSS's S3 mode is no bucket.
fn split(host: &str) -> (Option<String>, &str) {
    match host.rsplit_once('.') {
        Some((front, last)) => {
            let front = if front == "s3" { "" } else { front.strip_suffix(".s3").unwrap_or(front) };
            (Some(front.to_owned()).filter(|front| !front.is_empty()), last)
        }
        None => (None, host),
    }
}

/// `cn-hangzhou`: a country or continent, then a place.
fn is_region(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.split_once('-').is_some_and(|(area, place)| {
        (2..=3).contains(&area.len()) && !place.is_empty() && text.chars().all(allowed)
    })
}

/// Puts what a pasted address says into the fields it belongs to. An address is more exact than what
/// the other fields hold, except for a bucket, which may be typed for another one on purpose.
pub(in crate::profile) fn understand(profile: &mut Profile) {
    for text in [profile.region.clone(), profile.endpoint.clone()].into_iter().flatten() {
        let Some(named) = read(&text) else { continue };
        if profile.endpoint.as_ref() == Some(&text) {
            profile.endpoint = None;
            profile.endpoint_kind = Some(named.kind).filter(|kind| *kind != EndpointKind::Public);
        } else if named.kind != EndpointKind::Public {
            profile.endpoint_kind = Some(named.kind);
        }
        if named.region.is_some() || profile.region.as_ref() == Some(&text) {
            profile.region = named.region;
        }
        if profile.bucket.is_empty() {
            profile.bucket = named.bucket.unwrap_or_default();
        }
    }
    if let Some(region) = &mut profile.region {
        region.make_ascii_lowercase();
    }
}

#[cfg(test)]
mod tests;
