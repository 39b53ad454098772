//! One trouble at a time: what can be mended is, and what cannot is told as what it is.

use std::time::Duration;

use hoist_testkit::proxy::{Seen, Trouble, Which};
use hoist_testkit::wait_until;

use crate::scene::{MIB, Scene};

/// Two parts of 8 MiB, and a bit.
const LARGE: usize = 17 * MIB;

const PATIENCE: Duration = Duration::from_secs(90);

#[test]
fn what_cannot_succeed_has_its_code_and_its_exit_status() {
    let mut scene = Scene::new("faults-told");
    scene.noise("small.bin", 1_000);
    let large = scene.noise("large.bin", LARGE);
    scene.object("there.bin", b"there");
    scene.object("there-large.bin", &large);
    let put: &[&str] = &["put", "small.bin", "cloud:", "--json"];
    let put_large: &[&str] = &["put", "large.bin", "cloud:", "--json"];
    let get: &[&str] = &["get", "cloud:there.bin", "out/", "--json"];
    let get_large: &[&str] = &["get", "cloud:there-large.bin", "out/", "--json"];
    for (args, method, target, trouble, code, exit) in [
        (put, "PUT", "/small.bin", Trouble::Refuse(403, "AccessDenied"), "accessDenied", 1),
        (
            put,
            "PUT",
            "/small.bin",
            Trouble::Refuse(403, "InvalidAccessKeyId"),
            "credentialsRejected",
            3,
        ),
        (put, "PUT", "/small.bin", Trouble::Busy(3_600), "throttled", 1),
        (put_large, "PUT", "partNumber=2", Trouble::Refuse(403, "AccessDenied"), "accessDenied", 1),
        (get, "GET", "/there.bin", Trouble::Refuse(403, "AccessDenied"), "accessDenied", 1),
        (get, "GET", "/there.bin", Trouble::Refuse(412, "PreconditionFailed"), "remoteChanged", 1),
        (get, "GET", "/there.bin", Trouble::Refuse(404, "NoSuchKey"), "objectNotFound", 1),
        (
            get_large,
            "GET",
            "/there-large.bin",
            Trouble::Refuse(416, "InvalidRange"),
            "remoteChanged",
            1,
        ),
        (get_large, "GET", "/there-large.bin", Trouble::Busy(3_600), "throttled", 1),
    ] {
        scene.proxy.rule(Which::all(method, target), trouble);
        let run = scene.run(args);
        // The job as a whole, or its only file.
        assert!(run.codes().iter().all(|told| told == code), "{trouble:?}: {:?}", run.codes());
        assert!(run.stdout.contains(code) || run.codes().is_empty(), "{trouble:?}: {}", run.stdout);
        assert_eq!(run.code, exit, "{trouble:?} on {target}: {}{}", run.stdout, run.stderr);
        assert!(run.took < Duration::from_secs(30), "{trouble:?} took {:?}", run.took);
        scene.proxy.heal();
        assert!(scene.stored("small.bin").is_none(), "{trouble:?}");
        assert!(scene.stored("large.bin").is_none(), "{trouble:?}");
        assert!(!scene.path("out/there.bin").exists(), "{trouble:?}");
        assert!(!scene.path("out/there-large.bin").exists(), "{trouble:?}");
        // What failed goes on once the other side is well.
        if args == put_large {
            scene.run(args).exits(0);
            assert!(scene.stored("large.bin").unwrap() == large);
            scene.run(&["rm", "cloud:large.bin", "--yes"]).exits(0);
        }
    }
    scene.no_orphans();
}

/// Whatever was asked: a small object, a part, the join, and the way down.
#[test]
fn an_answer_that_says_when_is_heeded() {
    let mut scene = Scene::new("faults-after");
    scene.noise("small.bin", 1_000);
    scene.noise("large.bin", LARGE);
    for (args, method, target) in [
        (&["put", "small.bin", "cloud:"][..], "PUT", "/small.bin"),
        (&["put", "large.bin", "cloud:"], "PUT", "partNumber=2"),
        (&["put", "large.bin", "cloud:again.bin"], "POST", "uploadId="),
        (&["get", "cloud:small.bin", "out/"], "GET", "/small.bin"),
        (&["get", "cloud:large.bin", "out/"], "GET", "/large.bin"),
    ] {
        let before = scene.proxy.seen().len();
        scene.proxy.rule(Which::first(method, target), Trouble::Busy(2));
        scene.run(args).exits(0);
        scene.proxy.heal();
        let seen = scene.proxy.seen().split_off(before);
        let busy = seen.iter().find(|seen| seen.trouble.is_some()).unwrap();
        // Other parts of the same object do not wait.
        let same = |one: &&Seen| one.method == busy.method && one.target == busy.target;
        let pause = seen.iter().rfind(same).unwrap().at - busy.at;
        assert!(pause >= Duration::from_secs(2), "{method} {target}: {pause:?}");
    }
    assert!(scene.stored("again.bin").is_some());
    scene.no_orphans();
}

