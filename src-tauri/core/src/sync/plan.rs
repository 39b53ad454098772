//! What a sync would do, step by step.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;

use super::compare::{Pair, Way, objects_differ};
use super::local::LocalTree;
use super::remote::{RemoteFile, RemoteTree, list};
use super::{SyncRequest, SyncSide};
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{Remote, Remotes};

/// Files looked at at once.
const LOOKS: usize = 16;

/// What one step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Upload,
    Download,
    Copy,
    Delete,
}

/// Why it does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// The target has no such file.
    New,
    /// The target has one of another size.
    Size,
    /// The source was changed later.
    Time,
    /// The target has other bytes.
    Content,
    /// The source has no such file.
    Gone,
}

/// One file, or an empty folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub action: Action,
    /// Below the folder or prefix; that of a folder ends in `/`.
    pub path: String,
    /// Bytes moved, or freed.
    pub size: u64,
    pub why: Why,
    /// Deleted before anything is copied, because it is in the way.
    pub(super) first: bool,
    /// The object that is downloaded or copied.
    pub(super) object: Option<RemoteFile>,
    /// What a file that is deleted here looked like.
    pub(super) file: Option<super::local::LocalFile>,
}

/// All steps: first what is copied, then what is deleted, each in the order of the names.
#[derive(Debug)]
pub struct SyncPlan {
    pub request: SyncRequest,
    pub steps: Vec<Step>,
    /// Files that are the same already.
    pub same: u64,
    /// What of this computer's folder is left alone, and why.
    pub refused: Vec<(String, Problem)>,
}

impl SyncPlan {
    /// How many files are copied, and their bytes.
    pub fn copies(&self) -> (u64, u64) {
        self.sum(|action| action != Action::Delete)
    }

    /// How many files and folders are deleted, and their bytes.
    pub fn deletions(&self) -> (u64, u64) {
        self.sum(|action| action == Action::Delete)
    }

    fn sum(&self, wanted: impl Fn(Action) -> bool) -> (u64, u64) {
        let steps = self.steps.iter().filter(|step| wanted(step.action));
        steps.fold((0, 0), |(n, bytes), step| (n + 1, bytes + step.size))
    }
}

/// Looks at both sides and decides what is to be done. Nothing is changed.
///
/// # Errors
/// That the source is not there, that one side lies in the other, and what a listing says.
pub(crate) async fn plan(remotes: &dyn Remotes, request: &SyncRequest) -> Result<SyncPlan> {
    let mut plan =
        SyncPlan { request: request.clone(), steps: Vec::new(), same: 0, refused: Vec::new() };
    match (&request.from, &request.to) {
        (SyncSide::Local(root), SyncSide::Remote { place, prefix }) => {
            let remote = remotes.open(place).await?;
            let (here, there) = tokio::try_join!(walk(root), list(&*remote.bucket, prefix))?;
            let shown = root.display().to_string();
            let here = here.ok_or_else(|| Problem::new(Code::FileNotFound, shown))?;
            plan.up(root, here, &remote, prefix, &there).await?;
        }
        (SyncSide::Remote { place, prefix }, SyncSide::Local(root)) => {
            let remote = remotes.open(place).await?;
            let (here, there) = tokio::try_join!(walk(root), list(&*remote.bucket, prefix))?;
            if there.is_empty() {
                return Err(missing(place, prefix));
            }
            plan.down(root, here.unwrap_or_default(), &remote, prefix, there).await?;
        }
        (
            SyncSide::Remote { place, prefix },
            SyncSide::Remote { place: to_place, prefix: to_prefix },
        ) => {
            let (from, to) = (remotes.open(place).await?, remotes.open(to_place).await?);
            let nested = prefix.starts_with(to_prefix) || to_prefix.starts_with(prefix);
            if from.target == to.target && nested {
                return Err(Problem::new(Code::CopyIntoItself, shown(place, prefix)));
            }
            let (source, target) =
                tokio::try_join!(list(&*from.bucket, prefix), list(&*to.bucket, to_prefix))?;
            if source.is_empty() {
                return Err(missing(place, prefix));
            }
            plan.across(source, &target);
        }
        (SyncSide::Local(_), SyncSide::Local(root)) => {
            return Err(Problem::new(Code::Unsupported, root.display().to_string()));
        }
    }
    plan.steps.sort_by(|a, b| {
        let last = |step: &Step| step.action == Action::Delete;
        (last(a), &a.path).cmp(&(last(b), &b.path))
    });
    Ok(plan)
}

/// An empty source is more often a mistake in its name than a wish to delete everything.
fn missing(place: &str, prefix: &str) -> Problem {
    Problem::new(Code::ObjectNotFound, shown(place, prefix))
}

fn shown(place: &str, prefix: &str) -> String {
    format!("{place}:{prefix}")
}

async fn walk(root: &Path) -> Result<Option<LocalTree>> {
    let root = root.to_owned();
    blocking(move || LocalTree::walk(&root)).await
}

/// Whether something in `tree` lies below the folder `name/`.
fn has_below<T>(tree: &BTreeMap<String, T>, name: &str) -> bool {
    let folder = format!("{}/", name.trim_end_matches('/'));
    tree.range(folder.clone()..).next().is_some_and(|(found, _)| found.starts_with(&folder))
}

/// A folder and what a prefix holds.
struct Sides<'a> {
    root: &'a Path,
    here: &'a LocalTree,
    remote: &'a Remote,
    prefix: &'a str,
    there: &'a RemoteTree,
    way: Way,
}

