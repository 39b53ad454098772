//! A version to this computer: what is there with the right bytes stays, the rest comes, and no file
//! gets its name before its SHA-256 is right.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use serde::Serialize;

use super::digest::sha256_of;
use super::manifest::{Manifest, ManifestFile};
use super::name::full;
use super::registry::{Registry, some_at_once};
use super::run::{FileFailure, Progress, Ran, pending, relative, run};
use crate::history::blocking;
use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::{
    Download, Failure, Meter, ObjectTo, Priority, Request, Rules, Transfers, below,
};

/// Files hashed at once: more would only make the disk seek.
const HASHED: usize = 2;

/// A version to be fetched.
#[derive(Debug, Clone, Default)]
pub struct Pull {
    pub name: String,
    /// A version or an alias; the latest when `None`.
    pub version: Option<String>,
    /// The folder its files go to. Files of other names in it are left alone.
    pub into: PathBuf,
}

/// What a pull did.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PullReport {
    pub name: String,
    pub version: String,
    /// Absolute.
    pub into: String,
    /// All files are there and right. If not, pulling again goes on with what is there.
    pub finished: bool,
    pub files: u64,
    /// Bytes of all files.
    pub size: u64,
    /// Bytes fetched.
    pub fetched: u64,
    /// Bytes that were here already.
    pub kept: u64,
    pub seconds: u64,
    pub failed: Vec<FileFailure>,
    /// Why it stopped as a whole.
    pub stopped: Option<Failure>,
}

/// Fetches a version.
///
/// # Errors
/// As [`Registry::resolve`], and what the store says. What goes wrong with single files stands in the
/// report.
pub(crate) async fn pull(
    registry: &Registry,
    transfers: &Transfers,
    place: &str,
    request: &Pull,
    meter: Arc<Meter>,
) -> Result<PullReport> {
    let start = Instant::now();
    let manifest = registry.resolve(&request.name, request.version.as_deref()).await?;
    let into = std::path::absolute(&request.into).map_err(|error| {
        Problem::from_io(Code::FileUnwritable, request.into.display().to_string(), &error)
    })?;
    let shown = into.to_str().map(str::to_owned).ok_or_else(|| {
        Problem::new(Code::UnsafeName, into.display().to_string()).with_reason(Reason::NotUtf8)
    })?;
    let mut report = PullReport {
        name: request.name.clone(),
        version: manifest.version.clone(),
        into: shown.clone(),
        files: manifest.files.len() as u64,
        size: manifest.total_size,
        ..PullReport::default()
    };
    let (objects, failed) = objects(registry, &manifest).await?;
    report.failed = failed;
    let progress = Progress::new(meter, manifest.files.len(), manifest.total_size);
    let step = full(&request.name, &manifest.version);
    let pending = pending(transfers, place, |job| {
        matches!(job, Request::Download(job)
            if job.part_of.as_deref() == Some(&*step) && job.into == shown)
    });
    let mut pending = pending.await?;
    let job = |files: Vec<ObjectTo>| {
        (!files.is_empty()).then(|| {
            Request::Download(Download {
                into: shown.clone(),
                files,
                part_of: Some(step.clone()),
                ..Download::default()
            })
        })
    };
    let planned = missing(&into, &objects, pending.as_ref());
    let mut wanted = progress.during(planned).await?;
    if let Some((id, _)) =
        pending.take_if(|(_, begun)| Some(&*begun) != job(wanted.clone()).as_ref())
    {
        // The folder is not what it was.
        transfers.cancel(id).await?;
        wanted = progress.during(missing(&into, &objects, None)).await?;
    }
    report.fetched = wanted.iter().map(|object| object.size).sum();
    report.kept = objects.iter().map(|object| object.size).sum::<u64>() - report.fetched;
    for object in objects.iter().filter(|object| !wanted.contains(object)) {
        progress.over(object.size);
    }
    let id = match (pending, job(wanted)) {
        (Some((id, _)), _) => Some(id),
        (None, Some(request)) => Some(transfers.add(place, request, Priority::Normal).await?),
        (None, None) => None,
    };
    let folder = registry.folder(&request.name, &manifest.version);
    let ran = run(transfers, id, &progress, |key| relative(key, &folder)).boxed();
    let Ran { done, failed, stopped } = progress.during(ran).await?;
    report.failed.extend(failed);
    report.stopped = stopped;
    if done {
        // What a job finished earlier may have been taken away since.
        let gone = blocking(move || Ok(gone(&into, &objects)));
        report.failed.extend(gone.await?);
    }
    report.finished = done && report.failed.is_empty();
    report.seconds = start.elapsed().as_secs();
    Ok(report)
}

