//! The real `hoist put` and `hoist get`, killed with SIGKILL at random moments and run again, against
//! a real S3 server behind a proxy that counts.
//!
//! `HOIST_CRASH_SEED` repeats a run, `HOIST_CRASH_KILLS` sets how often each test kills (4).

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod counting;
mod killing;

use std::collections::BTreeMap;
use std::path::Path;

use hoist_store::s3::{S3Bucket, S3Dialect};
use hoist_store::{Bucket as _, ListRequest, MultipartUpload as _};

use killing::{Moment, Scene, block_on, kills, server};

const MIB: u64 = 1 << 20;

/// One part of a file of this size.
const PART: u64 = 8 * MIB;

/// What may go again after a kill: eight requests of one part each.
const IN_FLIGHT: u64 = 8 * PART;

/// Heads of requests and answers, lists of parts, and what stood in buffers.
const ENVELOPES: u64 = 4 * MIB;

fn bucket(name: &str) -> S3Bucket {
    S3Bucket::new(server().config(S3Dialect::Generic, name)).unwrap()
}

/// No upload that was begun is left over.
fn no_orphans(bucket: &S3Bucket) {
    assert_eq!(block_on(bucket.list_uploads("")).unwrap(), []);
}

#[test]
fn a_large_upload_is_killed_and_arrives() {
    let mut scene = Scene::new("crash-up");
    let size = 128 * MIB;
    let source = scene.noise("large.bin", size);
    let (mut sent, mut most) = (0, size);
    for kill in 0..kills() {
        // Right at the start, near the end, and anywhere.
        let moment = match kill {
            0 => Moment::After(scene.random.u64(0..300)),
            1 => Moment::Moved(size - 8 * MIB),
            _ => Moment::Moved(scene.random.u64(1..size / 2)),
        };
        match scene.run_and_kill(&["put", "large.bin", "cloud:"], moment) {
            Some(run) => (sent, most) = (sent + run.up, most + run.up.min(IN_FLIGHT)),
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
}

#[test]
fn a_large_download_is_killed_and_arrives() {
    let mut scene = Scene::new("crash-down");
    let size = 128 * MIB;
    let source = scene.noise("large.bin", size);
    scene.run_to_the_end(&["put", "large.bin", "cloud:"]);
    let (mut received, mut most) = (0, size);
    let get = ["get", "cloud:large.bin", "out/back.bin"];
    for kill in 0..kills() {
        let moment = match kill {
            0 => Moment::After(scene.random.u64(0..300)),
            1 => Moment::Moved(size - 8 * MIB),
            _ => Moment::Moved(scene.random.u64(1..size / 2)),
        };
        match scene.run_and_kill(&get, moment) {
            Some(run) => (received, most) = (received + run.down, most + run.down.min(IN_FLIGHT)),
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
}

#[test]
fn a_tree_is_killed_both_ways_and_arrives() {
    let mut scene = Scene::new("crash-tree");
    for n in 0..200 {
        scene.noise(&format!("tree/{}/{n}", n % 7), n * 97);
    }
    scene.noise("tree/large.bin", 20 * MIB);
    let get = ["get", "cloud:t/", "out"];
    for (args, most) in [(&["put", "tree", "cloud:t"], 1_500), (&get, 1_500)] {
        for _ in 0..kills() {
            let moment = Moment::After(scene.random.u64(0..most));
            scene.run_and_kill(args, moment);
        }
        scene.run_to_the_end(args);
    }
    let bucket = bucket("crash-tree");
    no_orphans(&bucket);
    let listed = block_on(bucket.list(&ListRequest::default())).unwrap();
    assert_eq!(listed.objects.len(), 201);
    assert_eq!(files(&scene.path("tree")), files(&scene.path("out")));
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
