//! `hoist profile`.

mod check;
mod show;

use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::problem::{Code, Problem};
use hoist_core::profile::{EndpointKind, Images, Profile, Provider, Signature};
use hoist_core::settings::TransformPlace;
use hoist_core::view::ProfileView;

use crate::args::NameArg;
use crate::args::profile::{AddArgs, FieldArgs, ProfileVerb, SetArgs};
use crate::exit::Outcome;
use crate::open;
use crate::out::Out;
use crate::progress::Failures;
use crate::say::Say;
use crate::secret;

pub(crate) async fn run(verb: ProfileVerb, say: Say) -> Outcome {
    let failures = Arc::new(Failures::default());
    let app = match open::open(failures.clone()).await {
        Ok(opened) => opened.app,
        Err(problem) => return fail(&problem, say),
    };
    let outcome = match verb {
        ProfileVerb::List(args) => show::list(&app, args.json, say).await,
        ProfileVerb::Show(args) => show::one(&app, args.name.as_deref(), args.json, say).await,
        ProfileVerb::Doctor(args) => check::run(&app, args.name.as_deref(), args.json, say).await,
        ProfileVerb::Add(args) => add(&app, args, say).await,
        ProfileVerb::Set(args) => set(&app, args, say).await,
        ProfileVerb::Remove(args) => remove(&app, &args, say).await,
        ProfileVerb::Default(args) => default(&app, args.name.as_deref(), say).await,
    };
    for failure in failures.take() {
        say.warning_of(&failure);
    }
    outcome
}

pub(crate) fn fail(problem: &Problem, say: Say) -> Outcome {
    say.problem(problem);
    Outcome::of(problem)
}

/// The profile of this name, or the default one.
async fn find(app: &App, name: Option<&str>) -> Result<ProfileView, Problem> {
    let profiles = app.profiles_unasked();
    let found = match name {
        Some(name) => profiles.into_iter().find(|view| view.profile.name == name),
        None => profiles.into_iter().find(|view| view.is_default),
    };
    found.ok_or_else(|| Problem::new(Code::ProfileNotFound, name.unwrap_or("default")))
}

async fn add(app: &App, args: AddArgs, say: Say) -> Outcome {
    if find(app, Some(&args.name)).await.is_ok() {
        return fail(&Problem::new(Code::ProfileExists, &args.name), say);
    }
    let mut profile = Profile::new(&args.name, args.provider.into());
    if let Err(outcome) = apply(&mut profile, args.fields, say) {
        return outcome;
    }
    let mut profile = profile.normalized();
    // What is wrong with the fields is told before a secret is asked for.
    if let Err(problem) = profile.validate() {
        return fail(&problem, say);
    }
    let mut given = None;
    if profile.provider != Provider::Local {
        match secret::choose(&args.secret, &profile, say) {
            Ok(chosen) => {
                profile.secret = chosen.place;
                given = chosen.secret;
            }
            Err(outcome) => return outcome,
        }
    }
    if let Err(problem) = app.save_profile(profile, given, None).await {
        return fail(&problem, say);
    }
    if args.default
        && let Err(problem) = app.set_default_profile(&args.name).await
    {
        return fail(&problem, say);
    }
    say.done(format!("{} {}", say.pick("Added profile", "已添加配置"), args.name));
    say.hint(format!(
        "{} hoist profile doctor {}",
        say.pick("check it with:", "检查它："),
        args.name
    ));
    Outcome::Done
}

async fn set(app: &App, args: SetArgs, say: Say) -> Outcome {
    let mut profile = match find(app, Some(&args.name)).await {
        Ok(view) => view.profile,
        Err(problem) => return fail(&problem, say),
    };
    if let Err(outcome) = apply(&mut profile, args.fields, say) {
        return outcome;
    }
    let mut profile = profile.normalized();
    if let Some(name) = args.rename {
        profile.name = name;
    }
    if let Err(problem) = profile.validate() {
        return fail(&problem, say);
    }
    let source = &args.source;
    let mut given = None;
    if args.secret || source.secret_stdin || source.from_env.is_some() || source.insecure_storage {
        match secret::choose(source, &profile, say) {
            Ok(chosen) => {
                profile.secret = chosen.place;
                given = chosen.secret;
            }
            Err(outcome) => return outcome,
        }
    }
    let name = profile.name.clone();
    if let Err(problem) = app.save_profile(profile, given, Some(&args.name)).await {
        return fail(&problem, say);
    }
    if args.default
        && let Err(problem) = app.set_default_profile(&name).await
    {
        return fail(&problem, say);
    }
    say.done(format!("{} {name}", say.pick("Changed profile", "已修改配置")));
    Outcome::Done
}

