//! The real binary in a home of its own, ended when the test ends.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use hoist_testkit::hoist::{at_home, drain};

/// The program under test.
pub(crate) const HOIST: &str = env!("CARGO_BIN_EXE_hoist");

/// No command of these tests takes longer, on the slowest machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// A home and a folder of files, removed at the end.
#[derive(Debug)]
pub(crate) struct Dir {
    root: tempfile::TempDir,
    port: u16,
}

impl Dir {
    /// A fresh home whose built-in store has a port that nobody else uses.
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("hoist-cli-").tempdir().unwrap();
        std::fs::create_dir(root.path().join("home")).unwrap();
        let port = free_port();
        let dir = Self { root, port };
        dir.write_config(&format!("[settings]\nstore_port = {port}\n"));
        dir
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn config(&self) -> String {
        std::fs::read_to_string(self.home().join("config.toml")).unwrap_or_default()
    }

    pub(crate) fn write_config(&self, text: &str) {
        let path = self.home().join("config.toml");
        std::fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    /// A file with these bytes.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A PNG of its own colour, so that no two are the same content.
    pub(crate) fn png(&self, name: &str, shade: u8) -> PathBuf {
        self.file(name, png(shade))
    }

    /// `hoist` with nothing of this machine's environment but the search path.
    pub(crate) fn hoist<I, S>(&self, args: I) -> TestCommand
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = Command::new(HOIST);
        command.args(args);
        self.prepared(command)
    }

    /// Any command, with the same environment.
    pub(crate) fn prepared(&self, mut command: Command) -> TestCommand {
        at_home(&mut command, self.root.path());
        TestCommand { command, stdin: None }
    }

    /// Every file below the root, for scans.
    pub(crate) fn all_files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut open = vec![self.root.path().to_owned()];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found
    }
}

/// One run of the program.
#[derive(Debug)]
pub(crate) struct TestCommand {
    command: Command,
    stdin: Option<Vec<u8>>,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl TestCommand {
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Run {
        let start = Instant::now();
        self.command
            .stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut running = Running(self.command.spawn().unwrap());
        if let (Some(bytes), Some(mut pipe)) = (self.stdin.take(), running.0.stdin.take()) {
            // A program that does not read its input is no failure of the test.
            let _ = pipe.write_all(&bytes);
        }
        let stdout = drain(running.0.stdout.take().unwrap());
        let stderr = drain(running.0.stderr.take().unwrap());
        let status = running.wait(PATIENCE);
        Run {
            code: code(status),
            stdout: String::from_utf8(stdout.join().unwrap()).unwrap(),
            stderr: String::from_utf8(stderr.join().unwrap()).unwrap(),
            took: start.elapsed(),
        }
    }

    /// Starts it and leaves it running.
    pub(crate) fn spawn(mut self) -> Running {
        self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Running(self.command.spawn().unwrap())
    }
}

impl Run {
    /// Asserts the exit status, showing everything when it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that standard error holds this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "stderr does not say {text:?}:\n{}", self.stderr);
        self
    }

    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }

    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
            .collect()
    }
}

/// A process that ends with the test, whatever becomes of the test.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Waits for its end.
    #[track_caller]
    pub(crate) fn wait(&mut self, patience: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < patience, "still running after {patience:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The first line of its standard output.
    #[track_caller]
    pub(crate) fn first_line(&mut self) -> String {
        let mut pipe = self.0.stdout.take().unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut line = Vec::new();
            let mut byte = [0];
            while pipe.read(&mut byte).is_ok_and(|n| n == 1) && byte[0] != b'\n' {
                line.push(byte[0]);
            }
            let _ = tell.send(String::from_utf8_lossy(&line).into_owned());
            // Keeps reading, so that the program never blocks on a full pipe.
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        });
        told.recv_timeout(PATIENCE).expect("no line on standard output")
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let done = Command::new("kill").arg("-s").arg(name).arg(self.0.id().to_string()).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks until it holds.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what} did not happen within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A PNG of 64 x 48 in one shade.
pub(crate) fn png(shade: u8) -> Vec<u8> {
    let picture =
        image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([shade, (x * 3) as u8, (y * 5) as u8]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// GET: status, content type, body.
pub(crate) fn get(url: &str) -> (u16, String, Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(hoist_testkit::fetch("GET", url, &[], ""));
    (answer.status.as_u16(), answer.header("content-type").to_owned(), answer.body.to_vec())
}

/// A port nobody listens on now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[cfg(unix)]
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

#[cfg(not(unix))]
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_default()
}
