//! What is sent, copied, gone on with and fetched.

use super::*;

#[tokio::test]
async fn what_another_version_holds_is_copied_and_not_sent() {
    let bench = Bench::new();
    bench.file("a/weights.bin", noise(9 * MIB, 1));
    bench.file("a/config.json", "{\"one\": 1}");
    let first = bench.push("m", "a").await;
    assert_eq!((first.version.as_str(), first.parent), ("v1.0.0", None));
    assert_eq!((first.sent, first.copied), (first.size, 0));

    bench.file("a/config.json", "{\"two\": 22}");
    std::fs::rename(bench.path("a/weights.bin"), bench.path("a/renamed.bin")).unwrap();
    let parts = bench.bucket.calls(Operation::PutPart);
    let second = bench.push("m", "a").await;
    assert_eq!((second.version.as_str(), second.parent.as_deref()), ("v1.0.1", Some("v1.0.0")));
    assert_eq!((second.sent, second.copied), (11, 9 * MIB as u64));
    assert_eq!(bench.bucket.calls(Operation::PutPart), parts, "no part was sent");
    assert_eq!(bench.bucket.calls(Operation::Copy), 1);
    assert_eq!(bench.stored("p/models/m/v1.0.1/renamed.bin").await, noise(9 * MIB, 1));
    let manifest = bench.manifest("m").await;
    assert_eq!(manifest.file("renamed.bin").unwrap().copied_from.as_deref(), Some("v1.0.0"));
    let pushed = manifest.pushed.unwrap();
    assert_eq!((pushed.sent, pushed.copied), (11, 9 * MIB as u64));
}

#[tokio::test]
async fn objects_say_the_sha256_that_was_known_before_they_were_sent() {
    let bench = Bench::new();
    bench.file("a/large.bin", noise(9 * MIB, 1));
    bench.file("a/middle.bin", noise(MIB, 2));
    bench.file("a/small.txt", "small");
    bench.push("m", "a").await;
    bench.file("a/large.bin", noise(9 * MIB, 3));
    bench.push("m", "a").await;
    let manifest = bench.manifest("m").await;
    for (version, path, says) in [
        ("v1.0.0", "large.bin", false),
        ("v1.0.0", "middle.bin", true),
        ("v1.0.0", "small.txt", true),
        // Read before, because v1.0.0 has one of its size.
        ("v1.0.1", "large.bin", true),
        ("v1.0.1", "middle.bin", true),
    ] {
        let meta = bench.memory.head(&format!("p/models/m/{version}/{path}")).await.unwrap();
        let said = meta.metadata.get("sha256");
        let right = said == Some(&manifest.file(path).unwrap().sha256);
        assert_eq!((said.is_some(), right), (says, says), "{version} {path}");
    }
}

/// What is not as its manifest says is sent anew instead of being spread.
#[tokio::test]
async fn an_object_that_was_changed_is_no_source_of_copies() {
    let bench = Bench::new();
    bench.file("a/w", "the weights");
    bench.push("m", "a").await;
    bench.object("p/models/m/v1.0.0/w", "THE WEIGHTS").await;
    let second = bench.push("m", "a").await;
    assert_eq!((second.sent, second.copied), (11, 0));
    assert_eq!(bench.stored("p/models/m/v1.0.1/w").await, b"the weights");
}

