//! One request as it is put together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use md5::{Digest as _, Md5};
use reqwest::Method;

use super::super::address::Resource;
use super::super::crc::Crc64;
use super::super::sign::Pairs;
use super::QUICK;
use crate::Body;
use crate::sending::Sending;

/// One request, to be sent as often as it takes.
pub(crate) struct Call<'a> {
    pub(super) method: Method,
    pub(super) resource: Resource<'a>,
    pub(super) query: Pairs,
    pub(super) headers: Pairs,
    pub(super) payload: Option<Sending<Crc64>>,
    pub(super) limit: Duration,
    pub(super) once: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, resource: Resource<'a>) -> Self {
        Self {
            method,
            resource,
            query: Pairs::new(),
            headers: Pairs::new(),
            payload: None,
            limit: QUICK,
            once: false,
        }
    }

    /// With this parameter; an empty value makes it a name alone.
    pub(crate) fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// With this header, whose name is lower-case.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With these headers.
    pub(crate) fn headers(mut self, headers: Pairs) -> Self {
        self.headers.extend(headers);
        self
    }

    /// With this document and the Content-MD5 that OSS wants of it.
    pub(crate) fn document(self, content_type: &str, text: impl Into<Bytes>) -> Self {
        let text: Bytes = text.into();
        let md5 = STANDARD.encode(Md5::digest(&text));
        self.header("content-type", content_type).header("content-md5", md5).body(Sending {
            body: Body::Bytes(text),
            progress: None,
            running: None,
            attempts: Arc::default(),
        })
    }

    /// With this body.
    pub(crate) fn body(mut self, sending: Sending<Crc64>) -> Self {
        self.payload = Some(sending);
        self
    }

    /// The answer may take this long, once all has been sent.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// How often its body has been sent, to be asked afterwards.
    pub(crate) fn attempts(&self) -> Attempts {
        Attempts(self.payload.as_ref().map(|sending| Arc::clone(&sending.attempts)))
    }

    /// Not to be sent a second time: it would not do the same again.
    pub(crate) fn once(mut self) -> Self {
        self.once = true;
        self
    }
}

/// How often a body has been sent.
pub(crate) struct Attempts(Option<Arc<AtomicU32>>);

impl Attempts {
    /// Whether an answer may have been lost.
    pub(crate) fn more_than_one(&self) -> bool {
        self.0.as_ref().is_some_and(|attempts| attempts.load(Ordering::Relaxed) > 1)
    }
}
