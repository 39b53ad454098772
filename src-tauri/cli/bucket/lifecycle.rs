//! `hoist bucket lifecycle`.

use hoist_core::app::App;
use hoist_store::{Lifecycle, LifecycleRule, Section, Tag, Transition, When};
use serde::Serialize;

use super::Done;
use super::confirm::{clearing, confirm};
use super::cors::no_rule;
use super::document::{changed, nothing, xml};
use crate::args::bucket::LifecycleArgs;
use crate::exit::Outcome;
use crate::out::{Out, columns};
use crate::say::Say;

const SECTION: Section = Section::Lifecycle;

/// A rule as `--json` prints it; `expire` is a number of days or a date.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleJson<'a> {
    number: usize,
    id: Option<&'a str>,
    prefix: &'a str,
    tags: Vec<String>,
    enabled: bool,
    expire_days: Option<u32>,
    expire_date: Option<&'a str>,
    transitions: Vec<String>,
    abort_uploads_days: Option<u32>,
    expire_versions_days: Option<u32>,
}

impl<'a> RuleJson<'a> {
    fn new(number: usize, rule: &'a LifecycleRule) -> Self {
        let (days, date) = match &rule.expire {
            Some(When::Days(days)) => (Some(*days), None),
            Some(When::Date(date)) => (None, Some(date.as_str())),
            None => (None, None),
        };
        Self {
            number,
            id: rule.id.as_deref(),
            prefix: &rule.prefix,
            tags: rule.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect(),
            enabled: rule.enabled,
            expire_days: days,
            expire_date: date,
            transitions: rule.transitions.iter().map(written).collect(),
            abort_uploads_days: rule.abort_uploads,
            expire_versions_days: rule.expire_versions,
        }
    }
}

/// As `--transition` takes it.
fn written(transition: &Transition) -> String {
    let when = match &transition.when {
        Some(When::Days(days)) => days.to_string(),
        Some(When::Date(date)) => date.clone(),
        None => String::new(),
    };
    format!("{when}:{}", transition.storage_class)
}

pub(super) async fn run(app: &App, args: LifecycleArgs, say: Say) -> Done {
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    let config = setup.config();
    if args.clear {
        let words = say.pick("Remove all lifecycle rules of", "移除全部生命周期规则：");
        if let Err(outcome) = clearing(&setup, words, args.section.yes, say) {
            return Ok(outcome);
        }
        setup.told(SECTION, config.delete_lifecycle().await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let mut lifecycle = setup.told(SECTION, config.lifecycle().await)?.unwrap_or_default();
    if args.add {
        let yes = args.section.yes;
        let rule = rule(args);
        if let Err(outcome) = confirm_wide(&rule, setup.name(), yes, say) {
            return Ok(outcome);
        }
        lifecycle.rules.push(rule);
    } else if let Some(wanted) = &args.remove {
        let by_id = |rule: &LifecycleRule| rule.id.as_ref() == Some(wanted);
        // A name that is a number is still a name.
        let at = lifecycle
            .rules
            .iter()
            .position(by_id)
            .or_else(|| wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1)));
        let Some(at) = at.filter(|at| *at < lifecycle.rules.len()) else {
            return Err(no_rule(setup.name(), lifecycle.rules.len()));
        };
        lifecycle.rules.remove(at);
    } else {
        return show(&lifecycle, args.section.json, say);
    }
    setup.told(SECTION, config.put_lifecycle(&lifecycle).await)?;
    changed(&setup, say);
    Ok(Outcome::Done)
}

/// A rule that deletes everything in the bucket is asked for.
fn confirm_wide(rule: &LifecycleRule, bucket: &str, yes: bool, say: Say) -> Result<(), Outcome> {
    let everything = rule.prefix.is_empty() && rule.tags.is_empty();
    if !everything || rule.expire.is_none() || !rule.enabled {
        return Ok(());
    }
    let question = format!(
        "{} {bucket}",
        say.pick("Let every object expire, whatever its key, in", "使所有对象过期（不论键名）："),
    );
    confirm(&question, yes, say)
}

fn rule(args: LifecycleArgs) -> LifecycleRule {
    LifecycleRule {
        id: args.id,
        prefix: args.prefix,
        tags: args.tag.into_iter().map(|(key, value)| Tag { key, value }).collect(),
        enabled: !args.disabled,
        expire: args.expire_days.map(When::Days),
        transitions: args
            .transition
            .into_iter()
            .map(|(days, storage_class)| Transition {
                when: Some(When::Days(days)),
                storage_class,
                ..Transition::default()
            })
            .collect(),
        abort_uploads: args.abort_uploads_days,
        expire_versions: args.expire_versions_days,
        ..LifecycleRule::default()
    }
}

fn show(lifecycle: &Lifecycle, json: bool, say: Say) -> Done {
    let mut out = Out::new();
    for (at, rule) in lifecycle.rules.iter().enumerate() {
        let shown = RuleJson::new(at + 1, rule);
        if json {
            out.json(&shown);
            continue;
        }
        let days = |days: Option<u32>| days.map(|days| days.to_string()).unwrap_or_default();
        let expire = match shown.expire_date {
            Some(date) => date.to_owned(),
            None => days(shown.expire_days),
        };
        out.line(columns([
            &shown.number.to_string(),
            shown.id.unwrap_or_default(),
            shown.prefix,
            if shown.enabled { "enabled" } else { "disabled" },
            &expire,
            &days(shown.abort_uploads_days),
            &days(shown.expire_versions_days),
            &shown.transitions.join(","),
            &shown.tags.join(","),
        ]));
    }
    if lifecycle.rules.is_empty() {
        nothing(say);
    }
    Ok(out.finish(say))
}
