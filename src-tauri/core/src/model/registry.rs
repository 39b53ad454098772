//! The models of a bucket: where they lie, and what is there.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use hoist_store::{Bucket, ErrorKind, GetOptions, ListRequest, ObjectMeta};
use serde::Serialize;

use super::LATEST;
use super::aliases::Aliases;
use super::manifest::{self, Manifest};
use super::name::{ALIASES, check_name, full};
use super::version::precedence;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{RetryPolicy, Trouble, list_page, retrying};

/// Requests for small objects under way at once.
pub(super) const AT_ONCE: usize = 8;

/// The folder of all models, below the profile's prefix.
const FOLDER: &str = "models/";

/// The models of one bucket, below one prefix.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    pub(super) bucket: Arc<dyn Bucket>,
    root: String,
}

/// One model as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelSummary {
    pub name: String,
    /// The version `latest` means; `None` while no version is finished.
    pub latest: Option<String>,
    /// How many versions there are, unfinished ones included.
    pub versions: u32,
    /// Bytes of the latest version.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub size: u64,
}

/// One version as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VersionSummary {
    pub version: String,
    /// Whether it has its manifest.
    pub finished: bool,
    /// `latest` and those set by hand that point at it.
    pub aliases: Vec<String>,
    /// Milliseconds since 1970, UTC.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub created_at: Option<i64>,
    pub description: Option<String>,
    pub parent: Option<String>,
    pub files: u32,
    /// Bytes of all its files; of an unfinished one, those that are there.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub size: u64,
    /// Bytes that were sent for it; `None` where its manifest does not say.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub sent: Option<u64>,
}

impl Registry {
    /// The models of `bucket` below `prefix`, which is empty or ends in `/`.
    pub(crate) fn new(bucket: Arc<dyn Bucket>, prefix: &str) -> Self {
        Self { bucket, root: format!("{prefix}{FOLDER}") }
    }

    /// What all keys of a model begin with.
    pub(super) fn model_folder(&self, name: &str) -> String {
        format!("{}{name}/", self.root)
    }

    /// What all keys of a version begin with.
    pub(super) fn folder(&self, name: &str, version: &str) -> String {
        format!("{}{name}/{version}/", self.root)
    }

    pub(super) fn manifest_key(&self, name: &str, version: &str) -> String {
        format!("{}{}", self.folder(name, version), manifest::FILE)
    }

    pub(super) fn aliases_key(&self, name: &str) -> String {
        format!("{}{ALIASES}", self.model_folder(name))
    }

    /// The names of the folders directly below a prefix.
    async fn folders(&self, prefix: &str) -> Result<Vec<String>> {
        let mut request = ListRequest {
            prefix: prefix.to_owned(),
            delimiter: Some("/".to_owned()),
            ..ListRequest::default()
        };
        let mut names = Vec::new();
        loop {
            let page = list_page(&*self.bucket, &request).await?;
            names.extend(page.prefixes.iter().filter_map(|folder| {
                folder.strip_prefix(prefix)?.strip_suffix('/').map(str::to_owned)
            }));
            match page.next {
                Some(next) => request.page = Some(next),
                None => return Ok(names),
            }
        }
    }

    /// Folders of other names than a model may have are not ours.
    pub(super) async fn names(&self) -> Result<Vec<String>> {
        let mut names = self.folders(&self.root).await?;
        names.retain(|name| check_name(name).is_ok());
        Ok(names)
    }

    /// The versions of a model, latest first by name, unfinished ones among them.
    pub(super) async fn versions(&self, name: &str) -> Result<Vec<String>> {
        let mut versions = self.folders(&self.model_folder(name)).await?;
        versions.retain(|version| super::name::check_version(version).is_ok());
        versions.sort_by(|a, b| precedence(b, a).then_with(|| b.cmp(a)));
        Ok(versions)
    }

    /// The objects of a version by their path below its folder.
    pub(super) async fn objects(
        &self,
        name: &str,
        version: &str,
    ) -> Result<BTreeMap<String, ObjectMeta>> {
        let prefix = self.folder(name, version);
        let mut request = ListRequest { prefix: prefix.clone(), ..ListRequest::default() };
        let mut objects = BTreeMap::new();
        loop {
            let page = list_page(&*self.bucket, &request).await?;
            objects.extend(page.objects.into_iter().filter_map(|object| {
                let path = object.key.strip_prefix(&prefix)?.to_owned();
                (!path.is_empty()).then_some((path, object))
            }));
            match page.next {
                Some(next) => request.page = Some(next),
                None => return Ok(objects),
            }
        }
    }

