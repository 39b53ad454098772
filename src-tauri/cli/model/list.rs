//! `hoist model list`.

use hoist_core::app::App;
use hoist_core::model::ModelName;
use hoist_core::problem::Result;

use super::split;
use crate::args::model::ModelListArgs;
use crate::exit::Outcome;
use crate::out::{Out, columns};
use crate::say::Say;

pub(super) async fn run(app: &App, args: &ModelListArgs, say: Say) -> Result<Outcome> {
    let (profile, name) = split(app, args.model.as_deref().unwrap_or_default(), &args.of);
    match name {
        "" => models(app, &profile, args.json, say).await,
        name => {
            let model: ModelName = name.parse()?;
            versions(app, &profile, &model.name, args.json, say).await
        }
    }
}

async fn models(app: &App, profile: &str, json: bool, say: Say) -> Result<Outcome> {
    let models = app.models(profile).await?;
    let mut out = Out::new();
    for model in &models {
        if json {
            out.json(model);
        } else {
            let latest = model.latest.as_deref().unwrap_or("-");
            out.line(columns([
                &model.name,
                latest,
                &model.versions.to_string(),
                &model.size.to_string(),
            ]));
        }
    }
    if models.is_empty() {
        say.note(say.pick("no models", "没有模型"));
    }
    Ok(out.finish(say))
}

async fn versions(app: &App, profile: &str, name: &str, json: bool, say: Say) -> Result<Outcome> {
    let mut out = Out::new();
    for version in app.model_versions(profile, name).await? {
        if json {
            out.json(&version);
            continue;
        }
        let made = version
            .created_at
            .and_then(|at| jiff::Timestamp::from_millisecond(at).ok())
            .map_or("-".to_owned(), |at| {
                at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
            });
        let aliases = match version.finished {
            true => version.aliases.join(","),
            false => say.pick("unfinished", "未完成").to_owned(),
        };
        out.line(columns([
            &version.version,
            &aliases,
            &made,
            &version.files.to_string(),
            &version.size.to_string(),
            version.description.as_deref().unwrap_or_default(),
        ]));
    }
    Ok(out.finish(say))
}
