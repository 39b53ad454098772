//! The transfers of a window: what waits, runs and has ended, told as it changes.
//!
//! Jobs of `transfers.db` are begun here in order of priority, a few at a time; those of other
//! processes are looked at once a second while somebody watches. Copies, moves and deletions live in
//! this process only: they have negative ids and end with it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::events::{AppEvent, EventSink};
use crate::problem::{Code, Problem, Result};
use crate::transfer::{FileResult, Priority, Request, State, Transfers};
use crate::view::{TransferFailure, TransferKind, TransferView};

mod jobs;
mod tasks;
#[cfg(test)]
mod tests;
mod ticks;
mod views;

pub(crate) use tasks::Work;
pub use tasks::{TaskEnd, TaskRequest};

use jobs::{Begun, Waiting};
use tasks::Task;

/// All transfers, as one window or several see them. Clones share everything.
#[derive(Clone)]
pub struct Feed {
    shared: Arc<Shared>,
}

struct Shared {
    transfers: Transfers,
    events: Arc<dyn EventSink>,
    runtime: Handle,
    state: Mutex<Board>,
    /// Somebody looks at the list: jobs of other processes are followed too.
    watched: AtomicBool,
    /// A job of this process has stopped.
    stopped: Notify,
}

#[derive(Default)]
struct Board {
    /// Jobs that this process begins when their turn comes.
    waiting: Vec<Waiting>,
    /// Jobs this process works on.
    running: HashMap<i64, Begun>,
    tasks: BTreeMap<i64, Task>,
    /// Rows as they were last told, with what told that they have changed.
    rows: HashMap<i64, Row>,
    /// Jobs that a task of this process has made for itself.
    inner: HashSet<i64>,
    /// Jobs that ended before this are not shown, in milliseconds since 1970.
    since: i64,
    turns: u64,
    tasks_begun: i64,
    ticking: bool,
    closing: bool,
}

struct Row {
    view: TransferView,
    /// State and time of the last change in the database.
    mark: Option<(State, i64)>,
    hidden: bool,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("busy", &self.busy()).finish_non_exhaustive()
    }
}

