//! Copies and moves on buckets in memory, with faults in front of them.

use std::sync::Arc;

use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
use hoist_store::memory::MemoryBucket;
use hoist_store::{
    Body, Bucket, ErrorKind, GetOptions, ListRequest, MultipartUpload as _, PutOptions,
};

use super::*;
use crate::problem::Code;
use crate::transfer::{Existing, Meter, Remote};

const MIB: usize = 1 << 20;

/// Two buckets, and what stands in front of each.
struct Bench {
    from: MemoryBucket,
    to: MemoryBucket,
    ends: (Remote, Remote),
}

fn remote(bucket: impl Bucket + 'static, target: &str) -> Remote {
    Remote { bucket: Arc::new(bucket), target: target.into() }
}

impl Bench {
    fn new() -> Self {
        Self::with(|bucket| bucket, |bucket| bucket)
    }

    fn with(
        before: impl FnOnce(FaultyBucket) -> FaultyBucket,
        behind: impl FnOnce(FaultyBucket) -> FaultyBucket,
    ) -> Self {
        let (from, to) = (MemoryBucket::new("from"), MemoryBucket::new("to"));
        let faulty = |memory: &MemoryBucket| FaultyBucket::wrap(Arc::new(memory.clone()));
        let ends = (remote(before(faulty(&from)), "one"), remote(behind(faulty(&to)), "other"));
        Self { from, to, ends }
    }

    async fn inside(&self, request: &CopyRequest) -> crate::problem::Result<CopyReport> {
        copy(&self.ends.0, &self.ends.0, request, &Arc::default(), &|_| {}).await
    }

    async fn across(&self, request: &CopyRequest) -> CopyReport {
        copy(&self.ends.0, &self.ends.1, request, &Arc::default(), &|_| {}).await.unwrap()
    }
}

async fn put(bucket: &MemoryBucket, key: &str, bytes: impl Into<Vec<u8>>) {
    let options = PutOptions {
        content_type: Some("text/plain".into()),
        cache_control: Some("no-cache".into()),
        metadata: [("who".to_owned(), "me".to_owned())].into(),
        ..PutOptions::default()
    };
    bucket.put(key, Body::from(bytes.into()), &options).await.unwrap();
}

async fn read(bucket: &MemoryBucket, key: &str) -> Vec<u8> {
    let object = bucket.get(key, &GetOptions::default()).await.unwrap();
    object.bytes(u64::MAX).await.unwrap().to_vec()
}

async fn keys(bucket: &MemoryBucket) -> Vec<String> {
    let mut request = ListRequest::default();
    let mut keys = Vec::new();
    loop {
        let page = bucket.list(&request).await.unwrap();
        keys.extend(page.objects.into_iter().map(|object| object.key));
        match page.next {
            Some(next) => request.page = Some(next),
            None => return keys,
        }
    }
}

fn noise(len: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut bytes = vec![0; len];
    random.fill(&mut bytes);
    bytes
}

fn request(keys: &[&str], base: &str, prefix: &str) -> CopyRequest {
    CopyRequest {
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        base: base.into(),
        prefix: prefix.into(),
        ..CopyRequest::default()
    }
}

#[tokio::test]
async fn a_folder_is_copied_page_by_page_by_the_store_itself() {
    let bench = Bench::new();
    for n in 0..1_050 {
        put(&bench.from, &format!("a/b/{n}"), "12").await;
    }
    put(&bench.from, "a/b/", "").await;
    put(&bench.from, "ab", "x").await;
    let meter = Arc::new(Meter::default());
    let ends = &bench.ends;
    let copied =
        copy(&ends.0, &ends.0, &request(&["a/b/"], "a/", "c/"), &meter, &|_| {}).await.unwrap();
    assert_eq!((copied.copied, copied.bytes, copied.failed.len()), (1_051, 2_100, 0));
    assert_eq!(keys(&bench.from).await.len(), 2 * 1_051 + 1);
    assert_eq!(read(&bench.from, "c/b/1049").await, b"12");
    let reading = meter.read();
    assert_eq!((reading.files_total, reading.files_over), (1_051, 1_051));
    assert_eq!((reading.bytes_total, reading.bytes_done), (2_100, 2_100));
}

#[tokio::test]
async fn a_rename_leaves_nothing_behind_and_keeps_headers() {
    let bench = Bench::new();
    put(&bench.from, "old/a", "a").await;
    put(&bench.from, "old/deep/b", "b").await;
    put(&bench.from, "older", "x").await;
    let rename = CopyRequest {
        exact_key: Some("new".into()),
        remove_source: true,
        ..request(&["old/"], "", "")
    };
    let moved = bench.inside(&rename).await.unwrap();
    assert_eq!((moved.copied, moved.failed.len()), (2, 0));
    assert_eq!(keys(&bench.from).await, ["new/a", "new/deep/b", "older"]);
    let meta = bench.from.head("new/a").await.unwrap();
    assert_eq!(meta.content_type.as_deref(), Some("text/plain"));
    assert_eq!(meta.metadata["who"], "me");
}

