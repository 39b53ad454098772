//! Large files and folders, and the objects of a bucket one by one.

use std::sync::Arc;

use async_trait::async_trait;
use hoist_store::{Bucket, ListPage, ListRequest, ObjectMeta};

use super::App;
use super::places::Buckets;
use crate::history::blocking;
use crate::pipeline::Places;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{
    Limits, Remote, Remotes, Removal, Removed, TransferFiles, Transfers, count_objects, list_page,
    look_up_object, remove_objects, remove_prefix,
};
use crate::uploads::Choices as _;

#[async_trait]
impl Remotes for Buckets {
    async fn open(&self, profile: &str) -> Result<Remote> {
        let place = self.place(profile).await?;
        Ok(Remote { bucket: place.bucket, target: place.target })
    }
}

impl App {
    /// The transfers of this data directory, opened by the first call.
    ///
    /// # Errors
    /// [`Code::TransfersTooNew`] or [`Code::TransfersUnavailable`].
    pub async fn transfers(&self) -> Result<&Transfers> {
        let home = &self.inner.home;
        let files = TransferFiles {
            database: home.transfers_db(),
            lock: home.lock_file(),
            runners: home.runners_dir(),
        };
        let remotes = Arc::clone(&self.inner.buckets) as Arc<dyn Remotes>;
        self.inner
            .transfers
            .get_or_try_init(|| async {
                let (transfers, aside) =
                    blocking(move || Transfers::open(&files, remotes, Limits::default())).await?;
                if let Some(problem) = aside {
                    self.fail(&problem);
                }
                Ok(transfers)
            })
            .await
    }

    /// What stands before every key of a profile: its folder in the bucket.
    ///
    /// # Errors
    /// [`Code::ProfileNotFound`].
    pub fn key_prefix(&self, profile: &str) -> Result<String> {
        Ok(self.inner.live.profile(profile)?.prefix)
    }

    pub(super) async fn bucket(&self, profile: &str) -> Result<Arc<dyn Bucket>> {
        Ok(self.inner.buckets.place(profile).await?.bucket)
    }

    /// One page of a listing.
    pub async fn list_objects(&self, profile: &str, request: &ListRequest) -> Result<ListPage> {
        list_page(&*self.bucket(profile).await?, request).await
    }

    /// What is known of one object.
    ///
    /// # Errors
    /// [`Code::ObjectNotFound`], and what the store says.
    pub async fn object(&self, profile: &str, key: &str) -> Result<ObjectMeta> {
        look_up_object(&*self.bucket(profile).await?, key)
            .await?
            .ok_or_else(|| Problem::new(Code::ObjectNotFound, key))
    }

    /// How much there is under a prefix.
    pub async fn count_objects(&self, profile: &str, prefix: &str) -> Result<Removal> {
        count_objects(&*self.bucket(profile).await?, prefix).await
    }

    /// Deletes these objects; what is not there counts as deleted.
    pub async fn remove_objects(&self, profile: &str, keys: &[String]) -> Result<Removed> {
        let mut removed = Removed::default();
        remove_objects(&*self.bucket(profile).await?, keys, &mut removed).await?;
        Ok(removed)
    }

    /// Deletes everything under a prefix, in batches; `gone` is told how many are.
    pub async fn remove_prefix(
        &self,
        profile: &str,
        prefix: &str,
        gone: impl FnMut(u64) + Send,
    ) -> Result<Removed> {
        remove_prefix(&*self.bucket(profile).await?, prefix, gone).await
    }
}