#[tokio::test]
async fn a_push_that_broke_off_goes_on_with_the_parts_that_are_there() {
    let bench = Bench::with(|bucket| {
        bucket.on(Operation::PutPart, When::Nth(3), Fault::Fail(ErrorKind::AccessDenied)).on(
            Operation::PutPart,
            When::Nth(4),
            Fault::Fail(ErrorKind::AccessDenied),
        )
    });
    let large = noise(41 * MIB, 2);
    bench.file("a/large.bin", &large);
    bench.file("a/small.txt", "small");
    let report = bench.try_push(&bench.request("m@v2.0.0", "a")).await.unwrap();
    assert!(!report.finished && !report.failed.is_empty(), "{report:?}");
    let versions = bench.registry().version_summaries("m").await.unwrap();
    assert_eq!((versions[0].finished, versions[0].files), (false, 1));
    assert_eq!(bench.try_pull("m", "x").await.unwrap_err().code, Code::ModelUnfinished);

    let bench = bench.restarted();
    let before = bench.bucket.calls(Operation::PutPart);
    let report = bench.push("m@v2.0.0", "a").await;
    assert_eq!(report.version, "v2.0.0");
    let sent = bench.bucket.calls(Operation::PutPart) - before;
    assert!(sent < 6, "{sent} of 6 parts were sent again");
    assert_eq!(bench.stored("p/models/m/v2.0.0/large.bin").await, large);
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), []);
}

/// The process ended after the last byte and before the manifest; then, the folder changed.
#[tokio::test]
async fn what_an_earlier_push_brought_there_is_proven_and_not_sent() {
    let bench = Bench::with(|bucket| {
        bucket.on(
            Operation::Put,
            When::Key("manifest".into()),
            Fault::Fail(ErrorKind::AccessDenied),
        )
    });
    let large = noise(9 * MIB, 3);
    bench.file("a/large.bin", &large);
    bench.file("a/b.txt", "first");
    bench.file("a/c.txt", "third");
    let problem = bench.try_push(&bench.request("m", "a")).await.unwrap_err();
    assert_eq!(problem.code, Code::AccessDenied);
    let bench = bench.restarted();
    // Of the same size, so that only its bytes tell it apart.
    bench.file("a/b.txt", "FIRST");
    let parts = bench.bucket.calls(Operation::PutPart);
    let report = bench.push("m", "a").await;
    assert_eq!((report.version.as_str(), report.sent), ("v1.0.0", 5));
    assert_eq!(report.found, 9 * MIB as u64 + 5);
    assert_eq!(bench.bucket.calls(Operation::PutPart), parts);
    assert_eq!(bench.stored("p/models/m/v1.0.0/b.txt").await, b"FIRST");
    assert!(bench.verify("m", true).await.is_right());
}

