//! What was asked for, as it is kept until it is done.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A job as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Request {
    /// From this computer to a bucket.
    Upload(Upload),
    /// From a bucket to this computer.
    Download(Download),
}

/// Files and folders to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// Absolute paths of files and folders.
    pub sources: Vec<String>,
    /// Put before every key, the profile's own prefix included.
    pub prefix: String,
    /// The only file goes to exactly this key, instead of to its name under the prefix.
    pub exact_key: Option<String>,
    /// The name of a folder becomes part of the keys.
    pub include_parent: bool,
    /// Files whose bytes are there already are left alone.
    pub if_changed: bool,
    /// The files were named one by one when the job was added: nothing is walked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
    /// Each object keeps the time of its file as metadata `mtime`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_times: bool,
}

/// Objects to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Download {
    /// Objects, and prefixes (empty, or ending in `/`) whose objects are meant.
    pub keys: Vec<String>,
    /// Absolute path of the folder they go to.
    pub into: String,
    /// The only object goes to this name in the folder, instead of to its own.
    pub exact_name: Option<String>,
    /// What happens to files that are there.
    pub existing: Existing,
    /// The objects were named one by one when the job was added: nothing is listed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub listed: bool,
}

/// What a download does to a file of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Existing {
    /// Puts itself in its place, once all of it is there.
    #[default]
    Overwrite,
    /// Leaves it, and is not made.
    Skip,
    /// Takes the next free name: `cat (2).png`.
    Both,
}

/// Which job goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
}

impl Priority {
    pub(super) fn rank(self) -> i64 {
        match self {
            Priority::Low => -1,
            Priority::Normal => 0,
            Priority::High => 1,
        }
    }

    pub(super) fn ranked(rank: i64) -> Self {
        match rank {
            ..0 => Priority::Low,
            0 => Priority::Normal,
            _ => Priority::High,
        }
    }
}

impl Request {
    /// The same request to the same bucket has the same name, so that asking again goes on with
    /// what was interrupted.
    pub(super) fn signature(&self, profile: &str) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        hex::encode(&Sha256::digest(format!("{profile}\u{0}{text}"))[..16])
    }
}
