//! The contract on the strictest servers: Ceph checks the hash of every payload, Swift the region
//! and Content-MD5. Run by `make test-strict`, which installs them.

use hoist_store::ErrorKind;
use hoist_store::s3::S3Dialect;
use hoist_testkit::Server;
use hoist_testkit::contract::{Limit, run};

/// What radosgw 16.2 cannot do, whoever asks.
const CEPH: &[(Limit, &str)] = &[
    (Limit::AnyRegion, "the region of the signature is only part of the key"),
    (Limit::AnyPartOrder, "parts are sorted before they are joined"),
    (Limit::CompletesAbortedAs(ErrorKind::Other), "a lock of the lost upload is in the way: 500"),
    (
        Limit::LongKeysInParts(ErrorKind::Other),
        "its name for the parts is too long, which it says in a 200 with an error inside",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn ceph() {
    let server = Server::ceph().await;
    let subject = server.subject(S3Dialect::Minio, "encoded-v2").await;
    run(subject.limits(CEPH.iter().copied())).await.check();
    let subject = server.subject(S3Dialect::Vultr, "plain-v1").await.limits([(
        Limit::NoConditionalPut,
        "not promised by Vultr, so not asked for, though Ceph has it",
    )]);
    run(subject.limits(CEPH.iter().copied())).await.check();
}

/// What Swift 2.30's s3api cannot do, whoever asks.
const SWIFT: &[(Limit, &str)] = &[
    (Limit::NoConditionalPut, "If-None-Match is answered with 501"),
    (
        Limit::LongKeysInParts(ErrorKind::Other),
        "its names for parts add the upload id to the key and pass 1,024 bytes: 500",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn swift() {
    let server = Server::swift().await;
    for (dialect, bucket) in [(S3Dialect::Minio, "encoded-v2"), (S3Dialect::Generic, "plain-v1")] {
        let subject = server.subject(dialect, bucket).await;
        run(subject.limits(SWIFT.iter().copied())).await.check();
    }
}
