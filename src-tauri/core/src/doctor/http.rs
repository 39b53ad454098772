//! Plain requests, as a browser would send them.

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, ORIGIN};
use reqwest::tls::TlsInfo;
use reqwest::{Client, StatusCode, redirect};

use super::{certificate, clock_offset, connection_reason};
use crate::problem::Reason;

const PATIENCE: Duration = Duration::from_secs(15);

/// How often a domain is asked for the new object before it is said not to have it.
const TRIES: u32 = 3;
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// What an endpoint answered.
pub(super) struct Reached {
    pub(super) took: Duration,
    /// How far this computer's clock is ahead; `None` when the answer has no date.
    pub(super) clock_offset: Option<SignedDuration>,
    /// When the certificate ends; `None` without TLS.
    pub(super) certificate_ends: Option<Timestamp>,
}

/// The addresses of a host.
pub(super) async fn resolve(host: &str, port: u16) -> Result<Vec<IpAddr>, Reason> {
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
    let unknown = || Reason::HostUnknown(host.to_owned());
    let mut found: Vec<IpAddr> = match found {
        Ok(found) => {
            found.map_err(|_| unknown())?.map(|address: SocketAddr| address.ip()).collect()
        }
        Err(_) => return Err(Reason::NoAnswer(PATIENCE.as_secs())),
    };
    found.dedup();
    if found.is_empty() { Err(unknown()) } else { Ok(found) }
}

/// Whether requests go through a proxy, which then looks up names instead of this computer.
pub(super) fn has_proxy() -> bool {
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
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
    let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
    let certificate = response.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
    Ok(Reached {
        took,
        clock_offset: date.and_then(|date| clock_offset(date, sent, received)),
        certificate_ends: certificate.and_then(certificate::valid_until),
    })
}

/// An answer, with as much of its body as was asked for.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// The body is longer than that.
    pub(super) cut: bool,
}

impl Answer {
    /// A header as text, in lower case.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name)?.to_str().ok().map(str::to_ascii_lowercase)
    }
}

/// Asks for `url`, as a page of `origin` would if there is one; again when the answer is that it is
/// not there: a domain in front of a bucket can take a moment to see a new object.
pub(super) async fn get(url: &str, origin: Option<&str>, limit: usize) -> Result<Answer, Reason> {
    let client = client(url)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let mut request = client.get(url).header("cache-control", "no-cache");
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Err(connection_reason(&error, url, PATIENCE).await),
        };
        let status = response.status();
        let may_come = status == StatusCode::NOT_FOUND || status.is_server_error();
        if may_come && tries < TRIES {
            tokio::time::sleep(BETWEEN_TRIES).await;
            continue;
        }
        return answer(response, limit).await;
    }
}

async fn answer(mut response: reqwest::Response, limit: usize) -> Result<Answer, Reason> {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(Answer { status, headers, body, cut: false }),
            Err(_) => return Err(Reason::Interrupted),
        }
        if body.len() > limit {
            body.truncate(limit);
            return Ok(Answer { status, headers, body, cut: true });
        }
    }
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
                .tls_info(true)
        };
        [builder().build().ok(), builder().no_proxy().build().ok()]
    });
    // A proxy cannot reach this computer's own addresses.
    let here = url::Url::parse(url).is_ok_and(|url| match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(host)) => host == "localhost" || host.ends_with(".localhost"),
        None => false,
    });
    CLIENTS[usize::from(here)].as_ref().ok_or(Reason::Certificate)
}
