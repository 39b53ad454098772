//! Backup rules over the IPC, sent to the built-in store.

use serde_json::{Value, json};

use crate::harness::Desk;

/// A rule for `*.npy` in a folder with two of them and something else.
fn rule(desk: &Desk) -> Value {
    let folder = desk.dir.path().join("runs");
    std::fs::create_dir_all(folder.join("deep")).unwrap();
    for (name, text) in [("a.npy", "aa"), ("deep/b.npy", "b"), ("notes.txt", "no")] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    json!({
        "name": "runs", "folder": folder, "patterns": ["*.npy"], "excludes": [], "profile": "local",
        "prefix": "data/{year}/", "keepFolders": true, "when": "manual", "enabled": true,
    })
}

#[test]
fn a_rule_is_tried_saved_run_and_removed() {
    let desk = Desk::open();
    desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" })).unwrap();
    let rule = rule(&desk);
    let preview = desk.call(&desk.main, "backup_preview", json!({ "rule": rule })).unwrap();
    let figures = ["files", "bytes", "changed", "changedBytes"].map(|key| preview[key].as_f64());
    assert_eq!(figures, [2.0, 3.0, 2.0, 3.0].map(Some));
    let year = jiff::Zoned::now().year();
    assert_eq!(preview["examples"][1]["key"], format!("data/{year}/deep/b.npy"));
    let folder = desk.call(&desk.main, "backup_folder", json!({ "rule": rule })).unwrap();
    assert_eq!(folder, format!("data/{year}/"));

    let saved =
        desk.call(&desk.main, "backup_save", json!({ "rule": rule, "previous": null })).unwrap();
    assert_eq!((&saved[0]["rule"], &saved[0]["last"]), (&rule, &Value::Null));
    let twice = desk.call(&desk.main, "backup_save", json!({ "rule": rule, "previous": null }));
    assert_eq!(twice.unwrap_err()["code"], "backupExists");

    desk.call(&desk.main, "backup_run", json!({ "name": "runs", "check": false })).unwrap();
    let told = desk.wait_for("how the run ended", || {
        let deltas = desk.deltas();
        let events = deltas.iter().flat_map(|delta| delta["events"].as_array().unwrap());
        let mut backups = events.filter(|event| event["type"] == "backups");
        backups.find(|event| event["backups"][0]["last"]["sent"] == 2.0).cloned()
    });
    assert_eq!(told["backups"][0]["running"], Value::Null);
    desk.call(&desk.main, "backup_run", json!({ "name": "runs", "check": true })).unwrap();
    let list = desk.call(&desk.main, "backup_list", json!({})).unwrap();
    assert_eq!(
        (&list[0]["last"]["sent"], &list[0]["last"]["unchanged"]),
        (&json!(0.0), &json!(2.0))
    );

    desk.call(&desk.main, "backup_delete", json!({ "name": "runs" })).unwrap();
    assert_eq!(desk.call(&desk.main, "backup_list", json!({})).unwrap(), json!([]));
    let gone = desk.call(&desk.main, "backup_run", json!({ "name": "runs", "check": false }));
    assert_eq!(gone.unwrap_err()["code"], "backupNotFound");
}

#[test]
fn a_rule_sends_to_another_bucket_of_the_account() {
    let desk = Desk::open();
    tauri::async_runtime::block_on(async {
        let account = desk.core.bucket_account("local").await.unwrap();
        account.create("datasets", &Default::default()).await.unwrap();
    });
    let mut rule = rule(&desk);
    rule["profile"] = json!("local/datasets");
    let preview = desk.call(&desk.main, "backup_preview", json!({ "rule": rule })).unwrap();
    assert_eq!(preview["changed"], 2.0);
    let saved =
        desk.call(&desk.main, "backup_save", json!({ "rule": rule, "previous": null })).unwrap();
    assert_eq!(saved[0]["rule"]["profile"], "local/datasets");
    desk.call(&desk.main, "backup_run", json!({ "name": "runs", "check": false })).unwrap();
    let keys = |place: &str| -> Vec<String> {
        let prefix = format!("data/{}/", jiff::Zoned::now().year());
        let asked = json!({ "place": place, "prefix": prefix, "page": null });
        let page = desk.call(&desk.manager, "object_list", asked).unwrap();
        let objects = page["objects"].as_array().unwrap().clone();
        objects.iter().map(|object| object["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys("local/datasets").len(), 1, "{:?}", keys("local/datasets"));
    assert_eq!(keys("local"), Vec::<String>::new());
    let list = desk.call(&desk.main, "backup_list", json!({})).unwrap();
    assert_eq!(list[0]["last"]["sent"], 2.0);
    assert_eq!(list[0]["problem"], Value::Null);
    rule["profile"] = json!("local/");
    let wrong = desk.call(&desk.main, "backup_preview", json!({ "rule": rule })).unwrap_err();
    assert_eq!((&wrong["code"], &wrong["field"]), (&json!("backupInvalid"), &json!("profile")));
}

#[test]
fn what_is_wrong_names_its_field() {
    let desk = Desk::open();
    let mut rule = rule(&desk);
    rule["prefix"] = json!("a/{name}");
    for command in ["backup_folder", "backup_preview", "backup_save"] {
        let arguments = json!({ "rule": rule, "previous": null });
        let problem = desk.call(&desk.main, command, arguments).unwrap_err();
        assert_eq!(
            (&problem["code"], &problem["field"]),
            (&json!("backupInvalid"), &json!("destination"))
        );
        assert!(problem["en"]["what"].as_str().unwrap().contains("column 3"), "{problem}");
    }
}

#[test]
fn the_folder_is_chosen_with_the_systems_dialog() {
    let desk = Desk::open();
    assert_eq!(desk.call(&desk.main, "choose_backup_folder", json!({})).unwrap(), Value::Null);
    let folder = desk.dir.path().join("runs");
    desk.host.choose(vec![folder.clone()]);
    let chosen = desk.call(&desk.main, "choose_backup_folder", json!({})).unwrap();
    assert_eq!(chosen, folder.to_str().unwrap());
}
