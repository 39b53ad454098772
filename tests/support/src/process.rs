//! Ports, waiting, and processes that cannot outlive the test that started them.

use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(50);

/// Runs a program and, when standard input closes, kills it with all it started; that also happens
/// when the test process is killed. Exits with the program's status.
///
/// The tree is walked by parent, since servers like Swift leave the process group; the group is
/// killed too, for those whose parent is gone. The watch must not be ended by the end of the
/// program while it is still at that, hence the trap.
const TIED: &str = r#"
tree() {
  children=$(ps -A -o pid= -o ppid= | awk -v parent="$1" '$2 == parent { print $1 }')
  kill -9 "$1"
  for child in $children; do tree "$child"; done
}
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ read -r _ <&3; trap '' TERM; tree "$program"; kill -9 0; } 2>/dev/null &
watch=$!
exec 3<&-
wait "$program"
status=$?
kill "$watch" 2>/dev/null
wait "$watch" 2>/dev/null
exit "$status"
"#;

/// A port of the loopback interface that nobody listens on.
pub fn free_port() -> u16 {
    free_ports(1)[0]
}

/// Several such ports, all different.
pub fn free_ports(n: usize) -> Vec<u16> {
    let listeners: Vec<_> = (0..n).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// Polls until `done` holds; panics with `what` after `limit`.
pub fn wait_until(what: &str, limit: Duration, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < limit, "{what}: not within {} s", limit.as_secs());
        sleep(POLL);
    }
}

/// Polls until `done` answers true; panics with `what` after `limit`.
pub async fn wait_until_async<F: Future<Output = bool>>(
    what: &str,
    limit: Duration,
    mut done: impl FnMut() -> F,
) {
    let start = Instant::now();
    while !done().await {
        assert!(start.elapsed() < limit, "{what}: not within {} s", limit.as_secs());
        tokio::time::sleep(POLL).await;
    }
}

/// A process of the test. It is killed with all it started when this is dropped, and when the test
/// process dies.
#[derive(Debug)]
pub struct ChildGuard {
    child: Child,
    log: PathBuf,
}

impl ChildGuard {
    /// Starts `command` with its output in the file `log`.
    pub fn start(command: &Command, log: impl Into<PathBuf>) -> io::Result<Self> {
        let log = log.into();
        let output = File::options().create(true).append(true).open(&log)?;
        let mut tied = tied(command);
        tied.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => tied.env(name, value),
                None => tied.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            tied.current_dir(folder);
        }
        let child =
            tied.stdin(Stdio::piped()).stdout(output.try_clone()?).stderr(output).spawn()?;
        Ok(Self { child, log })
    }

    /// Its exit status, if it has ended by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Kills it now and waits until it is gone.
    pub fn kill(&mut self) {
        drop(self.child.stdin.take());
        let start = Instant::now();
        while cfg!(unix) && start.elapsed() < Duration::from_secs(5) {
            if self.ended().is_some() {
                return;
            }
            sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The end of its output, for the message of a failing test.
    pub fn log_tail(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(unix)]
fn tied(command: &Command) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", TIED, "tied"]).arg(command.get_program()).process_group(0);
    shell
}

#[cfg(not(unix))]
fn tied(command: &Command) -> Command {
    Command::new(command.get_program())
}

/// The last 4,000 bytes of a file, as text.
pub(crate) fn tail(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(4000)..]).into_owned()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Whether a process runs; one that only waits to be reaped does not.
    fn alive(pid: &str) -> bool {
        let output = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
        let state = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        !state.is_empty() && !state.starts_with('Z')
    }

    #[test]
    fn a_dropped_guard_leaves_no_process_however_deep() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let mut command = Command::new("/bin/sh");
        // The grandchild leaves the group and the session, as a daemon does.
        let daemon = "import os; os.setsid(); print(os.getpid(), file=open('pid', 'w')); os.execvp('sleep', ['sleep', '600'])";
        let script = format!("sleep 601 & sleep 602 & python3 -c \"{daemon}\" & wait");
        command.args(["-c", &script]).current_dir(folder.path());
        let guard = ChildGuard::start(&command, folder.path().join("log")).unwrap();
        let pid = || std::fs::read_to_string(&pid_file).unwrap_or_default().trim().to_owned();
        wait_until("the process starts", Duration::from_secs(10), || !pid().is_empty());
        let pid = pid();
        assert!(alive(&pid));
        drop(guard);
        wait_until("the process ends", Duration::from_secs(10), || !alive(&pid));
    }

    #[test]
    fn the_exit_status_is_that_of_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo said; exit 7"]);
        let mut guard = ChildGuard::start(&command, folder.path().join("log")).unwrap();
        let mut status = None;
        wait_until("the program ends", Duration::from_secs(10), || {
            status = guard.ended();
            status.is_some()
        });
        assert_eq!(status.unwrap().code(), Some(7));
        assert_eq!(guard.log_tail(), "said\n");
    }
}
