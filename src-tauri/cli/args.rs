//! The command line as typed. What it means is decided once, by the modules of the verbs.

pub(crate) mod backup;
pub(crate) mod bucket;
mod files;
pub(crate) mod model;

use std::ffi::OsString;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use hoist_core::profile::{EndpointKind, Images, Provider, Signature};
use hoist_core::settings::TransformPlace;

pub(crate) use files::{
    CancelArgs, CleanArgs, CpArgs, DuArgs, ExistingArg, GetArgs, IdsArgs, ListTransfersArgs,
    LsArgs, MvArgs, PutArgs, ResumeArgs, RmArgs, ShowTransferArgs, StatArgs, SyncArgs,
    TransferArgs, TransfersArgs, TransfersVerb,
};

const EXAMPLES: &str = "\
Examples:
  hoist upload photo.png            upload, print the URL
  hoist upload -f markdown *.png    one Markdown link per file, in order
  hoist upload --copy               upload the clipboard, put the link there
  hoist profile add blog --provider r2 --bucket images --account-id ID --public-url https://img.example.com
  hoist profile add pics --provider oss --bucket images --region cn-hangzhou --public-url https://img.example.com --cname

Exit status: 0 all done, 1 some failed, 2 usage, 3 configuration or credentials.
HOIST_HOME keeps settings and data in a folder of your choice; HOIST_LOG=debug shows what happens.";

/// Drop an image, get a link: uploads to your own object storage under your own domain.
#[derive(Debug, Parser)]
#[command(name = "hoist", version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Upload images and print one line for each, in the order given.
    Upload(UploadArgs),
    /// Files and folders of any size to a bucket; goes on where it was when it was interrupted.
    Put(PutArgs),
    /// Objects and folders of a bucket to this computer; goes on where it was when it was interrupted.
    Get(GetArgs),
    /// What is in a bucket: size, time, key.
    Ls(LsArgs),
    /// What is known of one object.
    Stat(StatArgs),
    /// Copy objects and folders: inside a bucket, between buckets, or from and to this computer.
    Cp(CpArgs),
    /// Move or rename objects and folders of buckets.
    Mv(MvArgs),
    /// Make a folder like a prefix of a bucket, or the other way round.
    Sync(SyncArgs),
    /// How much there is in a bucket or below a prefix.
    Du(DuArgs),
    /// Delete objects of a bucket.
    Rm(RmArgs),
    /// Transfers under way: list, resume, pause, cancel, clean.
    Transfers(TransfersArgs),
    /// Models with versions: push, pull, list, show, verify, compare, rm, alias.
    Model(model::ModelArgs),
    /// Rules that send files of a folder as they change: list, add, run, watch.
    Backup(backup::BackupArgs),
    /// Where uploads go: list, add, change, check.
    Profile(ProfileArgs),
    /// Buckets of an account: list, make, remove, set up.
    Bucket(bucket::BucketArgs),
    /// Print the links of uploads, keys or URLs, with another transform or for a time only.
    Link(LinkArgs),
    /// What was uploaded: list, search, links, remove, export.
    History(HistoryArgs),
    /// Run the built-in store in the foreground, so that its links open.
    Store(StoreArgs),
    /// Print a completion script for a shell.
    Completions(CompletionsArgs),
    /// Open the window; files given are uploaded there.
    App(AppArgs),
}

