//! Versions of an object, on a bucket of OSS that keeps them.

use hoist_core::profile::{Profile, Provider, SecretRef};
use hoist_store::Versioning;
use hoist_testkit::oss::OssServer;
use serde_json::{Value, json};

use crate::harness::Desk;
use crate::manager::{ask, ended, subscribe, upload};

/// The profile `cloud` on a bucket that keeps versions.
fn cloud(desk: &Desk) -> OssServer {
    let server = tauri::async_runtime::block_on(OssServer::start());
    let profile = Profile {
        bucket: server.bucket().into(),
        region: Some(server.region().into()),
        endpoint: Some(server.url()),
        secret: SecretRef::File,
        ..Profile::new("cloud", Provider::Oss)
    };
    let secret = json!({
        "accessKeyId": server.access_key(), "secretAccessKey": server.secret_key(),
        "sessionToken": null,
    });
    let arguments = json!({ "profile": profile, "secret": secret, "previous": null });
    desk.call(&desk.main, "profile_save", arguments).unwrap();
    tauri::async_runtime::block_on(async {
        let account = desk.core.bucket_account("cloud").await.unwrap();
        let setup = account.setup(None).unwrap();
        setup.config().put_versioning(Versioning::Enabled).await.unwrap();
    });
    server
}

fn versions(desk: &Desk) -> Vec<Value> {
    let key = json!({ "place": "cloud", "key": "a/notes.txt" });
    ask(desk, "object_versions", key).as_array().unwrap().clone()
}

/// Sizes, the current one and marks of deletion.
fn told(versions: &[Value]) -> Vec<(f64, bool, bool)> {
    let told = versions.iter().map(|version| {
        let is = |name: &str| version[name].as_bool().unwrap();
        (version["size"].as_f64().unwrap(), is("latest"), is("deleted"))
    });
    told.collect()
}

#[test]
fn a_version_is_listed_restored_downloaded_and_deleted() {
    let desk = Desk::open();
    subscribe(&desk);
    let _server = cloud(&desk);
    upload(&desk, "cloud", "a/", &[("notes.txt", b"one")]);
    upload(&desk, "cloud", "a/", &[("notes.txt", b"another")]);
    let stat = ask(&desk, "object_stat", json!({ "place": "cloud", "key": "a/notes.txt" }));
    assert_eq!(stat["versions"], true);
    let listed = versions(&desk);
    assert_eq!(told(&listed), [(7.0, true, false), (3.0, false, false)]);
    assert!(listed[0]["modified"].as_f64().unwrap() > 1.7e12, "{listed:?}");
    let first = listed[1]["id"].clone();
    let one =
        |version: &Value| json!({ "place": "cloud", "key": "a/notes.txt", "version": version });

    let into = desk.dir.path().join("down");
    std::fs::create_dir(&into).unwrap();
    std::fs::write(into.join("notes.txt"), "mine").unwrap();
    let mut wanted = one(&first);
    wanted["into"] = Value::Null;
    assert_eq!(ask(&desk, "version_download", wanted.clone()), Value::Null, "no folder was chosen");
    desk.host.choose(vec![into.clone()]);
    let id = ask(&desk, "version_download", wanted);
    let done = ended(&desk, &id, "done");
    assert_eq!((&done["kind"], &done["name"]), (&json!("download"), &json!("notes.txt")));
    assert_eq!(std::fs::read(into.join("notes (2).txt")).unwrap(), b"one");
    assert_eq!(std::fs::read(into.join("notes.txt")).unwrap(), b"mine");

    let before = desk.events("objects").len();
    ask(&desk, "version_restore", one(&first));
    assert_eq!(told(&versions(&desk))[0], (3.0, true, false));
    desk.wait_for("the listing", || (desk.events("objects").len() > before).then_some(()));

    // Deleted, it is not listed; without the mark of that it is there again.
    let id = ask(&desk, "object_delete", json!({ "place": "cloud", "keys": ["a/notes.txt"] }));
    ended(&desk, &id, "done");
    let listed = versions(&desk);
    assert_eq!((listed.len(), told(&listed)[0]), (4, (0.0, true, true)));
    ask(&desk, "version_delete", one(&listed[0]["id"]));
    assert_eq!(told(&versions(&desk))[0], (3.0, true, false));
    ask(&desk, "version_delete", one(&first));
    assert_eq!(told(&versions(&desk)), [(3.0, true, false), (7.0, false, false)]);
    let gone = desk.call(&desk.manager, "version_restore", one(&first)).unwrap_err();
    assert_eq!(gone["code"], "objectNotFound");
}

#[test]
fn the_built_in_store_says_that_it_has_none() {
    let desk = Desk::open();
    subscribe(&desk);
    upload(&desk, "local", "", &[("notes.txt", b"one")]);
    let key = json!({ "place": "local", "key": "notes.txt" });
    assert_eq!(ask(&desk, "object_stat", key.clone())["versions"], false);
    assert_eq!(ask(&desk, "object_versions", key), Value::Null);
    for command in ["version_restore", "version_delete", "version_download"] {
        let into = desk.dir.path();
        let one = json!({ "place": "local", "key": "notes.txt", "version": "null", "into": into });
        let refused = desk.call(&desk.manager, command, one).unwrap_err();
        assert_eq!(refused["code"], "unsupported", "{command}");
    }
}
