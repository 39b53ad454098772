//! Connections that fail, stall or end too soon.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use hoist_store::s3::{S3Bucket, S3Dialect};
use hoist_store::{Body, Bucket as _, ErrorKind, GetOptions, ListRequest, PutOptions, Retry};

use crate::script::{Reply, Script};

#[tokio::test]
async fn nobody_listening_is_a_network_error() {
    let script = Script::new([]).await;
    let mut config = script.config(S3Dialect::Generic);
    drop(script);
    config.max_attempts = 1;
    let bucket = S3Bucket::new(config).unwrap();
    let error = bucket.list(&ListRequest::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Network, Retry::Now), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_a_network_error() {
    let script = Script::new([]).await;
    let mut config = script.config(S3Dialect::Generic);
    config.endpoint = Some("http://no-such-host.invalid".to_owned());
    config.max_attempts = 1;
    let error = S3Bucket::new(config).unwrap().head("k").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
}

#[tokio::test]
async fn a_download_that_stops_is_a_timeout() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabcd".to_vec();
    let script = Script::new([Reply::SendAndStall(half)]).await;
    let object = script.once(S3Dialect::Aws).get("k", &GetOptions::default()).await.unwrap();
    let start = Instant::now();
    let error = object.bytes(100).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Now), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_download_that_is_cut_off_is_never_taken_for_whole() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabcd".to_vec();
    let script = Script::new([Reply::SendAndClose(half)]).await;
    let object = script.once(S3Dialect::Aws).get("k", &GetOptions::default()).await.unwrap();
    let mut stream = object.stream;
    assert_eq!(stream.try_next().await.unwrap().as_deref(), Some(b"abcd" as &[u8]));
    let error = stream.try_next().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Network | ErrorKind::Integrity), "{error:?}");
    assert!(stream.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn an_upload_nobody_reads_is_a_timeout() {
    let script = Script::new([Reply::Ignore]).await;
    // More than the buffers of a loopback connection take.
    let body = Body::from(vec![7; 32 << 20]);
    let put = script.once(S3Dialect::Aws);
    let start = Instant::now();
    let error = put.put("k", body, &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Now), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_connection_that_closes_is_tried_again() {
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let script = Script::new([Reply::Close, Reply::answer("200 OK", &[], empty)]).await;
    script.bucket(S3Dialect::Aws).list(&ListRequest::default()).await.unwrap();

    let script = Script::new([Reply::Close]).await;
    let error = script.once(S3Dialect::Aws).list(&ListRequest::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Network, Retry::Now), "{error:?}");
}

#[tokio::test]
async fn a_file_that_shrinks_while_it_is_sent_is_an_integrity_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.png");
    std::fs::write(&path, b"0123456789").unwrap();
    let script = Script::new([Reply::answer("200 OK", &[], "")]).await;
    let body = Body::File { path, offset: 0, len: 20 };
    let error =
        script.once(S3Dialect::Aws).put("k", body, &PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    assert!(error.to_string().contains("growing.png"), "{error}");
}
