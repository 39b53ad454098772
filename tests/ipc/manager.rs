//! What the window of files and transfers may ask for, on the built-in store.

use hoist_desktop::host::Kind;
use hoist_testkit::fetch;
use serde_json::{Value, json};

use crate::harness::{Desk, png};

const MIB: usize = 1 << 20;

pub(crate) fn ask(desk: &Desk, command: &str, arguments: Value) -> Value {
    desk.call(&desk.manager, command, arguments)
        .unwrap_or_else(|error| panic!("{command}: {error}"))
}

pub(crate) fn subscribe(desk: &Desk) {
    ask(desk, "subscribe", json!({ "channel": "__CHANNEL__:7" }));
}

/// How a transfer stands, as it was last told.
fn told(desk: &Desk, id: &Value) -> Option<Value> {
    desk.events("transfer")
        .into_iter()
        .rfind(|event| event["transfer"]["id"] == *id)
        .map(|event| event["transfer"].clone())
}

pub(crate) fn ended(desk: &Desk, id: &Value, state: &str) -> Value {
    desk.wait_for(state, || told(desk, id).filter(|transfer| transfer["state"] == state))
}

/// Uploads files chosen in the dialog, and waits for the end.
pub(crate) fn upload(desk: &Desk, place: &str, prefix: &str, files: &[(&str, &[u8])]) -> Value {
    let paths = files.iter().map(|(name, bytes)| {
        let path = desk.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    });
    desk.host.choose(paths.collect());
    let arguments = json!({ "place": place, "prefix": prefix, "folders": false });
    let id = ask(desk, "choose_upload", arguments);
    ended(desk, &id, "done")
}

fn list(desk: &Desk, place: &str, prefix: &str) -> Value {
    ask(desk, "object_list", json!({ "place": place, "prefix": prefix, "page": null }))
}

#[test]
fn the_windows_open_each_other() {
    let desk = Desk::open();
    desk.call(&desk.main, "open_manager", json!({})).unwrap();
    ask(&desk, "open_main", json!({}));
    assert_eq!(desk.host.shown(), [Kind::Manager, Kind::Main]);
}

