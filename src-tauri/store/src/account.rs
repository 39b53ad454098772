//! An account at a provider: which buckets there are, and making and removing them.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{BucketConfig, CannedAcl, ErrorKind, Result, StoreError};

/// What one set of keys can do beyond a bucket.
///
/// A provider without an operation answers with [`ErrorKind::Unsupported`], and
/// [`AccountCapabilities`] says so before it is asked.
#[async_trait]
pub trait Account: Send + Sync + fmt::Debug {
    /// What it supports.
    fn capabilities(&self) -> &AccountCapabilities;

    /// All buckets that the keys may see, of every region, in the provider's order.
    async fn list_buckets(&self) -> Result<Vec<BucketSummary>>;

    /// Makes a bucket. Fails with [`ErrorKind::AlreadyExists`] when the name is taken, by this
    /// account or by another: the provider's code tells which.
    async fn create_bucket(&self, name: &str, options: &CreateBucket) -> Result<()>;

    /// Removes an empty bucket. One that is not empty stays, with the provider's code
    /// `BucketNotEmpty`.
    async fn delete_bucket(&self, name: &str) -> Result<()>;

    /// What the provider says of a bucket.
    async fn bucket_info(&self, name: &str) -> Result<BucketInfo>;

    /// How a bucket is set up. Sends nothing.
    fn bucket_config(&self, name: &str) -> Result<Arc<dyn BucketConfig>>;
}

/// What an [`Account`] supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountCapabilities {
    /// Buckets can be listed.
    pub list: bool,
    /// Buckets can be made.
    pub create: bool,
    /// Buckets can be removed.
    pub delete: bool,
    /// A bucket can be made in a region of one's choice.
    pub region: bool,
    /// A bucket can be made with a canned ACL.
    pub acl: bool,
    /// A bucket can be made with a storage class.
    pub storage_class: bool,
}

impl AccountCapabilities {
    /// Everything there is.
    pub const ALL: Self = Self {
        list: true,
        create: true,
        delete: true,
        region: true,
        acl: true,
        storage_class: true,
    };
}

/// A bucket in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketSummary {
    /// Its name.
    pub name: String,
    /// Its region, where the list says so: `cn-hangzhou`, `eu-central-1`.
    pub region: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Storage class as the provider names it.
    pub storage_class: Option<String>,
    /// Host name of its public endpoint, where the list says so.
    pub endpoint: Option<String>,
}

/// How to make a bucket; what is `None` is left to the provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateBucket {
    /// Where; `None` is the region of the account's endpoint.
    pub region: Option<String>,
    /// Who may read and write.
    pub acl: Option<CannedAcl>,
    /// Storage class as the provider names it, such as `IA`.
    pub storage_class: Option<String>,
}

/// What a provider says of one bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketInfo {
    /// What a list would say of it.
    pub summary: BucketSummary,
    /// Host name for requests from the provider's own network.
    pub internal_endpoint: Option<String>,
    /// Who may read and write, where it is one of the usual.
    pub acl: Option<CannedAcl>,
    /// Account id of the owner.
    pub owner: Option<String>,
    /// How copies are kept: `LRS`, `ZRS`.
    pub redundancy: Option<String>,
    /// `Enabled` or `Suspended`; `None` when it never was on.
    pub versioning: Option<String>,
    /// Algorithm that new objects are encrypted with.
    pub encryption: Option<String>,
    /// Whether public ACLs and policies are without effect.
    pub public_access_blocked: Option<bool>,
}

/// Whether every provider takes the name; the reason when one does not.
///
/// 3 to 63 of a-z, 0-9 and `-`, no `-` at either end: the rule of OSS and R2, and what S3 asks for
/// except that it allows dots (`dots`), which break TLS under a bucket's own host name.
///
/// # Errors
/// [`ErrorKind::InvalidKey`].
pub(crate) fn check_bucket_name(name: &str, dots: bool) -> Result<()> {
    let allowed =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || (dots && b == b'.');
    let ends = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let good = (3..=63).contains(&name.len())
        && name.bytes().all(allowed)
        && ends(name.bytes().next())
        && ends(name.bytes().last());
    if good {
        return Ok(());
    }
    Err(StoreError::new(
        ErrorKind::InvalidKey,
        format!(
            "`{name}` is no bucket name: 3 to 63 of a-z, 0-9 and -, beginning and ending with a \
             letter or digit"
        ),
    )
    .with_provider_code("InvalidBucketName"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_provider_takes_are_refused_before_a_request() {
        for good in ["abc", "a-1", "0x0", &"a".repeat(63)] {
            check_bucket_name(good, false).unwrap();
        }
        for bad in ["", "ab", "Abc", "a_b", "-ab", "ab-", "a b", "图片库", "a.b", &"a".repeat(64)]
        {
            let error = check_bucket_name(bad, false).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidKey, "{bad}");
            assert_eq!(error.provider_code(), Some("InvalidBucketName"));
        }
        check_bucket_name("img.example.com", true).unwrap();
        check_bucket_name(".abc", true).unwrap_err();
    }
}
