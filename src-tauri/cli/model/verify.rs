//! `hoist model verify` and `hoist model compare`.

use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::model::{Change, Check, Comparison, VerifyReport};
use hoist_core::problem::{Language, Result};
use hoist_core::transfer::Meter;
use serde::Serialize;

use super::{named, shown};
use crate::args::model::{CompareArgs, VerifyArgs};
use crate::exit::Outcome;
use crate::figures;
use crate::out::{Out, columns};
use crate::say::Say;

/// The sums of a look as `--json` prints them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct VerifySums<'a> {
    name: &'a str,
    version: &'a str,
    deep: bool,
    ok: u32,
    size_only: u32,
    bad: u32,
    unlisted: &'a [String],
    manifest_sha256: &'a str,
}

pub(super) async fn verify(app: &App, args: &VerifyArgs, say: Say) -> Result<Outcome> {
    let say = say.quiet(args.quiet);
    let (profile, model) = named(app, &args.model, &args.of)?;
    let meter: Arc<Meter> = Arc::default();
    let version = model.version.as_deref();
    let look = app.verify_model(&profile, &model.name, version, args.deep, Arc::clone(&meter));
    let Some(report) = shown(&meter, args.quiet, say, look).await? else {
        return Ok(Outcome::Interrupted);
    };
    let mut out = Out::new();
    for file in &report.files {
        if args.json {
            out.json(file);
        } else {
            out.line(columns([word(file.check), &file.size.to_string(), &file.path]));
        }
    }
    if args.json {
        out.json(&Sums { summary: sums(&report) });
    }
    for path in &report.unlisted {
        say.warning(format!(
            "{path}: {}",
            say.pick("in the folder, but not in the manifest", "在文件夹中，但不在清单内")
        ));
    }
    let outcome = match report.is_right() {
        true => {
            say.done(verdict(&report, say));
            Outcome::Done
        }
        false => {
            say.error(
                verdict(&report, say),
                say.pick(
                    "push the files again as a new version, or restore them in the bucket",
                    "请将文件作为新版本重新推送，或在存储桶中恢复它们",
                ),
            );
            Outcome::SomeFailed
        }
    };
    Ok(outcome.and(out.finish(say)))
}

#[derive(Debug, Serialize)]
struct Sums<T> {
    summary: T,
}

fn sums(report: &VerifyReport) -> VerifySums<'_> {
    VerifySums {
        name: &report.name,
        version: &report.version,
        deep: report.deep,
        ok: report.ok,
        size_only: report.size_only,
        bad: report.bad,
        unlisted: &report.unlisted,
        manifest_sha256: &report.manifest_sha256,
    }
}

/// As a script finds it.
fn word(check: Check) -> &'static str {
    match check {
        Check::Ok => "ok",
        Check::SizeOnly => "size-only",
        Check::Missing => "missing",
        Check::WrongSize => "wrong-size",
        Check::Differs => "differs",
    }
}

fn verdict(report: &VerifyReport, say: Say) -> String {
    let VerifyReport { name, version, ok, size_only, bad, .. } = report;
    let all = report.files.len();
    let mut text = match say.language {
        Language::English => format!("{name}@{version}: {ok} of {all} files match the manifest"),
        Language::Chinese => format!("{name}@{version}：{all} 个文件中 {ok} 个与清单一致"),
    };
    if *size_only > 0 {
        text.push_str(&match say.language {
            Language::English => format!(", {size_only} by size alone (--deep reads them)"),
            Language::Chinese => format!("，{size_only} 个仅核对了大小（--deep 会读取内容）"),
        });
    }
    if *bad > 0 {
        text.push_str(&match say.language {
            Language::English => format!(", {bad} do not"),
            Language::Chinese => format!("，{bad} 个不一致"),
        });
    }
    text
}

/// The sums of a comparison as `--json` prints them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CompareSums<'a> {
    name: &'a str,
    from: &'a str,
    to: &'a str,
    changed: u32,
    new: u32,
    left_out: u32,
    same: u32,
    sent: u64,
    copied: u64,
    seconds: Option<u64>,
}

pub(super) async fn compare(app: &App, args: &CompareArgs, say: Say) -> Result<Outcome> {
    let (profile, model) = named(app, &args.model, &args.of)?;
    let found = app.compare_models(&profile, &model.name, &args.from, &args.to).await?;
    let mut out = Out::new();
    for file in found.files.iter().filter(|file| !args.changes || file.change != Change::Same) {
        if args.json {
            out.json(file);
            continue;
        }
        let size = |size: Option<u64>| size.map_or("-".to_owned(), |size| size.to_string());
        let change = match file.change {
            Change::Same => "same",
            Change::Changed => "changed",
            Change::New => "new",
            Change::LeftOut => "left-out",
        };
        out.line(columns([change, &size(file.before), &size(file.after), &file.path]));
    }
    if args.json {
        let Comparison { changed, new, left_out, same, sent, copied, seconds, .. } = found;
        out.json(&Sums {
            summary: CompareSums {
                name: &found.name,
                from: &found.from,
                to: &found.to,
                changed,
                new,
                left_out,
                same,
                sent,
                copied,
                seconds,
            },
        });
    }
    say.done(counts(&found, say));
    Ok(out.finish(say))
}

fn counts(found: &Comparison, say: Say) -> String {
    let Comparison { from, to, changed, new, left_out, same, .. } = found;
    let (sent, copied) = (figures::bytes(found.sent), figures::bytes(found.copied));
    match say.language {
        Language::English => format!(
            "{from} to {to}: {changed} changed, {new} new, {left_out} left out, {same} the same; {sent} sent, {copied} copied inside the bucket"
        ),
        Language::Chinese => format!(
            "{from} 到 {to}：{changed} 个已更改，{new} 个新增，{left_out} 个去除，{same} 个相同；发送 {sent}，桶内复制 {copied}"
        ),
    }
}
