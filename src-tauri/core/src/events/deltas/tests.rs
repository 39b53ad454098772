use std::sync::mpsc;

use super::*;
use crate::uploads::waiting_view_for_tests as upload;

fn progress(id: u32, sent: f64) -> AppEvent {
    AppEvent::Progress { id, sent }
}

#[test]
fn progress_of_one_upload_is_merged_and_others_stay() {
    let mut pending = Pending::default();
    for sent in 1..=1_000 {
        pending.push(progress(1, f64::from(sent)));
    }
    pending.push(progress(2, 7.0));
    let events = pending.take();
    assert_eq!(events.len(), 2);
    assert!(matches!(events[0], AppEvent::Progress { id: 1, sent } if sent == 1_000.0));
    assert!(matches!(events[1], AppEvent::Progress { id: 2, sent } if sent == 7.0));
    assert!(pending.is_empty());
}

#[test]
fn a_row_swallows_its_progress_and_later_progress_lands_in_it() {
    let mut pending = Pending::default();
    pending.push(progress(1, 5.0));
    pending.push(AppEvent::Upload { upload: upload(1) });
    pending.push(progress(1, 9.0));
    let events = pending.take();
    assert_eq!(events.len(), 1);
    assert!(matches!(&events[0], AppEvent::Upload { upload } if upload.sent == 9.0));
}

#[test]
fn a_removed_row_is_not_announced_again() {
    let mut pending = Pending::default();
    pending.push(AppEvent::Upload { upload: upload(1) });
    pending.push(AppEvent::Upload { upload: upload(2) });
    pending.push(AppEvent::UploadsRemoved { ids: vec![1] });
    let events = pending.take();
    assert_eq!(events.len(), 2);
    assert!(matches!(&events[0], AppEvent::Upload { upload } if upload.id == 2));
    assert!(matches!(&events[1], AppEvent::UploadsRemoved { ids } if ids == &[1]));
}

#[test]
fn of_each_transfer_and_listing_only_the_latest_is_told() {
    let mut pending = Pending::default();
    for done in 0..100 {
        for id in [1, -1] {
            pending.push(AppEvent::Transfer { transfer: crate::feed::row_for_tests(id, done) });
        }
        pending.push(AppEvent::Objects { place: "lab".into(), prefix: "a/".into() });
        pending.push(AppEvent::Speed { up: f64::from(done), down: 0.0 });
    }
    pending.push(AppEvent::TransfersRemoved { ids: vec![-1.0] });
    let events = pending.take();
    assert_eq!(events.len(), 4, "{events:?}");
    assert!(matches!(&events[0], AppEvent::Transfer { transfer } if transfer.bytes_done == 99.0));
    assert!(matches!(events[2], AppEvent::Speed { up, .. } if up == 99.0));
}

#[test]
fn only_the_last_revision_of_the_history_is_told() {
    let mut pending = Pending::default();
    pending.push(AppEvent::History { revision: 1 });
    pending.push(AppEvent::History { revision: 2 });
    let events = pending.take();
    assert_eq!(events.len(), 1);
    assert!(matches!(events[0], AppEvent::History { revision: 2 }));
}

#[test]
fn deltas_are_numbered_without_gaps_and_a_storm_is_few_of_them() {
    let deltas = Deltas::new();
    let (tx, rx) = mpsc::channel();
    let seq = deltas.subscribe("main", move |delta: &Delta| tx.send(delta.clone()).is_ok());
    assert_eq!(seq, 0);
    let started = Instant::now();
    for sent in 0..20_000 {
        deltas.emit(progress(1, f64::from(sent)));
    }
    let mut expected = 1;
    loop {
        let delta = rx.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(delta.seq, expected);
        expected += 1;
        if matches!(delta.events.last(), Some(AppEvent::Progress { sent, .. }) if *sent == 19_999.0)
        {
            break;
        }
    }
    let most = started.elapsed().as_millis() / INTERVAL.as_millis() + 2;
    assert!(u128::from(expected - 1) <= most, "{} deltas, at most {most}", expected - 1);
}

#[test]
fn a_failure_of_the_start_waits_for_the_window() {
    let deltas = Deltas::new();
    let problem = crate::problem::Problem::new(crate::problem::Code::HistoryTooNew, "x");
    deltas.emit(AppEvent::History { revision: 1 });
    deltas.emit(AppEvent::Failure { problem: problem.view() });
    let (tx, rx) = mpsc::channel();
    assert_eq!(deltas.subscribe("main", move |d: &Delta| tx.send(d.clone()).is_ok()), 0);
    let delta = rx.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!((delta.seq, delta.events.len()), (1, 1));
    assert!(matches!(delta.events[0], AppEvent::Failure { .. }));
}

#[test]
fn a_gone_window_is_dropped_and_a_new_subscription_replaces_the_old() {
    let deltas = Deltas::new();
    let (old_tx, old_rx) = mpsc::channel::<u32>();
    let (tx, rx) = mpsc::channel();
    deltas.subscribe("main", move |delta: &Delta| old_tx.send(delta.seq).is_ok());
    deltas.subscribe("main", move |delta: &Delta| tx.send(delta.seq).is_ok());
    deltas.emit(AppEvent::History { revision: 1 });
    assert_eq!(rx.recv_timeout(Duration::from_secs(10)), Ok(1));
    assert!(old_rx.recv().is_err(), "the replaced closure is dropped");

    deltas.subscribe("main", |_: &Delta| false);
    deltas.emit(AppEvent::History { revision: 2 });
    let deadline = Instant::now() + Duration::from_secs(10);
    while lock(&deltas.shared.state).listening {
        assert!(Instant::now() < deadline, "the subscription stays");
        std::thread::yield_now();
    }
}
