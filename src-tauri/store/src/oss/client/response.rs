//! Answers that are successes, and their bodies.

use bytes::Bytes;
use futures_util::StreamExt as _;
use reqwest::header::HeaderMap;

use super::super::error::{NOT_OSS, answered};
use super::Client;
use crate::cause::Asked;
use crate::listing::Listing;
use crate::receiving::{self, Fault, Inspect};
use crate::xml::Element;
use crate::{ErrorKind, ObjectStream, Result};

/// More than any document of OSS has: a thousand keys of a thousand bytes, encoded.
const LONGEST_DOCUMENT: u64 = 16 << 20;

/// A success whose body has not been read.
pub(crate) struct Response {
    pub(super) client: Client,
    pub(super) response: reqwest::Response,
}

impl Response {
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// A header as a number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.header(name).and_then(|text| text.trim().parse().ok())
    }

    /// All of it as text.
    pub(crate) async fn text(self, asked: Asked<'_>) -> Result<String> {
        let client = self.client.clone();
        let bytes = self.bytes(asked, LONGEST_DOCUMENT).await?;
        String::from_utf8(bytes.into())
            .map_err(|_| client.wrong(ErrorKind::WrongEndpoint, asked, NOT_OSS))
    }

    /// All of it, as long as it is not longer than `most`.
    pub(crate) async fn bytes(self, asked: Asked<'_>, most: u64) -> Result<Bytes> {
        let Response { client, response } = self;
        let grace = client.inner.stall_grace;
        let mut stream = response.bytes_stream();
        let mut all = Vec::new();
        loop {
            let next = tokio::time::timeout(grace, stream.next()).await;
            match next.map_err(|_| client.silent(asked, grace))? {
                None => return Ok(all.into()),
                Some(Err(error)) => return Err(client.transport(asked, error)),
                Some(Ok(chunk)) if (all.len() + chunk.len()) as u64 > most => {
                    return Err(client.wrong(ErrorKind::Other, asked, "the answer does not end"));
                }
                Some(Ok(chunk)) => all.extend_from_slice(&chunk),
            }
        }
    }

    /// The document with this root.
    pub(crate) async fn xml(self, asked: Asked<'_>, root: &str) -> Result<Element> {
        self.read(asked, |text| Element::parse(text).ok().filter(|element| element.is(root))).await
    }

    /// A page of a listing.
    pub(crate) async fn listing(self, asked: Asked<'_>) -> Result<Listing> {
        self.read(asked, |text| Listing::read(text).ok().filter(|listing| listing.is_one)).await
    }

    /// What `read` finds in the document.
    async fn read<T>(self, asked: Asked<'_>, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        let (client, headers) = (self.client.clone(), self.headers().clone());
        let (status, text) = (self.status(), self.text(asked).await?);
        if let Some(found) = read(text.trim()) {
            return Ok(found);
        }
        Err(match Element::parse(text.trim()) {
            // A join that fails late has been answered with 200 by then.
            Ok(element) if element.is("Error") => {
                answered(client.asker(), asked, status, &headers, &text)
            }
            _ => client.wrong(ErrorKind::WrongEndpoint, asked, NOT_OSS),
        })
    }

    /// Its `len` bytes as they come.
    pub(crate) fn stream(self, key: String, len: u64, inspect: impl Inspect) -> ObjectStream {
        let Response { client, response } = self;
        let grace = client.inner.stall_grace;
        let stream = Box::pin(response.bytes_stream());
        receiving::watch(stream, len, grace, inspect, move |fault| {
            let asked = Asked::read("get", &key);
            match fault {
                Fault::Broken(error) => client.transport(asked, error),
                other => {
                    let (kind, why) = other.say();
                    client.wrong(kind, asked, &why)
                }
            }
        })
    }
}
