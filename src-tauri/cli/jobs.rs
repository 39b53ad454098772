//! Running transfers: the line that shows how far they are, Ctrl+C, and the report at the end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hoist_core::problem::{Code, Language, Problem, Result};
use hoist_core::transfer::{
    FileReport, FileResult, JobView, Meter, Reading, Speed, State, Tally, Transfers,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::args::ShowTransferArgs;
use crate::exit::Outcome;
use crate::failures::{ErrorJson, Fixes, error_json};
use crate::figures;
use crate::out::Out;
use crate::say::Say;

/// How often the line is drawn.
const DRAWN: Duration = Duration::from_millis(200);

/// How long transfers that were told to stop may take to do so.
const STOPPING: Duration = Duration::from_secs(5);

/// How long what was begun in a bucket has to be given up, when a copy is stopped.
const GIVING_UP: Duration = Duration::from_secs(1);

/// Runs these jobs, shows how far they are, and reports on each.
pub(crate) async fn run(
    transfers: &Transfers,
    ids: &[i64],
    show: ShowTransferArgs,
    say: Say,
) -> Outcome {
    let say = say.quiet(show.quiet);
    let jobs: Vec<(i64, Arc<Meter>)> = ids.iter().map(|id| (*id, Arc::default())).collect();
    transfers.limit_rate(show.limit_rate);
    let start = Instant::now();
    let (interrupted, results) = run_shown(transfers, &jobs, show.quiet, say).await;
    let mut out = Out::new();
    let mut outcome = Outcome::Done;
    for ((id, meter), result) in jobs.iter().zip(results) {
        let told = match result {
            Ok(view) => {
                report(transfers, &view, meter.read(), start, show.json, &mut out, say).await
            }
            Err(problem) => Err(problem),
        };
        outcome = outcome.and(told.unwrap_or_else(|problem| {
            tracing::debug!(id, %problem);
            say.problem(&problem);
            Outcome::of(&problem)
        }));
    }
    outcome = outcome.and(out.finish(say));
    if interrupted { Outcome::Interrupted } else { outcome }
}

/// Until done, or told to stop by Ctrl+C or the system.
async fn run_shown(
    transfers: &Transfers,
    jobs: &[(i64, Arc<Meter>)],
    quiet: bool,
    say: Say,
) -> (bool, Vec<Result<JobView>>) {
    let over = until_over(transfers, jobs, quiet, say, transfers.run_all(jobs)).await;
    let gone = |(id, _): &(i64, _)| Err(Problem::new(Code::Cancelled, id.to_string()));
    let results = over.result.unwrap_or_else(|| jobs.iter().map(gone).collect());
    (over.interrupted, results)
}

/// How work on transfers ended.
pub(crate) struct Over<T> {
    /// It was told to stop.
    pub(crate) interrupted: bool,
    /// `None` when it did not stop in time.
    pub(crate) result: Option<T>,
}

/// Shows how far work is, until it is over or told to stop by Ctrl+C or the system.
pub(crate) async fn until_over<T>(
    transfers: &Transfers,
    jobs: &[(i64, Arc<Meter>)],
    quiet: bool,
    say: Say,
    work: impl Future<Output = T>,
) -> Over<T> {
    let mut line = Line::new(quiet);
    let mut running = std::pin::pin!(work);
    let mut stop = std::pin::pin!(crate::store::end_asked_for());
    let mut draw = tokio::time::interval(DRAWN);
    let mut deadline = None;
    let result = loop {
        let late = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            result = &mut running => break Some(result),
            () = &mut stop, if deadline.is_none() => {
                transfers.interrupt();
                deadline = Some(tokio::time::Instant::now() + STOPPING);
            }
            () = late => break None,
            _ = draw.tick() => line.draw(jobs, say),
        }
    };
    line.bar.finish_and_clear();
    Over { interrupted: deadline.is_some(), result }
}

/// Does `work` and shows how far `meter` says it is; `None` when it was told to stop before its end.
pub(crate) async fn watched<T>(
    work: impl Future<Output = T>,
    meter: &Arc<Meter>,
    quiet: bool,
    say: Say,
) -> Option<T> {
    let mut line = Line::new(quiet);
    let jobs = [(0, Arc::clone(meter))];
    let mut draw = tokio::time::interval(DRAWN);
    let done = {
        let mut work = std::pin::pin!(work);
        let mut stop = std::pin::pin!(crate::store::end_asked_for());
        loop {
            tokio::select! {
                done = &mut work => break Some(done),
                () = &mut stop => break None,
                _ = draw.tick() => line.draw(&jobs, say),
            }
        }
    };
    line.bar.finish_and_clear();
    if done.is_none() {
        // What was begun in the bucket is given up beside us.
        tokio::time::sleep(GIVING_UP).await;
    }
    done
}

/// A line on standard error for objects that are counted; nothing where that is no terminal.
pub(crate) fn counted(total: u64, quiet: bool) -> ProgressBar {
    let target =
        if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(10) };
    let bar = ProgressBar::with_draw_target(Some(total), target);
    let form = "{human_pos}/{human_len} {bar:24} {percent}% {per_sec}, ETA {eta}";
    if let Ok(style) = ProgressStyle::with_template(form) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

