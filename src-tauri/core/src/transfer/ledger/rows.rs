//! What the tables of files and parts hold.

use rusqlite::Row;

use super::unsigned;
use crate::problem::Problem;
use crate::transfer::failure::Failure;
use crate::transfer::parts::is_part_size;

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum FileState {
    Waiting,
    /// All its bytes are over there; it has not been looked at yet.
    Sent,
    Done,
    /// Left alone, for a reason that is no failure.
    Skipped,
    Failed,
}

/// How a file ended.
#[derive(Debug)]
pub(in crate::transfer) struct Ending {
    /// Its row.
    pub(in crate::transfer) file: i64,
    pub(in crate::transfer) state: FileState,
    pub(in crate::transfer) etag: Option<String>,
    pub(in crate::transfer) problem: Option<Problem>,
}

impl Ending {
    pub(in crate::transfer) fn failed(file: i64, problem: Problem) -> Self {
        Self { file, state: FileState::Failed, etag: None, problem: Some(problem) }
    }
}

impl FileState {
    pub(in crate::transfer) fn name(self) -> &'static str {
        match self {
            FileState::Waiting => "waiting",
            FileState::Sent => "sent",
            FileState::Done => "done",
            FileState::Skipped => "skipped",
            FileState::Failed => "failed",
        }
    }

    pub(super) fn named(name: &str) -> Self {
        match name {
            "sent" => FileState::Sent,
            "done" => FileState::Done,
            "skipped" => FileState::Skipped,
            "failed" => FileState::Failed,
            _ => FileState::Waiting,
        }
    }
}

/// A file or object as a walk or a listing finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transfer) struct Found {
    /// Here.
    pub(in crate::transfer) path: String,
    /// There.
    pub(in crate::transfer) key: String,
    /// An empty folder.
    pub(in crate::transfer) folder: bool,
    pub(in crate::transfer) size: u64,
    /// What the source looks like now.
    pub(in crate::transfer) stamp: String,
    /// It was found, and cannot or should not be transferred.
    pub(in crate::transfer) refused: Option<(FileState, Failure)>,
}

/// A row of `files`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transfer) struct FileRow {
    pub(in crate::transfer) id: i64,
    pub(in crate::transfer) path: String,
    pub(in crate::transfer) key: String,
    pub(in crate::transfer) folder: bool,
    pub(in crate::transfer) size: u64,
    pub(in crate::transfer) stamp: String,
    pub(in crate::transfer) part_size: Option<u64>,
    pub(in crate::transfer) upload_id: Option<String>,
    pub(in crate::transfer) begun_at: Option<i64>,
    pub(in crate::transfer) fingerprint: Option<String>,
    pub(in crate::transfer) etag: Option<String>,
    /// Where a download writes, once that is decided.
    pub(in crate::transfer) target: Option<String>,
}

impl FileRow {
    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            path: row.get("path")?,
            key: row.get("key")?,
            folder: row.get("folder")?,
            size: unsigned(row, "size")?,
            stamp: row.get("stamp")?,
            part_size: row
                .get::<_, Option<i64>>("part_size")?
                .and_then(|size| u64::try_from(size).ok())
                .filter(|size| is_part_size(*size)),
            upload_id: row.get("upload_id")?,
            begun_at: row.get("begun_at")?,
            fingerprint: row.get("fingerprint")?,
            etag: row.get("etag")?,
            target: row.get("target")?,
        })
    }
}

/// How one file ended, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transfer) struct Outcome {
    pub(in crate::transfer) id: i64,
    pub(in crate::transfer) path: String,
    pub(in crate::transfer) key: String,
    pub(in crate::transfer) size: u64,
    pub(in crate::transfer) state: FileState,
    pub(in crate::transfer) target: Option<String>,
    pub(in crate::transfer) problem: Option<Failure>,
}

/// A part the other side has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transfer) struct Part {
    pub(in crate::transfer) number: u32,
    pub(in crate::transfer) size: u64,
    pub(in crate::transfer) etag: String,
}

/// Sums over the files of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::transfer) struct Counts {
    pub(in crate::transfer) total: u64,
    pub(in crate::transfer) done: u64,
    pub(in crate::transfer) skipped: u64,
    pub(in crate::transfer) failed: u64,
    pub(in crate::transfer) bytes_total: u64,
    /// Of files that are done, skipped or sent. Parts of others are not in it.
    pub(in crate::transfer) bytes_done: u64,
}
