//! Copies and moves: inside a bucket by the store itself, between buckets streamed through here.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt as _, stream};
use hoist_store::{Bucket, CopyOptions, ErrorKind, Lost, ObjectMeta};
use tokio::sync::Semaphore;

use super::across::across;
use super::items::{Item, items};
use super::report::{Copied, CopyReport, CopyResult, Told};
use super::targets::{CopyRequest, is_prefix, numbered};
use crate::problem::{Code, Problem, Result};
use crate::transfer::{
    Existing, Flow, Meter, Pages, Remote, Removed, RetryPolicy, Trouble, look_up_object,
    remove_objects, retrying, stops_all,
};

/// Objects under way when the store copies: it moves the bytes, we only wait.
const INSIDE: usize = 16;
/// Objects under way when the bytes come through here.
const ACROSS: usize = 4;
/// Keys worked on before sources are deleted: what one request deletes.
const BATCH: usize = 1_000;

/// Copies or moves what a request names. Dropped, it stops; what is copied by then stays.
///
/// # Errors
/// [`Code::CopyIntoItself`], [`Code::SameNameTwice`], and what a listing says. What goes wrong with
/// one object stands in the report.
pub(crate) async fn copy(
    from: &Remote,
    to: &Remote,
    request: &CopyRequest,
    meter: &Arc<Meter>,
    told: Told<'_>,
) -> Result<CopyReport> {
    let copier = Copier::new(from, to, request, meter, told)?;
    let worked = copier.all().await;
    let mut report = copier.report.into_inner().unwrap_or_else(PoisonError::into_inner);
    match worked {
        // What is done by then is worth telling.
        Err(problem) if report.copied > 0 => {
            report.failed.push((from.bucket.name().to_owned(), problem));
        }
        worked => worked?,
    }
    Ok(report)
}

struct Copier<'a> {
    from: &'a Remote,
    to: &'a Remote,
    request: &'a CopyRequest,
    meter: &'a Arc<Meter>,
    told: Told<'a>,
    /// Both ends are one bucket, whatever the places are called.
    inside: bool,
    retry: RetryPolicy,
    /// Large objects come through here one at a time: each has several parts in memory.
    large: Semaphore,
    /// New names that are given away already.
    taken: Mutex<HashSet<String>>,
    report: Mutex<CopyReport>,
    stopped: AtomicBool,
}

impl<'a> Copier<'a> {
    fn new(
        from: &'a Remote,
        to: &'a Remote,
        request: &'a CopyRequest,
        meter: &'a Arc<Meter>,
        told: Told<'a>,
    ) -> Result<Self> {
        let inside = from.target == to.target;
        request.check(inside)?;
        Ok(Self {
            from,
            to,
            request,
            meter,
            told,
            inside,
            retry: RetryPolicy::default(),
            large: Semaphore::new(1),
            taken: Mutex::default(),
            report: Mutex::default(),
            stopped: AtomicBool::new(false),
        })
    }

