//! Bucket configuration on OSS: each section is a subresource of the bucket with a document.

use std::fmt;

use async_trait::async_trait;
use reqwest::Method;

use super::address::Resource;
use super::client::{Call, Client};
use crate::cause::Asked;
use crate::config::{Documents, Syntax, says_nothing};
use crate::{CannedAcl, Result, Section, Sections};

/// The documents of one bucket.
pub(super) struct OssDocuments {
    client: Client,
}

impl OssDocuments {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }
}

/// The subresource of a section.
fn subresource(section: Section) -> &'static str {
    match section {
        Section::Acl => "acl",
        Section::Cors => "cors",
        Section::Lifecycle => "lifecycle",
        Section::Referer => "referer",
        Section::Logging => "logging",
        Section::Website => "website",
        Section::Encryption => "encryption",
        Section::Versioning => "versioning",
        Section::PublicAccessBlock => "publicAccessBlock",
    }
}

fn call(method: Method, section: Section) -> Call<'static> {
    Call::new(method, Resource::Bucket).query(subresource(section), "")
}

#[async_trait]
impl Documents for OssDocuments {
    fn bucket(&self) -> &str {
        self.client.bucket()
    }

    fn host(&self) -> &str {
        self.client.host()
    }

    fn sections(&self) -> Sections {
        Sections::of(&Section::ALL)
    }

    fn syntax(&self) -> Syntax {
        Syntax::Oss
    }

    async fn get(&self, section: Section) -> Result<Option<String>> {
        let what = format!("read {} of", section.label());
        let asked = Asked::bucket(&what);
        match self.client.send(asked, call(Method::GET, section)).await {
            Ok(answer) => answer.text(asked).await.map(Some),
            Err(error) if error.provider_code().is_some_and(says_nothing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn put(&self, section: Section, xml: String) -> Result<()> {
        let what = format!("change {} of", section.label());
        let call = call(Method::PUT, section).document("application/xml", xml);
        self.client.send(Asked::bucket(&what), call).await.map(drop)
    }

    async fn delete(&self, section: Section) -> Result<()> {
        let what = format!("remove {} of", section.label());
        match self.client.send(Asked::bucket(&what), call(Method::DELETE, section)).await {
            Err(error) if !error.provider_code().is_some_and(says_nothing) => Err(error),
            _ => Ok(()),
        }
    }

    async fn put_canned_acl(&self, acl: CannedAcl) -> Result<()> {
        let call = call(Method::PUT, Section::Acl).header("x-oss-acl", acl.id());
        self.client.send(Asked::bucket("change bucket ACLs of"), call).await.map(drop)
    }
}

impl fmt::Debug for OssDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OssDocuments")
            .field("bucket", &self.client.bucket())
            .field("host", &self.client.host())
            .finish()
    }
}
