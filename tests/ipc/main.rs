//! What a window may ask for, and what it gets, with the real capabilities and no window system.

#![allow(clippy::unwrap_used)]

mod backups;
mod harness;
mod manager;
mod models;
mod transforms;
mod versions;

use std::time::Instant;

use harness::{Desk, png};
use hoist_core::profile::{Profile, Provider, SecretRef};
use serde_json::{Value, json};

#[test]
fn each_window_may_call_what_its_capability_names_and_another_window_nothing() {
    let desk = Desk::open();
    let conf: Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
    let capabilities = &conf["app"]["security"]["capabilities"];
    let may = |window: usize, command: &str| {
        let wanted = format!("allow-{}", command.replace('_', "-"));
        capabilities[window]["permissions"].as_array().unwrap().iter().any(|name| *name == wanted)
    };
    for command in hoist_desktop::COMMANDS {
        assert!(may(0, command) || may(1, command), "{command} is of no window");
        for (n, window) in [&desk.main, &desk.manager].into_iter().enumerate() {
            // Without arguments most calls fail, but never for want of a permission.
            let refused = desk
                .call(window, command, json!({}))
                .is_err_and(|error| error.to_string().contains("not allowed"));
            assert_eq!(refused, !may(n, command), "{command} in {}", window.label());
        }
        let refused = desk.call(&desk.other, command, json!({})).unwrap_err();
        assert!(refused.to_string().contains("not allowed"), "{command}: {refused}");
    }
    // What a window has no use for it may not do.
    for (window, command) in [(0, "object_delete"), (1, "profile_save"), (1, "upload_paths")] {
        assert!(!may(window, command), "{command}");
    }
}

#[test]
fn a_page_from_elsewhere_in_the_main_window_may_call_nothing() {
    let desk = Desk::open();
    let refused =
        desk.call_from(&desk.main, "https://example.com/", "app_info", json!({})).unwrap_err();
    assert!(refused.to_string().contains("not allowed"), "{refused}");
}

#[test]
fn commands_of_plugins_are_out_of_reach() {
    let desk = Desk::open();
    for command in [
        "plugin:dialog|open",
        "plugin:opener|open_url",
        "plugin:window|close",
        "plugin:notification|notify",
    ] {
        let refused = desk.call(&desk.main, command, json!({})).unwrap_err();
        let words = refused.to_string();
        assert!(words.contains("not allowed") || words.contains("not found"), "{command}: {words}");
    }
}

#[test]
fn an_upload_ends_in_a_link_on_the_clipboard_and_a_row_in_the_history() {
    let desk = Desk::open();
    let file = desk.dir.path().join("a b.png");
    std::fs::write(&file, png()).unwrap();
    let batch = desk.call(&desk.main, "upload_paths", json!({ "paths": [file] })).unwrap();
    assert!(batch.as_u64().is_some(), "{batch}");

    let link = desk.wait_for("a link", || desk.clipboard.text());
    assert!(link.starts_with("![a b](http://127.0.0.1:"), "{link}");
    let query = json!({ "text": "", "profile": null });
    let outline = desk.call(&desk.main, "history_outline", json!({ "query": query })).unwrap();
    assert_eq!(outline["total"], 1);
    let rows = desk
        .call(&desk.main, "history_rows", json!({ "query": query, "offset": 0, "limit": 10 }))
        .unwrap();
    assert_eq!(rows[0]["name"], "a b.png");
    let id = rows[0]["id"].clone();

    let copied = desk
        .call(&desk.main, "copy_history_links", json!({ "ids": [id], "format": "html" }))
        .unwrap();
    assert_eq!(copied["count"], 1);
    assert!(desk.clipboard.text().unwrap().starts_with("<img "));
    desk.call(&desk.main, "copy_text", json!({ "text": "in words" })).unwrap();
    assert_eq!(desk.clipboard.text().unwrap(), "in words");

    desk.call(&desk.main, "open_history", json!({ "id": id })).unwrap();
    assert_eq!(desk.host.opened(), [rows[0]["url"].as_str().unwrap()]);
}

#[test]
fn a_window_gets_a_snapshot_and_then_numbered_deltas() {
    let desk = Desk::open();
    let snapshot =
        desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" })).unwrap();
    assert_eq!(snapshot["settings"]["linkFormat"], "markdown");
    assert_eq!(snapshot["profiles"][0]["profile"]["name"], "local");
    let file = desk.dir.path().join("a.png");
    std::fs::write(&file, png()).unwrap();
    desk.call(&desk.main, "upload_paths", json!({ "paths": [file] })).unwrap();

    let deltas = desk.wait_for("the end of the batch", || {
        let deltas = desk.deltas();
        let over = deltas
            .iter()
            .any(|delta| delta["events"].as_array().unwrap().iter().any(|e| e["type"] == "batch"));
        over.then_some(deltas)
    });
    let first = snapshot["seq"].as_u64().unwrap() + 1;
    for (index, delta) in deltas.iter().enumerate() {
        assert_eq!(delta["seq"].as_u64().unwrap(), first + index as u64);
    }
}

