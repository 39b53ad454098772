//! `hoist bucket` as typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use hoist_store::CannedAcl;

const EXAMPLES: &str = "\
Examples:
  hoist bucket list blog:
  hoist bucket create blog:new-images --acl private
  hoist bucket cors blog: --add --origin https://example.com --method GET --header '*' --max-age 600
  hoist bucket lifecycle blog: --add --prefix tmp/ --expire-days 7 --abort-uploads-days 3
  hoist bucket cors blog: --xml > cors.xml && hoist bucket cors blog: --xml cors.xml

PROFILE: is the profile's own bucket, PROFILE:BUCKET any other of the same account. Without
further flags a verb shows how it is now. What others would notice (deleting, clearing, making
public) is asked for on a terminal, and needs --yes elsewhere.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BucketArgs {
    #[command(subcommand)]
    pub(crate) verb: BucketVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BucketVerb {
    /// The buckets of the account, one per line.
    List(ListArgs),
    /// Make a bucket.
    Create(CreateArgs),
    /// Remove an empty bucket.
    Delete(DeleteArgs),
    /// Region, date, class and access of a bucket.
    Info(InfoArgs),
    /// Who may read and write.
    Acl(AclArgs),
    /// Which web pages may send requests.
    Cors(CorsArgs),
    /// What expires or moves to a cheaper class, and when.
    Lifecycle(LifecycleArgs),
    /// Which pages may embed what is in it (hotlink protection).
    Referer(RefererArgs),
    /// Where access logs go.
    Logging(LoggingArgs),
    /// Index and error page of a static site.
    Website(WebsiteArgs),
    /// How new objects are encrypted.
    Encryption(EncryptionArgs),
    /// Whether old versions are kept.
    Versioning(VersioningArgs),
    /// Whether public access is blocked, whatever ACLs and policies say.
    PublicAccess(PublicAccessArgs),
}

/// `PROFILE:` or `PROFILE:BUCKET`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) profile: String,
    pub(crate) bucket: Option<String>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("", _)) => Err("the name of a profile is missing before the colon".to_owned()),
            Some((_, bucket)) if bucket.contains('/') => {
                Err("a bucket is meant, not a key in it".to_owned())
            }
            Some((profile, bucket)) => Ok(Self {
                profile: profile.to_owned(),
                bucket: Some(bucket.to_owned()).filter(|bucket| !bucket.is_empty()),
            }),
            None => Err(format!("write {text}: for the bucket of the profile {text}")),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Account to list; that of the default profile when left out.
    #[arg(value_name = "PROFILE:")]
    pub(crate) target: Option<Target>,
    /// Print one JSON object per bucket.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Account and name: 3 to 63 of a-z, 0-9 and `-`.
    #[arg(value_name = "PROFILE:BUCKET")]
    pub(crate) target: Target,
    /// Region, instead of the profile's.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Who may read and write.
    #[arg(long, value_name = "ACL", value_enum)]
    pub(crate) acl: Option<AclArg>,
    /// Storage class, as the provider names it.
    #[arg(long, value_name = "CLASS")]
    pub(crate) storage_class: Option<String>,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// The bucket by its name.
    #[arg(value_name = "PROFILE:BUCKET")]
    pub(crate) target: Target,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    #[arg(value_name = "PROFILE:[BUCKET]")]
    pub(crate) target: Target,
    /// Print a JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What every section has.
#[derive(Debug, Args)]
pub(crate) struct SectionArgs {
    #[arg(value_name = "PROFILE:[BUCKET]")]
    pub(crate) target: Target,
    /// Print JSON, one object per line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the provider's own document, or put one out of a file (`-` reads standard input).
    #[arg(long, value_name = "FILE|-", num_args = 0..=1, conflicts_with = "json")]
    pub(crate) xml: Option<Option<PathBuf>>,
    /// Do not ask.
    #[arg(short, long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AclArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// Replace what was granted.
    #[arg(long, value_name = "ACL", value_enum, conflicts_with_all = ["json", "xml"])]
    pub(crate) set: Option<AclArg>,
}

