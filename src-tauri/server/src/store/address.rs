//! Finding the process that serves a store already: its note beside the index, and its answer.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::front::HELLO;

/// How long a store on this computer may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest answer read.
const LONGEST: u64 = 16 * 1024;

/// What a store answers at `/-/hoist`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) app: String,
    pub(crate) store_id: String,
    pub(crate) version: String,
}

/// Where the store in a directory answers, noted by the process that serves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) port: u16,
    pub(crate) store_id: String,
}

impl Note {
    fn path(dir: &Path) -> PathBuf {
        dir.join("address.json")
    }

    /// Leaves the note.
    pub(crate) fn write(&self, dir: &Path) -> io::Result<()> {
        let arrival = dir.join("address.json.new");
        std::fs::write(&arrival, serde_json::to_vec(self)?)?;
        std::fs::rename(arrival, Self::path(dir))
    }

    /// Reads the note, when there is one.
    pub(crate) fn read(dir: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(Self::path(dir)).ok()?).ok()
    }

    /// Takes the note away.
    pub(crate) fn remove(dir: &Path) {
        if let Err(error) = std::fs::remove_file(Self::path(dir)) {
            tracing::debug!(%error, "no note to take away");
        }
    }

    /// Whether that store answers there.
    pub(crate) async fn answers(&self) -> bool {
        match tokio::time::timeout(PATIENCE, ask(self.port)).await {
            Ok(Ok(hello)) => hello.app == "hoist" && hello.store_id == self.store_id,
            Ok(Err(error)) => {
                tracing::debug!(%error, port = self.port, "no store answers");
                false
            }
            Err(_) => false,
        }
    }
}

/// Asks who answers on a port.
async fn ask(port: u16) -> io::Result<Hello> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let request =
        format!("GET {HELLO} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(invalid)?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return Err(invalid());
    }
    Ok(serde_json::from_str(body)?)
}
