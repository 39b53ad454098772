//! What is typed for files: put, get, ls, stat, cp, mv, sync, du, rm, transfers.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use hoist_core::transfer::{Existing, Priority, SLOWEST};

use crate::remote::RemoteArg;

#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    /// Files and folders, then where they go. A key that ends in `/`, or none, is a folder there; one
    /// file may be given another name.
    #[arg(value_name = "SRC... PROFILE:PREFIX", required = true, num_args = 2..)]
    pub(crate) items: Vec<OsString>,
    /// Make the name of each folder part of the keys below it.
    #[arg(long)]
    pub(crate) include_parent_dir: bool,
    /// Leave alone what is there already with the same bytes, or the same size and not older.
    #[arg(long)]
    pub(crate) if_changed: bool,
    #[command(flatten)]
    pub(crate) common: TransferArgs,
}

#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// Objects and folders (ending in `/`) in buckets of one profile, then the folder or, for one
    /// object, the file they go to; the current folder when left out.
    #[arg(value_name = "PROFILE:KEY... [DIR|FILE]", required = true)]
    pub(crate) items: Vec<OsString>,
    /// What to do with files that are there.
    #[arg(long, value_enum, value_name = "HOW", default_value = "overwrite")]
    pub(crate) existing: ExistingArg,
    #[command(flatten)]
    pub(crate) common: TransferArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    /// When several transfers are resumed together, those of high priority go first.
    #[arg(long, value_enum, value_name = "LEVEL", default_value = "normal")]
    pub(crate) priority: PriorityArg,
    #[command(flatten)]
    pub(crate) show: ShowTransferArgs,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ShowTransferArgs {
    /// Bytes a second at most, such as 500k or 2M; 65,536 or more.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(crate) limit_rate: Option<u64>,
    /// Print one JSON object per file, and one with the sums at the end.
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress and no summary; failures are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExistingArg {
    /// Replace it, once all of the new one is there.
    Overwrite,
    /// Leave it and do not download.
    Skip,
    /// Take the next free name, such as `cat (2).png`.
    KeepBoth,
}

impl From<ExistingArg> for Existing {
    fn from(value: ExistingArg) -> Self {
        match value {
            ExistingArg::Overwrite => Self::Overwrite,
            ExistingArg::Skip => Self::Skip,
            ExistingArg::KeepBoth => Self::Both,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PriorityArg {
    Low,
    Normal,
    High,
}

impl From<PriorityArg> for Priority {
    fn from(value: PriorityArg) -> Self {
        match value {
            PriorityArg::Low => Self::Low,
            PriorityArg::Normal => Self::Normal,
            PriorityArg::High => Self::High,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CpArgs {
    /// Objects, folders or files, then where they go. A target that ends in `/` is a folder, as is any
    /// for several sources; the content of a source that ends in `/` goes below it.
    #[arg(value_name = "SRC... DST", required = true, num_args = 2..)]
    pub(crate) items: Vec<OsString>,
    /// Everything below sources that are folders.
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// What to do with objects or files that are there.
    #[arg(long, value_enum, value_name = "HOW", default_value = "overwrite")]
    pub(crate) existing: ExistingArg,
    /// Only say what would be copied, between buckets.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) common: TransferArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MvArgs {
    /// Objects and folders of buckets, then where they go or what they are called then.
    #[arg(value_name = "PROFILE:KEY... PROFILE:KEY", required = true, num_args = 2..)]
    pub(crate) items: Vec<OsString>,
    /// Everything below sources that end in `/`.
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// What to do with objects that are there.
    #[arg(long, value_enum, value_name = "HOW", default_value = "overwrite")]
    pub(crate) existing: ExistingArg,
    /// Only say what would be moved.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON object per object, and one with the sums at the end.
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress and no summary; failures are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// What is to be copied: a folder, or `PROFILE:PREFIX`.
    #[arg(value_name = "FROM")]
    pub(crate) from: OsString,
    /// What is made like it: `PROFILE:PREFIX`, or a folder.
    #[arg(value_name = "TO")]
    pub(crate) to: OsString,
    /// Compare bytes, by the checksums that the store keeps, instead of times.
    #[arg(short, long)]
    pub(crate) checksum: bool,
    /// Delete what FROM does not have from TO, once everything is copied. Asks before.
    #[arg(long)]
    pub(crate) delete: bool,
    /// Do not ask. Needed with --delete where nobody can be asked.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Only print what would be done: action, reason, bytes, name.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) common: TransferArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DuArgs {
    /// Profile and, if wanted, what keys begin with.
    #[arg(value_name = "PROFILE:[PREFIX]")]
    pub(crate) remote: RemoteArg,
    /// Folders too, down to this many levels.
    #[arg(short, long, value_name = "N", default_value_t = 0)]
    pub(crate) depth: usize,
    /// Whole numbers of bytes.
    #[arg(short, long)]
    pub(crate) bytes: bool,
    /// Print one JSON object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LsArgs {
    /// Profile and, if wanted, what keys begin with.
    #[arg(value_name = "PROFILE:[PREFIX]")]
    pub(crate) remote: RemoteArg,
    /// Everything below, not only this level.
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// Print one JSON object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatArgs {
    #[arg(value_name = "PROFILE:KEY")]
    pub(crate) remote: RemoteArg,
    /// Print it as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RmArgs {
    #[arg(value_name = "PROFILE:KEY", required = true)]
    pub(crate) remotes: Vec<RemoteArg>,
    /// Delete everything whose key begins with KEY, which must end in `/` or be empty.
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// Do not ask. Needed with --recursive where nobody can be asked.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Only print what would be deleted: bytes, key.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Print one JSON object per object that was not deleted, and one with the sums at the end.
    #[arg(long)]
    pub(crate) json: bool,
    /// No progress and no summary; failures are still told.
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TransfersArgs {
    #[command(subcommand)]
    pub(crate) verb: Option<TransfersVerb>,
    #[command(flatten)]
    pub(crate) list: ListTransfersArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TransfersVerb {
    /// Transfers that are not over: number, state, files, what goes where.
    List(ListTransfersArgs),
    /// Go on with these, or with all that were interrupted, paused or have failed.
    Resume(ResumeArgs),
    /// Let these wait, or all that run, in whatever window or terminal.
    Pause(IdsArgs),
    /// Give these up: what was begun in the bucket is deleted, complete files stay.
    Cancel(CancelArgs),
    /// Delete parts of uploads that nothing will complete from the bucket.
    Clean(CleanArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListTransfersArgs {
    /// Those that are over too.
    #[arg(short, long)]
    pub(crate) all: bool,
    /// Print one JSON object per transfer.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<i64>,
    #[command(flatten)]
    pub(crate) show: ShowTransferArgs,
}

#[derive(Debug, Args)]
pub(crate) struct IdsArgs {
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub(crate) ids: Vec<i64>,
    /// All that are not over.
    #[arg(long, conflicts_with = "ids")]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    /// Profile and, if wanted, what keys begin with; all profiles when left out.
    #[arg(value_name = "PROFILE:[PREFIX]")]
    pub(crate) remote: Option<RemoteArg>,
    /// Only those begun this long ago: 30m, 24h, 7d. Others may be under way on another computer.
    #[arg(long, value_name = "AGE", default_value = "24h", value_parser = age)]
    pub(crate) older_than: Duration,
    /// Only say what would be deleted.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON object per upload.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A number and `s`, `m`, `h` or `d`; 0 needs no letter.
fn age(text: &str) -> Result<Duration, String> {
    let wrong = || "write it like 30m, 24h or 7d".to_owned();
    let (number, unit) =
        text.split_at(text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "" if number == 0 => 1,
        _ => return Err(wrong()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// A number of bytes, or of `k`, `M` or `G` of them, as disks count: 1k is 1,000.
pub(super) fn rate(text: &str) -> Result<u64, String> {
    let wrong = || format!("write it like 500k or 2M, at least {SLOWEST}");
    let (number, unit) =
        text.split_at(text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    let factor = match unit {
        "" => 1,
        "k" | "K" => 1_000,
        "m" | "M" => 1_000_000,
        "g" | "G" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(factor).filter(|rate| *rate >= SLOWEST).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        for (text, bytes) in [("65536", 65_536), ("500k", 500_000), ("2M", 2_000_000)] {
            assert_eq!(rate(text), Ok(bytes), "{text}");
        }
        for text in ["", "k", "1k", "2T", "-2M", "99999999999999999999", "99999999999999999G"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ages_are_read() {
        for (text, seconds) in
            [("0", 0), ("30m", 1_800), ("24h", 86_400), ("7d", 604_800), ("9s", 9)]
        {
            assert_eq!(age(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in
            ["", "h", "1", "1w", "-1h", "1.5h", "99999999999999999999d", "9999999999999999999h"]
        {
            assert!(age(text).is_err(), "{text}");
        }
    }
}