#[tokio::test]
async fn a_folder_in_a_folder_of_its_name_moves_up() {
    let bench = Bench::new();
    for (key, bytes) in [("a/a/x", "1"), ("a/a/a/x", "2"), ("a/a/a/a/x", "3")] {
        put(&bench.from, key, bytes).await;
    }
    let up = CopyRequest { remove_source: true, ..request(&["a/a/"], "a/", "") };
    bench.inside(&up).await.unwrap();
    assert_eq!(keys(&bench.from).await, ["a/a/a/x", "a/a/x", "a/x"]);
    for (key, bytes) in [("a/x", "1"), ("a/a/x", "2"), ("a/a/a/x", "3")] {
        assert_eq!(read(&bench.from, key).await, bytes.as_bytes(), "{key}");
    }
}

#[tokio::test]
async fn what_is_there_is_replaced_left_or_kept_beside() {
    let bench = Bench::new();
    put(&bench.from, "a/x.txt", "new").await;
    put(&bench.from, "b/x.txt", "old").await;
    let with = |existing| CopyRequest { existing, ..request(&["a/x.txt"], "a/", "b/") };
    let skipped = bench.inside(&with(Existing::Skip)).await.unwrap();
    assert_eq!((skipped.copied, skipped.skipped), (0, 1));
    assert_eq!(read(&bench.from, "b/x.txt").await, b"old");
    bench.inside(&with(Existing::Both)).await.unwrap();
    bench.inside(&with(Existing::Both)).await.unwrap();
    assert_eq!(keys(&bench.from).await, ["a/x.txt", "b/x (2).txt", "b/x (3).txt", "b/x.txt"]);
    bench.inside(&with(Existing::Overwrite)).await.unwrap();
    assert_eq!(read(&bench.from, "b/x.txt").await, b"new");
}

#[tokio::test]
async fn one_failure_stops_no_other_and_keeps_its_source() {
    let bench = Bench::with(
        |from| {
            from.on(Operation::Copy, When::Key("bad".into()), Fault::Fail(ErrorKind::AccessDenied))
        },
        |to| to,
    );
    for key in ["a/bad", "a/good", "a/too"] {
        put(&bench.from, key, "x").await;
    }
    let moved = CopyRequest { remove_source: true, ..request(&["a/", "none"], "a/", "b/") };
    let report = bench.inside(&moved).await.unwrap();
    assert_eq!(report.copied, 2);
    let failed: Vec<(&str, Code)> =
        report.failed.iter().map(|(key, problem)| (key.as_str(), problem.code)).collect();
    assert_eq!(failed, [("a/bad", Code::AccessDenied), ("none", Code::ObjectNotFound)]);
    assert_eq!(keys(&bench.from).await, ["a/bad", "b/good", "b/too"]);
}

#[tokio::test]
async fn what_every_object_would_meet_ends_the_work_and_is_told_once() {
    let bench = Bench::with(
        |from| from.on(Operation::Copy, When::Always, Fault::Fail(ErrorKind::ClockSkew)),
        |to| to,
    );
    for n in 0..50 {
        put(&bench.from, &format!("a/{n}"), "x").await;
    }
    let report = bench.inside(&request(&["a/"], "", "b/")).await.unwrap();
    assert_eq!((report.copied, report.failed.len()), (0, 1));
    assert_eq!(report.failed[0].1.code, Code::ClockSkew);
}

/// Replaces an object the moment its copy has been asked for.
#[tokio::test]
async fn a_source_that_changes_is_not_deleted() {
    let bench = Bench::with(
        |from| from.on(Operation::Head, When::Key("b/x".into()), Fault::Delay(LATER)),
        |to| to,
    );
    put(&bench.from, "a/x", "before").await;
    let moved = CopyRequest { remove_source: true, ..request(&["a/"], "a/", "b/") };
    let (report, ()) = tokio::join!(bench.inside(&moved), async {
        // While its copy is looked at.
        while bench.from.head("b/x").await.is_err() {
            tokio::task::yield_now().await;
        }
        put(&bench.from, "a/x", "after").await;
    });
    let report = report.unwrap();
    assert_eq!(report.failed[0].1.code, Code::RemoteChanged);
    assert_eq!(read(&bench.from, "a/x").await, b"after");
    assert_eq!(read(&bench.from, "b/x").await, b"before");
}

const LATER: std::time::Duration = std::time::Duration::from_millis(300);

