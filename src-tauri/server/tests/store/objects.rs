use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::RequestChecksumCalculation;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, Delete, EncodingType, MetadataDirective, ObjectIdentifier,
};

use crate::support::{bytes, code, config, start};

/// Keys that file systems and careless servers get wrong.
fn odd_keys() -> Vec<String> {
    let mut keys: Vec<String> = [
        "plain.png",
        "with space.png",
        " lead and trail ",
        "a+b%2Bc%.png",
        "100%",
        "q?x=1&y=2#frag",
        "a//b",
        "a///b/",
        "a/./b",
        "a/../b",
        "../up",
        "..",
        ".",
        "/lead",
        "//",
        "dir/",
        "back\\slash",
        "semi;colon:\"quote'<&>",
        "tab\tand\nline",
        "图片/猫.png",
        "😀🏳️‍🌈",
        "caf\u{e9}",
        "cafe\u{301}",
        "CON",
        "~*!()",
        "\u{ffff}",
    ]
    .map(str::to_owned)
    .to_vec();
    keys.push("k".repeat(1024));
    keys.push("深".repeat(341));
    keys
}

#[tokio::test]
async fn odd_keys_are_exact() {
    let store = start().await;
    let keys = odd_keys();
    for key in &keys {
        store.put(key, key.as_bytes(), "text/plain").await;
    }
    for key in &keys {
        assert_eq!(store.read(key).await, key.as_bytes(), "{key:?}");
        let head = store.client.head_object().bucket("images").key(key).send().await.unwrap();
        assert_eq!(head.content_length(), Some(key.len() as i64), "{key:?}");
    }
    let listed = store
        .client
        .list_objects_v2()
        .bucket("images")
        .encoding_type(EncodingType::Url)
        .send()
        .await
        .unwrap();
    let listed: Vec<String> = listed
        .contents()
        .iter()
        .map(|object| {
            percent_encoding::percent_decode_str(object.key().unwrap())
                .decode_utf8()
                .unwrap()
                .into_owned()
        })
        .collect();
    let sorted: BTreeSet<String> = keys.iter().cloned().collect();
    assert_eq!(listed, sorted.into_iter().collect::<Vec<_>>(), "in the order of bytes");
    let everything_in_data = store.content_files();
    assert_eq!(everything_in_data, keys.len());

    // Whitespace and line ends survive the XML of a batch deletion too, except what XML cannot hold.
    let objects = keys
        .iter()
        .filter(|key| !key.contains('\u{ffff}'))
        .map(|key| ObjectIdentifier::builder().key(key).build().unwrap())
        .collect();
    let delete = Delete::builder().set_objects(Some(objects)).build().unwrap();
    let deleted =
        store.client.delete_objects().bucket("images").delete(delete).send().await.unwrap();
    assert_eq!(deleted.errors().len(), 0);
    let left = store.client.list_objects_v2().bucket("images").encoding_type(EncodingType::Url);
    let left = left.send().await.unwrap();
    let left: Vec<_> =
        left.contents().iter().map(|object| object.key().unwrap().to_owned()).collect();
    assert_eq!(left, ["%EF%BF%BF"]);
}

#[tokio::test]
async fn a_key_of_1025_bytes_is_refused() {
    let store = start().await;
    let put = store.client.put_object().bucket("images").key("k".repeat(1025)).send().await;
    assert_eq!(code(put), "KeyTooLongError");
}

