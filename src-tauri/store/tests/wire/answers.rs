//! What the answers of stores are taken for.

use std::time::Duration;

use hoist_store::s3::S3Dialect;
use hoist_store::{
    Body, Bucket as _, ByteRange, CompletedPart, ErrorKind, GetOptions, ListRequest,
    MultipartUpload as _, PutOptions, Retry, StoreError,
};
use jiff::SignedDuration;

use crate::script::{Reply, Script};

async fn put_fails(reply: Reply) -> StoreError {
    let script = Script::new([reply]).await;
    let put = script
        .once(S3Dialect::Aws)
        .put("k", Body::from(b"x" as &[u8]), &PutOptions::default())
        .await;
    put.unwrap_err()
}

async fn list_fails(reply: Reply) -> StoreError {
    let script = Script::new([reply]).await;
    script.once(S3Dialect::Aws).list(&ListRequest::default()).await.unwrap_err()
}

#[tokio::test]
async fn other_bytes_than_were_sent_are_an_integrity_error() {
    let other = "\"00000000000000000000000000000000\"";
    let error = put_fails(Reply::answer("200 OK", &[("etag", other)], "")).await;
    assert_eq!(error.kind(), ErrorKind::Integrity);
    // An ETag of parts or of an encrypted object says nothing of the bytes.
    for headers in [
        vec![("etag", "\"00000000000000000000000000000000-2\"")],
        vec![("etag", other), ("x-amz-server-side-encryption", "aws:kms")],
        vec![],
    ] {
        let script = Script::new([Reply::answer("200 OK", &headers, "")]).await;
        let bucket = script.once(S3Dialect::Aws);
        bucket.put("k", Body::from(b"x" as &[u8]), &PutOptions::default()).await.unwrap();
    }
}

#[tokio::test]
async fn a_join_can_fail_inside_a_200() {
    let body = "<Error><Code>InternalError</Code><Message>again</Message></Error>";
    let script = Script::new([Reply::answer("200 OK", &[], body)]).await;
    let part = CompletedPart { number: 1, etag: "e".into() };
    let done = script.once(S3Dialect::R2).complete("k", "id", std::slice::from_ref(&part)).await;
    assert_eq!(done.unwrap_err().provider_code(), Some("InternalError"));

    // No ETag, and nothing there.
    let silent = Reply::answer("200 OK", &[], "<CompleteMultipartUploadResult/>");
    let head = Reply::answer("404 Not Found", &[], "");
    let script = Script::new([silent, head, Reply::error("404 Not Found", "NoSuchKey")]).await;
    let done = script.once(S3Dialect::R2).complete("k", "id", &[part]).await;
    assert_eq!(done.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_silent_head_is_explained_by_a_get() {
    let silent = |status| Reply::answer(status, &[], "").clone();
    let region =
        "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
    for (status, reason, kind, hint) in [
        ("404 Not Found", Reply::error("404 Not Found", "NoSuchBucket"), ErrorKind::NotFound, None),
        (
            "403 Forbidden",
            Reply::error("403 Forbidden", "RequestTimeTooSkewed"),
            ErrorKind::ClockSkew,
            None,
        ),
        (
            "400 Bad Request",
            Reply::answer("400 Bad Request", &[], region),
            ErrorKind::WrongRegion,
            Some("eu-west-1"),
        ),
    ] {
        let script = Script::new([silent(status), reason]).await;
        let error = script.once(S3Dialect::Aws).head("k").await.unwrap_err();
        assert_eq!((error.kind(), error.hint()), (kind, hint), "{error:?}");
        assert!(error.provider_code().is_some());
        assert_eq!(script.asked().len(), 2);
    }
    let moved =
        Reply::answer("301 Moved Permanently", &[("x-amz-bucket-region", "ap-south-1")], "");
    let script = Script::new([moved.clone(), moved]).await;
    let error = script.once(S3Dialect::Aws).head("k").await.unwrap_err();
    assert_eq!((error.kind(), error.hint()), (ErrorKind::WrongRegion, Some("ap-south-1")));
}

#[tokio::test]
async fn a_head_needs_no_explanation_once_the_bucket_is_known() {
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let script =
        Script::new([Reply::answer("200 OK", &[], empty), Reply::answer("404 Not Found", &[], "")])
            .await;
    let bucket = script.once(S3Dialect::Aws);
    bucket.list(&ListRequest::default()).await.unwrap();
    assert_eq!(bucket.head("k").await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn a_busy_store_says_when_to_come_back() {
    let body = "<Error><Code>SlowDown</Code></Error>";
    let error = list_fails(Reply::answer("503 Slow Down", &[("retry-after", "11")], body)).await;
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(11)));
}

#[tokio::test]
async fn an_answer_that_is_no_s3_is_an_error_without_a_panic() {
    for reply in [
        Reply::answer("200 OK", &[("content-type", "text/html")], "<html>Welcome to nginx</html>"),
        Reply::answer("200 OK", &[], "not xml at all"),
        Reply::answer("200 OK", &[], "<ListBucketResult><Contents><Key>unfinished"),
        Reply::answer("403 Forbidden", &[("content-type", "text/html")], "<html>blocked</html>"),
        Reply::answer("204 No Content", &[], ""),
        Reply::Send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()),
        Reply::Close,
    ] {
        let shown = format!("{reply:?}");
        let script = Script::new([reply]).await;
        let error = script.once(S3Dialect::Aws).list(&ListRequest::default()).await.err();
        let error = error.unwrap_or_else(|| panic!("taken for a listing: {shown}"));
        assert!(!error.to_string().is_empty(), "{shown}");
    }
    let page = Reply::answer("200 OK", &[("content-type", "text/html")], "<html>hello</html>");
    assert_eq!(list_fails(page).await.kind(), ErrorKind::WrongEndpoint);
}

#[tokio::test]
async fn a_listing_that_does_not_move_is_an_error() {
    let stuck = "<ListBucketResult><IsTruncated>true</IsTruncated>\
        <NextContinuationToken>same</NextContinuationToken></ListBucketResult>";
    let script = Script::new([Reply::answer("200 OK", &[], stuck)]).await;
    let request = ListRequest { page: Some("same".into()), ..ListRequest::default() };
    assert!(script.once(S3Dialect::Runpod).list(&request).await.is_err());
}

#[tokio::test]
async fn a_marker_that_is_left_out_is_the_last_entry() {
    let page = "<ListBucketResult><IsTruncated>true</IsTruncated>\
        <Contents><Key>a</Key><Size>1</Size></Contents><Contents><Key>c</Key><Size>1</Size></Contents>\
        <CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes></ListBucketResult>";
    let script = Script::new([Reply::answer("200 OK", &[], page)]).await;
    let page = script.once(S3Dialect::Generic).list(&ListRequest::default()).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("c"));
}

