//! The buckets of a profile's account: which there are, and how each is set up.

use std::sync::Arc;

use hoist_store::{
    Account, AccountCapabilities, BucketConfig, BucketInfo, BucketSummary, CannedAcl, CreateBucket,
    ErrorKind, Section, StoreError,
};

use crate::problem::{Code, Problem, Reason, Result};
use crate::profile::Profile;

/// The account that a profile's keys belong to.
#[derive(Debug, Clone)]
pub struct BucketAccount {
    profile: Profile,
    account: Arc<dyn Account>,
}

impl BucketAccount {
    /// An account, for a profile.
    pub fn new(profile: Profile, account: Arc<dyn Account>) -> Self {
        Self { profile, account }
    }

    /// The profile it was opened for.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the provider lets an account do.
    pub fn capabilities(&self) -> &AccountCapabilities {
        self.account.capabilities()
    }

    /// All buckets the keys may see.
    pub async fn list(&self) -> Result<Vec<BucketSummary>> {
        self.account.list_buckets().await.map_err(|error| problem(&error, &self.profile.name, None))
    }

    /// Makes a bucket.
    pub async fn create(&self, name: &str, options: &CreateBucket) -> Result<()> {
        let made = self.account.create_bucket(name, options).await;
        made.map_err(|error| problem(&error, name, None))
    }

    /// Removes an empty bucket.
    pub async fn delete(&self, name: &str) -> Result<()> {
        self.account.delete_bucket(name).await.map_err(|error| problem(&error, name, None))
    }

    /// What the provider says of a bucket; without a name, of the profile's.
    pub async fn info(&self, name: Option<&str>) -> Result<BucketInfo> {
        let name = name.unwrap_or(&self.profile.bucket);
        self.account.bucket_info(name).await.map_err(|error| problem(&error, name, None))
    }

    /// How a bucket is set up; without a name, the profile's.
    pub fn setup(&self, name: Option<&str>) -> Result<BucketSetup> {
        let name = name.unwrap_or(&self.profile.bucket);
        let config =
            self.account.bucket_config(name).map_err(|error| problem(&error, name, None))?;
        Ok(BucketSetup { profile: self.profile.name.clone(), config })
    }
}

/// How one bucket is set up.
#[derive(Debug, Clone)]
pub struct BucketSetup {
    profile: String,
    config: Arc<dyn BucketConfig>,
}

impl BucketSetup {
    /// The bucket's name.
    pub fn name(&self) -> &str {
        self.config.name()
    }

    /// Where to ask and what to set. Errors become problems through [`BucketSetup::told`].
    pub fn config(&self) -> &dyn BucketConfig {
        &*self.config
    }

    /// What the store answered about a section, with a problem for an error.
    pub fn told<T>(&self, section: Section, answer: hoist_store::Result<T>) -> Result<T> {
        answer.map_err(|error| problem(&error, self.name(), Some(section)))
    }

    /// Sets the ACL. Where public access is blocked a public one would be refused, or kept without
    /// effect: that is said before it is tried.
    pub async fn set_acl(&self, acl: CannedAcl) -> Result<()> {
        let sections = self.config.sections();
        if acl.is_public()
            && sections.has(Section::PublicAccessBlock)
            && let Ok(Some(block)) = self.config.public_access_block().await
            && block.blocks_acls()
        {
            let place = format!("{}:{}", self.profile, self.name());
            return Err(Problem::new(Code::PublicAclBlocked, self.name()).with_detail(place));
        }
        self.told(Section::Acl, self.config.put_acl(acl).await)
    }
}

/// What a store said about a bucket, rather than about an object in it.
fn problem(error: &StoreError, bucket: &str, section: Option<Section>) -> Problem {
    let mut problem = Problem::from_store(error, bucket);
    let code = match (error.kind(), error.provider_code()) {
        (_, Some("BucketAlreadyExists" | "BucketAlreadyOwnedByYou")) => Code::BucketTaken,
        (_, Some("BucketNotEmpty")) => Code::BucketNotEmpty,
        (_, Some("InvalidBucketName")) => Code::BucketNameInvalid,
        (ErrorKind::NotFound, _) => Code::BucketNotFound,
        (ErrorKind::AlreadyExists, _) => Code::BucketTaken,
        (ErrorKind::AccessDenied, _) if problem.code == Code::AccessDenied => {
            Code::BucketAdminDenied
        }
        // Nothing was sent that could have been damaged: it is what was given that is no document.
        (ErrorKind::Integrity, None) if section.is_some() => Code::BucketSettingRefused,
        (ErrorKind::Other, Some(_)) if section.is_some() && error.status() == Some(400) => {
            Code::BucketSettingRefused
        }
        _ => problem.code,
    };
    if code == Code::BucketSettingRefused {
        problem.reason = Some(Box::new(Reason::Said(said(error).to_owned())));
    }
    if let (ErrorKind::Unsupported, None, Some(section)) =
        (error.kind(), error.provider_code(), section)
    {
        problem.reason = Some(Box::new(Reason::Lacks(section)));
    }
    problem.retryable &= code == problem.code;
    problem.code = code;
    problem
}

/// What the provider itself said, without our sentence before it.
fn said(error: &StoreError) -> &str {
    let message = error.message();
    match (error.provider_code(), message.rsplit_once(": ")) {
        (Some(_), Some((_, said))) => said,
        _ => message,
    }
}

#[cfg(test)]
mod tests;
