//! put, get, ls, stat, rm and transfers on the real binary.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hoist_testkit::hoist::{KEYS_TYPED, add_cloud};

use crate::harness::{Dir, PATIENCE, Run, eventually};

/// Bytes that no two parts share.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

pub(crate) fn listed(dir: &Dir, remote: &str) -> Vec<String> {
    let run = dir.hoist(["ls", "--recursive", "--json", remote]).run().exits(0);
    run.json().iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect()
}

/// The sums at the end of `--json`.
pub(crate) fn summary(run: &Run) -> serde_json::Value {
    run.json().pop().unwrap()["summary"].clone()
}

#[test]
fn a_folder_goes_up_and_comes_down_the_same() {
    let dir = Dir::new();
    dir.file("tree/large.bin", noise(20_000_000));
    dir.file("tree/猫 + 100%/a b.txt", "text");
    std::fs::create_dir(dir.path("tree/empty")).unwrap();
    let run = dir.hoist(["put", "tree", "local:models/v1"]).run().exits(0);
    assert_eq!(run.stdout, "", "standard output is for results");
    run.says("3 total, 3 succeeded, 0 failed, 0 skipped");
    assert_eq!(
        listed(&dir, "local:models/"),
        ["models/v1/empty/", "models/v1/large.bin", "models/v1/猫 + 100%/a b.txt"]
    );
    dir.hoist(["put", "--include-parent-dir", "tree", "local:"]).run().exits(0);
    assert!(listed(&dir, "local:tree/").contains(&"tree/large.bin".to_owned()));

    let run = dir.hoist(["get", "--json", "local:models/v1/", "out"]).run().exits(0);
    assert_eq!(run.json().len(), 4, "three files and the sums");
    assert_eq!(summary(&run)["succeeded"], 3);
    let same = Command::new("diff").arg("-r").arg(dir.path("tree")).arg(dir.path("out")).output();
    assert!(same.unwrap().status.success());
}

#[test]
fn one_file_may_take_another_name_either_way() {
    let dir = Dir::new();
    dir.file("a.txt", "one");
    dir.hoist(["put", "a.txt", "local:folder/"]).run().exits(0);
    dir.hoist(["put", "a.txt", "local:folder/b.txt"]).run().exits(0);
    assert_eq!(listed(&dir, "local:"), ["folder/a.txt", "folder/b.txt"]);
    dir.hoist(["get", "local:folder/a.txt", "c.txt"]).run().exits(0);
    std::fs::create_dir(dir.path("here")).unwrap();
    dir.hoist(["get", "local:folder/a.txt", "local:folder/b.txt", "here"]).run().exits(0);
    for name in ["c.txt", "here/a.txt", "here/b.txt"] {
        assert_eq!(std::fs::read_to_string(dir.path(name)).unwrap(), "one", "{name}");
    }
}

#[test]
fn keys_are_below_the_folder_of_the_profile() {
    let dir = Dir::new();
    dir.hoist(["profile", "set", "local", "--prefix", "blog"]).run().exits(0);
    dir.file("a.txt", "one");
    dir.hoist(["put", "a.txt", "local:"]).run().exits(0);
    assert_eq!(listed(&dir, "local:"), ["a.txt"]);
    let stat = dir.hoist(["stat", "local:a.txt"]).run().exits(0);
    assert_eq!(stat.lines()[..2], ["key\ta.txt", "size\t3"]);
    dir.hoist(["profile", "set", "local", "--prefix", ""]).run().exits(0);
    assert_eq!(listed(&dir, "local:"), ["blog/a.txt"]);
}

#[test]
fn what_is_there_is_told_level_by_level() {
    let dir = Dir::new();
    for name in ["t/a", "t/sub/b", "t/sub/c"] {
        dir.file(name, name);
    }
    dir.hoist(["put", "t", "local:x"]).run().exits(0);
    let run = dir.hoist(["ls", "local:x/"]).run().exits(0);
    let lines = run.lines();
    assert_eq!(lines[0], "-\t-\tx/sub/");
    assert!(lines[1].starts_with("3\t") && lines[1].ends_with("\tx/a"), "{lines:?}");
    assert_eq!(lines.len(), 2);
    dir.hoist(["ls", "local:nothing/"]).run().exits(0).says("nothing there");
    dir.hoist(["stat", "local:x/none"]).run().exits(1).says("x/none is not in the bucket");
    let json = dir.hoist(["stat", "--json", "local:x/a"]).run().exits(0).json().remove(0);
    assert_eq!((&json["size"], &json["folder"]), (&3.into(), &false.into()));
}

