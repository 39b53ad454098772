//! Multipart uploads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hoist_store::{
    Body, CompletedPart, ErrorKind, GetOptions, MultipartUpload, Progress, PutOptions, StoreError,
};

use super::objects::pattern;
use super::{Limit, Subject, keys};

const MIB: usize = 1 << 20;

fn parts(subject: &Subject) -> &dyn MultipartUpload {
    subject.bucket.multipart().expect("the bucket has multipart uploads")
}

async fn send(subject: &Subject, key: &str, id: &str, number: u32, bytes: &[u8]) -> CompletedPart {
    let part = parts(subject).put_part(key, id, number, Body::from(bytes.to_vec()), None).await;
    part.unwrap_or_else(|error| panic!("part {number}: {error:?}"))
}

pub(super) async fn parts_become_one_object(subject: &Subject) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.bin");
    let whole = pattern(11 * MIB + 1);
    std::fs::write(&path, &whole).unwrap();
    let options = PutOptions {
        content_type: Some("application/x-model".into()),
        cache_control: Some("no-cache".into()),
        metadata: BTreeMap::from([("sha256".to_owned(), "abc".to_owned())]),
        ..PutOptions::default()
    };
    let id = parts(subject).create("whole", &options).await.unwrap();
    let seen = Arc::new(Mutex::new(0));
    let mut sent = Vec::new();
    for (number, offset) in (1..).zip((0..whole.len()).step_by(5 * MIB)) {
        let len = (whole.len() - offset).min(5 * MIB) as u64;
        let body = Body::File { path: path.clone(), offset: offset as u64, len };
        let progress = Progress::new({
            let seen = Arc::clone(&seen);
            move |n| *seen.lock().unwrap() = n
        });
        sent.push(
            parts(subject).put_part("whole", &id, number, body, Some(progress)).await.unwrap(),
        );
        assert_eq!(*seen.lock().unwrap(), len);
    }
    subject.missing("whole").await;
    let done = parts(subject).complete("whole", &id, &sent).await.unwrap();
    let meta = subject.bucket.head("whole").await.unwrap();
    assert_eq!((meta.size, &meta.etag), (whole.len() as u64, &done.etag));
    assert_eq!(meta.content_type, options.content_type);
    assert_eq!(meta.cache_control, options.cache_control);
    assert_eq!(meta.metadata, options.metadata);
    assert!(subject.read("whole").await == whole, "other bytes came back");
    let across = GetOptions {
        range: Some(hoist_store::ByteRange::From { start: 5 * MIB as u64 - 10, len: Some(20) }),
        if_match: done.etag,
        ..GetOptions::default()
    };
    let object = subject.bucket.get("whole", &across).await.unwrap();
    assert_eq!(&object.bytes(100).await.unwrap()[..], &whole[5 * MIB - 10..5 * MIB + 10]);
    assert!(parts(subject).list_uploads("").await.unwrap().is_empty());
}

pub(super) async fn parts_can_be_listed_and_sent_again(subject: &Subject) {
    let id = parts(subject).create("again", &PutOptions::default()).await.unwrap();
    // Out of order, as several at a time arrive.
    let third = send(subject, "again", &id, 3, b"the end").await;
    send(subject, "again", &id, 1, &pattern(5 * MIB)).await;
    let second = send(subject, "again", &id, 2, &pattern(6 * MIB)).await;
    let first = send(subject, "again", &id, 1, &vec![7; 5 * MIB]).await;
    let mut page = parts(subject).list_parts("again", &id, None).await.unwrap();
    if subject.has(Limit::ListsReplacedParts) {
        assert_eq!(page.parts.iter().filter(|part| part.number == 1).count(), 2);
        page.parts.retain(|part| part.number != 1 || part.etag == first.etag);
    }
    let listed: Vec<_> = page.parts.iter().map(|p| (p.number, p.etag.as_str(), p.size)).collect();
    let wanted = [
        (1, first.etag.as_str(), 5 * MIB as u64),
        (2, second.etag.as_str(), 6 * MIB as u64),
        (3, third.etag.as_str(), 7),
    ];
    assert_eq!((listed.as_slice(), page.next), (&wanted[..], None));
    let rest = parts(subject).list_parts("again", &id, Some(1)).await.unwrap();
    assert_eq!(rest.parts.iter().map(|part| part.number).collect::<Vec<_>>(), [2, 3]);
    parts(subject).complete("again", &id, &[first, second, third]).await.unwrap();
    let bytes = subject.read("again").await;
    assert_eq!(
        (bytes.len(), &bytes[..2], &bytes[11 * MIB..]),
        (11 * MIB + 7, &[7, 7][..], &b"the end"[..])
    );
}

