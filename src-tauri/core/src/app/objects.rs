//! Objects copied, moved and renamed; folders, headers, links.

use std::sync::Arc;
use std::time::Duration;

use hoist_store::ObjectMeta;

use super::App;
use crate::objects::{self, Copied, CopyReport, CopyRequest, Headers};
use crate::problem::{Problem, Result};
use crate::sync::{self, SyncPlan, SyncRequest, SyncSide};
use crate::transfer::{Meter, Priority, Remote, Remotes, Removed};

impl App {
    async fn remote(&self, place: &str) -> Result<Remote> {
        Remotes::open(&*self.inner.buckets, place).await
    }

    /// Copies or moves objects and prefixes: inside a bucket by the store itself, between buckets
    /// through here. Dropped, it stops; what is copied by then stays.
    ///
    /// # Errors
    /// [`crate::problem::Code::CopyIntoItself`], [`crate::problem::Code::SameNameTwice`], and what
    /// would keep every object from being copied. What happens to one stands in the report.
    pub async fn copy_objects(
        &self,
        request: &CopyRequest,
        meter: Arc<Meter>,
    ) -> Result<CopyReport> {
        self.copy_objects_telling(request, meter, &|_| {}).await
    }

    /// The same, telling of each object as it ends.
    pub async fn copy_objects_telling(
        &self,
        request: &CopyRequest,
        meter: Arc<Meter>,
        told: &(dyn Fn(&Copied<'_>) + Send + Sync),
    ) -> Result<CopyReport> {
        let (from, to) = (self.remote(&request.from).await?, self.remote(&request.to).await?);
        objects::copy(&from, &to, request, &meter, told).await
    }

    /// Tells what [`App::copy_objects`] would copy: source, target, size. Nothing is changed.
    ///
    /// # Errors
    /// As [`App::copy_objects`], and that an object is not there.
    pub async fn copy_preview(
        &self,
        request: &CopyRequest,
        tell: impl FnMut(&str, &str, u64) + Send,
    ) -> Result<()> {
        let (from, to) = (self.remote(&request.from).await?, self.remote(&request.to).await?);
        objects::preview(&from, &to, request, tell).await
    }

    /// Makes an empty folder: the object of no bytes whose key is `prefix`, ending in `/`.
    ///
    /// # Errors
    /// [`crate::problem::Code::AlreadyExists`] when there is something below it.
    pub async fn make_folder(&self, place: &str, prefix: &str) -> Result<()> {
        objects::make_folder(&*self.remote(place).await?.bucket, prefix).await
    }

    /// Replaces an object's headers and metadata; what is known of it then, and what else of it is not
    /// as it was.
    ///
    /// # Errors
    /// [`crate::problem::Code::RemoteChanged`] when another object has taken its place meanwhile.
    pub async fn set_headers(
        &self,
        place: &str,
        key: &str,
        headers: &Headers,
    ) -> Result<(ObjectMeta, Vec<Problem>)> {
        objects::set_headers(&*self.remote(place).await?.bucket, key, headers).await
    }

    /// A link that opens an object, private or not, for 1 second to 7 days; with `download`, browsers
    /// save it instead of showing it.
    ///
    /// # Errors
    /// That the provider signs no links, or none for this long.
    pub async fn share(
        &self,
        place: &str,
        key: &str,
        expires: Duration,
        download: bool,
    ) -> Result<String> {
        objects::share(&*self.remote(place).await?.bucket, key, expires, download).await
    }

    /// What a sync would do. Nothing is changed.
    ///
    /// # Errors
    /// That the source is not there, that one side lies in the other, and what a listing says.
    pub async fn sync_plan(&self, request: &SyncRequest) -> Result<SyncPlan> {
        sync::plan(&*self.inner.buckets, request).await
    }

    /// Adds the transfer that moves what a plan has between this computer and a bucket; `None` when
    /// nothing is to be moved. One that was interrupted in the same sync is used again.
    ///
    /// # Errors
    /// [`crate::problem::Code::DataInUse`] while that one runs.
    pub async fn sync_job(&self, plan: &SyncPlan, priority: Priority) -> Result<Option<i64>> {
        sync::job(self.transfers().await?, plan, priority).await
    }

    /// Copies what a plan has from bucket to bucket.
    pub async fn sync_copies(
        &self,
        plan: &SyncPlan,
        meter: Arc<Meter>,
        told: &(dyn Fn(&Copied<'_>) + Send + Sync),
    ) -> Result<CopyReport> {
        match (&plan.request.from, &plan.request.to) {
            (SyncSide::Remote { place, .. }, SyncSide::Remote { place: to, .. }) => {
                let (from, to) = (self.remote(place).await?, self.remote(to).await?);
                sync::copies(&from, &to, plan, &meter, told).await
            }
            _ => Ok(CopyReport::default()),
        }
    }

    /// Deletes what a plan deletes: `first` what is in the way of what is copied, then the rest.
    pub async fn sync_delete(&self, plan: &SyncPlan, first: bool) -> Result<Removed> {
        let bucket = match &plan.request.to {
            SyncSide::Remote { place, .. } => Some(self.remote(place).await?.bucket),
            SyncSide::Local(_) => None,
        };
        sync::delete(bucket.as_deref(), plan, first).await
    }
}