#[test]
fn chosen_files_are_uploaded_listed_looked_up_linked_and_deleted() {
    let desk = Desk::open();
    subscribe(&desk);
    let picture = png();
    let done = upload(&desk, "local", "trip/", &[("a b.png", &picture), ("notes.txt", b"hello")]);
    assert_eq!((&done["kind"], &done["name"]), (&json!("upload"), &json!("a b.png + 1")));
    assert_eq!((&done["filesDone"], &done["filesTotal"]), (&json!(2.0), &json!(2.0)));
    assert_eq!(done["target"]["prefix"], "trip/");
    let changed = desk.wait_for("the listing", || desk.events("objects").pop());
    assert_eq!((&changed["place"], &changed["prefix"]), (&json!("local"), &json!("trip/")));

    let root = list(&desk, "local", "");
    assert_eq!(root["folders"], json!(["trip/"]));
    let folder = list(&desk, "local", "trip/");
    let keys: Vec<&str> =
        folder["objects"].as_array().unwrap().iter().map(|o| o["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["trip/a b.png", "trip/notes.txt"]);
    assert_eq!(folder["next"], Value::Null);

    let key = json!({ "place": "local", "key": "trip/a b.png" });
    let details = ask(&desk, "object_stat", key.clone());
    assert_eq!(details["contentType"], "image/png");
    assert_eq!(details["size"], picture.len() as f64);
    assert!(details["publicUrl"].as_str().unwrap().ends_with("/trip/a%20b.png"), "{details}");
    assert_eq!(ask(&desk, "object_acl", key.clone()), Value::Null);
    assert_eq!(ask(&desk, "object_versions", key.clone()), Value::Null);

    let shown = ask(&desk, "object_preview", key);
    assert_eq!((&shown["width"], &shown["height"]), (&json!(16), &json!(12)));
    let path = shown["path"].as_str().unwrap();
    assert!(path.starts_with(desk.dir.path().join("home/cache/previews").to_str().unwrap()));
    let text = json!({ "place": "local", "key": "trip/notes.txt" });
    assert_eq!(ask(&desk, "object_preview", text), Value::Null);

    let copied = ask(
        &desk,
        "copy_object_links",
        json!({ "place": "local", "keys": ["trip/a b.png"], "format": "url" }),
    );
    assert_eq!(copied["text"], details["publicUrl"]);

    let keys = json!({ "place": "local", "keys": ["trip/"] });
    assert_eq!(ask(&desk, "object_count", keys.clone())["objects"], 2.0);
    let id = ask(&desk, "object_delete", keys);
    assert!(id.as_f64().unwrap() < 0.0, "{id}");
    let done = ended(&desk, &id, "done");
    assert_eq!((&done["kind"], &done["filesDone"]), (&json!("delete"), &json!(2.0)));
    assert_eq!(list(&desk, "local", "")["folders"], json!([]));
}

#[test]
fn a_signed_link_opens_without_keys_and_is_a_code_too() {
    let desk = Desk::open();
    subscribe(&desk);
    upload(&desk, "local", "", &[("私 1.txt", b"for you")]);
    let arguments = json!({ "place": "local", "key": "私 1.txt", "seconds": 60, "download": true });
    let link = ask(&desk, "presign", arguments);
    let rows = link["qr"].as_array().unwrap();
    assert!(rows.iter().all(|row| row.as_str().unwrap().len() == rows.len()));
    let url = link["url"].as_str().unwrap().to_owned();
    ask(&desk, "copy_text", json!({ "text": url }));
    assert_eq!(desk.clipboard.text().unwrap(), url);
    let answer = tauri::async_runtime::block_on(fetch("GET", &url, &[], ""));
    let disposition = answer.header("content-disposition");
    assert_eq!(&answer.body[..], b"for you");
    assert!(disposition.starts_with("attachment; filename*=UTF-8''%E7%A7%81%201"), "{disposition}");
    let forever =
        json!({ "place": "local", "key": "x", "seconds": 8 * 24 * 3600, "download": false });
    desk.call(&desk.manager, "presign", forever).unwrap_err();
}

#[test]
fn objects_are_renamed_moved_to_another_folder_and_given_other_headers() {
    let desk = Desk::open();
    subscribe(&desk);
    upload(&desk, "local", "a/", &[("one.txt", b"1"), ("two.txt", b"22")]);
    ask(&desk, "folder_create", json!({ "place": "local", "prefix": "b/" }));
    desk.wait_for("the listing", || {
        desk.events("objects").into_iter().find(|event| event["prefix"] == "")
    });
    let again = json!({ "place": "local", "prefix": "b/" });
    assert_eq!(
        desk.call(&desk.manager, "folder_create", again).unwrap_err()["code"],
        "alreadyExists"
    );
    let request = |keys: Value, prefix: &str, exact: Value, moves: bool| {
        json!({ "request": {
            "from": "local", "keys": keys, "base": "a/", "to": "local", "prefix": prefix,
            "exactKey": exact, "existing": "skip", "removeSource": moves,
        }})
    };
    let renamed = request(json!(["a/one.txt"]), "a/", json!("a/一.txt"), true);
    let id = ask(&desk, "object_copy", renamed);
    assert_eq!(ended(&desk, &id, "done")["kind"], "move");
    let id = ask(&desk, "object_copy", request(json!(["a/two.txt"]), "b/", Value::Null, false));
    assert_eq!(ended(&desk, &id, "done")["kind"], "copy");
    let keys = |prefix: &str| -> Vec<String> {
        let objects = list(&desk, "local", prefix)["objects"].clone();
        objects.as_array().unwrap().iter().map(|o| o["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys("a/"), ["a/two.txt", "a/一.txt"]);
    assert_eq!(keys("b/"), ["b/two.txt"]);

    let headers = json!({
        "contentType": "text/markdown", "cacheControl": "max-age=60", "contentDisposition": null,
        "metadata": [["author", "me"]],
    });
    let arguments = json!({ "place": "local", "key": "b/two.txt", "headers": headers });
    let details = ask(&desk, "object_headers", arguments);
    assert_eq!(details["contentType"], "text/markdown");
    assert_eq!(details["metadata"], json!([["author", "me"]]));
    assert_eq!(details["size"], 2.0);
}

#[test]
fn objects_and_folders_come_down_under_their_own_names() {
    let desk = Desk::open();
    subscribe(&desk);
    upload(&desk, "local", "a/eval/", &[("one.txt", b"1"), ("two.txt", b"22")]);
    upload(&desk, "local", "a/", &[("top.txt", b"333")]);
    let into = desk.dir.path().join("down");
    std::fs::create_dir(&into).unwrap();
    let wanted = json!({
        "place": "local", "keys": ["a/top.txt", "a/eval/"], "existing": "both", "into": null,
    });
    assert_eq!(
        ask(&desk, "transfer_download", wanted.clone()),
        Value::Null,
        "no folder was chosen"
    );
    desk.host.choose(vec![into.clone()]);
    let id = ask(&desk, "transfer_download", wanted);
    let done = ended(&desk, &id, "done");
    assert_eq!((&done["kind"], &done["detail"]), (&json!("download"), &json!(into)));
    desk.wait_for("the folder", || into.join("eval/two.txt").exists().then_some(()));
    assert_eq!(std::fs::read(into.join("top.txt")).unwrap(), b"333");
    let rows = ask(&desk, "transfer_list", json!({}));
    assert_eq!(rows.as_array().unwrap().len(), 4, "{rows}");
    desk.wait_for("the end of all", || {
        let rows = ask(&desk, "transfer_list", json!({}));
        rows.as_array().unwrap().iter().all(|row| row["state"] == "done").then_some(())
    });
    ask(&desk, "transfer_clear", json!({}));
    assert_eq!(ask(&desk, "transfer_list", json!({})), json!([]));
}

#[test]
fn a_large_upload_is_held_back_paused_gone_on_with_and_shows_its_parts() {
    let desk = Desk::open();
    subscribe(&desk);
    ask(&desk, "set_rate_limit", json!({ "bytesPerSecond": 4 * MIB }));
    let file = desk.dir.path().join("large.bin");
    let bytes: Vec<u8> = (0..20 * MIB).map(|n| (n * 31 / 7) as u8).collect();
    std::fs::write(&file, &bytes).unwrap();
    desk.host.choose(vec![file]);
    let arguments = json!({ "place": "local", "prefix": "", "folders": false });
    let id = ask(&desk, "choose_upload", arguments);
    let moving = desk.wait_for("parts on their way", || {
        let row = told(&desk, &id)?;
        let flying = row["parts"]["flying"].as_array()?.len();
        (flying > 0 && row["speed"].as_f64()? > 0.0).then_some(row)
    });
    assert_eq!(moving["parts"]["total"], 3);
    assert!(moving["secondsLeft"].as_f64().unwrap() >= 1.0, "{moving}");
    desk.wait_for("a speed", || {
        desk.events("speed").into_iter().find(|event| event["up"].as_f64().unwrap() > 0.0)
    });
    ask(&desk, "transfer_pause", json!({ "id": id }));
    let paused = ended(&desk, &id, "paused");
    assert_eq!(paused["parts"]["flying"], json!([]));
    desk.wait_for("no more speed", || {
        desk.events("speed").pop().filter(|event| event["up"] == 0.0)
    });

    ask(&desk, "transfer_priority", json!({ "id": id, "priority": "high" }));
    desk.wait_for("the priority", || told(&desk, &id).filter(|row| row["priority"] == "high"));
    ask(&desk, "set_rate_limit", json!({ "bytesPerSecond": null }));
    ask(&desk, "transfer_resume_all", json!({}));
    let done = ended(&desk, &id, "done");
    assert_eq!(done["bytesDone"], 20.0 * MIB as f64);
    let stored = ask(&desk, "object_stat", json!({ "place": "local", "key": "large.bin" }));
    assert_eq!(stored["size"], 20.0 * MIB as f64);
    let over = desk.call(&desk.manager, "transfer_resume", json!({ "id": id })).unwrap_err();
    assert_eq!(over["code"], "transferOver");
}

#[test]
fn what_was_interrupted_goes_on_at_the_next_start_where_the_settings_say_so() {
    let mut desk = Desk::open();
    subscribe(&desk);
    ask(&desk, "set_rate_limit", json!({ "bytesPerSecond": MIB }));
    let bytes: Vec<u8> = (0..9 * MIB).map(|n| (n * 31 / 7) as u8).collect();
    let upload = |desk: &Desk, name: &str| {
        let file = desk.dir.path().join(name);
        std::fs::write(&file, &bytes).unwrap();
        desk.host.choose(vec![file]);
        let arguments = json!({ "place": "local", "prefix": "", "folders": false });
        ask(desk, "choose_upload", arguments)
    };
    let (going, paused) = (upload(&desk, "going.bin"), upload(&desk, "paused.bin"));
    for id in [&going, &paused] {
        ended(&desk, id, "running");
    }
    ask(&desk, "transfer_pause", json!({ "id": paused }));
    ended(&desk, &paused, "paused");

    let begun = |desk: &Desk| tauri::async_runtime::block_on(desk.core.continue_transfers());
    let states = |desk: &Desk| -> Vec<Value> {
        let rows = ask(desk, "transfer_list", json!({}));
        rows.as_array().unwrap().iter().map(|row| row["state"].clone()).collect()
    };
    let set = |desk: &Desk, on: bool| {
        let snapshot = desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" }));
        let mut settings = snapshot.unwrap()["settings"].clone();
        settings["continueTransfers"] = json!(on);
        desk.call(&desk.main, "settings_save", json!({ "settings": settings })).unwrap();
    };
    set(&desk, false);
    desk = desk.restart();
    assert_eq!(begun(&desk).unwrap(), 0);
    assert_eq!(states(&desk), ["interrupted", "paused"]);

    set(&desk, true);
    desk = desk.restart();
    subscribe(&desk);
    assert_eq!(begun(&desk).unwrap(), 1);
    assert_eq!(ended(&desk, &going, "done")["bytesDone"], bytes.len() as f64);
    assert_eq!(states(&desk)[1], "paused");
}

#[test]
fn a_cancelled_transfer_goes_from_the_list_and_what_failed_says_why() {
    let desk = Desk::open();
    subscribe(&desk);
    desk.host.choose(vec![desk.dir.path().join("never.bin"), desk.dir.path().join("not.bin")]);
    let arguments = json!({ "place": "local", "prefix": "x/", "folders": false });
    let id = ask(&desk, "choose_upload", arguments);
    let failed = ended(&desk, &id, "failed");
    assert_eq!(failed["filesFailed"], 2.0);
    let failures = ask(&desk, "transfer_failures", json!({ "id": id }));
    assert_eq!(failures[0]["key"], "x/never.bin");
    assert_eq!(failures[0]["problem"]["code"], "fileNotFound");
    assert!(!failures[0]["problem"]["zh"]["what"].as_str().unwrap().is_empty());
    ask(&desk, "transfer_cancel", json!({ "id": id }));
    assert_eq!(ask(&desk, "transfer_list", json!({})), json!([]));
    let removed = desk.wait_for("the row to go", || desk.events("transfersRemoved").pop());
    assert_eq!(removed["ids"], json!([id]));
}

#[test]
fn a_page_names_no_file_of_this_computer_by_itself() {
    let desk = Desk::open();
    let arguments = json!({ "place": "local", "prefix": "", "drop": 1 });
    let nothing = desk.call(&desk.manager, "transfer_drop", arguments).unwrap_err();
    assert_eq!(nothing["code"], "cancelled");
    let closed = json!({ "place": "local", "prefix": "", "folders": true });
    assert_eq!(ask(&desk, "choose_upload", closed), Value::Null);
}

#[test]
fn buckets_of_an_account_are_places_of_their_own() {
    let desk = Desk::open();
    subscribe(&desk);
    let own = ask(&desk, "bucket_list", json!({ "profile": "local" }));
    assert_eq!(own, json!([{ "name": "images", "place": "local" }]));
    tauri::async_runtime::block_on(async {
        let account = desk.core.bucket_account("local").await.unwrap();
        account.create("datasets", &Default::default()).await.unwrap();
    });
    let both = ask(&desk, "bucket_list", json!({ "profile": "local" }));
    assert_eq!(both[0], json!({ "name": "datasets", "place": "local/datasets" }));

    let file = desk.dir.path().join("x.csv");
    std::fs::write(&file, "1,2").unwrap();
    desk.host.choose(vec![file]);
    let arguments = json!({ "place": "local/datasets", "prefix": "", "folders": false });
    let id = ask(&desk, "choose_upload", arguments);
    ended(&desk, &id, "done");
    assert_eq!(list(&desk, "local/datasets", "")["objects"][0]["key"], "x.csv");
    assert_eq!(list(&desk, "local", "")["objects"], json!([]));
    let key = json!({ "place": "local/datasets", "key": "x.csv" });
    assert_eq!(ask(&desk, "object_stat", key)["publicUrl"], Value::Null);
    let missing = json!({ "place": "nobody/x", "prefix": "", "page": null });
    let missing = desk.call(&desk.manager, "object_list", missing).unwrap_err();
    assert_eq!(missing["code"], "profileNotFound");
}
