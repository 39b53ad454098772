use std::sync::Mutex;

use hoist_store::fault::{Fault, Operation, When};
use hoist_store::{Bucket as _, ErrorKind, GetOptions, PutOptions};

use super::*;
use crate::history::NewUpload;
use crate::link::public_url;
use crate::naming::NamePattern;
use crate::settings::{Settings, TransformPlace};
use crate::source::Source;
use crate::testing::{Bench, input, png};
use crate::view::Note;

mod host;

/// Notes what it is told.
#[derive(Default)]
struct Notes {
    stages: Mutex<Vec<UploadState>>,
    keys: Mutex<Vec<String>>,
    written: Mutex<Vec<i64>>,
}

impl Watch for Notes {
    fn stage(&self, state: UploadState) {
        self.stages.lock().unwrap().push(state);
    }
    fn size_before(&self, _: u64) {}
    fn size_after(&self, _: u64) {}
    fn key(&self, key: &str) {
        self.keys.lock().unwrap().push(key.to_owned());
    }
    fn sent(&self, _: u64) {}
    fn written(&self, id: i64) {
        self.written.lock().unwrap().push(id);
    }
}

fn plan(naming: &str) -> Plan {
    Plan {
        profile: "main".into(),
        naming: NamePattern::parse(naming).unwrap(),
        transform: Transform::default(),
        transform_place: TransformPlace::Auto,
        strip: Settings::default().strip_metadata,
        dedupe: true,
        n: 1,
        started: Timestamp::now().as_millisecond(),
    }
}

async fn run(bench: &Bench, input: &Input, plan: &Plan) -> Result<Uploaded> {
    let watch: Arc<dyn Watch> = Arc::new(Notes::default());
    bench.pipeline.run(input, plan, &watch, &CancellationToken::new()).await
}

/// A row with such a name does not fit into what a full disk has left in its last page.
fn long_name(n: u32) -> String {
    format!("{n}{}.png", "x".repeat(9_000))
}

const NAMED: &str = "{name}.{ext}";
const BY_CONTENT: &str = "{name}-{sha256:8}.{ext}";

#[tokio::test]
async fn an_upload_is_stored_recorded_and_linked() {
    let bench = Bench::new();
    let bytes = png(1);
    let uploaded =
        run(&bench, &input("我的 猫.png", bytes.clone()), &plan(BY_CONTENT)).await.unwrap();
    let sha256 = digest::sha256(&bytes);
    assert_eq!(uploaded.key, format!("我的 猫-{}.png", &sha256[..8]));
    assert_eq!(
        uploaded.url,
        format!("https://main.example.com/%E6%88%91%E7%9A%84%20%E7%8C%AB-{}.png", &sha256[..8])
    );
    assert_eq!((uploaded.width, uploaded.height), (Some(3), Some(2)));
    assert!(!uploaded.already_stored);
    assert_eq!(bench.stored(&uploaded.key).await, bytes);
    let meta = bench.memory.head(&uploaded.key).await.unwrap();
    assert_eq!(meta.content_type.as_deref(), Some("image/png"));
    assert_eq!(meta.cache_control.as_deref(), Some(put::FOREVER));
    let rows = bench.history().by_ids(&[uploaded.history_id.unwrap()]).await.unwrap();
    assert_eq!(rows[0].key, uploaded.key);
    assert_eq!(rows[0].sha256, sha256);
    let thumb = uploaded.thumb.unwrap();
    assert!(thumb.starts_with(bench.dir.path().join("thumbs")) && thumb.exists(), "{thumb:?}");
}

#[tokio::test]
async fn a_key_that_may_get_other_content_is_not_cached_for_ever() {
    let bench = Bench::new();
    let uploaded = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    assert_eq!(bench.memory.head(&uploaded.key).await.unwrap().cache_control, None);
}

#[tokio::test]
async fn the_same_content_again_sends_nothing_and_gives_the_same_link() {
    let bench = Bench::new();
    let first = run(&bench, &input("cat.png", png(1)), &plan(BY_CONTENT)).await.unwrap();
    let second = run(&bench, &input("dog.png", png(1)), &plan(BY_CONTENT)).await.unwrap();
    assert!(second.already_stored);
    assert_eq!(second.url, first.url);
    assert_eq!(second.history_id, first.history_id);
    assert_eq!(bench.bucket.calls(Operation::Put), 1);
    assert_eq!(bench.history().outline(&Default::default()).await.unwrap().total, 1);
}

