//! Plain requests, as a browser would send them.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, StatusCode, redirect};

use super::{clock_offset, connection_reason};
use crate::problem::{Code, Problem, Reason};

const PATIENCE: Duration = Duration::from_secs(15);

/// How often a domain is asked for the new object before it is said not to have it.
const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// What an endpoint answered.
pub(super) struct Reached {
    pub(super) took: Duration,
    /// How far this computer's clock is ahead; `None` when the answer has no date.
    pub(super) clock_offset: Option<SignedDuration>,
}

/// Whether anything answers at `url`. Without a signature most refuse, which is an answer.
pub(super) async fn reach(url: &str) -> Result<Reached, Reason> {
    let client = client(url)?;
    let (sent, started) = (Timestamp::now(), Instant::now());
    let response = match client.head(url).send().await {
        Ok(response) => response,
        Err(error) => return Err(connection_reason(&error, url, PATIENCE).await),
    };
    let (received, took) = (Timestamp::now(), started.elapsed());
    let date = response.headers().get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
    Ok(Reached { took, clock_offset: date.and_then(|date| clock_offset(date, sent, received)) })
}

/// Whether `url` gives everybody exactly `content`.
pub(super) async fn read_back(url: &str, content: &[u8]) -> Result<(), Problem> {
    let unreachable = |reason| Problem::new(Code::PublicUrlUnreachable, url).with_reason(reason);
    let client = client(url).map_err(unreachable)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let response = match client.get(url).header("cache-control", "no-cache").send().await {
            Ok(response) => response,
            Err(error) => return Err(unreachable(connection_reason(&error, url, PATIENCE).await)),
        };
        let status = response.status();
        if status.is_success() {
            return match body(response, content.len()).await {
                Some(body) if body == content => Ok(()),
                _ => Err(Problem::new(Code::PublicUrlDiffers, url)),
            };
        }
        // A domain in front of a bucket can take a moment to see a new object.
        let may_come = status == StatusCode::NOT_FOUND || status.is_server_error();
        if may_come && tries < TRIES {
            tokio::time::sleep(BETWEEN_TRIES).await;
            continue;
        }
        let code = match status {
            // S3 answers an unsigned request with 400 where nothing may be read without a key.
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Code::PublicUrlPrivate
            }
            StatusCode::NOT_FOUND | StatusCode::GONE => Code::PublicUrlNotFound,
            _ => Code::PublicUrlUnreachable,
        };
        let mut problem = Problem::new(code, url);
        problem.status = Some(status.as_u16());
        return Err(problem);
    }
}

/// The body, unless it is longer than expected.
async fn body(mut response: reqwest::Response, expected: usize) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(expected);
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > expected {
            return None;
        }
    }
    Some(body)
}

fn client(url: &str) -> Result<&'static Client, Reason> {
    static CLIENTS: LazyLock<[Option<Client>; 2]> = LazyLock::new(|| {
        // Fails only when a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            Client::builder()
                .user_agent(concat!("Hoist/", env!("CARGO_PKG_VERSION")))
                .redirect(redirect::Policy::limited(5))
                .connect_timeout(PATIENCE)
                .timeout(PATIENCE)
        };
        [builder().build().ok(), builder().no_proxy().build().ok()]
    });
    // A proxy cannot reach this computer's own addresses.
    let here = url::Url::parse(url).is_ok_and(|url| match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost",
        None => false,
    });
    CLIENTS[usize::from(here)].as_ref().ok_or(Reason::Certificate)
}
