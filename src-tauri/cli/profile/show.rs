//! Profiles as lines, or as JSON. Never the secret.

use hoist_core::app::App;
use hoist_core::profile::{EndpointKind, Images, SecretRef, Signature};
use hoist_core::settings::{Preset, TransformPlace};
use hoist_core::view::ProfileView;
use serde::Serialize;

use super::{fail, find};
use crate::exit::Outcome;
use crate::out::{Out, columns, one_line};
use crate::say::Say;

/// A profile as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileJson<'a> {
    name: &'a str,
    default: bool,
    provider: String,
    bucket: &'a str,
    endpoint: Option<&'a str>,
    region: Option<&'a str>,
    account_id: Option<&'a str>,
    jurisdiction: Option<&'a str>,
    prefix: &'a str,
    public_url: Option<&'a str>,
    public_base: &'a str,
    cname: bool,
    endpoint_kind: Option<EndpointKind>,
    signature: Option<Signature>,
    images: Option<Images>,
    path_style: bool,
    naming: Option<&'a str>,
    transform: Option<&'a str>,
    transform_place: Option<TransformPlace>,
    presets: &'a [Preset],
    secret: &'a SecretRef,
    /// Left out in lists, for which no keyring is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_set: Option<bool>,
}

impl<'a> From<&'a ProfileView> for ProfileJson<'a> {
    fn from(view: &'a ProfileView) -> Self {
        let profile = &view.profile;
        Self {
            name: &profile.name,
            default: view.is_default,
            provider: provider(view),
            bucket: &profile.bucket,
            endpoint: profile.endpoint.as_deref(),
            region: profile.region.as_deref(),
            account_id: profile.account_id.as_deref(),
            jurisdiction: profile.jurisdiction.as_deref(),
            prefix: &profile.prefix,
            public_url: profile.public_url.as_deref(),
            public_base: &view.public_base,
            cname: profile.cname,
            endpoint_kind: profile.endpoint_kind,
            signature: profile.signature,
            images: profile.images,
            path_style: profile.path_style,
            naming: profile.naming.as_deref(),
            transform: profile.transform.as_deref(),
            transform_place: profile.transform_place,
            presets: &profile.presets,
            secret: &profile.secret,
            secret_set: None,
        }
    }
}

pub(super) async fn list(app: &App, json: bool, say: Say) -> Outcome {
    let mut out = Out::new();
    for view in app.profiles_unasked() {
        if json {
            out.json(&ProfileJson::from(&view));
        } else {
            out.line(columns([
                if view.is_default { "*" } else { " " },
                &view.profile.name,
                &provider(&view),
                &view.profile.bucket,
                &view.public_base,
            ]));
        }
    }
    out.finish(say)
}

pub(super) async fn one(app: &App, name: Option<&str>, json: bool, say: Say) -> Outcome {
    let found = match find(app, name).await {
        Ok(view) => view,
        Err(problem) => return fail(&problem, say),
    };
    // This one time the keyring is asked, which may take a moment.
    let asked = app.profiles().await;
    let view =
        asked.into_iter().find(|view| view.profile.name == found.profile.name).unwrap_or(found);
    let mut out = Out::new();
    if json {
        let secret_set = Some(view.secret_set);
        out.json(&ProfileJson { secret_set, ..ProfileJson::from(&view) });
        return out.finish(say);
    }
    let profile = &view.profile;
    let fields = [
        ("name", Some(profile.name.clone())),
        ("provider", Some(provider(&view))),
        ("bucket", Some(profile.bucket.clone())),
        ("endpoint", profile.endpoint.clone()),
        ("region", profile.region.clone()),
        ("account-id", profile.account_id.clone()),
        ("jurisdiction", profile.jurisdiction.clone()),
        ("prefix", Some(profile.prefix.clone())),
        ("public-url", profile.public_url.clone()),
        ("links-start-with", Some(view.public_base.clone())),
        ("cname", profile.cname.then(|| "true".to_owned())),
        ("endpoint-kind", profile.endpoint_kind.map(|kind| kind.id().to_owned())),
        ("signature", profile.signature.map(|signature| signature.id().to_owned())),
        ("images", profile.images.map(|images| images.id().to_owned())),
        ("path-style", Some(profile.path_style.to_string())),
        ("naming", profile.naming.clone()),
        ("transform", profile.transform.clone()),
        ("transform-at", profile.transform_place.map(|place| place.id().to_owned())),
        ("default", Some(view.is_default.to_string())),
        ("secret", Some(secret_place(&view))),
    ];
    for (field, value) in fields {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.line(format!("{field}: {}", one_line(&value)));
        }
    }
    if let Some(problem) = &view.secret_problem {
        say.warning_of(problem);
    }
    out.finish(say)
}

/// As `--provider` takes it.
fn provider(view: &ProfileView) -> String {
    view.profile.provider.id().to_owned()
}

fn secret_place(view: &ProfileView) -> String {
    let place = match &view.profile.secret {
        SecretRef::Keyring => "keyring".to_owned(),
        SecretRef::File => "file".to_owned(),
        SecretRef::Env { access_key, secret_key, .. } => format!("env {access_key}, {secret_key}"),
    };
    if view.secret_set { place } else { format!("{place}, not set") }
}