#[tokio::test]
async fn encoded_keys_are_decoded_once() {
    let page = "<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>\
        <Contents><Key>a+b%2Bc%2520.png</Key><Size>1</Size></Contents>\
        <CommonPrefixes><Prefix>%E5%9B%BE/</Prefix></CommonPrefixes></ListBucketResult>";
    let script = Script::new([Reply::answer("200 OK", &[], page)]).await;
    let page = script.once(S3Dialect::Aws).list(&ListRequest::default()).await.unwrap();
    assert_eq!(page.objects[0].key, "a b+c%20.png");
    assert_eq!(page.prefixes, ["图/"]);
}

#[tokio::test]
async fn a_batch_delete_names_the_keys_that_are_left() {
    let body = "<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>no</Message></Error>\
        <Error><Key>b</Key><Code>NoSuchKey</Code></Error></DeleteResult>";
    let script = Script::new([Reply::answer("200 OK", &[], body)]).await;
    let failures = script.once(S3Dialect::R2).delete_many(&["a".into(), "b".into()]).await.unwrap();
    assert_eq!(failures.len(), 1);
    assert_eq!(
        (failures[0].key.as_str(), failures[0].error.kind()),
        ("a", ErrorKind::AccessDenied)
    );
}

#[tokio::test]
async fn a_range_that_is_not_the_one_asked_for_is_refused() {
    let range = |from, len| GetOptions {
        range: Some(ByteRange::From { start: from, len: Some(len) }),
        ..GetOptions::default()
    };
    for (reply, kind) in [
        (
            Reply::answer("206 Partial Content", &[("content-range", "bytes 0-3/10")], "abcd"),
            ErrorKind::Integrity,
        ),
        (
            Reply::answer("206 Partial Content", &[("content-range", "nonsense")], "abcd"),
            ErrorKind::Integrity,
        ),
        (Reply::answer("200 OK", &[], "abcdefghij"), ErrorKind::Unsupported),
    ] {
        let script = Script::new([reply]).await;
        let error = script.once(S3Dialect::Aws).get("k", &range(2, 4)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
    }
    let script = Script::new([Reply::answer("200 OK", &[], "abcd")]).await;
    let whole = script.once(S3Dialect::Aws).get("k", &range(0, 100)).await.unwrap();
    assert_eq!((whole.len, whole.meta.size), (4, 4));
}

#[tokio::test]
async fn what_a_store_repeats_of_our_keys_is_not_passed_on() {
    let body = "<Error><Code>SignatureDoesNotMatch</Code><Message>AKIASCRIPT signed AKIASCRIPT/2026</Message>\
        <AWSAccessKeyId>AKIASCRIPT</AWSAccessKeyId><StringToSign>AKIASCRIPT the-token</StringToSign></Error>";
    let error = put_fails(Reply::answer("403 Forbidden", &[], body)).await;
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let shown = format!("{error} {error:?} {error:#?}");
    for secret in ["AKIASCRIPT", "the/secret+key", "the-token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn the_clock_of_the_store_is_heard() {
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let then = jiff::Timestamp::now() + SignedDuration::from_hours(2);
    let date = then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let script = Script::new([Reply::answer("200 OK", &[("date", &date)], empty)]).await;
    let bucket = script.once(S3Dialect::Aws);
    assert_eq!(bucket.clock_offset(), None);
    bucket.list(&ListRequest::default()).await.unwrap();
    let offset = bucket.clock_offset().unwrap();
    assert!(
        (offset - SignedDuration::from_hours(2)).abs() < SignedDuration::from_secs(30),
        "{offset}"
    );
}

#[tokio::test]
async fn a_skewed_clock_is_corrected_or_named() {
    let then = jiff::Timestamp::now() + SignedDuration::from_hours(2);
    let date = then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>m</Message></Error>";
    let refused = || Reply::answer("403 Forbidden", &[("date", &date)], skewed);
    let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
    let script = Script::new([refused(), Reply::answer("200 OK", &[("date", &date)], empty)]).await;
    script.bucket(S3Dialect::Aws).list(&ListRequest::default()).await.unwrap();
    let signed: Vec<_> =
        script.asked().iter().map(|a| a.header("x-amz-date").unwrap().to_owned()).collect();
    assert_eq!(signed[1][..11], then.strftime("%Y%m%dT%H").to_string()[..11], "{signed:?}");
    assert_ne!(signed[0], signed[1]);

    let error = list_fails(Reply::answer("403 Forbidden", &[], skewed)).await;
    assert_eq!((error.kind(), error.retry()), (ErrorKind::ClockSkew, Retry::Never));
}
