//! The strict servers: Ceph checks the hash of every payload, Swift the region and Content-MD5.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Server;
use crate::{ChildGuard, free_ports};

const CEPH_ACCESS: &str = "AKIACEPH";
const CEPH_SECRET: &str = "ceph+secret/12345678";
const SWIFT_ACCESS: &str = "test:tester";
const SWIFT_SECRET: &str = "swiftsecret12345678";

pub(super) async fn ceph() -> Server {
    start("Ceph radosgw", "ceph.sh", 3, CEPH_ACCESS, CEPH_SECRET).await
}

pub(super) async fn swift() -> Server {
    start("Swift s3api", "swift.sh", 5, SWIFT_ACCESS, SWIFT_SECRET).await
}

/// The scripts take the folder, the keys and the ports, S3 first, and stay in the foreground.
async fn start(
    name: &'static str,
    script: &str,
    ports: usize,
    access: &str,
    secret: &str,
) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports(ports);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers").join(script);
    let mut command = Command::new("bash");
    command.arg(script).arg(folder.path()).args([access, secret]);
    command.args(ports.iter().map(u16::to_string));
    let guard = ChildGuard::start(&command, folder.path().join("output")).unwrap();
    let server = Server {
        name,
        endpoint: format!("http://127.0.0.1:{}", ports[0]),
        region: "us-east-1",
        access_key: access.to_owned(),
        secret_key: secret.to_owned(),
        guard,
        _folder: folder,
    };
    server.until_writable(Duration::from_secs(120)).await
}
