//! Bucket configuration over S3: the SDK signs, sends and repeats, the documents are our own.
//!
//! The SDK's types for these documents drop every element they do not know, so it is not given the
//! document to write nor asked what it read: the body is put in before the request is signed, and
//! taken from the answer as it came.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use aws_sdk_s3::config::http::HttpRequest;
use aws_sdk_s3::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::types::BucketCannedAcl;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_types::body::SdkBody;

use super::error::Asked;
use super::{QUICK, S3Bucket, wire};
use crate::config::{Documents, Syntax, says_nothing};
use crate::{CannedAcl, Result, Section, Sections};

/// Takes an answer's body as it came.
#[derive(Debug, Clone, Default)]
struct Overheard(Arc<Mutex<Option<String>>>);

impl Overheard {
    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[dyn_dispatch_hint]
impl Intercept for Overheard {
    fn name(&self) -> &'static str {
        "Overheard"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if response.status().is_success()
            && let Some(bytes) = response.body().bytes()
        {
            let text = String::from_utf8_lossy(bytes).into_owned();
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
        }
        Ok(())
    }
}

/// Puts the document where the SDK left nothing, and Content-MD5 where it put a CRC.
fn carry(request: &mut HttpRequest, xml: &str) {
    *request.body_mut() = SdkBody::from(xml);
    let headers = request.headers_mut();
    headers.insert("content-type", "application/xml");
    headers.insert("content-length", xml.len().to_string());
    wire::md5_instead_of_crc(request);
}

/// An answer, unless it is that the section is not set.
fn unless_nothing(sent: Result<()>) -> Result<()> {
    match sent {
        Err(error) if error.provider_code().is_some_and(says_nothing) => Ok(()),
        sent => sent,
    }
}

/// Sends a call of the SDK, whichever it is: each has types of its own.
macro_rules! send {
    ($bucket:ident, $call:ident, $asked:expr, |$operation:ident| $shaped:expr) => {{
        let $operation =
            $bucket.tune($bucket.client().$call().bucket(&$bucket.inner.name).customize(), QUICK);
        match $shaped.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err($bucket.fail($asked, error)),
        }
    }};
}

#[async_trait]
impl Documents for S3Bucket {
    fn bucket(&self) -> &str {
        &self.inner.name
    }

    fn host(&self) -> &str {
        &self.inner.host
    }

    fn sections(&self) -> Sections {
        self.quirks().sections
    }

    fn syntax(&self) -> Syntax {
        Syntax::S3
    }

    async fn get(&self, section: Section) -> Result<Option<String>> {
        let what = format!("read {} of", section.label());
        let asked = Asked::bucket(&what);
        let overheard = Overheard::default();
        macro_rules! get {
            ($call:ident) => {
                send!(self, $call, asked, |it| it.interceptor(overheard.clone()))
            };
        }
        let sent = match section {
            Section::Acl => get!(get_bucket_acl),
            Section::Cors => get!(get_bucket_cors),
            Section::Lifecycle => get!(get_bucket_lifecycle_configuration),
            Section::Logging => get!(get_bucket_logging),
            Section::Website => get!(get_bucket_website),
            Section::Encryption => get!(get_bucket_encryption),
            Section::Versioning => get!(get_bucket_versioning),
            Section::PublicAccessBlock => get!(get_public_access_block),
            Section::Referer => Err(self.unsupported(section.label())),
        };
        // The SDK may not make sense of a document that the tree can hold.
        match (overheard.take(), sent) {
            (Some(text), _) => Ok(Some(text)),
            (None, sent) => unless_nothing(sent).map(|()| None),
        }
    }

    async fn put(&self, section: Section, xml: String) -> Result<()> {
        let what = format!("change {} of", section.label());
        let asked = Asked::bucket(&what);
        macro_rules! put {
            ($call:ident) => {
                send!(self, $call, asked, |it| {
                    it.mutate_request(move |request| carry(request, &xml))
                })
            };
        }
        match section {
            Section::Acl => put!(put_bucket_acl),
            Section::Cors => put!(put_bucket_cors),
            Section::Lifecycle => put!(put_bucket_lifecycle_configuration),
            Section::Logging => put!(put_bucket_logging),
            Section::Website => put!(put_bucket_website),
            Section::Encryption => put!(put_bucket_encryption),
            Section::Versioning => put!(put_bucket_versioning),
            Section::PublicAccessBlock => put!(put_public_access_block),
            Section::Referer => Err(self.unsupported(section.label())),
        }
    }

    async fn delete(&self, section: Section) -> Result<()> {
        let what = format!("remove {} of", section.label());
        let asked = Asked::bucket(&what);
        unless_nothing(match section {
            Section::Cors => send!(self, delete_bucket_cors, asked, |it| it),
            Section::Lifecycle => send!(self, delete_bucket_lifecycle, asked, |it| it),
            Section::Website => send!(self, delete_bucket_website, asked, |it| it),
            Section::Encryption => send!(self, delete_bucket_encryption, asked, |it| it),
            Section::PublicAccessBlock => send!(self, delete_public_access_block, asked, |it| it),
            Section::Acl | Section::Referer | Section::Logging | Section::Versioning => {
                Err(self.unsupported(section.label()))
            }
        })
    }

    async fn put_canned_acl(&self, acl: CannedAcl) -> Result<()> {
        let call = self.client().put_bucket_acl().bucket(&self.inner.name);
        let call = call.acl(BucketCannedAcl::from(acl.id())).customize();
        let sent = self.tune(call, QUICK).mutate_request(wire::md5_instead_of_crc).send().await;
        let asked = Asked::bucket("change bucket ACLs of");
        sent.map(drop).map_err(|error| self.fail(asked, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_travels_with_its_own_length_and_md5() {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.headers_mut().insert("x-amz-checksum-crc32", "AAAAAA==");
        request.headers_mut().insert("content-length", "0");
        carry(&mut request, "<A/>");
        let header = |name| request.headers().get(name);
        assert_eq!(header("content-length"), Some("4"));
        assert_eq!(header("content-type"), Some("application/xml"));
        assert_eq!(header("content-md5"), Some("PqRfv/SjolX3ah1nin8F/A=="));
        assert_eq!(header("x-amz-checksum-crc32"), None);
        assert_eq!(request.body().bytes(), Some(&b"<A/>"[..]));
    }
}
