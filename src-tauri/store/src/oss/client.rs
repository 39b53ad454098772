//! One way for every request: signed, sent, watched, tried again, and its errors understood.

mod call;
mod connect;
mod response;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use tokio::sync::watch;
use url::Url;

pub(crate) use call::Call;
pub(crate) use response::Response;

use super::address::{Address, Resource};
use super::crc::Crc64;
use super::error::{Asker, answered, classify};
use super::sign::{self, Keys, Unsigned};
use super::{OssConfig, OssCredentials, OssSignature, locate};
use crate::cause::{Asked, Cause, chain, own, redact};
use crate::clock::ServerClock;
use crate::sending::Sending;
use crate::{ErrorKind, Result, Retry, StoreError};

/// Requests without a body of their own answer within this, or are sent again.
pub(crate) const QUICK: Duration = Duration::from_secs(60);
/// Joining parts and copying large objects takes its time.
pub(crate) const SLOW: Duration = Duration::from_secs(600);
/// Longest pause between two attempts. Who is told to wait longer hands that on.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// First pause; it doubles, and a random part of it is waited.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Sends requests to one endpoint for one bucket. Clones share connections and the clock.
#[derive(Clone)]
pub(crate) struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    address: Address,
    host: String,
    bucket: String,
    region: String,
    signature: OssSignature,
    credentials: OssCredentials,
    stall_grace: Duration,
    max_attempts: u32,
    now: fn() -> SystemTime,
    server: ServerClock,
    /// Seconds that are added to our clock before it signs, since OSS once refused it.
    correction: AtomicI64,
}

impl Client {
    /// Sends nothing; reads the extra CA file, if there is one.
    pub(crate) fn new(config: &OssConfig) -> Result<Self> {
        let address = Address::new(config)?;
        Ok(Self {
            inner: Arc::new(Inner {
                http: connect::http(config, &address)?,
                host: address.host(),
                address,
                bucket: config.bucket.clone(),
                region: config.signing_region(),
                signature: config.signature,
                credentials: config.credentials.clone(),
                stall_grace: config.stall_grace,
                max_attempts: config.max_attempts.max(1),
                now: config.clock.unwrap_or(SystemTime::now),
                server: ServerClock::default(),
                correction: AtomicI64::new(0),
            }),
        })
    }

    /// How far the store's clock is ahead of this computer's, as its last answer told.
    pub(crate) fn clock_offset(&self) -> Option<SignedDuration> {
        self.inner.server.offset()
    }

    /// The host that errors name.
    pub(crate) fn host(&self) -> &str {
        &self.inner.host
    }

    /// The bucket's name.
    pub(crate) fn bucket(&self) -> &str {
        &self.inner.bucket
    }

    /// The region that requests are signed for.
    pub(crate) fn region(&self) -> &str {
        &self.inner.region
    }

    /// The same bucket by the endpoint of the region that is signed for; `None` where it is reached
    /// so already, or where there is none.
    pub(crate) fn regional(&self) -> Option<Self> {
        let address = self.inner.address.regional(&self.inner.region)?;
        let inner = Inner {
            http: self.inner.http.clone(),
            host: address.host(),
            address,
            bucket: self.inner.bucket.clone(),
            region: self.inner.region.clone(),
            credentials: self.inner.credentials.clone(),
            server: ServerClock::default(),
            correction: AtomicI64::new(self.inner.correction.load(Ordering::Relaxed)),
            ..*self.inner
        };
        Some(Self { inner: Arc::new(inner) })
    }

    /// Sends a request until it is answered, refused for good, or was sent often enough. What comes
    /// back is a success; its body has not been read.
    pub(crate) async fn send(&self, asked: Asked<'_>, call: Call<'_>) -> Result<Response> {
        match self.send_as_it_is(asked, call).await {
            Err(error) if error.kind() == ErrorKind::WrongRegion && error.hint().is_none() => {
                Err(locate::with_region(self, error).await)
            }
            answer => answer,
        }
    }

