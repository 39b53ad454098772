//! Connections that fail, stall or end too soon.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use hoist_store::oss::{OssBucket, OssEndpoint};
use hoist_store::{Body, Bucket as _, ErrorKind, GetOptions, ListRequest, PutOptions, Retry};

use super::{EMPTY_LIST, bucket, config, ok, once};
use crate::script::{Reply, Script};

#[tokio::test]
async fn nobody_listening_is_a_network_error() {
    let script = Script::new([]).await;
    let config = config(&script);
    drop(script);
    let error = OssBucket::new(config).unwrap().list(&ListRequest::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Network, Retry::Now), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_a_network_error() {
    let script = Script::new([]).await;
    let url = "http://no-such-host.invalid".to_owned();
    let mut config = config(&script).endpoint(OssEndpoint::Cname(url));
    config.max_attempts = 1;
    let error = OssBucket::new(config).unwrap().head("k").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
}

#[tokio::test]
async fn a_download_that_stops_is_a_timeout() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabcd".to_vec();
    let script = Script::new([Reply::SendAndStall(half)]).await;
    let object = once(&script).get("k", &GetOptions::default()).await.unwrap();
    let error = object.bytes(100).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Now), "{error:?}");
}

#[tokio::test]
async fn a_document_that_stops_is_a_timeout() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n<Lis".to_vec();
    let script = Script::new([Reply::SendAndStall(half)]).await;
    let error = once(&script).list(&ListRequest::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Now), "{error:?}");
}

#[tokio::test]
async fn a_download_that_is_cut_off_is_never_taken_for_whole() {
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\nabcd".to_vec();
    let script = Script::new([Reply::SendAndClose(half)]).await;
    let object = once(&script).get("k", &GetOptions::default()).await.unwrap();
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
    let start = Instant::now();
    let error = once(&script).put("k", body, &PutOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Timeout, Retry::Now), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_refusal_that_comes_before_the_body_has_gone_is_understood() {
    let Reply::Send(refusal) = Reply::error("403 Forbidden", "InvalidAccessKeyId") else {
        unreachable!("an answer is sent")
    };
    let script = Script::new([Reply::SendFirst(refusal)]).await;
    let body = Body::from(vec![7; 32 << 20]);
    let error = bucket(&script).put("k", body, &PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error:?}");
    assert_eq!(error.provider_code(), Some("InvalidAccessKeyId"));
}

#[tokio::test]
async fn a_connection_that_closes_is_tried_again_with_the_whole_body() {
    let script = Script::new([Reply::Close, ok(&[("etag", "\"E\"")], "")]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.bin");
    std::fs::write(&path, vec![7; 300_000]).unwrap();
    let body = Body::File { path, offset: 100, len: 200_000 };
    bucket(&script).put("k", body, &PutOptions::default()).await.unwrap();
    let asked = script.asked();
    assert_eq!(asked.iter().map(|asked| asked.body.len()).collect::<Vec<_>>(), [200_000, 200_000]);

    let script = Script::new([Reply::Close, ok(&[], EMPTY_LIST)]).await;
    bucket(&script).list(&ListRequest::default()).await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_missing_or_shrinks_is_named_and_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("growing.png");
    for (written, kind) in [(None, ErrorKind::Other), (Some(b"0123456789"), ErrorKind::Integrity)] {
        if let Some(bytes) = written {
            std::fs::write(&path, bytes).unwrap();
        }
        for hash_first in [0, 100] {
            let script = Script::new([ok(&[("etag", "\"E\"")], "")]).await;
            let mut config = config(&script);
            config.hash_first = hash_first;
            let bucket = OssBucket::new(config).unwrap();
            let body = Body::File { path: path.clone(), offset: 0, len: 20 };
            let error = bucket.put("k", body, &PutOptions::default()).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{error:?}");
            assert!(error.to_string().contains("growing.png"), "{error}");
            assert!(script.asked().is_empty());
        }
    }
}
