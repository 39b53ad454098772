//! Uploads.

use super::*;

#[tokio::test]
async fn a_tree_arrives_whole() {
    let bench = Bench::new();
    let large = noise(20 * MIB + 5, 1);
    bench.file("tree/large.bin", &large);
    bench.file("tree/a/small", b"small");
    bench.file("tree/a/none", b"");
    std::fs::create_dir(bench.path("tree/empty")).unwrap();
    let (id, view) = bench.put(&["tree"], "p/").await;
    assert_eq!((view.state, view.files.succeeded, view.files.total), (State::Done, 4, 4));
    assert_eq!(bench.stored("p/large.bin").await, large);
    assert_eq!(bench.stored("p/a/small").await, b"small");
    assert_eq!(bench.stored("p/a/none").await, b"");
    assert_eq!(bench.stored("p/empty/").await, b"");
    assert_eq!(bench.memory.len(), 4);
    let etag = bench.memory.head("p/large.bin").await.unwrap().etag.unwrap();
    assert!(etag.ends_with("-3"), "{etag}");
    assert_eq!(bench.codes(id).await, BTreeMap::new());
}

#[tokio::test]
async fn faults_on_the_way_are_tried_again() {
    let bench = Bench::with(limits(), |bucket| {
        bucket
            .on(Operation::PutPart, When::Every(3), Fault::Fail(ErrorKind::Network))
            .on(Operation::Complete, When::Nth(1), Fault::LoseAnswer(ErrorKind::Timeout))
            .on(
                Operation::Put,
                When::Nth(1),
                Fault::FailFor(ErrorKind::Throttled, Duration::from_millis(2)),
            )
    });
    let large = noise(30 * MIB, 2);
    bench.file("large", &large);
    bench.file("small", b"small");
    let (_, view) = bench.put(&["large", "small"], "").await;
    assert_eq!(view.state, State::Done, "{:?}", view.problem);
    assert_eq!(bench.stored("large").await, large);
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), []);
}

#[tokio::test]
async fn what_the_store_has_is_not_sent_again() {
    let broken = |bucket: FaultyBucket| {
        bucket.on(Operation::PutPart, When::Nth(4), Fault::Fail(ErrorKind::AccessDenied)).on(
            Operation::PutPart,
            When::Nth(5),
            Fault::Fail(ErrorKind::AccessDenied),
        )
    };
    let one = Limits { requests_per_profile: 1, ..limits() };
    let bench = Bench::with(one, broken);
    let large = noise(50 * MIB, 3);
    bench.file("large", &large);
    let (id, view) = bench.put(&["large"], "").await;
    assert_eq!(view.state, State::Failed);
    let healthy = bench.healthy();
    bench.put_in_place(healthy.clone());
    let view = bench.run(id).await;
    assert_eq!(view.state, State::Done, "{:?}", view.problem);
    // Seven parts, three of which were there.
    assert_eq!(healthy.calls(Operation::PutPart), 4);
    assert_eq!(healthy.calls(Operation::Create), 0);
    assert_eq!(bench.stored("large").await, large);
}

/// Fails in the middle, with some parts sent.
async fn half_sent(bench: &Bench) -> i64 {
    let (id, view) = bench.put(&["large"], "").await;
    assert_eq!(view.state, State::Failed);
    assert_eq!(bench.memory.list_uploads("").await.unwrap().len(), 1);
    id
}

fn breaks_at_the_third(bucket: FaultyBucket) -> FaultyBucket {
    bucket.on(Operation::PutPart, When::Nth(3), Fault::Fail(ErrorKind::AccessDenied))
}

#[tokio::test]
async fn an_upload_the_store_forgot_starts_over() {
    let bench = Bench::with(limits(), breaks_at_the_third);
    let large = noise(30 * MIB, 4);
    bench.file("large", &large);
    let id = half_sent(&bench).await;
    let upload = bench.memory.list_uploads("").await.unwrap().remove(0);
    bench.memory.abort(&upload.key, &upload.upload_id).await.unwrap();
    let healthy = bench.healthy();
    bench.put_in_place(healthy.clone());
    assert_eq!(bench.run(id).await.state, State::Done);
    assert_eq!(healthy.calls(Operation::PutPart), 4);
    assert_eq!(bench.stored("large").await, large);
}