    /// The same, asking nobody else.
    pub(super) async fn send_as_it_is(&self, asked: Asked<'_>, call: Call<'_>) -> Result<Response> {
        let most = if call.once { 1 } else { self.inner.max_attempts };
        let (mut attempt, mut corrected) = (1, false);
        loop {
            let error = match self.attempt(asked, &call).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            // Refused for its date, a request has done nothing: it may go again with the right one.
            if error.kind() == ErrorKind::ClockSkew
                && !corrected
                && let Some(offset) = self.clock_offset()
            {
                corrected = true;
                self.inner.correction.store(offset.as_secs(), Ordering::Relaxed);
                tracing::info!(seconds = offset.as_secs(), "signing with the time of OSS");
                continue;
            }
            let Some(pause) = pause(attempt, error.retry()).filter(|_| attempt < most) else {
                return Err(error);
            };
            tracing::debug!(%error, attempt, ?pause, "trying again");
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// A URL that works on its own for `expires` from now.
    pub(crate) fn presign(&self, call: &Call<'_>, expires: Duration) -> Result<Url> {
        let what = self.unsigned(call, &call.headers);
        let added = match self.inner.signature {
            OssSignature::V4 => {
                sign::v4::presign(what, self.keys(), self.scope(self.time()?), expires)
            }
            OssSignature::V1 => sign::v1::presign(what, self.keys(), self.time()?, expires),
        };
        let mut url = self.inner.address.url(&self.inner.bucket, call.resource)?;
        url.set_query(Some(&sign::query_string(&[call.query.as_slice(), &added].concat())));
        Ok(url)
    }

    async fn attempt(&self, asked: Asked<'_>, call: &Call<'_>) -> Result<Response> {
        let request = self.request(asked, call)?;
        let sent = match &call.payload {
            Some(sending) if !sending.body.is_empty() => {
                self.watched(asked, request, sending, call.limit).await?
            }
            _ => tokio::time::timeout(call.limit, self.inner.http.execute(request))
                .await
                .map_err(|_| self.silent(asked, call.limit))?,
        };
        let response = sent.map_err(|error| self.transport(asked, error))?;
        let date = response.headers().get("date").and_then(|date| date.to_str().ok());
        if let Some(date) = date {
            self.inner.server.saw(date, (self.inner.now)());
        }
        let response = Response { client: self.clone(), response };
        if response.response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.response.headers().clone());
        // What the answer says of itself is worth having even when the rest of it breaks off.
        let body = response.text(asked).await.unwrap_or_default();
        Err(answered(self.asker(), asked, status, &headers, &body))
    }

    /// Sends a request with a body, unless it stands still for too long.
    async fn watched(
        &self,
        asked: Asked<'_>,
        mut request: reqwest::Request,
        sending: &Sending<Crc64>,
        limit: Duration,
    ) -> Result<Result<reqwest::Response, reqwest::Error>> {
        let (left, mut seen) = watch::channel(sending.body.len());
        let left = Arc::new(left);
        *request.body_mut() = Some(reqwest::Body::wrap(sending.attempt_watched(Arc::clone(&left))));
        let mut sent = std::pin::pin!(self.inner.http.execute(request));
        loop {
            let now = *seen.borrow_and_update();
            // Before the first byte a connection is opened, after the last one OSS works.
            let started = now < sending.body.len();
            let patience = if started && now > 0 { self.inner.stall_grace } else { limit };
            tokio::select! {
                answer = &mut sent => return Ok(answer),
                changed = seen.changed() => debug_assert!(changed.is_ok(), "`left` is held here"),
                () = tokio::time::sleep(patience) => return Err(self.silent(asked, patience)),
            }
        }
    }

    fn request(&self, asked: Asked<'_>, call: &Call<'_>) -> Result<reqwest::Request> {
        let mut url = self.inner.address.url(&self.inner.bucket, call.resource)?;
        if !call.query.is_empty() {
            url.set_query(Some(&sign::query_string(&call.query)));
        }
        let what = self.unsigned(call, &call.headers);
        let added = match self.inner.signature {
            OssSignature::V4 => sign::v4::authorize(what, self.keys(), self.scope(self.time()?)),
            OssSignature::V1 => sign::v1::authorize(what, self.keys(), self.time()?),
        };
        let mut request = reqwest::Request::new(call.method.clone(), url);
        let headers = request.headers_mut();
        for (name, value) in call.headers.iter().chain(&added) {
            let unfit = || self.wrong(ErrorKind::Unsupported, asked, &unfit(name));
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?;
            let value = HeaderValue::from_str(value.trim()).map_err(|_| unfit())?;
            headers.insert(name, value);
        }
        let empty = call.payload.as_ref().is_none_or(|sending| sending.body.is_empty());
        if empty && matches!(call.method, Method::PUT | Method::POST) {
            headers.insert("content-length", HeaderValue::from_static("0"));
        }
        Ok(request)
    }

    fn unsigned<'a>(&'a self, call: &'a Call<'_>, headers: &'a [(String, String)]) -> Unsigned<'a> {
        let key = match call.resource {
            Resource::Object(key) => Some(key),
            _ => None,
        };
        let service = call.resource == Resource::Service;
        Unsigned {
            method: call.method.as_str(),
            bucket: (!service).then_some(self.inner.bucket.as_str()),
            key,
            query: &call.query,
            headers,
        }
    }

    fn keys(&self) -> Keys<'_> {
        let keys = &self.inner.credentials;
        Keys { id: &keys.id, secret: &keys.secret, token: keys.token.as_deref() }
    }

