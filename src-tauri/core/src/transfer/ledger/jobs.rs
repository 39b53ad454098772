//! Jobs: added, claimed by one process, led from state to state.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::{Ledger, is_unreadable, now};
use crate::problem::{Code, Problem, Result};
use crate::transfer::failure::Failure;
use crate::transfer::request::{Priority, Request, signature};
use crate::transfer::state::{Event, State, next};

/// Finished jobs are kept for this long, in milliseconds: 30 days.
const KEPT: i64 = 30 * 24 * 3600 * 1000;

/// A row of `jobs`.
#[derive(Debug, Clone)]
pub(in crate::transfer) struct Job {
    pub(in crate::transfer) id: i64,
    pub(in crate::transfer) request: Request,
    pub(in crate::transfer) profile: String,
    /// The bucket it began with; see [`crate::pipeline::target_id`].
    pub(in crate::transfer) target: Option<String>,
    pub(in crate::transfer) priority: Priority,
    pub(in crate::transfer) state: State,
    pub(in crate::transfer) runner: Option<String>,
    pub(in crate::transfer) problem: Option<Failure>,
    pub(in crate::transfer) created_at: i64,
    pub(in crate::transfer) changed_at: i64,
}

/// What one process asks of the one that works on a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Wish {
    Pause,
    Cancel,
}

const COLUMNS: &str = "id, signature, request, profile, target, priority, state, runner, problem, \
     created_at, changed_at";

impl Job {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let request: String = row.get("request")?;
        let profile: String = row.get("profile")?;
        let state: String = row.get("state")?;
        // What only tells, or is looked at again, may be damaged alone.
        let problem: Option<String> = row.get("problem").unwrap_or_default();
        let unreadable = |what: String| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, what.into())
        };
        // A damaged request would move other files, or to other places.
        if row.get::<_, String>("signature")? != signature(&profile, &request) {
            return Err(unreadable("the request is not what was asked for".into()));
        }
        Ok(Self {
            id: row.get("id")?,
            request: serde_json::from_str(&request).map_err(|e| unreadable(e.to_string()))?,
            profile,
            target: row.get("target")?,
            priority: Priority::ranked(row.get("priority").unwrap_or_default()),
            state: State::named(&state).ok_or_else(|| unreadable(state))?,
            runner: row.get("runner").unwrap_or_default(),
            problem: problem.as_deref().and_then(Failure::from_json),
            created_at: row.get("created_at").unwrap_or_default(),
            changed_at: row.get("changed_at").unwrap_or_default(),
        })
    }
}

/// A job; the problem is that its row cannot be read.
pub(super) fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<Result<Job>>> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = ?");
    match connection.query_row(&sql, [id], Job::from_row).optional() {
        Err(error) if is_unreadable(&error) => {
            tracing::debug!(id, %error, "a transfer cannot be read");
            Ok(Some(Err(Problem::new(Code::TransferUnreadable, id.to_string()))))
        }
        found => Ok(found?.map(Ok)),
    }
}

fn set_state(change: &Transaction<'_>, id: i64, state: State) -> rusqlite::Result<()> {
    let runner = if state.is_live() { "runner" } else { "NULL" };
    let sql = format!("UPDATE jobs SET state = ?, runner = {runner}, changed_at = ? WHERE id = ?");
    change.execute(&sql, params![state.name(), now(), id]).map(drop)
}