    /// A small object; `None` when there is none.
    ///
    /// # Errors
    /// [`Code::ModelManifestBroken`] when it is larger than `most` bytes, and what the store says.
    pub(super) async fn small(&self, key: &str, most: u64) -> Result<Option<(Bytes, ObjectMeta)>> {
        let retry = RetryPolicy::default();
        let got = retrying(&retry, || async {
            let object = match self.bucket.get(key, &GetOptions::default()).await {
                Ok(object) => object,
                Err(error) if is_absent(&error) => return Ok(None),
                Err(error) => return Err(Trouble::Store(error)),
            };
            if object.len > most {
                let why = format!("{} bytes, at most {most}", object.len);
                return Err(Problem::new(Code::ModelManifestBroken, key).with_detail(why).into());
            }
            let meta = object.meta.clone();
            Ok(Some((object.bytes(most).await?, meta)))
        });
        got.await.map_err(|trouble| trouble.problem(key))
    }

    /// The manifest of a version; `None` while it is not finished.
    pub(super) async fn manifest(&self, name: &str, version: &str) -> Result<Option<Manifest>> {
        let key = self.manifest_key(name, version);
        let Some((bytes, _)) = self.small(&key, manifest::MOST).await? else { return Ok(None) };
        let mut manifest = Manifest::read(&key, &bytes)?;
        // A folder that was copied by hand is what its name says.
        name.clone_into(&mut manifest.model_name);
        version.clone_into(&mut manifest.version);
        Ok(Some(manifest))
    }

    /// The manifests of these versions, in their order.
    pub(super) async fn manifests(
        &self,
        name: &str,
        versions: &[String],
    ) -> Result<Vec<Option<Manifest>>> {
        let reads = versions.iter().map(|version| self.manifest(name, version).boxed());
        some_at_once(AT_ONCE, reads.collect()).await
    }

    /// The latest version that is finished: by its name, and among equals by its time.
    pub(super) async fn latest(&self, name: &str, versions: &[String]) -> Result<Option<Manifest>> {
        let mut rest = versions;
        while let Some(first) = rest.first() {
            let equals =
                rest.iter().take_while(|v| precedence(v, first) == Ordering::Equal).count();
            let (group, lower) = rest.split_at(equals);
            let finished = self.manifests(name, group).await?.into_iter().flatten();
            if let Some(latest) = finished.max_by(|a, b| a.created().cmp(&b.created())) {
                return Ok(Some(latest));
            }
            rest = lower;
        }
        Ok(None)
    }

    /// All models.
    pub(crate) async fn models(&self) -> Result<Vec<ModelSummary>> {
        let names = self.names().await?;
        let reads = names.iter().map(|name| self.model(name).boxed());
        let models = some_at_once(AT_ONCE, reads.collect()).await?;
        Ok(models.into_iter().filter(|model| model.versions > 0).collect())
    }

    async fn model(&self, name: &str) -> Result<ModelSummary> {
        let versions = self.versions(name).await?;
        // One manifest that cannot be read does not hide the other models.
        let latest = self.latest(name, &versions).await.unwrap_or_else(|problem| {
            tracing::warn!(%problem, "a manifest cannot be read");
            None
        });
        Ok(ModelSummary {
            name: name.to_owned(),
            size: latest.as_ref().map_or(0, |manifest| manifest.total_size),
            latest: latest.map(|manifest| manifest.version),
            versions: u32::try_from(versions.len()).unwrap_or(u32::MAX),
        })
    }

    /// The versions of a model, latest first; among versions of equal rank by time.
    ///
    /// # Errors
    /// [`Code::ModelNotFound`].
    pub(crate) async fn version_summaries(&self, name: &str) -> Result<Vec<VersionSummary>> {
        check_name(name)?;
        let versions = self.known(name).await?;
        let (aliases, manifests) =
            futures_util::try_join!(self.aliases(name), self.manifests_or_none(name, &versions))?;
        let mut rows = Vec::with_capacity(versions.len());
        for (version, manifest) in versions.into_iter().zip(manifests) {
            rows.push(self.summary(name, version, manifest, &aliases).await?);
        }
        rows.sort_by(|a, b| {
            precedence(&b.version, &a.version).then_with(|| b.created_at.cmp(&a.created_at))
        });
        if let Some(latest) = rows.iter_mut().find(|row| row.finished) {
            latest.aliases.insert(0, LATEST.to_owned());
        }
        Ok(rows)
    }

