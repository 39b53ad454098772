//! `hoist backup watch`: in the foreground, for servers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hoist_core::app::{App, Ran};
use hoist_core::backup::{Tell, When};
use hoist_core::problem::Result;
use hoist_core::transfer::{FileReport, FileResult};

use super::run::{Teller, known};
use crate::args::backup::WatchBackupArgs;
use crate::exit::Outcome;
use crate::say::Say;

/// How long what is being sent may take to stop.
const STOPPING: Duration = Duration::from_secs(5);

pub(super) async fn run(app: &App, args: WatchBackupArgs, say: Say) -> Result<Outcome> {
    let say = say.quiet(args.show.quiet);
    known(app, &args.names)?;
    let rules = app.backup_rules().into_iter();
    let count = rules
        .filter(|rule| match args.names.is_empty() {
            true => rule.enabled && rule.when == When::Watch,
            false => args.names.contains(&rule.name),
        })
        .count();
    if count == 0 {
        say.error(
            say.pick("no backup is to be watched", "没有需要监视的备份"),
            say.pick(
                "name one, or run: hoist backup set NAME --when watch",
                "请指定一个，或运行：hoist backup set NAME --when watch",
            ),
        );
        return Ok(Outcome::Usage);
    }
    let transfers = app.transfers().await?;
    transfers.limit_rate(args.show.limit_rate);
    let teller = Arc::new(Teller::new(args.show.json, false, say));
    let names = Some(args.names).filter(|names| !names.is_empty());
    say.done(format!("{} {count}", say.pick("Watching backups:", "正在监视的备份：")));
    say.done(say.pick("Ctrl+C ends it", "按 Ctrl+C 结束"));
    let stopped = tokio::select! {
        () = app.watch_backups(names, told(&teller, say), ran(say)) => false,
        () = crate::store::end_asked_for() => true,
    };
    if stopped {
        // What is being sent stops where it is, and goes on with the next run.
        transfers.interrupt();
        let _ = tokio::time::timeout(STOPPING, app.backups_at_rest()).await;
    }
    Ok(teller.finish(say))
}

/// Why a run did not get to its end is said when it is news.
fn ran(say: Say) -> Ran {
    let said: Mutex<HashMap<String, String>> = Mutex::default();
    Arc::new(move |name, failure| {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match failure {
            Some(failure) => said.insert(name.to_owned(), failure.code.clone()),
            None => said.remove(name),
        };
        if let Some(failure) = failure.filter(|failure| before.as_ref() != Some(&failure.code)) {
            let words = failure.words(say.language);
            say.error(format!("{name}: {}", words.what), &words.fix);
        }
    })
}

/// Each file is a line for people too: nobody waits for an end.
fn told(teller: &Arc<Teller>, say: Say) -> Tell {
    let tell = teller.tell();
    let teller = Arc::clone(teller);
    Arc::new(move |file: FileReport| {
        if file.result == FileResult::Done {
            say.done(format!("{} {}", say.pick("Sent", "已发送"), file.key));
        }
        tell(file);
        teller.hints();
    })
}
