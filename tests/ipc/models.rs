//! Models from the manager window, on the built-in store.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::Desk;
use crate::manager::{ask, ended, subscribe};

/// A model file with two tensors.
fn safetensors(fill: u8) -> Vec<u8> {
    let header = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"BF16","shape":[4,2],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[3],"data_offsets":[16,28]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.resize(bytes.len() + 28, fill);
    bytes
}

fn folder(desk: &Desk, files: &[(&str, &[u8])]) -> PathBuf {
    let folder = desk.dir.path().join("model 模型");
    for (name, bytes) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn push(desk: &Desk, folder: &Path, version: Value, parent: Value) -> Value {
    let arguments = json!({
        "place": "local", "name": "harbour", "version": version, "folder": folder,
        "description": "First words\nand more", "parent": parent,
    });
    let id = ask(desk, "model_push", arguments);
    ended(desk, &id, "done")
}

/// As the window reads it: whole or not, it is a number.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn named(more: &Value) -> Value {
    let mut all = json!({ "place": "local", "name": "harbour" });
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[test]
fn a_model_is_pushed_listed_compared_aliased_verified_pulled_and_removed() {
    let desk = Desk::open();
    subscribe(&desk);
    assert_eq!(ask(&desk, "model_list", json!({ "place": "local" })), json!([]));
    let config = br#"{"num_hidden_layers": 2, "hidden_size": 8}"#;
    let files: &[(&str, &[u8])] =
        &[("w.safetensors", &safetensors(1)), ("config.json", config), ("数据/词.txt", b"a b")];
    let source = folder(&desk, files);
    let done = push(&desk, &source, Value::Null, Value::Null);
    assert_eq!((&done["kind"], &done["name"]), (&json!("push"), &json!("harbour")));

    let versions = || ask(&desk, "model_versions", named(&json!({})));
    let first = versions()[0].clone();
    assert_eq!((&first["version"], &first["parent"]), (&json!("v1.0.0"), &Value::Null));
    assert_eq!((number(&first["files"]), &first["aliases"]), (3.0, &json!(["latest"])));
    std::fs::write(source.join("w.safetensors"), safetensors(2)).unwrap();
    push(&desk, &source, json!("v1.1.0"), json!("v1.0.0"));
    let second = versions()[0].clone();
    assert_eq!((&second["version"], &second["parent"]), (&json!("v1.1.0"), &json!("v1.0.0")));
    // Without a parent it has none, though there are versions before.
    push(&desk, &source, json!("v1.2.0"), Value::Null);
    assert_eq!(versions()[0]["parent"], Value::Null);
    let taken = json!({ "version": "v1.0.0", "folder": source, "description": "", "parent": null });
    let id = ask(&desk, "model_push", named(&taken));
    assert_eq!(ended(&desk, &id, "failed")["problem"]["code"], "modelVersionExists");

    let listed = ask(&desk, "model_list", json!({ "place": "local" }));
    assert_eq!((&listed[0]["name"], number(&listed[0]["versions"])), (&json!("harbour"), 3.0));
    let manifest = ask(&desk, "model_manifest", named(&json!({ "version": "v1.1.0" })));
    assert_eq!((number(&manifest["parameters"]), number(&manifest["layers"])), (11.0, 2.0));
    assert_eq!(manifest["precision"], "BF16, F32");
    assert_eq!(manifest["description"], "First words\nand more");
    let key = "models/harbour/v1.1.0/w.safetensors";
    let peek = ask(&desk, "object_peek", json!({ "place": "local", "key": key }));
    assert_eq!((&peek["format"], number(&peek["parameters"])), (&json!("safetensors"), 11.0));
    let shape = peek["tensors"][0]["shape"].as_array().unwrap();
    assert_eq!(shape.iter().map(number).collect::<Vec<_>>(), [4.0, 2.0]);

    let compared = ask(&desk, "model_compare", named(&json!({ "a": "v1.0.0", "b": "v1.1.0" })));
    assert_eq!((number(&compared["changed"]), number(&compared["same"])), (1.0, 2.0));
    let set = |version: Value| named(&json!({ "alias": "production", "version": version }));
    ask(&desk, "model_alias", set(json!("v1.0.0")));
    assert_eq!(versions()[2]["aliases"], json!(["production"]));

    let into = desk.dir.path().join("pulled");
    desk.host.choose(vec![into.clone()]);
    let pull = named(&json!({ "version": "production", "into": null }));
    let id = ask(&desk, "model_pull", pull.clone());
    assert_eq!(ended(&desk, &id, "done")["kind"], "pull");
    assert_eq!(std::fs::read(into.join("w.safetensors")).unwrap(), safetensors(1));
    assert_eq!(std::fs::read(into.join("数据/词.txt")).unwrap(), b"a b");
    assert_eq!(ask(&desk, "model_pull", pull), Value::Null, "no folder was chosen");

    let verify = named(&json!({ "version": "v1.0.0" }));
    let report = ask(&desk, "model_verify", verify.clone());
    assert_eq!((number(&report["ok"]), number(&report["bad"])), (3.0, 0.0));
    let lost = json!({ "place": "local", "keys": ["models/harbour/v1.0.0/config.json"] });
    let id = ask(&desk, "object_delete", lost);
    ended(&desk, &id, "done");
    let report = ask(&desk, "model_verify", verify);
    assert_eq!((number(&report["ok"]), number(&report["bad"])), (2.0, 1.0));

    // An alias set by hand stands in the way unless it is to go too.
    let remove = |force: bool| named(&json!({ "version": "v1.0.0", "force": force }));
    let refused = desk.call(&desk.manager, "model_remove", remove(false)).unwrap_err();
    assert_eq!(refused["code"], "modelAliased");
    assert!(refused["en"]["what"].as_str().unwrap().contains("production"), "{refused}");
    assert_eq!(versions()[2]["aliases"], json!(["production"]));
    ask(&desk, "model_remove", remove(true));
    let left: Vec<Value> =
        versions().as_array().unwrap().iter().map(|v| v["version"].clone()).collect();
    assert_eq!(left, [json!("v1.2.0"), json!("v1.1.0")]);
    let gone = desk.call(&desk.manager, "model_alias", set(Value::Null)).unwrap_err();
    assert_eq!(gone["code"], "modelAliasNotFound");
}

#[test]
fn what_is_not_there_is_said_and_nothing_is_chosen_by_a_closed_dialog() {
    let desk = Desk::open();
    subscribe(&desk);
    let absent = desk.call(&desk.manager, "model_versions", named(&json!({}))).unwrap_err();
    assert_eq!(absent["code"], "modelNotFound");
    for command in ["model_manifest", "model_verify"] {
        let asked = named(&json!({ "version": "v1.0.0" }));
        let absent = desk.call(&desk.manager, command, asked).unwrap_err();
        assert_eq!(absent["code"], "modelNotFound", "{command}");
    }
    let closed =
        named(&json!({ "version": null, "folder": null, "description": "", "parent": null }));
    assert_eq!(ask(&desk, "model_push", closed), Value::Null);
    let source = folder(&desk, &[("a.bin", b"a")]);
    let bad = json!({
        "place": "local", "name": "no/slash", "version": null, "folder": source, "description": "",
        "parent": null,
    });
    let id = ask(&desk, "model_push", bad);
    assert_eq!(ended(&desk, &id, "failed")["problem"]["code"], "modelNameInvalid");
    let wrong = json!({ "place": "nobody" });
    let wrong = desk.call(&desk.manager, "model_list", wrong).unwrap_err();
    assert_eq!(wrong["code"], "profileNotFound");
}
