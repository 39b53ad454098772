//! What the tables of files and parts hold.

use rusqlite::Row;
use rusqlite::types::Type;

use super::{int, unsigned};
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

    /// `None` is of a damaged row.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "waiting" => FileState::Waiting,
            "sent" => FileState::Sent,
            "done" => FileState::Done,
            "skipped" => FileState::Skipped,
            "failed" => FileState::Failed,
            _ => return None,
        })
    }
}

/// Where a file goes and what it looks like, in a number: a row that says otherwise is damaged.
pub(super) fn seal(job: i64, found: &Found) -> i64 {
    let Found { path, key, folder, size, stamp, .. } = found;
    let mut crc = crc32fast::Hasher::new();
    for text in [path, key, stamp] {
        crc.update(text.as_bytes());
        crc.update(&[0]);
    }
    for number in [job, i64::from(*folder), int(*size)] {
        crc.update(&number.to_le_bytes());
    }
    crc.finalize().into()
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
    /// Fails on a row that is not what was once written, as far as that can be told.
    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let found = Found {
            path: row.get("path")?,
            key: row.get("key")?,
            folder: row.get("folder")?,
            size: unsigned(row, "size")?,
            stamp: row.get("stamp")?,
            refused: None,
        };
        if row.get::<_, Option<i64>>("seal")? != Some(seal(row.get("job")?, &found)) {
            return Err(rusqlite::Error::FromSqlConversionFailure(
                0,
                Type::Integer,
                "a file is not what was found".into(),
            ));
        }
        let Found { path, key, folder, size, stamp, .. } = found;
        Ok(Self {
            id: row.get("id")?,
            path,
            key,
            folder,
            size,
            stamp,
            part_size: row
                .get::<_, Option<i64>>("part_size")?
                .and_then(|size| u64::try_from(size).ok())
                .filter(|size| is_part_size(*size)),
            // One without a letter would name the object itself.
            upload_id: row.get::<_, Option<String>>("upload_id")?.filter(|id| !id.is_empty()),
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