#[test]
fn rm_deletes_what_was_named_and_asks_before_it_deletes_a_folder() {
    let dir = Dir::new();
    for name in ["t/a", "t/sub/b", "t/sub/c"] {
        dir.file(name, name);
    }
    dir.hoist(["put", "t", "local:x"]).run().exits(0);
    dir.hoist(["rm", "local:x/none"]).run().exits(1).says("x/none is not in the bucket");
    for verb in
        [&["rm", "local:x/sub"][..], &["stat", "local:x/sub"], &["cp", "local:x/sub", "local:y"]]
    {
        dir.hoist(verb).run().exits(1).says("local:x/sub/ is a folder: end it in /");
    }
    dir.hoist(["ls", "local"]).run().exits(2).says("a profile is `local:`");
    dir.hoist(["put", "t"]).run().exits(2).says("hoist put [OPTIONS] SRC... PROFILE:PREFIX");
    dir.hoist(["rm", "local:x/sub/"]).run().exits(2).says("--recursive");
    dir.hoist(["rm", "--recursive", "local:x/sub"]).run().exits(2).says("not a folder");
    dir.hoist(["rm", "--recursive", "local:x/sub/"]).run().exits(1).says("2 objects (14 B)");
    let dry = dir.hoist(["rm", "-r", "--dry-run", "local:x/sub/"]).run().exits(0);
    assert_eq!(dry.lines(), ["7\tx/sub/b", "7\tx/sub/c"]);
    dry.says("would delete 2 objects (14 B)");
    dir.hoist(["rm", "-n", "local:x/a"]).run().exits(0).says("would delete 1 object (3 B)");
    assert_eq!(listed(&dir, "local:").len(), 3);
    // One that is not there keeps no other from going.
    let run = dir.hoist(["rm", "--json", "local:x/none", "local:x/a"]).run().exits(1);
    let run = run.says("Deleted 1 of 2, 1 failed");
    let told = run.json();
    assert_eq!(
        (&told[0]["key"], &told[0]["error"]["code"]),
        (&"x/none".into(), &"objectNotFound".into())
    );
    assert_eq!(
        told[1]["summary"],
        serde_json::json!({
            "total": 2, "succeeded": 1, "failed": 1, "skipped": 0, "bytes": 3
        })
    );
    dir.hoist(["rm", "-r", "--yes", "local:x/sub/"]).run().exits(0).says("Deleted 2");
    assert_eq!(listed(&dir, "local:"), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn what_fails_is_listed_and_the_rest_goes_on() {
    let dir = Dir::new();
    dir.file("tree/good", "good");
    std::os::unix::fs::symlink("good", dir.path("tree/link")).unwrap();
    let run = dir.hoist(["put", "--json", "tree", "missing.txt", "local:x"]).run().exits(1);
    run.says("missing.txt does not exist")
        .says("tree/link is a symbolic link")
        .says("3 total, 1 succeeded, 1 failed, 1 skipped");
    let run = dir.hoist(["get", "local:x/good", "local:x/none", "out"]).run().exits(1);
    run.says("x/none is not in the bucket").says("2 total, 1 succeeded, 1 failed");
    assert!(dir.path("out/good").exists());
}

#[test]
fn files_that_are_there_are_replaced_left_or_kept_beside() {
    let dir = Dir::new();
    dir.file("a.txt", "new");
    dir.hoist(["put", "a.txt", "local:"]).run().exits(0);
    dir.file("a.txt", "old");
    let get = |how: &str| dir.hoist(["get", "--existing", how, "local:a.txt"]).run().exits(0);
    let read = |name: &str| std::fs::read_to_string(dir.path(name)).unwrap();
    get("skip").says("0 succeeded, 0 failed, 1 skipped");
    assert_eq!(read("a.txt"), "old");
    get("keep-both");
    assert_eq!((read("a.txt"), read("a (2).txt")), ("old".into(), "new".into()));
    get("overwrite");
    assert_eq!(read("a.txt"), "new");
    let run = dir.hoist(["put", "--if-changed", "a.txt", "local:"]).run().exits(0);
    run.says("0 succeeded, 0 failed, 1 skipped");
}

#[test]
fn a_limit_on_the_rate_holds_both_ways() {
    let dir = Dir::new();
    dir.file("a.bin", noise(400_000));
    for args in [["put", "a.bin", "local:"], ["get", "local:a.bin", "b.bin"]] {
        let slow = dir.hoist(args.iter().copied().chain(["--limit-rate", "200k"])).run().exits(0);
        // All but the first tenth of a second and, on the way up, the last piece has to wait.
        assert!(slow.took >= Duration::from_millis(1_300), "{args:?}: {:?}", slow.took);
    }
    assert_eq!(std::fs::read(dir.path("b.bin")).unwrap(), noise(400_000));
    dir.hoist(["put", "a.bin", "local:", "--limit-rate", "1k"]).run().exits(2).says("500k");
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused() {
    let dir = Dir::new();
    dir.file("a.txt", "x");
    dir.hoist(["put", "a.txt", "b.txt"]).run().exits(2).says("PROFILE:PREFIX");
    dir.hoist(["put", "local:"]).run().exits(2);
    dir.hoist(["get", "a.txt", "local:x"]).run().exits(2).says("PROFILE:KEY");
    dir.hoist(["ls", "no-colon"]).run().exits(2).says("PROFILE:KEY");
    dir.hoist(["transfers", "clean", "--older-than", "soon"]).run().exits(2).says("24h");
    dir.hoist(["put", "a.txt", "nobody:"]).run().exits(3).says("There is no profile nobody");
    dir.hoist(["transfers", "resume", "99"]).run().exits(1).says("There is no transfer 99");
}

/// A store that takes connections and never answers.
struct Silent {
    endpoint: String,
    stop: Arc<AtomicBool>,
}

impl Silent {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            let mut open: Vec<TcpStream> = Vec::new();
            for stream in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    return;
                }
                open.extend(stream);
            }
        });
        Self { endpoint, stop }
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.endpoint.trim_start_matches("http://"));
    }
}

