//! The transfers of a window: begun, paused, gone on with, given up.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::App;
use crate::events::AppEvent;
use crate::feed::{Feed, TaskEnd, TaskRequest};
use crate::history::blocking;
use crate::objects::CopyRequest;
use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::{Download, Existing, Meter, Priority, Request, Upload, folder_below};
use crate::view::TransferKind;

impl App {
    /// The transfers as a window sees them, made by the first call.
    ///
    /// # Errors
    /// As [`App::transfers`].
    pub async fn feed(&self) -> Result<&Feed> {
        let transfers = self.transfers().await?;
        let new = || async {
            let events = Arc::clone(&self.inner.events);
            Feed::new(transfers.clone(), events, self.inner.runtime.clone())
        };
        Ok(self.inner.feed.get_or_init(new).await)
    }

    /// Goes on with the transfers that were interrupted, where the settings say so; how many there are.
    ///
    /// # Errors
    /// As [`App::transfers`].
    pub async fn continue_transfers(&self) -> Result<usize> {
        // Nobody has ever transferred anything: no database is made for that.
        if !self.settings().continue_transfers || !self.inner.home.transfers_db().exists() {
            return Ok(0);
        }
        self.feed().await?.continue_abandoned().await
    }

    /// How many transfers run or wait in this process.
    pub fn transfers_busy(&self) -> usize {
        self.inner.feed.get().map_or(0, Feed::busy)
    }

    /// Whether somebody looks at the transfers.
    pub async fn watch_transfers(&self, watched: bool) {
        match self.feed().await {
            Ok(feed) => feed.watch(watched),
            Err(problem) => self.fail(&problem),
        }
    }

    /// Uploads files and folders to below a prefix; folders keep their names.
    ///
    /// # Errors
    /// A path that is not UTF-8, and as [`App::transfers`].
    pub async fn upload_files(&self, place: &str, paths: &[PathBuf], prefix: &str) -> Result<i64> {
        let sources = paths.iter().map(|path| utf8(path)).collect::<Result<Vec<String>>>()?;
        let request = Request::Upload(Upload {
            sources,
            prefix: prefix.to_owned(),
            include_parent: true,
            ..Upload::default()
        });
        self.feed().await?.enqueue(place, request, Priority::Normal).await
    }

    /// Downloads objects, and folders (keys that end in `/`) under their own names; the id of the
    /// first transfer this makes: one for the objects, one for each folder.
    ///
    /// # Errors
    /// A folder whose name would lead elsewhere, and as [`App::transfers`].
    pub async fn download_objects(
        &self,
        place: &str,
        keys: &[String],
        existing: Existing,
        into: &Path,
    ) -> Result<i64> {
        let (folders, objects): (Vec<&String>, Vec<&String>) =
            keys.iter().partition(|key| key.is_empty() || key.ends_with('/'));
        let mut wanted = Vec::new();
        if !objects.is_empty() {
            wanted.push((objects.into_iter().cloned().collect(), into.to_owned()));
        }
        for folder in folders {
            wanted.push((vec![folder.clone()], folder_below(into, folder)?));
        }
        let feed = self.feed().await?;
        let mut first = None;
        for (keys, into) in wanted {
            let into = utf8(&into)?;
            let request =
                Request::Download(Download { keys, into, existing, ..Download::default() });
            let id = feed.enqueue(place, request, Priority::Normal).await?;
            first.get_or_insert(id);
        }
        first.ok_or_else(|| Problem::new(Code::ObjectNotFound, place))
    }

    /// Begins to delete objects, and everything below prefixes (keys that end in `/`).
    pub async fn delete_objects(&self, place: &str, keys: Vec<String>) -> Result<i64> {
        let request = TaskRequest {
            kind: TransferKind::Delete,
            place: place.to_owned(),
            name: crate::feed::named(&keys),
            detail: place.to_owned(),
            touches: vec![(place.to_owned(), common_folder(&keys).to_owned())],
            work: {
                let (app, place) = (self.clone(), place.to_owned());
                Arc::new(move |meter| {
                    let (app, place, keys) = (app.clone(), place.clone(), keys.clone());
                    Box::pin(async move { app.delete_keys(&place, &keys, &meter).await })
                })
            },
        };
        Ok(self.feed().await?.start(request))
    }