impl Ledger {
    /// Adds a job that waits for this runner, and forgets those that ended long ago.
    pub(in crate::transfer) async fn add(
        &self,
        request: &Request,
        profile: &str,
        priority: Priority,
        runner: &str,
    ) -> Result<i64> {
        let request = request.text()?;
        let signature = signature(profile, &request);
        let (profile, runner) = (profile.to_owned(), runner.to_owned());
        self.write(move |change| {
            change.execute(
                "DELETE FROM jobs WHERE state IN ('done', 'cancelled') AND changed_at < ?",
                [now() - KEPT],
            )?;
            change.execute(
                "INSERT INTO jobs (signature, request, profile, priority, state, runner, created_at,
                     changed_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    signature,
                    request,
                    profile,
                    priority.rank(),
                    State::Queued.name(),
                    runner,
                    now(),
                    now()
                ],
            )?;
            Ok(change.last_insert_rowid())
        })
        .await
    }

    /// The newest job of the same request that is not over.
    pub(in crate::transfer) async fn unfinished(
        &self,
        request: &Request,
        profile: &str,
    ) -> Result<Option<Job>> {
        let signature = signature(profile, &request.text()?);
        self.read(move |connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM jobs WHERE signature = ?
                 AND state NOT IN ('done', 'cancelled') ORDER BY id DESC LIMIT 1"
            );
            match connection.query_row(&sql, [signature], Job::from_row).optional() {
                // A damaged row must not keep its request from ever being made again.
                Err(error) if is_unreadable(&error) => {
                    tracing::warn!(%error, "a transfer cannot be read");
                    Ok(None)
                }
                found => found,
            }
        })
        .await
    }

    /// A job.
    ///
    /// # Errors
    /// [`Code::TransferNotFound`].
    pub(in crate::transfer) async fn job(&self, id: i64) -> Result<Job> {
        let found = self.read(move |connection| find(connection, id)).await?;
        found.unwrap_or_else(|| Err(Problem::new(Code::TransferNotFound, id.to_string())))
    }

    /// All jobs, those that go first before the others. A row nobody can read is left out.
    pub(in crate::transfer) async fn jobs(&self) -> Result<Vec<Job>> {
        self.read(move |connection| {
            let sql = format!("SELECT {COLUMNS} FROM jobs ORDER BY priority DESC, id");
            let mut statement = connection.prepare(&sql)?;
            let mut rows = statement.query([])?;
            let mut jobs = Vec::new();
            while let Some(row) = rows.next()? {
                match Job::from_row(row) {
                    Ok(job) => jobs.push(job),
                    Err(error) => tracing::warn!(%error, "a transfer cannot be read"),
                }
            }
            Ok(jobs)
        })
        .await
    }

    /// Makes a job this runner's own: `Queued`, `Start`, all in one step, so that no two processes
    /// work on one. `alive` tells whether the runner that has it still lives.
    ///
    /// # Errors
    /// [`Code::DataInUse`] when another process works on it, [`Code::TransferOver`] when it has ended.
    pub(in crate::transfer) async fn claim(
        &self,
        id: i64,
        runner: &str,
        alive: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<Job> {
        let me = runner.to_owned();
        self.write(move |change| {
            let job = match find(change, id)? {
                Some(Ok(job)) => job,
                Some(Err(problem)) => return Ok(Err(problem)),
                None => return Ok(Err(Problem::new(Code::TransferNotFound, id.to_string()))),
            };
            let held = job.runner.as_deref().filter(|_| job.state.is_live());
            if held.is_some_and(&alive) {
                return Ok(Err(Problem::new(Code::DataInUse, format!("hoist transfers: {id}"))));
            }
            let mut state = job.state;
            for event in [Event::Interrupt, Event::Resume, Event::Start] {
                state = next(state, event).unwrap_or(state);
            }
            if state != State::Running {
                return Ok(Err(Problem::new(Code::TransferOver, id.to_string())));
            }
            change.execute(
                "UPDATE jobs SET state = ?, runner = ?, wish = NULL, problem = NULL, changed_at = ?
                     WHERE id = ?",
                params![state.name(), me, now(), id],
            )?;
            Ok(Ok(Job { state, runner: Some(me), problem: None, ..job }))
        })
        .await?
    }

    /// Remembers which bucket a job works on.
    pub(in crate::transfer) async fn set_target(&self, id: i64, target: &str) -> Result<()> {
        let target = target.to_owned();
        self.write(move |change| {
            change.execute("UPDATE jobs SET target = ? WHERE id = ?", params![target, id]).map(drop)
        })
        .await
    }

    /// Leads a job on; the state it has then, or `None` when the event means nothing to it.
    pub(in crate::transfer) async fn step(
        &self,
        id: i64,
        event: Event,
        problem: Option<&Problem>,
    ) -> Result<Option<State>> {
        let failure = problem.map(|problem| Failure::from(problem).json());
        self.write(move |change| {
            let job = find(change, id)?.and_then(Result::ok);
            let Some(state) = job.and_then(|job| next(job.state, event)) else {
                return Ok(None);
            };
            set_state(change, id, state)?;
            if failure.is_some() {
                change.execute("UPDATE jobs SET problem = ? WHERE id = ?", params![failure, id])?;
            }
            Ok(Some(state))
        })
        .await
    }

    /// Pauses or cancels a job nobody works on, or asks its runner to; `None` when it is over.
    pub(in crate::transfer) async fn ask(
        &self,
        id: i64,
        wish: Wish,
        alive: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<Option<Asked>> {
        let (event, word) = match wish {
            Wish::Pause => (Event::Pause, "pause"),
            Wish::Cancel => (Event::Cancel, "cancel"),
        };
        self.write(move |change| {
            let Some(Ok(job)) = find(change, id)? else { return Ok(None) };
            if job.state.is_live() {
                if job.runner.as_deref().is_some_and(&alive) {
                    change.execute("UPDATE jobs SET wish = ? WHERE id = ?", params![word, id])?;
                    return Ok(Some(Asked::Runner));
                }
                set_state(change, id, State::Interrupted)?;
            }
            let state = if job.state.is_live() { State::Interrupted } else { job.state };
            let Some(after) = next(state, event) else { return Ok(None) };
            set_state(change, id, after)?;
            Ok(Some(Asked::Now))
        })
        .await
    }

    /// Forgets a job whose row cannot be read, with its files.
    pub(in crate::transfer) async fn forget_unreadable(&self, id: i64) -> Result<()> {
        self.write(move |change| {
            if matches!(find(change, id)?, Some(Err(_))) {
                change.execute("DELETE FROM jobs WHERE id = ?", [id])?;
            }
            Ok(())
        })
        .await
    }

    /// What another process asks of the one that works on a job.
    pub(in crate::transfer) async fn wish(&self, id: i64) -> Result<Option<Wish>> {
        let wish: Option<Option<String>> = self
            .read(move |connection| {
                connection
                    .query_row("SELECT wish FROM jobs WHERE id = ?", [id], |row| {
                        Ok(row.get(0).unwrap_or_default())
                    })
                    .optional()
            })
            .await?;
        Ok(match wish.flatten().as_deref() {
            Some("pause") => Some(Wish::Pause),
            Some("cancel") => Some(Wish::Cancel),
            _ => None,
        })
    }
}

/// Who does what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Asked {
    /// The process that works on the job will, in a moment.
    Runner,
    /// It is done.
    Now,
}
