//! What a list of jobs shows of those that do not run.

use super::jobs::{hangs_at_the_third, stuck};
use super::*;

#[tokio::test]
async fn a_job_that_waits_shows_what_is_confirmed_and_a_finished_one_is_forgotten_by_time() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    bench.transfers.pause(id).await.unwrap();
    running.await.unwrap().unwrap();
    let standing = bench.transfers.standing(id).await.unwrap();
    assert_eq!(standing.job.state, State::Paused);
    assert_eq!(standing.bytes_done, 16 * MIB as u64);
    let parts = standing.parts.unwrap();
    assert_eq!((parts.total, parts.done, parts.flying), (4, vec![(0, 2)], vec![]));

    bench.transfers.set_priority(id, Priority::High).await.unwrap();
    assert_eq!(bench.transfers.view(id).await.unwrap().priority, Priority::High);
    bench.put_in_place(bench.healthy());
    bench.run(id).await;
    let standing = bench.transfers.standing(id).await.unwrap();
    assert_eq!((standing.bytes_done, standing.parts), (30 * MIB as u64, None));
    let heads = bench.transfers.heads(0).await.unwrap();
    assert_eq!((heads[0].id, heads[0].state), (id, State::Done));
    assert_eq!(bench.transfers.heads(heads[0].changed_at + 1).await.unwrap(), []);
    let missing = bench.transfers.set_priority(99, Priority::Low).await.unwrap_err();
    assert_eq!(missing.code, Code::TransferNotFound);
}

#[tokio::test]
async fn the_job_of_a_dead_process_counts_as_interrupted_at_a_glance() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    let other = open(bench.dir.path(), &bench.remotes, limits());
    assert_eq!(other.heads(0).await.unwrap()[0].state, State::Running);
    running.abort();
    let _ = running.await;
    drop(bench.transfers);
    assert_eq!(other.heads(0).await.unwrap()[0].state, State::Interrupted);
    assert_eq!(other.standing(id).await.unwrap().job.state, State::Interrupted);
}
