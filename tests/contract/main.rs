//! Every bucket keeps the same contract.
//!
//! The built-in store runs the suite in its own crate (`src-tauri/server/tests`), the strict servers
//! in `tests/strict`.

#![allow(clippy::unwrap_used)]

mod oss;

use std::sync::Arc;

use hoist_store::fault::FaultyBucket;
use hoist_store::memory::MemoryBucket;
use hoist_store::s3::{S3Account, S3Bucket, S3Dialect};
use hoist_store::{
    Account as _, Body, Bucket as _, CopyOptions, ErrorKind, PutOptions, Versioning,
};
use hoist_testkit::Server;
use hoist_testkit::contract::{Limit, Subject, run, versions};

#[tokio::test(flavor = "multi_thread")]
async fn memory() {
    let subject = Subject::new("memory", Arc::new(MemoryBucket::new("m")))
        .limits([(Limit::NoPresign, "there is no server that could honour a URL")]);
    run(subject).await.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn faulty_with_an_empty_script() {
    let inner = Arc::new(MemoryBucket::new("m"));
    let subject = Subject::new("faulty", Arc::new(FaultyBucket::wrap(inner)))
        .limits([(Limit::NoPresign, "the bucket behind it has none")]);
    run(subject).await.check();
}

/// What SeaweedFS 4.48 cannot do, whoever asks.
const SEAWEEDFS: &[(Limit, &str)] = &[
    (Limit::RefusesKey("dot segment", ErrorKind::InvalidKey), "keys are paths of its filer"),
    (Limit::RefusesKey("dot dot segment", ErrorKind::InvalidKey), "keys are paths of its filer"),
    (Limit::EmptiesFolders, "a key that ends in / is a directory of its filer"),
    (Limit::CannotCopyKey("trailing slash"), "a directory of its filer cannot be a source"),
    (Limit::ListsKeyDifferently("double slash"), "its filer folds // into /"),
    (Limit::ListsKeyDifferently("leading slash"), "its filer drops a / at the start"),
    (Limit::ListsKeyDifferently("backslash"), "its filer shows \\ as /"),
    (Limit::DeletesOnlyAlone("backslash"), "its batch delete takes \\ for /"),
    (Limit::AnyRegion, "the region of the signature is not compared with anything"),
    (Limit::AbortsSilently, "an unknown upload id is answered with 204"),
    (Limit::ListsReplacedParts, "the part that was replaced stays listed until the upload ends"),
];

#[tokio::test(flavor = "multi_thread")]
async fn seaweedfs() {
    let server = Server::seaweedfs().await;
    let encoded = server.subject(S3Dialect::Minio, "encoded-v2").await;
    let encoded = run(encoded.limits(SEAWEEDFS.iter().copied())).await;
    let plain = server.subject(S3Dialect::Generic, "plain-v1").await;
    let plain = plain.limits(SEAWEEDFS.iter().copied()).limits([(
        Limit::NoConditionalPut,
        "an unknown store is not trusted to look at If-None-Match",
    )]);
    let plain = run(plain).await;
    encoded.check();
    plain.check();

    let config = server.config(S3Dialect::Minio, "versions");
    let account = S3Account::new(config.clone()).unwrap();
    account.create_bucket("versions", &Default::default()).await.unwrap();
    let settings = account.bucket_config("versions").unwrap();
    settings.put_versioning(Versioning::Enabled).await.unwrap();
    versions(&S3Bucket::new(config).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_on_seaweedfs_keep_class_headers_and_tags() {
    let server = Server::seaweedfs().await;
    assert!(server.create_bucket("kept").await);
    let mut config = server.config(S3Dialect::Minio, "kept");
    let bucket = S3Bucket::new(config.clone()).unwrap();
    // What is larger than one request may be, is copied in parts.
    let mut quirks = S3Dialect::Minio.quirks();
    quirks.max_put = 6 << 20;
    config.quirks = Some(quirks);
    let in_parts = S3Bucket::new(config).unwrap();
    let bytes: Vec<u8> = (0..7u32 << 20).map(|n| (n % 251) as u8).collect();
    let options = PutOptions {
        content_type: Some("text/css".into()),
        content_encoding: Some("br".into()),
        content_language: Some("zh".into()),
        metadata: [("who".to_owned(), "me".to_owned())].into(),
        storage_class: Some("STANDARD_IA".into()),
        tags: Some("a=1%20%262".into()),
        ..PutOptions::default()
    };
    bucket.put("from", Body::from(bytes.clone()), &options).await.unwrap();
    let source = bucket.head("from").await.unwrap();
    assert_eq!(source.storage_class.as_deref(), Some("STANDARD_IA"));
    let keep = CopyOptions {
        storage_class: source.storage_class.clone(),
        size: Some(source.size),
        ..CopyOptions::default()
    };
    for (to, from) in [("whole", &bucket), ("parts", &in_parts)] {
        assert_eq!(from.copy("from", to, &keep).await.unwrap(), [], "{to}");
        let copy = bucket.head(to).await.unwrap();
        assert_eq!(copy.headers().metadata, options.metadata, "{to}");
        assert_eq!(copy.content_type, options.content_type, "{to}");
        assert_eq!(copy.content_encoding, options.content_encoding, "{to}");
        assert_eq!(copy.content_language, options.content_language, "{to}");
        assert_eq!(copy.storage_class, options.storage_class, "{to}");
        assert_eq!((copy.size, copy.etag != source.etag), (source.size, to == "parts"), "{to}");
        let tags = server.tags("kept", to).await;
        assert_eq!(tags, [("a".to_owned(), "1 &2".to_owned())], "{to}");
    }
}
