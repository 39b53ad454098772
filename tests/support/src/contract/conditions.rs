//! Conditions on put and get.

use hoist_store::{Body, ErrorKind, GetOptions, PutOptions};

use super::{Limit, Subject};

pub(super) async fn put_if_absent_never_replaces(subject: &Subject) {
    let options = PutOptions { if_absent: true, ..PutOptions::default() };
    let put = |bytes: &'static [u8]| subject.bucket.put("once", Body::from(bytes), &options);
    if subject.has(Limit::NoConditionalPut) {
        assert_eq!(put(b"first").await.unwrap_err().kind(), ErrorKind::Unsupported);
        subject.missing("once").await;
        return;
    }
    put(b"first").await.unwrap();
    let error = put(b"second").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Precondition, "{error:?}");
    assert_eq!(subject.read("once").await, b"first");
    subject.bucket.delete("once").await.unwrap();
    put(b"third").await.unwrap();
    assert_eq!(subject.read("once").await, b"third");
}

pub(super) async fn get_if_match_sees_a_change(subject: &Subject) {
    subject.put("m", "one").await;
    let etag = subject.bucket.head("m").await.unwrap().etag;
    let options = GetOptions { if_match: etag, ..GetOptions::default() };
    let object = subject.bucket.get("m", &options).await.unwrap();
    assert_eq!(&object.bytes(10).await.unwrap()[..], b"one");
    subject.put("m", "two").await;
    let changed = subject.bucket.get("m", &options).await;
    if subject.has(Limit::IgnoresIfMatch) {
        assert!(changed.is_ok());
    } else {
        assert_eq!(changed.unwrap_err().kind(), ErrorKind::Precondition);
    }
}
