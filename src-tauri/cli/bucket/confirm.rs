//! Asking before what others would notice.

use std::io::{self, IsTerminal, Write};

use hoist_core::buckets::BucketSetup;

use crate::exit::Outcome;
use crate::say::Say;

/// Whether to take a setting off a bucket; `words` say what that does, up to the bucket's name.
///
/// # Errors
/// As [`confirm`].
pub(super) fn clearing(
    setup: &BucketSetup,
    words: &str,
    yes: bool,
    say: Say,
) -> Result<(), Outcome> {
    confirm(&format!("{words} {}", setup.name()), yes, say)
}

/// Whether to go on: `--yes` was given, or a person at a terminal says so.
///
/// # Errors
/// How the run ends when not: the person said no, or there is nobody to ask.
pub(crate) fn confirm(question: &str, yes: bool, say: Say) -> Result<(), Outcome> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        say.error(
            format!("{question}: {}", say.pick("nobody is here to say yes", "无人可以确认")),
            say.pick("add --yes to do it without asking", "加上 --yes 即可不经询问直接执行"),
        );
        return Err(Outcome::Usage);
    }
    // On standard error: standard output is for results.
    let mut to = io::stderr().lock();
    let _ = write!(to, "{question}? [y/N]: ");
    let _ = to.flush();
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是") {
        return Ok(());
    }
    say.note(say.pick("nothing was changed", "未做任何更改"));
    Err(Outcome::SomeFailed)
}
