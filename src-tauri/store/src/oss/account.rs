//! An account on Aliyun OSS: its buckets, listed, made and removed.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::Method;

use super::address::Resource;
use super::client::{Call, Client};
use super::config::normal_region;
use super::documents::OssDocuments;
use super::list::timestamp;
use super::{OssConfig, OssEndpoint};
use crate::account::check_bucket_name;
use crate::cause::Asked;
use crate::config::DocumentConfig;
use crate::xml::Element;
use crate::{
    Account, AccountCapabilities, BucketConfig, BucketInfo, BucketSummary, CannedAcl, CreateBucket,
    ErrorKind, Result,
};

/// Most buckets in one answer.
const PAGE: &str = "1000";

/// An account on Aliyun OSS.
#[derive(Clone)]
pub struct OssAccount {
    config: OssConfig,
    /// For requests about no bucket.
    client: Client,
}

impl OssAccount {
    /// The account that `config`'s keys belong to. Sends nothing.
    ///
    /// A custom domain is one bucket's and knows no account, and an accelerated address makes no
    /// buckets: the region's public endpoint takes their place. What Aliyun forbids there to newer
    /// accounts is data, not this.
    pub fn new(mut config: OssConfig) -> Result<Self> {
        if let OssEndpoint::Cname(_) | OssEndpoint::Accelerate | OssEndpoint::AccelerateOverseas =
            config.endpoint
        {
            config.endpoint = OssEndpoint::Public;
        }
        let client = Client::new(&config)?;
        Ok(Self { config, client })
    }

    fn at(&self, name: &str, region: Option<&str>) -> Result<Client> {
        check_bucket_name(name, false)?;
        if name == self.config.bucket && region.is_none() {
            return Ok(self.client.clone());
        }
        let mut config = self.config.clone();
        name.clone_into(&mut config.bucket);
        if let Some(region) = region {
            region.clone_into(&mut config.region);
        }
        Client::new(&config)
    }
}

#[async_trait]
impl Account for OssAccount {
    fn capabilities(&self) -> &AccountCapabilities {
        &AccountCapabilities::ALL
    }

    async fn list_buckets(&self) -> Result<Vec<BucketSummary>> {
        let asked = Asked::account("list the buckets");
        let mut all = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let mut call = Call::new(Method::GET, Resource::Service).query("max-keys", PAGE);
            if let Some(marker) = &marker {
                call = call.query("marker", marker.clone());
            }
            let answer = self.client.send(asked, call).await?;
            let root = answer.xml(asked, "ListAllMyBucketsResult").await?;
            let listed = root.child("Buckets");
            all.extend(listed.into_iter().flat_map(|list| list.all("Bucket")).map(summary));
            if !root.says("IsTruncated") {
                return Ok(all);
            }
            let next = root.text_of("NextMarker");
            // A store that answers with the page's own marker would be asked for ever.
            if next.is_none() || next == marker {
                let why = "the store says there is more, but not where it goes on";
                return Err(self.client.wrong(ErrorKind::Other, asked, why));
            }
            marker = next;
        }
    }

    async fn create_bucket(&self, name: &str, options: &CreateBucket) -> Result<()> {
        let client = self.at(name, options.region.as_deref())?;
        let asked = Asked::bucket("create");
        if options.acl == Some(CannedAcl::AuthenticatedRead) {
            let why = "OSS does not have the ACL authenticated-read";
            return Err(client.wrong(ErrorKind::Unsupported, asked, why));
        }
        let mut call = Call::new(Method::PUT, Resource::Bucket);
        if let Some(acl) = options.acl {
            call = call.header("x-oss-acl", acl.id());
        }
        if let Some(class) = &options.storage_class {
            let mut root = Element::new("CreateBucketConfiguration");
            root.push(Element::of_text("StorageClass", class.as_str()));
            call = call.document("application/xml", root.to_xml()?);
        }
        client.send(asked, call).await.map(drop)
    }

    async fn delete_bucket(&self, name: &str) -> Result<()> {
        let call = Call::new(Method::DELETE, Resource::Bucket);
        self.at(name, None)?.send(Asked::bucket("delete"), call).await.map(drop)
    }

    async fn bucket_info(&self, name: &str) -> Result<BucketInfo> {
        let client = self.at(name, None)?;
        let asked = Asked::bucket("look at");
        let call = Call::new(Method::GET, Resource::Bucket).query("bucketInfo", "");
        let root = client.send(asked, call).await?.xml(asked, "BucketInfo").await?;
        let Some(bucket) = root.child("Bucket") else {
            return Err(client.wrong(ErrorKind::Other, asked, "the answer names no bucket"));
        };
        let within = |outer: &str, name| bucket.child(outer).and_then(|it| it.text_of(name));
        let acl = within("AccessControlList", "Grant");
        Ok(BucketInfo {
            summary: summary(bucket),
            internal_endpoint: bucket.text_of("IntranetEndpoint"),
            acl: acl.and_then(|acl| acl.trim().parse().ok()),
            owner: within("Owner", "ID"),
            redundancy: bucket.text_of("DataRedundancyType"),
            versioning: bucket.text_of("Versioning"),
            encryption: within("ServerSideEncryptionRule", "SSEAlgorithm")
                .filter(|algorithm| algorithm != "None"),
            public_access_blocked: bucket.text_of("BlockPublicAccess").map(|text| text == "true"),
        })
    }

    fn bucket_config(&self, name: &str) -> Result<Arc<dyn BucketConfig>> {
        Ok(Arc::new(DocumentConfig(OssDocuments::new(self.at(name, None)?))))
    }
}

fn summary(bucket: &Element) -> BucketSummary {
    let region = bucket.text_of("Region").or_else(|| bucket.text_of("Location"));
    BucketSummary {
        name: bucket.text_of("Name").unwrap_or_default(),
        region: region.map(|region| normal_region(&region)),
        created: timestamp(bucket.text_of("CreationDate").as_deref()),
        storage_class: bucket.text_of("StorageClass"),
        endpoint: bucket.text_of("ExtranetEndpoint"),
    }
}

impl fmt::Debug for OssAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OssAccount").field("host", &self.client.host()).finish_non_exhaustive()
    }
}