#[derive(Debug, Args)]
pub(crate) struct UploadArgs {
    /// Files or http(s) URLs; `-` reads standard input; without any, the clipboard is uploaded.
    #[arg(value_name = "PATH|URL|-")]
    pub(crate) inputs: Vec<OsString>,
    /// Profile to upload to, instead of the default one.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// url, markdown, html, bbcode, or a link format of your settings.
    #[arg(short, long, value_name = "FORMAT", default_value = "url")]
    pub(crate) format: String,
    /// Put the links on the clipboard too.
    #[arg(long)]
    pub(crate) copy: bool,
    /// Print one JSON object per input.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Naming pattern for the key, such as `{year}/{name}-{sha256:8}.{ext}`.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) name: Option<String>,
    /// Changes to the image: `w=800,format=webp,q=80`, `preset:NAME` or `image/...`.
    #[arg(long, value_name = "SPEC")]
    pub(crate) transform: Option<String>,
    /// Where they are made: by the host, in the link, or here, before the upload. Left out, by the
    /// host where the profile has one that can.
    #[arg(long, value_enum, value_name = "PLACE")]
    pub(crate) transform_at: Option<TransformAt>,
    /// No progress and no notes; errors are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileArgs {
    #[command(subcommand)]
    pub(crate) verb: ProfileVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileVerb {
    /// One profile per line; the default one is marked with `*`.
    List(JsonArg),
    /// Add a profile.
    Add(AddArgs),
    /// Change some fields of a profile; an empty value clears a field.
    Set(SetArgs),
    /// Remove a profile and its secret. What it uploaded stays where it is.
    Remove(NameArg),
    /// Show the fields of a profile. The secret is never shown.
    Show(ShowArgs),
    /// Print the default profile, or make another one the default.
    Default(DefaultArgs),
    /// Check name, endpoint, clock, credentials, listing, writing, the public URL and pictures.
    Doctor(ShowArgs),
}

#[derive(Debug, Args)]
pub(crate) struct JsonArg {
    /// Print one JSON object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NameArg {
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct DefaultArgs {
    /// Profile that uploads go to from now on.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Profile; the default one when left out.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Print JSON, one object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// 1 to 64 of letters, digits, `.`, `_`, `-`.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[arg(long, value_enum)]
    pub(crate) provider: ProviderArg,
    #[command(flatten)]
    pub(crate) fields: FieldArgs,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    /// Make it the default profile.
    #[arg(long)]
    pub(crate) default: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// New name.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    #[command(flatten)]
    pub(crate) fields: FieldArgs,
    /// Ask for a new secret, without echo.
    #[arg(long)]
    pub(crate) secret: bool,
    #[command(flatten)]
    pub(crate) source: SecretArgs,
    /// Make it the default profile.
    #[arg(long)]
    pub(crate) default: bool,
}

/// Everything of a profile but its name, provider and secret.
#[derive(Debug, Default, Args)]
pub(crate) struct FieldArgs {
    #[arg(long, value_name = "BUCKET")]
    pub(crate) bucket: Option<String>,
    /// Endpoint, where it does not follow from provider and region.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint: Option<String>,
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Cloudflare account id (R2).
    #[arg(long, value_name = "ID")]
    pub(crate) account_id: Option<String>,
    /// R2 jurisdiction: eu or fedramp.
    #[arg(long, value_name = "NAME")]
    pub(crate) jurisdiction: Option<String>,
    /// Put before every key, such as `blog/`.
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// What links start with: your own domain.
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Requests go to --public-url too (OSS: accounts since March 2025 need it in mainland China).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) cname: Option<bool>,
    /// Which address requests go to: public, internal, dual-stack, accelerate, accelerate-overseas (OSS).
    #[arg(long, value_name = "KIND", value_parser = words(&EndpointKind::ALL))]
    pub(crate) endpoint_kind: Option<String>,
    /// How requests are signed: v4, or v1 for private clouds that know nothing else (OSS).
    #[arg(long, value_name = "VERSION", value_parser = words(&Signature::ALL))]
    pub(crate) signature: Option<String>,
    /// Who transforms pictures when a link asks for it: oss, cloudflare, none.
    #[arg(long, value_name = "WHO", value_parser = words(&Images::ALL))]
    pub(crate) images: Option<String>,
    /// Bucket in the path (`true`) or in the host name (`false`) of requests.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) path_style: Option<bool>,
    /// Naming pattern of this profile.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) naming: Option<String>,
    /// Transform of this profile.
    #[arg(long, value_name = "SPEC")]
    pub(crate) transform: Option<String>,
    /// Where its transforms are done: auto, host, here.
    #[arg(long, value_name = "PLACE", value_parser = words(&TransformPlace::ALL))]
    pub(crate) transform_at: Option<String>,
}

/// One of these words, or an empty text that clears the field.
fn words<T, const N: usize>(all: &'static [(&'static str, T); N]) -> PossibleValuesParser {
    let empty = PossibleValue::new("").hide(true);
    all.iter().map(|(word, _)| PossibleValue::new(*word)).chain([empty]).collect::<Vec<_>>().into()
}

