//! Secrets in a real gnome-keyring, on a D-Bus session of the test's own.
//!
//! The test starts itself again under `dbus-run-session`: the keyring it talks to is decided by the
//! environment of the process, and the session ends with it, whatever happens.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use hoist_core::home::Home;
use hoist_core::problem::Code;
use hoist_core::profile::SecretRef;
use hoist_core::secret::{Secret, Secrets};

const ROLE: &str = "HOIST_KEYRING_TEST";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Unlocking makes the login keyring, as logging in does.
const UNLOCKED: &str = r#"printf password | gnome-keyring-daemon --unlock --components=secrets \
    >/dev/null && exec "$0" "$@""#;
const LOCKED: &str =
    r#"gnome-keyring-daemon --start --components=secrets >/dev/null && exec "$0" "$@""#;

/// What the process inside the session does; without a role this is not that process.
#[test]
fn inside_the_session() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let home = Home::at(std::env::var("HOIST_HOME").unwrap());
        let secrets = Secrets::new(&home);
        match &*role {
            "unlocked" => unlocked(&secrets, &home).await,
            "locked" => refused(&secrets, Code::KeyringLocked).await,
            "absent" => refused(&secrets, Code::KeyringUnavailable).await,
            role => panic!("no role {role}"),
        }
    });
}

