//! Keys are exact: what goes in comes out, byte for byte.

use std::collections::BTreeSet;

use hoist_store::{Body, ErrorKind, PutOptions};

use super::{Limit, Subject};

/// Keys that have gone wrong somewhere, by the name that limits use.
const ODD: &[(&str, &str)] = &[
    ("plain", "plain.png"),
    ("space", "a b  c.png"),
    ("space at the start", " lead.png"),
    ("space at the end", "trail.png "),
    ("plus", "a+b.png"),
    ("percent", "100%.png"),
    ("percent escape", "a%20b%2Fc.png"),
    ("hash", "a#b.png"),
    ("question mark", "a?b=c&d.png"),
    ("double slash", "x//y.png"),
    ("dot segment", "x/./y.png"),
    ("dot dot segment", "x/../y.png"),
    ("leading slash", "/absolute.png"),
    ("trailing slash", "folder/"),
    ("backslash", "a\\b.png"),
    ("quotes", "a\"b'c.png"),
    ("markup", "a<b>&amp;c.png"),
    ("punctuation", "a;b,c=d@e!f$g(h)*[i]{j}|k^l`m~n:o.png"),
    ("Chinese", "图片/截图 一.png"),
    ("emoji", "🎉/🧑‍🚀.png"),
    ("composed", "caf\u{e9}.png"),
    ("decomposed", "cafe\u{301}.png"),
    ("tab", "a\tb.png"),
];

/// The name of the longest key.
pub(super) const LONGEST: &str = "1,024 bytes";

/// A key of 1,024 bytes, in segments that file systems can hold.
pub(super) fn longest() -> String {
    let mut key = "0123456789abcdef/".repeat(60);
    key.push_str(&"é".repeat((1024 - key.len()) / 2));
    assert_eq!(key.len(), 1024);
    key
}

/// The odd keys, and the kind with which the store refuses them, if it does.
pub(super) fn all(subject: &Subject) -> Vec<(&'static str, String, Option<ErrorKind>)> {
    let odd = ODD.iter().map(|&(name, key)| {
        let limit =
            subject.find(|limit| matches!(limit, Limit::RefusesKey(which, _) if which == name));
        let kind = match limit {
            Some(Limit::RefusesKey(_, kind)) => Some(kind),
            _ => None,
        };
        (name, key.to_owned(), kind)
    });
    let limit = subject.find(|limit| matches!(limit, Limit::LongKeys(_)));
    let long = match limit {
        Some(Limit::LongKeys(kind)) => Some(kind),
        _ => None,
    };
    odd.chain([(LONGEST, longest(), long)]).collect()
}

/// The odd keys that the store can hold.
pub(super) fn held(subject: &Subject) -> Vec<(&'static str, String)> {
    all(subject)
        .into_iter()
        .filter(|(.., kind)| kind.is_none())
        .map(|(name, key, _)| (name, key))
        .collect()
}

pub(super) async fn odd_keys_come_back_byte_for_byte(subject: &Subject) {
    let mut wrong = Vec::new();
    for (name, key, refused) in all(subject) {
        let bytes = subject.bytes_for(name, format!("bytes of {name}"));
        if bytes.is_empty() {
            subject.put(&key, "thrown away").await;
            assert_eq!(subject.read(&key).await, b"", "EmptiesFolders is no limit any more");
        }
        let put = subject.bucket.put(&key, Body::from(bytes.clone()), &PutOptions::default()).await;
        match (put, refused) {
            (Err(error), Some(kind)) if error.kind() == kind => continue,
            (Err(error), _) => {
                wrong.push(format!("{name}: put: {error:?}"));
                continue;
            }
            (Ok(_), Some(kind)) => {
                wrong.push(format!("{name}: taken, but the limit says {kind:?}"));
                continue;
            }
            (Ok(_), None) => {}
        }
        match subject.bucket.head(&key).await {
            Ok(meta) if meta.size == bytes.len() as u64 && meta.key == key => {}
            other => wrong.push(format!("{name}: head: {other:?}")),
        }
        match subject.bucket.get(&key, &Default::default()).await {
            Ok(object) if object.len == bytes.len() as u64 => match object.bytes(1000).await {
                Ok(got) if got == bytes => {}
                other => wrong.push(format!("{name}: other bytes: {other:?}")),
            },
            other => wrong.push(format!("{name}: get: {other:?}")),
        }
    }
    // One key must not have replaced another: each still has its own bytes.
    for (name, key) in held(subject) {
        let bytes = subject.bytes_for(name, format!("bytes of {name}"));
        if subject.bucket.head(&key).await.is_ok() && subject.read(&key).await != bytes {
            wrong.push(format!("{name}: replaced by another key"));
        }
        match subject.bucket.delete(&key).await {
            Ok(()) => {}
            Err(error) => wrong.push(format!("{name}: delete: {error:?}")),
        }
        match subject.bucket.head(&key).await {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => wrong.push(format!("{name}: after delete: {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n    "));
}

pub(super) async fn a_listing_shows_the_keys_as_they_are(subject: &Subject) {
    let mut wanted = BTreeSet::new();
    let mut unlike = Vec::new();
    for (name, key) in held(subject) {
        // Alone first: a store may fold two of them into one.
        subject.put(&key, "x").await;
        let alone = subject.keys("", 1000).await;
        let differs = subject.has(Limit::ListsKeyDifferently(name));
        if (alone == [key.as_str()]) == differs {
            unlike.push(format!("{name}: `{key}` is listed as {alone:?}"));
        }
        subject.bucket.delete(&key).await.unwrap();
        if !differs {
            wanted.insert(key);
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n    "));
    for key in &wanted {
        subject.put(key, "x").await;
    }
    for page_size in [1000, 3] {
        let keys = subject.keys("", page_size).await;
        let set: BTreeSet<String> = keys.iter().cloned().collect();
        assert_eq!(keys.len(), set.len(), "a key is listed twice");
        assert_eq!(set, wanted, "pages of {page_size}");
    }
}

pub(super) async fn two_spellings_of_one_letter_are_two_keys(subject: &Subject) {
    subject.put("n/caf\u{e9}", "composed").await;
    subject.put("n/cafe\u{301}", "decomposed").await;
    assert_eq!(subject.read("n/caf\u{e9}").await, b"composed");
    assert_eq!(subject.read("n/cafe\u{301}").await, b"decomposed");
    let keys: BTreeSet<String> = subject.keys("n/", 1000).await.into_iter().collect();
    assert_eq!(keys, BTreeSet::from(["n/caf\u{e9}".to_owned(), "n/cafe\u{301}".to_owned()]));
}

pub(super) async fn keys_that_are_too_long_or_empty_are_refused(subject: &Subject) {
    for key in [String::new(), longest() + "x"] {
        let put = subject.bucket.put(&key, Body::from(b"x" as &[u8]), &PutOptions::default()).await;
        assert_eq!(put.unwrap_err().kind(), ErrorKind::InvalidKey);
        assert_eq!(subject.bucket.head(&key).await.unwrap_err().kind(), ErrorKind::InvalidKey);
        assert_eq!(subject.bucket.delete(&key).await.unwrap_err().kind(), ErrorKind::InvalidKey);
        let copy = subject.bucket.copy("plain.png", &key, &Default::default()).await;
        assert_eq!(copy.unwrap_err().kind(), ErrorKind::InvalidKey);
    }
}
