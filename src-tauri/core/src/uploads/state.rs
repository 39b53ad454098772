//! The rows, the queue and the batches: what may become what. No I/O and no waiting.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::row::{show_stored, waiting};
use super::{UploadOptions, Uploaded};
use crate::events::AppEvent;
use crate::pipeline::Input;
use crate::problem::{Code, Problem, Result};
use crate::view::{Note, UploadState, UploadView};

mod ended;

/// Rows that have ended and are still shown.
pub(super) const MOST_FINISHED: usize = 2_000;

/// Batches whose uploads are remembered, so that they can be undone.
const MOST_BATCHES: usize = 500;

/// Who started a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BatchKind {
    Window,
    /// The shortcut or the tray.
    Background,
    /// A caller that waits for the results.
    Direct,
}

#[derive(Debug, Default)]
pub(super) struct State {
    rows: BTreeMap<u32, Row>,
    queue: VecDeque<u32>,
    batches: BTreeMap<u32, Batch>,
    running: usize,
    last_row: u32,
    last_batch: u32,
    last_start: i64,
    events: Vec<AppEvent>,
}

#[derive(Debug)]
struct Row {
    view: UploadView,
    /// Kept until it is done, so that it can be tried again.
    input: Option<Input>,
    options: Arc<UploadOptions>,
    n: u32,
    /// Counts the tries: what an earlier one still reports is not listened to.
    attempt: u32,
    cancel: CancellationToken,
    uploaded: Option<Uploaded>,
    waiter: Option<oneshot::Sender<Result<Uploaded>>>,
}

#[derive(Debug)]
struct Batch {
    kind: BatchKind,
    /// Its links go on the clipboard when it ends.
    copies: bool,
    /// In input order.
    rows: Vec<u32>,
    open: usize,
    done: u32,
    failed: u32,
    cancelled: u32,
    /// Rows of the history it has added.
    uploaded: Vec<i64>,
}

/// One upload to run.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: u32,
    pub(super) input: Input,
    pub(super) options: Arc<UploadOptions>,
    pub(super) profile: String,
    pub(super) n: u32,
    pub(super) attempt: u32,
    /// Milliseconds since 1970, no two alike: the gallery keeps the order of the input, although
    /// several run at a time.
    pub(super) started: i64,
    pub(super) cancel: CancellationToken,
}

/// A batch of which nothing is open any more.
#[derive(Debug, PartialEq)]
pub(super) struct BatchEnd {
    pub(super) id: u32,
    pub(super) done: u32,
    pub(super) failed: u32,
    pub(super) cancelled: u32,
    pub(super) background: bool,
    /// Its links go on the clipboard.
    pub(super) copies: bool,
    /// Row and result of each that is stored, in input order.
    pub(super) uploads: Vec<(u32, Uploaded)>,
}

impl State {
    pub(super) fn add(
        &mut self,
        inputs: Vec<Input>,
        options: UploadOptions,
        profile: String,
        kind: BatchKind,
    ) -> (u32, Vec<oneshot::Receiver<Result<Uploaded>>>) {
        let options = Arc::new(options);
        let batch = self.new_batch(kind);
        let mut waiters = Vec::new();
        for (index, input) in inputs.into_iter().enumerate() {
            self.last_row += 1;
            let id = self.last_row;
            let waiter = (kind == BatchKind::Direct).then(|| {
                let (sender, receiver) = oneshot::channel();
                waiters.push(receiver);
                sender
            });
            let row = Row {
                view: waiting(id, batch, input.label(), input.origin(), profile.clone()),
                input: Some(input),
                options: Arc::clone(&options),
                n: u32::try_from(index + 1).unwrap_or(u32::MAX),
                attempt: 1,
                cancel: CancellationToken::new(),
                uploaded: None,
                waiter,
            };
            self.rows.insert(id, row);
            self.enter(batch, id);
        }
        (batch, waiters)
    }

