//! How a copy ends, as a whole and object by object.

use crate::problem::Problem;

/// What a copy or move came to.
#[derive(Debug, Default)]
pub struct CopyReport {
    /// Objects that are at their target now.
    pub copied: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects left alone because their target was there.
    pub skipped: u64,
    /// Keys that were not copied, or not deleted after that, and why. A failure that all others would
    /// meet too ends the work; it stands here once, with what the store was asked about.
    pub failed: Vec<(String, Problem)>,
}

/// One object of a copy as it ended.
#[derive(Debug)]
pub struct Copied<'a> {
    pub from: &'a str,
    /// Where it is, or was to go.
    pub to: &'a str,
    pub size: u64,
    pub result: CopyResult<'a>,
}

/// How it ended.
#[derive(Debug)]
pub enum CopyResult<'a> {
    Done,
    /// The target was there.
    Skipped,
    Failed(&'a Problem),
}

/// Told of every object as it ends.
pub(crate) type Told<'a> = &'a (dyn Fn(&Copied<'_>) + Send + Sync);
