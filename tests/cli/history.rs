//! `hoist history`.

use crate::harness::{Dir, get};

fn three(dir: &Dir) -> Vec<serde_json::Value> {
    dir.png("猫在窗台.png", 1);
    dir.png("dog.png", 2);
    dir.png("screenshot 2026.png", 3);
    dir.hoist(["upload", "--json", "猫在窗台.png", "dog.png", "screenshot 2026.png"])
        .run()
        .exits(0)
        .json()
}

#[test]
fn list_search_links_export() {
    let dir = Dir::new();
    let uploaded = three(&dir);

    let list = dir.hoist(["history"]).run().exits(0);
    assert_eq!(list.lines().len(), 3);
    assert!(list.lines().iter().all(|line| line.split('\t').count() == 6), "{}", list.stdout);
    assert_eq!(dir.hoist(["history", "-n", "1"]).run().exits(0).lines().len(), 1);
    assert_eq!(dir.hoist(["history", "-p", "nosuch"]).run().exits(0).stdout, "");

    for (text, name) in [
        ("窗台", "猫在窗台.png"),
        ("猫", "猫在窗台.png"),
        ("dog", "dog.png"),
        ("SCREEN", "screenshot 2026.png"),
    ] {
        let found = dir.hoist(["history", "search", "--json", text]).run().exits(0).json();
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0]["name"], name);
    }
    assert_eq!(dir.hoist(["history", "search", "nothing like it"]).run().exits(0).stdout, "");

    let id = uploaded[1]["historyId"].to_string();
    let link = dir.hoist(["history", "links", "-f", "markdown", &id]).run().exits(0);
    assert_eq!(link.stdout.trim(), uploaded[1]["markdown"].as_str().unwrap());
    assert_eq!(dir.hoist(["history", "links"]).run().exits(0).lines().len(), 3);

    let export = dir.hoist(["history", "export"]).run().exits(0).json();
    assert_eq!(export.len(), 3);
    let mut urls: Vec<_> = export.iter().map(|row| row["url"].clone()).collect();
    let mut wanted: Vec<_> = uploaded.iter().map(|row| row["url"].clone()).collect();
    urls.sort_by_key(|url| url.to_string());
    wanted.sort_by_key(|url| url.to_string());
    assert_eq!(urls, wanted);
}

#[test]
fn remove_forgets_and_remote_deletes() {
    let dir = Dir::new();
    let uploaded = three(&dir);
    let mut store = dir.hoist(["store"]).spawn();
    store.first_line();
    let url = |n: usize| uploaded[n]["url"].as_str().unwrap().to_owned();
    let id = |n: usize| uploaded[n]["historyId"].to_string();

    dir.hoist(["history", "remove", &id(0)]).run().exits(0);
    assert_eq!(get(&url(0)).0, 200, "forgetting deletes nothing");
    dir.hoist(["history", "remove", "--remote", &id(1)]).run().exits(0);
    assert_eq!(get(&url(1)).0, 404);
    assert_eq!(get(&url(2)).0, 200);
    let left = dir.hoist(["history", "--json"]).run().exits(0).json();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["url"], uploaded[2]["url"]);
    dir.hoist(["history", "remove", &id(1)]).run().exits(1);
}

#[test]
fn a_damaged_history_is_set_aside_and_uploads_go_on() {
    let dir = Dir::new();
    three(&dir);
    let db = dir.home().join("data/history.db");
    std::fs::write(&db, b"this is no database at all, but it was precious").unwrap();
    dir.png("new.png", 9);
    let run = dir.hoist(["upload", "new.png"]).run().exits(0);
    assert_eq!(run.lines().len(), 1);
    run.says("history");
    let kept = std::fs::read_dir(dir.home().join("data")).unwrap().any(|entry| {
        std::fs::read(entry.unwrap().path())
            .is_ok_and(|bytes| bytes.starts_with(b"this is no database"))
    });
    assert!(kept, "the damaged file is gone");
}
