//! Jobs of `transfers.db`: begun in order of priority, a few at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Feed, views};
use crate::events::AppEvent;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{Head, Meter, Priority, Request, Speed, Standing, State};
use crate::view::{TransferKind, TransferView};

/// Jobs this process works on at a time.
const AT_ONCE: usize = 3;

/// A job whose turn has not come.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) id: i64,
    pub(super) priority: Priority,
    /// Rises by one with each job that is added.
    turn: u64,
}

/// A job this process works on.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) meter: Arc<Meter>,
    pub(super) speed: Speed,
    /// How it stood when it was begun.
    pub(super) view: TransferView,
    /// Files over when the listing was last said to have changed.
    pub(super) told: u64,
    pub(super) told_at: Instant,
    /// How long until it may be said again: longer each time, as a listing may be large.
    pub(super) pause: Duration,
}

impl Feed {
    /// Puts a job in the line, and begins it if there is room.
    pub(super) fn queue(&self, standing: &Standing) {
        let id = standing.job.id;
        {
            let mut state = self.lock();
            let known = state.waiting.iter().any(|waiting| waiting.id == id);
            if known || state.closing || state.running.contains_key(&id) {
                return;
            }
            state.turns += 1;
            let turn = state.turns;
            state.waiting.push(Waiting { id, priority: standing.job.priority, turn });
        }
        let view = TransferView { state: State::Queued, problem: None, ..views::of_job(standing) };
        self.tell(id, view, None);
        self.begin();
    }

    /// Takes a job out of the line; whether it was in it.
    pub(super) fn take_back(&self, id: i64) -> bool {
        let mut state = self.lock();
        let before = state.waiting.len();
        state.waiting.retain(|waiting| waiting.id != id);
        state.waiting.len() != before
    }

    /// Begins as many jobs as there is room for.
    fn begin(&self) {
        loop {
            let (id, meter, view) = {
                let mut state = self.lock();
                if state.closing || state.running.len() >= AT_ONCE {
                    return;
                }
                let first = |waiting: &&Waiting| (waiting.priority, u64::MAX - waiting.turn);
                let Some(id) = state.waiting.iter().max_by_key(first).map(|next| next.id) else {
                    return;
                };
                state.waiting.retain(|waiting| waiting.id != id);
                let Some(row) = state.rows.get(&id) else { continue };
                let view = TransferView { state: State::Running, ..row.view.clone() };
                let meter = Arc::new(Meter::default());
                let begun = Begun {
                    meter: Arc::clone(&meter),
                    speed: Speed::default(),
                    view: view.clone(),
                    told: 0,
                    told_at: Instant::now(),
                    pause: super::ticks::LISTING,
                };
                state.running.insert(id, begun);
                (id, meter, view)
            };
            self.tell(id, view, None);
            let feed = self.clone();
            self.shared.runtime.spawn(async move { feed.work(id, meter).await });
            self.tick();
        }
    }

    async fn work(self, id: i64, meter: Arc<Meter>) {
        let result = self.shared.transfers.run(id, meter).await;
        self.lock().running.remove(&id);
        match result {
            // Another process has it, or somebody cancelled it on its way here: the row says so.
            Ok(_) => {}
            Err(problem) if matches!(problem.code, Code::DataInUse | Code::TransferOver) => {}
            Err(problem) => {
                self.shared.events.emit(AppEvent::Failure { problem: problem.view() });
            }
        }
        if let Err(problem) = self.refresh(id).await {
            tracing::warn!(%problem, id, "how a transfer ended cannot be read");
        }
        self.shared.stopped.notify_waiters();
        self.begin();
    }

    /// Reads how a job stands and tells of it.
    pub(super) async fn refresh(&self, id: i64) -> Result<()> {
        let standing = self.shared.transfers.standing(id).await?;
        let mark = (standing.job.state, standing.job.changed_at);
        self.take(&standing, mark);
        Ok(())
    }

    fn take(&self, standing: &Standing, mark: (State, i64)) {
        let id = standing.job.id;
        let here = {
            let state = self.lock();
            let waits = state.waiting.iter().any(|waiting| waiting.id == id);
            // What runs here is told by its meter.
            state
                .running
                .contains_key(&id)
                .then_some(State::Running)
                .or(waits.then_some(State::Queued))
        };
        let view = views::of_job(standing);
        match here {
            Some(State::Running) => {
                if let Some(begun) = self.lock().running.get_mut(&id) {
                    begun.view.priority = view.priority;
                }
            }
            Some(waits) => {
                self.tell(id, TransferView { state: waits, problem: None, ..view }, None);
            }
            None => {
                let over = !standing.job.state.is_live() && standing.job.state != State::Queued;
                let (place, kind) = (view.place.clone(), view.kind);
                let was_live = self.was_live(id);
                self.tell(id, view, Some(mark));
                if over
                    && was_live
                    && kind == TransferKind::Upload
                    && let Request::Upload(upload) = &standing.job.request
                {
                    self.touched(&place, &upload.prefix);
                }
            }
        }
    }

    fn was_live(&self, id: i64) -> bool {
        self.lock().rows.get(&id).is_some_and(|row| row.view.state.is_live())
    }

    /// Looks at the jobs of all processes and tells of those that have changed.
    pub(super) async fn look(&self) -> Result<()> {
        let since = self.lock().since;
        for head in self.shared.transfers.heads(since).await? {
            // Only the database knows that the last byte is there and it is being verified.
            if let Some(begun) = self.lock().running.get_mut(&head.id) {
                begun.view.state = if head.state.is_live() { head.state } else { State::Running };
            } else if head.here && self.hides(head.id) {
                continue;
            } else if self.is_news(&head) {
                match self.shared.transfers.standing(head.id).await {
                    Ok(standing) => self.take(&standing, (head.state, head.changed_at)),
                    // Forgotten in this moment, or damaged: the others are shown all the same.
                    Err(Problem {
                        code: Code::TransferNotFound | Code::TransferUnreadable,
                        ..
                    }) => {}
                    Err(problem) => return Err(problem),
                }
            }
        }
        Ok(())
    }

    /// Whether a job belongs to a task that is shown already. Once hidden it stays so.
    fn hides(&self, id: i64) -> bool {
        let mut state = self.lock();
        let made = state.tasks.values().any(super::Task::makes_jobs);
        if made && !state.rows.contains_key(&id) {
            state.inner.insert(id);
        }
        state.inner.contains(&id)
    }

    fn is_news(&self, head: &Head) -> bool {
        let state = self.lock();
        if state.inner.contains(&head.id) {
            return false;
        }
        // The files of a job that another process works on change without the job.
        head.state.is_live()
            || state
                .rows
                .get(&head.id)
                .is_none_or(|row| row.mark != Some((head.state, head.changed_at)))
    }
}