/// One line on standard error for all jobs together; nothing where that is no terminal.
struct Line {
    bar: ProgressBar,
    speed: Speed,
}

impl Line {
    fn new(hidden: bool) -> Self {
        let target = if hidden {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(10)
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:24} {percent}% {msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, speed: Speed::default() }
    }

    fn draw(&mut self, jobs: &[(i64, Arc<Meter>)], say: Say) {
        let readings: Vec<Reading> = jobs.iter().map(|(_, meter)| meter.read()).collect();
        let sum = |figure: fn(&Reading) -> u64| readings.iter().map(figure).sum::<u64>();
        let (done, total) = (sum(|r| r.bytes_done), sum(|r| r.bytes_total));
        self.speed.see(Instant::now(), sum(|r| r.moved));
        self.bar.set_prefix(format!("{}/{}", sum(|r| r.files_over), sum(|r| r.files_total)));
        self.bar.set_length(total);
        self.bar.set_position(done);
        let mut text = format!("{}/{}", figures::bytes(done), figures::bytes(total));
        if let Some(speed) = self.speed.per_second() {
            text.push_str(&format!(", {}/s", figures::bytes(rounded(speed))));
        }
        if let Some(left) = self.speed.left(total - done) {
            text.push_str(&format!(", ETA {}", figures::time(left, say.language)));
        }
        self.bar.set_message(text);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a speed for the eye")]
fn rounded(speed: f64) -> u64 {
    speed.max(0.0) as u64
}

/// A file as `--json` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct FileJson<'a> {
    ok: bool,
    state: &'static str,
    path: &'a str,
    key: &'a str,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorJson<'a>>,
}

#[derive(Debug, Serialize)]
struct SummaryJson {
    transfer: i64,
    state: State,
    summary: Tally,
}

async fn report(
    transfers: &Transfers,
    view: &JobView,
    reading: Reading,
    start: Instant,
    json: bool,
    out: &mut Out,
    say: Say,
) -> Result<Outcome> {
    let mut outcome = Outcome::Done;
    let mut fixes = Fixes::default();
    let mut tell = |file: FileReport| {
        if json {
            out.json(&file_json(&file, say));
        }
        fixes.file(&file, say);
        if matches!(file.result, FileResult::Failed(_)) {
            outcome = outcome.and(Outcome::SomeFailed);
        }
    };
    transfers.files(view.id, &mut tell).await?;
    if let Some(failure) = &view.problem {
        fixes.failed(failure, say);
        outcome = outcome.and(Outcome::of_failure(failure));
    }
    fixes.hints(say);
    if json {
        out.json(&SummaryJson { transfer: view.id, state: view.state, summary: view.files });
    }
    say.done(summary(view.files, reading, start.elapsed(), say));
    match view.state {
        State::Done => {}
        State::Cancelled => say.warning(say.pick("the transfer was cancelled", "传输已取消")),
        State::Failed
            if outcome != Outcome::Done
                && view.files.failed + view.files.succeeded + view.files.skipped
                    == view.files.total => {}
        _ => {
            outcome = outcome.and(Outcome::SomeFailed);
            say.goes_on_with(format!("hoist transfers resume {}", view.id));
        }
    }
    Ok(outcome)
}

pub(crate) fn file_json<'a>(file: &'a FileReport, say: Say) -> FileJson<'a> {
    let (state, failure) = match &file.result {
        FileResult::Waiting => ("waiting", None),
        FileResult::Done => ("done", None),
        FileResult::Skipped(failure) => ("skipped", failure.as_ref()),
        FileResult::Failed(failure) => ("failed", failure.as_ref()),
    };
    FileJson {
        ok: matches!(state, "done" | "skipped"),
        state,
        path: &file.path,
        key: &file.key,
        size: file.size,
        error: failure.map(|failure| error_json(failure, say)),
    }
}

pub(crate) fn summary(files: Tally, reading: Reading, took: Duration, say: Say) -> String {
    let Tally { total, succeeded, failed, skipped, .. } = files;
    let speed = rounded(as_f64(reading.moved) / took.as_secs_f64().max(0.001));
    let (moved, time) = (figures::bytes(reading.moved), figures::time(took, say.language));
    let speed = figures::bytes(speed);
    let (files, figures) = match say.language {
        Language::English => (
            format!("{total} total, {succeeded} succeeded, {failed} failed, {skipped} skipped"),
            format!("; {moved} in {time}, {speed}/s"),
        ),
        Language::Chinese => (
            format!("共 {total} 个，成功 {succeeded}，失败 {failed}，跳过 {skipped}"),
            format!("；{moved}，用时 {time}，{speed}/s"),
        ),
    };
    // Where nothing was moved, there is no speed of it.
    if reading.moved == 0 { files } else { files + &figures }
}

#[expect(clippy::cast_precision_loss, reason = "a speed for the eye")]
fn as_f64(n: u64) -> f64 {
    n as f64
}
