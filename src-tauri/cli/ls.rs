//! `hoist ls` and `hoist stat`: what is in a bucket.

use std::collections::BTreeMap;
use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::problem::{Code, Problem, Result};
use hoist_store::{ListRequest, ObjectMeta};
use serde::Serialize;

use crate::args::{LsArgs, StatArgs};
use crate::exit::Outcome;
use crate::open::{self, Opened};
use crate::out::{Out, columns, one_line};
use crate::progress::Failures;
use crate::put::fail;
use crate::say::Say;

/// An object as `--json` prints it; folders have neither size nor time.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryJson<'a> {
    key: &'a str,
    folder: bool,
    size: Option<u64>,
    modified: Option<String>,
    etag: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_class: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_disposition: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_encoding: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<&'a str, &'a str>,
}

fn entry<'a>(key: &'a str, meta: &'a ObjectMeta) -> EntryJson<'a> {
    EntryJson {
        key,
        folder: false,
        size: Some(meta.size),
        modified: meta.modified.map(|modified| modified.to_string()),
        etag: meta.etag.as_deref(),
        storage_class: meta.storage_class.as_deref(),
        content_type: meta.content_type.as_deref(),
        cache_control: meta.cache_control.as_deref(),
        content_disposition: meta.content_disposition.as_deref(),
        content_encoding: meta.content_encoding.as_deref(),
        content_language: meta.content_language.as_deref(),
        expires: meta.expires.as_deref(),
        version: meta.version.as_deref(),
        metadata: meta.metadata.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
    }
}

pub(crate) async fn list(args: LsArgs, say: Say) -> Outcome {
    opened(say, async |app| list_in(app, &args, say).await).await
}

pub(crate) async fn stat(args: StatArgs, say: Say) -> Outcome {
    opened(say, async |app| stat_in(app, &args, say).await).await
}

/// Opens the app for one look at a bucket.
pub(crate) async fn opened(say: Say, work: impl AsyncFnOnce(&App) -> Result<Outcome>) -> Outcome {
    let failures = Arc::new(Failures::default());
    let Opened { app, store } = match open::open(failures.clone()).await {
        Ok(opened) => opened,
        Err(problem) => return fail(&problem, say),
    };
    let mut outcome = work(&app).await.unwrap_or_else(|problem: Problem| fail(&problem, say));
    for failure in failures.take() {
        say.warning_of(&failure);
        outcome = outcome.and(Outcome::SomeFailed);
    }
    store.stop().await;
    outcome
}

/// Keys are shown as they are given to other verbs: below the profile's folder.
async fn list_in(app: &App, args: &LsArgs, say: Say) -> Result<Outcome> {
    let base = app.key_prefix(&args.remote.profile)?;
    let mut request = ListRequest {
        prefix: format!("{base}{}", args.remote.key),
        delimiter: (!args.recursive).then(|| "/".to_owned()),
        ..ListRequest::default()
    };
    let mut out = Out::many();
    let zone = jiff::tz::TimeZone::system();
    let mut any = false;
    loop {
        let page = app.list_objects(&args.remote.profile, &request).await?;
        any |= !page.objects.is_empty() || !page.prefixes.is_empty();
        for prefix in &page.prefixes {
            let key = prefix.strip_prefix(base.as_str()).unwrap_or(prefix);
            if args.json {
                out.json(&EntryJson {
                    folder: true,
                    size: None,
                    ..entry(key, &ObjectMeta::default())
                });
            } else {
                out.line(columns(["-", "-", key]));
            }
        }
        for object in &page.objects {
            let key = object.key.strip_prefix(base.as_str()).unwrap_or(&object.key);
            if args.json {
                out.json(&entry(key, object));
            } else {
                out.line(columns([&object.size.to_string(), &when(object, &zone), key]));
            }
        }
        // Whoever looks on sees each page as it comes.
        out.flush();
        match page.next {
            Some(next) => request.page = Some(next),
            None => break,
        }
    }
    if !any {
        say.note(say.pick("nothing there", "没有内容"));
    }
    Ok(out.finish(say))
}

fn when(meta: &ObjectMeta, zone: &jiff::tz::TimeZone) -> String {
    meta.modified.map_or("-".to_owned(), |modified| {
        modified.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    })
}

async fn stat_in(app: &App, args: &StatArgs, say: Say) -> Result<Outcome> {
    let meta = match app.object(&args.remote.profile, &args.remote.full_key(app)?).await {
        Ok(meta) => meta,
        Err(problem) => {
            let outcome = fail(&problem, say);
            if problem.code == Code::ObjectNotFound {
                args.remote.hint_folder(app, say).await;
            }
            return Ok(outcome);
        }
    };
    let mut out = Out::new();
    if args.json {
        out.json(&entry(&args.remote.key, &meta));
        return Ok(out.finish(say));
    }
    let size = meta.size.to_string();
    let modified = meta.modified.map(|modified| modified.to_string());
    let rows = [
        ("key", Some(&args.remote.key)),
        ("size", Some(&size)),
        ("modified", modified.as_ref()),
        ("etag", meta.etag.as_ref()),
        ("content-type", meta.content_type.as_ref()),
        ("cache-control", meta.cache_control.as_ref()),
        ("content-disposition", meta.content_disposition.as_ref()),
        ("content-encoding", meta.content_encoding.as_ref()),
        ("content-language", meta.content_language.as_ref()),
        ("expires", meta.expires.as_ref()),
        ("storage-class", meta.storage_class.as_ref()),
        ("version", meta.version.as_ref()),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            out.line(columns([name, value]));
        }
    }
    for (name, value) in &meta.metadata {
        out.line(columns([&one_line(&format!("metadata-{name}")), value]));
    }
    Ok(out.finish(say))
}
