//! `hoist rm`: deletes objects, and with `--recursive` everything below a folder.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};

use hoist_core::app::App;
use hoist_core::problem::{Code, Language, Problem, Result};
use hoist_core::transfer::{Failure, Removal, Removed, Tally};
use hoist_store::ListRequest;
use serde::Serialize;

use crate::args::RmArgs;
use crate::exit::Outcome;
use crate::failures::{ErrorJson, error_json};
use crate::figures;
use crate::jobs::counted;
use crate::ls::opened;
use crate::out::{Out, columns};
use crate::remote::RemoteArg;
use crate::say::Say;

pub(crate) async fn run(args: RmArgs, say: Say) -> Outcome {
    if let Some(wrong) = args.remotes.iter().find(|remote| remote.is_folder() != args.recursive) {
        let name = format!("{}:{}", wrong.profile, wrong.key);
        match args.recursive {
            true => say.error(
                format!("{name}: {}", say.pick("not a folder", "不是文件夹")),
                say.pick(
                    "end it in / to delete everything below it",
                    "以 / 结尾可删除其下全部对象",
                ),
            ),
            false => say.error(
                format!("{name}: {}", say.pick("a folder", "是文件夹")),
                say.pick(
                    "use --recursive to delete everything below it",
                    "使用 --recursive 可删除其下全部对象",
                ),
            ),
        }
        return Outcome::Usage;
    }
    opened(say, async |app| {
        let out = if args.dry_run { Out::many() } else { Out::new() };
        let mut sums = Sums { out, there: Removal::default(), removed: Removed::default() };
        for remote in &args.remotes {
            let done = match args.recursive {
                true => below(app, remote, &args, &mut sums, say).await,
                false => one(app, remote, &args, &mut sums).await,
            };
            match done {
                Ok(Step::Done) => {}
                Ok(Step::Refused) => return Ok(sums.tell(&args, say).and(Outcome::SomeFailed)),
                // What is not there counts as one that was not deleted.
                Err(problem) => {
                    sums.there.objects += 1;
                    sums.removed.failed.push((remote.key.clone(), problem));
                }
            }
        }
        let missing = sums.removed.failed.iter();
        let missing = missing.filter(|(_, problem)| problem.code == Code::ObjectNotFound);
        let missing: Vec<String> = missing.map(|(key, _)| key.clone()).collect();
        let outcome = sums.tell(&args, say);
        for remote in args.remotes.iter().filter(|remote| missing.contains(&remote.key)) {
            remote.hint_folder(app, say).await;
        }
        Ok(outcome)
    })
    .await
}

/// How one argument ended.
enum Step {
    Done,
    /// A person said no, or nobody could be asked.
    Refused,
}

/// What all arguments together come to.
struct Sums {
    out: Out,
    there: Removal,
    removed: Removed,
}

/// An object that would be deleted, or was not, as `--json` prints it.
#[derive(Debug, Serialize)]
struct ObjectJson<'a> {
    ok: bool,
    state: &'static str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorJson<'a>>,
}

#[derive(Debug, Serialize)]
struct SummaryJson {
    summary: Tally,
}

/// An object that is not there is a mistake in its name, not a success.
async fn one(app: &App, remote: &RemoteArg, args: &RmArgs, sums: &mut Sums) -> Result<Step> {
    let key = remote.full_key(app)?;
    let size = match app.object(&remote.profile, &key).await {
        Ok(meta) => meta.size,
        // A key that may only delete is not told what is there.
        Err(problem) if problem.code == Code::AccessDenied => 0,
        Err(problem) => return Err(problem),
    };
    let removed = match args.dry_run {
        true => {
            sums.plan(&remote.key, size, args.json);
            Removed::default()
        }
        false => app.remove_objects(&remote.profile, &[key]).await?,
    };
    sums.add(Removal { objects: 1, bytes: size }, removed);
    Ok(Step::Done)
}

async fn below(
    app: &App,
    remote: &RemoteArg,
    args: &RmArgs,
    sums: &mut Sums,
    say: Say,
) -> Result<Step> {
    let prefix = remote.full_key(app)?;
    if args.dry_run {
        return would(app, remote, &prefix, args, sums).await;
    }
    let there = app.count_objects(&remote.profile, &prefix).await?;
    if there.objects == 0 {
        return Err(Problem::new(Code::ObjectNotFound, &prefix));
    }
    if !args.yes && !ask(&what(there, Some(&prefix), say), say) {
        return Ok(Step::Refused);
    }
    let line = counted(there.objects, args.quiet);
    let removed = app.remove_prefix(&remote.profile, &prefix, |gone| line.set_position(gone)).await;
    line.finish_and_clear();
    sums.add(there, removed?);
    Ok(Step::Done)
}

