//! `hoist backup` on the real binary, with the built-in store.

use std::io::{BufRead, BufReader};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::harness::{Dir, PATIENCE, Run, Running, eventually};

fn listed(dir: &Dir) -> Vec<String> {
    let run = dir.hoist(["ls", "--recursive", "--json", "local:"]).run().exits(0);
    run.json().iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect()
}

/// The sums of the last rule of a run with `--json`.
fn sums(run: &Run) -> (u64, u64, u64) {
    let last = run.json().pop().unwrap();
    let figure = |value: &serde_json::Value| value.as_u64().unwrap();
    let summary = &last["summary"];
    (figure(&summary["succeeded"]), figure(&last["unchanged"]), figure(&summary["failed"]))
}

/// A rule for `*.npy` below `runs`, with a file last changed in October 2025.
fn with_rule(more: &[&str]) -> Dir {
    let dir = Dir::new();
    dir.file("runs/a.npy", "aaa");
    dir.file("runs/deep/b.npy", "bb");
    dir.file("runs/notes.txt", "no");
    for name in ["runs/a.npy", "runs/deep/b.npy"] {
        let touched =
            Command::new("touch").args(["-d", "2025-10-15 12:00:00"]).arg(dir.path(name)).status();
        assert!(touched.unwrap().success());
    }
    let add = ["backup", "add", "npy", "--folder", "runs", "--pattern", "*.npy"];
    let prefix = ["--prefix", "data/{year}/{month}/"];
    let args = add.into_iter().chain(prefix).chain(more.iter().copied());
    dir.hoist(args).run().exits(0).says("hoist backup run --dry-run npy");
    dir
}

#[test]
fn a_run_sends_what_changed_and_the_next_one_nothing() {
    let dir = with_rule(&[]);
    let plan = dir.hoist(["backup", "run", "--dry-run"]).run().exits(0);
    plan.lines_end_with(&["data/2025/10/a.npy", "data/2025/10/deep/b.npy"]);
    plan.says("would send 2 files");
    assert_eq!(listed(&dir), Vec::<String>::new(), "a dry run sends nothing");

    let run = dir.hoist(["backup", "run"]).run().exits(0);
    assert_eq!(run.stdout, "", "standard output is for results");
    run.says("2 succeeded, 0 failed").says("0 unchanged");
    assert_eq!(listed(&dir), ["data/2025/10/a.npy", "data/2025/10/deep/b.npy"]);

    let again = dir.hoist(["backup", "run", "--json", "npy"]).run().exits(0);
    assert_eq!(sums(&again), (0, 2, 0));
    let transfers = dir.hoist(["transfers", "list", "--all", "--json"]).run().exits(0);
    assert_eq!(transfers.json().len(), 1, "nothing to send is no transfer");

    // Touched is not changed; changed is, and goes where its new date says.
    let touched = Command::new("touch")
        .args(["-d", "2025-12-01 12:00:00"])
        .args([dir.path("runs/a.npy"), dir.path("runs/deep/b.npy")])
        .status();
    assert!(touched.unwrap().success());
    assert_eq!(sums(&dir.hoist(["backup", "run", "--json"]).run().exits(0)), (0, 2, 0));
    dir.file("runs/a.npy", "AAA");
    let month = jiff::Zoned::now().strftime("%Y/%m").to_string();
    let one = dir.hoist(["backup", "run", "--json"]).run().exits(0);
    assert_eq!(sums(&one), (1, 1, 0));
    assert!(listed(&dir).contains(&format!("data/{month}/a.npy")), "{:?}", listed(&dir));
    assert_eq!(listed(&dir).len(), 3, "what was there before stays");
}

