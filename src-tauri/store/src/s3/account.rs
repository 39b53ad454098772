//! An account that speaks S3: its buckets, listed, made and removed.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::types::{BucketCannedAcl, BucketLocationConstraint, CreateBucketConfiguration};

use super::error::Asked;
use super::object::timestamp;
use super::{QUICK, S3Bucket, S3Config, S3Dialect};
use crate::account::check_bucket_name;
use crate::config::DocumentConfig;
use crate::{
    Account, AccountCapabilities, BucketConfig, BucketInfo, BucketSummary, CreateBucket, ErrorKind,
    Result,
};

/// The region whose buckets have no location constraint.
const FIRST_REGION: &str = "us-east-1";

/// An account behind the S3 protocol.
#[derive(Clone)]
pub struct S3Account {
    config: S3Config,
    /// The bucket of the configuration, whose client serves the others of the region too.
    bucket: S3Bucket,
    capabilities: AccountCapabilities,
}

impl S3Account {
    /// The account that `config`'s keys belong to. Sends nothing.
    pub fn new(config: S3Config) -> Result<Self> {
        let bucket = S3Bucket::new(config.clone())?;
        let capabilities = bucket.quirks().account;
        Ok(Self { config, bucket, capabilities })
    }

    /// A handle to another bucket of the account, in `region` or that of the configuration.
    fn at(&self, name: &str, region: Option<&str>) -> Result<S3Bucket> {
        if name == self.config.bucket && region.is_none() {
            return Ok(self.bucket.clone());
        }
        let mut config = self.config.clone();
        name.clone_into(&mut config.bucket);
        if let Some(region) = region {
            region.clone_into(&mut config.region);
        }
        S3Bucket::new(config)
    }

    /// Whether requests go to the regions' own hosts, so that a bucket can be made in any of them.
    fn follows_region(&self) -> bool {
        self.config.dialect == S3Dialect::Aws && self.config.endpoint.is_none()
    }

    fn check(&self, can: bool, what: &str) -> Result<()> {
        if can { Ok(()) } else { Err(self.bucket.unsupported(what)) }
    }
}

#[async_trait]
impl Account for S3Account {
    fn capabilities(&self) -> &AccountCapabilities {
        &self.capabilities
    }

    async fn list_buckets(&self) -> Result<Vec<BucketSummary>> {
        self.check(self.capabilities.list, "a list of buckets")?;
        let asked = Asked::account("list the buckets");
        let mut all = Vec::new();
        let mut page: Option<String> = None;
        loop {
            let call = self.bucket.client().list_buckets().set_continuation_token(page.clone());
            let sent = self.bucket.tune(call.customize(), QUICK).send().await;
            let out = sent.map_err(|error| self.bucket.fail(asked, error))?;
            all.extend(out.buckets.unwrap_or_default().into_iter().filter_map(|bucket| {
                Some(BucketSummary {
                    name: bucket.name?,
                    region: bucket.bucket_region,
                    created: timestamp(bucket.creation_date),
                    ..BucketSummary::default()
                })
            }));
            match out.continuation_token.filter(|token| !token.is_empty()) {
                None => return Ok(all),
                // A store that answers with the page's own token would be asked for ever.
                next if next == page => {
                    let why = "the store says there is more, but not where it goes on";
                    return Err(self.bucket.wrong(ErrorKind::Other, asked, why));
                }
                next => page = next,
            }
        }
    }

    async fn create_bucket(&self, name: &str, options: &CreateBucket) -> Result<()> {
        self.check(self.capabilities.create, "a way to make buckets")?;
        let can = |can: bool, given: bool, what| self.check(can || !given, what);
        can(self.capabilities.acl, options.acl.is_some(), "bucket ACLs")?;
        can(self.capabilities.region, options.region.is_some(), "a choice of region")?;
        let class = options.storage_class.is_some();
        can(self.capabilities.storage_class, class, "a storage class of buckets")?;
        check_bucket_name(name, true)?;
        let region = options.region.as_deref().filter(|_| self.follows_region());
        let bucket = self.at(name, region)?;
        let constraint = match options.region.as_deref() {
            Some(region) => Some(region),
            None if self.bucket.quirks().location => Some(self.config.region.as_str()),
            None => None,
        };
        let constraint = constraint.filter(|region| *region != FIRST_REGION && !region.is_empty());
        let call = bucket
            .client()
            .create_bucket()
            .bucket(name)
            .set_acl(options.acl.map(|acl| BucketCannedAcl::from(acl.id())))
            .set_create_bucket_configuration(constraint.map(|region| {
                CreateBucketConfiguration::builder()
                    .location_constraint(BucketLocationConstraint::from(region))
                    .build()
            }));
        let sent = bucket.tune(call.customize(), QUICK).send().await;
        sent.map(drop).map_err(|error| bucket.fail(Asked::bucket("create"), error))
    }

    async fn delete_bucket(&self, name: &str) -> Result<()> {
        self.check(self.capabilities.delete, "a way to delete buckets")?;
        let bucket = self.at(name, None)?;
        let call = bucket.client().delete_bucket().bucket(name);
        let sent = bucket.tune(call.customize(), QUICK).send().await;
        sent.map(drop).map_err(|error| bucket.fail(Asked::bucket("delete"), error))
    }

    async fn bucket_info(&self, name: &str) -> Result<BucketInfo> {
        let asked = Asked::bucket("look at");
        let bucket = self.at(name, None)?;
        let call = bucket.client().head_bucket().bucket(name);
        let head = bucket.tune(call.customize(), QUICK).send().await;
        let head = head.map_err(|error| bucket.fail(asked, error))?;
        let region = match head.bucket_region {
            Some(region) => Some(region),
            None => self.location(&bucket).await,
        };
        // Only a list has the date, and not every key may have a list.
        let listed = match self.list_buckets().await {
            Ok(all) => all.into_iter().find(|summary| summary.name == name),
            Err(_) => None,
        };
        let created = listed.and_then(|summary| summary.created);
        let summary =
            BucketSummary { name: name.to_owned(), region, created, ..BucketSummary::default() };
        Ok(BucketInfo { summary, ..BucketInfo::default() })
    }

    fn bucket_config(&self, name: &str) -> Result<Arc<dyn BucketConfig>> {
        Ok(Arc::new(DocumentConfig(self.at(name, None)?)))
    }
}

impl S3Account {
    /// What GetBucketLocation says; `None` where the store does not have it.
    async fn location(&self, bucket: &S3Bucket) -> Option<String> {
        let call = bucket.client().get_bucket_location().bucket(&bucket.inner.name);
        let out = bucket.tune(call.customize(), QUICK).send().await.ok()?;
        let constraint = out.location_constraint.map(|place| place.as_str().to_owned());
        constraint
            .filter(|region| !region.is_empty())
            .or_else(|| (self.config.dialect == S3Dialect::Aws).then(|| FIRST_REGION.to_owned()))
    }
}

impl fmt::Debug for S3Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Account").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}