#[tokio::test]
async fn switched_off_the_same_content_is_sent_again() {
    let bench = Bench::new();
    let plan = Plan { dedupe: false, ..plan(BY_CONTENT) };
    let first = run(&bench, &input("cat.png", png(1)), &plan).await.unwrap();
    let second = run(&bench, &input("cat.png", png(1)), &plan).await.unwrap();
    assert!(!second.already_stored);
    assert_eq!(second.url, first.url);
    assert_ne!(second.history_id, first.history_id);
}

#[tokio::test]
async fn another_pattern_transform_or_bucket_is_another_upload() {
    let bench = Bench::new();
    run(&bench, &input("cat.png", png(1)), &plan(BY_CONTENT)).await.unwrap();
    let other = run(&bench, &input("cat.png", png(1)), &plan("x/{sha256}.{ext}")).await.unwrap();
    assert!(!other.already_stored);
    let mut transformed = plan(BY_CONTENT);
    transformed.transform = Transform::parse("w=1", &[]).unwrap();
    let other = run(&bench, &input("cat.png", png(1)), &transformed).await.unwrap();
    assert!(!other.already_stored);
    assert_eq!(other.width, Some(1));
    bench.places.change("main", |place| place.target = "elsewhere".into());
    bench.memory.delete(&other.key).await.unwrap();
    let other = run(&bench, &input("cat.png", png(1)), &transformed).await.unwrap();
    assert!(!other.already_stored);
}

#[tokio::test]
async fn an_object_deleted_elsewhere_is_uploaded_again() {
    let bench = Bench::new();
    let first = run(&bench, &input("cat.png", png(1)), &plan(BY_CONTENT)).await.unwrap();
    bench.memory.delete(&first.key).await.unwrap();
    let second = run(&bench, &input("cat.png", png(1)), &plan(BY_CONTENT)).await.unwrap();
    assert!(!second.already_stored);
    assert_eq!(bench.stored(&second.key).await, png(1));
    let rows = bench.history().rows(&Default::default(), 0, 10).await.unwrap();
    assert_eq!(rows.len(), 1, "back under the same key, in the same row");
    assert!(!rows[0].missing && rows[0].id == first.history_id.unwrap());
    assert!(rows[0].uploaded_at > 0);
}

#[tokio::test]
async fn an_object_that_is_gone_is_marked() {
    let bench = Bench::new();
    let first = run(&bench, &input("cat.png", png(1)), &plan("{uuid}.{ext}")).await.unwrap();
    bench.memory.delete(&first.key).await.unwrap();
    run(&bench, &input("cat.png", png(1)), &plan("{uuid}.{ext}")).await.unwrap();
    let rows = bench.history().by_ids(&[first.history_id.unwrap()]).await.unwrap();
    assert!(rows[0].missing);
}

#[tokio::test]
async fn another_object_under_the_key_is_never_replaced() {
    let bench = Bench::new();
    let first = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    let second = run(&bench, &input("cat.png", png(2)), &plan(NAMED)).await.unwrap();
    let third = run(&bench, &input("cat.png", png(3)), &plan(NAMED)).await.unwrap();
    assert_eq!([first.key, second.key, third.key], ["cat.png", "cat-2.png", "cat-3.png"]);
    assert_eq!(bench.stored("cat.png").await, png(1));
    assert_eq!(bench.stored("cat-2.png").await, png(2));
}

#[tokio::test]
async fn without_conditional_puts_it_is_looked_at_first() {
    let bench = Bench::with(|bucket| {
        bucket
            .on(Operation::Put, When::Nth(1), Fault::Fail(ErrorKind::Unsupported))
            .on(Operation::Put, When::Nth(3), Fault::Fail(ErrorKind::Unsupported))
            .on(Operation::Put, When::Nth(4), Fault::Fail(ErrorKind::Unsupported))
    });
    run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    let second = run(&bench, &input("cat.png", png(2)), &plan(NAMED)).await.unwrap();
    assert_eq!(second.key, "cat-2.png");
    assert_eq!(bench.stored("cat.png").await, png(1));
    assert_eq!(bench.stored("cat-2.png").await, png(2));
}

