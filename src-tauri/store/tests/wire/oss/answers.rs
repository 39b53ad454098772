//! What answers are taken for, and which requests go again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hoist_store::oss::{AppendPosition, OssBucket};
use hoist_store::{
    Body, Bucket as _, CompletedPart, ErrorKind, ListRequest, MultipartUpload as _, PutOptions,
    Retry,
};
use jiff::SignedDuration;

use super::{BODY, CRC, EMPTY_LIST, bucket, config, ok, once};
use crate::script::{Reply, Script};

/// Tue, 14 Nov 2023 22:13:20 GMT
fn slow_clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn skewed() -> Reply {
    let body = "<Error><Code>RequestTimeTooSkewed</Code><Message>clock</Message></Error>";
    Reply::answer("403 Forbidden", &[("date", "Tue, 14 Nov 2023 22:33:20 GMT")], body)
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_stays_so() {
    let script = Script::new([skewed(), ok(&[], EMPTY_LIST), ok(&[], EMPTY_LIST)]).await;
    let mut config = config(&script);
    config.clock = Some(slow_clock);
    // It costs no attempt.
    config.max_attempts = 1;
    let bucket = OssBucket::new(config).unwrap();
    bucket.list(&ListRequest::default()).await.unwrap();
    assert_eq!(bucket.clock_offset(), Some(SignedDuration::from_mins(20)));
    bucket.list(&ListRequest::default()).await.unwrap();
    let dates: Vec<_> =
        script.asked().iter().map(|asked| asked.header("x-oss-date").unwrap().to_owned()).collect();
    assert_eq!(dates, ["20231114T221320Z", "20231114T223320Z", "20231114T223320Z"]);
}

#[tokio::test]
async fn a_clock_that_stays_wrong_is_said_to_be() {
    let script = Script::new([skewed(), skewed()]).await;
    let mut config = config(&script);
    config.clock = Some(slow_clock);
    let error = OssBucket::new(config).unwrap().list(&ListRequest::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ClockSkew, "{error:?}");
    assert_eq!(script.asked().len(), 2);
}

#[tokio::test]
async fn a_busy_store_is_asked_again_when_it_says() {
    let script = Script::new([
        Reply::error("503 Service Unavailable", "ServiceUnavailable"),
        Reply::answer("500 Internal Server Error", &[("retry-after", "0")], ""),
        ok(&[], EMPTY_LIST),
    ])
    .await;
    bucket(&script).list(&ListRequest::default()).await.unwrap();

    // An hour is for whoever has the time; here it is an error that says so.
    let later = Reply::answer("503 Service Unavailable", &[("retry-after", "3600")], "");
    let script = Script::new([later]).await;
    let error = bucket(&script).list(&ListRequest::default()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(3600)));
    assert_eq!(script.asked().len(), 1);
}

#[tokio::test]
async fn what_will_not_change_is_not_asked_again() {
    for (status, code) in [
        ("403 Forbidden", "SignatureDoesNotMatch"),
        ("404 Not Found", "NoSuchBucket"),
        ("400 Bad Request", "InvalidArgument"),
    ] {
        let script = Script::new([Reply::error(status, code)]).await;
        let error = bucket(&script).list(&ListRequest::default()).await.unwrap_err();
        assert_eq!((error.provider_code(), script.asked().len()), (Some(code), 1));
    }
}

#[tokio::test]
async fn an_attempt_has_an_end() {
    let busy = || Reply::error("500 Internal Server Error", "InternalError");
    let script = Script::new([busy(), busy(), busy(), busy()]).await;
    let error = bucket(&script).list(&ListRequest::default()).await.unwrap_err();
    assert_eq!((error.provider_code(), script.asked().len()), (Some("InternalError"), 3));
}

