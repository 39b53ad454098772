//! What lives in this process only: copies, moves, deletions, and models on their way.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::{Feed, now};
use crate::problem::{Code, Problem, ProblemView, Result};
use crate::transfer::{Meter, Priority, Speed, State};
use crate::view::{TargetView, TransferFailure, TransferKind, TransferView};

/// Failures that are kept of one task.
const MOST_FAILURES: usize = 1_000;

/// How a task ended.
#[derive(Debug, Default)]
pub struct TaskEnd {
    /// What failed of it, and why.
    pub failed: Vec<TransferFailure>,
    /// Why it stopped as a whole.
    pub stopped: Option<ProblemView>,
}

impl TaskEnd {
    /// One that did all of it but these.
    pub(crate) fn but(failed: Vec<(String, Problem)>) -> Self {
        let failure =
            |(key, problem): (String, Problem)| TransferFailure { key, problem: problem.view() };
        Self { failed: failed.into_iter().map(failure).collect(), stopped: None }
    }
}

/// The work of a task; called again when it is tried again.
pub(crate) type Work = Arc<dyn Fn(Arc<Meter>) -> BoxFuture<'static, Result<TaskEnd>> + Send + Sync>;

/// A task as it is asked for.
#[derive(Clone)]
pub struct TaskRequest {
    pub kind: TransferKind,
    pub place: String,
    /// What a person knows it by.
    pub name: String,
    /// Where it goes.
    pub detail: String,
    /// Place and prefix of the listings that are another one afterwards; the first is what it writes.
    pub touches: Vec<(String, String)>,
    pub(crate) work: Work,
}

impl fmt::Debug for TaskRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskRequest").field("kind", &self.kind).field("name", &self.name).finish()
    }
}

pub(super) struct Task {
    request: TaskRequest,
    pub(super) meter: Arc<Meter>,
    pub(super) speed: Speed,
    pub(super) view: TransferView,
    failed: Vec<TransferFailure>,
    stop: CancellationToken,
}

impl Task {
    pub(super) fn is_live(&self) -> bool {
        self.view.state.is_live()
    }

    /// Whether it makes jobs of its own, which are not shown beside it.
    pub(super) fn makes_jobs(&self) -> bool {
        self.is_live() && matches!(self.request.kind, TransferKind::Push | TransferKind::Pull)
    }

    pub(super) fn kind(&self) -> TransferKind {
        self.request.kind
    }

    pub(super) fn stop(&self) {
        self.stop.cancel();
    }

    pub(super) fn failures(&self) -> Vec<TransferFailure> {
        self.failed.clone()
    }
}

impl Feed {
    /// Begins a task; its id, which is negative.
    pub fn start(&self, request: TaskRequest) -> i64 {
        let id = {
            let mut state = self.lock();
            state.tasks_begun += 1;
            -state.tasks_begun
        };
        let writes = matches!(request.kind, TransferKind::Copy | TransferKind::Move);
        let target = request.touches.first().filter(|_| writes);
        let view = TransferView {
            id: id as f64,
            kind: request.kind,
            place: request.place.clone(),
            name: request.name.clone(),
            detail: request.detail.clone(),
            state: State::Running,
            priority: Priority::Normal,
            files_total: 0.0,
            files_done: 0.0,
            files_failed: 0.0,
            files_skipped: 0.0,
            bytes_total: 0.0,
            bytes_done: 0.0,
            parts: None,
            speed: None,
            seconds_left: None,
            problem: None,
            created_at: now() as f64,
            target: target.map(|(_, prefix)| TargetView { prefix: prefix.clone() }),
        };
        self.run_task(id, request, view);
        id
    }

    fn run_task(&self, id: i64, request: TaskRequest, view: TransferView) {
        let (meter, stop) = (Arc::new(Meter::default()), CancellationToken::new());
        let work = (request.work)(Arc::clone(&meter));
        let task = Task {
            request,
            meter,
            speed: Speed::default(),
            view: view.clone(),
            failed: Vec::new(),
            stop: stop.clone(),
        };
        self.lock().tasks.insert(id, task);
        self.tell(id, view, None);
        let feed = self.clone();
        self.shared.runtime.spawn(async move {
            let ended = tokio::select! {
                biased;
                () = stop.cancelled() => None,
                ended = work => Some(ended),
            };
            feed.task_ended(id, ended);
        });
        self.tick();
    }

    fn task_ended(&self, id: i64, ended: Option<Result<TaskEnd>>) {
        let told = {
            let mut state = self.lock();
            let Some(task) = state.tasks.get_mut(&id) else { return };
            let (now_is, problem, mut failed) = match ended {
                None => (State::Cancelled, None, Vec::new()),
                Some(Err(problem)) => (State::Failed, Some(problem.view()), Vec::new()),
                Some(Ok(end)) if end.failed.is_empty() && end.stopped.is_none() => {
                    (State::Done, None, Vec::new())
                }
                Some(Ok(end)) => (State::Failed, end.stopped, end.failed),
            };
            let failures = failed.len() as f64;
            failed.truncate(MOST_FAILURES);
            let mut view =
                super::views::metered(&task.view, &task.meter.read(), None, &Speed::default());
            view.state = now_is;
            // Not all work tells its meter of failures.
            view.files_done = (view.files_done - (failures - view.files_failed)).max(0.0);
            view.files_failed = failures;
            view.problem = problem;
            (view.speed, view.seconds_left) = (None, None);
            task.failed = failed;
            task.view = view.clone();
            let touches = task.request.touches.clone();
            if now_is == State::Cancelled {
                state.tasks.remove(&id);
            }
            (view, touches)
        };
        let (view, touches) = told;
        self.tell(id, view, None);
        for (place, prefix) in touches {
            self.touched(&place, &prefix);
        }
    }

    /// Tries a task again that failed.
    pub(super) fn restart(&self, id: i64) -> Result<()> {
        let over = || Problem::new(Code::TransferOver, id.to_string());
        let (request, view) = {
            let mut state = self.lock();
            let failed = state.tasks.get(&id).is_some_and(|task| task.view.state == State::Failed);
            if !failed {
                return Err(over());
            }
            let Some(task) = state.tasks.remove(&id) else { return Err(over()) };
            (task.request, task.view)
        };
        let view = TransferView { state: State::Running, problem: None, ..view };
        self.run_task(id, request, view);
        Ok(())
    }

    /// Stops a task, or takes the row of one away that has failed.
    pub(super) fn stop_task(&self, id: i64) -> Result<()> {
        let live = {
            let state = self.lock();
            let Some(task) = state.tasks.get(&id) else {
                return Err(Problem::new(Code::TransferNotFound, id.to_string()));
            };
            task.stop();
            task.is_live()
        };
        if !live {
            self.task_ended(id, None);
        }
        Ok(())
    }
}
