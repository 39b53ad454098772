//! `ui/src/bindings.ts` is what Rust says it is.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

const FILE: &str = "ui/src/bindings.ts";

#[test]
fn the_generated_typescript_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let wanted = hoist_desktop::bindings::typescript().unwrap();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&path, &wanted).unwrap();
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{FILE} is stale: run `UPDATE_BINDINGS=1 cargo test --test bindings`");
}

#[test]
fn every_registered_command_has_a_permission_and_the_other_way_round() {
    let typescript = hoist_desktop::bindings::typescript().unwrap();
    let registered: BTreeSet<&str> = typescript
        .split("__TAURI_INVOKE(\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let named: BTreeSet<&str> = hoist_desktop::COMMANDS.iter().copied().collect();
    assert_eq!(registered, named);
}