#[tokio::test]
async fn headers_and_metadata_come_back() {
    let store = start().await;
    let client = &store.client;
    client
        .put_object()
        .bucket("images")
        .key("a.png")
        .content_type("image/png")
        .cache_control("max-age=60")
        .content_disposition("attachment; filename=\"a.png\"")
        .content_encoding("gzip")
        .content_language("zh-CN")
        .metadata("Origin-Name", "cat 1.png")
        .body(ByteStream::from_static(b"abc"))
        .send()
        .await
        .unwrap();
    let head = client.head_object().bucket("images").key("a.png").send().await.unwrap();
    assert_eq!(head.content_type(), Some("image/png"));
    assert_eq!(head.cache_control(), Some("max-age=60"));
    assert_eq!(head.content_disposition(), Some("attachment; filename=\"a.png\""));
    assert_eq!(head.content_encoding(), Some("gzip"));
    assert_eq!(head.content_language(), Some("zh-CN"));
    assert_eq!(head.metadata().unwrap()["origin-name"], "cat 1.png");
    assert_eq!(head.e_tag(), Some("\"900150983cd24fb0d6963f7d28e17f72\""));

    let to = |key| client.copy_object().bucket("images").copy_source("images/a.png").key(key);
    to("copy.png").send().await.unwrap();
    let copied = client.head_object().bucket("images").key("copy.png").send().await.unwrap();
    assert_eq!(copied.content_type(), Some("image/png"));
    assert_eq!(copied.metadata().unwrap()["origin-name"], "cat 1.png");
    to("a.png")
        .metadata_directive(MetadataDirective::Replace)
        .content_type("image/webp")
        .send()
        .await
        .unwrap();
    let replaced = client.head_object().bucket("images").key("a.png").send().await.unwrap();
    assert_eq!(replaced.content_type(), Some("image/webp"));
    assert_eq!(replaced.cache_control(), None);
    assert!(replaced.metadata().is_none_or(|metadata| metadata.is_empty()));
    assert_eq!(code(to("a.png").send().await), "InvalidRequest");
    assert_eq!(store.content_files(), 1, "copies share their content");

    client.delete_object().bucket("images").key("a.png").send().await.unwrap();
    assert_eq!(store.read("copy.png").await, b"abc");
    client.delete_object().bucket("images").key("copy.png").send().await.unwrap();
    crate::support::within(Duration::from_secs(5), "the content to go", async || {
        store.content_files() == 0
    })
    .await;
}

#[tokio::test]
async fn a_copy_from_a_missing_key_or_of_another_etag_fails() {
    let store = start().await;
    store.put("a", "abc", "text/plain").await;
    let copy = |from: &str| store.client.copy_object().bucket("images").copy_source(from).key("b");
    assert_eq!(code(copy("images/none").send().await), "NoSuchKey");
    assert_eq!(code(copy("nobucket/a").send().await), "NoSuchBucket");
    assert_eq!(
        code(copy("images/a").copy_source_if_match("\"x\"").send().await),
        "PreconditionFailed"
    );
}

#[tokio::test]
async fn conditions_of_writes_hold_against_each_other() {
    let store = start().await;
    let put = |body: &'static [u8]| {
        store.client.put_object().bucket("images").key("once").body(ByteStream::from_static(body))
    };
    let all =
        futures_util::future::join_all((0..8).map(|_| put(b"one").if_none_match("*").send())).await;
    assert_eq!(all.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(code(put(b"two").if_none_match("*").send().await), "PreconditionFailed");
    assert_eq!(store.read("once").await, b"one");
    assert_eq!(code(put(b"two").if_match("\"0\"").send().await), "PreconditionFailed");
    let etag = all.into_iter().find_map(Result::ok).unwrap().e_tag().unwrap().to_owned();
    put(b"two").if_match(etag).send().await.unwrap();
    assert_eq!(store.read("once").await, b"two");
    assert_eq!((store.content_files(), store.temporary_files()), (1, 0));
}

