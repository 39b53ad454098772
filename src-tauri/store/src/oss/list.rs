//! Listings: ListObjectsV2, always with encoded keys.

use jiff::Timestamp;
use reqwest::Method;

use super::OssBucket;
use super::address::Resource;
use super::client::Call;
use crate::cause::Asked;
use crate::key::decode_key;
use crate::xml::Element;
use crate::{ErrorKind, ListPage, ListRequest, Result};

/// A text of an answer that was asked for with `encoding-type=url`.
pub(super) fn decode(root: &Element, text: &str) -> Result<String> {
    // What was not encoded must not be decoded: a key may hold `%41`.
    if root.text_of("EncodingType").as_deref() != Some("url") {
        return Ok(text.to_owned());
    }
    decode_key(text)
}

pub(super) fn timestamp(text: Option<&str>) -> Option<Timestamp> {
    text.and_then(|text| text.trim().parse().ok())
}

impl OssBucket {
    pub(super) async fn list_objects(&self, request: &ListRequest) -> Result<ListPage> {
        let asked = Asked::bucket("list");
        let mut call = Call::new(Method::GET, Resource::Bucket)
            .query("list-type", "2")
            .query("encoding-type", "url")
            // Without it OSS gives a hundred.
            .query("max-keys", request.max_keys.unwrap_or(1000).clamp(1, 1000).to_string());
        let delimiter = request.delimiter.as_deref().unwrap_or_default();
        for (name, value) in [("prefix", request.prefix.as_str()), ("delimiter", delimiter)] {
            if !value.is_empty() {
                call = call.query(name, value);
            }
        }
        if let Some(token) = &request.page {
            call = call.query("continuation-token", token.clone());
        }
        let mut listing = self.client().send(asked, call).await?.listing(asked).await?;
        let mut page = listing.page(decode_key)?;
        if listing.more {
            // The token is none of the elements that are encoded.
            page.next = listing.token;
            // A store that answers with the page's own token would be walked for ever.
            if page.next.is_none() || page.next == request.page {
                let why = "the store says there is more, but not where it goes on";
                return Err(self.client().wrong(ErrorKind::Other, asked, why));
            }
        }
        Ok(page)
    }
}
