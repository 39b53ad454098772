//! Deleting with a time to undo it.
//!
//! Rows vanish at once; the objects are deleted when the time is over, or when the app quits. When
//! it dies before, nothing has been deleted and the rows come back (see [`crate::history`]): a
//! deletion nobody could undo any more does not happen.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::App;
use crate::events::{AppEvent, EventSink};
use crate::history::{Entry, History};
use crate::pipeline::{NameLocks, Pipeline, Place, object_lock};
use crate::problem::{Code, Problem, Result};
use crate::view::DeletionView;

/// How long the toast offers to undo.
const UNDO: Duration = Duration::from_secs(6);

/// On top of it: a click at the last moment still counts, and so does a toast held by the pointer
/// for a little.
const GRACE: Duration = Duration::from_secs(4);

/// How long rows stay hidden without a sign of life from who hid them.
const LEASE: Duration = Duration::from_secs(60);

/// Objects deleted under one lock and one lease.
const CHUNK: usize = 500;

/// Deletions that can still be undone, and those at work.
#[derive(Debug)]
pub(super) struct Deletions {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pipeline: Arc<Pipeline>,
    events: Arc<dyn EventSink>,
    /// From the hiding of rows to the deletion of their objects.
    delay: Duration,
    pending: Mutex<Pending>,
    /// One at a time; who quits waits for it.
    working: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Pending {
    last: u32,
    deletions: HashMap<u32, Deletion>,
}

/// Rows hidden together.
#[derive(Debug)]
struct Deletion {
    /// Names it in the history.
    token: String,
    rows: Vec<Entry>,
    remote: bool,
}

/// What came of a deletion.
#[derive(Debug, Default)]
struct Outcome {
    deleted: u32,
    problems: Vec<Problem>,
}

impl App {
    /// Takes these uploads out of the history, and with `remote` their objects out of the bucket,
    /// after a time in which it can be undone.
    ///
    /// # Errors
    /// [`Code::HistoryRowNotFound`] when none of them is there any more.
    pub async fn delete(&self, ids: &[i64], remote: bool) -> Result<DeletionView> {
        let deletion = self.inner.deletions.hide(ids, remote, UNDO + GRACE + LEASE).await?;
        Ok(self.inner.deletions.schedule(deletion))
    }

    /// The same at once, with nothing to undo; how many uploads are gone.
    ///
    /// # Errors
    /// The first failure; uploads it concerns are in the history as before.
    pub async fn delete_now(&self, ids: &[i64], remote: bool) -> Result<u32> {
        let shared = &self.inner.deletions.shared;
        let deletion = self.inner.deletions.hide(ids, remote, LEASE).await?;
        let outcome = shared.carry_out(deletion).await;
        match outcome.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(outcome.deleted),
        }
    }

    /// Brings the uploads of a deletion back; how many.
    ///
    /// # Errors
    /// [`Code::UndoExpired`] when it is too late.
    pub async fn undo_deletion(&self, id: u32) -> Result<u32> {
        self.inner.deletions.undo(id).await
    }

    /// Deletes what a batch has uploaded, in the bucket too; what it found stored before stays.
    /// What has not been sent yet is not sent.
    ///
    /// # Errors
    /// [`Code::UndoExpired`] when there is nothing of it left to delete.
    pub async fn undo_batch(&self, batch: u32) -> Result<DeletionView> {
        // Uploads that are not in the history yet can only be found there.
        self.inner.recorder.retry().await;
        let ids = self.inner.uploads.undo(batch).await;
        if ids.is_empty() {
            return Err(Problem::new(Code::UndoExpired, format!("batch {batch}")));
        }
        self.delete(&ids, true).await
    }
}

impl Deletions {
    pub(super) fn new(pipeline: Arc<Pipeline>, events: Arc<dyn EventSink>) -> Self {
        Self::after(UNDO + GRACE, pipeline, events)
    }