#[tokio::test]
async fn ranges_and_conditions_of_reads() {
    let store = start().await;
    let body = bytes(700_000, 1);
    store.put("r", body.clone(), "application/octet-stream").await;
    store.put("empty", "", "text/plain").await;
    let get = |key: &str| store.client.get_object().bucket("images").key(key);
    for (range, expected) in [
        ("bytes=0-0", &body[..1]),
        ("bytes=699999-", &body[699_999..]),
        ("bytes=262143-262145", &body[262_143..=262_145]),
        ("bytes=-5", &body[699_995..]),
        ("bytes=-9999999", &body[..]),
        ("bytes=5-99999999", &body[5..]),
    ] {
        let part = get("r").range(range).send().await.unwrap();
        let says = part.content_range().unwrap().to_owned();
        assert!(says.ends_with("/700000"), "{says}");
        assert_eq!(part.body.collect().await.unwrap().to_vec(), expected, "{range}");
    }
    for (key, range) in
        [("r", "bytes=700000-"), ("empty", "bytes=0-"), ("empty", "bytes=-1"), ("r", "bytes=-0")]
    {
        assert_eq!(code(get(key).range(range).send().await), "InvalidRange", "{key} {range}");
    }
    assert_eq!(store.read("empty").await, b"");
    assert_eq!(code(get("r").if_match("\"0\"").send().await), "PreconditionFailed");
    let etag = get("r").send().await.unwrap().e_tag().unwrap().to_owned();
    assert!(get("r").if_match(&etag).send().await.is_ok());
    let same = get("r").if_none_match(&etag).send().await.unwrap_err();
    assert_eq!(same.raw_response().unwrap().status().as_u16(), 304);
}

#[tokio::test]
async fn wrong_bodies_are_refused_and_leave_nothing() {
    let store = start().await;
    let put = || {
        store.client.put_object().bucket("images").key("bad").body(ByteStream::from_static(b"abc"))
    };
    let md5 = "XrY7u+Ae7tCTyyK7j1rNww==";
    assert_eq!(code(put().content_md5(md5).send().await), "BadDigest");
    assert_eq!(code(put().checksum_crc32("AAAAAA==").send().await), "BadDigest");
    assert_eq!(code(put().content_md5("nonsense").send().await), "InvalidDigest");
    assert_eq!(
        code(store.client.head_object().bucket("images").key("bad").send().await),
        "NotFound"
    );
    assert_eq!((store.content_files(), store.temporary_files()), (0, 0));
}

#[tokio::test]
async fn checksums_are_kept() {
    let store = start().await;
    let config = config(&store.running.endpoint_url(), store.running.keys())
        .request_checksum_calculation(RequestChecksumCalculation::WhenSupported);
    let client = Client::from_conf(config.build());
    let content = bytes(300_000, 3);
    let file = store.dir.path().join("body");
    std::fs::write(&file, &content).unwrap();
    for algorithm in [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ] {
        // From memory it is a header, from a file a trailer of a chunked body.
        for streamed in [false, true] {
            let body = match streamed {
                true => ByteStream::from_path(&file).await.unwrap(),
                false => ByteStream::from(content.clone()),
            };
            let put = client
                .put_object()
                .bucket("images")
                .key("sum")
                .checksum_algorithm(algorithm.clone())
                .body(body)
                .send()
                .await
                .unwrap();
            // The SDK compares it with what arrives when it is asked to.
            let got = client
                .get_object()
                .bucket("images")
                .key("sum")
                .checksum_mode(ChecksumMode::Enabled)
                .send()
                .await
                .unwrap();
            let both = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
            assert!(
                both(put.checksum_crc32(), got.checksum_crc32())
                    || both(put.checksum_crc32_c(), got.checksum_crc32_c())
                    || both(put.checksum_crc64_nvme(), got.checksum_crc64_nvme())
                    || both(put.checksum_sha1(), got.checksum_sha1())
                    || both(put.checksum_sha256(), got.checksum_sha256()),
                "{algorithm:?} {streamed}: {put:?} {got:?}"
            );
            assert_eq!(got.content_encoding(), None);
            assert_eq!(got.body.collect().await.unwrap().to_vec(), content);
        }
    }
}