/// The objects of a version, by key, and the files that have none or whose object is another.
async fn objects(
    registry: &Registry,
    manifest: &Manifest,
) -> Result<(Vec<ObjectTo>, Vec<FileFailure>)> {
    let there = registry.objects(&manifest.model_name, &manifest.version).await?;
    let folder = registry.folder(&manifest.model_name, &manifest.version);
    let (mut objects, mut failed) = (Vec::new(), Vec::new());
    for file in &manifest.files {
        match object(file, there.get(&file.path), &folder) {
            Ok(object) => objects.push(object),
            Err(problem) => failed.push(FileFailure::new(&file.path, &problem)),
        }
    }
    objects.sort_by(|a, b| a.key.cmp(&b.key));
    Ok((objects, failed))
}

fn object(
    file: &ManifestFile,
    there: Option<&hoist_store::ObjectMeta>,
    folder: &str,
) -> Result<ObjectTo> {
    below(&file.path, Rules::HERE)?;
    let key = format!("{folder}{}", file.path);
    let meta = there.ok_or_else(|| Problem::new(Code::ObjectNotFound, &key))?;
    if meta.size != file.size {
        return Err(Problem::new(Code::ContentDiffers, &key)
            .with_detail(format!("{} of {} bytes", meta.size, file.size)));
    }
    Ok(ObjectTo {
        key,
        name: file.path.clone(),
        size: file.size,
        etag: meta.etag.clone(),
        sha256: Some(file.sha256.to_ascii_lowercase()),
    })
}

/// The objects whose bytes are not in the folder. Those of a job that was interrupted are left to it.
async fn missing(
    into: &Path,
    objects: &[ObjectTo],
    pending: Option<&(i64, Request)>,
) -> Result<Vec<ObjectTo>> {
    let begun: &[ObjectTo] = match pending {
        Some((_, Request::Download(job))) => &job.files,
        _ => &[],
    };
    let looks = objects.iter().map(|object| {
        async move {
            if begun.contains(object) {
                return Ok(Some(object.clone()));
            }
            let (path, of) = (into.join(below(&object.name, Rules::HERE)?), object.clone());
            let there = blocking(move || Ok(is_there(&path, &of)));
            Ok((!there.await?).then(|| object.clone()))
        }
        .boxed()
    });
    let missing = some_at_once(HASHED, looks.collect()).await?;
    Ok(missing.into_iter().flatten().collect())
}

/// Whether the file holds the right bytes. One that cannot be read is fetched. Blocks.
fn is_there(path: &Path, object: &ObjectTo) -> bool {
    let is_file = path
        .symlink_metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() == object.size);
    is_file && sha256_of(path).is_ok_and(|sha256| Some(&sha256) == object.sha256.as_ref())
}

fn gone(into: &Path, objects: &[ObjectTo]) -> Vec<FileFailure> {
    let is_gone = |object: &&ObjectTo| {
        let path = below(&object.name, Rules::HERE).map(|below| into.join(below));
        !path.is_ok_and(|path| path.metadata().is_ok_and(|found| found.len() == object.size))
    };
    let problem = |object: &ObjectTo| Problem::new(Code::FileNotFound, &object.name);
    objects
        .iter()
        .filter(is_gone)
        .map(|object| FileFailure::new(&object.name, &problem(object)))
        .collect()
}
