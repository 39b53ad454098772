//! Making one side like another: a folder of this computer and a prefix of a bucket, either way, or
//! two prefixes. First a plan, which can be shown; then the work, by the transfer engine.
//!
//! Two files of one size are the same when the target was written no earlier than the source was
//! changed. Where that does not hold, the time that a sync keeps with each object it uploads
//! (metadata `mtime`) decides. With checksums the bytes decide, as far as the store keeps a checksum.

mod compare;
mod local;
mod plan;
mod remote;
mod run;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub(crate) use plan::plan;
pub use plan::{Action, Step, SyncPlan, Why};
pub(crate) use run::{copies, delete, job};

/// One side of a sync.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncSide {
    /// A folder of this computer, as an absolute path.
    Local(PathBuf),
    /// All that begins with a prefix (empty, or ending in `/`) in a place.
    Remote { place: String, prefix: String },
}

/// What is to be made like what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRequest {
    /// Left as it is.
    pub from: SyncSide,
    /// Made like `from`.
    pub to: SyncSide,
    /// The bytes decide what is the same, instead of times.
    pub checksum: bool,
    /// What `from` does not have is deleted from `to`.
    pub delete: bool,
}
