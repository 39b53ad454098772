//! Jobs: paused, cancelled, found again, run by one process only.

use super::*;

/// A job whose third part never ends, and two parts of which are confirmed.
pub(super) async fn stuck(bench: &Bench) -> (i64, tokio::task::JoinHandle<Result<JobView>>) {
    bench.file("large", &noise(30 * MIB, 1));
    let id = bench.add(bench.upload(&["large"], "")).await;
    let transfers = bench.transfers.clone();
    let running = tokio::spawn(async move { transfers.run(id, Arc::default()).await });
    confirmed(bench, id, 2, &running).await;
    (id, running)
}

pub(super) fn hangs_at_the_third() -> Bench {
    Bench::with(Limits { requests_per_profile: 1, ..limits() }, |bucket| {
        bucket.on(Operation::PutPart, When::Nth(3), Fault::Hang)
    })
}

#[tokio::test]
async fn a_paused_job_goes_on_where_it_was() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    assert!(!bench.transfers.pause(id).await.unwrap());
    assert_eq!(running.await.unwrap().unwrap().state, State::Paused);
    let healthy = bench.healthy();
    bench.put_in_place(healthy.clone());
    assert_eq!(bench.run(id).await.state, State::Done);
    assert_eq!(healthy.calls(Operation::PutPart), 2);
    assert_eq!(bench.stored("large").await, noise(30 * MIB, 1));
}

#[tokio::test]
async fn a_cancelled_job_leaves_nothing_in_the_bucket() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    bench.transfers.cancel(id).await.unwrap();
    assert_eq!(running.await.unwrap().unwrap().state, State::Cancelled);
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), []);
    assert_eq!(bench.transfers.run(id, Arc::default()).await.unwrap_err().code, Code::TransferOver);
    assert_eq!(bench.transfers.cancel(id).await.unwrap_err().code, Code::TransferOver);
}

#[tokio::test]
async fn an_interrupted_job_is_found_again_by_its_request_and_cancelled_without_running() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    bench.transfers.interrupt();
    assert_eq!(running.await.unwrap().unwrap().state, State::Interrupted);
    assert_eq!(bench.add(bench.upload(&["large"], "")).await, id);
    assert_ne!(bench.add(bench.upload(&["large"], "other/")).await, id);
    bench.put_in_place(bench.healthy());
    assert!(bench.transfers.cancel(id).await.unwrap());
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), []);
}

#[tokio::test]
async fn two_processes_never_work_on_one_job_and_one_asks_the_other() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    // Another process on the same data.
    let other = open(bench.dir.path(), &bench.remotes, limits());
    assert_eq!(other.run(id, Arc::default()).await.unwrap_err().code, Code::DataInUse);
    assert_eq!(other.view(id).await.unwrap().state, State::Running);
    assert_eq!(other.resumable().await.unwrap(), Vec::<i64>::new());
    assert!(!other.pause(id).await.unwrap(), "the one that works on it will");
    assert_eq!(running.await.unwrap().unwrap().state, State::Paused);
    bench.put_in_place(bench.healthy());
    assert_eq!(other.run(id, Arc::default()).await.unwrap().state, State::Done);
}

#[tokio::test]
async fn a_job_of_a_process_that_died_counts_as_interrupted_and_goes_on() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    // As after SIGKILL: nothing more is written, and the lock is gone.
    running.abort();
    let _ = running.await;
    let Bench { dir, memory, remotes, transfers } = bench;
    drop(transfers);
    *remotes.0.lock().unwrap() = (Arc::new(memory.clone()), "target".into());
    let next = open(dir.path(), &remotes, limits());
    assert_eq!(next.view(id).await.unwrap().state, State::Interrupted);
    assert_eq!(next.resumable().await.unwrap(), [id]);
    let meter = Arc::new(Meter::default());
    assert_eq!(next.run(id, Arc::clone(&meter)).await.unwrap().state, State::Done);
    assert_eq!(meter.read().moved, 14 * MIB as u64, "two parts of four were there");
    assert_eq!(meter.read().bytes_done, 30 * MIB as u64);
}