#[test]
fn another_bucket_of_the_account_is_a_place_too() {
    let dir = with_rule(&["--profile", "local/datasets"]);
    // The bucket is not there yet: nothing is sent, and the rule stays as it is.
    dir.hoist(["backup", "run"]).run().exits(3);
    dir.hoist(["bucket", "create", "local:datasets"]).run().exits(0);
    let run = dir.hoist(["backup", "run", "--json"]).run().exits(0);
    assert_eq!(sums(&run), (2, 0, 0));
    assert_eq!(listed(&dir), Vec::<String>::new(), "the profile's own bucket gets nothing");
    assert_eq!(sums(&dir.hoist(["backup", "run", "--json"]).run().exits(0)), (0, 2, 0));
    // Another bucket is another backup.
    dir.hoist(["backup", "set", "npy", "--profile", "local"]).run().exits(0);
    assert_eq!(sums(&dir.hoist(["backup", "run", "--json"]).run().exits(0)), (2, 0, 0));
    assert_eq!(listed(&dir), ["data/2025/10/a.npy", "data/2025/10/deep/b.npy"]);
    dir.hoist(["backup", "set", "npy", "--profile", "local/"]).run().exits(3);
}

#[test]
fn what_was_deleted_there_comes_back_with_check_only() {
    let dir = with_rule(&[]);
    dir.hoist(["backup", "run"]).run().exits(0);
    dir.hoist(["rm", "local:data/2025/10/a.npy"]).run().exits(0);
    assert_eq!(sums(&dir.hoist(["backup", "run", "--json"]).run().exits(0)), (0, 2, 0));
    let check = dir.hoist(["backup", "run", "--check", "--json"]).run().exits(0);
    assert_eq!(sums(&check), (1, 1, 0));
    assert_eq!(listed(&dir).len(), 2);
}

#[test]
fn rules_are_listed_changed_and_removed() {
    let dir = with_rule(&["--when", "watch", "--exclude", "tmp/"]);
    dir.hoist(["backup", "add", "npy", "--folder", "runs"]).run().exits(3).says("already");
    let json = dir.hoist(["backup", "list", "--json"]).run().exits(0).json().remove(0);
    assert_eq!((&json["name"], &json["when"]), (&"npy".into(), &"watch".into()));
    assert_eq!(json["folder"], dir.path("runs").to_str().unwrap());
    assert_eq!(json["last"], serde_json::Value::Null);
    dir.hoist(["backup", "run", "-q"]).run().exits(0);
    let json = dir.hoist(["backup", "list", "--json"]).run().exits(0).json().remove(0);
    assert_eq!((&json["last"]["sent"], &json["last"]["ok"]), (&2.0.into(), &true.into()));

    let set = ["backup", "set", "npy", "--rename", "all of it", "--pattern", "", "--enabled=false"];
    dir.hoist(set).run().exits(0);
    let config = dir.config();
    assert!(config.contains("name = \"all of it\"") && !config.contains("patterns"), "{config}");
    dir.hoist(["backup", "run"]).run().exits(0).says("no backups to run");
    // Named, it runs all the same; what it has sent is known under its new name.
    let run = dir.hoist(["backup", "run", "--json", "all of it"]).run().exits(0);
    assert_eq!(sums(&run), (1, 2, 0));
    let list = dir.hoist(["backup", "list"]).run().exits(0);
    assert!(list.stdout.starts_with("all of it\toff\t"), "{}", list.stdout);
    dir.hoist(["backup", "remove", "all of it"]).run().exits(0);
    assert!(!dir.config().contains("backup"));
    dir.hoist(["backup", "list"]).run().exits(0).says("no backups");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let dir = Dir::new();
    let add = |more: &[&str]| {
        let args = ["backup", "add", "x", "--folder", "runs"];
        dir.hoist(args.into_iter().chain(more.iter().copied())).run().exits(3)
    };
    add(&["--prefix", "a/{name}/"]).says("{name} in column 3 is no date");
    add(&["--pattern", "../*.npy"]).says("../*.npy leads out of the folder");
    add(&["--pattern", "a["]).says("a[ is not complete");
    add(&["--profile", "nobody"]).says("Profile of the backup x cannot be used");
    dir.hoist(["backup", "run", "nothing"]).run().exits(3).says("There is no backup nothing");
    dir.hoist(["backup", "watch"]).run().exits(2).says("--when watch");
    dir.hoist(["backup", "list"]).env("LANG", "zh_CN.UTF-8").run().exits(0).says("没有备份");
    dir.hoist(["backup", "add", "gone", "--folder", "gone"]).run().exits(0);
    dir.hoist(["backup", "run"]).run().exits(1).says("gone is not there");
}

