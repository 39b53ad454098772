//! A new version: what is in the bucket already is copied there, the rest is sent, the manifest comes
//! last.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use hoist_store::CopyOptions;
use serde::Serialize;
use serde_json::Value;

use super::digest::Sums;
use super::folder::{LocalFile, walk};
use super::manifest::Manifest;
use super::name::{check_name, check_version, full};
use super::registry::{AT_ONCE, Registry, some_at_once};
use super::run::{FileFailure, Progress, Ran, pending, relative, run};
use super::version::next_version;
use crate::history::blocking;
use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::{
    Failure, FileTo, Meter, Priority, Request, RetryPolicy, Transfers, Upload, remove_objects,
    retrying,
};

mod plan;
mod publish;

use plan::{Item, Way};

/// Files hashed at once: more would only make the disk seek.
const HASHED: usize = 2;

/// A version to be made.
#[derive(Debug, Clone, Default)]
pub struct Push {
    pub name: String,
    /// The patch after the latest when `None`, `v1.0.0` for the first.
    pub version: Option<String>,
    /// A folder, or one file.
    pub source: PathBuf,
    pub description: Option<String>,
    /// Any JSON, usually an object of figures.
    pub metrics: Option<Value>,
    /// Any JSON.
    pub training_config: Option<Value>,
    /// What it was made from.
    pub parent: Parent,
    /// Replaces a version that is there.
    pub force: bool,
}

/// What a version was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Parent {
    /// The latest version, if there is one.
    #[default]
    Latest,
    Nothing,
    /// `VERSION` of the model, or `NAME@VERSION`.
    Named(String),
}

/// What a push did.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PushReport {
    pub name: String,
    pub version: String,
    /// The version is complete. If not, pushing it again goes on with what is there.
    pub finished: bool,
    pub parent: Option<String>,
    pub files: u64,
    /// Bytes of all files.
    pub size: u64,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes copied inside the bucket.
    pub copied: u64,
    /// Bytes that an earlier attempt had brought there.
    pub found: u64,
    pub seconds: u64,
    pub failed: Vec<FileFailure>,
    /// Why it stopped as a whole.
    pub stopped: Option<Failure>,
}

/// Makes a version of what is in a folder.
///
/// # Errors
/// [`Code::ModelVersionExists`], [`Code::ModelNameInvalid`], what [`walk`] refuses, and what the store
/// says. What goes wrong with single files stands in the report.
pub(crate) async fn push(
    registry: &Registry,
    transfers: &Transfers,
    place: &str,
    request: &Push,
    meter: Arc<Meter>,
) -> Result<PushReport> {
    let start = Instant::now();
    check_name(&request.name)?;
    let source = request.source.clone();
    let files = blocking(move || walk(&source)).await?;
    let versions = registry.versions(&request.name).await?;
    let known: Vec<Manifest> =
        registry.manifests(&request.name, &versions).await?.into_iter().flatten().collect();
    let version = registry.new_version(request, &versions, &known).await?;
    let replaced = known.iter().find(|manifest| manifest.version == version);
    if replaced.is_some() {
        if !request.force {
            return Err(Problem::new(Code::ModelVersionExists, full(&request.name, &version)));
        }
        // From here on it is unfinished: its manifest would tell of bytes that are being replaced.
        remove(registry, &[registry.manifest_key(&request.name, &version)]).await?;
    }
    let parent = match &request.parent {
        Parent::Named(parent) => Some(parent.clone()),
        Parent::Nothing => None,
        Parent::Latest => registry
            .latest(&request.name, &versions)
            .await?
            .map(|latest| latest.version)
            .filter(|latest| *latest != version),
    };
    let step = full(&request.name, &version);
    let pending = pending(
        transfers,
        place,
        |job| matches!(job, Request::Upload(upload) if upload.part_of.as_deref() == Some(&*step)),
    );
    let mut pending = pending.await?;
    let push = Pushing { registry, request, version: &version };
    let size = files.iter().map(LocalFile::size).sum();
    let progress = Progress::new(meter, files.len(), size);
    let begun = versions.contains(&version);
    let planned = push.plan(files.clone(), &known, begun, pending.as_ref());
    let mut items = progress.during(planned).await?;
    if let Some((job, _)) = pending.take_if(|(_, job)| Some(&*job) != push.job(&items).as_ref()) {
        // The folder is not what it was: what the job had sent is looked at like anything else.
        transfers.cancel(job).await?;
        items = progress.during(push.plan(files, &known, begun, None)).await?;
    }
    let mut report = PushReport {
        name: request.name.clone(),
        version: version.clone(),
        parent: parent.clone(),
        files: items.len() as u64,
        size,
        ..PushReport::default()
    };
    let bytes = |way: fn(&Way) -> bool| -> u64 {
        items.iter().filter(|item| way(&item.way)).map(|item| item.local.size()).sum()
    };
    report.sent = bytes(|way| *way == Way::Send);
    report.copied = bytes(|way| matches!(way, Way::Copy { .. }));
    report.found = bytes(|way| matches!(way, Way::Found { .. }));
    let job = match (pending, push.job(&items)) {
        (Some((job, _)), _) => Some(job),
        (None, Some(request)) => Some(transfers.add(place, request, Priority::Normal).await?),
        (None, None) => None,
    };
    let moved = push.bring(transfers, job, &items, &progress);
    let (ran, hashes) = progress.during(moved).await?;
    for (n, sums) in hashes {
        items[n].sums = Some(sums);
    }
    report.failed = ran.failed;
    report.stopped = ran.stopped;
    report.seconds = start.elapsed().as_secs();
    if !ran.done {
        return Ok(report);
    }
    let (files, failed) = push.settle(&items).await?;
    if !failed.is_empty() {
        report.failed = failed;
        return Ok(report);
    }
    let manifest = push.manifest(files, parent, replaced, &report);
    push.publish(&manifest).await?;
    if let Some(replaced) = replaced {
        let kept: HashSet<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
        let folder = registry.folder(&request.name, &version);
        let left = replaced.files.iter().filter(|file| !kept.contains(file.path.as_str()));
        let left: Vec<String> = left.map(|file| format!("{folder}{}", file.path)).collect();
        remove(registry, &left).await?;
    }
    report.finished = true;
    report.seconds = start.elapsed().as_secs();
    Ok(report)
}