impl<'a> Sides<'a> {
    /// What is on both and of one size, by name.
    fn pairs(self) -> impl Iterator<Item = (&'a str, Pair<'a>)> + Send {
        self.here.files.iter().filter_map(move |(name, file)| {
            let object = self.there.get(name).filter(|object| object.size == file.size)?;
            let pair = Pair {
                bucket: &*self.remote.bucket,
                path: self.root.join(name),
                file: *file,
                key: format!("{}{name}", self.prefix),
                object,
                way: self.way,
            };
            Some((name.as_str(), pair))
        })
    }
}

impl SyncPlan {
    fn step(&mut self, action: Action, path: &str, size: u64, why: Why) -> &mut Step {
        let (first, object, file) = (false, None, None);
        let path = path.to_owned();
        self.steps.push(Step { action, path, size, why, first, object, file });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// Compares what is of one size on both sides; each name that differs, and why. A pair is made
    /// when its turn comes: there may be a million of them.
    async fn compare<'a>(
        &mut self,
        pairs: impl Iterator<Item = (&'a str, Pair<'a>)> + Send,
    ) -> Result<Vec<(String, Why)>> {
        let checksum = self.request.checksum;
        let mut looked = stream::iter(pairs)
            .map(|(name, pair)| async move {
                let why = pair.differ(checksum).await?;
                Ok::<_, Problem>(why.map(|why| (name.to_owned(), why)))
            })
            .buffer_unordered(LOOKS);
        let mut differ = Vec::new();
        while let Some(found) = looked.try_next().await? {
            match found {
                Some(found) => differ.push(found),
                None => self.same += 1,
            }
        }
        Ok(differ)
    }

    async fn up(
        &mut self,
        root: &Path,
        here: LocalTree,
        remote: &Remote,
        prefix: &str,
        there: &RemoteTree,
    ) -> Result<()> {
        for (name, file) in &here.files {
            match there.get(name) {
                None => {
                    self.step(Action::Upload, name, file.size, Why::New);
                }
                Some(object) if object.size != file.size => {
                    self.step(Action::Upload, name, file.size, Why::Size);
                }
                Some(_) => {}
            }
        }
        let sides = Sides { root, here: &here, remote, prefix, there, way: Way::Up };
        for (name, why) in self.compare(sides.pairs()).await? {
            let size = here.files.get(&name).map_or(0, |file| file.size);
            self.step(Action::Upload, &name, size, why);
        }
        for (name, empty) in &here.folders {
            if *empty && !there.contains_key(name) {
                self.step(Action::Upload, name, 0, Why::New);
            }
        }
        if self.request.delete {
            for (name, object) in there {
                let kept = match name.ends_with('/') && object.size == 0 {
                    true => here.folders.contains_key(name),
                    false => here.files.contains_key(name),
                };
                if !kept && !here.is_refused(name) {
                    self.step(Action::Delete, name, object.size, Why::Gone);
                }
            }
        }
        self.refused = here.refused;
        Ok(())
    }

    async fn down(
        &mut self,
        root: &Path,
        here: LocalTree,
        remote: &Remote,
        prefix: &str,
        there: RemoteTree,
    ) -> Result<()> {
        for (name, object) in &there {
            let marker = name.ends_with('/') && object.size == 0;
            let why = match here.files.get(name) {
                _ if marker && here.folders.contains_key(name) => continue,
                None => Why::New,
                Some(file) if file.size != object.size => Why::Size,
                Some(_) => continue,
            };
            self.step(Action::Download, name, object.size, why).object = Some(object.clone());
        }
        let sides = Sides { root, here: &here, remote, prefix, there: &there, way: Way::Down };
        for (name, why) in self.compare(sides.pairs()).await? {
            let object = there.get(&name).cloned();
            let size = object.as_ref().map_or(0, |object| object.size);
            self.step(Action::Download, &name, size, why).object = object;
        }
        if self.request.delete {
            self.delete_here(&here, &there);
        }
        Ok(())
    }

    /// Files and folders here that the other side does not have.
    fn delete_here(&mut self, here: &LocalTree, there: &RemoteTree) {
        // A file where a folder is to be, or the other way round, must go first.
        let in_the_way = |name: &str| {
            let bare = name.trim_end_matches('/');
            let folders = bare.match_indices('/').map(|(at, _)| &bare[..at]);
            let over = folders.chain([bare]).any(|over| there.contains_key(over));
            over || (!name.ends_with('/') && has_below(there, name))
        };
        for (name, file) in here.files.iter().filter(|(name, _)| !there.contains_key(*name)) {
            let first = in_the_way(name);
            let step = self.step(Action::Delete, name, file.size, Why::Gone);
            (step.first, step.file) = (first, Some(*file));
        }
        for name in here.folders.keys().filter(|name| !has_below(there, name)) {
            // What was left alone in it keeps it.
            if !here.refused.iter().any(|(refused, _)| refused.starts_with(name.as_str())) {
                let first = in_the_way(name);
                self.step(Action::Delete, name, 0, Why::Gone).first = first;
            }
        }
    }

    fn across(&mut self, source: RemoteTree, target: &RemoteTree) {
        for (name, object) in &source {
            let why = match target.get(name) {
                None => Some(Why::New),
                Some(there) if there.size != object.size => Some(Why::Size),
                Some(there) => objects_differ(object, there, self.request.checksum),
            };
            match why {
                Some(why) => {
                    self.step(Action::Copy, name, object.size, why).object = Some(object.clone())
                }
                None => self.same += 1,
            }
        }
        if self.request.delete {
            for (name, object) in target.iter().filter(|(name, _)| !source.contains_key(*name)) {
                self.step(Action::Delete, name, object.size, Why::Gone);
            }
        }
    }
}
