//! What a client needs to know to reach one OSS bucket.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Where a bucket is and how to sign for it. Start from [`OssConfig::new`] and set what differs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OssConfig {
    /// Where requests go.
    pub endpoint: OssEndpoint,
    /// Region to sign for, such as `cn-hangzhou`; `oss-cn-hangzhou` is taken for the same.
    pub region: String,
    /// The bucket: 3 to 63 of `a-z`, `0-9` and `-`.
    pub bucket: String,
    /// How requests are signed.
    pub signature: OssSignature,
    /// Who signs.
    pub credentials: OssCredentials,
    /// PEM file of certificate authorities to trust beside those of the system.
    pub extra_ca: Option<PathBuf>,
    /// URL of an HTTP proxy, instead of the one the environment names.
    pub proxy: Option<String>,
    /// How long one connection may take to open.
    pub connect_timeout: Duration,
    /// How long a body may stand still, either way, before the request fails with a timeout.
    pub stall_grace: Duration,
    /// How often a request is sent at most, the first time included.
    pub max_attempts: u32,
    /// Files up to this many bytes are hashed before they are sent, so that OSS itself refuses
    /// damaged bytes; above, reading twice costs more than it gains, and the CRC tells afterwards.
    pub hash_first: u64,
    /// Objects above this many bytes are copied in parts. OSS documents a limit of 1 GB for a copy
    /// in one request; its own tools stop at 200 MiB.
    pub copy_in_parts_above: u64,
    /// Bytes in one part of such a copy, from 100 KiB; larger where 10,000 parts would not do.
    pub copy_part: u64,
    /// The clock to sign by, for tests; `None` is the system's.
    pub clock: Option<fn() -> SystemTime>,
}

impl OssConfig {
    /// The usual settings: public endpoint, V4, 10 s to connect, 30 s of silence, 3 attempts.
    pub fn new(
        region: impl Into<String>,
        bucket: impl Into<String>,
        credentials: OssCredentials,
    ) -> Self {
        Self {
            endpoint: OssEndpoint::Public,
            region: region.into(),
            bucket: bucket.into(),
            signature: OssSignature::V4,
            credentials,
            extra_ca: None,
            proxy: None,
            connect_timeout: Duration::from_secs(10),
            stall_grace: Duration::from_secs(30),
            max_attempts: 3,
            hash_first: 64 << 20,
            copy_in_parts_above: 200 << 20,
            copy_part: 64 << 20,
            clock: None,
        }
    }

    /// At this endpoint.
    pub fn endpoint(mut self, endpoint: OssEndpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// Signed so.
    pub fn signature(mut self, signature: OssSignature) -> Self {
        self.signature = signature;
        self
    }

    /// The region as signatures name it.
    pub(crate) fn signing_region(&self) -> String {
        normal_region(&self.region)
    }
}

/// `cn-hangzhou` out of it and out of the endpoint forms that people enter instead.
pub(crate) fn normal_region(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let text = text.trim_end_matches(".aliyuncs.com");
    let text = text.strip_prefix("oss-").unwrap_or(text);
    text.strip_suffix("-internal").unwrap_or(text).to_owned()
}

/// Which of a bucket's addresses requests go to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OssEndpoint {
    /// `oss-REGION.aliyuncs.com`. Accounts opened since 2025-03-20 cannot use it for data on the
    /// mainland; they need [`OssEndpoint::Cname`].
    #[default]
    Public,
    /// `oss-REGION-internal.aliyuncs.com`, from inside the same region.
    Internal,
    /// `REGION.oss.aliyuncs.com`, over IPv4 and IPv6.
    DualStack,
    /// `oss-accelerate.aliyuncs.com`; has to be enabled for the bucket first.
    Accelerate,
    /// `oss-accelerate-overseas.aliyuncs.com`; has to be enabled for the bucket first.
    AccelerateOverseas,
    /// The URL of a custom domain that is bound to the bucket.
    Cname(String),
    /// Any endpoint URL without the bucket. The bucket goes before the host name, or into the path
    /// when the host is an IP address, where alone OSS allows that.
    Url(String),
}

/// The version of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OssSignature {
    /// `OSS4-HMAC-SHA256`.
    #[default]
    V4,
    /// For accounts and buckets from before 2025 only.
    V1,
}

/// Access key id, its secret and, for temporary credentials, the token. Debug shows none of them.
#[derive(Clone)]
pub struct OssCredentials {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl OssCredentials {
    /// From the three strings, without the white space that copying them tends to add.
    pub fn new(id: impl AsRef<str>, secret: impl AsRef<str>, token: Option<String>) -> Self {
        Self {
            id: id.as_ref().trim().to_owned(),
            secret: secret.as_ref().trim().to_owned(),
            token: token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty()),
        }
    }
}

impl fmt::Debug for OssCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OssCredentials(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_secret() {
        let credentials = OssCredentials::new(" LTAISECRET1 ", "sEcReT2\n", Some("tOkEn3".into()));
        assert_eq!(credentials.id, "LTAISECRET1");
        let config = OssConfig::new("cn-hangzhou", "b", credentials);
        let shown = format!("{config:?} {config:#?}");
        for secret in ["LTAISECRET1", "sEcReT2", "tOkEn3"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_region_is_read_out_of_what_people_enter() {
        for text in [
            "cn-hangzhou",
            " oss-cn-hangzhou\n",
            "OSS-CN-Hangzhou",
            "oss-cn-hangzhou-internal",
            "cn-hangzhou-internal",
            "oss-cn-hangzhou.aliyuncs.com",
            "oss-cn-hangzhou-internal.aliyuncs.com",
        ] {
            assert_eq!(normal_region(text), "cn-hangzhou", "{text}");
        }
        assert_eq!(normal_region("rg-china-mainland"), "rg-china-mainland");
    }
}