#[test]
fn what_fails_is_said_and_the_rest_is_sent() {
    let dir = with_rule(&["--keep-folders=false"]);
    dir.file("runs/other/a.npy", "other");
    let touched = Command::new("touch")
        .args(["-d", "2025-10-20 12:00:00"])
        .arg(dir.path("runs/other/a.npy"))
        .status();
    assert!(touched.unwrap().success());
    #[cfg(unix)]
    std::os::unix::fs::symlink("a.npy", dir.path("runs/link.npy")).unwrap();
    let run = dir.hoist(["backup", "run", "--json"]).run().exits(1);
    run.says("same destination").says("link.npy is a symbolic link");
    assert_eq!(listed(&dir), ["data/2025/10/a.npy", "data/2025/10/b.npy"]);
}

/// The lines of standard error, as they come.
fn lines_of(running: &mut Running) -> std::sync::mpsc::Receiver<String> {
    let pipe = running.0.stderr.take().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    told
}

#[cfg(unix)]
#[test]
fn watch_sends_new_files_within_seconds_and_ends_when_told() {
    let dir = with_rule(&["--when", "watch"]);
    let mut watching = dir.hoist(["backup", "watch", "--json"]).spawn();
    let out = watching.0.stdout.take().unwrap();
    let said = lines_of(&mut watching);
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    let sent = || -> serde_json::Value {
        serde_json::from_str(&told.recv_timeout(PATIENCE).expect("nothing sent")).unwrap()
    };
    // What was there already is sent first.
    assert_eq!((sent()["state"].clone(), sent()["state"].clone()), ("done".into(), "done".into()));
    dir.file("runs/new/c.npy", "ccc");
    let start = Instant::now();
    let file = sent();
    assert!(file["key"].as_str().unwrap().ends_with("/new/c.npy"), "{file}");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    dir.file("runs/a.npy", "changed");
    assert!(sent()["key"].as_str().unwrap().ends_with("/a.npy"));

    watching.signal("TERM");
    assert_eq!(watching.wait(Duration::from_secs(20)).code(), Some(0));
    let words: Vec<String> = said.into_iter().collect();
    assert!(words.iter().any(|line| line.contains("Watching backups: 1")), "{words:?}");
    // What was sent is known afterwards.
    assert_eq!(sums(&dir.hoist(["backup", "run", "--json"]).run().exits(0)), (0, 3, 0));
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_goes_on() {
    let dir = with_rule(&[]);
    for n in 0..30 {
        dir.file(&format!("runs/many/{n}.npy"), vec![n; 400_000]);
    }
    let slow = ["backup", "run", "--limit-rate", "2M"];
    let mut run = dir.hoist(slow).spawn();
    let _ = (run.0.stdout.take(), run.0.stderr.take());
    eventually("some of it is sent", || {
        let list = dir.hoist(["transfers", "list", "--json"]).run();
        list.json().first().is_some_and(|job| job["files"]["succeeded"].as_u64() > Some(3))
    });
    run.signal("KILL");
    run.wait(PATIENCE);
    let again = dir.hoist(["backup", "run", "--json"]).run().exits(0);
    assert_eq!(sums(&again), (32, 0, 0));
    assert_eq!(sums(&dir.hoist(["backup", "run", "--json"]).run().exits(0)), (0, 32, 0));
    assert_eq!(listed(&dir).len(), 32);
    let left = dir.hoist(["transfers", "list"]).run().exits(0);
    left.says("no transfers");
}

impl Run {
    /// Asserts what the lines of standard output end with.
    #[track_caller]
    fn lines_end_with(&self, ends: &[&str]) {
        let lines = self.lines();
        assert_eq!(lines.len(), ends.len(), "{lines:?}");
        for (line, end) in lines.iter().zip(ends) {
            assert!(line.ends_with(end), "{lines:?}");
        }
    }
}