/// Where the secret comes from. There is no flag that takes it: arguments are seen by every user.
#[derive(Debug, Default, Args)]
pub(crate) struct SecretArgs {
    /// Read it from standard input: access key id, secret access key, and a session token if any, a line each.
    #[arg(long, conflicts_with = "from_env")]
    pub(crate) secret_stdin: bool,
    /// Keep the names of environment variables and read them at each use; without names
    /// AWS_ACCESS_KEY_ID and so on, or ALIYUN_ACCESS_KEY_ID and so on for OSS.
    #[arg(
        long,
        value_name = "ID_VAR,SECRET_VAR[,TOKEN_VAR]",
        num_args = 0..=1,
        require_equals = true
    )]
    pub(crate) from_env: Option<Option<String>>,
    /// Keep it in a file only you can read, instead of the keyring.
    #[arg(long, conflicts_with = "from_env")]
    pub(crate) insecure_storage: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct HistoryArgs {
    #[command(subcommand)]
    pub(crate) verb: Option<HistoryVerb>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryVerb {
    /// Uploads whose name, key or URL holds the text.
    Search(SearchArgs),
    /// Links of uploads, newest first, or of the ids given.
    Links(LinksArgs),
    /// Forget uploads; with --remote, delete them from the bucket too.
    Remove(RemoveArgs),
    /// Everything, oldest first, as JSON lines.
    Export,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only this profile's.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// At most this many; 0 for all.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: u32,
    /// Print one JSON object per upload.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    #[arg(value_name = "TEXT", required = true)]
    pub(crate) text: Vec<String>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

#[derive(Debug, Args)]
pub(crate) struct LinksArgs {
    /// Ids, as `hoist history` shows them; without any, the newest.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<i64>,
    /// url, markdown, html, bbcode, or a link format of your settings.
    #[arg(short, long, value_name = "FORMAT", default_value = "url")]
    pub(crate) format: String,
    /// Put them on the clipboard too.
    #[arg(long)]
    pub(crate) copy: bool,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Ids, as `hoist history` shows them.
    #[arg(value_name = "ID", required = true)]
    pub(crate) ids: Vec<i64>,
    /// Delete the objects from the bucket too. This cannot be undone.
    #[arg(long)]
    pub(crate) remote: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// Port to listen on, instead of the one in the settings.
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1024..))]
    pub(crate) port: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct AppArgs {
    /// Files to upload in the window.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// A URL, an id of `hoist history`, `PROFILE:KEY`, or a whole key in the bucket of the profile.
    #[arg(value_name = "URL|KEY|ID", required = true)]
    pub(crate) inputs: Vec<String>,
    /// What the host makes of the image, in place of what the link asks for now; `''` takes it off.
    #[arg(long, value_name = "SPEC")]
    pub(crate) transform: Option<String>,
    /// Profile that keys belong to, instead of the default one.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// url, markdown, html, bbcode, or a link format of your settings.
    #[arg(short, long, value_name = "FORMAT", default_value = "url")]
    pub(crate) format: String,
    /// Put the links on the clipboard too.
    #[arg(long)]
    pub(crate) copy: bool,
    /// Sign the links, so that they open private objects too, for this long: `30m`, `1h`, `7d`.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) expires: Option<std::time::Duration>,
    /// Print one JSON object per input.
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
}

/// Seconds, or a number with `s`, `m`, `h` or `d`; 1 second to 7 days, as signatures last at most.
fn duration(text: &str) -> Result<std::time::Duration, String> {
    const MOST: u64 = 7 * 24 * 3600;
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3600),
        Some((at, 'd')) => (&text[..at], 24 * 3600),
        _ => (text, 1),
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    match seconds {
        Some(seconds @ 1..=MOST) => Ok(std::time::Duration::from_secs(seconds)),
        _ => Err("a time is 1s to 7d, such as 30m, 1h or 7d".to_owned()),
    }
}

/// A place as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TransformAt {
    Host,
    Here,
}

impl From<TransformAt> for TransformPlace {
    fn from(value: TransformAt) -> Self {
        match value {
            TransformAt::Host => Self::Host,
            TransformAt::Here => Self::Here,
        }
    }
}

/// A provider as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProviderArg {
    Local,
    R2,
    S3,
    Minio,
    Cos,
    Obs,
    Vultr,
    Runpod,
    B2,
    Spaces,
    Wasabi,
    Oss,
}

impl From<ProviderArg> for Provider {
    fn from(value: ProviderArg) -> Self {
        match value {
            ProviderArg::Local => Self::Local,
            ProviderArg::R2 => Self::R2,
            ProviderArg::S3 => Self::S3,
            ProviderArg::Minio => Self::Minio,
            ProviderArg::Cos => Self::Cos,
            ProviderArg::Obs => Self::Obs,
            ProviderArg::Vultr => Self::Vultr,
            ProviderArg::Runpod => Self::Runpod,
            ProviderArg::B2 => Self::B2,
            ProviderArg::Spaces => Self::Spaces,
            ProviderArg::Wasabi => Self::Wasabi,
            ProviderArg::Oss => Self::Oss,
        }
    }
}
