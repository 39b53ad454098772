//! The buckets of a profile's account.

use super::App;
use crate::buckets::BucketAccount;
use crate::problem::Result;

impl App {
    /// The account that a profile's keys belong to; starts the built-in store for `local`.
    ///
    /// # Errors
    /// There is no such profile, its keys are missing, or a field of it is wrong.
    pub async fn bucket_account(&self, profile: &str) -> Result<BucketAccount> {
        let (profile, account) = self.inner.buckets.account(profile).await?;
        Ok(BucketAccount::new(profile, account))
    }
}
