//! `hoist bucket`.

mod access;
mod account;
mod confirm;
mod cors;
mod document;
mod lifecycle;
mod site;

use std::sync::Arc;

use hoist_core::app::App;
use hoist_core::buckets::{BucketAccount, BucketSetup};
use hoist_core::problem::{Code, Problem, Result};

use crate::args::bucket::{BucketVerb, SectionArgs, Target};
use crate::exit::Outcome;
use crate::open;
use crate::progress::Failures;
use crate::say::Say;

pub(crate) use confirm::confirm;

/// What a verb ends with; an `Err` has not been told yet.
type Done = Result<Outcome>;

pub(crate) async fn run(verb: BucketVerb, say: Say) -> Outcome {
    let failures = Arc::new(Failures::default());
    // The store of the profile `local` runs for as long as this is held.
    let opened = match open::open(failures.clone()).await {
        Ok(opened) => opened,
        Err(problem) => return fail(&problem, say),
    };
    let app = &opened.app;
    let done = match verb {
        BucketVerb::List(args) => account::list(app, &args, say).await,
        BucketVerb::Create(args) => account::create(app, args, say).await,
        BucketVerb::Delete(args) => account::delete(app, &args, say).await,
        BucketVerb::Info(args) => account::info(app, &args, say).await,
        BucketVerb::Acl(args) => access::acl(app, &args, say).await,
        BucketVerb::Cors(args) => cors::run(app, args, say).await,
        BucketVerb::Lifecycle(args) => lifecycle::run(app, args, say).await,
        BucketVerb::Referer(args) => site::referer(app, args, say).await,
        BucketVerb::Logging(args) => site::logging(app, args, say).await,
        BucketVerb::Website(args) => site::website(app, args, say).await,
        BucketVerb::Encryption(args) => access::encryption(app, args, say).await,
        BucketVerb::Versioning(args) => access::versioning(app, &args, say).await,
        BucketVerb::PublicAccess(args) => access::public_access(app, &args, say).await,
    };
    let outcome = done.unwrap_or_else(|problem| fail(&problem, say));
    for failure in failures.take() {
        say.warning_of(&failure);
    }
    outcome
}

fn fail(problem: &Problem, say: Say) -> Outcome {
    say.problem(problem);
    match problem.code {
        // The name is wrong as it was typed.
        Code::BucketNameInvalid => Outcome::Usage,
        _ => Outcome::of(problem),
    }
}

/// The account of a profile; of the default one without a name.
async fn account(app: &App, profile: Option<&str>) -> Result<BucketAccount> {
    match profile {
        Some(profile) => app.bucket_account(profile).await,
        None => app.bucket_account(&app.settings().default_profile).await,
    }
}

/// The bucket of a target, ready to be set up.
async fn setup(app: &App, args: &SectionArgs) -> Result<BucketSetup> {
    let Target { profile, bucket } = &args.target;
    app.bucket_account(profile).await?.setup(bucket.as_deref())
}