async fn remove(app: &App, args: &NameArg, say: Say) -> Outcome {
    match app.delete_profile(&args.name).await {
        Ok(()) => {
            say.done(format!("{} {}", say.pick("Removed profile", "已移除配置"), args.name));
            Outcome::Done
        }
        Err(problem) => fail(&problem, say),
    }
}

async fn default(app: &App, name: Option<&str>, say: Say) -> Outcome {
    let Some(name) = name else {
        return match find(app, None).await {
            Ok(view) => {
                let mut out = Out::new();
                out.line(view.profile.name);
                out.finish(say)
            }
            Err(problem) => fail(&problem, say),
        };
    };
    match app.set_default_profile(name).await {
        Ok(()) => {
            say.done(format!("{} {name}", say.pick("Uploads go to", "上传将发往")));
            Outcome::Done
        }
        Err(problem) => fail(&problem, say),
    }
}

/// Puts the fields that were given into the profile; an empty one clears.
fn apply(profile: &mut Profile, fields: FieldArgs, say: Say) -> Result<(), Outcome> {
    let FieldArgs {
        bucket,
        endpoint,
        region,
        account_id,
        jurisdiction,
        prefix,
        public_url,
        path_style,
        naming,
        transform,
        cname,
        endpoint_kind,
        signature,
        images,
        transform_at,
    } = fields;
    let of_oss = [
        ("--cname", cname.is_some()),
        ("--endpoint-kind", endpoint_kind.is_some()),
        ("--signature", signature.is_some()),
    ];
    let not_of_local = [
        ("--bucket", bucket.is_some()),
        ("--endpoint", endpoint.is_some()),
        ("--region", region.is_some()),
        ("--account-id", account_id.is_some()),
        ("--jurisdiction", jurisdiction.is_some()),
        ("--path-style", path_style.is_some()),
    ];
    let given = |options: &[(&'static str, bool)]| {
        options.iter().find(|(_, given)| *given).map(|(option, _)| *option)
    };
    let only_oss = given(&of_oss)
        .filter(|_| profile.provider != Provider::Oss)
        .map(|option| (option, say.pick("is for --provider oss", "只用于 --provider oss")));
    let not_local = given(&not_of_local)
        .filter(|_| profile.provider == Provider::Local)
        .map(|option| (option, say.pick("is not for the built-in store", "不适用于内置存储")));
    if let Some((option, why)) = only_oss.or(not_local) {
        say.error(format!("{option} {why}"), say.pick("leave it out", "请去掉此选项"));
        return Err(Outcome::Usage);
    }
    let optional = [
        (&mut profile.endpoint, endpoint),
        (&mut profile.region, region),
        (&mut profile.account_id, account_id),
        (&mut profile.jurisdiction, jurisdiction),
        (&mut profile.public_url, public_url),
        (&mut profile.naming, naming),
        (&mut profile.transform, transform),
    ];
    for (field, given) in optional {
        if let Some(value) = given {
            *field = Some(value).filter(|value| !value.is_empty());
        }
    }
    if let Some(value) = bucket {
        profile.bucket = value;
    }
    if let Some(value) = prefix {
        profile.prefix = value;
    }
    if let Some(value) = path_style {
        profile.path_style = value;
    }
    if let Some(value) = cname {
        profile.cname = value;
    }
    choose(&mut profile.endpoint_kind, endpoint_kind, &EndpointKind::ALL);
    choose(&mut profile.signature, signature, &Signature::ALL);
    choose(&mut profile.images, images, &Images::ALL);
    choose(&mut profile.transform_place, transform_at, &TransformPlace::ALL);
    Ok(())
}

/// Puts the value of a word into a field; the words were checked when the line was read.
fn choose<T: Copy>(field: &mut Option<T>, given: Option<String>, all: &[(&'static str, T)]) {
    if let Some(given) = given {
        *field = all.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
    }
}