#[tokio::test]
async fn between_buckets_bytes_and_headers_come_through_whole() {
    let bench = Bench::with(
        |from| {
            from.on(Operation::Get, When::Nth(1), Fault::BreakAfter(3))
                .on(Operation::Get, When::Nth(2), Fault::Corrupt(1))
                .on(Operation::Get, When::Nth(4), Fault::Truncate(5 * MIB as u64))
        },
        |to| to.on(Operation::PutPart, When::Nth(2), Fault::Fail(ErrorKind::Network)),
    );
    let large = noise(20 * MIB + 11);
    put(&bench.from, "a/small", "small").await;
    put(&bench.from, "b/large", large.clone()).await;
    put(&bench.from, "b/empty", "").await;
    for from in ["a/", "b/"] {
        let report = bench.across(&request(&[from], "", "copy/")).await;
        assert!(report.failed.is_empty(), "{:?}", report.failed);
    }
    assert_eq!(keys(&bench.to).await, ["copy/a/small", "copy/b/empty", "copy/b/large"]);
    assert_eq!(read(&bench.to, "copy/a/small").await, b"small");
    assert!(read(&bench.to, "copy/b/large").await == large);
    let meta = bench.to.head("copy/b/large").await.unwrap();
    assert_eq!(meta.cache_control.as_deref(), Some("no-cache"));
    assert_eq!(meta.metadata["who"], "me");
}

#[tokio::test]
async fn a_large_object_damaged_on_its_way_leaves_nothing_over_there() {
    let bench = Bench::with(
        // A range has no checksum of its own: only the sum over all of them finds this.
        |from| from.on(Operation::Get, When::Nth(2), Fault::Corrupt(1)),
        |to| to,
    );
    put(&bench.from, "large", noise(20 * MIB)).await;
    let report = bench.across(&request(&["large"], "", "")).await;
    assert_eq!(report.failed[0].1.code, Code::Integrity);
    assert_eq!(keys(&bench.to).await, Vec::<String>::new());
    assert!(bench.to.list_uploads("").await.unwrap().is_empty(), "its parts were left");
}

#[tokio::test]
async fn a_copy_that_is_dropped_gives_its_parts_up() {
    let bench = Bench::with(|from| from, |to| to.on(Operation::PutPart, When::Nth(2), Fault::Hang));
    put(&bench.from, "large", noise(20 * MIB)).await;
    let request = request(&["large"], "", "");
    tokio::select! {
        report = bench.across(&request) => panic!("{report:?}"),
        () = async {
            while bench.to.list_uploads("").await.unwrap().is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        } => {}
    }
    for _ in 0..200 {
        if bench.to.list_uploads("").await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("its parts were left");
}

#[tokio::test]
async fn a_preview_tells_what_goes_where_and_does_nothing() {
    let bench = Bench::new();
    put(&bench.from, "a/x", "12").await;
    let mut told = Vec::new();
    let tell = |from: &str, to: &str, size| told.push(format!("{from} {to} {size}"));
    preview(&bench.ends.0, &bench.ends.1, &request(&["a/"], "", "b/"), tell).await.unwrap();
    assert_eq!(told, ["a/x b/a/x 2"]);
    assert!(bench.to.is_empty());
}

#[tokio::test]
async fn headers_are_replaced_only_on_the_object_that_was_seen() {
    let bench = Bench::new();
    put(&bench.from, "x", "12").await;
    let headers = Headers {
        content_type: Some("image/png".into()),
        metadata: [("a".to_owned(), "b".to_owned())].into(),
        ..Headers::default()
    };
    let (meta, lost) = set_headers(&bench.from, "x", &headers).await.unwrap();
    assert!(lost.is_empty());
    assert_eq!(meta.content_type.as_deref(), Some("image/png"));
    assert_eq!((meta.cache_control, meta.metadata), (None, headers.metadata.clone()));
    assert_eq!(read(&bench.from, "x").await, b"12");

    let memory = bench.from.clone();
    let slow = FaultyBucket::wrap(Arc::new(bench.from.clone())).on(
        Operation::Copy,
        When::Always,
        Fault::Delay(LATER),
    );
    let none = Headers::default();
    let (changed, ()) = tokio::join!(set_headers(&slow, "x", &none), async {
        tokio::time::sleep(LATER / 3).await;
        put(&memory, "x", "another").await;
    });
    assert_eq!(changed.unwrap_err().code, Code::RemoteChanged);
    assert_eq!(bench.from.head("x").await.unwrap().content_type.as_deref(), Some("text/plain"));
    let missing = set_headers(&bench.from, "none", &headers).await;
    assert_eq!(missing.unwrap_err().code, Code::ObjectNotFound);
}

#[tokio::test]
async fn a_folder_is_made_once() {
    let bench = Bench::new();
    make_folder(&bench.from, "a/b").await.unwrap();
    assert_eq!(keys(&bench.from).await, ["a/b/"]);
    put(&bench.from, "c/x", "1").await;
    for there in ["a/b/", "a/", "c", ""] {
        let again = make_folder(&bench.from, there).await;
        assert_eq!(again.unwrap_err().code, Code::AlreadyExists, "{there}");
    }
}
