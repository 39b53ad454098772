//! `ui/src/bindings.ts` is what Rust says it is.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

const FILE: &str = "ui/src/bindings.ts";

/// A directory of each caller's own, since the tests here run side by side.
fn typescript() -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("bindings.ts");
    hoist_desktop::bindings::write_typescript(&path).unwrap();
    std::fs::read_to_string(&path).unwrap()
}

#[test]
fn the_generated_typescript_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let wanted = typescript();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{FILE} is stale: run `UPDATE_BINDINGS=1 cargo test --test bindings`");
}

#[test]
fn every_registered_command_has_a_permission_and_the_other_way_round() {
    let typescript = typescript();
    let registered: BTreeSet<&str> = typescript
        .split("__TAURI_INVOKE(\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let named: BTreeSet<&str> = hoist_desktop::COMMANDS.iter().copied().collect();
    assert_eq!(registered, named);
}
