//! Downloads.

use super::*;
use crate::transfer::part_file::part_path;

impl Bench {
    async fn get(&self, keys: &[&str], into: &str) -> (i64, JobView) {
        let id = self.add(self.download(keys, into)).await;
        (id, self.run(id).await)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Names below a folder that are no complete files; none where there is no folder.
    fn left_over(&self, name: &str) -> Vec<String> {
        if !self.path(name).exists() {
            return Vec::new();
        }
        let entries = std::fs::read_dir(self.path(name)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".hoist-part")).collect()
    }
}

#[tokio::test]
async fn a_tree_comes_down_whole() {
    let bench = Bench::new();
    let large = noise(20 * MIB + 3, 1);
    bench.object("p/large", &large).await;
    bench.object("p/a/small", b"small").await;
    bench.object("p/none", b"").await;
    bench.object("p/empty/", b"").await;
    bench.object("q", b"another").await;
    let (_, view) = bench.get(&["p/"], "out").await;
    assert_eq!((view.state, view.files.succeeded, view.files.total), (State::Done, 4, 4));
    assert_eq!(bench.read("out/large"), large);
    assert_eq!(bench.read("out/a/small"), b"small");
    assert_eq!(bench.read("out/none"), b"");
    assert!(bench.path("out/empty").is_dir());
    assert_eq!(bench.left_over("out"), Vec::<String>::new());
    let modified = bench.memory.head("p/large").await.unwrap().modified.unwrap();
    let here = bench.path("out/large").metadata().unwrap().modified().unwrap();
    assert_eq!(here, std::time::SystemTime::from(modified));
}

#[tokio::test]
async fn a_name_without_a_slash_is_an_object_or_else_a_folder() {
    let bench = Bench::new();
    bench.object("both", b"object").await;
    bench.object("both/inside", b"inside").await;
    bench.object("folder/inside", b"inside").await;
    let (id, view) = bench.get(&["both", "folder", "nothing"], "out").await;
    assert_eq!((view.files.succeeded, view.files.failed), (2, 1));
    assert_eq!(bench.codes(id).await["nothing"], "objectNotFound");
    assert_eq!(
        (bench.read("out/both"), bench.read("out/inside")),
        (b"object".into(), b"inside".into())
    );
}

#[tokio::test]
async fn broken_cut_and_damaged_bodies_are_fetched_again() {
    let bench = Bench::with(limits(), |bucket| {
        bucket
            .on(Operation::Get, When::Nth(1), Fault::BreakAfter(100))
            .on(Operation::Get, When::Nth(2), Fault::Truncate(1000))
            .on(Operation::Get, When::Nth(4), Fault::Corrupt(7))
    });
    let (large, small) = (noise(20 * MIB, 2), noise(100_000, 3));
    bench.object("large", &large).await;
    bench.object("small", &small).await;
    let (_, view) = bench.get(&[""], "out").await;
    assert_eq!(view.state, State::Done, "{:?}", view.problem);
    assert_eq!(bench.read("out/large"), large);
    assert_eq!(bench.read("out/small"), small);
}