/// A canned ACL as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AclArg {
    Private,
    PublicRead,
    PublicReadWrite,
    AuthenticatedRead,
}

impl From<AclArg> for CannedAcl {
    fn from(value: AclArg) -> Self {
        match value {
            AclArg::Private => Self::Private,
            AclArg::PublicRead => Self::PublicRead,
            AclArg::PublicReadWrite => Self::PublicReadWrite,
            AclArg::AuthenticatedRead => Self::AuthenticatedRead,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CorsArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// Add a rule after those there are.
    #[arg(long, requires = "origin", requires = "method", conflicts_with_all = ["json", "xml"])]
    pub(crate) add: bool,
    /// Origin that may send requests, such as `https://example.com`; may be repeated.
    #[arg(long, value_name = "ORIGIN", requires = "add")]
    pub(crate) origin: Vec<String>,
    /// GET, PUT, POST, DELETE or HEAD; may be repeated.
    #[arg(long, value_name = "METHOD", requires = "add", ignore_case = true,
          value_parser = ["GET", "PUT", "POST", "DELETE", "HEAD"])]
    pub(crate) method: Vec<String>,
    /// Request header that is let through, or `*`; may be repeated.
    #[arg(long, value_name = "HEADER", requires = "add")]
    pub(crate) header: Vec<String>,
    /// Response header that the page may read; may be repeated.
    #[arg(long, value_name = "HEADER", requires = "add")]
    pub(crate) expose: Vec<String>,
    /// Seconds a browser may keep the answer to its preflight request.
    #[arg(long, value_name = "SECONDS", requires = "add")]
    pub(crate) max_age: Option<u32>,
    /// Remove the rule with this number.
    #[arg(long, value_name = "N", conflicts_with_all = ["add", "json", "xml"],
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) remove: Option<u32>,
    /// Remove all rules.
    #[arg(long, conflicts_with_all = ["add", "remove", "json", "xml"])]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("action").multiple(true).args(
    ["expire_days", "abort_uploads_days", "expire_versions_days", "transition"]
))]
pub(crate) struct LifecycleArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// Add a rule after those there are.
    #[arg(long, requires = "action", conflicts_with_all = ["json", "xml"])]
    pub(crate) add: bool,
    /// Name of the rule; the provider makes one up.
    #[arg(long, value_name = "ID", requires = "add")]
    pub(crate) id: Option<String>,
    /// Only keys that start with this; the whole bucket when left out.
    #[arg(long, value_name = "PREFIX", requires = "add", default_value = "")]
    pub(crate) prefix: String,
    /// Only objects with this tag; may be repeated.
    #[arg(long, value_name = "KEY=VALUE", requires = "add", value_parser = pair)]
    pub(crate) tag: Vec<(String, String)>,
    /// Delete objects this many days after they were last modified.
    #[arg(long, value_name = "DAYS", requires = "add",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) expire_days: Option<u32>,
    /// Abort multipart uploads this many days after they began.
    #[arg(long, value_name = "DAYS", requires = "add",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) abort_uploads_days: Option<u32>,
    /// Delete old versions this many days after they were replaced.
    #[arg(long, value_name = "DAYS", requires = "add",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) expire_versions_days: Option<u32>,
    /// Move objects to a storage class after some days; may be repeated.
    #[arg(long, value_name = "DAYS:CLASS", requires = "add",
          value_parser = transition)]
    pub(crate) transition: Vec<(u32, String)>,
    /// Add the rule without putting it in force.
    #[arg(long, requires = "add")]
    pub(crate) disabled: bool,
    /// Remove the rule with this number or name.
    #[arg(long, value_name = "N|ID", conflicts_with_all = ["add", "json", "xml"])]
    pub(crate) remove: Option<String>,
    /// Remove all rules.
    #[arg(long, conflicts_with_all = ["add", "remove", "json", "xml"])]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RefererArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// Pages that are let in, such as `https://*.example.com`, in place of those there were; may be
    /// repeated.
    #[arg(long, value_name = "URL", conflicts_with_all = ["json", "xml"])]
    pub(crate) allow: Vec<String>,
    /// Pages that are kept out, in place of those there were; may be repeated.
    #[arg(long, value_name = "URL", conflicts_with_all = ["json", "xml"])]
    pub(crate) deny: Vec<String>,
    /// Whether requests without a `Referer` are let in.
    #[arg(long, value_name = "BOOL", conflicts_with_all = ["json", "xml"])]
    pub(crate) allow_empty: Option<bool>,
    /// Let every page in again.
    #[arg(long, conflicts_with_all = ["allow", "deny", "allow_empty", "json", "xml"])]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LoggingArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// Bucket that takes the logs, in the same region.
    #[arg(long, value_name = "BUCKET", conflicts_with_all = ["json", "xml"])]
    pub(crate) to: Option<String>,
    /// What the keys of the logs start with.
    #[arg(long, value_name = "PREFIX", requires = "to")]
    pub(crate) prefix: Option<String>,
    /// Write no more logs.
    #[arg(long, conflicts_with_all = ["to", "json", "xml"])]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