#[tokio::test]
async fn a_conditional_put_whose_answer_was_lost_finds_its_own_object() {
    let options = PutOptions { if_absent: true, ..PutOptions::default() };
    let exists = || Reply::error("409 Conflict", "FileAlreadyExists");
    let ours = ok(&[("etag", "\"E\""), ("x-oss-hash-crc64ecma", CRC)], "");
    let script = Script::new([Reply::Close, exists(), ours]).await;
    let put = bucket(&script).put("k", Body::from(BODY), &options).await.unwrap();
    assert_eq!(put.etag.as_deref(), Some("E"));

    let theirs = ok(&[("etag", "\"T\""), ("x-oss-hash-crc64ecma", "1")], "");
    let script = Script::new([Reply::Close, exists(), theirs]).await;
    let error = bucket(&script).put("k", Body::from(BODY), &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Precondition, "{error:?}");

    // The first answer itself says that it is there: nothing was lost.
    let script = Script::new([exists()]).await;
    let error = bucket(&script).put("k", Body::from(BODY), &options).await.unwrap_err();
    assert_eq!((error.kind(), script.asked().len()), (ErrorKind::Precondition, 1));
}

#[tokio::test]
async fn an_append_is_sent_once() {
    let script = Script::new([Reply::Close]).await;
    let end = AppendPosition::start();
    let append = bucket(&script).append("k", end, Body::from(BODY), &PutOptions::default()).await;
    assert_eq!(append.unwrap_err().kind(), ErrorKind::Network);
    assert_eq!(script.asked().len(), 1);

    let moved = Reply::answer(
        "409 Conflict",
        &[("x-oss-next-append-position", "42")],
        "<Error><Code>PositionNotEqualToLength</Code></Error>",
    );
    let script = Script::new([moved]).await;
    let append = bucket(&script).append("k", end, Body::from(BODY), &PutOptions::default()).await;
    let error = append.unwrap_err();
    assert_eq!((error.kind(), error.hint()), (ErrorKind::Precondition, Some("42")));
}

#[tokio::test]
async fn a_join_can_fail_inside_a_200() {
    let body = "<Error><Code>InternalError</Code><Message>again</Message></Error>";
    let unlisted = Reply::error("403 Forbidden", "AccessDenied");
    let script = Script::new([unlisted, ok(&[], body)]).await;
    let part = CompletedPart { number: 1, etag: "e".into() };
    let done = once(&script).complete("k", "id", &[part]).await;
    assert_eq!(done.unwrap_err().provider_code(), Some("InternalError"));
}

#[tokio::test]
async fn other_servers_are_not_taken_for_oss() {
    let page = "<html><body>Welcome to nginx!</body></html>";
    let script = Script::new([ok(&[], page), ok(&[], page), ok(&[], "")]).await;
    let bucket = once(&script);
    let list = bucket.list(&ListRequest::default()).await.unwrap_err();
    let put = bucket.put("k", Body::from(BODY), &PutOptions::default()).await.unwrap_err();
    let uploads = bucket.list_uploads("").await.unwrap_err();
    for error in [list, put, uploads] {
        assert_eq!(error.kind(), ErrorKind::WrongEndpoint, "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let there = Script::new([ok(&[], EMPTY_LIST)]).await;
    let location = format!("http://127.0.0.1:{}/", there.port);
    let script = Script::new([Reply::answer("302 Found", &[("location", &location)], "")]).await;
    let error = once(&script).list(&ListRequest::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongEndpoint, "{error:?}");
    assert!(there.asked().is_empty());
}

#[tokio::test]
async fn a_listing_that_does_not_go_on_is_an_error() {
    let more = "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>";
    let same = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>";
    let script = Script::new([ok(&[], more), ok(&[], same)]).await;
    let bucket = once(&script);
    let error = bucket.list(&ListRequest::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Other, "{error:?}");
    let request = ListRequest { page: Some("t".into()), ..ListRequest::default() };
    assert_eq!(bucket.list(&request).await.unwrap_err().kind(), ErrorKind::Other);
}
