//! cp, mv, du and signed links on the real binary: the built-in store, SeaweedFS and OSS.

use std::process::Command;

use hoist_testkit::oss::{OssOptions, OssServer};

use crate::cloud;
use crate::harness::{Dir, get};
use crate::oss;
use crate::transfer::{listed, noise, summary};

/// A tree with a large file and names that need care, uploaded.
fn tree(dir: &Dir, remote: &str) {
    dir.file("tree/large.bin", noise(20_000_000));
    dir.file("tree/猫 + 100%/a b.txt", "text");
    dir.file("tree/empty.txt", "");
    dir.hoist(["put", "tree", remote]).run().exits(0);
}

/// What is below a remote folder is the tree that was uploaded.
#[track_caller]
fn is_the_tree(dir: &Dir, remote: &str) {
    let out = dir.path("out");
    let _ = std::fs::remove_dir_all(&out);
    dir.hoist(["get", remote, "out/"]).run().exits(0);
    let same = Command::new("diff").arg("-r").arg(dir.path("tree")).arg(&out).output().unwrap();
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stdout));
}

/// Adds the profile `cloud` on SeaweedFS.
fn with_cloud(dir: &Dir) {
    cloud::add(dir, "public", &cloud::server().secret_key);
}

/// Adds the profile `pics` on an OSS server of its own.
fn with_oss(dir: &Dir) -> OssServer {
    let server = OssServer::with(OssOptions::default());
    oss::add(dir, &server, &oss::Keys::of(&server), &[]);
    server
}

/// Copies, moves and renames inside one bucket.
fn inside(dir: &Dir, profile: &str) {
    let at = |key: &str| format!("{profile}:{key}");
    tree(dir, &at("a/tree"));
    dir.hoist(["cp", "-r", &at("a/tree/"), &at("b")]).run().exits(0).says("3 total, 3 succeeded");
    is_the_tree(dir, &at("b/"));
    dir.hoist(["cp", &at("b/empty.txt"), &at("b/large.bin"), &at("c/")]).run().exits(0);
    dir.hoist(["cp", &at("b/empty.txt"), &at("c/other name.txt")]).run().exits(0);
    assert_eq!(listed(dir, &at("c/")), ["c/empty.txt", "c/large.bin", "c/other name.txt"]);

    let run = dir.hoist(["mv", "--json", &at("c/large.bin"), &at("c/图.bin")]).run().exits(0);
    assert_eq!(run.json()[0]["to"], at("c/图.bin"));
    assert_eq!(summary(&run)["succeeded"], 1);
    dir.hoist(["mv", "--recursive", &at("b/"), &at("moved/here/")]).run().exits(0);
    assert_eq!(listed(dir, &at("b/")), Vec::<String>::new());
    is_the_tree(dir, &at("moved/here/"));

    dir.hoist(["mv", "-r", &at("a/"), &at("a/b/")])
        .run()
        .exits(1)
        .says("onto itself or into itself");
    dir.hoist(["cp", &at("c/empty.txt"), &at("c/")]).run().exits(1).says("onto itself");
    dir.hoist(["cp", &at("c/none"), &at("d/")]).run().exits(1).says("c/none is not in the bucket");
    is_the_tree(dir, &at("a/tree/"));
}

#[test]
fn the_built_in_store_copies_and_renames() {
    inside(&Dir::new(), "local");
}

#[test]
fn seaweedfs_copies_and_renames() {
    let dir = Dir::new();
    with_cloud(&dir);
    inside(&dir, "cloud");
}

#[test]
fn oss_copies_and_renames() {
    let dir = Dir::new();
    let _server = with_oss(&dir);
    inside(&dir, "pics");
}

#[test]
fn a_tree_travels_from_store_to_store_and_home_the_same() {
    let dir = Dir::new();
    with_cloud(&dir);
    let _server = with_oss(&dir);
    tree(&dir, "local:t");
    dir.hoist(["cp", "-r", "local:t/", "cloud:one"]).run().exits(0).says("3 succeeded, 0 failed");
    dir.hoist(["cp", "-r", "cloud:one/", "pics:two"]).run().exits(0).says("3 succeeded, 0 failed");
    is_the_tree(&dir, "pics:two/");
    dir.hoist(["mv", "-r", "pics:two/", "local:three/"]).run().exits(0).says("3 succeeded");
    assert_eq!(listed(&dir, "pics:"), Vec::<String>::new());
    is_the_tree(&dir, "local:three/");
    let stat = dir.hoist(["stat", "--json", "local:three/猫 + 100%/a b.txt"]).run().exits(0);
    assert_eq!(stat.json()[0]["contentType"], "text/plain");
}