fn add_silent(dir: &Dir, silent: &Silent) {
    dir.hoist(["profile", "add", "cloud", "--provider", "minio", "--bucket", "b"]).run().exits(3);
    dir.hoist(add_cloud(&silent.endpoint, "b", &KEYS_TYPED))
        .stdin("AKIATRANSFER00000001\nsecret-of-the-silent-store\n")
        .run()
        .exits(0);
}

/// How the newest transfer stands.
fn state(dir: &Dir) -> String {
    let run = dir.hoist(["transfers", "list", "--all", "--json"]).run().exits(0);
    run.json().last().map_or(String::new(), |job| job["state"].as_str().unwrap().to_owned())
}

#[cfg(unix)]
#[test]
fn ctrl_c_interrupts_and_another_terminal_pauses_and_cancels() {
    let dir = Dir::new();
    let silent = Silent::new();
    add_silent(&dir, &silent);
    dir.file("a.txt", "x");
    let put = || {
        let running = dir.hoist(["put", "a.txt", "cloud:"]).spawn();
        eventually("the transfer runs", || state(&dir) == "running");
        running
    };
    let mut running = put();
    // Another terminal may not work on it too.
    dir.hoist(["put", "a.txt", "cloud:"]).run().exits(1).says("Another Hoist is working");
    running.signal("INT");
    assert_eq!(running.wait(PATIENCE).code(), Some(130));
    let mut stderr = String::new();
    running.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("hoist transfers resume 1"), "{stderr}");
    assert_eq!(state(&dir), "interrupted");

    let mut running = put();
    dir.hoist(["transfers", "pause", "1"]).run().exits(0).says("Paused 1");
    assert_eq!(running.wait(PATIENCE).code(), Some(1));
    assert_eq!(state(&dir), "paused");

    let mut running = put();
    dir.hoist(["transfers", "cancel", "1"]).run().exits(0).says("Cancelled 1");
    running.wait(PATIENCE);
    assert_eq!(state(&dir), "cancelled");
    dir.hoist(["transfers", "resume", "1"]).run().exits(1).says("Transfer 1 has ended");
    assert_eq!(dir.hoist(["transfers"]).run().exits(0).stdout, "");

    // One that is killed counts as interrupted, though it could say nothing.
    let mut running = put();
    running.signal("KILL");
    running.wait(PATIENCE);
    let list = dir.hoist(["transfers"]).run().exits(0);
    assert!(list.stdout.starts_with("2\tinterrupted\t0/1\t1\t"), "{}", list.stdout);
}

#[test]
fn a_damaged_list_of_transfers_is_set_aside_and_said() {
    let dir = Dir::new();
    dir.file("a.txt", "x");
    std::fs::create_dir_all(dir.home().join("data")).unwrap();
    let mut file = std::fs::File::create(dir.home().join("data/transfers.db")).unwrap();
    file.write_all(b"no database").unwrap();
    dir.hoist(["put", "a.txt", "local:"]).run().exits(1).says("transfers-damaged-");
    assert_eq!(listed(&dir, "local:"), ["a.txt"]);
    let kept = |path: &Path| path.to_string_lossy().contains("transfers-damaged-");
    assert!(dir.all_files().iter().any(|path| kept(path)));
}
