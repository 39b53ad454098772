//! Versions taken out of the bucket.

use bytes::Bytes;
use hoist_store::{Body, PutOptions};
use serde::Serialize;

use super::manifest;
use super::name::full;
use super::registry::Registry;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{
    Removed, RetryPolicy, count_objects, remove_objects, remove_prefix, retrying,
};

/// What would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelRemoval {
    pub name: String,
    /// The versions that go: one, or all.
    pub versions: Vec<String>,
    /// Aliases set by hand that point at one of them, and go with it.
    pub aliases: Vec<String>,
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub objects: u64,
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub bytes: u64,
    /// Everything of the model goes.
    pub whole: bool,
}

impl Registry {
    /// What removing a version, or with `None` the whole model, would take away.
    ///
    /// # Errors
    /// [`Code::ModelNotFound`], [`Code::ModelVersionNotFound`].
    pub(crate) async fn removal(&self, name: &str, version: Option<&str>) -> Result<ModelRemoval> {
        let versions = self.known(name).await?;
        let gone = match version {
            None => versions.clone(),
            Some(super::LATEST) => vec![self.resolve(name, None).await?.version],
            Some(version) => vec![self.meant(name, version, &versions).await?],
        };
        let all = self.aliases(name).await?;
        let aliases = gone.iter().flat_map(|version| all.of(version)).collect();
        let prefix = match version {
            None => self.model_folder(name),
            Some(_) => self.folder(name, &gone[0]),
        };
        let there = count_objects(&*self.bucket, &prefix).await?;
        Ok(ModelRemoval {
            name: name.to_owned(),
            versions: gone,
            aliases,
            objects: there.objects,
            bytes: there.bytes,
            whole: version.is_none(),
        })
    }

    /// Removes a version, or with `None` the whole model. Manifests go first, then the aliases, then
    /// the rest: whatever interrupts it, no version seems complete that is not, no alias points at
    /// one that is gone, and none is lost while its version stays.
    ///
    /// # Errors
    /// [`Code::ModelAliased`] unless `force`; as [`Registry::removal`].
    pub(crate) async fn remove(
        &self,
        name: &str,
        version: Option<&str>,
        force: bool,
    ) -> Result<Removed> {
        let removal = self.removal(name, version).await?;
        let subject = match version {
            Some(_) => full(name, &removal.versions[0]),
            None => name.to_owned(),
        };
        if !removal.aliases.is_empty() && !force {
            let aliases = removal.aliases.join(", ");
            return Err(Problem::new(Code::ModelAliased, subject).with_detail(aliases));
        }
        let aliased = !removal.aliases.is_empty() && !removal.whole;
        let mut kept = None;
        if aliased {
            let key = self.manifest_key(name, &removal.versions[0]);
            let manifest = self.small(&key, manifest::MOST).await?;
            kept = manifest.map(|(bytes, _)| (key, bytes));
        }
        let mut removed = Removed::default();
        let manifests: Vec<String> =
            removal.versions.iter().map(|version| self.manifest_key(name, version)).collect();
        for batch in manifests.chunks(1_000) {
            remove_objects(&*self.bucket, batch, &mut removed).await?;
        }
        if !removed.failed.is_empty() {
            return Ok(removed);
        }
        if aliased {
            let gone = self.change_aliases(name, |aliases| {
                let before = aliases.len();
                aliases.retain(|_, target| !removal.versions.contains(target));
                aliases.len() != before
            });
            if let Err(problem) = gone.await {
                if let Some((key, bytes)) = kept {
                    self.put_back(&key, bytes).await;
                }
                return Err(problem);
            }
        }
        let prefix = match removal.whole {
            true => self.model_folder(name),
            false => self.folder(name, &removal.versions[0]),
        };
        let rest = remove_prefix(&*self.bucket, &prefix, |_| {}).await?;
        removed.failed.extend(rest.failed);
        removed.objects = removal.objects.saturating_sub(removed.failed.len() as u64);
        Ok(removed)
    }

    /// The version stays after all. Without its manifest it can still be removed again.
    async fn put_back(&self, key: &str, bytes: Bytes) {
        let options = PutOptions {
            content_type: Some("application/json".to_owned()),
            ..PutOptions::default()
        };
        let body = Body::from(bytes);
        let retry = RetryPolicy::default();
        let put = retrying(&retry, || async {
            Ok(self.bucket.put(key, body.clone(), &options).await.map(drop)?)
        });
        if let Err(trouble) = put.await {
            let problem = trouble.problem(key);
            tracing::warn!(%problem, "a manifest cannot be put back");
        }
    }
}
