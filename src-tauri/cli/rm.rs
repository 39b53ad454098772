//! `hoist rm`: deletes objects, and with `--recursive` everything below a folder.

use std::io::{IsTerminal, Write};

use hoist_core::app::App;
use hoist_core::problem::{Code, Language, Problem, Result};
use hoist_core::transfer::Removal;

use crate::args::RmArgs;
use crate::exit::Outcome;
use crate::figures;
use crate::ls::opened;
use crate::put::fail;
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
        let mut outcome = Outcome::Done;
        for remote in &args.remotes {
            let done = match args.recursive {
                true => below(app, remote, &args, say).await,
                false => one(app, remote, &args, say).await,
            };
            outcome = outcome.and(done.unwrap_or_else(|problem| fail(&problem, say)));
        }
        Ok(outcome)
    })
    .await
}

/// An object that is not there is a mistake in its name, not a success.
async fn one(app: &App, remote: &RemoteArg, args: &RmArgs, say: Say) -> Result<Outcome> {
    let key = remote.full_key(app)?;
    match app.object(&remote.profile, &key).await {
        Ok(_) => {}
        // A key that may only delete is not told what is there.
        Err(problem) if problem.code == Code::AccessDenied => {}
        Err(problem) => return Err(problem),
    }
    if args.dry_run {
        say.done(format!("{} {key}", say.pick("would delete", "将删除")));
        return Ok(Outcome::Done);
    }
    let removed = app.remove_objects(&remote.profile, &[key]).await?;
    Ok(tell(removed.objects, &removed.failed, say))
}

async fn below(app: &App, remote: &RemoteArg, args: &RmArgs, say: Say) -> Result<Outcome> {
    let prefix = remote.full_key(app)?;
    let there = app.count_objects(&remote.profile, &prefix).await?;
    if there.objects == 0 {
        return Err(Problem::new(Code::ObjectNotFound, &prefix));
    }
    if args.dry_run {
        say.done(format!("{} {}", say.pick("would delete", "将删除"), what(there, &prefix, say)));
        return Ok(Outcome::Done);
    }
    if !args.yes && !ask(&what(there, &prefix, say), say) {
        return Ok(Outcome::SomeFailed);
    }
    let removed = app.remove_prefix(&remote.profile, &prefix, |_| {}).await?;
    Ok(tell(removed.objects, &removed.failed, say))
}

fn what(there: Removal, prefix: &str, say: Say) -> String {
    let (n, bytes) = (there.objects, figures::bytes(there.bytes));
    match say.language {
        Language::English if n == 1 => format!("1 object ({bytes}) below {prefix:?}"),
        Language::English => format!("{n} objects ({bytes}) below {prefix:?}"),
        Language::Chinese => format!("{prefix:?} 下的 {n} 个对象（{bytes}）"),
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

fn tell(gone: u64, failed: &[(String, Problem)], say: Say) -> Outcome {
    say.done(format!("{} {gone}", say.pick("Deleted", "已删除")));
    let mut outcome = Outcome::Done;
    for (_, problem) in failed {
        outcome = outcome.and(fail(problem, say));
    }
    outcome
}