/// Prints what is below a prefix.
async fn would(
    app: &App,
    remote: &RemoteArg,
    prefix: &str,
    args: &RmArgs,
    sums: &mut Sums,
) -> Result<Step> {
    let base = app.key_prefix(&remote.profile)?;
    let mut request = ListRequest { prefix: prefix.to_owned(), ..ListRequest::default() };
    let mut there = Removal::default();
    loop {
        let page = app.list_objects(&remote.profile, &request).await?;
        for object in &page.objects {
            let key = object.key.strip_prefix(base.as_str()).unwrap_or(&object.key);
            sums.plan(key, object.size, args.json);
            there = Removal { objects: there.objects + 1, bytes: there.bytes + object.size };
        }
        match page.next {
            Some(next) => request.page = Some(next),
            None if there.objects == 0 => return Err(Problem::new(Code::ObjectNotFound, prefix)),
            None => break,
        }
    }
    sums.add(there, Removed::default());
    Ok(Step::Done)
}

impl Sums {
    fn add(&mut self, there: Removal, removed: Removed) {
        self.there.objects += there.objects;
        self.there.bytes += there.bytes;
        self.removed.objects += removed.objects;
        self.removed.failed.extend(removed.failed);
    }

    /// One that would be deleted.
    fn plan(&mut self, key: &str, size: u64, json: bool) {
        match json {
            true => {
                let (ok, state, error) = (true, "planned", None);
                self.out.json(&ObjectJson { ok, state, key, size: Some(size), error });
            }
            false => self.out.line(columns([&size.to_string(), key])),
        }
    }

    /// The failures, then the sums.
    fn tell(mut self, args: &RmArgs, say: Say) -> Outcome {
        let mut outcome = Outcome::Done;
        let mut fixes = BTreeSet::new();
        for (key, problem) in &self.removed.failed {
            let failure = Failure::from(problem);
            let words = failure.words(say.language);
            say.error(&words.what, "");
            fixes.insert(words.fix.clone());
            // Where one was deleted, configuration and keys are right.
            outcome = outcome.and(match self.removed.objects {
                0 => Outcome::of(problem),
                _ => Outcome::SomeFailed,
            });
            if args.json {
                let (ok, state, error) = (false, "failed", Some(error_json(&failure, say)));
                self.out.json(&ObjectJson { ok, state, key, size: None, error });
            }
        }
        fixes.into_iter().for_each(|fix| say.hint(fix));
        let Removal { objects: total, bytes } = self.there;
        let (gone, failed) = (self.removed.objects, self.removed.failed.len() as u64);
        if args.json {
            let (succeeded, skipped) = (gone, 0);
            self.out
                .json(&SummaryJson { summary: Tally { total, succeeded, failed, skipped, bytes } });
        }
        let written = self.out.finish(say);
        say.quiet(args.quiet).done(match (args.dry_run, failed, say.language) {
            (true, ..) => {
                let planned = Removal { objects: total - failed.min(total), bytes };
                format!("{} {}", say.pick("would delete", "将删除"), what(planned, None, say))
            }
            (_, 0, Language::English) => format!("Deleted {gone}"),
            (_, 0, Language::Chinese) => format!("已删除 {gone} 个"),
            (_, _, Language::English) => format!("Deleted {gone} of {total}, {failed} failed"),
            (_, _, Language::Chinese) => {
                format!("已删除 {gone} 个，共 {total} 个，失败 {failed} 个")
            }
        });
        outcome.and(written)
    }
}

fn what(there: Removal, prefix: Option<&str>, say: Say) -> String {
    let (n, bytes) = (there.objects, figures::bytes(there.bytes));
    match (say.language, prefix) {
        (Language::English, prefix) => {
            let objects = if n == 1 { "object" } else { "objects" };
            let below = prefix.map(|prefix| format!(" below {prefix:?}")).unwrap_or_default();
            format!("{n} {objects} ({bytes}){below}")
        }
        (Language::Chinese, Some(prefix)) => format!("{prefix:?} 下的 {n} 个对象（{bytes}）"),
        (Language::Chinese, None) => format!("{n} 个对象（{bytes}）"),
    }
}

/// Only a person at a terminal can be asked; the answer must be yes.
pub(crate) fn ask(what: &str, say: Say) -> bool {
    let question = format!("{} {what}", say.pick("delete", "删除"));
    if !std::io::stdin().is_terminal() {
        say.error(
            format!("{}: {question}", say.pick("nobody can be asked", "无法询问")),
            say.pick("use --yes to delete without being asked", "使用 --yes 可不经询问直接删除"),
        );
        return false;
    }
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "{question}? [y/N] ");
    let _ = stderr.flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
