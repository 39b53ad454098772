//! Carrying a plan out: what goes up or down is a job of the transfer engine, so it outlives the
//! process; what goes from bucket to bucket is a copy; what is deleted goes in batches.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hoist_store::Bucket;

use super::SyncSide;
use super::local::LocalFile;
use super::plan::{Action, Step, SyncPlan};
use crate::history::blocking;
use crate::objects::{self, CopyReport, CopyRequest, Told};
use crate::problem::{Code, Problem, Result};
use crate::transfer::{
    Download, Existing, Listed, Meter, Priority, Remote, Removed, Request, Transfers, Upload,
    no_links_below, remove_objects,
};

/// Objects of one delete request.
const BATCH: usize = 1_000;

impl SyncPlan {
    fn copied(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.action != Action::Delete)
    }
}

/// Adds the job that moves what goes up or down; `None` when nothing does. A job that was interrupted
/// in the middle of the same sync goes on with what is still to be done.
pub(crate) async fn job(
    transfers: &Transfers,
    plan: &SyncPlan,
    priority: Priority,
) -> Result<Option<i64>> {
    if plan.copied().next().is_none() {
        return Ok(None);
    }
    let (place, request, files) = match (&plan.request.from, &plan.request.to) {
        (SyncSide::Local(root), SyncSide::Remote { place, prefix }) => {
            let up = |step: &Step| {
                let path =
                    root.join(step.path.trim_end_matches('/')).to_string_lossy().into_owned();
                Listed::up(path, format!("{prefix}{}", step.path), step.size)
            };
            let request = Upload {
                sources: vec![root.to_string_lossy().into_owned()],
                prefix: prefix.clone(),
                listed: true,
                keep_times: true,
                ..Upload::default()
            };
            let files = plan.copied().map(up).collect();
            (place, Request::Upload(request), files)
        }
        (SyncSide::Remote { place, prefix }, SyncSide::Local(root)) => {
            let request = Download {
                keys: vec![prefix.clone()],
                into: root.to_string_lossy().into_owned(),
                existing: Existing::Overwrite,
                listed: true,
                ..Download::default()
            };
            let objects = plan.copied().filter_map(|step| Some((step, step.object.as_ref()?)));
            let files = objects
                .map(|(step, object)| {
                    let meta = object.meta(format!("{prefix}{}", step.path));
                    Listed::down(&request, &step.path, &meta)
                })
                .collect::<Vec<_>>();
            (place, Request::Download(request), files)
        }
        _ => return Ok(None),
    };
    transfers.add_listed(place, request, priority, files).await.map(Some)
}

/// Copies what goes from bucket to bucket.
pub(crate) async fn copies(
    from: &Remote,
    to: &Remote,
    plan: &SyncPlan,
    meter: &Arc<Meter>,
    told: Told<'_>,
) -> Result<CopyReport> {
    let (
        SyncSide::Remote { place, prefix },
        SyncSide::Remote { place: to_place, prefix: to_prefix },
    ) = (&plan.request.from, &plan.request.to)
    else {
        return Ok(CopyReport::default());
    };
    let mut request = CopyRequest {
        from: place.clone(),
        base: prefix.clone(),
        to: to_place.clone(),
        prefix: to_prefix.clone(),
        planned: true,
        ..CopyRequest::default()
    };
    let (markers, files): (Vec<&Step>, Vec<&Step>) =
        plan.copied().partition(|step| step.path.ends_with('/'));
    request.keys = files.iter().map(|step| format!("{prefix}{}", step.path)).collect();
    let mut report = objects::copy(from, to, &request, meter, told).await?;
    for step in markers {
        let key = format!("{to_prefix}{}", step.path);
        match objects::put_folder(&*to.bucket, &key).await {
            Ok(()) => report.copied += 1,
            Err(problem) => report.failed.push((key, problem)),
        }
    }
    Ok(report)
}

/// Deletes what the source does not have: before the copies what is `first`, in their way, and after
/// them the rest.
pub(crate) async fn delete(
    bucket: Option<&dyn Bucket>,
    plan: &SyncPlan,
    first: bool,
) -> Result<Removed> {
    let steps =
        plan.steps.iter().filter(|step| step.action == Action::Delete && step.first == first);
    match (&plan.request.to, bucket) {
        (SyncSide::Remote { prefix, .. }, Some(bucket)) => {
            let mut removed = Removed::default();
            let keys: Vec<String> = steps.map(|step| format!("{prefix}{}", step.path)).collect();
            for batch in keys.chunks(BATCH) {
                remove_objects(bucket, batch, &mut removed).await?;
            }
            Ok(removed)
        }
        (SyncSide::Local(root), _) => {
            // What is below a folder comes after it by name, and must go before it.
            let steps: Vec<(String, Option<LocalFile>)> =
                steps.rev().map(|step| (step.path.clone(), step.file)).collect();
            let root = root.clone();
            blocking(move || Ok(delete_here(&root, steps))).await
        }
        (SyncSide::Remote { .. }, None) => Ok(Removed::default()),
    }
}

fn delete_here(root: &Path, steps: Vec<(String, Option<LocalFile>)>) -> Removed {
    let mut removed = Removed::default();
    for (name, file) in steps {
        let path: PathBuf = root.join(name.trim_end_matches('/'));
        match delete_one(root, &path, file) {
            Ok(()) => removed.objects += 1,
            Err(problem) => removed.failed.push((name, problem)),
        }
    }
    removed
}

/// A file only as it was when the plan was made, a folder only when it is empty.
fn delete_one(root: &Path, path: &Path, file: Option<LocalFile>) -> Result<()> {
    no_links_below(root, path)?;
    let shown = || path.display().to_string();
    let gone = match file {
        Some(file) => match path.symlink_metadata() {
            Ok(now) if now.is_file() && LocalFile::of(&now) == file => std::fs::remove_file(path),
            Ok(_) => return Err(Problem::new(Code::SourceChanged, shown())),
            Err(error) => Err(error),
        },
        None => std::fs::remove_dir(path),
    };
    match gone {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Problem::from_io(Code::FileUnwritable, shown(), &error))
        }
        _ => Ok(()),
    }
}