/// Whatever is lost on the way of a large upload, once each: it arrives, and nothing is left over.
#[test]
fn every_step_of_a_large_upload_may_be_lost() {
    let mut scene = Scene::new("faults-steps");
    let bytes = scene.noise("large.bin", LARGE);
    let create = || Which::first("POST", "uploads");
    let part = || Which::first("PUT", "partNumber=1");
    let complete = || Which::first("POST", "uploadId=");
    for (which, trouble) in [
        (create(), Trouble::LoseAnswer),
        (create(), Trouble::Drop),
        (part(), Trouble::LoseAnswer),
        (part(), Trouble::Reset),
        (part(), Trouble::Corrupt),
        (part(), Trouble::Truncate),
        (complete(), Trouble::LoseAnswer),
        (complete(), Trouble::Drop),
        (complete(), Trouble::ErrorInside("InternalError")),
        (complete(), Trouble::ErrorInside("SlowDown")),
        (complete(), Trouble::Truncate),
        (complete(), Trouble::Corrupt),
    ] {
        let told = format!("{trouble:?} of {which:?}");
        scene.proxy.rule(which, trouble);
        let run = scene.run(&["put", "large.bin", "cloud:", "--json"]);
        assert_eq!(run.code, 0, "{told}: {}{}", run.stdout, run.stderr);
        assert!(scene.proxy.made().contains_key(&trouble), "{told} did not happen");
        assert!(scene.stored("large.bin").unwrap() == bytes, "{told}");
        scene.no_orphans();
        scene.run(&["rm", "cloud:large.bin", "--yes"]).exits(0);
        scene.proxy.heal();
    }
}

#[test]
fn a_join_that_never_succeeds_is_no_success_and_goes_on_later() {
    let mut scene = Scene::new("faults-join");
    let bytes = scene.noise("large.bin", LARGE);
    let code = Trouble::ErrorInside("EntityTooSmall");
    scene.proxy.rule(Which::all("POST", "uploadId="), code);
    let run = scene.run(&["put", "large.bin", "cloud:", "--json"]).exits(1);
    assert!(run.stderr.contains("hoist transfers resume") || !run.codes().is_empty());
    assert!(scene.stored("large.bin").is_none());
    scene.proxy.heal();
    let before = scene.proxy.seen().len();
    scene.run(&["put", "large.bin", "cloud:"]).exits(0);
    let parts = scene.proxy.seen()[before..]
        .iter()
        .filter(|seen| seen.method == "PUT" && seen.target.contains("partNumber"))
        .count();
    assert_eq!(parts, 0, "the parts were there");
    assert!(scene.stored("large.bin").unwrap() == bytes);
    scene.no_orphans();
}

/// Small objects have an MD5 for their ETag; large ones that of their parts.
#[test]
fn damaged_bodies_are_fetched_again_and_never_kept() {
    let mut scene = Scene::new("faults-damage");
    for (name, len) in [("small.bin", 50_000), ("large.bin", LARGE)] {
        let bytes = scene.noise(name, len);
        scene.run(&["put", name, "cloud:"]).exits(0);
        let key: &'static str = if len == LARGE { "/large.bin" } else { "/small.bin" };
        let remote = format!("cloud:{name}");
        let get = ["get", &remote, "out/", "--json"];
        for n in 1..4 {
            scene.proxy.rule(Which::all("GET", key).times(n), Trouble::Corrupt);
            scene.run(&get).exits(0);
            assert!(std::fs::read(scene.path("out").join(name)).unwrap() == bytes, "{name}");
            scene.proxy.heal();
        }
        std::fs::remove_dir_all(scene.path("out")).unwrap();
        scene.proxy.rule(Which::all("GET", key), Trouble::Corrupt);
        let run = scene.run(&get).exits(1);
        assert_eq!(run.codes(), ["integrity"], "{}", run.stderr);
        scene.proxy.heal();
        // What is small is not even begun on the disk.
        let left: Vec<_> = std::fs::read_dir(scene.path("out")).into_iter().flatten().collect();
        assert!(left.is_empty(), "{left:?}");
        scene.proxy.rule(Which::all("GET", key).times(2), Trouble::Truncate);
        scene.run(&get).exits(0);
        assert!(std::fs::read(scene.path("out").join(name)).unwrap() == bytes, "{name}");
        scene.proxy.heal();
    }
}

/// The store's own 412, not one of ours.
#[test]
fn an_object_that_changes_while_it_comes_is_told() {
    let mut scene = Scene::new("faults-changed");
    let bytes = scene.noise("first.bin", 5 * LARGE);
    scene.object("large.bin", &bytes);
    let other = scene.noise("second.bin", LARGE);
    let get = ["get", "cloud:large.bin", "out/", "--json"];
    let slow = [&get[..], &["--limit-rate", "8M"]].concat();
    let running = scene.start(&slow);
    wait_until("the download begins", PATIENCE, || {
        scene
            .proxy
            .seen()
            .iter()
            .any(|seen| seen.target.contains("large.bin") && seen.method == "GET")
    });
    scene.object("large.bin", &other);
    let run = running.end().exits(1);
    assert_eq!(run.codes(), ["remoteChanged"], "{}", run.stderr);
    let left: Vec<_> = std::fs::read_dir(scene.path("out")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    scene.run(&get).exits(0);
    assert!(std::fs::read(scene.path("out/large.bin")).unwrap() == other);
}

/// A request that was on its way when its process was killed may be carried out any time later.
#[test]
fn an_upload_created_after_its_process_was_killed_is_given_up() {
    let mut scene = Scene::new("faults-late");
    let bytes = scene.noise("large.bin", LARGE);
    scene.proxy.rule(Which::first("POST", "uploads"), Trouble::Late(2_500));
    let mut running = scene.start(&["put", "large.bin", "cloud:"]);
    let created = || {
        let seen = scene.proxy.seen();
        seen.iter().any(|seen| matches!(seen.trouble, Some(Trouble::Late(_))))
    };
    wait_until("the upload is about to be created", PATIENCE, created);
    running.kill();
    // Long enough that the late one comes in the middle.
    let run = scene.run(&["put", "large.bin", "cloud:", "--limit-rate", "4M"]).exits(0);
    assert!(run.took > Duration::from_millis(2_500), "{:?}", run.took);
    assert!(scene.stored("large.bin").unwrap() == bytes);
    scene.no_orphans();
}
