//! `hoist cp` and `hoist mv`: between buckets, inside one, and for cp between here and there.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use hoist_core::app::App;
use hoist_core::objects::{Copied, CopyReport, CopyRequest, CopyResult, Lost};
use hoist_core::problem::{Code, Problem, Result};
use hoist_core::transfer::{Failure, Meter, Tally};
use serde::Serialize;

use crate::args::{CpArgs, ExistingArg, GetArgs, MvArgs, PutArgs, TransferArgs};
use crate::exit::Outcome;
use crate::failures::{ErrorJson, error_json};
use crate::jobs;
use crate::ls::opened;
use crate::out::{Out, columns};
use crate::put::fail;
use crate::remote::RemoteArg;
use crate::say::Say;
use crate::{get, put};

/// A copy or move between buckets, as typed.
struct Between {
    sources: Vec<RemoteArg>,
    to: RemoteArg,
    recursive: bool,
    existing: ExistingArg,
    moves: bool,
    dry_run: bool,
    json: bool,
    quiet: bool,
}

pub(crate) async fn copy(args: CpArgs, say: Say) -> Outcome {
    let Some((to, sources)) = args.items.split_last() else { return Outcome::Usage };
    let remotes: Vec<RemoteArg> = sources.iter().filter_map(|item| RemoteArg::of(item)).collect();
    let plain = args.existing == ExistingArg::Overwrite;
    match (RemoteArg::of(to), remotes.len()) {
        (Some(_), 0) if !args.dry_run && plain => {
            if let Some(folder) = sources.iter().find(|item| Path::new(item).is_dir())
                && !args.recursive
            {
                return folder_refused(&folder.to_string_lossy(), say);
            }
            let (items, common) = (args.items, args.common);
            let args = PutArgs { items, include_parent_dir: false, if_changed: false, common };
            put::run(args, say).await
        }
        (None, n) if n == sources.len() && !args.dry_run => {
            if let Some(folder) = remotes.iter().find(|remote| remote.is_folder())
                && !args.recursive
            {
                return folder_refused(&shown(folder), say);
            }
            let CpArgs { items, existing, common, .. } = args;
            get::run(GetArgs { items, existing, common }, say).await
        }
        (Some(to), n) if n == sources.len() && n > 0 => {
            let TransferArgs { show, .. } = args.common;
            if show.limit_rate.is_some() {
                say.error(
                    say.pick(
                        "--limit-rate has no effect between buckets",
                        "--limit-rate 对存储桶之间的复制无效",
                    ),
                    say.pick("leave it out", "请去掉该选项"),
                );
                return Outcome::Usage;
            }
            let (json, quiet) = (show.json, show.quiet);
            let CpArgs { recursive, existing, dry_run, .. } = args;
            let between = Between {
                sources: remotes,
                to,
                recursive,
                existing,
                moves: false,
                dry_run,
                json,
                quiet,
            };
            run(between, say).await
        }
        (Some(_), 0) | (None, _) if !remotes.is_empty() || RemoteArg::of(to).is_some() => {
            say.error(
                say.pick(
                    "--dry-run and --existing do not fit this direction, or sources of both kinds were given",
                    "--dry-run、--existing 不适用于此方向，或来源既有本地又有远端",
                ),
                say.pick(
                    "use `hoist put`, `hoist get` or `hoist sync --dry-run`",
                    "请使用 `hoist put`、`hoist get` 或 `hoist sync --dry-run`",
                ),
            );
            Outcome::Usage
        }
        _ => usage("hoist cp SRC... DST", say),
    }
}

pub(crate) async fn mv(args: MvArgs, say: Say) -> Outcome {
    let MvArgs { items, recursive, existing, dry_run, json, quiet } = args;
    let remotes: Option<Vec<RemoteArg>> = items.iter().map(|item| RemoteArg::of(item)).collect();
    let Some(mut sources) = remotes else {
        return usage("hoist mv PROFILE:KEY... PROFILE:KEY", say);
    };
    let Some(to) = sources.pop().filter(|_| !sources.is_empty()) else {
        return usage("hoist mv PROFILE:KEY... PROFILE:KEY", say);
    };
    run(Between { sources, to, recursive, existing, moves: true, dry_run, json, quiet }, say).await
}

