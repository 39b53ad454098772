//! Checkpoints that are not what was written: rows, the database file, and incomplete downloads.
//!
//! Whatever they say, nothing panics, nothing is written outside of the folder, no name gets wrong
//! bytes, and asking again moves what was asked for. `HOIST_FUZZ=20` tries twenty times as many.

use proptest::prelude::*;
use proptest::test_runner::{
    Config, RngAlgorithm, TestCaseError, TestCaseResult, TestRng, TestRunner,
};

use super::*;

#[cfg(unix)]
mod database;
#[cfg(target_os = "linux")]
mod part_files;
mod rows;
mod values;
mod world;

use rows::{Damage, damage};
use world::World;

/// The same cases in every run, so that a failure is of the change before it; others when more are
/// asked for.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, source_file: Some(file!()), ..Config::default() };
    match std::env::var("HOIST_FUZZ").ok().and_then(|text| text.parse::<u32>().ok()) {
        Some(times) => TestRunner::new(Config { cases: cases.saturating_mul(times), ..config }),
        None => {
            let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            TestRunner::new_with_rng(config, rng)
        }
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap().block_on(future)
}

/// What was asked for is moved once the damaged job is given up, and the job beside it is none the
/// worse.
async fn asked_again(world: &World, transfers: &Transfers, victim: usize) -> TestCaseResult {
    let _ = transfers.cancel(world.jobs[victim]).await;
    world.check()?;
    let id = world.ask(transfers, victim).await.map_err(said)?;
    for (which, id) in [(victim, id), (1 - victim, world.jobs[1 - victim])] {
        let view = transfers.run(id, Arc::default()).await.map_err(said)?;
        prop_assert_eq!(view.state, State::Done, "{:?}", view.problem);
        world.check()?;
        world.complete(which)?;
    }
    world.nothing_left_over(transfers).await
}

fn said(problem: Problem) -> TestCaseError {
    TestCaseError::fail(format!("{problem:?}"))
}

async fn rows_of(world: &mut World, victim: usize, damages: Vec<Damage>) -> TestCaseResult {
    world.restore().await;
    let id = world.jobs[victim];
    let mut believed = true;
    for one in &damages {
        believed &= damage(world, victim, one);
    }
    let transfers = world.open();
    let views = transfers.views().await.map_err(said)?;
    prop_assert!(views.iter().any(|view| view.id == world.jobs[1 - victim]));
    transfers.heads(0).await.map_err(said)?;
    transfers.resumable().await.map_err(said)?;
    for id in world.jobs {
        let standing = transfers.standing(id).await;
        let listed = transfers.files(id, drop).await;
        prop_assert!(id == world.jobs[victim] || (standing.is_ok() && listed.is_ok()));
    }
    let ended = transfers.run(id, Arc::default()).await;
    world.check()?;
    match ended {
        Ok(view) if view.state == State::Done => {
            if believed {
                world.complete(victim)?;
            }
        }
        Ok(view) => prop_assert!(view.problem.is_some() || view.files.failed > 0, "{:?}", view),
        Err(_) => {}
    }
    asked_again(world, &transfers, victim).await
}

fn fuzz_rows(cases: u32, world: World) {
    let world = std::cell::RefCell::new(world);
    let input = (0..2usize, proptest::collection::vec(rows::any(), 1..4));
    let mut runner = runner(cases);
    let result = runner.run(&input, |(victim, damages)| {
        block_on(rows_of(&mut world.borrow_mut(), victim, damages))
    });
    if let Err(error) = result {
        panic!("{error}\n{runner}");
    }
}

#[test]
fn damaged_rows_of_downloads_do_no_harm() {
    fuzz_rows(16, block_on(World::down()));
}

#[test]
fn damaged_rows_of_uploads_do_no_harm() {
    fuzz_rows(16, block_on(World::up()));
}