    fn after(delay: Duration, pipeline: Arc<Pipeline>, events: Arc<dyn EventSink>) -> Self {
        let shared = Shared {
            pipeline,
            events,
            delay,
            pending: Mutex::default(),
            working: tokio::sync::Mutex::new(()),
        };
        Self { shared: Arc::new(shared) }
    }

    async fn hide(&self, ids: &[i64], remote: bool, lease: Duration) -> Result<Deletion> {
        let recorder = &self.shared.pipeline.recorder;
        let token = uuid::Uuid::new_v4().simple().to_string();
        let rows = recorder.history()?.hide(ids, &token, after(lease)).await?;
        if rows.is_empty() {
            let id = ids.first().map(ToString::to_string).unwrap_or_default();
            return Err(Problem::new(Code::HistoryRowNotFound, id));
        }
        recorder.tell();
        Ok(Deletion { token, rows, remote })
    }

    fn schedule(&self, deletion: Deletion) -> DeletionView {
        let count = u32::try_from(deletion.rows.len()).unwrap_or(u32::MAX);
        let id = {
            let mut pending = self.shared.pending();
            pending.last += 1;
            let id = pending.last;
            pending.deletions.insert(id, deletion);
            id
        };
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            tokio::time::sleep(shared.delay).await;
            shared.finish(id).await;
        });
        DeletionView { id, count, undo_for: UNDO.as_millis() as u32 }
    }

    async fn undo(&self, id: u32) -> Result<u32> {
        let deletion = self.shared.pending().deletions.remove(&id);
        let Some(deletion) = deletion else {
            return Err(Problem::new(Code::UndoExpired, id.to_string()));
        };
        let recorder = &self.shared.pipeline.recorder;
        match recorder.history()?.unhide(&deletion.token).await {
            Ok(rows) => {
                recorder.tell();
                Ok(rows)
            }
            // Not undone, so it can be tried again; if not, the lease brings the rows back.
            Err(problem) => {
                self.shared.pending().deletions.insert(id, deletion);
                Err(problem)
            }
        }
    }

    /// Carries out what is pending and waits for what is at work.
    pub(super) async fn flush(&self) {
        let ids: Vec<u32> = self.shared.pending().deletions.keys().copied().collect();
        for id in ids {
            self.shared.finish(id).await;
        }
        drop(self.shared.working.lock().await);
    }

    /// Brings back what a process hid that did not live to delete it, now and when the leases of
    /// others end.
    pub(super) async fn recover(&self) {
        let Ok(history) = self.shared.pipeline.recorder.history() else { return };
        match history.recover(now()).await {
            Ok((rows, next)) => {
                if rows > 0 {
                    tracing::warn!(rows, "a deletion was never carried out; its uploads are back");
                    self.shared.pipeline.recorder.tell();
                }
                if let Some(next) = next {
                    tokio::spawn(recover_later(Arc::downgrade(&self.shared), next));
                }
            }
            Err(problem) => tracing::warn!(%problem, "unfinished deletions not looked at"),
        }
    }
}

async fn recover_later(shared: std::sync::Weak<Shared>, mut next: i64) {
    loop {
        let wait = u64::try_from(next - now()).unwrap_or(0);
        tokio::time::sleep(Duration::from_millis(wait + 1_000)).await;
        let Some(shared) = shared.upgrade() else { return };
        let recorder = &shared.pipeline.recorder;
        let Ok(history) = recorder.history() else { return };
        match history.recover(now()).await {
            Ok((rows, later)) => {
                if rows > 0 {
                    recorder.tell();
                }
                let Some(later) = later else { return };
                next = later;
            }
            Err(_) => return,
        }
    }
}

