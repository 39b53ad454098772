//! `hoist model rm` and `hoist model alias`.

use hoist_core::app::App;
use hoist_core::model::ModelRemoval;
use hoist_core::problem::{Code, Language, Problem, Result};
use serde::Serialize;

use super::named;
use crate::args::model::{AliasArgs, ModelRmArgs};
use crate::bucket::confirm;
use crate::exit::Outcome;
use crate::figures;
use crate::out::Out;
use crate::put::fail;
use crate::say::Say;

/// What was deleted, or would be, as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RemovedJson<'a> {
    #[serde(flatten)]
    removal: &'a ModelRemoval,
    deleted: u64,
}

pub(super) async fn remove(app: &App, args: &ModelRmArgs, say: Say) -> Result<Outcome> {
    let (profile, model) = named(app, &args.model, &args.of)?;
    let version = model.version.as_deref();
    let removal = app.model_removal(&profile, &model.name, version).await?;
    if !removal.aliases.is_empty() && !args.force && !args.dry_run {
        return Err(Problem::new(Code::ModelAliased, model.to_string())
            .with_detail(removal.aliases.join(", ")));
    }
    let what = what(&removal, say);
    let mut out = Out::new();
    if args.dry_run {
        if args.json {
            out.json(&RemovedJson { removal: &removal, deleted: 0 });
        }
        say.done(format!("{} {what}", say.pick("would delete", "将删除")));
        return Ok(out.finish(say));
    }
    let question = format!("{} {what}", say.pick("delete", "删除"));
    if let Err(outcome) = confirm(&question, args.yes, say) {
        return Ok(outcome);
    }
    let removed = app.remove_model(&profile, &model.name, version, args.force).await?;
    if args.json {
        out.json(&RemovedJson { removal: &removal, deleted: removed.objects });
    }
    say.done(format!("{} {}", say.pick("Deleted", "已删除"), removed.objects));
    let mut outcome = Outcome::Done;
    for (_, problem) in &removed.failed {
        outcome = outcome.and(fail(problem, say));
    }
    Ok(outcome.and(out.finish(say)))
}

fn what(removal: &ModelRemoval, say: Say) -> String {
    let ModelRemoval { name, versions, objects, .. } = removal;
    let bytes = figures::bytes(removal.bytes);
    let of = match removal.whole {
        true => name.clone(),
        false => format!("{name}@{}", versions.join(", ")),
    };
    let n = versions.len();
    match (say.language, removal.whole) {
        (Language::English, false) => format!("{of}: {objects} objects ({bytes})"),
        (Language::English, true) if n == 1 => {
            format!("{of}, 1 version: {objects} objects ({bytes})")
        }
        (Language::English, true) => format!("{of}, {n} versions: {objects} objects ({bytes})"),
        (Language::Chinese, false) => format!("{of}：{objects} 个对象（{bytes}）"),
        (Language::Chinese, true) => format!("{of}，{n} 个版本：{objects} 个对象（{bytes}）"),
    }
}

/// An alias as `--json` prints it.
#[derive(Debug, Serialize)]
struct AliasJson<'a> {
    name: &'a str,
    alias: &'a str,
    version: Option<String>,
    before: Option<String>,
}

pub(super) async fn alias(app: &App, args: &AliasArgs, say: Say) -> Result<Outcome> {
    let (profile, model) = named(app, &args.model, &args.of)?;
    let wanted = args.version.as_deref();
    let before = app.set_model_alias(&profile, &model.name, &args.alias, wanted).await?;
    let aliases = app.model_aliases(&profile, &model.name).await?;
    let version = aliases.get(&args.alias).map(str::to_owned);
    let mut out = Out::new();
    let (name, alias) = (&model.name, &args.alias);
    say.done(match (&version, &before) {
        (Some(version), Some(before)) if before != version => {
            format!("{name}@{alias}: {before} -> {version}")
        }
        (Some(version), _) => format!("{name}@{alias}: {version}"),
        (None, _) => format!("{} {name}@{alias}", say.pick("Removed", "已移除")),
    });
    if args.json {
        out.json(&AliasJson { name, alias, version, before });
    }
    Ok(out.finish(say))
}
