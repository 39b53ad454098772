//! The clients: installed once under the target folder, run against a server of their own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use hoist_testkit::install_folder;
use hoist_testkit::oss::{Acl, OssOptions, OssServer};

/// A custom domain of the bucket, reached through the server as a proxy.
const CNAME: &str = "img.example.com";

/// Where the scripts are.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../oss").canonicalize().unwrap()
}

/// The Python clients.
pub(crate) struct Python {
    python: PathBuf,
}

impl Python {
    /// Installs what `requirements.txt` lists, unless it is there. Other test processes wait.
    pub(crate) fn installed() -> Self {
        let requirements = scripts().join("requirements.txt");
        let folder = installed("oss-python", &requirements, |folder| {
            let python = if cfg!(windows) { "python" } else { "python3" };
            let mut venv = Command::new(python);
            succeed(venv.args(["-m", "venv"]).arg(folder), "python3 with venv is needed");
            let mut pip = Command::new(program(folder, "pip"));
            pip.args(["install", "--quiet", "--disable-pip-version-check", "-r"]);
            succeed(pip.arg(&requirements), "PyPI must be in reach");
        });
        Self { python: program(&folder, "python") }
    }

    /// Runs a script of this folder.
    pub(crate) fn script(&self, name: &str) -> Script {
        Script { program: self.python.clone(), script: scripts().join(name), modules: None }
    }
}

fn program(venv: &Path, name: &str) -> PathBuf {
    let (folder, suffix) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
    venv.join(folder).join(format!("{name}{suffix}"))
}

/// The client for Node.
pub(crate) struct Node {
    modules: PathBuf,
}

impl Node {
    /// Installs what `package-lock.json` lists, unless it is there. Other test processes wait.
    pub(crate) fn installed() -> Self {
        let lock = scripts().join("package-lock.json");
        let modules = installed("oss-node", &lock, |folder| {
            std::fs::create_dir_all(folder).unwrap();
            for name in ["package.json", "package-lock.json"] {
                std::fs::copy(scripts().join(name), folder.join(name)).unwrap();
            }
            let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
            npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
            succeed(npm.current_dir(folder), "npm and its registry must be in reach");
        });
        Self { modules }
    }

    /// Runs a script of this folder.
    pub(crate) fn script(&self, name: &str) -> Script {
        let modules = Some(self.modules.clone());
        Script { program: "node".into(), script: scripts().join(name), modules }
    }
}

/// The folder of an installation, which is made again when what it is made from has changed.
fn installed(name: &str, from: &Path, install: impl FnOnce(&Path)) -> PathBuf {
    let lock = File::create(install_folder().join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let folder = install_folder().join(name);
    let done = folder.join("installed-from");
    let wanted = std::fs::read(from).unwrap();
    if std::fs::read(&done).ok().as_deref() != Some(wanted.as_slice()) {
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        install(&folder);
        std::fs::write(&done, wanted).unwrap();
    }
    folder
}

fn succeed(command: &mut Command, hint: &str) {
    let program = Path::new(command.get_program()).display().to_string();
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}; {hint}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed; {hint}\n{said}");
}

/// A script with what runs it.
pub(crate) struct Script {
    program: PathBuf,
    script: PathBuf,
    modules: Option<PathBuf>,
}

/// Runs a script against a server of its own and compares its lines with the checks.
pub(crate) fn run(script: &Script, signature: &str, checks: &[&str]) {
    let mut options = OssOptions::default();
    options.acl = Acl::PublicRead;
    options.cnames = vec![CNAME.to_owned()];
    let server = OssServer::with(options);
    let temporary = server.temporary_keys(3600);
    let mut command = Command::new(&script.program);
    command
        .arg(&script.script)
        .env("OSS_URL", server.url())
        .env("OSS_CNAME", CNAME)
        .env("OSS_REGION", server.region())
        .env("OSS_BUCKET", server.bucket())
        .env("OSS_ACCESS_KEY", server.access_key())
        .env("OSS_SECRET_KEY", server.secret_key())
        .env("OSS_TEMPORARY_ID", &temporary.access_key)
        .env("OSS_TEMPORARY_SECRET", &temporary.secret_key)
        .env("OSS_TEMPORARY_TOKEN", &temporary.token)
        .env("OSS_SIGNATURE", signature)
        // Scripts of several tests share a folder.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "127.0.0.1");
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "no_proxy"] {
        command.env_remove(name);
    }
    if let Some(modules) = &script.modules {
        command.env("OSS_MODULES", modules);
    }
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", script.program.display()));
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<_> = said.lines().collect();
    let wanted: Vec<_> = checks.iter().map(|check| format!("ok {check}")).collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(lines, wanted, "{errors}");
    assert!(output.status.success(), "{errors}");
}