impl Shared {
    fn pending(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn finish(&self, id: u32) {
        let deletion = self.pending().deletions.remove(&id);
        let Some(deletion) = deletion else { return };
        let outcome = self.carry_out(deletion).await;
        for problem in outcome.problems {
            self.events.emit(AppEvent::Failure { problem: problem.view() });
        }
    }

    async fn carry_out(&self, deletion: Deletion) -> Outcome {
        let _working = self.working.lock().await;
        let mut outcome = Outcome::default();
        let Ok(history) = self.pipeline.recorder.history() else { return outcome };
        let Deletion { token, rows, remote } = deletion;
        let mut by_place: BTreeMap<(String, String), Vec<Entry>> = BTreeMap::new();
        for row in rows {
            let place =
                if remote { (row.profile.clone(), row.target.clone()) } else { Default::default() };
            by_place.entry(place).or_default().push(row);
        }
        for ((profile, target), rows) in by_place {
            let place = match remote {
                true => self.place(&profile, &target).await.map(Some),
                false => Ok(None),
            };
            for chunk in rows.chunks(CHUNK) {
                let result = match &place {
                    Ok(Some(place)) => {
                        self.delete_objects(history, &token, place, chunk, &mut outcome).await
                    }
                    Ok(None) => self.remove(history, &token, chunk, &mut outcome).await,
                    Err(problem) => {
                        let ids: Vec<i64> = chunk.iter().map(|row| row.id).collect();
                        if outcome.problems.is_empty() {
                            outcome.problems.push(problem.clone());
                        }
                        history.unhide_some(&token, &ids).await
                    }
                };
                if let Err(problem) = result {
                    outcome.problems.push(problem);
                }
            }
        }
        self.pipeline.recorder.tell();
        outcome
    }

    async fn place(&self, profile: &str, target: &str) -> Result<Place> {
        let place = self.pipeline.places.place(profile).await?;
        if place.target == target {
            Ok(place)
        } else {
            // The profile points at another bucket by now; the object is not in that one.
            Err(Problem::new(Code::ProfileNotFound, profile))
        }
    }

    /// Deletes the objects of one chunk, then its rows; rows whose object stays come back.
    async fn delete_objects(
        &self,
        history: &History,
        token: &str,
        place: &Place,
        rows: &[Entry],
        outcome: &mut Outcome,
    ) -> Result<()> {
        history.extend(token, after(LEASE)).await?;
        // An upload that has just found one of these objects to be there keeps it.
        let names = rows.iter().map(|row| object_lock(&row.target, &row.key));
        let locks: &NameLocks = &self.pipeline.locks;
        let _held = locks.lock_all(names).await;
        let unshared = history.unshared(token, rows).await?;
        let mut keys: Vec<String> = rows
            .iter()
            .filter(|row| unshared.contains(&row.id))
            .map(|row| row.key.clone())
            .collect();
        keys.sort();
        keys.dedup();
        let failures = match place.bucket.delete_many(&keys).await {
            Ok(failures) => failures,
            Err(error) => {
                outcome.problems.push(Problem::from_store(&error, place.bucket.name()));
                let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
                return history.unhide_some(token, &ids).await;
            }
        };
        if let Some(failure) = failures.first() {
            outcome.problems.push(Problem::from_store(&failure.error, &failure.key));
        }
        let stays =
            |row: &Entry| unshared.contains(&row.id) && failures.iter().any(|f| f.key == row.key);
        let (back, gone): (Vec<Entry>, Vec<Entry>) = rows.iter().cloned().partition(stays);
        let back: Vec<i64> = back.iter().map(|row| row.id).collect();
        history.unhide_some(token, &back).await?;
        self.remove(history, token, &gone, outcome).await
    }

    async fn remove(
        &self,
        history: &History,
        token: &str,
        rows: &[Entry],
        outcome: &mut Outcome,
    ) -> Result<()> {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        for thumb in history.remove(token, &ids).await? {
            let path = self.pipeline.thumbs.path(&thumb);
            if let Err(error) = tokio::fs::remove_file(&path).await
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(path = %path.display(), %error, "thumbnail not removed");
            }
        }
        outcome.deleted += u32::try_from(ids.len()).unwrap_or(u32::MAX);
        Ok(())
    }
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

fn after(time: Duration) -> i64 {
    now().saturating_add(i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