    /// Begins to copy, move or rename objects and folders.
    pub async fn copy_in_background(&self, request: CopyRequest) -> Result<i64> {
        let kind = if request.remove_source { TransferKind::Move } else { TransferKind::Copy };
        let into = match &request.exact_key {
            Some(key) => common_folder(std::slice::from_ref(key)).to_owned(),
            None => request.prefix.clone(),
        };
        let mut touches = vec![(request.to.clone(), into.clone())];
        if request.remove_source {
            touches.push((request.from.clone(), common_folder(&request.keys).to_owned()));
        }
        let task = TaskRequest {
            kind,
            place: request.to.clone(),
            name: crate::feed::named(&request.keys),
            detail: format!("{}/{into}", request.to),
            touches,
            work: {
                let app = self.clone();
                Arc::new(move |meter| {
                    let (app, request) = (app.clone(), request.clone());
                    Box::pin(async move { app.copy_on_a_thread(request, meter).await })
                })
            },
        };
        Ok(self.feed().await?.start(task))
    }

    /// Copies on a thread of its own, where nobody asks whether the future may go to another: what it
    /// borrows from itself is more than the compiler can see through. Dropped, it stops.
    async fn copy_on_a_thread(&self, request: CopyRequest, meter: Arc<Meter>) -> Result<TaskEnd> {
        let (app, runtime) = (self.clone(), self.inner.runtime.clone());
        let stop = CancellationToken::new();
        let _stops_with_me = stop.clone().drop_guard();
        blocking(move || {
            runtime.block_on(async {
                tokio::select! {
                    report = app.copy_objects(&request, meter) => {
                        let report = report?;
                        for remark in report.remarks() {
                            let problem = remark.view();
                            app.inner.events.emit(AppEvent::Failure { problem });
                        }
                        Ok(TaskEnd::but(report.failed))
                    }
                    () = stop.cancelled() => Err(Problem::new(Code::Cancelled, &request.to)),
                }
            })
        })
        .await
    }

    async fn delete_keys(&self, place: &str, keys: &[String], meter: &Meter) -> Result<TaskEnd> {
        let (prefixes, objects): (Vec<&String>, Vec<&String>) =
            keys.iter().partition(|key| key.ends_with('/'));
        let mut failed = Vec::new();
        for batch in objects.chunks(BATCH) {
            let keys: Vec<String> = batch.iter().map(|key| (*key).clone()).collect();
            meter.expect(keys.len() as u64, 0);
            let removed = self.remove_objects(place, &keys).await?;
            meter.files_over(keys.len() as u64, removed.failed.len() as u64);
            failed.extend(removed.failed);
        }
        for prefix in prefixes {
            let there = self.count_objects(place, prefix).await?;
            meter.expect(there.objects, 0);
            let mut told = 0;
            let gone = |objects: u64| {
                meter.files_over(objects.saturating_sub(told), 0);
                told = objects;
            };
            let removed = self.remove_prefix(place, prefix, gone).await?;
            meter.files_over(removed.failed.len() as u64, removed.failed.len() as u64);
            failed.extend(removed.failed);
        }
        Ok(TaskEnd::but(failed))
    }
}

/// Keys deleted at a time.
const BATCH: usize = 1_000;

fn utf8(path: &Path) -> Result<String> {
    let wrong =
        || Problem::new(Code::UnsafeName, path.display().to_string()).with_reason(Reason::NotUtf8);
    path.to_str().map(str::to_owned).ok_or_else(wrong)
}

/// The folder that all keys are in.
pub(super) fn common_folder(keys: &[String]) -> &str {
    let folder = |key: &'_ str| {
        let key = key.strip_suffix('/').unwrap_or(key);
        key.rfind('/').map_or(0, |at| at + 1)
    };
    let Some(first) = keys.first() else { return "" };
    let mut common = &first[..folder(first)];
    for key in keys {
        while !key[..folder(key)].starts_with(common) {
            let shorter = common.strip_suffix('/').unwrap_or(common);
            common = &common[..shorter.rfind('/').map_or(0, |at| at + 1)];
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listing_that_changes_is_the_one_all_keys_are_in() {
        let common = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            common_folder(&keys).to_owned()
        };
        assert_eq!(common(&["a/b/c", "a/b/d/"]), "a/b/");
        assert_eq!(common(&["a/b/c", "a/x"]), "a/");
        assert_eq!(common(&["a/b/c", "ab"]), "");
        assert_eq!(common(&["数据/b"]), "数据/");
        assert_eq!(common(&[]), "");
    }
}
