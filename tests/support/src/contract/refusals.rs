//! What goes wrong has the right name, and shows no secret.

use std::sync::Arc;

use hoist_store::{
    Body, Bucket, CopyOptions, ErrorKind, GetOptions, ListRequest, PutOptions, StoreError,
};

use super::{Limit, Subject};

/// The error of each operation on a handle that must not work.
async fn errors(bucket: &Arc<dyn Bucket>) -> Vec<(&'static str, StoreError)> {
    let key = "refused.png";
    let body = Body::from(b"x" as &[u8]);
    let keys = [key.to_owned()];
    let mut errors = vec![
        ("put", bucket.put(key, body, &PutOptions::default()).await.err()),
        ("get", bucket.get(key, &GetOptions::default()).await.err()),
        ("head", bucket.head(key).await.err()),
        ("list", bucket.list(&ListRequest::default()).await.err()),
        ("delete_many", bucket.delete_many(&keys).await.err()),
        ("copy", bucket.copy(key, "to.png", &CopyOptions::default()).await.err()),
    ];
    if let Some(parts) = bucket.multipart() {
        errors.push(("create", parts.create(key, &PutOptions::default()).await.err()));
    }
    let errors = errors.into_iter();
    errors.map(|(name, error)| (name, error.unwrap_or_else(|| panic!("{name} works")))).collect()
}

pub(super) async fn wrong_keys_are_access_denied(subject: &Subject) {
    for bucket in subject.wrong.secret.iter().chain(&subject.wrong.access_key) {
        for (name, error) in errors(bucket).await {
            assert_eq!(error.kind(), ErrorKind::AccessDenied, "{name}: {error:?}");
            assert!(error.provider_code().is_some(), "{name}: {error:?}");
            subject.no_secrets(&error);
        }
    }
    assert!(subject.keys("", 1000).await.is_empty());
}

pub(super) async fn a_missing_bucket_is_told_from_a_missing_key(subject: &Subject) {
    let get = subject.bucket.get("nothing", &GetOptions::default()).await.unwrap_err();
    let head = subject.bucket.head("nothing").await.unwrap_err();
    for error in [get, head] {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
        assert_ne!(error.provider_code(), Some("NoSuchBucket"), "{error:?}");
        subject.no_secrets(&error);
    }
    let Some(bucket) = &subject.wrong.bucket else { return };
    for (name, error) in errors(bucket).await {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{name}: {error:?}");
        assert_eq!(error.provider_code(), Some("NoSuchBucket"), "{name}: {error:?}");
        subject.no_secrets(&error);
    }
}

pub(super) async fn a_wrong_region_is_told(subject: &Subject) {
    let Some(bucket) = &subject.wrong.region else { return };
    if subject.has(Limit::AnyRegion) {
        bucket.put("region", Body::from(b"x" as &[u8]), &PutOptions::default()).await.unwrap();
        assert_eq!(subject.read("region").await, b"x");
        return;
    }
    for (name, error) in errors(bucket).await {
        assert_eq!(error.kind(), ErrorKind::WrongRegion, "{name}: {error:?}");
        assert_eq!(error.hint().is_none(), subject.has(Limit::HidesRegion), "{name}: {error:?}");
    }
}