#[tokio::test]
async fn content_the_history_has_forgotten_is_found_in_the_bucket() {
    let bench = Bench::new();
    let options = PutOptions::default();
    bench.memory.put("cat.png", png(1).into(), &options).await.unwrap();
    let uploaded = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    assert!(uploaded.already_stored);
    assert!(uploaded.history_id.is_some());
    assert_eq!(bench.memory.len(), 1);
}

#[tokio::test]
async fn what_two_processes_upload_at_once_is_one_row() {
    // The other process has put the object, and writes its row down only after this one.
    let bench = Bench::new();
    bench.memory.put("cat.png", png(1).into(), &PutOptions::default()).await.unwrap();
    let found = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    let mut row = bench.history().by_ids(&[found.history_id.unwrap()]).await.unwrap().remove(0);
    let late = NewUpload {
        uploaded_at: row.uploaded_at + 1_000,
        name: row.name.clone(),
        profile: row.profile.clone(),
        target: row.target.clone(),
        key: row.key.clone(),
        url: row.url.clone(),
        content_type: row.content_type.clone(),
        size: row.size,
        width: row.width,
        height: row.height,
        sha256: row.sha256.clone(),
        source_sha256: row.sha256.clone(),
        recipe: String::new(),
        etag: None,
        thumb: None,
        process: None,
        if_known: IfKnown::Renew,
    };
    assert_eq!(bench.history().add(late.clone()).await.unwrap(), row.id);
    row.uploaded_at += 1_000;
    assert_eq!(bench.history().by_ids(&[row.id]).await.unwrap(), [row.clone()]);
    let other = NewUpload { profile: "other".into(), ..late };
    assert_ne!(bench.history().add(other).await.unwrap(), row.id);
}

#[tokio::test]
async fn an_answer_that_got_lost_is_not_a_second_object() {
    let bench = Bench::with(|bucket| {
        bucket.on(Operation::Put, When::Nth(1), Fault::LoseAnswer(ErrorKind::Network))
    });
    let problem = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap_err();
    assert_eq!(problem.code, Code::Network);
    let uploaded = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    assert_eq!(uploaded.key, "cat.png");
    assert_eq!(bench.memory.len(), 1);
}

#[tokio::test]
async fn what_arrived_damaged_is_a_failure() {
    let bench = Bench::with(|bucket| {
        bucket.on(Operation::Head, When::Always, Fault::Fail(ErrorKind::NotFound)).on(
            Operation::Put,
            When::Always,
            Fault::Corrupt(40),
        )
    });
    let problem = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap_err();
    assert_eq!(problem.code, Code::Integrity);
    assert_eq!(bench.history().outline(&Default::default()).await.unwrap().total, 0);
}

#[tokio::test]
async fn keys_that_may_only_write_can_upload() {
    let bench = Bench::with(|bucket| {
        bucket.on(Operation::Head, When::Always, Fault::Fail(ErrorKind::AccessDenied))
    });
    let first = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    let again = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    assert!(again.already_stored);
    assert_eq!(again.url, first.url);
}

#[tokio::test]
async fn input_that_is_no_image_says_so_and_sends_nothing() {
    let bench = Bench::new();
    for (name, bytes, code) in
        [("text.png", &b"not a picture"[..], Code::NotAnImage), ("empty.png", b"", Code::EmptyFile)]
    {
        let input = input(name, Bytes::from_static(bytes));
        let problem = run(&bench, &input, &plan(NAMED)).await.unwrap_err();
        assert_eq!(problem.code, code, "{name}");
        assert!(problem.subject.contains(name));
    }
    let directory = Input::Source(Source::File { path: bench.dir.path().to_owned() });
    assert_eq!(run(&bench, &directory, &plan(NAMED)).await.unwrap_err().code, Code::IsDirectory);
    assert_eq!(bench.bucket.calls(Operation::Put), 0);
}

