//! A real X clipboard.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use crate::harness::{Dir, PATIENCE, Run, Running, TestCommand, eventually, get, png};

/// An X server of the test's own.
struct Screen {
    _server: Running,
    display: String,
}

impl Screen {
    fn new() -> Self {
        // Xvfb picks a free number and says which on standard output. Without -noreset it starts
        // afresh whenever its last client leaves, and drops one that is just arriving.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb, which .ci/setup installs");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        Self { _server: Running(server), display: format!(":{}", number.trim()) }
    }

    fn on(&self, command: TestCommand) -> TestCommand {
        command.env("DISPLAY", &self.display)
    }

    /// Offers bytes as one type, as another program would, until something else is put there.
    fn offer(&self, kind: &str, bytes: &[u8]) -> Running {
        let mut child: Child = Command::new("xclip")
            .args(["-selection", "clipboard", "-t", kind, "-i", "-quiet"])
            .env("DISPLAY", &self.display)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        let running = Running(child);
        eventually("xclip offers its bytes", || {
            self.read("TARGETS").is_some_and(|targets| targets.contains(kind))
        });
        running
    }

    fn read(&self, kind: &str) -> Option<String> {
        let shown = Command::new("xclip")
            .args(["-selection", "clipboard", "-t", kind, "-o"])
            .env("DISPLAY", &self.display)
            .stderr(Stdio::null())
            .output()
            .unwrap();
        shown.status.success().then(|| String::from_utf8_lossy(&shown.stdout).into_owned())
    }
}

fn upload(screen: &Screen, dir: &Dir, more: &[&str]) -> Run {
    let mut arguments = vec!["upload"];
    arguments.extend(more);
    screen.on(dir.hoist(arguments)).run()
}

#[test]
fn an_image_keeps_its_original_bytes() {
    let (screen, dir) = (Screen::new(), Dir::new());
    let _offer = screen.offer("image/png", &png(11));
    let run = upload(&screen, &dir, &["--json"]).exits(0);
    let line = &run.json()[0];
    assert_eq!(line["input"], "clipboard");
    assert_eq!(line["size"], png(11).len());
    let mut store = dir.hoist(["store"]).spawn();
    store.first_line();
    assert_eq!(get(line["url"].as_str().unwrap()).2, png(11));
}

#[test]
fn a_list_of_files_gives_one_line_each_in_order() {
    let (screen, dir) = (Screen::new(), Dir::new());
    let first = dir.png("第 1 张.png", 1);
    let second = dir.png("b.png", 2);
    let list: String = [first, second]
        .iter()
        .map(|path| format!("{}\r\n", url::Url::from_file_path(path).unwrap()))
        .collect();
    let _offer = screen.offer("text/uri-list", list.as_bytes());
    let lines = upload(&screen, &dir, &["--json"]).exits(0).json();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["name"], "第 1 张.png");
    assert_eq!(lines[1]["name"], "b.png");
}

#[test]
fn an_image_url_in_text() {
    let (screen, dir) = (Screen::new(), Dir::new());
    dir.png("cat.png", 3);
    let mut store = dir.hoist(["store"]).spawn();
    store.first_line();
    let url = dir.hoist(["upload", "-q", "cat.png"]).run().exits(0).stdout.trim().to_owned();
    let _offer = screen.offer("UTF8_STRING", url.as_bytes());
    let run = upload(&screen, &dir, &["--json", "--name", "copy/{name}.{ext}"]).exits(0);
    assert_eq!(run.json()[0]["contentType"], "image/png", "{}", run.stdout);
}

#[test]
fn text_that_is_no_picture_and_nothing_at_all() {
    let (screen, dir) = (Screen::new(), Dir::new());
    let nothing = upload(&screen, &dir, &[]).exits(1);
    assert_eq!(nothing.stdout, "");
    nothing.says("hint: ");
    let _offer = screen.offer("UTF8_STRING", b"just words");
    let words = upload(&screen, &dir, &[]).exits(1);
    assert_eq!(words.stdout, "");
    words.says("hint: ");
}

#[test]
fn without_a_display_it_says_what_to_do() {
    let dir = Dir::new();
    let run = dir.hoist(["upload"]).run().exits(1);
    assert_eq!(run.stdout, "");
    run.says("error: ").says("hint: ");
}

#[test]
fn copied_links_outlive_the_program_and_leave_with_the_display() {
    let (screen, dir) = (Screen::new(), Dir::new());
    dir.png("a.png", 1);
    dir.png("b.png", 2);
    let run = upload(&screen, &dir, &["--copy", "-f", "markdown", "a.png", "missing.png", "b.png"])
        .exits(1);
    let links: Vec<&str> = run.lines().into_iter().filter(|line| line.starts_with("![")).collect();
    assert_eq!(links.len(), 2);
    assert_eq!(screen.read("UTF8_STRING").unwrap(), links.join("\n"));
    run.says("2");

    let holders = holders_of(&screen.display);
    assert_eq!(holders.len(), 1, "one process keeps the links");
    drop(screen);
    let start = std::time::Instant::now();
    while std::path::Path::new(&format!("/proc/{}/environ", holders[0])).exists()
        && !std::fs::read(format!("/proc/{}/cmdline", holders[0])).unwrap_or_default().is_empty()
    {
        if start.elapsed() > PATIENCE {
            let _ = Command::new("kill").arg(holders[0].to_string()).status();
            panic!("the process that keeps the links outlives its display");
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn a_copy_that_fails_is_told_and_the_link_is_printed() {
    let dir = Dir::new();
    dir.png("a.png", 1);
    let run = dir.hoist(["upload", "--copy", "a.png"]).run().exits(1);
    assert!(run.stdout.starts_with("http://"), "{}", run.stdout);
    run.says("error: ");
}

/// Processes of ours that keep text on this display.
fn holders_of(display: &str) -> Vec<u32> {
    let wanted = format!("DISPLAY={display}");
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            command.starts_with(crate::harness::HOIST.as_bytes())
                && environment.split(|byte| *byte == 0).any(|one| one == wanted.as_bytes())
        })
        .collect()
}
