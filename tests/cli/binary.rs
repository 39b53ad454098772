//! The program itself.

use std::process::Command;
use std::time::Duration;

use crate::harness::{Dir, HOIST};

#[cfg(target_os = "linux")]
#[test]
fn no_webview_is_linked() {
    let shown = Command::new("readelf").args(["-d", HOIST]).output().unwrap();
    assert!(shown.status.success());
    let shown = String::from_utf8(shown.stdout).unwrap();
    let needed: Vec<&str> = shown.lines().filter(|line| line.contains("(NEEDED)")).collect();
    assert!(needed.iter().any(|line| line.contains("libc.so")), "{shown}");
    for library in ["webkit", "gtk", "gdk", "javascriptcore", "soup", "dbusmenu"] {
        let found = needed.iter().find(|line| line.to_lowercase().contains(library));
        assert_eq!(found, None);
    }
}

#[test]
fn starts_at_once() {
    let dir = Dir::new();
    // The best of some: a busy machine may slow one down.
    let best =
        (0..10).map(|_| dir.hoist(["profile", "default"]).run().exits(0).took).min().unwrap();
    assert!(best < Duration::from_millis(250), "{best:?}");
}

#[test]
fn help_and_version_are_results() {
    let dir = Dir::new();
    let help = dir.hoist(["--help"]).run().exits(0);
    for verb in ["upload", "profile", "history", "store", "completions", "app"] {
        assert!(help.stdout.contains(verb), "{}", help.stdout);
    }
    assert_eq!(help.stderr, "");
    let version = dir.hoist(["--version"]).run().exits(0);
    assert_eq!(version.stdout, format!("hoist {}\n", env!("CARGO_PKG_VERSION")));
    let none = dir.hoist::<_, &str>([]).run().exits(2);
    assert_eq!(none.stdout, "");
}

#[test]
fn completions_for_every_shell() {
    let dir = Dir::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = dir.hoist(["completions", shell]).run().exits(0);
        assert!(run.stdout.contains("upload") && run.stdout.contains("doctor"), "{shell}");
        assert_eq!(run.stderr, "");
    }
    dir.hoist(["completions", "nosuch"]).run().exits(2);
}

#[cfg(unix)]
#[test]
fn the_bash_completion_completes() {
    let dir = Dir::new();
    let script = "source <(\"$0\" completions bash) && COMP_WORDS=(hoist prof) COMP_CWORD=1 && _hoist hoist prof hoist && echo ${COMPREPLY[@]}";
    let mut command = Command::new("bash");
    command.args(["-c", script, HOIST]);
    let run = dir.prepared(command).run().exits(0);
    assert_eq!(run.stdout.trim(), "profile", "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn app_starts_the_window_program_beside_it_with_the_paths() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::new();
    let hoist = dir.path("bin/hoist");
    dir.file("bin/hoist", std::fs::read(HOIST).unwrap());
    let set = |path: &std::path::Path| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    set(&hoist);
    let mut command = Command::new(&hoist);
    command.args(["app", "a b.png"]);
    dir.prepared(command).run().exits(3).says("hoist-desktop");

    set(&dir.file("bin/hoist-desktop", "#!/bin/sh\nprintf 'window %s\\n' \"$@\"\n"));
    let mut command = Command::new(&hoist);
    command.args(["app", "a b.png"]);
    let run = dir.prepared(command).run().exits(0);
    assert_eq!(run.stdout, "window a b.png\n");
}
