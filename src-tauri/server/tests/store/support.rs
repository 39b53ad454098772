//! A store of its own for each test, and two ways to talk to it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Region, RequestChecksumCalculation};
use hoist_server::store::{Faults, Keys, RunningStore, StoreOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A running store in a directory that goes away with it.
#[derive(Debug)]
pub(crate) struct TestStore {
    pub(crate) running: RunningStore,
    pub(crate) client: Client,
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) async fn start() -> TestStore {
    start_with(None).await
}

pub(crate) async fn start_with(faults: Option<Arc<dyn Faults>>) -> TestStore {
    let dir = tempfile::tempdir().unwrap();
    let options =
        StoreOptions { faults, ..StoreOptions::new(dir.path().join("store"), Keys::random()) };
    let running = RunningStore::start(options).await.unwrap();
    let client = client(&running, running.keys());
    let store = TestStore { running, client, dir };
    store.wait_for_bucket().await;
    store
}

/// An SDK client that does not try again.
pub(crate) fn client(running: &RunningStore, keys: &Keys) -> Client {
    client_at(&running.endpoint_url(), keys)
}

pub(crate) fn client_at(endpoint: &str, keys: &Keys) -> Client {
    Client::from_conf(config(endpoint, keys).build())
}

pub(crate) fn config(endpoint: &str, keys: &Keys) -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(
            &keys.access_key,
            &keys.secret_key,
            None,
            None,
            "test",
        ))
        .retry_config(RetryConfig::disabled())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .force_path_style(true)
}

impl TestStore {
    async fn wait_for_bucket(&self) {
        within(Duration::from_secs(10), "the bucket", async || {
            self.client.head_bucket().bucket("images").send().await.is_ok()
        })
        .await;
    }

    pub(crate) async fn put(&self, key: &str, body: impl Into<Vec<u8>>, content_type: &str) {
        self.client
            .put_object()
            .bucket("images")
            .key(key)
            .content_type(content_type)
            .body(body.into().into())
            .send()
            .await
            .unwrap();
    }

    pub(crate) async fn read(&self, key: &str) -> Vec<u8> {
        let object = self.client.get_object().bucket("images").key(key).send().await.unwrap();
        object.body.collect().await.unwrap().to_vec()
    }

    /// A request sent exactly as written.
    pub(crate) async fn raw(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Raw {
        raw(self.running.port(), method, target, headers).await.unwrap()
    }

    pub(crate) async fn get(&self, target: &str) -> Raw {
        self.raw("GET", target, &[]).await
    }

    pub(crate) fn content_files(&self) -> usize {
        files(&self.dir.path().join("store/data"))
    }

    pub(crate) fn temporary_files(&self) -> usize {
        files(&self.dir.path().join("store/tmp"))
    }
}

/// How many files there are below a directory.
pub(crate) fn files(dir: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            count += files(&entry.path());
        } else {
            count += 1;
        }
    }
    count
}

/// Asks again until it holds.
pub(crate) async fn within(limit: Duration, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + limit;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: u16,
    headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(crate) async fn raw(
    port: u16,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
) -> std::io::Result<Raw> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut head = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head.push_str(&format!("host: 127.0.0.1:{port}\r\n"));
    }
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut all = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut all)).await??;
    let end = all
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut body = all[end + 4..].to_vec();
    if headers.get("transfer-encoding").is_some_and(|value| value == "chunked") {
        body = dechunk(&body);
    }
    Ok(Raw { status, headers, body })
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(at) = rest.windows(2).position(|two| two == b"\r\n") {
        let size =
            usize::from_str_radix(std::str::from_utf8(&rest[..at]).unwrap().trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[at + 2..at + 2 + size]);
        rest = &rest[at + 2 + size + 2..];
    }
    body
}

/// The S3 code of an SDK error.
pub(crate) fn code<E, R>(
    result: Result<impl std::fmt::Debug, aws_sdk_s3::error::SdkError<E, R>>,
) -> String
where
    E: aws_sdk_s3::error::ProvideErrorMetadata + std::fmt::Debug,
    R: std::fmt::Debug,
{
    let error = result.expect_err("a refusal");
    match error.as_service_error().and_then(|error| error.meta().code().map(str::to_owned)) {
        Some(code) => code,
        None => format!("{error:?}"),
    }
}

/// Bytes that differ everywhere, the same every time.
pub(crate) fn bytes(len: usize, seed: u8) -> Vec<u8> {
    let mut state = u32::from(seed) + 1;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect()
}