    fn new_batch(&mut self, kind: BatchKind) -> u32 {
        while self.batches.len() >= MOST_BATCHES {
            let Some(id) = self.batches.iter().find(|(_, b)| b.open == 0).map(|(id, _)| *id) else {
                break;
            };
            self.batches.remove(&id);
        }
        self.last_batch += 1;
        let batch = Batch {
            kind,
            copies: kind != BatchKind::Direct,
            rows: Vec::new(),
            open: 0,
            done: 0,
            failed: 0,
            cancelled: 0,
            uploaded: Vec::new(),
        };
        self.batches.insert(self.last_batch, batch);
        self.last_batch
    }

    fn enter(&mut self, batch: u32, id: u32) {
        if let Some(batch) = self.batches.get_mut(&batch) {
            batch.rows.push(id);
            batch.open += 1;
        }
        self.queue.push_back(id);
        self.show(id);
    }

    /// The next upload, when fewer than `most` run. `now` is in milliseconds since 1970.
    pub(super) fn next(&mut self, most: usize, now: i64) -> Option<Job> {
        if self.running >= most {
            return None;
        }
        while let Some(id) = self.queue.pop_front() {
            let Some(row) = self.rows.get(&id) else { continue };
            let (UploadState::Waiting, Some(input)) = (row.view.state, &row.input) else {
                continue;
            };
            self.running += 1;
            self.last_start = now.max(self.last_start.saturating_add(1));
            return Some(Job {
                id,
                input: input.clone(),
                options: Arc::clone(&row.options),
                profile: row.view.profile.clone(),
                n: row.n,
                attempt: row.attempt,
                started: self.last_start,
                cancel: row.cancel.clone(),
            });
        }
        None
    }

    /// Changes what a row shows while it runs.
    pub(super) fn update(&mut self, id: u32, attempt: u32, change: impl FnOnce(&mut UploadView)) {
        if let Some(row) = self.running_row(id, attempt) {
            change(&mut row.view);
            self.show(id);
        }
    }

    pub(super) fn progress(&mut self, id: u32, attempt: u32, sent: f64) {
        if let Some(row) = self.running_row(id, attempt) {
            row.view.sent = sent;
            self.events.push(AppEvent::Progress { id, sent });
        }
    }

    fn running_row(&mut self, id: u32, attempt: u32) -> Option<&mut Row> {
        self.rows.get_mut(&id).filter(|row| row.attempt == attempt && !row.view.state.is_over())
    }

    /// An upload that ran has ended.
    pub(super) fn finish(&mut self, id: u32, result: Result<Uploaded>) -> Option<BatchEnd> {
        self.running = self.running.saturating_sub(1);
        self.end(id, result)
    }

    fn end(&mut self, id: u32, result: Result<Uploaded>) -> Option<BatchEnd> {
        let row = self.rows.get_mut(&id)?;
        let batch = self.batches.get_mut(&row.view.batch)?;
        match &result {
            Ok(uploaded) => {
                batch.done += 1;
                if !uploaded.already_stored {
                    batch.uploaded.extend(uploaded.history_id);
                }
                row.input = None;
                row.uploaded = Some(uploaded.clone());
                show_stored(&mut row.view, uploaded);
            }
            Err(problem) if problem.code == Code::Cancelled => {
                batch.cancelled += 1;
                row.view.state = UploadState::Cancelled;
            }
            Err(problem) => {
                batch.failed += 1;
                row.view.state = UploadState::Failed;
                row.view.problem = Some(problem.view());
            }
        }
        if let Some(waiter) = row.waiter.take() {
            // Nobody waits any more when the caller was dropped; the row tells it all the same.
            let _ = waiter.send(result);
        }
        let batch_id = row.view.batch;
        self.show(id);
        self.left(batch_id)
    }

    fn left(&mut self, id: u32) -> Option<BatchEnd> {
        let batch = self.batches.get_mut(&id)?;
        batch.open = batch.open.saturating_sub(1);
        if batch.open > 0 {
            return None;
        }
        let stored = |id: &u32| {
            let row = self.rows.get(id)?;
            Some((*id, row.uploaded.clone()?))
        };
        Some(BatchEnd {
            id,
            done: batch.done,
            failed: batch.failed,
            cancelled: batch.cancelled,
            background: batch.kind == BatchKind::Background,
            copies: batch.copies,
            uploads: batch.rows.iter().filter_map(stored).collect(),
        })
    }

