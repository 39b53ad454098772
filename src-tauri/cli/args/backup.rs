//! What is typed for backups.

use std::ffi::OsString;

use clap::{Args, Subcommand, ValueEnum};
use hoist_core::backup::When;

use super::{JsonArg, NameArg};

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    #[command(subcommand)]
    pub(crate) verb: BackupVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupVerb {
    /// One rule per line: name, when, folder, where it goes, how its last run ended.
    List(JsonArg),
    /// Add a rule.
    Add(AddBackupArgs),
    /// Change some fields of a rule; an empty value clears a field.
    Set(SetBackupArgs),
    /// Remove a rule. What it has sent stays in the bucket.
    Remove(NameArg),
    /// Send what is new or has changed since it was sent: of these rules, or of all that are enabled.
    Run(RunBackupArgs),
    /// Send files as they change, in the foreground: of these rules, or of all with `--when watch`.
    Watch(WatchBackupArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddBackupArgs {
    /// 1 to 64 characters.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Folder of this computer whose files are sent.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: OsString,
    #[command(flatten)]
    pub(crate) fields: BackupFieldArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SetBackupArgs {
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// New name.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    /// Folder of this computer whose files are sent.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<OsString>,
    #[command(flatten)]
    pub(crate) fields: BackupFieldArgs,
}

/// Everything of a rule but its name and folder.
#[derive(Debug, Default, Args)]
pub(crate) struct BackupFieldArgs {
    /// Which files, such as `*.npy` or `runs/**/*.ckpt`; may be given several times. Without any, all.
    #[arg(long = "pattern", value_name = "PATTERN")]
    pub(crate) patterns: Option<Vec<String>>,
    /// Which not, such as `*.part` or `tmp/`; may be given several times.
    #[arg(long = "exclude", value_name = "PATTERN")]
    pub(crate) excludes: Option<Vec<String>>,
    /// Profile they go to, or PROFILE/BUCKET; the default profile when left out.
    #[arg(short, long, value_name = "PLACE")]
    pub(crate) profile: Option<String>,
    /// Folder in the bucket, such as `training-data/{year}/{month}/`. The dates are those of each
    /// file's last change: year, month, day, hour, minute, second.
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// Keys keep the folders below DIR (the default), or are the file's name alone (`false`).
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) keep_folders: Option<bool>,
    /// Only when it is asked for, also when the window's program starts, or as files change.
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(crate) when: Option<WhenArg>,
    /// A rule that is not enabled runs only when it is named.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(crate) enabled: Option<bool>,
}

/// When a rule runs, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhenArg {
    Manual,
    Start,
    Watch,
}

impl From<WhenArg> for When {
    fn from(value: WhenArg) -> Self {
        match value {
            WhenArg::Manual => Self::Manual,
            WhenArg::Start => Self::Start,
            WhenArg::Watch => Self::Watch,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct RunBackupArgs {
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Look in the bucket too, and send again what was deleted there.
    #[arg(long)]
    pub(crate) check: bool,
    /// Only say what would be sent.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) show: super::ShowTransferArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WatchBackupArgs {
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    #[command(flatten)]
    pub(crate) show: super::ShowTransferArgs,
}
