//! On a terminal: questions without echo, a progress line, and no results in between.

use std::process::Command;

use crate::harness::{Dir, HOIST, Run};

/// Runs the program on a terminal of its own and types `answers`, one at each question. Standard
/// output holds all that the terminal showed, the last line is the exit status.
fn on_terminal(dir: &Dir, args: &[&str], answers: &[&str]) -> Run {
    const SCRIPT: &str = r#"
import os, pty, select, sys, termios, time
count = int(sys.argv[1])
answers, command = sys.argv[2:2 + count], sys.argv[2 + count:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
shown, typed, deadline = b"", 0, time.monotonic() + 60
while time.monotonic() < deadline:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    # A question ends with a colon and a space; nobody types a secret before the echo is off.
    asked = typed < count and shown.count(b"): ") + shown.count(b"]: ") > typed
    is_secret = not shown.endswith(b"]: ")
    if asked and not (is_secret and termios.tcgetattr(terminal)[3] & termios.ECHO):
        os.write(terminal, answers[typed].encode() + b"\n")
        typed += 1
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
print("\nexit", os.waitstatus_to_exitcode(status))
"#;
    let mut command = Command::new("python3");
    command.args(["-c", SCRIPT, &answers.len().to_string()]);
    command.args(answers).arg(HOIST).args(args);
    dir.prepared(command).env("TERM", "xterm").run().exits(0)
}

#[test]
fn secrets_are_asked_for_without_echo() {
    let dir = Dir::new();
    let secret = "wJalrXUtnFEMI-typed-secret-0001";
    let run = on_terminal(
        &dir,
        &[
            "profile",
            "add",
            "typed",
            "--provider",
            "minio",
            "--endpoint",
            "http://127.0.0.1:9",
            "--bucket",
            "b",
            "--public-url",
            "https://i.example.com",
            "--insecure-storage",
        ],
        &["AKIATYPED", secret],
    );
    assert!(run.stdout.contains("Access key id (typed): "), "{}", run.stdout);
    assert!(run.stdout.contains("Secret access key (typed): "), "{}", run.stdout);
    assert!(!run.stdout.contains(secret) && !run.stdout.contains("AKIATYPED"), "{}", run.stdout);
    assert!(run.stdout.ends_with("exit 0\n"), "{}", run.stdout);
    let show = dir.hoist(["profile", "show", "typed", "--json"]).run().exits(0);
    assert_eq!(show.json()[0]["secretSet"], true);
}

#[test]
fn progress_is_drawn_on_a_terminal_and_taken_away_before_the_results() {
    let dir = Dir::new();
    dir.png("a.png", 1);
    dir.png("b.png", 2);
    let run = on_terminal(&dir, &["upload", "a.png", "b.png"], &[]);
    let (drawn, results) = run.stdout.rsplit_once("\u{1b}[2K").expect("a line was drawn");
    assert!(drawn.contains("/2 "), "{drawn:?}");
    let links = results.lines().filter(|line| line.starts_with("http://")).count();
    assert_eq!(links, 2, "{results:?}");
    // Elsewhere there is no trace of it.
    dir.png("c.png", 3);
    let piped = dir.hoist(["upload", "c.png"]).run().exits(0);
    assert!(!piped.stderr.contains("1/1") && !piped.stderr.contains('\r'), "{:?}", piped.stderr);
}

#[test]
fn a_bucket_is_deleted_only_when_the_person_says_so() {
    let dir = Dir::new();
    dir.hoist(["bucket", "create", "local:second"]).run().exits(0);
    let delete = ["bucket", "delete", "local:second"];
    let run = on_terminal(&dir, &delete, &["n"]);
    assert!(run.stdout.contains("Delete the bucket second? [y/N]: "), "{}", run.stdout);
    assert!(run.stdout.contains("nothing was changed"), "{}", run.stdout);
    assert!(run.stdout.ends_with("exit 1\n"), "{}", run.stdout);
    assert!(dir.hoist(["bucket", "list"]).run().exits(0).stdout.contains("second"));
    let run = on_terminal(&dir, &delete, &["y"]);
    assert!(run.stdout.ends_with("exit 0\n"), "{}", run.stdout);
    assert!(!dir.hoist(["bucket", "list"]).run().exits(0).stdout.contains("second"));
}