#[tokio::test]
async fn a_profile_that_leads_elsewhere_stops_a_job_that_began() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    bench.transfers.pause(id).await.unwrap();
    running.await.unwrap().unwrap();
    bench.remotes.0.lock().unwrap().1 = "elsewhere".into();
    let view = bench.run(id).await;
    assert_eq!(
        (view.state, view.problem.unwrap().code.as_str()),
        (State::Failed, "transferElsewhere")
    );
}

#[tokio::test]
async fn high_priority_goes_first() {
    let one = Limits { jobs: 1, ..limits() };
    let bench = Bench::with(one, |bucket| bucket);
    let mut jobs = Vec::new();
    for (name, priority) in
        [("low", Priority::Low), ("normal", Priority::Normal), ("high", Priority::High)]
    {
        bench.file(name, b"x");
        let request = bench.upload(&[name], "");
        let id = bench.transfers.add("main", request, priority).await.unwrap();
        jobs.push((id, Arc::new(Meter::default())));
    }
    let views = bench.transfers.run_all(&jobs).await;
    for ((id, _), view) in jobs.iter().zip(&views) {
        let view = view.as_ref().unwrap();
        assert_eq!((view.id, view.state), (*id, State::Done));
    }
    let mut by_time = Vec::new();
    for name in ["low", "normal", "high"] {
        by_time.push((bench.memory.head(name).await.unwrap().modified.unwrap(), name));
    }
    by_time.sort();
    assert_eq!(by_time.map_names(), ["high", "normal", "low"]);
}

trait Names {
    fn map_names(&self) -> Vec<&'static str>;
}

impl<T> Names for Vec<(T, &'static str)> {
    fn map_names(&self) -> Vec<&'static str> {
        self.iter().map(|(_, name)| *name).collect()
    }
}

#[tokio::test]
async fn orphans_are_cleaned_but_never_those_of_a_job_that_can_go_on() {
    let bench = hangs_at_the_third();
    let (id, running) = stuck(&bench).await;
    bench.transfers.interrupt();
    running.await.unwrap().unwrap();
    bench.put_in_place(bench.healthy());
    let orphan = bench.memory.create("left/over", &PutOptions::default()).await.unwrap();
    let transfers = &bench.transfers;
    let keys = |orphans: Vec<Orphan>| orphans.into_iter().map(|one| one.key).collect::<Vec<_>>();
    // Young ones may be another computer's.
    let day = Duration::from_secs(86_400);
    assert_eq!(keys(transfers.clean("main", "", day, true).await.unwrap()), Vec::<String>::new());
    let found = transfers.clean("main", "", Duration::ZERO, false).await.unwrap();
    assert_eq!(found[0].upload_id, orphan);
    assert!(!found[0].given_up && found.len() == 1);
    assert_eq!(transfers.clean("main", "elsewhere/", Duration::ZERO, true).await.unwrap(), []);
    assert_eq!(
        keys(transfers.clean("main", "", Duration::ZERO, true).await.unwrap()),
        ["left/over"]
    );
    assert_eq!(bench.memory.list_uploads("").await.unwrap().len(), 1);
    assert_eq!(bench.run(id).await.state, State::Done);
    assert_eq!(bench.memory.list_uploads("").await.unwrap(), []);
}

#[tokio::test]
async fn a_cancelled_download_takes_its_incomplete_file_along() {
    let bench = Bench::with(Limits { requests_per_profile: 1, ..limits() }, |bucket| {
        bucket.on(Operation::Get, When::Nth(2), Fault::Hang)
    });
    bench.object("large", &noise(20 * MIB, 2)).await;
    let id = bench.add(bench.download(&["large"], "out")).await;
    let transfers = bench.transfers.clone();
    let running = tokio::spawn(async move { transfers.run(id, Arc::default()).await });
    let part = bench.path("out/large.hoist-part");
    confirmed(&bench, id, 1, &running).await;
    assert!(part.exists());
    bench.transfers.cancel(id).await.unwrap();
    assert_eq!(running.await.unwrap().unwrap().state, State::Cancelled);
    assert!(!part.exists());
}