    /// No additional headers: a CDN before a custom domain may ask for other ranges than we did.
    fn scope(&self, time: Timestamp) -> sign::v4::Scope<'_> {
        sign::v4::Scope { region: &self.inner.region, time, additional: &[] }
    }

    /// The time to sign with.
    fn time(&self) -> Result<Timestamp> {
        let wrong = |error| {
            StoreError::new(ErrorKind::ClockSkew, "the clock is out of range").with_source(error)
        };
        let now = Timestamp::try_from((self.inner.now)()).map_err(wrong)?;
        let correction = self.inner.correction.load(Ordering::Relaxed);
        now.checked_add(SignedDuration::from_secs(correction)).map_err(wrong)
    }

    fn asker(&self) -> Asker<'_> {
        Asker {
            bucket: &self.inner.bucket,
            host: &self.inner.host,
            region: &self.inner.region,
            access_key: &self.inner.credentials.id,
        }
    }

    /// An error that needs no answer: the sentence and what is wrong.
    pub(crate) fn wrong(&self, kind: ErrorKind, asked: Asked<'_>, why: &str) -> StoreError {
        let sentence = asked.sentence(&self.inner.bucket, &self.inner.host);
        StoreError::new(kind, format!("{sentence}: {why}"))
    }

    /// An entry of a batch answer that says why one key failed.
    pub(crate) fn entry(&self, asked: Asked<'_>, code: &str, message: &str) -> StoreError {
        let text = redact(message, &self.inner.credentials.id);
        self.wrong(classify(Some(code), 0), asked, &text).with_provider_code(code)
    }

    fn silent(&self, asked: Asked<'_>, limit: Duration) -> StoreError {
        let why = format!("nothing moved for {} seconds", limit.as_secs());
        self.wrong(ErrorKind::Timeout, asked, &why)
    }

    /// An error of the connection, or of the body that was to be sent.
    fn transport(&self, asked: Asked<'_>, error: reqwest::Error) -> StoreError {
        // The URL may be signed.
        let error = error.without_url();
        let cause = Cause(redact(&chain(&error), &self.inner.credentials.id));
        if let Some(own) = own(&error) {
            return StoreError::new(own.kind(), own.message()).with_source(cause);
        }
        let (kind, why) = if error.is_timeout() {
            (ErrorKind::Timeout, "there was no answer in time")
        } else if error.is_builder() {
            (ErrorKind::Other, "the request cannot be built")
        } else {
            (ErrorKind::Network, "the connection failed")
        };
        self.wrong(kind, asked, why).with_source(cause)
    }
}

fn unfit(name: &str) -> String {
    format!("the header {name} cannot carry what was asked for")
}

/// How long to wait before the next attempt: full jitter, or what the store asked for.
fn pause(attempt: u32, retry: Retry) -> Option<Duration> {
    match retry {
        Retry::Never => None,
        Retry::After(wait) => (wait <= LONGEST_PAUSE).then_some(wait),
        Retry::Now => {
            let most = FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(10)).min(LONGEST_PAUSE);
            Some(most.mul_f64(fastrand::f64()))
        }
    }
}
