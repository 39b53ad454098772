//! The transform page: previews, links read and links copied.

use hoist_testkit::oss::{Acl, OssOptions, OssServer};
use serde_json::{Value, json};

use crate::harness::{Desk, png};

/// The row of a picture that has just been uploaded.
fn uploaded(desk: &Desk, name: &str) -> Value {
    let file = desk.dir.path().join(name);
    std::fs::write(&file, png()).unwrap();
    desk.call(&desk.main, "upload_paths", json!({ "paths": [file] })).unwrap();
    desk.wait_for("a row", || {
        let row = desk.call(&desk.main, "transform_sources", json!({})).unwrap();
        (row["name"] == name).then_some(row)
    })
}

fn preview(desk: &Desk, source: Value, spec: &str, place: &str) -> Value {
    let request = json!({ "source": source, "spec": spec, "place": place, "profile": null });
    desk.call(&desk.main, "transform_preview", json!({ "request": request })).unwrap()
}

#[test]
fn a_preview_shows_the_picture_before_and_after_inside_the_asset_scope() {
    let desk = Desk::open();
    assert_eq!(desk.call(&desk.main, "transform_sources", json!({})).unwrap(), Value::Null);
    let file = desk.dir.path().join("new.png");
    std::fs::write(&file, png()).unwrap();
    let row = uploaded(&desk, "old.png");
    let sources = [
        (json!({ "kind": "sample" }), "sample.jpg", (2400, 1600)),
        (json!({ "kind": "path", "path": file }), "new.png", (16, 12)),
        (json!({ "kind": "history", "id": row["id"] }), "old.png", (16, 12)),
    ];
    for (source, name, (width, height)) in sources {
        let view = preview(&desk, source, "w=8,format=webp", "here");
        assert_eq!((&view["place"], &view["name"]), (&json!("here"), &json!(name)));
        assert_eq!(view["before"]["width"], width);
        assert_eq!(view["before"]["height"], height);
        let after = &view["after"];
        assert_eq!((&after["width"], &after["format"]), (&json!(8), &json!("WebP")));
        let path = after["path"].as_str().unwrap();
        assert!(path.starts_with(desk.dir.path().join("home/cache/previews").to_str().unwrap()));
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(after["bytes"], bytes.len() as f64);
        assert_eq!(image::guess_format(&bytes).unwrap(), image::ImageFormat::WebP);
    }
}

#[test]
fn a_preview_without_a_result_says_why_beside_the_original() {
    let desk = Desk::open();
    let view = preview(&desk, json!({ "kind": "sample" }), "w=wide", "here");
    assert_eq!(view["after"], Value::Null);
    assert_eq!(view["problem"]["code"], "transformInvalid");
    assert_eq!(view["before"]["width"], 2400);
    let request = json!({
        "source": { "kind": "history", "id": 99.0 }, "spec": "", "place": "auto", "profile": null,
    });
    let gone =
        desk.call(&desk.main, "transform_preview", json!({ "request": request })).unwrap_err();
    assert_eq!(gone["code"], "historyRowNotFound");
}

#[test]
fn a_spec_is_read_out_of_what_is_pasted() {
    let desk = Desk::open();
    for text in [
        "w=800, format=webp",
        "image/resize,w_800/format,webp",
        "https://img.example.com/a.png?x-oss-process=image/resize,w_800/format,webp",
    ] {
        let spec = desk.call(&desk.main, "transform_read", json!({ "text": text })).unwrap();
        assert_eq!(spec, "w=800,format=webp", "{text}");
    }
    let wrong = desk.call(&desk.main, "transform_read", json!({ "text": "nonsense" })).unwrap_err();
    assert_eq!(wrong["code"], "transformInvalid");
}

#[test]
fn a_transformed_link_is_copied_and_leads_to_the_transformed_picture() {
    let desk = Desk::open();
    let row = uploaded(&desk, "old.png");
    let copied = desk
        .call(
            &desk.main,
            "copy_transformed",
            json!({ "ids": [row["id"]], "spec": "w=8,format=webp", "place": "here", "profile": null }),
        )
        .unwrap();
    assert_eq!(copied["count"], 1);
    let text = copied["text"].as_str().unwrap();
    assert_eq!(desk.clipboard.text().as_deref(), Some(text));
    assert!(text.starts_with("![old](http://127.0.0.1:") && text.ends_with(".webp)"), "{text}");
}