    /// Rows that wait end at once; those that run are asked to.
    pub(super) fn cancel(&mut self, ids: &[u32]) -> Vec<BatchEnd> {
        ids.iter().filter_map(|id| self.cancel_one(*id)).collect()
    }

    fn cancel_one(&mut self, id: u32) -> Option<BatchEnd> {
        let row = self.rows.get(&id)?;
        row.cancel.cancel();
        if row.view.state != UploadState::Waiting {
            return None;
        }
        // Between being taken from the queue and its first stage a row still says that it waits.
        let queued = self.queue.iter().position(|queued| *queued == id)?;
        self.queue.remove(queued);
        let problem = Problem::new(Code::Cancelled, row.view.name.clone());
        self.end(id, Err(problem))
    }

    /// Rows that have not ended.
    pub(super) fn open(&self) -> Vec<u32> {
        self.rows.values().filter(|row| !row.view.state.is_over()).map(|row| row.view.id).collect()
    }

    fn open_of(&self, batch: u32) -> Vec<u32> {
        let rows = self.rows.values();
        rows.filter(|row| row.view.batch == batch && !row.view.state.is_over())
            .map(|row| row.view.id)
            .collect()
    }

    /// What is left of a batch that is being undone is given up, and its links are not wanted.
    pub(super) fn undo(&mut self, batch: u32) -> Vec<BatchEnd> {
        if let Some(batch) = self.batches.get_mut(&batch) {
            batch.copies = false;
        }
        let open = self.open_of(batch);
        self.cancel(&open)
    }

    pub(super) fn is_open(&self, batch: u32) -> bool {
        self.batches.get(&batch).is_some_and(|batch| batch.open > 0)
    }

    pub(super) fn views(&self) -> Vec<UploadView> {
        self.rows.values().map(|row| row.view.clone()).collect()
    }

    /// Results of these rows, in the order given.
    pub(super) fn uploaded(&self, ids: &[u32]) -> Vec<Uploaded> {
        ids.iter().filter_map(|id| self.rows.get(id)?.uploaded.clone()).collect()
    }

    pub(super) fn uploaded_by(&self, batch: u32) -> Vec<i64> {
        self.batches.get(&batch).map(|batch| batch.uploaded.clone()).unwrap_or_default()
    }

    pub(super) fn mark_copied(&mut self, ids: &[u32]) {
        for id in ids {
            if let Some(row) = self.rows.get_mut(id) {
                row.view.copied = true;
                self.show(*id);
            }
        }
    }

    /// A row's upload is in the history after all.
    pub(super) fn written(&mut self, id: u32, history_id: i64) {
        let Some(row) = self.rows.get_mut(&id) else { return };
        row.view.history_id = Some(history_id as f64);
        row.view.notes.retain(|note| *note != Note::NotInHistory);
        if let Some(uploaded) = &mut row.uploaded {
            uploaded.history_id = Some(history_id);
            uploaded.notes.retain(|note| *note != Note::NotInHistory);
            if !uploaded.already_stored
                && let Some(batch) = self.batches.get_mut(&row.view.batch)
            {
                batch.uploaded.push(history_id);
            }
        }
        self.show(id);
    }

    fn show(&mut self, id: u32) {
        if let Some(row) = self.rows.get(&id) {
            self.events.push(AppEvent::Upload { upload: row.view.clone() });
        }
    }

    pub(super) fn push(&mut self, event: AppEvent) {
        self.events.push(event);
    }

    pub(super) fn take_events(&mut self) -> Vec<AppEvent> {
        std::mem::take(&mut self.events)
    }

    pub(super) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    #[cfg(test)]
    pub(super) fn running(&self) -> usize {
        self.running
    }
}
