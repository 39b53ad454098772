//! An X server of the test's own, and xclip as the other program.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);
/// An answer of xclip's takes milliseconds, or never comes.
const ANSWER: Duration = Duration::from_secs(2);

/// A child that ends with the test, however that ends.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a run of this program as Hoist gave.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) lines: Vec<String>,
    pub(crate) took: Duration,
}

/// An X server on a free display.
pub(crate) struct Display {
    pub(crate) owners: Vec<Running>,
    pub(crate) server: Running,
    pub(crate) name: String,
    pub(crate) files: tempfile::TempDir,
}

impl Display {
    pub(crate) fn start() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is needed by this test (Debian: xvfb)");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        Self {
            owners: Vec::new(),
            server: Running(server),
            name,
            files: tempfile::tempdir().unwrap(),
        }
    }

    /// xclip puts `content` on the clipboard under `target`.
    pub(crate) fn put(&mut self, target: &str, content: &[u8]) {
        let path = self.files.path().join(format!("content-{}", self.owners.len()));
        fs::write(&path, content).unwrap();
        let mut owner = self.xclip();
        owner.args(["-quiet", "-t", target, "-i"]).arg(&path);
        owner.stdout(Stdio::null()).stderr(Stdio::null());
        self.owners.push(Running(owner.spawn().expect("xclip is needed by this test")));
        wait_until("xclip owns the clipboard", || self.get(target) == content);
    }

    /// What xclip reads; nothing when it gets no answer, as when the owner changes meanwhile.
    pub(crate) fn get(&self, target: &str) -> Vec<u8> {
        let mut reader = self.xclip();
        reader.args(["-t", target, "-o"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut reader = Running(reader.spawn().unwrap());
        let output = all_of(reader.0.stdout.take().unwrap());
        output.recv_timeout(ANSWER).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.get("UTF8_STRING")).unwrap()
    }

    fn xclip(&self) -> Command {
        let mut command = Command::new("xclip");
        command.env("DISPLAY", &self.name).args(["-selection", "clipboard"]);
        command
    }

    /// Runs this program as Hoist on this display.
    pub(crate) fn hoist(&self, arguments: &[&str], input: &str) -> Outcome {
        hoist(Some(&self.name), self.files.path(), arguments, input)
    }

    /// Starts it and leaves it running: lines go in, an answer to each comes out.
    pub(crate) fn hoist_running(&self, arguments: &[&str]) -> Conversation {
        let mut child = command(Some(&self.name), self.files.path(), arguments).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Conversation { input, output, _child: Running(child) }
    }
}

pub(crate) struct Conversation {
    input: ChildStdin,
    output: BufReader<std::process::ChildStdout>,
    _child: Running,
}

impl Conversation {
    pub(crate) fn ask(&mut self, line: &str) -> String {
        writeln!(self.input, "{line}").unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }
}

fn command(display: Option<&str>, files: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments).current_dir(files).env_remove("WAYLAND_DISPLAY").env_remove("DISPLAY");
    if let Some(display) = display {
        command.env("DISPLAY", display);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Runs this program as Hoist and waits for its end: the end of its output too, which a child that
/// holds on to it would delay.
pub(crate) fn hoist(
    display: Option<&str>,
    files: &Path,
    arguments: &[&str],
    input: &str,
) -> Outcome {
    let started = Instant::now();
    let mut running = Running(command(display, files, arguments).spawn().unwrap());
    let mut stdin = running.0.stdin.take().unwrap();
    // Who reads nothing may have ended already.
    if let Err(error) = stdin.write_all(input.as_bytes()) {
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }
    drop(stdin);
    let output = all_of(running.0.stdout.take().unwrap()).recv_timeout(PATIENCE).expect("it ends");
    let took = started.elapsed();
    let text = String::from_utf8(output).unwrap();
    Outcome { lines: text.lines().map(str::to_owned).collect(), took }
}

/// Reads to the end on a thread of its own, so that the caller can stop waiting.
fn all_of(mut output: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if output.read_to_end(&mut bytes).is_ok() {
            let _ = tell.send(bytes);
        }
    });
    told
}

/// Polls until it holds, and fails when it never does.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process runs that keeps text on a clipboard for this program.
pub(crate) fn owner_runs(verb: &str) -> bool {
    let own = std::env::current_exe().unwrap();
    let own = own.to_str().unwrap();
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let mut arguments = line.split(|byte| *byte == 0);
        arguments.next() == Some(own.as_bytes()) && arguments.next() == Some(verb.as_bytes())
    })
}
