use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
use hoist_store::{Bucket as _, ErrorKind};

use super::*;
use crate::app::UploadOptions;
use crate::testing::{Bench, input, png, until};
use crate::view::HistoryQuery;

/// Three uploads on a bench, and the deletions over it.
async fn deletions(
    faults: impl FnOnce(FaultyBucket) -> FaultyBucket,
) -> (Bench, Deletions, Vec<i64>) {
    let bench = Bench::with(faults);
    let inputs = (1..=3).map(|n| input(&format!("{n}.png"), png(n))).collect();
    let results = bench.uploads.upload_now(inputs, UploadOptions::default()).await;
    let ids = results.into_iter().map(|r| r.unwrap().history_id.unwrap()).collect();
    let deletions = Deletions::new(Arc::clone(&bench.pipeline), Arc::clone(&bench.events) as _);
    (bench, deletions, ids)
}

async fn total(bench: &Bench) -> u32 {
    bench.history().outline(&HistoryQuery::default()).await.unwrap().total
}

#[tokio::test]
async fn a_deletion_hides_at_once_deletes_later_and_can_be_undone_until_then() {
    let (bench, deletions, ids) = deletions(|bucket| bucket).await;
    let view = deletions.schedule(deletions.hide(&ids[..2], true, LEASE).await.unwrap());
    assert_eq!(view.count, 2);
    assert_eq!((total(&bench).await, bench.memory.len()), (1, 3));
    assert_eq!(deletions.undo(view.id).await.unwrap(), 2);
    assert_eq!((total(&bench).await, bench.memory.len()), (3, 3));
    assert_eq!(deletions.undo(view.id).await.unwrap_err().code, Code::UndoExpired);

    let view = deletions.schedule(deletions.hide(&ids[..2], true, LEASE).await.unwrap());
    let thumbs = bench.dir.path().join("thumbs");
    assert_eq!(std::fs::read_dir(&thumbs).unwrap().count(), 3);
    deletions.flush().await;
    assert_eq!((total(&bench).await, bench.memory.len()), (1, 1));
    assert_eq!(std::fs::read_dir(&thumbs).unwrap().count(), 1);
    assert_eq!(deletions.undo(view.id).await.unwrap_err().code, Code::UndoExpired);
    let again = deletions.hide(&ids[..1], true, LEASE).await.unwrap_err();
    assert_eq!(again.code, Code::HistoryRowNotFound);
}

#[tokio::test]
async fn the_time_to_undo_runs_out_by_itself() {
    let (bench, _, ids) = deletions(|bucket| bucket).await;
    let pipeline = Arc::clone(&bench.pipeline);
    let quick = Duration::from_millis(20);
    let deletions = Deletions::after(quick, pipeline, Arc::clone(&bench.events) as _);
    let view = deletions.schedule(deletions.hide(&ids, true, LEASE).await.unwrap());
    until("the objects are gone", || bench.memory.is_empty().then_some(())).await;
    until("its rows too", || {
        let revision = bench.history().revision();
        bench
            .events
            .all()
            .into_iter()
            .any(|event| matches!(event, AppEvent::History { revision: told } if told == revision))
            .then_some(())
    })
    .await;
    assert_eq!(total(&bench).await, 0);
    assert_eq!(deletions.undo(view.id).await.unwrap_err().code, Code::UndoExpired);
}

#[tokio::test]
async fn taking_rows_out_of_the_history_leaves_the_objects() {
    let (bench, deletions, ids) = deletions(|bucket| bucket).await;
    deletions.schedule(deletions.hide(&ids, false, LEASE).await.unwrap());
    deletions.flush().await;
    assert_eq!((total(&bench).await, bench.memory.len()), (0, 3));
    assert_eq!(bench.bucket.calls(Operation::DeleteMany), 0);
}

#[tokio::test]
async fn rows_whose_objects_cannot_be_deleted_come_back_with_the_reason() {
    let (bench, deletions, ids) = deletions(|bucket| {
        bucket.on(Operation::DeleteMany, When::Nth(1), Fault::Fail(ErrorKind::AccessDenied))
    })
    .await;
    deletions.schedule(deletions.hide(&ids, true, LEASE).await.unwrap());
    deletions.flush().await;
    assert_eq!((total(&bench).await, bench.memory.len()), (3, 3));
    assert_eq!(bench.events.failures(), [Code::AccessDenied]);
    bench.places.change("main", |place| place.target = "another".into());
    deletions.schedule(deletions.hide(&ids, true, LEASE).await.unwrap());
    deletions.flush().await;
    assert_eq!((total(&bench).await, bench.memory.len()), (3, 3), "never in another bucket");
}

#[tokio::test]
async fn an_object_another_upload_shows_stays() {
    let (bench, deletions, ids) = deletions(|bucket| bucket).await;
    bench.set(|settings| settings.dedupe = false);
    let again = vec![input("1.png", png(1))];
    let again = bench.uploads.upload_now(again, UploadOptions::default()).await.remove(0).unwrap();
    assert_eq!(bench.memory.len(), 3);
    deletions.schedule(deletions.hide(&ids[..1], true, LEASE).await.unwrap());
    deletions.flush().await;
    assert_eq!(bench.memory.head(&again.key).await.unwrap().size, again.size_after);
    assert_eq!(total(&bench).await, 3);
}

#[tokio::test]
async fn an_upload_made_while_its_object_waits_to_be_deleted_keeps_it() {
    let (bench, deletions, ids) = deletions(|bucket| bucket).await;
    deletions.schedule(deletions.hide(&ids[..1], true, LEASE).await.unwrap());
    let again = vec![input("1.png", png(1))];
    let again = bench.uploads.upload_now(again, UploadOptions::default()).await.remove(0).unwrap();
    deletions.flush().await;
    assert!(bench.memory.head(&again.key).await.is_ok());
    let rows = bench.history().by_ids(&[again.history_id.unwrap()]).await.unwrap();
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn what_a_process_hid_before_it_died_comes_back_with_its_objects() {
    let (bench, deletions, ids) = deletions(|bucket| bucket).await;
    deletions.hide(&ids, true, Duration::ZERO).await.unwrap();
    drop(deletions);
    assert_eq!(total(&bench).await, 0);
    let next = Deletions::new(Arc::clone(&bench.pipeline), Arc::clone(&bench.events) as _);
    next.recover().await;
    assert_eq!((total(&bench).await, bench.memory.len()), (3, 3));
}
