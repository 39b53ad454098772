//! What a client needs to know to reach one bucket.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::{Quirks, S3Dialect};

/// Where a bucket is and how to sign for it. Start from [`S3Config::new`] and set what differs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct S3Config {
    /// Endpoint URL without the bucket; `None` only for AWS itself.
    pub endpoint: Option<String>,
    /// Region to sign for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// `https://endpoint/bucket/key` instead of `https://bucket.endpoint/key`.
    pub path_style: bool,
    /// Who signs.
    pub credentials: S3Credentials,
    /// Whose S3 it is.
    pub dialect: S3Dialect,
    /// Instead of the quirks of the dialect.
    pub quirks: Option<Quirks>,
    /// PEM file of certificate authorities to trust beside those of the system.
    pub extra_ca: Option<PathBuf>,
    /// How long one connection may take to open.
    pub connect_timeout: Duration,
    /// How long a body may stand still, either way, before the request fails with a timeout.
    pub stall_grace: Duration,
    /// How often a request is sent at most, the first time included.
    pub max_attempts: u32,
    /// Buckets of one name share a retry budget: the profile's name, or endpoint and bucket.
    pub retry_partition: Option<String>,
    /// The clock to sign by, for tests; `None` is the system's.
    pub clock: Option<fn() -> SystemTime>,
}

impl S3Config {
    /// The usual settings: virtual-host addressing, 10 s to connect, 30 s of silence, 3 attempts.
    pub fn new(
        dialect: S3Dialect,
        region: impl Into<String>,
        bucket: impl Into<String>,
        credentials: S3Credentials,
    ) -> Self {
        Self {
            endpoint: None,
            region: region.into(),
            bucket: bucket.into(),
            path_style: false,
            credentials,
            dialect,
            quirks: None,
            extra_ca: None,
            connect_timeout: Duration::from_secs(10),
            stall_grace: Duration::from_secs(30),
            max_attempts: 3,
            retry_partition: None,
            clock: None,
        }
    }

    /// At this endpoint URL.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// With the bucket in the path instead of in the host name.
    pub fn path_style(mut self, yes: bool) -> Self {
        self.path_style = yes;
        self
    }
}

/// Access key, secret key and, for temporary credentials, session token. Debug shows none of them.
#[derive(Clone)]
pub struct S3Credentials {
    pub(super) access_key: String,
    pub(super) secret_key: String,
    pub(super) session_token: Option<String>,
}

impl S3Credentials {
    /// From the three strings, without the white space that copying them tends to add.
    pub fn new(
        access_key: impl AsRef<str>,
        secret_key: impl AsRef<str>,
        session_token: Option<String>,
    ) -> Self {
        Self {
            access_key: access_key.as_ref().trim().to_owned(),
            secret_key: secret_key.as_ref().trim().to_owned(),
            session_token: session_token
                .map(|token| token.trim().to_owned())
                .filter(|t| !t.is_empty()),
        }
    }
}

impl fmt::Debug for S3Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Credentials(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_secret() {
        let credentials = S3Credentials::new(" AKIASECRET1 ", "sEcReT2\n", Some("tOkEn3".into()));
        assert_eq!(credentials.access_key, "AKIASECRET1");
        let config = S3Config::new(S3Dialect::R2, "auto", "b", credentials);
        let shown = format!("{config:?} {config:#?}");
        for secret in ["AKIASECRET1", "sEcReT2", "tOkEn3"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