#[tokio::test]
async fn a_push_that_is_dropped_can_be_gone_on_with() {
    let bench = Bench::with(|bucket| bucket.on(Operation::PutPart, When::Nth(3), Fault::Hang));
    let large = noise(41 * MIB, 4);
    bench.file("a/large.bin", &large);
    let request = bench.request("m", "a");
    let pushing = bench.try_push(&request);
    let ended = tokio::time::timeout(Duration::from_secs(2), pushing).await;
    assert!(ended.is_err(), "it hangs until it is dropped");
    bench.bucket.heal();
    let report = loop {
        match bench.try_push(&request).await {
            Ok(report) => break report,
            // The job that was dropped is still being told.
            Err(problem) => assert_eq!(problem.code, Code::DataInUse),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert!(report.finished, "{report:?}");
    assert_eq!(bench.stored("p/models/m/v1.0.0/large.bin").await, large);
}

#[tokio::test]
async fn a_pull_brings_what_is_missing_and_nothing_else() {
    let bench = Bench::new();
    let large = noise(20 * MIB, 5);
    bench.file("a/deep/large.bin", &large);
    bench.file("a/small.txt", "small");
    bench.file("a/none", "");
    bench.push("m", "a").await;
    let report = bench.try_pull("m@latest", "out").await.unwrap();
    assert!(report.finished, "{report:?}");
    assert_eq!((report.version.as_str(), report.files, report.kept), ("v1.0.0", 3, 0));
    assert_eq!(std::fs::read(bench.path("out/deep/large.bin")).unwrap(), large);
    assert!(bench.path("out/none").exists() && !bench.path("out/manifest.json").exists());

    bench.file("out/small.txt", "SMALL");
    bench.file("out/mine.txt", "mine");
    let gets = bench.bucket.calls(Operation::Get);
    let report = bench.try_pull("m", "out").await.unwrap();
    assert_eq!((report.fetched, report.kept), (5, 20 * MIB as u64));
    assert_eq!(bench.bucket.calls(Operation::Get) - gets, 2, "the manifest, and one file");
    assert_eq!(std::fs::read(bench.path("out/small.txt")).unwrap(), b"small");
    assert_eq!(std::fs::read(bench.path("out/mine.txt")).unwrap(), b"mine");
}

#[tokio::test]
async fn a_file_of_other_bytes_never_gets_its_name() {
    let bench = Bench::new();
    bench.file("a/large.bin", noise(20 * MIB, 6));
    bench.file("a/small.txt", "small");
    bench.push("m", "a").await;
    bench.object("p/models/m/v1.0.0/large.bin", noise(20 * MIB, 7)).await;
    let report = bench.try_pull("m", "out").await.unwrap();
    assert!(!report.finished);
    assert_eq!(report.failed[0].path, "large.bin");
    assert_eq!(report.failed[0].failure.code, "contentDiffers");
    assert!(bench.path("out/small.txt").exists() && !bench.path("out/large.bin").exists());
    // Put right, the same pull ends well.
    bench.object("p/models/m/v1.0.0/large.bin", noise(20 * MIB, 6)).await;
    assert!(bench.try_pull("m", "out").await.unwrap().finished);
}

/// A manifest may come from anybody.
#[tokio::test]
async fn a_manifest_leads_nowhere_outside_of_the_folder() {
    let bench = Bench::new();
    bench.file("a/w", "x");
    bench.push("m", "a").await;
    let mut manifest = bench.manifest("m").await;
    manifest.files[0].path = "../../evil".into();
    bench.object("p/models/m/v1.0.0/manifest.json", manifest.bytes().unwrap()).await;
    bench.object("p/models/m/v1.0.0/../../evil", "x").await;
    let report = bench.try_pull("m", "deep/out").await.unwrap();
    assert!(!report.finished);
    assert_eq!(report.failed[0].failure.code, "unsafeName");
    assert!(!bench.path("evil").exists());
}

#[tokio::test]
async fn a_pull_that_broke_off_goes_on() {
    let bench = Bench::new();
    let large = noise(41 * MIB, 8);
    bench.file("a/large.bin", &large);
    bench.push("m", "a").await;
    let broken = FaultyBucket::wrap(Arc::new(bench.memory.clone())).on(
        Operation::Get,
        When::Nth(4),
        Fault::Fail(ErrorKind::AccessDenied),
    );
    *bench.remotes.0.lock().unwrap() = Arc::new(broken.clone());
    let report = bench.try_pull("m", "out").await.unwrap();
    assert!(!report.finished && report.failed.len() == 1, "{report:?}");
    broken.heal();
    let gets = broken.calls(Operation::Get);
    assert!(bench.try_pull("m", "out").await.unwrap().finished);
    // The manifest, and the parts that were missing.
    assert!(broken.calls(Operation::Get) - gets < 6);
    assert_eq!(std::fs::read(bench.path("out/large.bin")).unwrap(), large);
}

#[tokio::test]
async fn figures_end_at_the_whole() {
    let bench = Bench::new();
    bench.file("a/w", noise(MIB, 9));
    bench.push("m", "a").await;
    bench.file("a/t", "new");
    let meter: Arc<Meter> = Arc::default();
    let request = bench.request("m", "a");
    push(&bench.registry(), &bench.transfers, "main", &request, Arc::clone(&meter)).await.unwrap();
    let reading = meter.read();
    assert_eq!((reading.files_over, reading.files_total), (2, 2));
    assert_eq!((reading.bytes_done, reading.bytes_total), (MIB as u64 + 3, MIB as u64 + 3));
    assert_eq!(reading.moved, 3, "what is copied does not count for the speed");
}