#[tokio::test]
async fn refused_keys_are_read_anew() {
    let bench = Bench::new();
    let error = hoist_store::StoreError::new(ErrorKind::AccessDenied, "no")
        .with_provider_code("SignatureDoesNotMatch");
    assert_eq!(Problem::from_store(&error, "main").code, Code::CredentialsRejected);
    run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    assert!(bench.places.forgotten.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_cancelled_upload_stops_while_it_is_sent() {
    let bench = Bench::with(|bucket| bucket.on(Operation::Put, When::Always, Fault::Hang));
    let cancel = CancellationToken::new();
    let notes = Arc::new(Notes::default());
    let watch: Arc<dyn Watch> = notes.clone();
    let pipeline = Arc::clone(&bench.pipeline);
    let task = {
        let cancel = cancel.clone();
        tokio::spawn(async move {
            pipeline.run(&input("cat.png", png(1)), &plan(NAMED), &watch, &cancel).await
        })
    };
    crate::testing::until("it sends", || {
        notes.stages.lock().unwrap().contains(&UploadState::Uploading).then_some(())
    })
    .await;
    cancel.cancel();
    assert_eq!(task.await.unwrap().unwrap_err().code, Code::Cancelled);
    assert!(bench.memory.is_empty());
    assert_eq!(bench.history().outline(&Default::default()).await.unwrap().total, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_content_twice_at_the_same_time_is_stored_once() {
    let bench = Bench::with(|bucket| {
        bucket.on(Operation::Put, When::Always, Fault::Delay(std::time::Duration::from_millis(20)))
    });
    let plan = plan("{uuid}.{ext}");
    let (a, b, c) = (input("a.png", png(1)), input("b.png", png(1)), input("c.png", png(1)));
    let (a, b, c) =
        tokio::join!(run(&bench, &a, &plan), run(&bench, &b, &plan), run(&bench, &c, &plan));
    let all = [a.unwrap(), b.unwrap(), c.unwrap()];
    assert_eq!(all.iter().filter(|uploaded| !uploaded.already_stored).count(), 1);
    assert_eq!(bench.memory.len(), 1);
    assert!(all.iter().all(|uploaded| uploaded.url == all[0].url));
}

#[tokio::test]
async fn a_full_disk_of_the_history_fails_no_upload_and_is_made_up_for() {
    let bench = Bench::new();
    bench.history().fill_disk_for_tests(true);
    let notes = Arc::new(Notes::default());
    let watch: Arc<dyn Watch> = notes.clone();
    let cancel = CancellationToken::new();
    for n in 0..2 {
        let input = input(&long_name(n), png(n));
        let uploaded = bench.pipeline.run(&input, &plan(NAMED), &watch, &cancel).await.unwrap();
        assert_eq!(uploaded.history_id, None);
        assert!(uploaded.notes.contains(&Note::NotInHistory));
    }
    assert_eq!(bench.memory.len(), 2);
    assert_eq!(bench.events.failures(), [Code::DiskFull], "said once");
    assert_eq!(bench.pipeline.recorder.retry().await, 2);

    bench.history().fill_disk_for_tests(false);
    assert_eq!(bench.pipeline.recorder.retry().await, 0);
    let rows = bench.history().rows(&Default::default(), 0, 10).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(notes.written.lock().unwrap().len(), 2);
    assert_eq!(bench.pipeline.recorder.retry().await, 0, "nothing is written twice");
    assert_eq!(bench.history().outline(&Default::default()).await.unwrap().total, 2);
}

#[tokio::test]
async fn bytes_go_to_another_bucket_as_they_are() {
    let bench = Bench::new();
    let other = hoist_store::memory::MemoryBucket::new("other");
    bench.places.add("other", other.clone());
    let first = run(&bench, &input("cat.png", png(1)), &plan(NAMED)).await.unwrap();
    let entry = bench.history().by_ids(&[first.history_id.unwrap()]).await.unwrap().remove(0);
    let mut to_other = plan("copy/{name}.{ext}");
    to_other.profile = "other".into();
    to_other.transform = Transform::parse("w=1,format=webp", &[]).unwrap();
    let copy = run(&bench, &Input::Stored(Box::new(entry.clone())), &to_other).await.unwrap();
    assert_eq!(copy.key, "copy/cat.png");
    assert_eq!(copy.url, "https://other.example.com/copy/cat.png");
    let bytes = other.get("copy/cat.png", &GetOptions::default()).await.unwrap();
    assert_eq!(bytes.bytes(1 << 20).await.unwrap(), png(1));

    bench.memory.delete("cat.png").await.unwrap();
    other.delete("copy/cat.png").await.unwrap();
    let problem = run(&bench, &Input::Stored(Box::new(entry)), &to_other).await.unwrap_err();
    assert_eq!(problem.code, Code::ObjectNotFound);
    let rows = bench.history().by_ids(&[first.history_id.unwrap()]).await.unwrap();
    assert!(rows[0].missing);
}