pub(super) async fn an_aborted_upload_is_gone(subject: &Subject) {
    let id = parts(subject).create("gone", &PutOptions::default()).await.unwrap();
    let part = send(subject, "gone", &id, 1, b"x").await;
    parts(subject).abort("gone", &id).await.unwrap();
    let listed = parts(subject).list_parts("gone", &id, None).await;
    assert_eq!(listed.unwrap_err().kind(), ErrorKind::NotFound);
    let sent = parts(subject).put_part("gone", &id, 2, Body::from(b"y" as &[u8]), None).await;
    assert_eq!(sent.unwrap_err().kind(), ErrorKind::NotFound);
    let done = parts(subject).complete("gone", &id, &[part]).await;
    let kind = if subject.has(Limit::CompletesAbortedAs(ErrorKind::Other)) {
        ErrorKind::Other
    } else {
        ErrorKind::NotFound
    };
    assert_eq!(done.unwrap_err().kind(), kind);
    let again = parts(subject).abort("gone", &id).await;
    if subject.has(Limit::AbortsSilently) {
        again.unwrap();
    } else {
        assert_eq!(again.unwrap_err().kind(), ErrorKind::NotFound);
    }
    assert!(parts(subject).list_uploads("").await.unwrap().is_empty());
    subject.missing("gone").await;
}

pub(super) async fn uploads_in_progress_are_listed(subject: &Subject) {
    let mut started = Vec::new();
    for key in ["up/a b+c.bin", "up/图.bin", "elsewhere"] {
        started.push((key, parts(subject).create(key, &PutOptions::default()).await.unwrap()));
    }
    let listed = parts(subject).list_uploads("up/").await.unwrap();
    let mut listed: Vec<_> =
        listed.iter().map(|up| (up.key.as_str(), up.upload_id.clone())).collect();
    listed.sort_unstable();
    let mut wanted = started[..2].to_vec();
    wanted.sort_unstable();
    assert_eq!(listed, wanted);
    for (key, id) in started {
        parts(subject).abort(key, &id).await.unwrap();
    }
    assert!(parts(subject).list_uploads("").await.unwrap().is_empty());
}

/// Joins two parts of a new upload as `choose` gives them, which must be refused; the upload must
/// then still be good. With the limit, the store joins them.
async fn refuse(
    subject: &Subject,
    limit: Limit,
    kind: ErrorKind,
    first_len: usize,
    choose: fn(CompletedPart, CompletedPart) -> Vec<CompletedPart>,
) {
    let id = parts(subject).create("wrong", &PutOptions::default()).await.unwrap();
    let first = send(subject, "wrong", &id, 1, &pattern(first_len)).await;
    let second = send(subject, "wrong", &id, 2, b"end").await;
    let wrong = choose(first.clone(), second.clone());
    let joined = parts(subject).complete("wrong", &id, &wrong).await;
    if subject.has(limit) {
        joined.unwrap_or_else(|error| panic!("{limit:?} is no limit any more: {error:?}"));
    } else {
        let error = joined.err().unwrap_or_else(|| panic!("joined in spite of {limit:?}"));
        assert_eq!(error.kind(), kind, "{limit:?}: {error:?}");
        subject.missing("wrong").await;
        if first_len < 5 * MIB {
            return parts(subject).abort("wrong", &id).await.unwrap();
        }
        parts(subject).complete("wrong", &id, &[first, second]).await.unwrap();
    }
    assert_eq!(subject.bucket.head("wrong").await.unwrap().size, first_len as u64 + 3);
    subject.bucket.delete("wrong").await.unwrap();
}

pub(super) async fn wrong_parts_are_refused(subject: &Subject) {
    let bad = ErrorKind::Integrity;
    refuse(subject, Limit::AnyPartOrder, bad, 5 * MIB, |first, second| vec![second, first]).await;
    refuse(subject, Limit::AnyPartEtag, bad, 5 * MIB, |_, second| {
        vec![CompletedPart { number: 1, etag: "0".repeat(32) }, second]
    })
    .await;
    refuse(subject, Limit::AnyPartNumber, bad, 5 * MIB, |first, second| {
        vec![first, CompletedPart { number: 3, ..second }]
    })
    .await;
    refuse(subject, Limit::SmallParts, ErrorKind::Unsupported, 1000, |first, second| {
        vec![first, second]
    })
    .await;
}

pub(super) async fn odd_keys_in_parts(subject: &Subject) {
    let mut wrong = Vec::new();
    for (name, key) in keys::held(subject) {
        let bytes = subject.bytes_for(name, name.to_owned());
        let limit = match subject.find(|limit| matches!(limit, Limit::LongKeysInParts(_))) {
            Some(Limit::LongKeysInParts(kind)) if name == keys::LONGEST => Some(kind),
            _ => None,
        };
        match (in_one_part(subject, &key, &bytes).await, limit) {
            (Ok(()), None) if subject.read(&key).await == bytes => {}
            (Err(error), Some(kind)) if error.kind() == kind => {}
            other => wrong.push(format!("{name}: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n    "));
}

async fn in_one_part(subject: &Subject, key: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let uploads = parts(subject);
    let id = uploads.create(key, &PutOptions::default()).await?;
    let part = uploads.put_part(key, &id, 1, Body::from(bytes.to_vec()), None).await?;
    uploads.complete(key, &id, &[part]).await.map(drop)
}
