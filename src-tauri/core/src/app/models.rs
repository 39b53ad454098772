//! Models: named, versioned sets of files in a bucket.
//!
//! Where a version is asked for, its name, an alias or `None` for the latest will do. A future that is
//! dropped stops what it does; pushing or pulling again goes on from there.

use std::sync::Arc;

use futures_util::FutureExt as _;

use super::App;
use crate::model::{
    Aliases, Comparison, Manifest, ModelRemoval, ModelSummary, Peek, Pull, PullReport, Push,
    PushReport, Registry, VerifyReport, VersionSummary, Weights, peek, pull, push,
};
use crate::pipeline::Places as _;
use crate::problem::Result;
use crate::transfer::{Meter, Removed};

impl App {
    async fn registry(&self, place: &str) -> Result<Registry> {
        let place = self.inner.buckets.place(place).await?;
        Ok(Registry::new(place.bucket, &place.profile.prefix))
    }

    /// The models of a place.
    pub async fn models(&self, place: &str) -> Result<Vec<ModelSummary>> {
        self.registry(place).await?.models().await
    }

    /// The versions of a model, latest first.
    ///
    /// # Errors
    /// [`crate::problem::Code::ModelNotFound`].
    pub async fn model_versions(&self, place: &str, name: &str) -> Result<Vec<VersionSummary>> {
        self.registry(place).await?.version_summaries(name).await
    }

    /// The manifest of a version.
    ///
    /// # Errors
    /// [`crate::problem::Code::ModelNotFound`], [`crate::problem::Code::ModelVersionNotFound`],
    /// [`crate::problem::Code::ModelUnfinished`].
    pub async fn model_manifest(
        &self,
        place: &str,
        name: &str,
        version: Option<&str>,
    ) -> Result<Manifest> {
        self.registry(place).await?.resolve(name, version).await
    }

    /// What the model files of a version hold, read from their headers alone.
    ///
    /// # Errors
    /// As [`App::model_manifest`] and [`App::peek`].
    pub async fn model_weights(
        &self,
        place: &str,
        name: &str,
        version: Option<&str>,
    ) -> Result<Vec<Weights>> {
        self.registry(place).await?.weights(name, version).await
    }

    /// Makes a version of a folder. What lies in another version already is copied inside the bucket.
    ///
    /// # Errors
    /// [`crate::problem::Code::ModelVersionExists`], [`crate::problem::Code::DataInUse`] while another
    /// process pushes it, and what is wrong with the folder. What goes wrong with single files stands
    /// in the report.
    pub async fn push_model(
        &self,
        place: &str,
        request: &Push,
        meter: Arc<Meter>,
    ) -> Result<PushReport> {
        let registry = self.registry(place).await?;
        let transfers = self.transfers().await?;
        push(&registry, transfers, place, request, meter).boxed().await
    }

    /// Fetches a version into a folder. What is there with the right SHA-256 stays.
    ///
    /// # Errors
    /// As [`App::model_manifest`]; what goes wrong with single files stands in the report.
    pub async fn pull_model(
        &self,
        place: &str,
        request: &Pull,
        meter: Arc<Meter>,
    ) -> Result<PullReport> {
        let registry = self.registry(place).await?;
        let transfers = self.transfers().await?;
        pull(&registry, transfers, place, request, meter).boxed().await
    }

    /// Compares what is in the bucket with the manifest, by what the provider tells of it or, with
    /// `deep`, by reading every byte.
    ///
    /// # Errors
    /// As [`App::model_manifest`].
    pub async fn verify_model(
        &self,
        place: &str,
        name: &str,
        version: Option<&str>,
        deep: bool,
        meter: Arc<Meter>,
    ) -> Result<VerifyReport> {
        self.registry(place).await?.verify(name, version, deep, meter).await
    }

    /// Two versions beside each other, file by file.
    ///
    /// # Errors
    /// As [`App::model_manifest`].
    pub async fn compare_models(
        &self,
        place: &str,
        name: &str,
        from: &str,
        to: &str,
    ) -> Result<Comparison> {
        self.registry(place).await?.compare(name, from, to).await
    }

    /// What [`App::remove_model`] would take away.
    ///
    /// # Errors
    /// As [`App::model_manifest`].
    pub async fn model_removal(
        &self,
        place: &str,
        name: &str,
        version: Option<&str>,
    ) -> Result<ModelRemoval> {
        self.registry(place).await?.removal(name, version).await
    }

    /// Removes a version, or with `None` the whole model.
    ///
    /// # Errors
    /// [`crate::problem::Code::ModelAliased`] unless `force`, when aliases set by hand point at it.
    pub async fn remove_model(
        &self,
        place: &str,
        name: &str,
        version: Option<&str>,
        force: bool,
    ) -> Result<Removed> {
        self.registry(place).await?.remove(name, version, force).await
    }

    /// The aliases of a model that were set by hand.
    pub async fn model_aliases(&self, place: &str, name: &str) -> Result<Aliases> {
        self.registry(place).await?.aliases(name).await
    }

    /// Points an alias at a version, or with `None` takes it away; the version it pointed at before.
    ///
    /// # Errors
    /// [`crate::problem::Code::ModelNameInvalid`] for `latest` and what no alias can be called,
    /// [`crate::problem::Code::ModelAliasNotFound`], and as [`App::model_manifest`].
    pub async fn set_model_alias(
        &self,
        place: &str,
        name: &str,
        alias: &str,
        version: Option<&str>,
    ) -> Result<Option<String>> {
        self.registry(place).await?.set_alias(name, alias, version).await
    }

    /// What the header of a safetensors or GGUF object says, read by ranges; `key` is the whole key.
    ///
    /// # Errors
    /// [`crate::problem::Code::ObjectNotFound`], [`crate::problem::Code::ModelFileBroken`].
    pub async fn peek(&self, place: &str, key: &str) -> Result<Peek> {
        peek(&*self.bucket(place).await?, key).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows run these on any thread.
    #[test]
    fn what_takes_time_can_be_handed_to_another_thread() {
        fn sendable<T: Send>(_: impl Fn(App, Push, Pull) -> T) {}
        sendable(|app: App, push: Push, pull: Pull| async move {
            let _ = app.push_model("p", &push, Arc::default()).await;
            let _ = app.pull_model("p", &pull, Arc::default()).await;
            let _ = app.verify_model("p", "m", None, true, Arc::default()).await;
            let _ = app.model_versions("p", "m").await;
            let _ = app.model_weights("p", "m", None).await;
            let _ = app.remove_model("p", "m", None, false).await;
            let _ = app.set_model_alias("p", "m", "a", None).await;
            let _ = app.compare_models("p", "m", "a", "b").await;
            let _ = app.models("p").await;
            let _ = app.peek("p", "k").await;
        });
    }
}
