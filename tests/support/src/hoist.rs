//! The program `hoist` as tests run it: in a home of its own, with a bucket of a real server.

use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread::JoinHandle;

use crate::Server;

/// Runs a future to its end. All share one runtime, which servers started on it need to live.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Runtime::new().unwrap()).block_on(future)
}

/// One `SeaweedFS` for all tests of a program. It ends with the test process.
pub fn seaweedfs() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| block_on(Server::seaweedfs()))
}

/// Works in `folder`, with the home of Hoist in it and nothing of this machine's environment but the
/// search path.
pub fn at_home(command: &mut Command, folder: &Path) {
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("HOIST_HOME", folder.join("home"))
        .env("LANG", "C.UTF-8")
        .current_dir(folder);
}

/// What adds the profile `cloud`; `more` says where its keys come from.
pub fn add_cloud<'a>(endpoint: &'a str, bucket: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let add = ["profile", "add", "cloud", "--provider", "minio"];
    [&add[..], &["--endpoint", endpoint, "--bucket", bucket], more].concat()
}

/// Where keys come from that are given to the standard input.
pub const KEYS_TYPED: [&str; 2] = ["--secret-stdin", "--insecure-storage"];

/// Types the keys of a server into a command, which must succeed.
pub fn type_keys(command: &mut Command, server: &Server) {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let keys = format!("{}\n{}\n", server.access_key, server.secret_key);
    child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Reads a pipe to its end while other things go on.
pub fn drain(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}
