//! Thousands of objects while everything goes wrong now and then: none is lost, none is wrong.

use std::collections::BTreeMap;

use hoist_store::{Bucket as _, ListRequest};
use hoist_testkit::hoist::block_on;
use hoist_testkit::proxy::{Trouble, Which};
use md5::{Digest as _, Md5};

use crate::scene::{MIB, Scene};

/// In a thousand requests: every tenth is lost, and one in ten of the others meets something else.
const CHANCES: [(u32, Trouble); 7] = [
    (100, Trouble::Drop),
    (20, Trouble::Reset),
    (20, Trouble::Busy(0)),
    (5, Trouble::Busy(1)),
    (20, Trouble::Truncate),
    (20, Trouble::Corrupt),
    (15, Trouble::LoseAnswer),
];

/// Objects that the store refuses, each way.
const HOPELESS: usize = 10;

fn objects() -> usize {
    std::env::var("HOIST_FAULTS_OBJECTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000)
}

/// Keys and MD5s of all that is in the bucket. The ETag of what went in one request is its MD5.
fn listed(scene: &Scene) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut request = ListRequest::default();
    loop {
        let page = block_on(scene.bucket.list(&request)).unwrap();
        all.extend(page.objects.into_iter().map(|object| (object.key, object.etag.unwrap())));
        match page.next {
            Some(next) => request.page = Some(next),
            None => return all,
        }
    }
}

#[test]
fn of_many_objects_none_is_lost_and_none_is_wrong() {
    let mut scene = Scene::new("faults-many");
    let count = objects();
    let mut sent = BTreeMap::new();
    for n in 0..count {
        let name = format!("{:02}/{n:05}.bin", n % 40);
        let len = scene.random.usize(0..6_000);
        sent.insert(name.clone(), scene.noise(&format!("tree/{name}"), len));
    }
    for n in 0..3 {
        let name = format!("large/{n}.bin");
        let len = 20 * MIB + n;
        sent.insert(name.clone(), scene.noise(&format!("tree/{name}"), len));
    }

    // What cannot succeed is told, each for itself, and keeps nothing else from arriving.
    for n in 0..HOPELESS {
        let name = format!("denied/{n}.bin");
        sent.insert(name.clone(), scene.noise(&format!("tree/{name}"), 500));
    }
    scene.proxy.rule(
        Which::all("PUT", "/t/denied/").times(HOPELESS),
        Trouble::Refuse(403, "AccessDenied"),
    );
    let full = count >= 10_000;
    if full {
        // Given up after a minute and a half.
        scene.proxy.rule(Which::first("PUT", "/t/00/"), Trouble::Mute);
        scene.proxy.rule(Which::first("GET", "/t/01/"), Trouble::Mute);
    }

    scene.proxy.chances(scene.seed, &CHANCES);
    scene.proxy.rule(Which::first("PUT", "partNumber=2"), Trouble::Stall);
    scene.proxy.rule(Which::first("POST", "uploadId="), Trouble::ErrorInside("InternalError"));
    let up = scene.run(&["put", "tree", "cloud:t", "--json"]).exits(1);
    eprintln!("{count} objects up in {:?}: {:?}", up.took, scene.proxy.made());
    assert_eq!(up.codes(), vec!["accessDenied"; HOPELESS], "{}", up.stderr);
    let succeeded = format!("\"succeeded\":{}", sent.len() - HOPELESS);
    assert!(up.stdout.contains(&succeeded), "{}", up.stderr);
    scene.no_orphans();
    assert_eq!(listed(&scene).len(), sent.len() - HOPELESS);
    scene.run(&["put", "tree", "cloud:t", "--json"]).exits(0);
    let listed = listed(&scene);
    assert_eq!(listed.len(), sent.len());
    for (name, bytes) in &sent {
        let etag = &listed[&format!("t/{name}")];
        if bytes.len() > 8 * MIB {
            assert!(scene.stored(&format!("t/{name}")).unwrap() == *bytes, "{name} differs");
        } else {
            assert_eq!(*etag, hex::encode(Md5::digest(bytes)), "{name} differs");
        }
    }

    scene.proxy.rule(Which::first("GET", "large/1.bin"), Trouble::Stall);
    scene
        .proxy
        .rule(Which::all("GET", "/t/denied/").times(HOPELESS), Trouble::Refuse(404, "NoSuchKey"));
    let down = scene.run(&["get", "cloud:t/", "back", "--json"]).exits(1);
    eprintln!("{count} objects down in {:?}: {:?}", down.took, scene.proxy.made());
    assert_eq!(down.codes(), vec!["objectNotFound"; HOPELESS], "{}", down.stderr);
    assert!(down.stdout.contains(&succeeded), "{}", down.stderr);
    assert_eq!(files_below(&scene.path("back")), sent.len() - HOPELESS);
    scene.run(&["get", "cloud:t/", "back", "--json"]).exits(0);
    for (name, bytes) in &sent {
        assert!(std::fs::read(scene.path("back").join(name)).unwrap() == *bytes, "{name} differs");
    }
    assert_eq!(files_below(&scene.path("back")), sent.len(), "nothing is left over");
    let made = scene.proxy.made();
    for (_, trouble) in CHANCES {
        assert!(made.get(&trouble).is_some_and(|n| *n > 0), "{trouble:?} never happened");
    }
    assert_eq!(made[&Trouble::Stall], 2);
    assert_eq!(made.get(&Trouble::Mute).copied(), full.then_some(2));
    assert_eq!(made[&Trouble::ErrorInside("InternalError")], 1);
}

fn files_below(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files_below(&path) } else { 1 }
        })
        .sum()
}
