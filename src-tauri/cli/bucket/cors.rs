//! `hoist bucket cors`.

use hoist_core::app::App;
use hoist_core::problem::{Code, Problem, Reason};
use hoist_store::{Cors, CorsRule, Section};
use serde::Serialize;

use super::Done;
use super::confirm::clearing;
use super::document::{changed, nothing, xml};
use crate::args::bucket::CorsArgs;
use crate::exit::Outcome;
use crate::out::{Out, columns};
use crate::say::Say;

const SECTION: Section = Section::Cors;

/// A rule as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleJson<'a> {
    number: usize,
    id: Option<&'a str>,
    origins: &'a [String],
    methods: &'a [String],
    headers: &'a [String],
    expose: &'a [String],
    max_age: Option<u32>,
}

pub(super) async fn run(app: &App, args: CorsArgs, say: Say) -> Done {
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    let config = setup.config();
    if args.clear {
        let words = say.pick("Remove all CORS rules of", "移除全部跨域规则：");
        if let Err(outcome) = clearing(&setup, words, args.section.yes, say) {
            return Ok(outcome);
        }
        setup.told(SECTION, config.delete_cors().await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let mut cors = setup.told(SECTION, config.cors().await)?.unwrap_or_default();
    if args.add {
        cors.rules.push(CorsRule {
            origins: args.origin,
            methods: args.method.iter().map(|method| method.to_ascii_uppercase()).collect(),
            headers: args.header,
            expose: args.expose,
            max_age: args.max_age,
            ..CorsRule::default()
        });
    } else if let Some(number) = args.remove {
        let at = number as usize - 1;
        if at >= cors.rules.len() {
            return Err(no_rule(setup.name(), cors.rules.len()));
        }
        cors.rules.remove(at);
    } else {
        return show(&cors, args.section.json, say);
    }
    setup.told(SECTION, config.put_cors(&cors).await)?;
    changed(&setup, say);
    Ok(Outcome::Done)
}

/// `--remove` of what is not there.
pub(super) fn no_rule(bucket: &str, count: usize) -> Problem {
    let most = u32::try_from(count).unwrap_or(u32::MAX);
    Problem::new(Code::BucketSettingRefused, bucket).with_reason(Reason::NoRule(most))
}

fn show(cors: &Cors, json: bool, say: Say) -> Done {
    let mut out = Out::new();
    for (at, rule) in cors.rules.iter().enumerate() {
        if json {
            out.json(&RuleJson {
                number: at + 1,
                id: rule.id.as_deref(),
                origins: &rule.origins,
                methods: &rule.methods,
                headers: &rule.headers,
                expose: &rule.expose,
                max_age: rule.max_age,
            });
        } else {
            let age = rule.max_age.map(|age| age.to_string());
            out.line(columns([
                &(at + 1).to_string(),
                &rule.origins.join(","),
                &rule.methods.join(","),
                &rule.headers.join(","),
                &rule.expose.join(","),
                age.as_deref().unwrap_or_default(),
            ]));
        }
    }
    if cors.rules.is_empty() {
        nothing(say);
    }
    Ok(out.finish(say))
}
