//! The OSS client, where no server would do the same on demand.

mod answers;
mod checksums;
mod requests;
mod streams;

use std::time::Duration;

use hoist_store::oss::{OssBucket, OssConfig, OssCredentials, OssEndpoint};

use crate::script::{Reply, Script};

pub(crate) fn config(script: &Script) -> OssConfig {
    let keys = OssCredentials::new("LTAISCRIPT", "the/secret+key", Some("the-token".into()));
    let url = format!("http://127.0.0.1:{}", script.port);
    let mut config = OssConfig::new("cn-hangzhou", "bucket", keys).endpoint(OssEndpoint::Url(url));
    config.stall_grace = Duration::from_secs(1);
    config
}

pub(crate) fn bucket(script: &Script) -> OssBucket {
    OssBucket::new(config(script)).unwrap()
}

/// One that does not try again.
pub(crate) fn once(script: &Script) -> OssBucket {
    let mut config = config(script);
    config.max_attempts = 1;
    OssBucket::new(config).unwrap()
}

pub(crate) fn ok(headers: &[(&str, &str)], body: &str) -> Reply {
    Reply::answer("200 OK", headers, body)
}

/// CRC-64/XZ of `123456789`.
pub(crate) const CRC: &str = "11051210869376104954";
pub(crate) const BODY: &[u8] = b"123456789";
pub(crate) const EMPTY_LIST: &str =
    "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