#[test]
fn objects_that_are_there_are_replaced_left_or_kept_beside() {
    let dir = Dir::new();
    dir.file("a.txt", "new");
    dir.file("b.txt", "old");
    dir.hoist(["put", "a.txt", "local:"]).run().exits(0);
    dir.hoist(["put", "b.txt", "local:"]).run().exits(0);
    let cp = |how: &str| {
        dir.hoist(["cp", "--existing", how, "local:a.txt", "local:b.txt"]).run().exits(0)
    };
    cp("skip").says("0 succeeded, 0 failed, 1 skipped");
    cp("keep-both");
    assert_eq!(listed(&dir, "local:"), ["a.txt", "b (2).txt", "b.txt"]);
    cp("overwrite");
    dir.hoist(["get", "local:b.txt", "c.txt"]).run().exits(0);
    assert_eq!(std::fs::read_to_string(dir.path("c.txt")).unwrap(), "new");
}

#[test]
fn a_dry_run_tells_and_does_nothing() {
    let dir = Dir::new();
    dir.file("t/a.txt", "12");
    dir.file("t/b/c.txt", "345");
    dir.hoist(["put", "t", "local:t"]).run().exits(0);
    let run = dir.hoist(["mv", "-r", "--dry-run", "local:t/", "local:u/"]).run().exits(0);
    assert_eq!(
        run.lines(),
        ["2\tlocal:t/a.txt\tlocal:u/a.txt", "3\tlocal:t/b/c.txt\tlocal:u/b/c.txt"]
    );
    run.says("would move 2 (5 B)");
    assert_eq!(listed(&dir, "local:"), ["t/a.txt", "t/b/c.txt"]);
}

#[test]
fn cp_goes_between_here_and_there_as_put_and_get_do() {
    let dir = Dir::new();
    dir.file("t/a.txt", "12");
    dir.hoist(["cp", "t", "local:x"]).run().exits(2).says("--recursive");
    dir.hoist(["cp", "-r", "t", "local:x"]).run().exits(0).says("1 total, 1 succeeded");
    dir.hoist(["cp", "t/a.txt", "local:y.txt"]).run().exits(0);
    assert_eq!(listed(&dir, "local:"), ["x/a.txt", "y.txt"]);
    dir.hoist(["cp", "local:x/", "out"]).run().exits(2).says("--recursive");
    dir.hoist(["cp", "-r", "local:x/", "out"]).run().exits(0);
    dir.hoist(["cp", "local:y.txt", "z.txt"]).run().exits(0);
    for name in ["out/a.txt", "z.txt"] {
        assert_eq!(std::fs::read_to_string(dir.path(name)).unwrap(), "12", "{name}");
    }
    dir.hoist(["cp", "t/a.txt", "t/b.txt"]).run().exits(2).says("PROFILE:KEY");
    dir.hoist(["mv", "t/a.txt", "local:x"]).run().exits(2).says("PROFILE:KEY");
    dir.hoist(["cp", "t/a.txt", "local:y.txt", "local:"]).run().exits(2);
    dir.hoist(["cp", "local:y.txt", "nobody:"]).run().exits(3).says("There is no profile nobody");
}

#[test]
fn du_sums_up_by_folder() {
    let dir = Dir::new();
    dir.hoist(["profile", "set", "local", "--prefix", "blog"]).run().exits(0);
    for (name, len) in [("t/a", 1_000), ("t/b/c", 500), ("t/b/d/e", 1_500_000)] {
        dir.file(name, noise(len));
    }
    dir.hoist(["put", "t", "local:"]).run().exits(0);
    let du = |args: &[&str]| {
        let run = dir.hoist(["du"].iter().chain(args)).run().exits(0);
        run.lines().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(du(&["local:"]), ["1.50 MB\t3\t"]);
    assert_eq!(du(&["--bytes", "local:b/"]), ["1500500\t2\tb/"]);
    assert_eq!(
        du(&["--bytes", "--depth", "2", "local:"]),
        ["1500500\t2\tb/", "1500000\t1\tb/d/", "1501500\t3\t"]
    );
    let run = dir.hoist(["du", "--json", "local:b/"]).run().exits(0);
    assert_eq!(run.json()[0], serde_json::json!({"key": "b/", "objects": 2, "bytes": 1_500_500}));
}

#[test]
fn a_signed_link_opens_on_every_kind_of_store() {
    let dir = Dir::new();
    with_cloud(&dir);
    let _server = with_oss(&dir);
    dir.file("猫 1.txt", "text");
    for profile in ["cloud", "pics"] {
        dir.hoist(["put", "猫 1.txt", &format!("{profile}:private/")]).run().exits(0);
        let key = format!("{profile}:private/猫 1.txt");
        let run = dir.hoist(["link", "--expires", "7d", &key]).run().exits(0);
        let (status, _, body) = get(run.lines()[0]);
        assert_eq!((status, body.as_slice()), (200, &b"text"[..]), "{}", run.stdout);
        dir.hoist(["link", "--expires", "8d", &key]).run().exits(2).says("7d");
    }
}