async fn remove(registry: &Registry, keys: &[String]) -> Result<()> {
    let mut removed = crate::transfer::Removed::default();
    if !keys.is_empty() {
        remove_objects(&*registry.bucket, keys, &mut removed).await?;
    }
    removed.failed.into_iter().next().map_or(Ok(()), |(_, problem)| Err(problem))
}

impl Registry {
    /// The version a push makes.
    async fn new_version(
        &self,
        request: &Push,
        versions: &[String],
        finished: &[Manifest],
    ) -> Result<String> {
        let Some(version) = &request.version else {
            return Ok(next_version(finished.iter().map(|manifest| manifest.version.as_str())));
        };
        check_version(version)?;
        if self.aliases(&request.name).await?.get(version).is_some() {
            return Err(Problem::new(Code::ModelNameInvalid, version)
                .with_reason(Reason::Duplicate(version.clone())));
        }
        // `1.2.0` beside `v1.2.0` would be two versions of one rank.
        let other = version.strip_prefix('v').map_or_else(|| format!("v{version}"), str::to_owned);
        if versions.contains(&other) {
            return Err(Problem::new(Code::ModelVersionExists, full(&request.name, &other)));
        }
        Ok(version.clone())
    }
}

struct Pushing<'a> {
    registry: &'a Registry,
    request: &'a Push,
    version: &'a str,
}

impl Pushing<'_> {
    /// Sends, copies, and hashes what goes unread: all at once.
    async fn bring(
        &self,
        transfers: &Transfers,
        job: Option<i64>,
        items: &[Item],
        progress: &Progress,
    ) -> Result<(Ran, Vec<(usize, Sums)>)> {
        for item in items.iter().filter(|item| matches!(item.way, Way::Found { .. })) {
            progress.over(item.local.size());
        }
        let copies = items.iter().filter_map(|item| match &item.way {
            Way::Copy { key, etag, class, .. } => Some(
                async move {
                    let options = CopyOptions {
                        if_match: etag.clone(),
                        storage_class: class.clone(),
                        size: Some(item.local.size()),
                        ..CopyOptions::default()
                    };
                    self.copy(key, &options, item).await?;
                    progress.over(item.local.size());
                    Ok(())
                }
                .boxed(),
            ),
            _ => None,
        });
        // The disk reads them once: what is being sent is in the system's cache.
        let unread = items.iter().enumerate().filter(|(_, item)| item.sums.is_none());
        let hashes = unread.map(|(n, item)| {
            let path = item.local.path.clone();
            async move { Ok((n, blocking(move || Sums::of(&path)).await?)) }.boxed()
        });
        let copies = some_at_once(AT_ONCE, copies.collect());
        let hashes = some_at_once(HASHED, hashes.collect());
        let folder = self.registry.folder(&self.request.name, self.version);
        let sent = run(transfers, job, progress, |key| relative(key, &folder));
        let (ran, _, hashes) = futures_util::try_join!(sent.boxed(), copies, hashes)?;
        Ok((ran, hashes))
    }

    /// What is to be sent, as one job; `None` when there is nothing.
    fn job(&self, items: &[Item]) -> Option<Request> {
        let sent = items.iter().filter(|item| item.way == Way::Send);
        let files: Vec<FileTo> = sent
            .map(|item| FileTo {
                path: item.local.path.to_string_lossy().into_owned(),
                key: item.key.clone(),
                sha256: item.told.clone(),
            })
            .collect();
        (!files.is_empty()).then(|| {
            Request::Upload(Upload {
                prefix: self.registry.folder(&self.request.name, self.version),
                files,
                part_of: Some(full(&self.request.name, self.version)),
                ..Upload::default()
            })
        })
    }

    async fn copy(&self, from: &str, options: &CopyOptions, item: &Item) -> Result<()> {
        let bucket = &*self.registry.bucket;
        let retry = RetryPolicy::default();
        let copied =
            retrying(&retry, || async { Ok(bucket.copy(from, &item.key, options).await?) });
        copied.await.map(drop).map_err(|trouble| trouble.problem(from))
    }
}
