//! Writing uploads down, and again later when that fails: a full disk must not fail an upload that
//! has reached the store.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::events::{AppEvent, EventSink};
use crate::history::{History, NewUpload};
use crate::problem::{Problem, Result};

/// Time between two attempts to write down what could not be.
const AGAIN: Duration = Duration::from_secs(30);

/// Rows kept in memory while the history cannot be written.
const MOST: usize = 10_000;

/// Told when a row that could not be written at first is in the history after all.
pub(crate) type Written = Box<dyn FnOnce(i64) + Send>;

/// The history as uploads see it; also when there is none.
#[derive(Debug)]
pub(crate) struct Recorder {
    history: Result<History, Problem>,
    events: Arc<dyn EventSink>,
    unwritten: Mutex<VecDeque<Unwritten>>,
    /// Held while what is unwritten is written, so that nothing is written twice.
    writing: tokio::sync::Mutex<()>,
}

struct Unwritten {
    upload: NewUpload,
    written: Option<Written>,
}

impl std::fmt::Debug for Unwritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Unwritten").field(&self.upload.key).finish()
    }
}

impl Recorder {
    pub(crate) fn new(history: Result<History, Problem>, events: Arc<dyn EventSink>) -> Arc<Self> {
        Arc::new(Self {
            history,
            events,
            unwritten: Mutex::default(),
            writing: tokio::sync::Mutex::new(()),
        })
    }

    /// The history, or why there is none.
    pub(crate) fn history(&self) -> Result<&History> {
        self.history.as_ref().map_err(Clone::clone)
    }

    /// Tells the windows that the history has changed.
    pub(crate) fn tell(&self) {
        if let Ok(history) = &self.history {
            self.events.emit(AppEvent::History { revision: history.revision() });
        }
    }

    /// Writes an upload down. When that fails it is said once, kept, and tried again later;
    /// `written` is then called when it has worked.
    pub(crate) async fn record(
        self: &Arc<Self>,
        upload: NewUpload,
        written: Written,
    ) -> Option<i64> {
        let problem = match &self.history {
            Ok(history) => match history.add(upload.clone()).await {
                Ok(id) => {
                    self.tell();
                    return Some(id);
                }
                Err(problem) => problem,
            },
            // Nothing will change until the next start, and the start has said so.
            Err(_) => return None,
        };
        tracing::error!(%problem, key = upload.key, "uploaded, but not written to the history");
        let first = {
            let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
            let first = unwritten.is_empty();
            if unwritten.len() < MOST {
                unwritten.push_back(Unwritten { upload, written: Some(written) });
            }
            first
        };
        if first {
            self.events.emit(AppEvent::Failure { problem: problem.view() });
            tokio::spawn(keep_trying(Arc::downgrade(self)));
        }
        None
    }

    /// Tries to write what could not be written; how many rows are left.
    pub(crate) async fn retry(&self) -> usize {
        let _writing = self.writing.lock().await;
        let uploads: Vec<NewUpload> = {
            let unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
            unwritten.iter().map(|one| one.upload.clone()).collect()
        };
        let Ok(history) = &self.history else { return 0 };
        if uploads.is_empty() {
            return 0;
        }
        let count = uploads.len();
        match history.add_all(uploads).await {
            Ok(ids) => {
                let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
                // New ones are added at the back only.
                let done: Vec<Unwritten> = unwritten.drain(..count).collect();
                let left = unwritten.len();
                drop(unwritten);
                for (one, id) in done.into_iter().zip(ids) {
                    if let Some(written) = one.written {
                        written(id);
                    }
                }
                self.tell();
                left
            }
            Err(problem) => {
                tracing::warn!(%problem, count, "the history still cannot be written");
                count
            }
        }
    }
}

/// Ends when all is written or the app is gone.
async fn keep_trying(recorder: Weak<Recorder>) {
    loop {
        tokio::time::sleep(AGAIN).await;
        let Some(recorder) = recorder.upgrade() else { return };
        if recorder.retry().await == 0 {
            return;
        }
    }
}