async fn unlocked(secrets: &Secrets, home: &Home) {
    let keyring = SecretRef::Keyring;
    assert_eq!(secrets.get("blog", &keyring).await.unwrap_err().code, Code::SecretMissing);
    secrets.delete("blog", &keyring).await.unwrap();

    let token = Some("t".repeat(3000));
    secrets.set("blog", &keyring, Secret::new("AKID", SECRET, token.clone())).await.unwrap();
    let got = secrets.get("blog", &keyring).await.unwrap();
    assert_eq!(got.access_key_id.expose(), "AKID");
    assert_eq!(got.secret_access_key.expose(), SECRET);
    assert_eq!(got.session_token.map(|token| token.expose().clone()), token);

    // Another process sees it too, so it is in the keyring and not in this one's memory.
    let user = format!("blog@{}", home.config_dir().display());
    let found = Command::new("busctl")
        .args(["--user", "call", "org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args(["org.freedesktop.Secret.Service", "SearchItems", "a{ss}", "2"])
        .args(["service", "hoist", "username", &user])
        .output();
    if let Ok(found) = found {
        let text = String::from_utf8_lossy(&found.stdout).into_owned();
        assert!(text.contains("/org/freedesktop/secrets/collection/"), "{text}");
    }

    secrets.set("blog", &keyring, Secret::new("AKID2", SECRET, None)).await.unwrap();
    secrets.rename("blog", "photos", &keyring).await.unwrap();
    assert_eq!(secrets.get("blog", &keyring).await.unwrap_err().code, Code::SecretMissing);
    let got = secrets.get("photos", &keyring).await.unwrap();
    assert_eq!(got.access_key_id.expose(), "AKID2");
    assert!(got.session_token.is_none());

    // Another home has secrets of its own.
    let other = Secrets::new(&Home::at(home.config_dir().join("other")));
    assert_eq!(other.get("photos", &keyring).await.unwrap_err().code, Code::SecretMissing);

    secrets.delete("photos", &keyring).await.unwrap();
    assert_eq!(secrets.get("photos", &keyring).await.unwrap_err().code, Code::SecretMissing);
    assert!(!home.secrets_dir().exists(), "the keyring's secrets went to a file");
    // For the looks into the keyring that follow.
    secrets.set("kept", &keyring, Secret::new("AKID", SECRET, None)).await.unwrap();
}

async fn refused(secrets: &Secrets, code: Code) {
    let started = Instant::now();
    let set = secrets.set("blog", &SecretRef::Keyring, Secret::new("AKID", SECRET, None)).await;
    let problem = set.unwrap_err();
    assert_eq!(problem.code, code, "{problem}");
    let text = problem.to_string();
    assert!(text.contains("--insecure-storage") && text.contains("--from-env"), "{text}");
    assert!(!text.contains(SECRET) && !format!("{problem:?}").contains(SECRET));
    let get = secrets.get("kept", &SecretRef::Keyring).await;
    assert_eq!(get.unwrap_err().code, code);
    assert!(started.elapsed() < Duration::from_secs(25), "it took {:?}", started.elapsed());
    // The file works meanwhile.
    secrets.set("blog", &SecretRef::File, Secret::new("AKID", SECRET, None)).await.unwrap();
    secrets.get("blog", &SecretRef::File).await.unwrap();
}

#[test]
fn an_unlocked_keyring_keeps_gets_renames_and_deletes() {
    let place = Place::new();
    place.run("unlocked", UNLOCKED);
    // What the daemon wrote is encrypted.
    let written = files(&place.dir.path().join("data-home"));
    assert!(!written.is_empty(), "the keyring has no file");
    for file in written {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!contains(&bytes, SECRET.as_bytes()), "{} holds the secret", file.display());
    }
}

#[test]
fn a_locked_keyring_is_said_to_be_locked() {
    let place = Place::new();
    // Made once with a password, then started again without it.
    place.run("unlocked", UNLOCKED);
    place.run("locked", LOCKED);
}

#[test]
fn no_keyring_is_said_to_be_absent() {
    let place = Place::new();
    place.start("absent", None).finish();
}

/// Directories of the test's own for the keyring, the session and Hoist.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn run(&self, role: &str, script: &str) {
        self.start(role, Some(script)).finish();
    }

    /// Starts this test program again, inside a session when there is a script that prepares it.
    fn start(&self, role: &str, script: Option<&str>) -> Running {
        let this = std::env::current_exe().unwrap();
        let arguments = ["--exact", "inside_the_session", "--nocapture", "--test-threads=1"];
        let mut command = match script {
            Some(script) => {
                let mut command = Command::new(tool("dbus-run-session", "dbus-daemon"));
                tool("gnome-keyring-daemon", "gnome-keyring");
                command.args(["--", "sh", "-c", script]).arg(&this).args(arguments);
                command
            }
            None => {
                let mut command = Command::new(&this);
                command.args(arguments);
                command
            }
        };
        for name in ["runtime", "data-home", "home", "cache"] {
            std::fs::create_dir_all(self.dir.path().join(name)).unwrap();
        }
        let path = |name: &str| self.dir.path().join(name);
        let child = command
            .env(ROLE, role)
            .env("HOIST_HOME", path("hoist"))
            .env("HOME", path("home"))
            .env("XDG_DATA_HOME", path("data-home"))
            .env("XDG_CACHE_HOME", path("cache"))
            .env("XDG_RUNTIME_DIR", path("runtime"))
            // Without a session of its own there is none at all.
            .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", path("no-bus").display()))
            .env("GNOME_KEYRING_CONTROL", path("runtime").join("keyring"))
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running { child: Some(child), role: role.to_owned() }
    }
}

/// A process that does not outlive its test.
struct Running {
    child: Option<Child>,
    role: String,
}

impl Running {
    fn finish(mut self) {
        let mut child = self.child.take().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        let status: ExitStatus = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                let _ = child.kill();
                panic!("{}: not done after 60 s", self.role);
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let Output { stdout, stderr, .. } = child.wait_with_output().unwrap();
        let mut err = std::io::stderr();
        if !status.success() {
            let _ = err.write_all(&stdout);
            let _ = err.write_all(&stderr);
        }
        assert!(status.success(), "{}: {status}", self.role);
        // A test that was filtered away would succeed as well.
        assert!(contains(&stdout, b"1 passed"), "{}: nothing ran", self.role);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A program the test needs, or the package that brings it.
fn tool(name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{name} is not installed: apt-get install {package}"))
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
