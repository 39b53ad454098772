//! Databases that are too new, damaged, or killed in the middle.

use std::path::PathBuf;

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::transfer::request::{Download, Existing, Priority, Request};
use crate::transfer::state::{Event, State};

struct Dir(tempfile::TempDir);

impl Dir {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn db(&self) -> PathBuf {
        self.0.path().join("transfers.db")
    }

    fn open(&self) -> Result<(Ledger, Option<Problem>)> {
        Ledger::open(&self.db(), &self.0.path().join("lock"))
    }
}

fn request() -> Request {
    Request::Download(Download {
        keys: vec!["a".into()],
        into: "/x".into(),
        existing: Existing::Skip,
        ..Download::default()
    })
}

fn found(key: &str, stamp: &str) -> Found {
    Found {
        path: format!("/x/{key}"),
        key: key.into(),
        folder: false,
        size: 10,
        stamp: stamp.into(),
        refused: None,
    }
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let dir = Dir::new();
    drop(dir.open().unwrap());
    let connection = Connection::open(dir.db()).unwrap();
    connection.pragma_update(None, "user_version", schema::VERSION + 1).unwrap();
    drop(connection);
    let before = std::fs::read(dir.db()).unwrap();
    assert_eq!(dir.open().unwrap_err().code, Code::TransfersTooNew);
    assert_eq!(std::fs::read(dir.db()).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_set_aside_and_said() {
    let dir = Dir::new();
    std::fs::write(dir.db(), "these were transfers once").unwrap();
    let (ledger, problem) = dir.open().unwrap();
    let problem = problem.unwrap();
    assert_eq!(problem.code, Code::TransfersDamaged);
    assert_eq!(std::fs::read(&problem.subject).unwrap(), b"these were transfers once");
    assert!(problem.subject.contains("transfers-damaged-"), "{}", problem.subject);
    ledger.add(&request(), "p", Priority::Normal, "one").await.unwrap();
    drop(ledger);
    let (ledger, problem) = dir.open().unwrap();
    assert!(problem.is_none(), "set aside once");
    assert_eq!(ledger.jobs().await.unwrap().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Whatever is in the file: it opens, or says why, and what is read is whole.
    #[test]
    fn damage_is_never_a_panic(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = Dir::new();
            let (ledger, _) = dir.open().unwrap();
            for n in 0..3 {
                let job = ledger.add(&request(), "p", Priority::Normal, "one").await.unwrap();
                ledger.find(job, vec![found(&format!("{n}"), "s"), found("b", "s")], true).unwrap();
                let file = ledger.files(job, FileState::Waiting, 0, 1).await.unwrap().remove(0).id;
                ledger.part(file, Part { number: 1, size: 5, etag: "e".into() }).await.unwrap();
            }
            drop(ledger);
            let mut bytes = std::fs::read(dir.db()).unwrap();
            for (place, value) in places {
                *place.get_mut(&mut bytes) = value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            std::fs::write(dir.db(), &bytes).unwrap();
            if let Ok((ledger, _)) = dir.open() {
                for job in ledger.jobs().await.unwrap_or_default() {
                    let _ = ledger.counts(job.id).await;
                    for file in ledger.files(job.id, FileState::Waiting, 0, 10).await.unwrap_or_default() {
                        let _ = ledger.parts(file.id).await;
                    }
                }
            }
        });
    }
}

#[tokio::test]
async fn a_job_is_claimed_once_and_again_when_its_runner_is_gone() {
    let dir = Dir::new();
    let (ledger, _) = dir.open().unwrap();
    let id = ledger.add(&request(), "p", Priority::High, "one").await.unwrap();
    let alive = |name: &str| name == "one";
    assert_eq!(ledger.claim(id, "one", alive).await.unwrap().state, State::Running);
    assert_eq!(ledger.claim(id, "two", alive).await.unwrap_err().code, Code::DataInUse);
    assert_eq!(ledger.claim(id, "two", |_| false).await.unwrap().runner.as_deref(), Some("two"));
    ledger.step(id, Event::Sent, None).await.unwrap();
    ledger.step(id, Event::Verified, None).await.unwrap();
    assert_eq!(ledger.claim(id, "two", |_| false).await.unwrap_err().code, Code::TransferOver);
    assert_eq!(ledger.job(99).await.unwrap_err().code, Code::TransferNotFound);
}

#[tokio::test]
async fn a_second_walk_keeps_what_is_done_and_the_same() {
    let dir = Dir::new();
    let (ledger, _) = dir.open().unwrap();
    let job = ledger.add(&request(), "p", Priority::Normal, "one").await.unwrap();
    let all = || ["done", "changed", "failed", "new"].map(|key| found(key, "1")).to_vec();
    ledger.find(job, all()[..3].to_vec(), true).unwrap();
    for row in ledger.files(job, FileState::Waiting, 0, 9).await.unwrap() {
        let ending = match row.key.as_str() {
            "failed" => Ending::failed(row.id, Problem::new(Code::Network, "x")),
            _ => Ending { file: row.id, state: FileState::Done, etag: None, problem: None },
        };
        ledger.ended(vec![ending]).await.unwrap();
    }
    let mut again = all();
    again[1].stamp = "2".into();
    assert_eq!(ledger.find(job, again, true).unwrap(), []);
    let waiting = ledger.files(job, FileState::Waiting, 0, 9).await.unwrap();
    let keys: Vec<&str> = waiting.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["changed", "failed", "new"]);
    let counts = ledger.counts(job).await.unwrap();
    assert_eq!((counts.total, counts.done, counts.failed, counts.bytes_done), (4, 1, 0, 10));
}

/// What processes do with one job, each with the number of the process.
#[derive(Debug, Clone, Copy)]
enum Act {
    Claim(usize),
    /// Only whoever has claimed it leads it on.
    Step(usize, Event),
    Ask(Wish),
    /// SIGKILL, and another process of the same number.
    Kill(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let events = vec![Event::Sent, Event::Verified, Event::Pause, Event::Interrupt, Event::Fail];
    prop_oneof![
        4 => (0..3usize).prop_map(Act::Claim),
        4 => (0..3usize, prop::sample::select(events)).prop_map(|(who, event)| Act::Step(who, event)),
        1 => Just(Act::Ask(Wish::Pause)),
        1 => Just(Act::Ask(Wish::Cancel)),
        2 => (0..3usize).prop_map(Act::Kill),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// However processes come, ask, die and come back, one at most works on a job, every state follows
    /// from the one before, and a job that is over stays so.
    #[test]
    fn a_job_is_led_by_one_process_at_a_time(acts in proptest::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = Dir::new();
            let (ledger, _) = dir.open().unwrap();
            let id = ledger.add(&request(), "p", Priority::Normal, "one").await.unwrap();
            let mut lives = [0u32; 3];
            let (mut state, mut holder): (State, Option<(usize, u32)>) = (State::Queued, None);
            for act in acts {
                let now = lives;
                let name = |who: usize, life: u32| format!("{who}r{life}");
                let alive = move |named: &str| (0..3).any(|who| name(who, now[who]) == named);
                let held = holder.filter(|(who, life)| state.is_live() && lives[*who] == *life);
                match act {
                    Act::Claim(who) => {
                        let claimed = ledger.claim(id, &name(who, lives[who]), alive).await;
                        match claimed {
                            Ok(job) => {
                                prop_assert!(held.is_none() && !state.is_over());
                                prop_assert_eq!(job.state, State::Running);
                                (state, holder) = (State::Running, Some((who, lives[who])));
                            }
                            Err(problem) if held.is_some() => {
                                prop_assert_eq!(problem.code, Code::DataInUse);
                            }
                            Err(problem) => {
                                prop_assert!(state.is_over());
                                prop_assert_eq!(problem.code, Code::TransferOver);
                            }
                        }
                    }
                    Act::Step(who, event) => {
                        if held.is_none_or(|(holds, _)| holds != who) {
                            continue;
                        }
                        let after = ledger.step(id, event, None).await.unwrap();
                        prop_assert_eq!(after, crate::transfer::state::next(state, event));
                        state = after.unwrap_or(state);
                    }
                    Act::Ask(wish) => {
                        let asked = ledger.ask(id, wish, alive).await.unwrap();
                        let event = if wish == Wish::Pause { Event::Pause } else { Event::Cancel };
                        if held.is_some() {
                            prop_assert_eq!(asked, Some(Asked::Runner));
                            prop_assert_eq!(ledger.wish(id).await.unwrap(), Some(wish));
                            continue;
                        }
                        // Of a process that is gone it is taken first.
                        if state.is_live() {
                            state = State::Interrupted;
                        }
                        let after = crate::transfer::state::next(state, event);
                        prop_assert_eq!(asked, after.map(|_| Asked::Now));
                        state = after.unwrap_or(state);
                    }
                    Act::Kill(who) => lives[who] += 1,
                }
                let job = ledger.job(id).await.unwrap();
                prop_assert_eq!(job.state, state);
                let named = match state {
                    // Of the one that added it.
                    State::Queued => Some("one".to_owned()),
                    _ => holder.filter(|_| state.is_live()).map(|(who, life)| name(who, life)),
                };
                prop_assert_eq!(job.runner, named, "{:?}", act);
            }
            Ok(())
        })?;
    }
}
