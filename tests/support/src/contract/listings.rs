//! Pages, prefixes and delimiters.

use std::collections::BTreeSet;
use std::time::Duration;

use hoist_store::ListRequest;
use jiff::Timestamp;

use super::Subject;

pub(super) async fn pages_hold_each_key_once(subject: &Subject) {
    let wanted: Vec<String> = (0..25).map(|n| format!("p/{n:03}.png")).collect();
    for key in &wanted {
        subject.put(key, "x").await;
    }
    subject.put("other", "x").await;
    let mut request =
        ListRequest { prefix: "p/".into(), max_keys: Some(10), ..ListRequest::default() };
    let (mut sizes, mut keys) = (Vec::new(), Vec::new());
    for _ in 0..10 {
        let page = subject.bucket.list(&request).await.unwrap();
        assert!(page.prefixes.is_empty());
        sizes.push(page.objects.len());
        keys.extend(page.objects.into_iter().map(|object| object.key));
        request.page = page.next;
        if request.page.is_none() {
            break;
        }
    }
    assert_eq!((sizes, keys), (vec![10, 10, 5], wanted));
}

pub(super) async fn a_delimiter_groups_keys(subject: &Subject) {
    for key in ["d/a.png", "d/b/1.png", "d/b/2.png", "d/c d+e/图.png", "d/z.png", "elsewhere/x"] {
        subject.put(key, "x").await;
    }
    let request =
        ListRequest { prefix: "d/".into(), delimiter: Some("/".into()), ..ListRequest::default() };
    let page = subject.bucket.list(&request).await.unwrap();
    let keys: Vec<&str> = page.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["d/a.png", "d/z.png"]);
    assert_eq!(page.prefixes, ["d/b/", "d/c d+e/"]);
    assert_eq!(page.next, None);
}

pub(super) async fn pages_hold_each_group_once(subject: &Subject) {
    let mut wanted = BTreeSet::new();
    for folder in 0..7 {
        for file in 0..3 {
            subject.put(&format!("g/folder {folder}/{file}"), "x").await;
        }
        subject.put(&format!("g/file {folder}"), "x").await;
        wanted.insert(format!("g/folder {folder}/"));
        wanted.insert(format!("g/file {folder}"));
    }
    let mut request = ListRequest {
        prefix: "g/".into(),
        delimiter: Some("/".into()),
        max_keys: Some(3),
        page: None,
    };
    let mut seen = Vec::new();
    for _ in 0..20 {
        let page = subject.bucket.list(&request).await.unwrap();
        assert!(page.objects.len() + page.prefixes.len() <= 3);
        seen.extend(page.objects.into_iter().map(|object| object.key));
        seen.extend(page.prefixes);
        request.page = page.next;
        if request.page.is_none() {
            break;
        }
    }
    assert_eq!(request.page, None, "the listing does not end");
    assert_eq!(seen.len(), wanted.len(), "{seen:?}");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), wanted);
}

pub(super) async fn a_listing_tells_size_and_time(subject: &Subject) {
    subject.put("t", "12345").await;
    let page = subject.bucket.list(&ListRequest::default()).await.unwrap();
    let object = &page.objects[0];
    assert_eq!((object.key.as_str(), object.size), ("t", 5));
    let age = Timestamp::now().duration_since(object.modified.unwrap()).unsigned_abs();
    assert!(age < Duration::from_secs(300), "{age:?}");
}

pub(super) async fn an_odd_prefix_is_taken_literally(subject: &Subject) {
    for key in ["o/a+b/1", "o/a b/2", "o/a%2Bb/3", "o/图/4", "o/a&b=c/5"] {
        subject.put(key, "x").await;
    }
    for (prefix, key) in [
        ("o/a+", "o/a+b/1"),
        ("o/a b", "o/a b/2"),
        ("o/a%2B", "o/a%2Bb/3"),
        ("o/图", "o/图/4"),
        ("o/a&b=", "o/a&b=c/5"),
    ] {
        assert_eq!(subject.keys(prefix, 1000).await, [key], "prefix `{prefix}`");
    }
}

pub(super) async fn nothing_under_a_prefix_is_an_empty_page(subject: &Subject) {
    let request = ListRequest { prefix: "none/".into(), ..ListRequest::default() };
    let page = subject.bucket.list(&request).await.unwrap();
    assert!(page.objects.is_empty() && page.prefixes.is_empty() && page.next.is_none());
}
