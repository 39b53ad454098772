//! `hoist backup`: rules that send files to a bucket as they change.

mod run;
mod watch;

use std::ffi::OsStr;

use hoist_core::app::App;
use hoist_core::backup::BackupRule;
use hoist_core::problem::{Problem, Result};
use hoist_core::view::{BackupRunView, BackupView};
use serde::Serialize;

use crate::args::backup::{AddBackupArgs, BackupFieldArgs, BackupVerb, SetBackupArgs};
use crate::exit::Outcome;
use crate::ls::opened;
use crate::out::{Out, columns};
use crate::put::absolute;
use crate::say::Say;

pub(crate) async fn run(verb: BackupVerb, say: Say) -> Outcome {
    opened(say, async |app| match verb {
        BackupVerb::List(args) => list(app, args.json, say).await,
        BackupVerb::Add(args) => add(app, args, say).await,
        BackupVerb::Set(args) => set(app, args, say).await,
        BackupVerb::Remove(args) => {
            app.delete_backup(&args.name).await?;
            say.done(format!("{} {}", say.pick("Removed backup", "已移除备份"), args.name));
            Ok(Outcome::Done)
        }
        BackupVerb::Run(args) => run::run(app, args, say).await,
        BackupVerb::Watch(args) => watch::run(app, args, say).await,
    })
    .await
}

/// A rule as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleJson<'a> {
    #[serde(flatten)]
    rule: &'a BackupRule,
    last: Option<LastJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LastJson<'a> {
    ended_at: String,
    ok: bool,
    sent: f64,
    bytes: f64,
    unchanged: f64,
    skipped: f64,
    failed: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

async fn list(app: &App, json: bool, say: Say) -> Result<Outcome> {
    let mut out = Out::new();
    let views = app.backup_list().await?;
    for view in &views {
        if json {
            out.json(&rule_json(view, say));
            continue;
        }
        let rule = &view.rule;
        let when = if rule.enabled { rule.when.id() } else { "off" };
        let to = format!("{}:{}", rule.profile, rule.prefix);
        let last = last_line(view, say);
        out.line(columns([&rule.name, when, &rule.folder, &rule.patterns.join(" "), &to, &last]));
        if let Some(problem) = &view.problem {
            say.warning_of(problem);
        }
    }
    if views.is_empty() {
        say.note(say.pick("no backups", "没有备份"));
        say.hint(
            "hoist backup add NAME --folder DIR --pattern '*.npy' --prefix 'data/{year}/{month}/'",
        );
    }
    Ok(out.finish(say))
}

fn ended_at(last: &BackupRunView) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a time is far below 2^53")]
    let time = jiff::Timestamp::from_millisecond(last.ended_at as i64);
    time.map(|time| time.to_string()).unwrap_or_default()
}

fn is_ok(last: &BackupRunView) -> bool {
    last.failed == 0.0 && last.problem.is_none() && !last.stopped
}

fn last_line(view: &BackupView, say: Say) -> String {
    match &view.last {
        None => "-".to_owned(),
        Some(last) if is_ok(last) => ended_at(last),
        Some(last) => format!("{} {}", ended_at(last), say.pick("incomplete", "未完成")),
    }
}

fn rule_json(view: &BackupView, say: Say) -> RuleJson<'_> {
    let last = view.last.as_ref().map(|last| LastJson {
        ended_at: ended_at(last),
        ok: is_ok(last),
        sent: last.sent,
        bytes: last.bytes,
        unchanged: last.unchanged,
        skipped: last.skipped,
        failed: last.failed,
        error: last.problem.as_ref().map(|problem| &*say.text(problem).what),
    });
    let error = view.problem.as_ref().map(|problem| &*say.text(problem).what);
    RuleJson { rule: &view.rule, last, error }
}

async fn add(app: &App, args: AddBackupArgs, say: Say) -> Result<Outcome> {
    let profile = app.settings().default_profile;
    let mut rule = BackupRule::new(&args.name, folder(&args.folder)?, profile);
    apply(&mut rule, args.fields);
    app.save_backup(rule, None).await?;
    say.done(format!("{} {}", say.pick("Added backup", "已添加备份"), args.name));
    say.hint(format!(
        "{} hoist backup run --dry-run {}",
        say.pick("see what it would send:", "查看将发送的内容："),
        quoted(&args.name)
    ));
    Ok(Outcome::Done)
}

async fn set(app: &App, args: SetBackupArgs, say: Say) -> Result<Outcome> {
    let mut rule = app.backup_rule(&args.name)?;
    if let Some(dir) = &args.folder {
        rule.folder = folder(dir)?;
    }
    apply(&mut rule, args.fields);
    rule.name = args.rename.unwrap_or(rule.name);
    let name = rule.name.clone();
    app.save_backup(rule, Some(&args.name)).await?;
    say.done(format!("{} {name}", say.pick("Changed backup", "已修改备份")));
    Ok(Outcome::Done)
}

/// A folder that means the same from everywhere.
fn folder(dir: &OsStr) -> Result<String, Problem> {
    match dir.is_empty() {
        true => Ok(String::new()),
        false => absolute(dir),
    }
}

/// Puts the fields that were given into the rule.
fn apply(rule: &mut BackupRule, fields: BackupFieldArgs) {
    let BackupFieldArgs { patterns, excludes, profile, prefix, keep_folders, when, enabled } =
        fields;
    rule.patterns = patterns.unwrap_or_else(|| std::mem::take(&mut rule.patterns));
    rule.excludes = excludes.unwrap_or_else(|| std::mem::take(&mut rule.excludes));
    rule.profile = profile.unwrap_or_else(|| std::mem::take(&mut rule.profile));
    rule.prefix = prefix.unwrap_or_else(|| std::mem::take(&mut rule.prefix));
    rule.keep_folders = keep_folders.unwrap_or(rule.keep_folders);
    rule.when = when.map_or(rule.when, Into::into);
    rule.enabled = enabled.unwrap_or(rule.enabled);
}

/// As a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}
