//! sync on the real binary: the built-in store, SeaweedFS and OSS.

use std::time::{Duration, SystemTime};

use hoist_testkit::oss::{OssOptions, OssServer};

use crate::harness::{Dir, Run};
use crate::transfer::{listed, noise};
use crate::{cloud, oss};

fn set_time(dir: &Dir, name: &str, time: SystemTime) {
    let file = std::fs::File::options().append(true).open(dir.path(name)).unwrap();
    file.set_modified(time).unwrap();
}

/// The last line of `--json`: what there was to do.
fn end(run: &Run) -> (u64, u64, u64) {
    let line = run.json().pop().unwrap();
    let figure = |name: &str| line[name].as_u64().unwrap();
    (figure("copies"), figure("deletions"), figure("same"))
}

/// Both ways, twice each, with a change of every kind in between.
fn round(dir: &Dir, profile: &str) {
    let remote = format!("{profile}:backup");
    let sync = |args: &[&str]| dir.hoist(["sync", "--json"].iter().chain(args)).run();
    dir.file("here/large.bin", noise(20_000_000));
    dir.file("here/猫/a b.txt", "12");
    dir.file("here/gone.txt", "12");
    std::fs::create_dir_all(dir.path("here/empty")).unwrap();
    let run = sync(&["here", &remote]).exits(0);
    assert_eq!(end(&run), (4, 0, 0), "{}", run.stdout);
    assert_eq!(end(&sync(&["here", &remote]).exits(0)), (0, 0, 3));

    // Longer, later and gone; then the same on the way down.
    dir.file("here/猫/a b.txt", "123");
    std::fs::remove_file(dir.path("here/gone.txt")).unwrap();
    let run = sync(&["--delete", "--yes", "here", &remote]).exits(0);
    assert_eq!(end(&run), (1, 1, 1), "{}", run.stdout);
    let run = sync(&[&remote, "there"]).exits(0);
    assert_eq!(end(&run), (3, 0, 0), "{}", run.stdout);
    let mut diff = std::process::Command::new("diff");
    diff.arg("-r").args([dir.path("here"), dir.path("there")]);
    assert!(diff.status().unwrap().success());
    for args in [&[][..], &["--checksum"]] {
        let both = [&["--delete", "--yes"][..], args].concat();
        for (from, to) in
            [(remote.as_str(), "there"), ("here", remote.as_str()), ("there", remote.as_str())]
        {
            let run = sync(&[&both[..], &[from, to]].concat()).exits(0);
            assert_eq!(end(&run), (0, 0, 2), "{from} {to} {args:?} {}", run.stdout);
        }
    }

    // The same length, and a time of long ago: only the bytes tell.
    let mut bytes = noise(20_000_000);
    bytes[10_000_000] ^= 1;
    dir.file("here/large.bin", bytes);
    set_time(dir, "here/large.bin", SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    assert_eq!(end(&sync(&["--dry-run", "here", &remote]).exits(0)), (0, 0, 2));
    let run = sync(&["--dry-run", "--checksum", "here", &remote]).exits(0);
    assert_eq!(run.json()[0]["path"], "large.bin", "{}", run.stdout);
    assert_eq!(run.json()[0]["why"], "content");
}

#[test]
fn the_built_in_store_is_synced_both_ways() {
    round(&Dir::new(), "local");
}

#[test]
fn seaweedfs_is_synced_both_ways() {
    let dir = Dir::new();
    cloud::add(&dir, "public", &cloud::server().secret_key);
    round(&dir, "cloud");
}

#[test]
fn oss_is_synced_both_ways() {
    let dir = Dir::new();
    let server = OssServer::with(OssOptions::default());
    oss::add(&dir, &server, &oss::Keys::of(&server), &[]);
    round(&dir, "pics");
}

#[test]
fn a_dry_run_prints_the_plan_and_does_nothing() {
    let dir = Dir::new();
    dir.file("here/b.txt", "12");
    dir.file("here/a/c.txt", "345");
    dir.file("old/z.txt", "1");
    dir.file("old/b.txt", "1");
    dir.hoist(["put", "old", "local:x"]).run().exits(0);
    let run = dir.hoist(["sync", "--dry-run", "--delete", "here", "local:x"]).run().exits(0);
    let plan = ["upload\tnew\t3\ta/c.txt", "upload\tsize\t2\tb.txt", "delete\tgone\t1\tz.txt"];
    assert_eq!(run.lines(), plan);
    run.says("2 to copy (5 B), 1 to delete, 0 the same");
    assert_eq!(listed(&dir, "local:"), ["x/b.txt", "x/z.txt"]);
}

#[test]
fn delete_asks_before_and_waits_until_everything_is_copied() {
    let dir = Dir::new();
    dir.file("here/a.txt", "1");
    dir.file("old/b.txt", "1");
    dir.hoist(["put", "old", "local:x"]).run().exits(0);
    let run = dir.hoist(["sync", "--delete", "here", "local:x"]).run().exits(1);
    run.says("1 file or folder (1 B)").says("use --yes");
    assert_eq!(listed(&dir, "local:"), ["x/b.txt"]);
    dir.hoist(["sync", "--delete", "--yes", "nowhere", "local:x"]).run().exits(1);
    dir.hoist(["sync", "--delete", "--yes", "local:nothing", "here"]).run().exits(1);
    assert!(dir.path("here/a.txt").exists());
    dir.hoist(["sync", "--delete", "--yes", "here", "local:x"]).run().exits(0).says("1 deleted");
    assert_eq!(listed(&dir, "local:"), ["x/a.txt"]);
    dir.hoist(["sync", "here", "there"]).run().exits(2).says("PROFILE:PREFIX");
}

#[test]
fn two_prefixes_are_synced_in_one_store() {
    let dir = Dir::new();
    dir.file("t/a.txt", "1");
    dir.file("t/b/c.txt", "2");
    dir.hoist(["put", "t", "local:x"]).run().exits(0);
    dir.hoist(["put", "t/a.txt", "local:y/old.txt"]).run().exits(0);
    let run = dir.hoist(["sync", "--delete", "--yes", "local:x", "local:y"]).run().exits(0);
    run.says("2 total, 2 succeeded").says("1 deleted, 0 were the same");
    assert_eq!(listed(&dir, "local:y/"), ["y/a.txt", "y/b/c.txt"]);
    dir.hoist(["sync", "local:x", "local:y"]).run().exits(0).says("0 to delete, 2 the same");
    dir.hoist(["sync", "local:x", "local:x/b"]).run().exits(1).says("into itself");
}
