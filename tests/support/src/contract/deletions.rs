//! Deletions, one by one and together.

use std::sync::Arc;

use hoist_store::{Body, ErrorKind, PutOptions};
use tokio::task::JoinSet;

use super::{Limit, Subject, keys};

pub(super) async fn deleting_what_is_not_there_is_no_error(subject: &Subject) {
    subject.bucket.delete("never was").await.unwrap();
    subject.put("was", "x").await;
    subject.bucket.delete("was").await.unwrap();
    subject.bucket.delete("was").await.unwrap();
    subject.missing("was").await;
}

pub(super) async fn a_thousand_and_one_keys_are_deleted(subject: &Subject) {
    let mut wanted: Vec<String> = (0..1001).map(|n| format!("many/{n:04} 图+.png")).collect();
    put_all(subject, &wanted).await;
    subject.put("kept", "x").await;
    assert_eq!(subject.keys("many/", 1000).await, wanted);
    // What is not there counts as deleted.
    wanted.push("many/never was".to_owned());
    let failures = subject.bucket.delete_many(&wanted).await.unwrap();
    assert!(failures.is_empty(), "{failures:?}");
    assert_eq!(subject.keys("", 1000).await, ["kept"]);
    assert!(subject.bucket.delete_many(&[]).await.unwrap().is_empty());
}

pub(super) async fn odd_keys_are_deleted_together(subject: &Subject) {
    let mut odd: Vec<String> = Vec::new();
    for (name, key) in keys::held(subject) {
        subject.put(&key, "x").await;
        if subject.has(Limit::DeletesOnlyAlone(name)) {
            let failures = subject.bucket.delete_many(std::slice::from_ref(&key)).await.unwrap();
            assert!(failures.is_empty() && subject.bucket.head(&key).await.is_ok(), "{name}");
            subject.bucket.delete(&key).await.unwrap();
        } else {
            odd.push(key);
        }
    }
    subject.put("kept", "x").await;
    let failures = subject.bucket.delete_many(&odd).await.unwrap();
    assert!(failures.is_empty(), "{failures:?}");
    for key in &odd {
        subject.missing(key).await;
    }
    assert_eq!(subject.read("kept").await, b"x");

    let bad = [String::new(), "kept".to_owned()];
    let failures = subject.bucket.delete_many(&bad).await.unwrap();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].error.kind(), ErrorKind::InvalidKey);
    subject.missing("kept").await;
}

/// Many small puts, several at a time.
async fn put_all(subject: &Subject, keys: &[String]) {
    let mut puts = JoinSet::new();
    for chunk in keys.chunks(keys.len().div_ceil(8)) {
        let (bucket, chunk) = (Arc::clone(&subject.bucket), chunk.to_vec());
        puts.spawn(async move {
            for key in chunk {
                bucket.put(&key, Body::from(b"x" as &[u8]), &PutOptions::default()).await.unwrap();
            }
        });
    }
    while let Some(put) = puts.join_next().await {
        put.unwrap();
    }
}
