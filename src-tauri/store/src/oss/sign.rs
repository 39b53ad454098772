//! Signatures of OSS, as pure functions: what is signed goes in, headers or parameters come out.
//!
//! Rules: "Include a V4 signature in the Authorization header", "Include a V1 signature in the
//! Authorization header" and their counterparts for URLs in the OSS developer reference. Which
//! crate was looked at instead is in ADR 15.

pub(crate) mod v1;
pub(crate) mod v4;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

/// What a signature covers. Names of headers are lower-case; nothing is encoded yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unsigned<'a> {
    pub(crate) method: &'a str,
    /// `None` asks the service itself.
    pub(crate) bucket: Option<&'a str>,
    /// `None` asks the bucket.
    pub(crate) key: Option<&'a str>,
    pub(crate) query: &'a [(String, String)],
    pub(crate) headers: &'a [(String, String)],
}

/// Who signs.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'a> {
    pub(crate) id: &'a str,
    pub(crate) secret: &'a str,
    /// The token of temporary credentials (STS).
    pub(crate) token: Option<&'a str>,
}

/// Headers or query parameters to add.
pub(crate) type Pairs = Vec<(String, String)>;

const TOKEN: &str = "x-oss-security-token";

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same, with slashes left alone.
const PATH: &AsciiSet = &RESERVED.remove(b'/');

/// Percent-encodes a name or value of the query.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Percent-encodes a key, leaving its slashes.
pub(crate) fn encode_path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// `name=value` pairs joined by `&`; a name alone where there is no value, as OSS signs it.
pub(crate) fn query_string(pairs: &[(String, String)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| match value.as_str() {
        "" => encode(name),
        value => format!("{}={}", encode(name), encode(value)),
    });
    pairs.collect::<Vec<_>>().join("&")
}

impl Unsigned<'_> {
    /// `/bucket/key`, `/bucket/` or `/`: the same for every kind of address, a CNAME too.
    fn resource(&self) -> String {
        match (self.bucket, self.key) {
            (None, _) => "/".to_owned(),
            (Some(bucket), key) => format!("/{bucket}/{}", key.unwrap_or_default()),
        }
    }

    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }
}

/// `name:value` lines of the headers that `wanted` picks, sorted, each with its line end.
fn header_lines<'a>(
    headers: impl Iterator<Item = &'a (String, String)>,
    wanted: impl Fn(&str) -> bool,
) -> String {
    let mut headers: Vec<_> = headers.filter(|(name, _)| wanted(name)).collect();
    // By name alone: `x-oss-a` comes before `x-oss-a-b`, though `:` comes after `-`.
    headers.sort_unstable();
    headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect()
}

fn mac(algorithm: hmac::Algorithm, key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(algorithm, key), text.as_bytes())
}

#[cfg(test)]
mod tests;