    /// A failure that all others would meet too has been met.
    fn ended(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn report(&self, change: impl FnOnce(&mut CopyReport)) {
        change(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn all(&self) -> Result<()> {
        let (prefixes, objects): (Vec<&str>, Vec<&str>) =
            self.request.sources().into_iter().partition(|key| is_prefix(key));
        for prefix in prefixes {
            if !self.ended() {
                self.below(prefix).await?;
            }
        }
        for batch in objects.chunks(BATCH) {
            if !self.ended() {
                self.named(batch).await?;
            }
        }
        Ok(())
    }

    /// All below a prefix, a page at a time.
    async fn below(&self, prefix: &str) -> Result<()> {
        let root = self.request.target(prefix);
        // Upwards in the same tree a target may be a source that is still to be listed.
        let upwards = self.inside && prefix.starts_with(&root);
        let mut all = Vec::new();
        let mut any = false;
        let mut pages = Pages::below(&*self.from.bucket, prefix);
        while let Some(page) = pages.next().await? {
            any |= !page.objects.is_empty();
            let items = items(prefix, &root, page.objects);
            if upwards {
                all.extend(items);
            } else {
                pages.during(self.items(items, self.at_once())).await?;
            }
            if self.ended() {
                break;
            }
        }
        if !any {
            self.missing(prefix);
        }
        // The shorter key first: it is the target of a longer one, if of any.
        all.sort_by_key(|item| item.source.key.len());
        while !all.is_empty() && !self.ended() {
            let rest = all.split_off(all.len().min(BATCH));
            self.items(std::mem::replace(&mut all, rest), 1).await?;
        }
        Ok(())
    }

    /// Objects named one by one.
    async fn named(&self, keys: &[&str]) -> Result<()> {
        let found: Vec<Option<Item>> = stream::iter(keys)
            .map(|key| async {
                if self.ended() {
                    return None;
                }
                match look_up_object(&*self.from.bucket, key).await {
                    Ok(Some(source)) => Some(Item {
                        source,
                        target: self.request.target(key),
                        keep_acl: !self.request.planned,
                    }),
                    Ok(None) => {
                        self.missing(key);
                        None
                    }
                    Err(problem) => {
                        self.meter.expect(1, 0);
                        self.meter.file_over();
                        self.fail(key, &self.request.target(key), 0, problem);
                        None
                    }
                }
            })
            .buffered(INSIDE)
            .collect()
            .await;
        self.items(found.into_iter().flatten().collect(), self.at_once()).await
    }

    fn at_once(&self) -> usize {
        if self.inside { INSIDE } else { ACROSS }
    }

    fn missing(&self, key: &str) {
        self.meter.expect(1, 0);
        self.meter.file_over();
        let problem = Problem::new(Code::ObjectNotFound, key);
        self.fail(key, &self.request.target(key), 0, problem);
    }

    fn fail(&self, from: &str, to: &str, size: u64, problem: Problem) {
        (self.told)(&Copied { from, to, size, result: CopyResult::Failed(&problem) });
        if stops_all(&problem) && self.stopped.swap(true, Ordering::Relaxed) {
            return;
        }
        self.report(|report| report.failed.push((from.to_owned(), problem)));
    }

    /// Copies these and, for a move, deletes those that were copied.
    async fn items(&self, items: Vec<Item>, at_once: usize) -> Result<()> {
        let bytes = items.iter().map(|item| item.source.size).sum();
        self.meter.expect(items.len() as u64, bytes);
        let mut copied: Vec<ObjectMeta> = stream::iter(items)
            .map(|item| self.item(item))
            .buffer_unordered(at_once)
            .filter_map(|copied| async { copied })
            .collect()
            .await;
        if self.request.remove_source && !copied.is_empty() {
            copied.sort_by(|a, b| a.key.cmp(&b.key));
            self.remove(copied).await?;
        }
        Ok(())
    }

    /// The source, if it was copied.
    async fn item(&self, item: Item) -> Option<ObjectMeta> {
        if self.ended() {
            return None;
        }
        let Item { source, target, keep_acl } = item;
        let told = |to: &str, result| {
            (self.told)(&Copied { from: &source.key, to, size: source.size, result });
        };
        let copied = match self.free(&target).await {
            Ok(Some(target)) => match self.one(&source, &target, keep_acl).await {
                Ok(lost) => {
                    told(&target, CopyResult::Done(&lost));
                    self.report(|report| {
                        report.copied += 1;
                        report.bytes += source.size;
                        report.lose(&lost, &target);
                    });
                    true
                }
                Err(problem) => {
                    self.fail(&source.key, &target, source.size, problem);
                    false
                }
            },
            Ok(None) => {
                told(&target, CopyResult::Skipped);
                self.meter.found(source.size);
                self.report(|report| report.skipped += 1);
                false
            }
            Err(problem) => {
                self.fail(&source.key, &target, source.size, problem);
                false
            }
        };
        self.meter.file_over();
        copied.then_some(source)
    }

    /// The key an object may have; `None` when one is there and is to stay.
    async fn free(&self, target: &str) -> Result<Option<String>> {
        let there = async |key: &str| Ok(look_up_object(&*self.to.bucket, key).await?.is_some());
        match self.request.existing {
            Existing::Overwrite => Ok(Some(target.to_owned())),
            Existing::Skip => Ok((!there(target).await?).then(|| target.to_owned())),
            // A folder is there, or is not.
            Existing::Both if is_prefix(target) => {
                Ok((!there(target).await?).then(|| target.to_owned()))
            }
            Existing::Both => {
                let mut key = target.to_owned();
                let mut n = 2;
                while !self.claim(&key) || there(&key).await? {
                    key = numbered(target, n);
                    n += 1;
                }
                Ok(Some(key))
            }
        }
    }

    fn claim(&self, key: &str) -> bool {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned())
    }

    async fn one(&self, source: &ObjectMeta, target: &str, keep_acl: bool) -> Result<Vec<Lost>> {
        if self.inside {
            match self.by_the_store(source, target, keep_acl).await {
                Err(trouble) if trouble.kind() == Some(ErrorKind::Unsupported) => {}
                Err(trouble) => return Err(of_source(trouble, source, &*self.from.bucket)),
                Ok(lost) => return self.verify(source, target).await.map(|()| lost),
            }
        }
        let copied =
            across(self.from, self.to, source, target, self.meter, &self.large, &self.retry);
        copied.await.map_err(|trouble| of_source(trouble, source, &*self.from.bucket))?;
        self.verify(source, target).await.map(|()| Vec::new())
    }

    /// The store copies, in parts of its own where the object is too large for one request.
    async fn by_the_store(
        &self,
        source: &ObjectMeta,
        target: &str,
        keep_acl: bool,
    ) -> Result<Vec<Lost>, Trouble> {
        let flow = Flow::new(self.meter);
        let options = CopyOptions {
            if_match: source.etag.clone(),
            storage_class: source.storage_class.clone(),
            size: Some(source.size),
            keep_acl,
            ..CopyOptions::default()
        };
        let lost = retrying(&self.retry, || async {
            Ok(self.to.bucket.copy(&source.key, target, &options).await?)
        })
        .await?;
        flow.keep(source.size);
        Ok(lost)
    }

    /// Before a source is deleted, its copy has been seen.
    async fn verify(&self, source: &ObjectMeta, target: &str) -> Result<()> {
        if !self.request.remove_source && self.inside {
            return Ok(());
        }
        let there = match look_up_object(&*self.to.bucket, target).await {
            Ok(found) => found.map(|meta| meta.size),
            // A key that may write but not read is believed, unless something depends on it.
            Err(problem) if problem.code == Code::AccessDenied && !self.request.remove_source => {
                return Ok(());
            }
            Err(problem) => return Err(problem),
        };
        if there == Some(source.size) {
            return Ok(());
        }
        let detail = format!("{} of {} bytes", there.unwrap_or(0), source.size);
        Err(Problem::new(Code::Integrity, target).with_detail(detail))
    }

    /// Deletes what was copied, unless it has been replaced since it was listed.
    async fn remove(&self, copied: Vec<ObjectMeta>) -> Result<()> {
        let bucket = &*self.from.bucket;
        let checked: Vec<(String, Result<bool>)> = stream::iter(copied)
            .map(|source| async move {
                let now = look_up_object(bucket, &source.key).await;
                let same = now.map(|now| {
                    now.is_none_or(|now| now.size == source.size && now.etag == source.etag)
                });
                (source.key, same)
            })
            .buffered(INSIDE)
            .collect()
            .await;
        let mut keys = Vec::with_capacity(checked.len());
        for (key, same) in checked {
            match same {
                Ok(true) => keys.push(key),
                Ok(false) => {
                    let problem = Problem::new(Code::RemoteChanged, &key);
                    self.report(|report| report.failed.push((key, problem)));
                }
                Err(problem) => self.report(|report| report.failed.push((key, problem))),
            }
        }
        if keys.is_empty() {
            return Ok(());
        }
        let mut removed = Removed::default();
        if let Err(problem) = remove_objects(bucket, &keys, &mut removed).await {
            self.stopped.store(true, Ordering::Relaxed);
            self.report(|report| report.failed.push((keys.swap_remove(0), problem)));
        }
        self.report(|report| report.failed.extend(removed.failed));
        Ok(())
    }
}

/// As a person is told it: about the object when it is at fault, else about the bucket.
fn of_source(trouble: Trouble, source: &ObjectMeta, bucket: &dyn Bucket) -> Problem {
    match trouble.kind() {
        Some(ErrorKind::Precondition) => Problem::new(Code::RemoteChanged, &source.key),
        Some(
            ErrorKind::InvalidKey
            | ErrorKind::Integrity
            | ErrorKind::NotFound
            | ErrorKind::AccessDenied
            | ErrorKind::Other
            | ErrorKind::Unsupported,
        ) => trouble.problem(&source.key),
        _ => trouble.problem(bucket.name()),
    }
}