pub(crate) struct WebsiteArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// Page served for a folder, such as `index.html`.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["json", "xml"])]
    pub(crate) index: Option<String>,
    /// Key of the page served when there is no such object, such as `404.html`.
    #[arg(long, value_name = "KEY", conflicts_with_all = ["json", "xml"])]
    pub(crate) error: Option<String>,
    /// Where every request is sent instead (S3).
    #[arg(long, value_name = "URL", conflicts_with_all = ["index", "error", "json", "xml"])]
    pub(crate) redirect_all: Option<String>,
    /// End the static site.
    #[arg(long, conflicts_with_all = ["index", "error", "redirect_all", "json", "xml"])]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EncryptionArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// AES256, or KMS (OSS), aws:kms (S3), SM4 (OSS).
    #[arg(long, value_name = "ALGORITHM", conflicts_with_all = ["json", "xml"])]
    pub(crate) set: Option<String>,
    /// Key of the key service, instead of its default one.
    #[arg(long, value_name = "ID", requires = "set")]
    pub(crate) kms_key: Option<String>,
    /// Leave it to the provider.
    #[arg(long, conflicts_with_all = ["set", "json", "xml"])]
    pub(crate) clear: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VersioningArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// What was versioned once is only ever suspended.
    #[arg(long, value_name = "STATE", value_enum, conflicts_with_all = ["json", "xml"])]
    pub(crate) set: Option<VersioningArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum VersioningArg {
    Enabled,
    Suspended,
}

#[derive(Debug, Args)]
pub(crate) struct PublicAccessArgs {
    #[command(flatten)]
    pub(crate) section: SectionArgs,
    /// `blocked`: ACLs and policies cannot make anything public. `open`: they can.
    #[arg(long, value_name = "STATE", value_enum, conflicts_with_all = ["json", "xml"])]
    pub(crate) set: Option<PublicAccessArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PublicAccessArg {
    Blocked,
    Open,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn transition(text: &str) -> Result<(u32, String), String> {
    let wrong = || "write DAYS:CLASS, such as 30:IA".to_owned();
    let (days, class) = text.split_once(':').ok_or_else(wrong)?;
    if class.is_empty() {
        return Err(wrong());
    }
    Ok((days.parse().map_err(|_| wrong())?, class.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_profile_and_perhaps_a_bucket() {
        let target = |profile: &str, bucket: Option<&str>| Target {
            profile: profile.into(),
            bucket: bucket.map(str::to_owned),
        };
        assert_eq!("blog:".parse(), Ok(target("blog", None)));
        assert_eq!("blog:other".parse(), Ok(target("blog", Some("other"))));
        for bad in ["", "blog", ":b", "blog:b/key"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }

    #[test]
    fn transitions_and_tags() {
        assert_eq!(transition("30:IA"), Ok((30, "IA".into())));
        for bad in ["30", "IA:30", "30:", ":IA", "-1:IA"] {
            assert!(transition(bad).is_err(), "{bad}");
        }
        assert_eq!(pair("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert!(pair("a").is_err());
    }
}
