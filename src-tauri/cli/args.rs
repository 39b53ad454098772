//! The command line as typed. What it means is decided once, by the modules of the verbs.

pub(crate) mod backup;
pub(crate) mod bucket;
mod files;
pub(crate) mod history;
pub(crate) mod model;
pub(crate) mod profile;

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand, ValueEnum};
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
    #[command(override_usage = "hoist put [OPTIONS] SRC... PROFILE:PREFIX")]
    Put(PutArgs),
    /// Objects and folders of a bucket to this computer; goes on where it was when it was interrupted.
    #[command(override_usage = "hoist get [OPTIONS] PROFILE:KEY... [DIR|FILE]")]
    Get(GetArgs),
    /// What is in a bucket: size, time, key.
    Ls(LsArgs),
    /// What is known of one object.
    Stat(StatArgs),
    /// Copy objects and folders: inside a bucket, between buckets, or from and to this computer.
    #[command(override_usage = "hoist cp [OPTIONS] SRC... DST")]
    Cp(CpArgs),
    /// Move or rename objects and folders of buckets.
    #[command(override_usage = "hoist mv [OPTIONS] PROFILE:KEY... PROFILE:KEY")]
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
    Profile(profile::ProfileArgs),
    /// Buckets of an account: list, make, remove, set up.
    Bucket(bucket::BucketArgs),
    /// Print the links of uploads, keys or URLs, with another transform or for a time only.
    Link(LinkArgs),
    /// What was uploaded: list, search, links, remove, export.
    History(history::HistoryArgs),
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
