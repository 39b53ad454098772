//! What the links of a profile start with.

use super::{EndpointKind, Profile, Provider, provider};
use crate::problem::Result;

/// What the links of a profile start with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicBase {
    /// Put `/KEY` behind it ([`crate::link::public_url`] does); never ends in a slash.
    pub url: String,
    /// Whether the profile names it. If not, it is the endpoint's address, which answers only where
    /// the bucket lets everybody read.
    pub is_set: bool,
}

/// What the links of a profile start with. For `local` the running store says it instead.
///
/// Keys begin with the profile's prefix already, so a public URL that ends in the prefix does not
/// get it twice.
///
/// # Errors
/// [`crate::problem::Code::ProfileInvalid`] when there is neither a public URL nor an endpoint.
pub fn public_base(profile: &Profile) -> Result<PublicBase> {
    if let Some(url) = profile.public_url.as_deref().filter(|url| !url.trim().is_empty()) {
        return Ok(PublicBase { url: without_prefix(url, &profile.prefix), is_set: true });
    }
    // Aliyun's own network is where only its own machines are: links take the public address.
    let from_anywhere = Profile { endpoint_kind: None, ..profile.clone() };
    let internal = profile.endpoint_kind == Some(EndpointKind::Internal);
    let endpoint = provider::endpoint(if internal { &from_anywhere } else { profile })?;
    let url = endpoint.url.unwrap_or_else(|| aws_url(&endpoint.region));
    let bucket = &profile.bucket;
    let url = match url.split_once("://") {
        Some((scheme, host)) if !endpoint.path_style => format!("{scheme}://{bucket}.{host}"),
        _ => format!("{url}/{bucket}"),
    };
    Ok(PublicBase { url, is_set: profile.provider == Provider::Local })
}

/// The endpoint of AWS in a region, which its SDK knows without being told.
pub(crate) fn aws_url(region: &str) -> String {
    let china = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://s3.{region}.amazonaws.com{china}")
}

fn without_prefix(url: &str, prefix: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let prefix = prefix.trim_matches('/');
    let stripped = (!prefix.is_empty())
        .then(|| url.strip_suffix(prefix))
        .flatten()
        .and_then(|rest| rest.strip_suffix('/'))
        // What is left must still have a host: `https://blog` is no `https:/` under `blog`.
        .filter(|rest| rest.split_once("://").is_some_and(|(_, host)| !host.is_empty()));
    stripped.unwrap_or(url).to_owned()
}