#[tokio::test]
async fn a_file_that_was_replaced_in_between_starts_over() {
    let bench = Bench::with(limits(), breaks_at_the_third);
    bench.file("large", &noise(30 * MIB, 5));
    let id = half_sent(&bench).await;
    let other = noise(30 * MIB, 6);
    bench.file("large", &other);
    bench.put_in_place(bench.healthy());
    assert_eq!(bench.run(id).await.state, State::Done);
    assert_eq!(bench.stored("large").await, other);
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), [], "the first one was given up");
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_fails_alone() {
    let bench = Bench::with(Limits { requests_per_profile: 1, ..limits() }, |bucket| {
        bucket.on(Operation::PutPart, When::Nth(2), Fault::Delay(Duration::from_secs(5)))
    });
    let path = bench.file("tree/growing", &noise(20 * MIB, 7));
    bench.file("tree/still", b"still");
    let id = bench.add(bench.upload(&["tree"], "")).await;
    let transfers = bench.transfers.clone();
    let running = tokio::spawn(async move { transfers.run(id, Arc::default()).await });
    // Once the first part is confirmed and the second on its way, the file grows.
    confirmed(&bench, id, 1, &running).await;
    std::fs::write(&path, noise(21 * MIB, 8)).unwrap();
    let view = running.await.unwrap().unwrap();
    assert_eq!((view.state, view.files.succeeded, view.files.failed), (State::Failed, 1, 1));
    assert_eq!(bench.codes(id).await["growing"], "sourceChanged");
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), []);
    assert_eq!(bench.stored("still").await, b"still");
    assert_eq!(bench.run(id).await.state, State::Done, "and the next time it goes");
    assert_eq!(bench.stored("growing").await.len(), 21 * MIB);
}

#[tokio::test]
async fn an_upload_whose_id_never_arrived_is_given_up() {
    let bench = Bench::with(limits(), |bucket| {
        bucket.on(Operation::Create, When::Nth(1), Fault::LoseAnswer(ErrorKind::Network))
    });
    let large = noise(17 * MIB, 9);
    bench.file("large", &large);
    // Somebody else's, of another key and older than ours.
    bench.memory.create("other", &PutOptions::default()).await.unwrap();
    let (_, view) = bench.put(&["large"], "").await;
    assert_eq!(view.state, State::Done, "{:?}", view.problem);
    let left = bench.memory.list_uploads("").await.unwrap();
    assert_eq!(left.iter().map(|upload| upload.key.as_str()).collect::<Vec<_>>(), ["other"]);
}

#[tokio::test]
async fn an_upload_that_was_created_late_is_given_up_in_the_end() {
    let bench = Bench::with(limits(), breaks_at_the_third);
    let large = noise(30 * MIB, 12);
    bench.file("large", &large);
    let id = half_sent(&bench).await;
    // As a server does that carries a request out after its sender was killed.
    bench.memory.create("large", &PutOptions::default()).await.unwrap();
    bench.put_in_place(bench.healthy());
    assert_eq!(bench.run(id).await.state, State::Done);
    assert_eq!(bench.stored("large").await, large);
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), []);
}

#[tokio::test]
async fn damaged_parts_do_not_become_an_object() {
    let bench = Bench::with(limits(), |bucket| {
        bucket.on(Operation::Complete, When::Always, Fault::Fail(ErrorKind::Integrity))
    });
    bench.file("large", &noise(17 * MIB, 10));
    let (id, view) = bench.put(&["large"], "").await;
    assert_eq!(view.state, State::Failed);
    assert_eq!(bench.codes(id).await["large"], "integrity");
    assert!(bench.memory.is_empty());
}

#[tokio::test]
async fn what_is_there_already_is_left_alone() {
    let bench = Bench::new();
    bench.file("tree/same", b"same");
    bench.file("tree/size", b"size");
    bench.file("tree/new", b"new");
    bench.object("same", b"same").await;
    bench.object("size", b"SIZE").await;
    let Request::Upload(request) = bench.upload(&["tree"], "") else { unreachable!() };
    let id = bench.add(Request::Upload(Upload { if_changed: true, ..request })).await;
    let view = bench.run(id).await;
    assert_eq!((view.files.succeeded, view.files.skipped), (2, 1));
    assert_eq!(bench.stored("size").await, b"size");
}

#[tokio::test]
async fn the_second_source_of_a_key_does_not_replace_the_first() {
    let bench = Bench::new();
    bench.file("a/name", b"first");
    bench.file("b/name", b"second");
    let (id, view) = bench.put(&["a", "b"], "").await;
    assert_eq!((view.files.succeeded, view.files.failed), (1, 1));
    assert_eq!(bench.codes(id).await["name"], "sameNameTwice");
    assert_eq!(bench.stored("name").await, b"first");
}

#[tokio::test]
async fn wrong_keys_stop_the_whole_job_at_once() {
    let bench = Bench::with(Limits { files: 1, ..limits() }, |bucket| {
        bucket.on(Operation::Put, When::Always, Fault::Fail(ErrorKind::WrongRegion))
    });
    for n in 0..20 {
        bench.file(&format!("tree/{n}"), b"x");
    }
    let (_, view) = bench.put(&["tree"], "").await;
    assert_eq!(view.state, State::Failed);
    assert_eq!(view.problem.unwrap().code, "wrongRegion");
    assert_eq!((view.files.failed, view.files.total), (0, 20), "they go on waiting");
}