impl Feed {
    /// Shows these transfers; nothing runs until it is asked for.
    pub fn new(transfers: Transfers, events: Arc<dyn EventSink>, runtime: Handle) -> Self {
        let state = Board { since: now(), ..Board::default() };
        let shared = Shared {
            transfers,
            events,
            runtime,
            state: Mutex::new(state),
            watched: AtomicBool::new(false),
            stopped: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Adds a job and begins it when its turn comes; one that was interrupted in the middle of the
    /// same request goes on.
    pub async fn enqueue(&self, place: &str, request: Request, priority: Priority) -> Result<i64> {
        let id = self.shared.transfers.add(place, request, priority).await?;
        self.resume(id).await?;
        Ok(id)
    }

    /// All rows, newest last.
    pub async fn list(&self) -> Result<Vec<TransferView>> {
        self.look().await?;
        let state = self.lock();
        let shown = state.rows.values().filter(|row| !row.hidden);
        let mut views: Vec<TransferView> = shown.map(|row| row.view.clone()).collect();
        views.sort_by(|a, b| a.created_at.total_cmp(&b.created_at).then(a.id.total_cmp(&b.id)));
        Ok(views)
    }

    /// Whether somebody looks at the list.
    pub fn watch(&self, watched: bool) {
        self.shared.watched.store(watched, Ordering::Relaxed);
        if watched {
            self.tick();
        }
    }

    /// How many transfers this process works on or will begin.
    pub fn busy(&self) -> usize {
        let state = self.lock();
        let tasks = state.tasks.values().filter(|task| task.is_live()).count();
        state.waiting.len() + state.running.len() + tasks
    }

    /// Stops a job until it is asked to go on.
    ///
    /// # Errors
    /// [`Code::Unsupported`] for what lives in this process only, [`Code::TransferOver`], and
    /// [`Code::TransferNotFound`].
    pub async fn pause(&self, id: i64) -> Result<()> {
        if id < 0 {
            return Err(Problem::new(Code::Unsupported, self.name_of(id)));
        }
        let waited = self.take_back(id);
        match self.shared.transfers.pause(id).await {
            // It waits here for its turn, but was paused or interrupted when it was asked to go on.
            Err(problem) if waited && problem.code == Code::TransferOver => {}
            Err(problem) => return Err(problem),
            Ok(_) => {}
        }
        self.refresh(id).await
    }

    /// Goes on with a job that is paused, interrupted or failed; tries a failed task again.
    ///
    /// # Errors
    /// [`Code::TransferNotFound`], [`Code::TransferOver`].
    pub async fn resume(&self, id: i64) -> Result<()> {
        if id < 0 {
            return self.restart(id);
        }
        let standing = self.shared.transfers.standing(id).await?;
        if standing.job.state.is_over() {
            return Err(Problem::new(Code::TransferOver, id.to_string()));
        }
        if standing.job.state.is_live() {
            return Ok(());
        }
        self.queue(&standing);
        Ok(())
    }

    /// Gives a transfer up: what it has begun on the other side goes, what is complete stays.
    pub async fn cancel(&self, id: i64) -> Result<()> {
        if id < 0 {
            return self.stop_task(id);
        }
        self.take_back(id);
        let cancelled = self.shared.transfers.cancel(id).await;
        self.refresh(id).await?;
        cancelled.map(drop)
    }

    /// Pauses every job that waits or runs, in whichever process.
    pub async fn pause_all(&self) -> Result<()> {
        let going = [State::Queued, State::Running, State::Verifying];
        for view in self.list().await?.iter().filter(|view| view.id > 0.0) {
            if going.contains(&view.state) {
                settled(self.pause(view.id as i64).await)?;
            }
        }
        Ok(())
    }

    /// Goes on with every job that is paused or was interrupted.
    pub async fn resume_all(&self) -> Result<()> {
        for view in self.list().await? {
            if matches!(view.state, State::Paused | State::Interrupted) {
                settled(self.resume(view.id as i64).await)?;
            }
        }
        Ok(())
    }

    /// Begins what other processes left behind when they ended, in the order it was asked for; how many
    /// there are. What a person has paused, and what failed, stays; so do the steps of pushes, pulls,
    /// syncs and backups, with which those go on.
    pub async fn continue_abandoned(&self) -> Result<usize> {
        let heads = self.shared.transfers.heads(i64::MAX).await?;
        let mut begun = 0;
        for head in heads.into_iter().filter(|head| head.abandoned) {
            let standing = match self.shared.transfers.standing(head.id).await {
                Ok(standing) => standing,
                Err(problem) => {
                    tracing::warn!(%problem, id = head.id, "an interrupted transfer cannot be read");
                    continue;
                }
            };
            if !standing.job.request.is_step() {
                self.queue(&standing);
                begun += 1;
            }
        }
        Ok(begun)
    }

    /// Takes the rows away that have ended. A failed job can be found again: it is not over.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.since = now();
        let mut gone = Vec::new();
        for (id, row) in &mut state.rows {
            if !row.hidden && ended(row.view.state) {
                row.hidden = true;
                gone.push(*id as f64);
            }
        }
        state.tasks.retain(|_, task| task.is_live());
        self.shared.events.emit(AppEvent::TransfersRemoved { ids: gone });
    }

    /// Puts a job before or behind others. What runs already goes on.
    pub async fn set_priority(&self, id: i64, priority: Priority) -> Result<()> {
        self.shared.transfers.set_priority(id, priority).await?;
        if let Some(waiting) = self.lock().waiting.iter_mut().find(|waiting| waiting.id == id) {
            waiting.priority = priority;
        }
        self.refresh(id).await
    }

    /// The files of a transfer that failed; at most 1,000.
    pub async fn failures(&self, id: i64) -> Result<Vec<TransferFailure>> {
        const MOST: usize = 1_000;
        if id < 0 {
            let state = self.lock();
            let task = state.tasks.get(&id);
            return Ok(task.map(Task::failures).unwrap_or_default());
        }
        let mut failures = Vec::new();
        let tell = |file: crate::transfer::FileReport| {
            if let FileResult::Failed(Some(failure)) = file.result
                && failures.len() < MOST
            {
                let key = if file.key.is_empty() { file.path } else { file.key };
                failures.push(TransferFailure { key, problem: failure.view() });
            }
        };
        self.shared.transfers.files(id, tell).await?;
        Ok(failures)
    }

    /// Limits the bytes a second of all transfers of this process together; `None` lifts the limit.
    pub fn limit_rate(&self, rate: Option<u64>) {
        self.shared.transfers.limit_rate(rate);
    }

    /// Before the process ends: jobs stop where they are and can be resumed, tasks end. Waits until
    /// they have.
    pub async fn close(&self) {
        {
            let mut state = self.lock();
            state.closing = true;
            state.waiting.clear();
            for task in state.tasks.values() {
                task.stop();
            }
        }
        loop {
            let stopped = self.shared.stopped.notified();
            // Again each time: one may have been about to start.
            self.shared.transfers.interrupt();
            if self.lock().running.is_empty() {
                return;
            }
            let _ = tokio::time::timeout(std::time::Duration::from_millis(100), stopped).await;
        }
    }

    fn name_of(&self, id: i64) -> String {
        self.lock().rows.get(&id).map_or_else(|| id.to_string(), |row| row.view.name.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a row and tells of it, when it differs from what was last told.
    fn tell(&self, id: i64, view: TransferView, mark: Option<(State, i64)>) {
        self.tell_in(&mut self.lock(), id, view, mark);
    }

    fn tell_in(&self, state: &mut Board, id: i64, view: TransferView, mark: Option<(State, i64)>) {
        let before = state.rows.get(&id);
        let news = before.is_none_or(|row| row.view != view);
        // What ended while it was hidden stays hidden; what goes on is shown again.
        let hidden = before.is_some_and(|row| row.hidden) && ended(view.state);
        let cancelled = view.state == State::Cancelled;
        state.rows.insert(id, Row { view: view.clone(), mark, hidden: hidden || cancelled });
        if !news || hidden {
            return;
        }
        // Under the lock, so that a later row never overtakes an earlier one.
        self.shared.events.emit(AppEvent::Transfer { transfer: view });
        if cancelled {
            self.shared.events.emit(AppEvent::TransfersRemoved { ids: vec![id as f64] });
        }
    }

    /// The listing of a place has changed below a prefix.
    fn touched(&self, place: &str, prefix: &str) {
        let (place, prefix) = (place.to_owned(), prefix.to_owned());
        self.shared.events.emit(AppEvent::Objects { place, prefix });
    }
}

/// Whether a row can be cleared.
fn ended(state: State) -> bool {
    matches!(state, State::Done | State::Cancelled | State::Failed)
}

/// A job that came to its end in the meantime needs no pausing.
fn settled(result: Result<()>) -> Result<()> {
    match result {
        Err(problem) if matches!(problem.code, Code::TransferOver | Code::DataInUse) => Ok(()),
        other => other,
    }
}

/// Milliseconds since 1970, UTC.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl TransferKind {
    /// Whether its bytes go up, and whether they come down.
    fn directions(self) -> (bool, bool) {
        match self {
            TransferKind::Upload | TransferKind::Push => (true, false),
            TransferKind::Download | TransferKind::Pull => (false, true),
            // Between two places each byte comes down and goes up.
            TransferKind::Copy | TransferKind::Move => (true, true),
            TransferKind::Delete => (false, false),
        }
    }
}

/// What a person knows these keys by: `cat.png`, or `cat.png + 2`.
pub(crate) fn named(keys: &[String]) -> String {
    let names: Vec<&str> = keys.iter().map(|key| views::key_name(key)).collect();
    views::several(&names)
}

/// A row of an id and a count of bytes.
#[cfg(test)]
pub(crate) fn row_for_tests(id: i32, bytes_done: u32) -> TransferView {
    TransferView {
        id: id.into(),
        kind: TransferKind::Upload,
        place: "lab".into(),
        name: "a".into(),
        detail: String::new(),
        state: State::Running,
        priority: Priority::Normal,
        files_total: 1.0,
        files_done: 0.0,
        files_failed: 0.0,
        files_skipped: 0.0,
        bytes_total: 1_000.0,
        bytes_done: bytes_done.into(),
        parts: None,
        speed: None,
        seconds_left: None,
        problem: None,
        created_at: 0.0,
        target: None,
    }
}
