//! `hoist bucket referer`, `logging` and `website`.

use hoist_core::app::App;
use hoist_store::{Logging, Section, Website};
use serde::Serialize;

use super::Done;
use super::account::fields_out;
use super::confirm::clearing;
use super::document::{changed, nothing, xml};
use crate::args::bucket::{LoggingArgs, RefererArgs, WebsiteArgs};
use crate::exit::Outcome;
use crate::out::Out;
use crate::say::Say;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RefererJson<'a> {
    allow_empty: bool,
    allow: &'a [String],
    deny: &'a [String],
    ignore_query: Option<bool>,
}

pub(super) async fn referer(app: &App, args: RefererArgs, say: Say) -> Done {
    const SECTION: Section = Section::Referer;
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    let config = setup.config();
    if args.clear {
        let words = say.pick("Let pages everywhere embed what is in", "允许任何网页引用：");
        if let Err(outcome) = clearing(&setup, words, args.section.yes, say) {
            return Ok(outcome);
        }
        setup.told(SECTION, config.delete_referer().await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let there = setup.told(SECTION, config.referer().await)?;
    let is_set = there.is_some();
    // An open list lets requests without a referer in.
    let mut referer = there.unwrap_or_else(|| hoist_store::Referer {
        allow_empty: true,
        ..hoist_store::Referer::default()
    });
    if !args.allow.is_empty() || !args.deny.is_empty() || args.allow_empty.is_some() {
        if !args.allow.is_empty() {
            referer.allow = args.allow;
        }
        if !args.deny.is_empty() {
            referer.deny = args.deny;
        }
        referer.allow_empty = args.allow_empty.unwrap_or(referer.allow_empty);
        setup.told(SECTION, config.put_referer(&referer).await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let mut out = Out::new();
    if args.section.json {
        out.json(&RefererJson {
            allow_empty: referer.allow_empty,
            allow: &referer.allow,
            deny: &referer.deny,
            ignore_query: referer.ignore_query,
        });
    } else if is_set {
        let mut fields = vec![("allow-empty", Some(word(referer.allow_empty)))];
        fields.extend(referer.allow.iter().map(|page| ("allow", Some(page.as_str()))));
        fields.extend(referer.deny.iter().map(|page| ("deny", Some(page.as_str()))));
        fields_out(&mut out, &fields);
    } else {
        nothing(say);
    }
    Ok(out.finish(say))
}

fn word(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

#[derive(Debug, Serialize)]
struct LoggingJson<'a> {
    to: Option<&'a str>,
    prefix: Option<&'a str>,
}

pub(super) async fn logging(app: &App, args: LoggingArgs, say: Say) -> Done {
    const SECTION: Section = Section::Logging;
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    let config = setup.config();
    if args.clear {
        let words = say.pick("Write no more access logs of", "停止记录访问日志：");
        if let Err(outcome) = clearing(&setup, words, args.section.yes, say) {
            return Ok(outcome);
        }
        setup.told(SECTION, config.delete_logging().await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let there = setup.told(SECTION, config.logging().await)?;
    if let Some(bucket) = args.to {
        let base = there.unwrap_or_default();
        let prefix = args.prefix.unwrap_or_default();
        setup.told(SECTION, config.put_logging(&Logging { bucket, prefix, ..base }).await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let json = LoggingJson {
        to: there.as_ref().map(|it| &*it.bucket),
        prefix: there.as_ref().map(|it| &*it.prefix),
    };
    let mut out = Out::new();
    if args.section.json {
        out.json(&json);
    } else {
        fields_out(&mut out, &[("to", json.to), ("prefix", json.prefix)]);
        if there.is_none() {
            nothing(say);
        }
    }
    Ok(out.finish(say))
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WebsiteJson<'a> {
    index: Option<&'a str>,
    error: Option<&'a str>,
    redirect_all: Option<&'a str>,
    folder_index: Option<bool>,
    routing_rules: usize,
}

pub(super) async fn website(app: &App, args: WebsiteArgs, say: Say) -> Done {
    const SECTION: Section = Section::Website;
    let setup = super::setup(app, &args.section).await?;
    if let Some(outcome) = xml(&setup, SECTION, &args.section, say).await? {
        return Ok(outcome);
    }
    let config = setup.config();
    if args.clear {
        let words = say.pick("End the static site in", "停止静态网站：");
        if let Err(outcome) = clearing(&setup, words, args.section.yes, say) {
            return Ok(outcome);
        }
        setup.told(SECTION, config.delete_website().await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let there = setup.told(SECTION, config.website().await)?;
    let is_set = there.is_some();
    let website = there.unwrap_or_default();
    if args.index.is_some() || args.error.is_some() || args.redirect_all.is_some() {
        let wanted = if args.redirect_all.is_some() {
            // A site that only redirects has no pages.
            Website { redirect_all: args.redirect_all, ..Website::default() }
        } else {
            Website {
                index: args.index.or(website.index),
                error: args.error.or(website.error),
                redirect_all: None,
                ..website
            }
        };
        setup.told(SECTION, config.put_website(&wanted).await)?;
        changed(&setup, say);
        return Ok(Outcome::Done);
    }
    let mut out = Out::new();
    if args.section.json {
        out.json(&WebsiteJson {
            index: website.index.as_deref(),
            error: website.error.as_deref(),
            redirect_all: website.redirect_all.as_deref(),
            folder_index: website.folder_index,
            routing_rules: website.routing_rules,
        });
    } else {
        let rules = website.routing_rules.to_string();
        fields_out(
            &mut out,
            &[
                ("index", website.index.as_deref()),
                ("error", website.error.as_deref()),
                ("redirect-all", website.redirect_all.as_deref()),
                ("folder-index", website.folder_index.map(word)),
                ("routing-rules", Some(&*rules).filter(|_| website.routing_rules > 0)),
            ],
        );
        if !is_set {
            nothing(say);
        }
    }
    Ok(out.finish(say))
}
