//! A server that answers what the test tells it, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoist_store::s3::{S3Bucket, S3Config, S3Credentials, S3Dialect};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What to do with one request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Read it all and send these bytes.
    Send(Vec<u8>),
    /// Read it all, send these bytes, and keep the connection open without another one.
    SendAndStall(Vec<u8>),
    /// Read it all, send these bytes and close the connection.
    SendAndClose(Vec<u8>),
    /// Send these bytes after the head already, then read the rest.
    SendFirst(Vec<u8>),
    /// Read the head only and hang.
    Ignore,
    /// Read it all and close the connection without an answer.
    Close,
}

impl Reply {
    /// An answer with its length.
    pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        Reply::Send((text + "\r\n" + body).into_bytes())
    }

    pub(crate) fn error(status: &str, code: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>said so</Message></Error>");
        Self::answer(status, &[("content-type", "application/xml")], &body)
    }
}

/// The server; ends when dropped. After its last reply it closes every connection.
pub(crate) struct Script {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Script {
    pub(crate) async fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let replies = Arc::new(Mutex::new(replies.into_iter().collect::<VecDeque<_>>()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&replies), Arc::clone(&log)));
            }
        });
        Self { port, asked, task }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn config(&self, dialect: S3Dialect) -> S3Config {
        let keys = S3Credentials::new("AKIASCRIPT", "the/secret+key", Some("the-token".into()));
        let mut config = S3Config::new(dialect, "us-east-1", "bucket", keys)
            .endpoint(format!("http://127.0.0.1:{}", self.port))
            .path_style(true);
        config.stall_grace = Duration::from_secs(1);
        // Retry budgets are shared by name; each test has its own.
        config.retry_partition = Some(format!("test-{}", self.port));
        config
    }

    pub(crate) fn bucket(&self, dialect: S3Dialect) -> S3Bucket {
        S3Bucket::new(self.config(dialect)).unwrap()
    }

    /// One that does not try again.
    pub(crate) fn once(&self, dialect: S3Dialect) -> S3Bucket {
        let mut config = self.config(dialect);
        config.max_attempts = 1;
        S3Bucket::new(config).unwrap()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    log: Arc<Mutex<Vec<Asked>>>,
) {
    let mut buffer = Vec::new();
    loop {
        let Some(end) = read_head(&mut stream, &mut buffer).await else { return };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end + 4);
        let mut lines = head.lines();
        let mut first = lines.next().unwrap_or_default().split(' ');
        let mut asked = Asked {
            method: first.next().unwrap_or_default().to_owned(),
            target: first.next().unwrap_or_default().to_owned(),
            ..Asked::default()
        };
        let pairs = lines.filter_map(|line| line.split_once(": "));
        asked.headers = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let reply = replies.lock().unwrap().pop_front().unwrap_or(Reply::Close);
        if matches!(reply, Reply::Ignore) {
            log.lock().unwrap().push(asked);
            return std::future::pending().await;
        }
        if let Reply::SendFirst(bytes) = &reply {
            stream.write_all(bytes).await.unwrap();
        }
        let len = asked.header("content-length").and_then(|len| len.parse().ok()).unwrap_or(0);
        while buffer.len() < len {
            if stream.read_buf(&mut buffer).await.unwrap_or(0) == 0 {
                return;
            }
        }
        asked.body = buffer.drain(..len).collect();
        log.lock().unwrap().push(asked);
        match reply {
            Reply::Send(bytes) => stream.write_all(&bytes).await.unwrap(),
            Reply::SendAndClose(bytes) => return stream.write_all(&bytes).await.unwrap(),
            Reply::SendAndStall(bytes) => {
                stream.write_all(&bytes).await.unwrap();
                std::future::pending::<()>().await;
            }
            Reply::SendFirst(_) => {}
            Reply::Close | Reply::Ignore => return,
        }
    }
}

async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            return Some(end);
        }
        if stream.read_buf(buffer).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}
