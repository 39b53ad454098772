//! Listings, by either call, decoded as the dialect encodes them.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::operation::list_objects::{ListObjectsError, ListObjectsOutput};
use aws_sdk_s3::operation::list_objects_v2::{ListObjectsV2Error, ListObjectsV2Output};
use aws_sdk_s3::types::EncodingType;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};

use super::error::{Asked, NOT_S3};
use super::{ListVersion, QUICK, S3Bucket, SLOW, wire};
use crate::listing::Listing;
use crate::{ErrorKind, ListPage, ListRequest, Result};

/// Reads the answers of the listing calls in the SDK's place, whose reader takes most of the time of
/// a long listing, and takes any XML, and half a one, for an empty page. Errors are left to the SDK.
#[derive(Debug, Clone)]
struct Reading {
    version: ListVersion,
    listing: Arc<Mutex<Option<Listing>>>,
}

impl Reading {
    /// An error of the call: the SDK does not send again what was answered.
    fn wrong(&self, why: impl Into<BoxError>) -> OrchestratorError<Error> {
        OrchestratorError::operation(match self.version {
            ListVersion::V1 => Error::erase(ListObjectsError::unhandled(why)),
            ListVersion::V2 => Error::erase(ListObjectsV2Error::unhandled(why)),
        })
    }
}

#[dyn_dispatch_hint]
impl Intercept for Reading {
    fn name(&self) -> &'static str {
        "Reading"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        if context.response().status().is_success() {
            let reader = SharedResponseDeserializer::new(self.clone());
            config.interceptor_state().store_put(reader);
        }
        Ok(())
    }
}

impl DeserializeResponse for Reading {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _config: &ConfigBag,
    ) -> std::result::Result<Output, OrchestratorError<Error>> {
        // An earlier attempt may have succeeded but for its body.
        if !response.status().is_success() {
            return Err(self.wrong("an error"));
        }
        let text = std::str::from_utf8(response.body().bytes().unwrap_or_default());
        let text = text.map_err(|error| self.wrong(error))?;
        let listing = Listing::read(text).map_err(|error| self.wrong(error))?;
        *self.listing.lock().unwrap_or_else(PoisonError::into_inner) = Some(listing);
        Ok(match self.version {
            ListVersion::V1 => Output::erase(ListObjectsOutput::builder().build()),
            ListVersion::V2 => Output::erase(ListObjectsV2Output::builder().build()),
        })
    }
}

/// Sends either call, whose requests and answers are alike but for the page, and are types apart.
macro_rules! listed {
    ($bucket:ident, $request:ident, $call:expr) => {{
        let call = $call
            .bucket(&$bucket.inner.name)
            .set_prefix(given(&$request.prefix))
            .set_delimiter($request.delimiter.as_deref().and_then(given))
            .set_max_keys(max_keys($request))
            .set_encoding_type($bucket.encoding());
        let limit = if $bucket.quirks().slow { SLOW } else { QUICK };
        let version = $bucket.quirks().list;
        let reading = Reading { version, listing: Arc::default() };
        let call = $bucket.tune(call.customize(), limit).interceptor(reading.clone());
        let sent = call.send().await;
        sent.map_err(|error| $bucket.fail(Asked::bucket("list"), error))?;
        let read = reading.listing.lock().unwrap_or_else(PoisonError::into_inner).take();
        read.unwrap_or_default()
    }};
}

impl S3Bucket {
    pub(super) async fn list_objects(&self, request: &ListRequest) -> Result<ListPage> {
        let (version, page) = (self.quirks().list, request.page.clone());
        let mut listing = match version {
            ListVersion::V1 => {
                listed!(self, request, self.client().list_objects().set_marker(page))
            }
            ListVersion::V2 => {
                let call = self.client().list_objects_v2().set_continuation_token(page);
                listed!(self, request, call)
            }
        };
        if !listing.is_one {
            return Err(self.wrong(ErrorKind::WrongEndpoint, Asked::bucket("list"), NOT_S3));
        }
        self.saw_bucket();
        let decode = |text: &str| wire::decode_key(text, self.quirks().plus_is_space);
        let mut page = listing.page(decode)?;
        if listing.more {
            let marker = listing.marker.filter(|marker| !marker.is_empty());
            page.next = match (version, marker) {
                (ListVersion::V2, _) => listing.token,
                (ListVersion::V1, Some(next)) if listing.encoded => Some(decode(&next)?),
                (ListVersion::V1, Some(next)) => Some(next),
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