#[tokio::test]
async fn bytes_that_stay_damaged_never_get_the_name() {
    let bench =
        Bench::with(limits(), |bucket| bucket.on(Operation::Get, When::Always, Fault::Corrupt(0)));
    bench.object("small", b"small").await;
    let (id, view) = bench.get(&["small"], "out").await;
    assert_eq!(view.state, State::Failed);
    assert_eq!(bench.codes(id).await["small"], "integrity");
    assert!(!bench.path("out/small").exists());
    assert_eq!(bench.left_over("out"), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_on_the_disk_is_not_fetched_again() {
    let bench = Bench::with(Limits { requests_per_profile: 1, ..limits() }, |bucket| {
        bucket.on(Operation::Get, When::Nth(3), Fault::Fail(ErrorKind::AccessDenied))
    });
    let large = noise(50 * MIB, 4);
    bench.object("large", &large).await;
    let (id, view) = bench.get(&["large"], "out").await;
    assert_eq!(view.state, State::Failed);
    assert_eq!(bench.left_over("out"), ["large.hoist-part"]);
    let healthy = bench.healthy();
    bench.put_in_place(healthy.clone());
    assert_eq!(bench.run(id).await.state, State::Done);
    assert_eq!(healthy.calls(Operation::Get), 5, "seven parts, two of which were there");
    assert_eq!(bench.read("out/large"), large);
}

#[tokio::test]
async fn an_object_replaced_in_the_middle_is_told_and_starts_over() {
    let bench = Bench::with(Limits { requests_per_profile: 1, ..limits() }, |bucket| {
        bucket.on(Operation::Get, When::Nth(2), Fault::Fail(ErrorKind::AccessDenied))
    });
    bench.object("large", &noise(20 * MIB, 5)).await;
    let (id, view) = bench.get(&["large"], "out").await;
    assert_eq!(view.state, State::Failed);
    // Listed as it was, replaced before the first byte is asked for.
    let row = {
        let ledger = &bench.transfers.inner.ledger;
        ledger.files(id, ledger::FileState::Failed, 0, 1).await.unwrap().remove(0)
    };
    let other = noise(20 * MIB, 6);
    bench.object("large", &other).await;
    let work = bench.transfers.work_for_tests(id).await;
    let Request::Download(request) = bench.download(&["large"], "out") else { unreachable!() };
    let problem = receive::receive(&work, &row, &request).await.err().unwrap();
    assert_eq!(problem.code, Code::RemoteChanged);
    assert!(!part_path(&bench.path("out/large")).exists());
    bench.put_in_place(bench.healthy());
    assert_eq!(bench.run(id).await.state, State::Done);
    assert_eq!(bench.read("out/large"), other);
}

#[tokio::test]
async fn files_that_are_there_are_replaced_left_or_kept_beside() {
    for (existing, expected) in [
        (Existing::Overwrite, &[("name", "new")][..]),
        (Existing::Skip, &[("name", "old")]),
        (Existing::Both, &[("name", "old"), ("name (2)", "new")]),
    ] {
        let bench = Bench::new();
        bench.object("name", b"new").await;
        bench.file("out/name", b"old");
        let Request::Download(request) = bench.download(&["name"], "out") else { unreachable!() };
        let id = bench.add(Request::Download(Download { existing, ..request })).await;
        let view = bench.run(id).await;
        assert_eq!(view.state, State::Done);
        assert_eq!(view.files.skipped, u64::from(existing == Existing::Skip));
        let mut there: Vec<(String, String)> = std::fs::read_dir(bench.path("out"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                (entry.file_name().into_string().unwrap(), text)
            })
            .collect();
        there.sort();
        let there: Vec<_> = there.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(there, expected, "{existing:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_is_written_outside_of_the_folder() {
    let bench = Bench::new();
    std::fs::create_dir_all(bench.path("out")).unwrap();
    std::fs::create_dir_all(bench.path("outside")).unwrap();
    std::os::unix::fs::symlink(bench.path("outside"), bench.path("out/link")).unwrap();
    for key in ["p/../escaped", "p//etc", "p/./x", "p/link/escaped", "p/good"] {
        bench.object(key, b"x").await;
    }
    let (id, view) = bench.get(&["p/"], "out").await;
    assert_eq!((view.files.succeeded, view.files.failed), (1, 4));
    assert!(bench.codes(id).await.values().all(|code| code == "unsafeName"));
    assert_eq!(bench.read("out/good"), b"x");
    assert_eq!(std::fs::read_dir(bench.path("outside")).unwrap().count(), 0);
    assert!(!bench.path("escaped").exists());
}

#[tokio::test]
async fn a_stalled_body_is_given_up_and_asked_for_again() {
    let quick = Limits { stall: Duration::from_millis(200), ..limits() };
    let bench =
        Bench::with(quick, |bucket| bucket.on(Operation::Get, When::Nth(1), Fault::StallAfter(10)));
    bench.object("small", &noise(1000, 7)).await;
    let (_, view) = bench.get(&["small"], "out").await;
    assert_eq!(view.state, State::Done, "{:?}", view.problem);
    assert_eq!(bench.read("out/small"), noise(1000, 7));
}

#[tokio::test]
async fn a_limit_holds_over_all_files() {
    let bench = Bench::new();
    for n in 0..4 {
        bench.object(&format!("p/{n}"), &noise(40_000, n)).await;
    }
    bench.transfers.limit_rate(Some(100_000));
    let start = std::time::Instant::now();
    let (_, view) = bench.get(&["p/"], "out").await;
    assert_eq!(view.state, State::Done);
    // 160,000 bytes, a tenth of a second's worth at once.
    assert!(start.elapsed() >= Duration::from_millis(1_400), "{:?}", start.elapsed());
}