#[test]
fn a_thousand_uploads_are_few_messages() {
    let desk = Desk::open();
    desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" })).unwrap();
    // Files that are not there fail at once: a storm of events.
    let paths: Vec<String> = (0..1000).map(|n| format!("/nowhere/{n}.png")).collect();
    let started = Instant::now();
    desk.call(&desk.main, "upload_paths", json!({ "paths": paths })).unwrap();
    desk.wait_for("the end of the batch", || {
        let over = |delta: &Value| {
            delta["events"].as_array().unwrap().iter().any(|e| e["type"] == "batch")
        };
        desk.deltas().iter().any(over).then_some(())
    });
    let most = started.elapsed().as_millis() / 100 + 2;
    assert!(
        (desk.deltas().len() as u128) <= most,
        "{} messages, at most {most}",
        desk.deltas().len()
    );
}

#[test]
fn a_failure_says_what_and_what_next_in_both_languages() {
    let desk = Desk::open();
    let failure =
        desk.call(&desk.main, "transform_check", json!({ "spec": "w=wide" })).unwrap_err();
    assert_eq!(failure["code"], "transformInvalid");
    for language in ["en", "zh"] {
        for part in ["short", "what", "fix"] {
            assert!(!failure[language][part].as_str().unwrap().is_empty(), "{language}.{part}");
        }
    }
    let failure = desk.call(&desk.main, "upload_clipboard", json!({})).unwrap_err();
    assert_eq!(failure["code"], "clipboardEmpty");
}

#[test]
fn chosen_files_are_uploaded_and_a_closed_dialog_is_nothing() {
    let desk = Desk::open();
    assert_eq!(desk.call(&desk.main, "choose_files", json!({})).unwrap(), Value::Null);
    let file = desk.dir.path().join("chosen.png");
    std::fs::write(&file, png()).unwrap();
    desk.host.choose(vec![file]);
    assert!(desk.call(&desk.main, "choose_files", json!({})).unwrap().as_u64().is_some());
    desk.wait_for("a link", || desk.clipboard.text());
}

#[test]
fn saved_settings_reach_the_desktop_before_the_answer() {
    let desk = Desk::open();
    let snapshot =
        desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" })).unwrap();
    let mut settings = snapshot["settings"].clone();
    settings["shortcut"] = json!("Ctrl+Shift+F9");
    let kept = desk.call(&desk.main, "settings_save", json!({ "settings": settings })).unwrap();
    assert_eq!(kept["shortcut"], "Ctrl+Shift+F9");
    assert_eq!(desk.host.shortcut(), "Ctrl+Shift+F9");
}

#[test]
fn a_secret_goes_in_and_never_comes_out() {
    const SECRET: &str = "the-secret-of-this-test-0123456789";
    let desk = Desk::open();
    desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" })).unwrap();
    let profile = Profile {
        bucket: "pictures".into(),
        endpoint: Some("http://127.0.0.1:9".into()),
        secret: SecretRef::File,
        ..Profile::new("mine", Provider::Minio)
    };
    let secret =
        json!({ "accessKeyId": "AKIAMINE", "secretAccessKey": SECRET, "sessionToken": null });
    let saved = desk
        .call(
            &desk.main,
            "profile_save",
            json!({ "profile": profile, "secret": secret, "previous": null }),
        )
        .unwrap();
    assert_eq!(saved["secretSet"], true);
    assert_eq!(saved["accessKeyId"], "AKIAMINE");

    let told = desk.wait_for("the profile in an event", || {
        let told = Value::from(desk.deltas()).to_string();
        told.contains("AKIAMINE").then_some(told)
    });
    let again = desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" })).unwrap();
    for text in [saved.to_string(), told, again.to_string()] {
        assert!(!text.contains(SECRET), "{text}");
    }
    let config = std::fs::read_to_string(desk.dir.path().join("home/config.toml")).unwrap();
    assert!(config.contains("mine") && !config.contains(SECRET), "{config}");
    // A secret also stays out of the words about a call that cannot be read.
    let garbled = desk.call(
        &desk.main,
        "profile_save",
        json!({ "profile": 1, "secret": secret, "previous": null }),
    );
    assert!(!garbled.unwrap_err().to_string().contains(SECRET));
}
