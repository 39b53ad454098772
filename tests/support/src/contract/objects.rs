//! Bytes, headers, metadata and ranges.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hoist_store::{Body, ByteRange, ErrorKind, GetOptions, Progress, PutOptions};
use md5::{Digest as _, Md5};

use super::{Limit, Subject};

/// Bytes in which every position can be told from its neighbours.
pub(super) fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|n| (n ^ (n >> 8) ^ (n >> 16)) as u8).collect()
}

pub(super) async fn an_empty_object_is_an_object(subject: &Subject) {
    subject.put("empty", "").await;
    let meta = subject.bucket.head("empty").await.unwrap();
    assert_eq!(meta.size, 0);
    assert!(subject.read("empty").await.is_empty());
    assert_eq!(subject.keys("empty", 10).await, ["empty"]);
}

pub(super) async fn headers_and_metadata_are_kept(subject: &Subject) {
    let options = PutOptions {
        content_type: Some("image/svg+xml; charset=utf-8".into()),
        cache_control: Some("public, max-age=31536000, immutable".into()),
        content_disposition: Some("inline; filename*=UTF-8''%E5%9B%BE.png".into()),
        metadata: BTreeMap::from([
            ("width".to_owned(), "640".to_owned()),
            ("source-name".to_owned(), "a b+c%20d;e=f".to_owned()),
        ]),
        ..PutOptions::default()
    };
    subject.bucket.put("h", Body::from(b"<svg/>" as &[u8]), &options).await.unwrap();
    let mut got = subject.bucket.get("h", &GetOptions::default()).await.unwrap().meta;
    if subject.has(Limit::ForcesDownload) {
        assert_eq!(got.content_disposition.as_deref(), Some("attachment"));
        got.content_disposition.clone_from(&options.content_disposition);
    }
    for meta in [subject.bucket.head("h").await.unwrap(), got] {
        assert_eq!(meta.content_type, options.content_type);
        assert_eq!(meta.cache_control, options.cache_control);
        assert_eq!(meta.content_disposition, options.content_disposition);
        assert_eq!(meta.metadata, options.metadata);
        assert!(meta.modified.is_some());
    }
    let wide = PutOptions {
        metadata: BTreeMap::from([("name".to_owned(), "图".to_owned())]),
        ..PutOptions::default()
    };
    let refused = subject.bucket.put("w", Body::from(b"x" as &[u8]), &wide).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unsupported);
}

pub(super) async fn a_second_put_replaces_the_first(subject: &Subject) {
    let options = PutOptions { content_type: Some("image/png".into()), ..PutOptions::default() };
    subject.bucket.put("r", Body::from(b"first, longer" as &[u8]), &options).await.unwrap();
    subject.put("r", "second").await;
    assert_eq!(subject.read("r").await, b"second");
    let meta = subject.bucket.head("r").await.unwrap();
    assert_eq!(meta.size, 6);
    assert_ne!(meta.content_type.as_deref(), Some("image/png"));
}

pub(super) async fn a_file_section_is_sent_and_counted(subject: &Subject) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a section.bin");
    let all = pattern(6_000_000);
    std::fs::write(&path, &all).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let progress = Progress::new({
        let seen = Arc::clone(&seen);
        move |sent| seen.lock().unwrap().push(sent)
    });
    let options = PutOptions { progress: Some(progress), ..PutOptions::default() };
    let body = Body::File { path, offset: 1_000, len: 5_900_000 };
    subject.bucket.put("section", body, &options).await.unwrap();
    assert!(subject.read("section").await == all[1_000..5_901_000], "other bytes came back");
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen.last(), Some(&5_900_000));
    assert!(seen.is_sorted(), "progress went back without a retry");
}

pub(super) async fn a_missing_file_is_named(subject: &Subject) {
    let body = Body::File { path: "/no such folder/图 1.png".into(), offset: 0, len: 10 };
    let error = subject.bucket.put("m", body, &PutOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("图 1.png"), "{error}");
    subject.missing("m").await;
}

pub(super) async fn ranges_are_exact(subject: &Subject) {
    let all = pattern(1000);
    subject.put("r", all.clone()).await;
    let from = |start, len| ByteRange::From { start, len };
    for (range, start, end) in [
        (from(0, Some(10)), 0, 10),
        (from(0, None), 0, 1000),
        (from(500, None), 500, 1000),
        (from(999, Some(1)), 999, 1000),
        (from(990, Some(100)), 990, 1000),
        (ByteRange::Last(1), 999, 1000),
        (ByteRange::Last(250), 750, 1000),
        (ByteRange::Last(5000), 0, 1000),
    ] {
        let options = GetOptions { range: Some(range), ..GetOptions::default() };
        let object = subject.bucket.get("r", &options).await.unwrap();
        assert_eq!((object.meta.size, object.start), (1000, start as u64), "{range:?}");
        assert_eq!(object.len, (end - start) as u64, "{range:?}");
        assert_eq!(&object.bytes(1000).await.unwrap()[..], &all[start..end], "{range:?}");
    }
}

pub(super) async fn impossible_ranges_are_refused(subject: &Subject) {
    subject.put("r", pattern(100)).await;
    subject.put("empty", "").await;
    for (key, range) in [
        ("r", ByteRange::From { start: 100, len: Some(1) }),
        ("r", ByteRange::From { start: 5_000, len: None }),
        ("r", ByteRange::From { start: 5, len: Some(0) }),
        ("r", ByteRange::Last(0)),
        ("empty", ByteRange::From { start: 1, len: None }),
    ] {
        let options = GetOptions { range: Some(range), ..GetOptions::default() };
        let error = subject.bucket.get(key, &options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Precondition, "{key} {range:?}: {error:?}");
    }
}

pub(super) async fn etags_agree(subject: &Subject) {
    let bytes = pattern(10_000);
    let md5 = hex::encode(Md5::digest(&bytes));
    let put = subject.bucket.put("e", Body::from(bytes), &PutOptions::default()).await.unwrap();
    // OSS writes it in capitals.
    let etag = put.etag.as_deref().unwrap_or_default();
    assert!(etag.eq_ignore_ascii_case(&md5), "{etag}");
    assert_eq!(subject.bucket.head("e").await.unwrap().etag, put.etag);
    let page = subject.bucket.list(&Default::default()).await.unwrap();
    assert_eq!(page.objects[0].etag, put.etag);
}
