//! `hoist history`.

use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::problem::{Code, Problem, Result};
use hoist_core::view::{HistoryQuery, HistoryRow};
use serde::Serialize;

use crate::args::history::{HistoryArgs, HistoryVerb, LinksArgs, ListArgs, RemoveArgs};
use crate::exit::Outcome;
use crate::open;
use crate::out::{Out, columns};
use crate::progress::Failures;
use crate::say::Say;

/// Rows asked for at a time.
const PAGE: u32 = 500;

pub(crate) async fn run(args: HistoryArgs, say: Say) -> Outcome {
    let failures = Arc::new(Failures::default());
    let app = match open::open(failures.clone()).await {
        Ok(opened) => opened.app,
        Err(problem) => return fail(&problem, say),
    };
    let done = match args.verb {
        None => list(&app, String::new(), &args.list, say).await,
        Some(HistoryVerb::Search(search)) => {
            list(&app, search.text.join(" "), &search.list, say).await
        }
        Some(HistoryVerb::Links(args)) => links(&app, args, say).await,
        Some(HistoryVerb::Remove(args)) => remove(&app, &args, say).await,
        Some(HistoryVerb::Export) => export(&app, say).await,
    };
    let mut outcome = done.unwrap_or_else(|problem| fail(&problem, say));
    for failure in failures.take() {
        say.warning_of(&failure);
        outcome = outcome.and(Outcome::SomeFailed);
    }
    outcome
}

fn fail(problem: &Problem, say: Say) -> Outcome {
    say.problem(problem);
    Outcome::of(problem)
}

/// An upload as `--json` and `export` print it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RowJson<'a> {
    id: u64,
    uploaded_at: String,
    profile: &'a str,
    name: &'a str,
    key: &'a str,
    url: &'a str,
    process: Option<&'a str>,
    content_type: &'a str,
    size: u64,
    width: Option<u32>,
    height: Option<u32>,
}

impl<'a> From<&'a HistoryRow> for RowJson<'a> {
    fn from(row: &'a HistoryRow) -> Self {
        Self {
            id: whole(row.id),
            uploaded_at: time(row).map(|time| time.to_string()).unwrap_or_default(),
            profile: &row.profile,
            name: &row.name,
            key: &row.key,
            url: &row.url,
            process: row.process.as_deref(),
            content_type: &row.content_type,
            size: whole(row.size),
            width: row.width,
            height: row.height,
        }
    }
}

async fn list(app: &App, text: String, args: &ListArgs, say: Say) -> Result<Outcome> {
    let mut out = Out::new();
    let query = HistoryQuery { text, profile: args.profile.clone() };
    for row in rows(app, &query, args.limit).await? {
        if args.json {
            out.json(&RowJson::from(&row));
        } else {
            let when = time(&row).map(|time| {
                time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
            });
            out.line(columns([
                &whole(row.id).to_string(),
                &when.unwrap_or_default(),
                &row.profile,
                &whole(row.size).to_string(),
                &row.name,
                &row.url,
            ]));
        }
    }
    Ok(out.finish(say))
}

async fn links(app: &App, args: LinksArgs, say: Say) -> Result<Outcome> {
    let ids: Vec<i64> = if args.ids.is_empty() {
        let query = HistoryQuery { text: String::new(), profile: args.list.profile };
        rows(app, &query, args.list.limit).await?.iter().map(id).collect()
    } else {
        args.ids
    };
    let links =
        if ids.is_empty() { Vec::new() } else { app.links(&ids, Some(&args.format)).await? };
    let mut out = Out::new();
    for link in &links {
        out.line(link);
    }
    let mut outcome = out.finish(say);
    if args.copy {
        outcome = outcome.and(crate::upload::copy(links, say).await);
    }
    Ok(outcome)
}

async fn remove(app: &App, args: &RemoveArgs, say: Say) -> Result<Outcome> {
    let there: Vec<i64> = app.history_by_ids(&args.ids).await?.iter().map(id).collect();
    let mut outcome = Outcome::Done;
    for gone in args.ids.iter().filter(|id| !there.contains(id)) {
        outcome = outcome.and(fail(&Problem::new(Code::HistoryRowNotFound, gone.to_string()), say));
    }
    if !there.is_empty() {
        let deletion = app.delete(&there, args.remote).await?;
        // Nobody can ask this program to undo it a moment later.
        app.flush_pending().await;
        say.done(format!("{} {}", say.pick("Removed", "已移除"), deletion.count));
    }
    Ok(outcome)
}

/// Oldest first, so that a second export only grows at its end.
async fn export(app: &App, say: Say) -> Result<Outcome> {
    let mut out = Out::new();
    let query = HistoryQuery::default();
    let total = app.history_outline(&query).await?.total;
    let mut end = total;
    while end > 0 {
        let start = end.saturating_sub(PAGE);
        let page = app.history_rows(&query, start, end - start).await?;
        for row in page.iter().rev() {
            out.json(&RowJson::from(row));
        }
        end = start;
    }
    Ok(out.finish(say))
}

/// At most `limit` rows, newest first; 0 for all.
async fn rows(app: &App, query: &HistoryQuery, limit: u32) -> Result<Vec<HistoryRow>> {
    let mut found = Vec::new();
    loop {
        let have = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let want = if limit == 0 { PAGE } else { PAGE.min(limit - have) };
        if want == 0 {
            return Ok(found);
        }
        let page = app.history_rows(query, have, want).await?;
        let short = page.len() < want as usize;
        found.extend(page);
        if short {
            return Ok(found);
        }
    }
}

fn time(row: &HistoryRow) -> Option<jiff::Timestamp> {
    i64::try_from(whole(row.uploaded_at))
        .ok()
        .and_then(|milliseconds| jiff::Timestamp::from_millisecond(milliseconds).ok())
}

fn id(row: &HistoryRow) -> i64 {
    i64::try_from(whole(row.id)).unwrap_or(i64::MAX)
}

/// A count or an id as views carry it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole by contract")]
fn whole(number: f64) -> u64 {
    number as u64
}
