//! One object: its headers changed, a folder made, a link signed.

use std::collections::BTreeMap;
use std::time::Duration;

use hoist_store::{
    Body, Bucket, CopyOptions, ErrorKind, ListRequest, ObjectMeta, PresignMethod, PresignRequest,
    PutOptions,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::report::remark;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{RetryPolicy, list_page, look_up_object, retrying};

/// What an object is served with, and the metadata it keeps. All of it is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers {
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    /// Names in lower case, without `x-amz-meta-` or the like.
    pub metadata: BTreeMap<String, String>,
}

/// Makes an empty folder: an object of no bytes whose key ends in `/`.
pub(crate) async fn make_folder(bucket: &dyn Bucket, prefix: &str) -> Result<()> {
    let key = format!("{}/", prefix.trim_end_matches('/'));
    let below = ListRequest { prefix: key.clone(), max_keys: Some(1), ..ListRequest::default() };
    if key == "/" || !list_page(bucket, &below).await?.objects.is_empty() {
        return Err(Problem::new(Code::AlreadyExists, key));
    }
    put_folder(bucket, &key).await
}

/// Puts the object that stands for a folder, whether it is there or not.
pub(crate) async fn put_folder(bucket: &dyn Bucket, key: &str) -> Result<()> {
    let options = PutOptions {
        content_type: Some("application/x-directory".to_owned()),
        ..PutOptions::default()
    };
    let retry = RetryPolicy::default();
    let made =
        retrying(&retry, || async { Ok(bucket.put(key, Body::from(Vec::new()), &options).await?) });
    made.await.map(drop).map_err(|trouble| trouble.problem(key))
}

/// Replaces an object's headers and metadata, by a copy of it onto itself, which keeps the others,
/// the storage class, the ACL and the tags; what of these could not be kept is told. Another object
/// that has taken its place since it was looked at is left alone.
pub(crate) async fn set_headers(
    bucket: &dyn Bucket,
    key: &str,
    headers: &Headers,
) -> Result<(ObjectMeta, Vec<Problem>)> {
    let missing = || Problem::new(Code::ObjectNotFound, key);
    let before = look_up_object(bucket, key).await?.ok_or_else(missing)?;
    let options = CopyOptions {
        replace: Some(PutOptions {
            content_type: headers.content_type.clone(),
            cache_control: headers.cache_control.clone(),
            content_disposition: headers.content_disposition.clone(),
            metadata: headers.metadata.clone(),
            ..before.headers()
        }),
        if_match: before.etag,
        storage_class: before.storage_class,
        size: Some(before.size),
        keep_acl: true,
        version: None,
    };
    let retry = RetryPolicy::default();
    let copied = retrying(&retry, || async { Ok(bucket.copy(key, key, &options).await?) });
    let lost = copied.await.map_err(|trouble| match trouble.kind() {
        Some(ErrorKind::Precondition) => Problem::new(Code::RemoteChanged, key),
        _ => trouble.problem(key),
    })?;
    let now = look_up_object(bucket, key).await?.ok_or_else(missing)?;
    Ok((now, lost.into_iter().map(|what| remark(what, key, 1)).collect()))
}

/// What RFC 8187 leaves as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A link that opens the object for a time, 1 second to 7 days; with `download`, browsers save it.
pub(crate) async fn share(
    bucket: &dyn Bucket,
    key: &str,
    expires: Duration,
    download: bool,
) -> Result<String> {
    let name = key.trim_end_matches('/').rsplit('/').next().unwrap_or(key);
    let disposition =
        || format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(name, PLAIN));
    let request = PresignRequest {
        method: PresignMethod::Get,
        key: key.to_owned(),
        expires,
        content_type: None,
        content_disposition: download.then(disposition),
        process: None,
    };
    let signed = bucket.presign(&request).await;
    signed.map(|signed| signed.url).map_err(|error| Problem::from_store(&error, key))
}
