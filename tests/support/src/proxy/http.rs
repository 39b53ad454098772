//! As much of HTTP/1.1 as a proxy has to read.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// No head of S3 is longer.
const LONGEST_HEAD: usize = 64 * 1024;

/// How long a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Exact(u64),
    Chunked,
}

/// The first line and the headers of a request or an answer.
#[derive(Debug)]
pub(super) struct Head {
    /// As it stands on the wire, the empty line included.
    pub(super) bytes: Vec<u8>,
    /// The words of the first line.
    pub(super) first: Vec<String>,
    /// Of the body that follows, as the headers say it.
    pub(super) length: Length,
}

impl Head {
    fn of(bytes: Vec<u8>) -> io::Result<Self> {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = text.split("\r\n");
        let first = lines.next().unwrap_or_default().split(' ').map(str::to_owned).collect();
        let mut length = Length::Exact(0);
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                length = Length::Exact(value.parse().map_err(|_| bad("content-length"))?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Length::Chunked;
                break;
            }
        }
        Ok(Self { bytes, first, length })
    }

    /// A word of the first line.
    pub(super) fn word(&self, n: usize) -> &str {
        self.first.get(n).map_or("", String::as_str)
    }

    /// The length of the body of this answer to a request of `method`.
    pub(super) fn answer_length(&self, method: &str) -> Length {
        match self.word(1) {
            _ if method == "HEAD" => Length::Exact(0),
            "204" | "304" => Length::Exact(0),
            status if status.starts_with('1') => Length::Exact(0),
            _ => self.length,
        }
    }
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Reads the next head; `None` at the end of the connection. What comes after it stays in `buffer`.
pub(super) async fn read_head(
    from: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> io::Result<Option<Head>> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let bytes = buffer.drain(..end + 4).collect();
            return Head::of(bytes).map(Some);
        }
        if buffer.len() > LONGEST_HEAD {
            return Err(bad("head"));
        }
        if from.read_buf(buffer).await? == 0 {
            return if buffer.is_empty() { Ok(None) } else { Err(bad("half a head")) };
        }
    }
}
