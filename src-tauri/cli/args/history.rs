//! `hoist history` as typed.

use clap::{Args, Subcommand};

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
