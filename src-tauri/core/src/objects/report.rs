//! How a copy ends, as a whole and object by object.

use std::collections::BTreeMap;

use hoist_store::Lost;

use crate::problem::{Code, Problem};

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
    /// What copies do not have of their sources: how many, and the first of them.
    pub lost: BTreeMap<Lost, (u64, String)>,
}

impl CopyReport {
    /// Notes what a copy does not have.
    pub(super) fn lose(&mut self, lost: &[Lost], key: &str) {
        for what in lost {
            self.lost.entry(*what).or_insert_with(|| (0, key.to_owned())).0 += 1;
        }
    }

    /// Adds another part of the same work.
    pub fn add(&mut self, other: CopyReport) {
        self.copied += other.copied;
        self.bytes += other.bytes;
        self.skipped += other.skipped;
        self.failed.extend(other.failed);
        for (what, (count, first)) in other.lost {
            self.lost.entry(what).or_insert((0, first)).0 += count;
        }
    }

    /// What is not as it was, although nothing failed.
    pub fn remarks(&self) -> impl Iterator<Item = Problem> {
        self.lost.iter().map(|(what, (count, first))| remark(*what, first, *count))
    }
}

/// Says that copies do not have this, of which this is the first.
pub(super) fn remark(what: Lost, first: &str, count: u64) -> Problem {
    let code = match what {
        Lost::Acl => Code::AclNotKept,
        Lost::StorageClass => Code::StorageClassNotKept,
        Lost::Tags => Code::TagsNotKept,
    };
    let problem = Problem::new(code, first);
    if count > 1 { problem.with_detail(count - 1) } else { problem }
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
    /// With these losses.
    Done(&'a [Lost]),
    /// The target was there.
    Skipped,
    Failed(&'a Problem),
}

/// Told of every object as it ends.
pub(crate) type Told<'a> = &'a (dyn Fn(&Copied<'_>) + Send + Sync);