fn usage(form: &str, say: Say) -> Outcome {
    say.error(
        say.pick(
            "objects are written PROFILE:KEY, and at least one side must be",
            "对象应写作 PROFILE:KEY，且至少一侧应为对象",
        ),
        form,
    );
    Outcome::Usage
}

fn folder_refused(name: &str, say: Say) -> Outcome {
    say.error(
        format!("{name}: {}", say.pick("a folder", "是文件夹")),
        say.pick("use --recursive for everything below it", "使用 --recursive 可包含其下全部内容"),
    );
    Outcome::Usage
}

fn shown(remote: &RemoteArg) -> String {
    format!("{}:{}", remote.profile, remote.key)
}

async fn run(args: Between, say: Say) -> Outcome {
    if let Some(folder) = args.sources.iter().find(|remote| remote.is_folder() && !args.recursive) {
        return folder_refused(&shown(folder), say);
    }
    opened(say, async |app| {
        let requests = requests(app, &args)?;
        match args.dry_run {
            true => preview(app, &requests, &args, say).await,
            false => Ok(work(app, &requests, &args, say).await),
        }
    })
    .await
}

/// One request for each source: what is taken off its keys is its own.
fn requests(app: &App, args: &Between) -> Result<Vec<CopyRequest>> {
    let to = args.to.full_key(app)?;
    let folder = args.to.is_folder() || args.sources.len() > 1;
    let below = if args.to.is_folder() { to.clone() } else { format!("{to}/") };
    let request = |source: &RemoteArg| -> Result<CopyRequest> {
        let key = source.full_key(app)?;
        let all = source.is_folder();
        // The content of a folder goes below the target, as with put.
        let base = match all {
            true => key.clone(),
            false => key[..key.rfind('/').map_or(0, |at| at + 1)].to_owned(),
        };
        Ok(CopyRequest {
            from: source.profile.clone(),
            keys: vec![key],
            base,
            to: args.to.profile.clone(),
            exact_key: (!folder && !all).then(|| to.clone()),
            prefix: below.clone(),
            existing: args.existing.into(),
            remove_source: args.moves,
            planned: false,
        })
    };
    args.sources.iter().map(request).collect()
}

/// Keys as other verbs take them.
pub(crate) struct Names {
    from: String,
    from_base: String,
    to: String,
    to_base: String,
}

impl Names {
    pub(crate) fn of(app: &App, from: &str, to: &str) -> Result<Self> {
        Ok(Self {
            from: from.to_owned(),
            from_base: app.key_prefix(from)?,
            to: to.to_owned(),
            to_base: app.key_prefix(to)?,
        })
    }

    fn pair(&self, from: &str, to: &str) -> (String, String) {
        let name = |profile: &str, base: &str, key: &str| {
            format!("{profile}:{}", key.strip_prefix(base).unwrap_or(key))
        };
        (name(&self.from, &self.from_base, from), name(&self.to, &self.to_base, to))
    }
}

#[derive(Debug, Serialize)]
struct CopyJson<'a> {
    ok: bool,
    state: &'static str,
    from: &'a str,
    to: &'a str,
    size: u64,
    /// What the copy does not have of its source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lost: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorJson<'a>>,
}

#[derive(Debug, Serialize)]
struct SummaryJson {
    summary: Tally,
}

async fn preview(app: &App, requests: &[CopyRequest], args: &Between, say: Say) -> Result<Outcome> {
    let mut out = Out::many();
    let (mut objects, mut bytes) = (0u64, 0u64);
    for request in requests {
        let names = Names::of(app, &request.from, &request.to)?;
        let tell = |from: &str, to: &str, size: u64| {
            let (from, to) = names.pair(from, to);
            (objects, bytes) = (objects + 1, bytes + size);
            match args.json {
                true => out.json(&CopyJson {
                    ok: true,
                    state: "planned",
                    from: &from,
                    to: &to,
                    size,
                    lost: Vec::new(),
                    error: None,
                }),
                false => out.line(columns([&size.to_string(), &from, &to])),
            }
        };
        app.copy_preview(request, tell).await?;
    }
    say.quiet(args.quiet).done(format!(
        "{} {objects} ({})",
        match args.moves {
            true => say.pick("would move", "将移动"),
            false => say.pick("would copy", "将复制"),
        },
        crate::figures::bytes(bytes)
    ));
    Ok(out.finish(say))
}