#[test]
fn the_host_makes_the_preview_and_the_link_when_it_is_asked_to() {
    let desk = Desk::open();
    let row = uploaded(&desk, "old.png");
    let source = json!({ "kind": "history", "id": row["id"] });
    let view = preview(&desk, source.clone(), "w=8,format=webp", "host");
    assert_eq!((&view["place"], &view["host"]), (&json!("host"), &json!("Built-in store")));
    assert_eq!(view["problem"], Value::Null);
    assert_eq!((&view["after"]["width"], &view["after"]["format"]), (&json!(8), &json!("WebP")));
    let link = &view["link"];
    assert_eq!(link["base"], row["url"]);
    assert!(link["process"].as_str().unwrap().starts_with("?x-oss-process=image/"), "{link}");
    let url = link["url"].as_str().unwrap();
    assert_eq!(
        url,
        format!("{}{}", link["base"].as_str().unwrap(), link["process"].as_str().unwrap())
    );
    let copied = desk
        .call(
            &desk.main,
            "copy_transformed",
            json!({ "ids": [row["id"]], "spec": "w=8,format=webp", "place": "host", "profile": null }),
        )
        .unwrap();
    assert_eq!(copied["text"], format!("![old]({url})"));
    // Left open, the built-in store is not asked.
    let view = preview(&desk, source.clone(), "w=8", "auto");
    assert_eq!((&view["place"], &view["link"]["process"]), (&json!("here"), &json!("")));
    // A refusal of the host stands beside the original.
    let view = preview(&desk, source, "style=none", "host");
    assert_eq!(
        (&view["after"], &view["problem"]["code"]),
        (&Value::Null, &json!("transformInvalid"))
    );
    assert_eq!((&view["place"], &view["before"]["width"]), (&json!("host"), &json!(16)));
}

#[test]
fn a_private_bucket_of_oss_makes_the_preview_by_a_signed_request() {
    let desk = Desk::open();
    let mut options = OssOptions::default();
    options.acl = Acl::Private;
    let server = OssServer::with(options);
    let snapshot =
        desk.call(&desk.main, "subscribe", json!({ "channel": "__CHANNEL__:7" })).unwrap();
    let mut profile = snapshot["profiles"][0]["profile"].clone();
    let changes = json!({
        "name": "oss", "provider": "oss", "bucket": server.bucket(), "region": server.region(),
        "endpoint": server.url(), "publicUrl": server.cname_url(), "secret": { "kind": "file" },
        "presets": [{ "name": "Tiny", "spec": "w=8,format=webp" }],
    });
    for (field, value) in changes.as_object().unwrap() {
        profile[field] = value.clone();
    }
    let secret = json!({
        "accessKeyId": server.access_key(), "secretAccessKey": server.secret_key(),
        "sessionToken": null,
    });
    let saved = json!({ "profile": profile, "secret": secret, "previous": null });
    desk.call(&desk.main, "profile_save", saved).unwrap();
    desk.call(&desk.main, "set_default_profile", json!({ "name": "oss" })).unwrap();
    let row = uploaded(&desk, "old.png");
    assert_eq!(row["profile"], "oss");
    let source = json!({ "kind": "history", "id": row["id"] });
    let view = preview(&desk, source, "preset:Tiny", "auto");
    assert_eq!((&view["place"], &view["host"]), (&json!("host"), &json!("Aliyun OSS")));
    assert_eq!(view["problem"], Value::Null, "{view}");
    assert_eq!((&view["after"]["width"], &view["after"]["format"]), (&json!(8), &json!("WebP")));
    assert!(view["link"]["url"].as_str().unwrap().starts_with(&server.cname_url()), "{view}");
    // A picture that is not there yet is made here, and its link is as it will be.
    let view = preview(&desk, json!({ "kind": "sample" }), "preset:Tiny", "auto");
    assert_eq!((&view["place"], &view["after"]["width"]), (&json!("host"), &json!(8)));
    let link = view["link"]["url"].as_str().unwrap();
    assert!(link.contains("/sample-") && link.contains("?x-oss-process="), "{link}");
}