    /// As [`Registry::manifests`]; one that cannot be read counts as none.
    async fn manifests_or_none(
        &self,
        name: &str,
        versions: &[String],
    ) -> Result<Vec<Option<Manifest>>> {
        let reads = versions.iter().map(|version| {
            async move {
                match self.manifest(name, version).await {
                    Err(problem) if problem.code == Code::ModelManifestBroken => {
                        tracing::warn!(%problem, "a manifest cannot be read");
                        Ok(None)
                    }
                    manifest => manifest,
                }
            }
            .boxed()
        });
        some_at_once(AT_ONCE, reads.collect()).await
    }

    async fn summary(
        &self,
        name: &str,
        version: String,
        manifest: Option<Manifest>,
        aliases: &Aliases,
    ) -> Result<VersionSummary> {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let aliases = aliases.of(&version);
        Ok(match manifest {
            Some(manifest) => VersionSummary {
                version,
                finished: true,
                aliases,
                created_at: manifest.created().map(jiff::Timestamp::as_millisecond),
                files: count(manifest.files.len()),
                size: manifest.total_size,
                sent: manifest.pushed.as_ref().map(|pushed| pushed.sent),
                description: manifest.description,
                parent: manifest.parent_version,
            },
            None => {
                let there = self.objects(name, &version).await?;
                VersionSummary {
                    version,
                    finished: false,
                    aliases,
                    created_at: None,
                    description: None,
                    parent: None,
                    files: count(there.len()),
                    size: there.values().map(|object| object.size).sum(),
                    sent: None,
                }
            }
        })
    }

    /// The versions of a model that is there.
    ///
    /// # Errors
    /// [`Code::ModelNotFound`].
    pub(super) async fn known(&self, name: &str) -> Result<Vec<String>> {
        check_name(name)?;
        let versions = self.versions(name).await?;
        if versions.is_empty() {
            return Err(Problem::new(Code::ModelNotFound, name));
        }
        Ok(versions)
    }

    /// The manifest that a version, an alias or nothing (the latest) means.
    ///
    /// # Errors
    /// [`Code::ModelNotFound`], [`Code::ModelVersionNotFound`], [`Code::ModelUnfinished`].
    pub(crate) async fn resolve(&self, name: &str, version: Option<&str>) -> Result<Manifest> {
        let versions = self.known(name).await?;
        let Some(asked) = version.filter(|version| *version != LATEST) else {
            return self.latest(name, &versions).await?.ok_or_else(|| {
                let newest = versions.first().map_or(LATEST, String::as_str);
                Problem::new(Code::ModelUnfinished, full(name, newest))
            });
        };
        let version = self.meant(name, asked, &versions).await?;
        let manifest = self.manifest(name, &version).await?;
        manifest.ok_or_else(|| Problem::new(Code::ModelUnfinished, full(name, &version)))
    }

    /// The version of this name, with or without its `v`, or the one this alias points at.
    pub(super) async fn meant(
        &self,
        name: &str,
        asked: &str,
        versions: &[String],
    ) -> Result<String> {
        let called = |wanted: &str| versions.iter().find(|version| *version == wanted).cloned();
        if let Some(version) = called(asked) {
            return Ok(version);
        }
        let aliases = self.aliases(name).await?;
        if let Some(version) = aliases.get(asked) {
            return called(version).ok_or_else(|| missing(name, version, versions, &aliases));
        }
        let other = asked.strip_prefix('v').map_or_else(|| format!("v{asked}"), str::to_owned);
        called(&other).ok_or_else(|| missing(name, asked, versions, &aliases))
    }
}

/// What all of these come to, in their order, `most` of them under way at a time.
pub(super) async fn some_at_once<T>(
    most: usize,
    all: Vec<BoxFuture<'_, Result<T>>>,
) -> Result<Vec<T>> {
    stream::iter(all).buffered(most).try_collect().await
}

/// Whether a store says that there is no such object, and not that there is no bucket.
pub(super) fn is_absent(error: &hoist_store::StoreError) -> bool {
    error.kind() == ErrorKind::NotFound && error.provider_code() != Some("NoSuchBucket")
}

fn missing(name: &str, asked: &str, versions: &[String], aliases: &Aliases) -> Problem {
    const SHOWN: usize = 8;
    let mut there: Vec<&str> = versions.iter().map(String::as_str).take(SHOWN).collect();
    there.extend(aliases.names().take(SHOWN));
    Problem::new(Code::ModelVersionNotFound, full(name, asked)).with_detail(there.join(", "))
}
