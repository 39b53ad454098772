//! Bytes that changed on the way are noticed, and what is wrong does not stay.

use hoist_store::oss::{AppendPosition, OssBucket};
use hoist_store::{
    Body, Bucket as _, ByteRange, CompletedPart, ErrorKind, GetOptions, MultipartUpload as _,
    PutOptions, Result,
};

use super::{BODY, CRC, bucket, ok, once};
use crate::script::{Reply, Script};

const WRONG: &str = "7";

async fn put(bucket: &OssBucket) -> Result<hoist_store::PutResult> {
    bucket.put("k", Body::from(BODY), &PutOptions::default()).await
}

fn methods(script: &Script) -> Vec<String> {
    script.asked().into_iter().map(|asked| asked.method).collect()
}

#[tokio::test]
async fn the_right_checksum_and_none_at_all_are_fine() {
    for headers in [&[("etag", "\"E\""), ("x-oss-hash-crc64ecma", CRC)][..], &[("etag", "\"E\"")]] {
        let script = Script::new([ok(headers, "")]).await;
        assert_eq!(put(&once(&script)).await.unwrap().etag.as_deref(), Some("E"));
        assert_eq!(methods(&script), ["PUT"]);
    }
}

#[tokio::test]
async fn a_wrong_object_is_deleted_while_it_is_the_one_that_was_put() {
    let stored = ok(&[("etag", "\"E\""), ("x-oss-hash-crc64ecma", WRONG)], "");
    let same = ok(&[("etag", "\"E\"")], "");
    let gone = Reply::answer("204 No Content", &[], "");
    let script = Script::new([stored, same, gone]).await;
    let error = put(&once(&script)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    assert!(error.to_string().contains("it was deleted"), "{error}");
    assert_eq!(methods(&script), ["PUT", "HEAD", "DELETE"]);
}

#[tokio::test]
async fn somebody_elses_object_is_never_deleted() {
    let stored = ok(&[("etag", "\"E\""), ("x-oss-hash-crc64ecma", WRONG)], "");
    let other = ok(&[("etag", "\"OTHER\"")], "");
    let script = Script::new([stored, other]).await;
    let error = put(&once(&script)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    assert!(error.to_string().contains("another object"), "{error}");
    assert_eq!(methods(&script), ["PUT", "HEAD"]);
}

#[tokio::test]
async fn in_a_versioned_bucket_only_the_wrong_version_goes() {
    let stored = [("etag", "\"E\""), ("x-oss-version-id", "v+1"), ("x-oss-hash-crc64ecma", WRONG)];
    let script = Script::new([ok(&stored, ""), Reply::answer("204 No Content", &[], "")]).await;
    assert_eq!(put(&once(&script)).await.unwrap_err().kind(), ErrorKind::Integrity);
    let asked = script.asked();
    assert_eq!(
        (asked[1].method.as_str(), asked[1].target.as_str()),
        ("DELETE", "/bucket/k?versionId=v%2B1")
    );
}

#[tokio::test]
async fn a_wrong_object_that_cannot_be_deleted_is_said_to_be_there() {
    let stored = ok(&[("etag", "\"E\""), ("x-oss-hash-crc64ecma", WRONG)], "");
    let script = Script::new([stored, Reply::error("403 Forbidden", "AccessDenied")]).await;
    let error = put(&once(&script)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    assert!(error.to_string().contains("could not be deleted"), "{error}");
}

#[tokio::test]
async fn damaged_bytes_are_refused_by_the_store_itself() {
    let script = Script::new([Reply::error("400 Bad Request", "InvalidDigest")]).await;
    assert_eq!(put(&once(&script)).await.unwrap_err().kind(), ErrorKind::Integrity);
    assert_eq!(script.asked()[0].header("content-md5"), Some("JfnnlDI7RTiF9RgfG2JNCw=="));
}

#[tokio::test]
async fn a_download_that_differs_ends_with_an_error() {
    let wrong = ok(&[("x-oss-hash-crc64ecma", WRONG)], "123456789");
    let right = ok(&[("x-oss-hash-crc64ecma", CRC)], "123456789");
    let part = Reply::answer(
        "206 Partial Content",
        &[("x-oss-hash-crc64ecma", CRC), ("content-range", "bytes 0-3/9")],
        "1234",
    );
    let script = Script::new([wrong, right, part]).await;
    let bucket = bucket(&script);
    let object = bucket.get("k", &GetOptions::default()).await.unwrap();
    assert_eq!(object.bytes(100).await.unwrap_err().kind(), ErrorKind::Integrity);
    let object = bucket.get("k", &GetOptions::default()).await.unwrap();
    assert_eq!(&object.bytes(100).await.unwrap()[..], BODY);
    // The checksum is that of the whole object, of which this is a part.
    let range = Some(ByteRange::From { start: 0, len: Some(4) });
    let object = bucket.get("k", &GetOptions { range, ..GetOptions::default() }).await.unwrap();
    assert_eq!(&object.bytes(100).await.unwrap()[..], b"1234");
}

const STARTED: &str =
    "<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>";
const JOINED: &str =
    "<CompleteMultipartUploadResult><ETag>\"E-1\"</ETag></CompleteMultipartUploadResult>";

#[tokio::test]
async fn parts_are_compared_one_by_one_and_together() {
    let script = Script::new([
        ok(&[], STARTED),
        ok(&[("etag", "\"P\""), ("x-oss-hash-crc64ecma", WRONG)], ""),
        ok(&[("etag", "\"P\""), ("x-oss-hash-crc64ecma", CRC)], ""),
        ok(&[("x-oss-hash-crc64ecma", WRONG)], JOINED),
        ok(&[("etag", "\"E-1\"")], ""),
        Reply::answer("204 No Content", &[], ""),
    ])
    .await;
    let bucket = once(&script);
    let id = bucket.create("k", &PutOptions::default()).await.unwrap();
    let error = bucket.put_part("k", &id, 1, Body::from(BODY), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    let part = bucket.put_part("k", &id, 1, Body::from(BODY), None).await.unwrap();
    let error = bucket.complete("k", &id, &[part]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    assert_eq!(methods(&script), ["POST", "PUT", "PUT", "POST", "HEAD", "DELETE"]);
}

#[tokio::test]
async fn an_upload_that_another_process_began_is_compared_with_what_is_listed() {
    let part = |number, etag: &str, crc| {
        format!(
            "<Part><PartNumber>{number}</PartNumber><ETag>\"{etag}\"</ETag>\
             <HashCrc64ecma>{crc}</HashCrc64ecma><Size>9</Size></Part>"
        )
    };
    let list = |more: bool, part: &str| {
        let list =
            format!("<ListPartsResult><IsTruncated>{more}</IsTruncated>{part}</ListPartsResult>");
        ok(&[], &list)
    };
    let chosen = [CompletedPart { number: 2, etag: "B".into() }];
    for (crc, right) in [(CRC, true), (WRONG, false)] {
        let script = Script::new([
            list(true, &part(1, "A", "1")),
            list(false, &part(2, "B", CRC)),
            ok(&[("x-oss-hash-crc64ecma", crc)], JOINED),
            ok(&[("etag", "\"E-1\"")], ""),
            Reply::answer("204 No Content", &[], ""),
        ])
        .await;
        let done = once(&script).complete("k", "U", &chosen).await;
        assert_eq!(done.err().map(|error| error.kind()), (!right).then_some(ErrorKind::Integrity));
        let targets: Vec<_> = script.asked().into_iter().map(|asked| asked.target).collect();
        assert_eq!(
            targets[..2],
            ["/bucket/k?uploadId=U", "/bucket/k?uploadId=U&part-number-marker=1"]
        );
        assert_eq!(targets.len(), if right { 3 } else { 5 });
    }
    // A list that does not go on has an end all the same.
    let endless = || list(true, &part(2, "B", CRC));
    let script = Script::new([endless(), endless(), ok(&[("x-oss-hash-crc64ecma", CRC)], JOINED)]);
    let script = script.await;
    once(&script).complete("k", "U", &chosen).await.unwrap();
}

#[tokio::test]
async fn a_join_whose_answer_was_lost_is_found_done() {
    let gone = || Reply::error("404 Not Found", "NoSuchUpload");
    let parts = || {
        [
            ok(&[], STARTED),
            ok(&[("etag", "\"P\""), ("x-oss-hash-crc64ecma", CRC)], ""),
            Reply::Close,
            gone(),
        ]
    };
    for (there, found) in [
        (ok(&[("etag", "\"E-1\""), ("x-oss-hash-crc64ecma", CRC)], ""), true),
        (ok(&[("etag", "\"E-1\""), ("x-oss-hash-crc64ecma", WRONG)], ""), false),
    ] {
        let script = Script::new(parts().into_iter().chain([there])).await;
        let bucket = bucket(&script);
        let id = bucket.create("k", &PutOptions::default()).await.unwrap();
        let part = bucket.put_part("k", &id, 1, Body::from(BODY), None).await.unwrap();
        let done = bucket.complete("k", &id, &[part]).await;
        if found {
            assert_eq!(done.unwrap().etag.as_deref(), Some("E-1"));
        } else {
            assert_eq!(done.unwrap_err().kind(), ErrorKind::NotFound);
        }
    }
}

#[tokio::test]
async fn an_append_is_checked_as_far_as_the_start_is_known() {
    let grown = |crc| ok(&[("x-oss-next-append-position", "9"), ("x-oss-hash-crc64ecma", crc)], "");
    let script = Script::new([grown(CRC), grown(WRONG), grown(WRONG)]).await;
    let bucket = once(&script);
    let append =
        async |end| bucket.append("k", end, Body::from(BODY), &PutOptions::default()).await;
    let end = append(AppendPosition::start()).await.unwrap();
    assert_eq!((end.position, end.crc), (9, CRC.parse().ok()));
    assert_eq!(append(AppendPosition::start()).await.unwrap_err().kind(), ErrorKind::Integrity);
    // Nothing is known of what was there before.
    append(AppendPosition::at(0)).await.unwrap();
}
