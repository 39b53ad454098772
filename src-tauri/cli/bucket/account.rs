//! `hoist bucket list`, `create`, `delete` and `info`.

use hoist_core::app::App;
use hoist_core::problem::{Code, FieldName, Problem, Reason};
use hoist_store::{BucketInfo, BucketSummary, CannedAcl, CreateBucket};
use serde::Serialize;

use super::Done;
use super::confirm::confirm;
use crate::args::bucket::{CreateArgs, DeleteArgs, InfoArgs, ListArgs, Target};
use crate::exit::Outcome;
use crate::out::{Out, columns, one_line};
use crate::say::Say;

/// A bucket as `--json` prints it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BucketJson<'a> {
    name: &'a str,
    /// Whether it is the profile's own.
    current: bool,
    region: Option<&'a str>,
    created_at: Option<String>,
    storage_class: Option<&'a str>,
    endpoint: Option<&'a str>,
}

impl<'a> BucketJson<'a> {
    fn new(bucket: &'a BucketSummary, own: &str) -> Self {
        Self {
            name: &bucket.name,
            current: bucket.name == own,
            region: bucket.region.as_deref(),
            created_at: bucket.created.map(|time| time.to_string()),
            storage_class: bucket.storage_class.as_deref(),
            endpoint: bucket.endpoint.as_deref(),
        }
    }
}

pub(super) async fn list(app: &App, args: &ListArgs, say: Say) -> Done {
    let account = super::account(app, args.target.as_ref().map(|it| &*it.profile)).await?;
    let own = account.profile().bucket.clone();
    let mut out = Out::new();
    for bucket in account.list().await? {
        if args.json {
            out.json(&BucketJson::new(&bucket, &own));
        } else {
            let created = bucket.created.map(|time| time.strftime("%Y-%m-%d").to_string());
            out.line(columns([
                if bucket.name == own { "*" } else { " " },
                &bucket.name,
                bucket.region.as_deref().unwrap_or_default(),
                &created.unwrap_or_default(),
                bucket.storage_class.as_deref().unwrap_or_default(),
            ]));
        }
    }
    Ok(out.finish(say))
}

/// The bucket of a target that must name one.
fn named(target: &Target) -> Result<&str, Problem> {
    target.bucket.as_deref().ok_or_else(|| {
        Problem::new(Code::BucketNameInvalid, format!("{}:", target.profile))
            .with_field(FieldName::Bucket)
            .with_reason(Reason::Missing)
    })
}

pub(super) async fn create(app: &App, args: CreateArgs, say: Say) -> Done {
    let name = named(&args.target)?;
    let acl = args.acl.map(CannedAcl::from);
    if let Some(acl) = acl.filter(|acl| acl.is_public())
        && let Err(outcome) = confirm(&becomes(name, acl, say), args.yes, say)
    {
        return Ok(outcome);
    }
    let account = super::account(app, Some(&args.target.profile)).await?;
    let options = CreateBucket { region: args.region, acl, storage_class: args.storage_class };
    account.create(name, &options).await?;
    say.done(format!("{} {name}", say.pick("Made bucket", "已创建存储桶")));
    suggest(&args.target.profile, name, say);
    Ok(Outcome::Done)
}

/// What one does next with a new bucket.
fn suggest(profile: &str, name: &str, say: Say) {
    say.hint(format!(
        "{} hoist profile set {profile} --bucket {name}",
        say.pick("upload to it with:", "改为上传到它：")
    ));
    say.hint(format!(
        "{} hoist bucket cors {profile}:{name} --add --origin https://example.com --method GET",
        say.pick("let a web page read it with:", "允许网页读取它："),
    ));
    say.hint(format!(
        "{} hoist bucket lifecycle {profile}:{name} --add --abort-uploads-days 7",
        say.pick("clean up broken uploads with:", "清理中断的上传："),
    ));
}

/// The question before a bucket is made public.
pub(super) fn becomes(name: &str, acl: CannedAcl, say: Say) -> String {
    let who = match acl {
        CannedAcl::PublicReadWrite => {
            say.pick("Let everybody read, overwrite and delete", "允许所有人读取、覆盖和删除")
        }
        CannedAcl::AuthenticatedRead => say.pick(
            "Let everybody with an account at the provider read",
            "允许该服务商的所有账户读取",
        ),
        CannedAcl::PublicRead | CannedAcl::Private => {
            say.pick("Let everybody read", "允许所有人读取")
        }
    };
    format!("{who} {} {name} ({acl})", say.pick("the bucket", "存储桶"))
}

pub(super) async fn delete(app: &App, args: &DeleteArgs, say: Say) -> Done {
    let name = named(&args.target)?;
    let account = super::account(app, Some(&args.target.profile)).await?;
    let question = format!("{} {name}", say.pick("Delete the bucket", "删除存储桶"));
    if let Err(outcome) = confirm(&question, args.yes, say) {
        return Ok(outcome);
    }
    account.delete(name).await?;
    say.done(format!("{} {name}", say.pick("Deleted bucket", "已删除存储桶")));
    if name == account.profile().bucket {
        say.warning(format!(
            "{} {}",
            say.pick("it was the bucket of the profile", "它是以下配置所用的存储桶："),
            args.target.profile
        ));
    }
    Ok(Outcome::Done)
}

/// A bucket with all that is known of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoJson<'a> {
    #[serde(flatten)]
    bucket: BucketJson<'a>,
    internal_endpoint: Option<&'a str>,
    acl: Option<&'static str>,
    owner: Option<&'a str>,
    redundancy: Option<&'a str>,
    versioning: Option<&'a str>,
    encryption: Option<&'a str>,
    public_access_blocked: Option<bool>,
}

pub(super) async fn info(app: &App, args: &InfoArgs, say: Say) -> Done {
    let account = super::account(app, Some(&args.target.profile)).await?;
    let info = account.info(args.target.bucket.as_deref()).await?;
    let BucketInfo { summary, .. } = &info;
    let json = InfoJson {
        bucket: BucketJson::new(summary, &account.profile().bucket),
        internal_endpoint: info.internal_endpoint.as_deref(),
        acl: info.acl.map(CannedAcl::id),
        owner: info.owner.as_deref(),
        redundancy: info.redundancy.as_deref(),
        versioning: info.versioning.as_deref(),
        encryption: info.encryption.as_deref(),
        public_access_blocked: info.public_access_blocked,
    };
    let mut out = Out::new();
    if args.json {
        out.json(&json);
        return Ok(out.finish(say));
    }
    let blocked = info.public_access_blocked.map(|yes| if yes { "blocked" } else { "open" });
    let fields = [
        ("name", Some(&*summary.name)),
        ("region", json.bucket.region),
        ("created", json.bucket.created_at.as_deref()),
        ("storage-class", json.bucket.storage_class),
        ("endpoint", json.bucket.endpoint),
        ("internal-endpoint", json.internal_endpoint),
        ("acl", json.acl),
        ("public-access", blocked),
        ("owner", json.owner),
        ("redundancy", json.redundancy),
        ("versioning", json.versioning),
        ("encryption", json.encryption),
    ];
    fields_out(&mut out, &fields);
    Ok(out.finish(say))
}

/// One `name: value` line for each value there is.
pub(super) fn fields_out(out: &mut Out, fields: &[(&str, Option<&str>)]) {
    for (field, value) in fields {
        if let Some(value) = value {
            out.line(format!("{field}: {}", one_line(value)));
        }
    }
}
