//! Copies inside the bucket.

use std::collections::BTreeMap;

use hoist_store::{Body, CopyOptions, ErrorKind, PutOptions};

use super::{Limit, Subject, keys};

pub(super) async fn odd_keys_are_copied(subject: &Subject) {
    let mut wrong = Vec::new();
    for (name, key) in keys::held(subject) {
        let bytes = subject.bytes_for(name, format!("copy of {name}"));
        subject.put(&key, bytes.clone()).await;
        let there = subject.bucket.copy(&key, "copied", &CopyOptions::default()).await;
        if subject.has(Limit::CannotCopyKey(name)) {
            let error = there.err().map(|error| error.kind());
            if error != Some(ErrorKind::NotFound) {
                wrong.push(format!("{name}: can be copied, or fails as {error:?}"));
            }
            continue;
        }
        if let Err(error) = there {
            wrong.push(format!("{name}: from: {error:?}"));
            continue;
        }
        subject.bucket.delete(&key).await.unwrap();
        if let Err(error) = subject.bucket.copy("copied", &key, &CopyOptions::default()).await {
            wrong.push(format!("{name}: to: {error:?}"));
            continue;
        }
        if subject.read(&key).await != bytes {
            wrong.push(format!("{name}: other bytes"));
        }
        subject.bucket.delete(&key).await.unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n    "));
}

pub(super) async fn a_copy_keeps_or_replaces_headers(subject: &Subject) {
    let options = |content_type: &str, width: &str| PutOptions {
        content_type: Some(content_type.to_owned()),
        cache_control: Some("max-age=60".to_owned()),
        metadata: BTreeMap::from([("width".to_owned(), width.to_owned())]),
        ..PutOptions::default()
    };
    subject
        .bucket
        .put("from", Body::from(b"x" as &[u8]), &options("image/png", "1"))
        .await
        .unwrap();
    subject.bucket.copy("from", "kept", &CopyOptions::default()).await.unwrap();
    let kept = subject.bucket.head("kept").await.unwrap();
    assert_eq!(kept.content_type.as_deref(), Some("image/png"));
    assert_eq!(kept.cache_control.as_deref(), Some("max-age=60"));
    assert_eq!(kept.metadata["width"], "1");

    let replace =
        CopyOptions { replace: Some(options("image/webp", "2")), ..CopyOptions::default() };
    // Onto itself is how the headers of an object are changed.
    for to in ["replaced", "from"] {
        subject.bucket.copy("from", to, &replace).await.unwrap();
        let meta = subject.bucket.head(to).await.unwrap();
        assert_eq!(meta.content_type.as_deref(), Some("image/webp"), "{to}");
        assert_eq!(meta.metadata["width"], "2", "{to}");
        assert_eq!(subject.read(to).await, b"x");
    }
}

pub(super) async fn only_the_object_that_was_seen_is_copied(subject: &Subject) {
    subject.put("from", b"one".to_vec()).await;
    let seen = subject.bucket.head("from").await.unwrap().etag;
    let options = CopyOptions { if_match: seen, ..CopyOptions::default() };
    subject.bucket.copy("from", "to", &options).await.unwrap();
    subject.put("from", b"another".to_vec()).await;
    let error = subject.bucket.copy("from", "to", &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Precondition, "{error:?}");
    assert_eq!(subject.read("to").await, b"one");
}

pub(super) async fn copying_what_is_not_there_fails(subject: &Subject) {
    let error = subject.bucket.copy("nothing", "to", &CopyOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
    subject.missing("to").await;
}