#[tokio::test]
async fn listings_page_and_group() {
    let store = start().await;
    for n in 0..25 {
        store.put(&format!("dir {}/file+{n:02}", n % 5), "x", "text/plain").await;
    }
    store.put("top", "x", "text/plain").await;
    let client = &store.client;
    let grouped = client.list_objects_v2().bucket("images").delimiter("/").send().await.unwrap();
    assert_eq!(grouped.common_prefixes().len(), 5);
    assert_eq!(grouped.contents().len(), 1);
    assert_eq!(grouped.key_count(), Some(6));

    let (mut seen, mut token) = (Vec::new(), None);
    loop {
        let page = client
            .list_objects_v2()
            .bucket("images")
            .prefix("dir")
            .max_keys(7)
            .encoding_type(EncodingType::Url)
            .set_continuation_token(token)
            .send()
            .await
            .unwrap();
        assert!(page.contents().iter().all(|object| object.key().unwrap().starts_with("dir%20")));
        assert!(page.contents().iter().all(|object| object.key().unwrap().contains("file%2B")));
        seen.extend(page.contents().iter().map(|object| object.key().unwrap().to_owned()));
        token = page.next_continuation_token().map(str::to_owned);
        assert_eq!(page.is_truncated(), Some(token.is_some()));
        if token.is_none() {
            break;
        }
        assert_eq!(page.contents().len(), 7);
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted());

    let (mut seen, mut marker) = (0, None::<String>);
    loop {
        let page = client
            .list_objects()
            .bucket("images")
            .delimiter("/")
            .max_keys(2)
            .set_marker(marker)
            .send()
            .await
            .unwrap();
        seen += page.common_prefixes().len() + page.contents().len();
        marker = page.next_marker().map(str::to_owned);
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(seen, 6);
    let after = client
        .list_objects_v2()
        .bucket("images")
        .start_after("dir 4/file+19")
        .send()
        .await
        .unwrap();
    assert_eq!(after.contents().len(), 2);
    let none = client.list_objects_v2().bucket("images").max_keys(0).send().await.unwrap();
    assert_eq!((none.contents().len(), none.is_truncated()), (0, Some(false)));
    let bad = client.list_objects_v2().bucket("images").continuation_token("%%").send().await;
    assert_eq!(code(bad), "InvalidArgument");
}

#[tokio::test]
async fn buckets_come_and_go() {
    let store = start().await;
    let client = &store.client;
    client.create_bucket().bucket("second").send().await.unwrap();
    assert_eq!(
        code(client.create_bucket().bucket("second").send().await),
        "BucketAlreadyOwnedByYou"
    );
    assert_eq!(code(client.create_bucket().bucket("Bad_Name").send().await), "InvalidBucketName");
    let names: Vec<String> = client
        .list_buckets()
        .send()
        .await
        .unwrap()
        .buckets()
        .iter()
        .map(|bucket| bucket.name().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["images", "second"]);
    client.put_object().bucket("second").key("k").send().await.unwrap();
    assert_eq!(code(client.delete_bucket().bucket("second").send().await), "BucketNotEmpty");
    client.delete_object().bucket("second").key("k").send().await.unwrap();
    client.delete_object().bucket("second").key("k").send().await.unwrap();
    client.create_multipart_upload().bucket("second").key("k").send().await.unwrap();
    client.delete_bucket().bucket("second").send().await.unwrap();
    assert_eq!(code(client.head_bucket().bucket("second").send().await), "NotFound");
    assert_eq!(code(client.put_object().bucket("second").key("k").send().await), "NoSuchBucket");
    assert_eq!(code(client.list_objects_v2().bucket("second").send().await), "NoSuchBucket");
    assert_eq!(code(client.delete_object().bucket("second").key("k").send().await), "NoSuchBucket");
    assert_eq!(code(client.get_object().bucket("images").key("none").send().await), "NoSuchKey");
    assert!(client.get_bucket_location().bucket("images").send().await.is_ok());
}

#[tokio::test]
async fn a_batch_deletes_at_most_a_thousand() {
    let store = start().await;
    let delete = |count: usize| {
        let objects = (0..count)
            .map(|n| ObjectIdentifier::builder().key(format!("k{n}")).build().unwrap())
            .collect();
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build().unwrap();
        store.client.delete_objects().bucket("images").delete(delete).send()
    };
    assert_eq!(delete(1000).await.unwrap().deleted().len(), 0, "quiet");
    assert_eq!(code(delete(1001).await), "MalformedXML");
}
