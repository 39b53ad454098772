use std::time::Duration;

use hoist_store::fault::{Fault, Operation, When};
use hoist_store::{Bucket as _, ErrorKind};
use proptest::prelude::*;

use super::state::MOST_FINISHED;
use super::*;
use crate::testing::{Bench, input, png, until};
use crate::view::UploadState::{self, *};

fn inputs(count: u32) -> Vec<Input> {
    (1..=count).map(|n| input(&format!("{n}.png"), png(n))).collect()
}

fn states(bench: &Bench) -> Vec<UploadState> {
    bench.uploads.views().into_iter().map(|view| view.state).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn links_are_copied_once_in_the_order_of_the_input() {
    // The first is the slowest.
    let bench = Bench::with(|bucket| {
        bucket.on(Operation::Put, When::Key("1-".into()), Fault::Delay(Duration::from_millis(80)))
    });
    let batch = bench.uploads.enqueue(inputs(5), UploadOptions::default());
    let view = bench.events.batch(batch).await;
    assert_eq!((view.done, view.failed, view.copied), (5, 0, 5));
    assert_eq!(view.format, "markdown");
    let text = bench.clipboard.text().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    for (n, line) in lines.iter().enumerate() {
        assert!(line.starts_with(&format!("![{}](https://main.example.com/", n + 1)), "{line}");
    }
    assert!(bench.uploads.views().iter().all(|view| view.copied));
    assert_eq!(bench.events.states(1), [Waiting, Reading, Uploading, Verifying, Done]);
}

#[tokio::test]
async fn one_failure_stops_no_other_and_can_be_tried_again_alone() {
    let bench = Bench::with(|bucket| {
        bucket.on(Operation::Put, When::Key("3-".into()), Fault::Fail(ErrorKind::Throttled))
    });
    let mut all = inputs(5);
    let missing = bench.dir.path().join("missing.png");
    all[1] = Input::Source(Source::File { path: missing.clone() });
    let batch = bench.uploads.enqueue(all, UploadOptions::default());
    let view = bench.events.batch(batch).await;
    assert_eq!((view.done, view.failed, view.cancelled, view.copied), (3, 2, 0, 3));
    assert_eq!(states(&bench), [Done, Failed, Failed, Done, Done]);
    assert_eq!(bench.row(2).problem.unwrap().code, Code::FileNotFound);
    assert_eq!(bench.row(3).problem.unwrap().code, Code::Throttled);

    bench.bucket.heal();
    std::fs::write(&missing, png(2)).unwrap();
    assert_eq!(bench.uploads.retry(&[3, 1]), 1, "a row that is done is not uploaded again");
    let again = bench.row(3).batch;
    assert_eq!(bench.events.batch(again).await.done, 1);
    assert!(bench.clipboard.text().unwrap().starts_with("![3]("));
    assert!(bench.row(3).problem.is_none());
    assert_eq!(bench.uploads.retry_failed(), 1);
    bench.events.batch(bench.row(2).batch).await;
    assert_eq!(states(&bench), [Done; 5]);
    assert_eq!(bench.uploads.retry_failed(), 0);
}

#[tokio::test]
async fn direct_uploads_answer_in_order_and_leave_the_clipboard_alone() {
    let bench = Bench::new();
    let mut all = inputs(3);
    all[1] = input("text.png", bytes::Bytes::from_static(b"no picture"));
    let results = bench.uploads.upload_now(all, UploadOptions::default()).await;
    assert_eq!(results.len(), 3);
    assert_eq!(results[0].as_ref().unwrap().name, "1.png");
    assert_eq!(results[1].as_ref().unwrap_err().code, Code::NotAnImage);
    assert_eq!(results[2].as_ref().unwrap().name, "3.png");
    assert_eq!(bench.clipboard.text(), None);
    assert!(bench.uploads.upload_now(Vec::new(), UploadOptions::default()).await.is_empty());
}

#[tokio::test]
async fn cancelling_ends_what_waits_at_once_and_what_runs_soon() {
    let bench =
        Bench::with(|bucket| bucket.on(Operation::Put, When::Key("1-".into()), Fault::Hang));
    bench.set(|settings| settings.concurrency = 1);
    let batch = bench.uploads.enqueue(inputs(4), UploadOptions::default());
    until("the first is sent", || (bench.row(1).state == Uploading).then_some(())).await;
    bench.uploads.cancel(3);
    assert_eq!(bench.row(3).state, Cancelled);
    assert_eq!(bench.row(1).state, Uploading);
    bench.uploads.cancel(1);
    let view = bench.events.batch(batch).await;
    assert_eq!((view.done, view.cancelled, view.failed), (2, 2, 0));
    assert_eq!(states(&bench), [Cancelled, Done, Cancelled, Done]);
    bench.uploads.cancel(2);
    assert_eq!(bench.row(2).state, Done, "too late");

    bench.bucket.heal();
    assert_eq!(bench.uploads.retry(&[1]), 1);
    bench.events.batch(bench.row(1).batch).await;
    assert_eq!(bench.row(1).state, Done);
}

#[tokio::test]
async fn cancelling_all_leaves_nothing_running() {
    let bench = Bench::with(|bucket| bucket.on(Operation::Put, When::Always, Fault::Hang));
    let batch = bench.uploads.enqueue(inputs(40), UploadOptions::default());
    until("some are sent", || states(&bench).contains(&Uploading).then_some(())).await;
    bench.uploads.cancel_all();
    let view = bench.events.batch(batch).await;
    assert_eq!((view.cancelled, view.copied), (40, 0));
    assert_eq!(bench.uploads.inner.lock().running(), 0);
    assert!(bench.memory.is_empty());
    assert_eq!(bench.clipboard.text(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_files_run_a_few_at_a_time_in_order_with_one_failure_alone() {
    let bench = Bench::new();
    bench.set(|settings| settings.concurrency = 3);
    let all: Vec<Input> = (0..1_000)
        .map(|n| {
            let path = bench.file(&format!("{n:04}.png"), &png(n));
            if n == 500 {
                std::fs::write(&path, "broken").unwrap();
            }
            Input::Source(Source::File { path })
        })
        .collect();
    let batch = bench.uploads.enqueue(all, UploadOptions::default());
    let most = until("all have ended", || {
        let running = bench.uploads.inner.lock().running();
        assert!(running <= 3, "{running}");
        bench.events.batches().into_iter().find(|view| view.id == batch)
    })
    .await;
    assert_eq!((most.done, most.failed, most.copied), (999, 1, 999));
    let text = bench.clipboard.text().unwrap();
    let names: Vec<&str> = text.lines().map(|line| &line[2..6]).collect();
    let expected: Vec<String> =
        (0..1_000).filter(|n| *n != 500).map(|n| format!("{n:04}")).collect();
    assert_eq!(names, expected);
    assert_eq!(bench.memory.len(), 999);
    assert_eq!(bench.row(501).state, Failed);
    let mut rows = bench.history().rows(&Default::default(), 0, 1_000).await.unwrap();
    rows.reverse();
    let rows: Vec<&str> = rows.iter().map(|row| &row.name[..4]).collect();
    assert_eq!(rows, expected, "the gallery keeps the order");
}

#[tokio::test]
async fn what_is_done_is_cleared_and_what_is_not_stays() {
    let bench =
        Bench::with(|bucket| bucket.on(Operation::Put, When::Key("9-".into()), Fault::Hang));
    bench.events.batch(bench.uploads.enqueue(inputs(2), UploadOptions::default())).await;
    bench.uploads.enqueue(vec![input("9.png", png(9))], UploadOptions::default());
    until("the last is sent", || (bench.row(3).state == Uploading).then_some(())).await;
    bench.uploads.clear_finished();
    assert_eq!(states(&bench), [Uploading]);
    let removed = bench
        .events
        .all()
        .into_iter()
        .any(|event| matches!(event, AppEvent::UploadsRemoved { ids } if ids == [1, 2]));
    assert!(removed);
    bench.uploads.cancel_all();
}

#[tokio::test]
async fn copying_is_a_choice_and_its_failure_is_said() {
    let bench = Bench::new();
    bench.set(|settings| settings.copy_links = false);
    let view = bench.events.batch(bench.uploads.enqueue(inputs(1), UploadOptions::default())).await;
    assert_eq!((view.done, view.copied), (1, 0));
    assert_eq!(bench.clipboard.text(), None);

    let copied = bench.uploads.copy_links(&[1], Some("url")).await.unwrap();
    assert_eq!(copied.count, 1);
    assert_eq!(bench.clipboard.text().as_deref(), Some(copied.text.as_str()));
    assert!(copied.text.starts_with("https://main.example.com/"));

    bench.set(|settings| {
        settings.copy_links = true;
        settings.link_format = "no such format".into();
    });
    let all = vec![input("2.png", png(2))];
    let view = bench.events.batch(bench.uploads.enqueue(all, UploadOptions::default())).await;
    assert_eq!((view.done, view.copied), (1, 0));
    assert_eq!(bench.events.failures(), [Code::TemplateInvalid]);
}

#[tokio::test]
async fn a_broken_pattern_fails_the_row_that_uses_it() {
    let bench = Bench::new();
    let options = UploadOptions { naming: Some("{what}".into()), ..UploadOptions::default() };
    let results = bench.uploads.upload_now(inputs(1), options).await;
    assert_eq!(results[0].as_ref().unwrap_err().code, Code::PatternInvalid);
    let options = UploadOptions { profile: Some("nobody".into()), ..UploadOptions::default() };
    let results = bench.uploads.upload_now(inputs(1), options).await;
    assert_eq!(results[0].as_ref().unwrap_err().code, Code::ProfileNotFound);
}

#[tokio::test]
async fn more_at_a_time_begins_at_once() {
    let bench = Bench::with(|bucket| bucket.on(Operation::Put, When::Always, Fault::Hang));
    bench.set(|settings| settings.concurrency = 1);
    bench.uploads.enqueue(inputs(5), UploadOptions::default());
    assert_eq!(bench.uploads.inner.lock().running(), 1);
    bench.set(|settings| settings.concurrency = 4);
    bench.uploads.settings_changed();
    assert_eq!(bench.uploads.inner.lock().running(), 4);
    bench.uploads.cancel_all();
}

#[tokio::test]
async fn an_undone_batch_names_only_what_it_has_added() {
    let bench = Bench::new();
    let first = bench.uploads.enqueue(inputs(1), UploadOptions::default());
    bench.events.batch(first).await;
    let second = bench.uploads.enqueue(inputs(2), UploadOptions::default());
    bench.events.batch(second).await;
    assert_eq!(states(&bench), [Done, AlreadyStored, Done]);
    let (first, second) = (bench.uploads.undo(first).await, bench.uploads.undo(second).await);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
    assert!(bench.uploads.undo(99).await.is_empty());
}

#[tokio::test]
async fn undoing_a_batch_that_runs_stops_it_and_takes_what_could_not_be_stopped() {
    // The first is stored, and takes its time to be looked at; the second is being sent.
    let bench = Bench::with(|bucket| {
        bucket
            .on(Operation::Put, When::Key("2-".into()), Fault::Hang)
            .on(Operation::Put, When::Key("1-".into()), Fault::Corrupt(40))
            .on(Operation::Head, When::Always, Fault::Delay(Duration::from_millis(100)))
    });
    bench.set(|settings| settings.concurrency = 2);
    let batch = bench.uploads.enqueue(inputs(5), UploadOptions::default());
    until("one is looked at, one is sent", || {
        (bench.row(1).state == Verifying && bench.row(2).state == Uploading).then_some(())
    })
    .await;
    let undone = bench.uploads.undo(batch).await;
    assert_eq!(states(&bench), [Done, Cancelled, Cancelled, Cancelled, Cancelled]);
    assert_eq!(undone.len(), 1);
    let view = bench.events.batch(batch).await;
    assert_eq!((view.done, view.cancelled, view.copied), (1, 4, 0));
    assert_eq!(bench.clipboard.text(), None);
}

#[tokio::test]
async fn a_row_written_down_later_says_so_and_belongs_to_its_batch() {
    let bench = Bench::new();
    bench.history().fill_disk_for_tests(true);
    // Too long for what is left in the last page.
    let name = format!("{}.png", "x".repeat(9_000));
    let batch = bench.uploads.enqueue(vec![input(&name, png(1))], UploadOptions::default());
    bench.events.batch(batch).await;
    assert!(bench.row(1).notes.contains(&crate::view::Note::NotInHistory));
    assert!(bench.uploads.undo(batch).await.is_empty());
    bench.history().fill_disk_for_tests(false);
    assert_eq!(bench.pipeline.recorder.retry().await, 0);
    let row = bench.row(1);
    assert!(row.notes.is_empty());
    let id = row.history_id.unwrap() as i64;
    assert_eq!(bench.uploads.undo(batch).await, [id]);
    assert_eq!(bench.memory.head(&row.key.unwrap()).await.unwrap().size, png(1).len() as u64);
}

fn stored(id: u32) -> Uploaded {
    Uploaded {
        history_id: Some(i64::from(id)),
        name: "a.png".into(),
        origin: String::new(),
        profile: "main".into(),
        key: "a.png".into(),
        url: "https://x/a.png".into(),
        content_type: "image/png".into(),
        size_before: 1,
        size_after: 1,
        width: None,
        height: None,
        sha256: String::new(),
        already_stored: false,
        notes: Vec::new(),
        thumb: None,
        process: None,
    }
}

#[test]
fn old_rows_give_way_but_not_those_of_a_batch_that_runs() {
    let mut state = State::default();
    let count = u32::try_from(MOST_FINISHED).unwrap() + 10;
    let add = |state: &mut State, count| {
        state.add(
            vec![input("a.png", png(1)); count],
            UploadOptions::default(),
            "main".into(),
            BatchKind::Window,
        )
    };
    add(&mut state, count as usize);
    add(&mut state, 2);
    let mut ends = Vec::new();
    for _ in 0..=count {
        let job = state.next(1, 0).unwrap();
        ends.extend(state.finish(job.id, Ok(stored(job.id))));
        state.trim();
    }
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0].uploads.len(), count as usize);
    let views = state.views();
    assert_eq!(views.len(), MOST_FINISHED + 2);
    assert_eq!(views[0].id, 11);
}

proptest! {
    /// Whatever is done to the rows in whatever order: no more run than may, every batch ends once
    /// and counts each of its rows once, and the rows' states add up.
    #[test]
    fn batches_end_once(steps in proptest::collection::vec((0_u8..6, 1_u32..12), 1..120)) {
        let mut state = State::default();
        let mut running: Vec<u32> = Vec::new();
        let mut ended: Vec<BatchEnd> = Vec::new();
        let mut batches = 0;
        let mut sizes = std::collections::HashMap::new();
        for (step, n) in steps {
            match step {
                0 => {
                    let count = (n % 4 + 1) as usize;
                    let all = vec![input("a.png", png(1)); count];
                    let (id, _) =
                        state.add(all, UploadOptions::default(), "main".into(), BatchKind::Window);
                    sizes.insert(id, count);
                    batches += 1;
                }
                1 => running.extend(state.next(3, 0).map(|job| job.id)),
                2 | 3 if !running.is_empty() => {
                    let id = running.remove(n as usize % running.len());
                    let result = match n % 3 {
                        0 => Ok(stored(id)),
                        1 => Err(Problem::new(Code::Network, "x")),
                        _ => Err(Problem::new(Code::Cancelled, "x")),
                    };
                    ended.extend(state.finish(id, result));
                }
                4 => ended.extend(state.cancel(&[n])),
                5 => {
                    let failed = state.failed();
                    let count = state.retry(&failed);
                    if count > 0 {
                        batches += 1;
                        sizes.insert(batches, count);
                    }
                }
                _ => {}
            }
            prop_assert!(running.len() <= 3);
            prop_assert_eq!(state.running(), running.len());
        }
        let open = state.open();
        ended.extend(state.cancel(&open));
        for id in std::mem::take(&mut running) {
            ended.extend(state.finish(id, Err(Problem::new(Code::Cancelled, "x"))));
        }
        let mut ids: Vec<u32> = ended.iter().map(|end| end.id).collect();
        ids.sort_unstable();
        prop_assert_eq!(ids, (1..=batches).collect::<Vec<_>>());
        for end in &ended {
            let count = (end.done + end.failed + end.cancelled) as usize;
            prop_assert_eq!(Some(&count), sizes.get(&end.id));
        }
        prop_assert!(state.open().is_empty());
    }
}
