//! The system's keyring: there, locked, absent.

use std::process::Command;

use crate::harness::{Dir, HOIST, Run, TestCommand};

const ID: &str = "AKIATESTKEYRING00001";
const SECRET: &str = "wJalrXUtnFEMI-keyring-secret-0001";

const ADD: &str = "profile add ring --provider minio --endpoint http://127.0.0.1:9 --bucket b --public-url https://i.example.com --secret-stdin";

/// Runs a script with a session bus and an unlocked gnome-keyring of its own; `$H` is the program.
fn with_keyring(dir: &Dir, script: &str) -> Run {
    let runtime = dir.path("runtime");
    std::fs::create_dir_all(&runtime).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    // The daemon goes into the background by itself, and ends with its bus.
    let whole = format!(
        "printf test-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1\n{script}"
    );
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "bash", "-c", &whole]);
    let prepared: TestCommand = dir.prepared(command);
    prepared.env("H", HOIST).env("XDG_RUNTIME_DIR", runtime).run()
}

#[test]
fn a_secret_goes_into_the_keyring_and_comes_back() {
    let dir = Dir::new();
    let run = with_keyring(
        &dir,
        &format!(
            "printf '{ID}\\n{SECRET}\\n' | $H {ADD} || exit 9\n\
             $H profile show ring --json\n\
             secret-tool search --all service hoist 2>&1 | grep -c {SECRET}\n\
             $H profile remove ring || exit 9\n\
             secret-tool search --all service hoist 2>&1 | grep -c {SECRET}\n\
             true"
        ),
    )
    .exits(0);
    let lines = run.lines();
    assert_eq!(lines.len(), 3, "{}\n{}", run.stdout, run.stderr);
    let show: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    assert_eq!(show["secretSet"], true);
    assert_eq!(show["secret"]["kind"], "keyring");
    assert_eq!((lines[1], lines[2]), ("1", "0"), "in the keyring, and gone with its profile");
    for path in dir.all_files() {
        let bytes = std::fs::read(&path).unwrap_or_default();
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "{} holds the secret", path.display());
    }
}

#[test]
fn a_locked_keyring_is_told_in_time() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let run = with_keyring(
        &dir,
        &format!(
            "printf '{ID}\\n{SECRET}\\n' | $H {ADD} || exit 9\n\
             gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
               --method org.freedesktop.Secret.Service.Lock \"['/org/freedesktop/secrets/collection/login']\" >/dev/null || exit 8\n\
             $H upload --json -p ring cat.png"
        ),
    )
    .exits(3);
    assert_eq!(run.json()[0]["error"]["code"], "keyringLocked", "{}", run.stdout);
    assert!(run.took.as_secs() < 40, "took {:?}", run.took);
    run.says("hint: ");
}

#[test]
fn an_absent_keyring_names_the_other_ways_and_keeps_nothing() {
    let dir = Dir::new();
    let mut arguments: Vec<&str> = ADD.split(' ').collect();
    let run = dir.hoist(&arguments).stdin(format!("{ID}\n{SECRET}\n")).run().exits(3);
    run.says("--insecure-storage").says("--from-env");
    assert_eq!(
        dir.hoist(["profile", "list"]).run().exits(0).lines().len(),
        1,
        "nothing is half added"
    );
    // One of the ways it names does work.
    arguments.push("--insecure-storage");
    dir.hoist(&arguments).stdin(format!("{ID}\n{SECRET}\n")).run().exits(0);
}

#[test]
fn the_built_in_store_needs_no_keyring() {
    let dir = Dir::new();
    dir.png("cat.png", 1);
    let run = dir.hoist(["upload", "cat.png"]).run().exits(0);
    assert!(run.stdout.starts_with("http://127.0.0.1:"));
}
