//! The real `hoist put` and `hoist get`, killed with SIGKILL at random moments and run again, against
//! a real S3 server behind a proxy that counts.
//!
//! `HOIST_CRASH_SEED` repeats a run, `HOIST_CRASH_KILLS` sets how often each of the four ways is killed
//! (4), `HOIST_CRASH_MIB` how large the file is (128), and `HOIST_CRASH_FILES` how many are in the tree
//! (200). `make test-crash` takes 25, 1024 and 2000.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod counting;
mod killing;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use hoist_store::s3::{S3Bucket, S3Dialect};
use hoist_store::{Bucket as _, ListRequest, MultipartUpload as _};
use hoist_testkit::hoist::{block_on, seaweedfs};

use counting::Moved;
use killing::{Moment, Scene, kills, number};

const MIB: u64 = 1 << 20;

/// One part of a file of this size.
const PART: u64 = 8 * MIB;

/// What may go again after a kill: eight requests of one part each.
const IN_FLIGHT: u64 = 8 * PART;

/// Heads of requests and answers, lists of parts, and what stood in buffers.
const ENVELOPES: u64 = 4 * MIB;

fn bucket(name: &str) -> S3Bucket {
    S3Bucket::new(seaweedfs().config(S3Dialect::Generic, name)).unwrap()
}

/// No upload that was begun is left over.
fn no_orphans(bucket: &S3Bucket) {
    assert_eq!(block_on(bucket.list_uploads("")).unwrap(), []);
}

/// Of the large file.
fn size() -> u64 {
    number("HOIST_CRASH_MIB", 128) * MIB
}

/// When to kill next: right at the start, near the end, and anywhere.
fn moment(scene: &mut Scene, kill: u64) -> Moment {
    match kill {
        0 => Moment::After(scene.random.u64(0..300)),
        1 => Moment::Moved(size() - 8 * MIB),
        // So that most come before it is complete.
        _ => Moment::Moved(scene.random.u64(1..size() * 2 / kills().max(4))),
    }
}

#[test]
fn a_large_upload_is_killed_and_arrives() {
    let mut scene = Scene::new("crash-up");
    let size = size();
    let source = scene.noise("large.bin", size);
    let (mut sent, mut most, mut killed) = (0, size, 0);
    while killed < kills() {
        let moment = moment(&mut scene, killed);
        match scene.run_and_kill(&["put", "large.bin", "cloud:"], moment) {
            Some(run) => {
                (sent, most) = (sent + run.up, most + run.up.min(IN_FLIGHT));
                killed += 1;
            }
            None => (sent, most) = (0, size),
        }
    }
    sent += scene.run_to_the_end(&["put", "large.bin", "cloud:"]).up;
    most += ENVELOPES + scene.failures() * PART;
    assert!(sent <= most, "{sent} bytes were sent of {size}, at most {most} expected; {scene:?}");
    let bucket = bucket("crash-up");
    no_orphans(&bucket);
    assert_eq!(block_on(bucket.head("large.bin")).unwrap().size, size);
    scene.run_to_the_end(&["get", "cloud:large.bin", "back.bin"]);
    scene.same(&source, &scene.path("back.bin"));
    summary(format!("large up: {killed} kills, {sent} bytes for {size}, bound {most}, 0 orphans"));
}

#[test]
fn a_large_download_is_killed_and_arrives() {
    let mut scene = Scene::new("crash-down");
    let size = size();
    let source = scene.noise("large.bin", size);
    scene.run_to_the_end(&["put", "large.bin", "cloud:"]);
    let (mut received, mut most, mut killed) = (0, size, 0);
    let get = ["get", "cloud:large.bin", "out/back.bin"];
    while killed < kills() {
        let moment = moment(&mut scene, killed);
        match scene.run_and_kill(&get, moment) {
            Some(run) => {
                (received, most) = (received + run.down, most + run.down.min(IN_FLIGHT));
                killed += 1;
            }
            None => (received, most) = (0, size),
        }
    }
    received += scene.run_to_the_end(&get).down;
    most += ENVELOPES + scene.failures() * PART;
    assert!(
        received <= most,
        "{received} bytes came of {size}, at most {most} expected; {scene:?}"
    );
    scene.same(&source, &scene.path("out/back.bin"));
    assert_eq!(names(&scene.path("out")), ["back.bin"]);
    summary(format!(
        "large down: {killed} kills, {received} bytes for {size}, bound {most}, 0 left over"
    ));
}

#[test]
fn a_tree_is_killed_both_ways_and_arrives() {
    let mut scene = Scene::new("crash-tree");
    let files = number("HOIST_CRASH_FILES", 200);
    for n in 0..files {
        scene.noise(&format!("tree/{}/{n}", n % 7), n * 97 % 20_000);
    }
    scene.noise("tree/large.bin", 20 * MIB);
    // Files on their way are sent again, and the large one has three parts. Runs list, or look up.
    let once = files + 3 + 8;
    let get = ["get", "cloud:t/", "out"];
    let mut told = Vec::new();
    for (args, which) in [
        (&["put", "tree", "cloud:t"], (|run| run.puts) as fn(&Moved) -> u64),
        (&get, |run| run.gets),
    ] {
        let (mut requests, mut most, mut killed) = (0, once, 0);
        while killed < kills() {
            // A debug build does some hundred files a second.
            let moment = Moment::After(scene.random.u64(0..500 + files * 5));
            match scene.run_and_kill(args, moment) {
                Some(run) => {
                    (requests, most) = (requests + which(&run), most + 8 + 8 + files / 1_000);
                    killed += 1;
                }
                None => (requests, most) = (0, once),
            }
        }
        requests += which(&scene.run_to_the_end(args));
        most += scene.failures();
        assert!(requests <= most, "{requests} requests, at most {most} expected; {scene:?}");
        let way = if args[0] == "put" { "up" } else { "down" };
        told.push(format!(
            "{files} files {way}: {killed} kills, {requests} requests, bound {most}"
        ));
    }
    let bucket = bucket("crash-tree");
    no_orphans(&bucket);
    let mut listed = 0;
    let mut request = ListRequest::default();
    loop {
        let page = block_on(bucket.list(&request)).unwrap();
        listed += page.objects.len() as u64;
        match page.next {
            Some(next) => request.page = Some(next),
            None => break,
        }
    }
    assert_eq!(listed, files + 1);
    assert_eq!(self::files(&scene.path("tree")), self::files(&scene.path("out")));
    told.into_iter().for_each(|line| summary(format!("{line}, 0 orphans")));
}

/// What is told of a way when all of it was right: kills, and what went since it last began anew. The
/// last of the four ways tells all.
fn summary(line: String) {
    static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut lines = LINES.lock().unwrap();
    eprintln!("{line}");
    lines.push(line);
    if lines.len() == 4 {
        eprintln!(
            "\n{} kills in all; nothing lost, nothing wrong:\n{}",
            4 * kills(),
            lines.join("\n")
        );
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() {
            files.extend(
                self::files(&path)
                    .into_iter()
                    .map(|(below, bytes)| (format!("{name}/{below}"), bytes)),
            );
        } else {
            files.insert(name, std::fs::read(path).unwrap());
        }
    }
    files
}
