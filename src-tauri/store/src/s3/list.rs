//! Listings, by either call, decoded as the dialect encodes them.

use aws_sdk_s3::types::{CommonPrefix, EncodingType, Object as Listed};

use super::error::{Asked, NOT_S3};
use super::object::{bare_etag, timestamp};
use super::{ListVersion, QUICK, S3Bucket, SLOW, wire};
use crate::{ErrorKind, ListPage, ListRequest, ObjectMeta, Result};

/// What both calls answer.
struct Raw {
    /// Whether it is a listing at all: the SDK reads any XML, and half a one, as an empty page.
    listing: bool,
    objects: Vec<Listed>,
    prefixes: Vec<CommonPrefix>,
    encoded: bool,
    more: bool,
    /// Token of V2, or marker of V1, as it came.
    next: Option<String>,
}

/// Sends either call, whose requests and answers are alike but for the page, and are types apart.
macro_rules! listed {
    ($bucket:ident, $request:ident, $call:ident, |$out:ident| $next:expr) => {{
        let call = $call
            .bucket(&$bucket.inner.name)
            .set_prefix(given(&$request.prefix))
            .set_delimiter($request.delimiter.as_deref().and_then(given))
            .set_max_keys(max_keys($request))
            .set_encoding_type($bucket.encoding());
        let limit = if $bucket.quirks().slow { SLOW } else { QUICK };
        let sent = $bucket.tune(call.customize(), limit).send().await;
        let $out = sent.map_err(|error| $bucket.fail(Asked::bucket("list"), error))?;
        Ok(Raw {
            listing: $out.is_truncated.is_some() || $out.name.is_some(),
            objects: $out.contents.unwrap_or_default(),
            prefixes: $out.common_prefixes.unwrap_or_default(),
            encoded: $out.encoding_type == Some(EncodingType::Url),
            more: $out.is_truncated.unwrap_or(false),
            next: $next,
        })
    }};
}

impl S3Bucket {
    pub(super) async fn list_objects(&self, request: &ListRequest) -> Result<ListPage> {
        let version = self.quirks().list;
        let raw = match version {
            ListVersion::V1 => self.list_v1(request).await?,
            ListVersion::V2 => self.list_v2(request).await?,
        };
        if !raw.listing {
            return Err(self.wrong(ErrorKind::WrongEndpoint, Asked::bucket("list"), NOT_S3));
        }
        self.saw_bucket();
        let decode = |text: &str| {
            if raw.encoded {
                wire::decode_key(text, self.quirks().plus_is_space)
            } else {
                Ok(text.to_owned())
            }
        };
        let mut page = ListPage::default();
        for object in raw.objects {
            let Some(key) = object.key.as_deref() else { continue };
            page.objects.push(ObjectMeta {
                key: decode(key)?,
                size: object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                etag: bare_etag(object.e_tag),
                modified: timestamp(object.last_modified),
                storage_class: object.storage_class.map(|class| class.as_str().to_owned()),
                ..ObjectMeta::default()
            });
        }
        for prefix in raw.prefixes.iter().filter_map(|prefix| prefix.prefix.as_deref()) {
            page.prefixes.push(decode(prefix)?);
        }
        if raw.more {
            page.next = match (version, raw.next) {
                (ListVersion::V2, next) => next,
                (ListVersion::V1, Some(next)) => Some(decode(&next)?),
                (ListVersion::V1, None) => last_entry(&page),
            };
            // A store that answers with the page's own token would be walked for ever.
            if page.next.is_none() || page.next == request.page {
                let why = "the store says there is more, but not where it goes on";
                return Err(self.wrong(ErrorKind::Other, Asked::bucket("list"), why));
            }
        }
        Ok(page)
    }

    async fn list_v2(&self, request: &ListRequest) -> Result<Raw> {
        let call = self.client().list_objects_v2().set_continuation_token(request.page.clone());
        listed!(self, request, call, |out| out.next_continuation_token)
    }

    async fn list_v1(&self, request: &ListRequest) -> Result<Raw> {
        let call = self.client().list_objects().set_marker(request.page.clone());
        listed!(self, request, call, |out| out.next_marker.filter(|marker| !marker.is_empty()))
    }

    fn encoding(&self) -> Option<EncodingType> {
        self.quirks().encoded_listing.then_some(EncodingType::Url)
    }
}

/// Without NextMarker the next page starts after the last entry, whichever kind it is.
fn last_entry(page: &ListPage) -> Option<String> {
    let key = page.objects.last().map(|object| &object.key);
    key.max(page.prefixes.last()).cloned()
}

fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn max_keys(request: &ListRequest) -> Option<i32> {
    request.max_keys.and_then(|max| i32::try_from(max.clamp(1, 1000)).ok())
}