async fn work(app: &App, requests: &[CopyRequest], args: &Between, say: Say) -> Outcome {
    let (meter, start) = (Arc::new(Meter::default()), Instant::now());
    let mut all = CopyReport::default();
    let mut outcome = Outcome::Done;
    let out = Mutex::new(Out::new());
    for request in requests {
        let copied = match Names::of(app, &request.from, &request.to) {
            Ok(names) => {
                let told = |copied: &Copied<'_>| {
                    if args.json {
                        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
                        tell(&mut out, &names, copied, say);
                    }
                };
                let work = app.copy_objects_telling(request, Arc::clone(&meter), &told);
                jobs::watched(work, &meter, args.quiet, say).await
            }
            Err(problem) => Some(Err(problem)),
        };
        match copied {
            Some(Ok(report)) => {
                all.add(report);
            }
            Some(Err(problem)) => outcome = outcome.and(fail(&problem, say)),
            None => {
                outcome = Outcome::Interrupted;
                break;
            }
        }
    }
    let mut out = out.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome = outcome.and(summary(&all, &meter, start, (args.json, args.quiet), &mut out, say));
    for source in &args.sources {
        let key = source.full_key(app).unwrap_or_default();
        let missing = |(failed, problem): &(String, Problem)| {
            *failed == key && problem.code == Code::ObjectNotFound
        };
        if all.failed.iter().any(missing) {
            source.hint_folder(app, say).await;
        }
    }
    outcome.and(out.finish(say))
}

pub(crate) fn tell(out: &mut Out, names: &Names, copied: &Copied<'_>, say: Say) {
    let (from, to) = names.pair(copied.from, copied.to);
    let (state, failure) = match copied.result {
        CopyResult::Done(_) => ("done", None),
        CopyResult::Skipped => ("skipped", None),
        CopyResult::Failed(problem) => ("failed", Some(Failure::from(problem))),
    };
    let lost = match copied.result {
        CopyResult::Done(lost) => lost.iter().map(lost_id).collect(),
        _ => Vec::new(),
    };
    out.json(&CopyJson {
        ok: failure.is_none(),
        state,
        from: &from,
        to: &to,
        size: copied.size,
        lost,
        error: failure.as_ref().map(|failure| error_json(failure, say)),
    });
}

fn lost_id(lost: &Lost) -> &'static str {
    match lost {
        Lost::Acl => "acl",
        Lost::StorageClass => "storageClass",
        Lost::Tags => "tags",
    }
}

/// The failures, then the sums.
pub(crate) fn summary(
    report: &CopyReport,
    meter: &Meter,
    start: Instant,
    (json, quiet): (bool, bool),
    out: &mut Out,
    say: Say,
) -> Outcome {
    let mut outcome = Outcome::Done;
    for remark in report.remarks() {
        say.warning_of(&remark.view());
    }
    for (_, problem) in &report.failed {
        say.problem(problem);
        // Where one was copied, configuration and keys are right.
        outcome = outcome.and(match report.copied {
            0 => Outcome::of(problem),
            _ => Outcome::SomeFailed,
        });
    }
    let failed = report.failed.len() as u64;
    let reading = meter.read();
    let tally = Tally {
        total: reading.files_total.max(report.copied + report.skipped),
        succeeded: report.copied,
        failed,
        skipped: report.skipped,
        bytes: report.bytes,
    };
    if json {
        out.json(&SummaryJson { summary: tally });
    }
    say.quiet(quiet).done(jobs::summary(tally, reading, start.elapsed(), say));
    outcome
}
