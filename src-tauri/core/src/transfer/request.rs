//! What was asked for, as it is kept until it is done.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::problem::{Code, Problem, Result};

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
    /// Beside the sources: files of exactly these keys, in ascending order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileTo>,
    /// The model version this is a step of, `NAME@VERSION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
}

/// A file, and the key it gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileTo {
    /// Absolute.
    pub path: String,
    /// In the bucket.
    pub key: String,
    /// In hex, where it was known before: the object gets it as metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Upload {
    /// The SHA-256 of the file of this key, where it was known when the job was made.
    pub(super) fn known(&self, key: &str) -> Option<&str> {
        let file = match self.files.binary_search_by(|file| file.key.as_str().cmp(key)) {
            Ok(at) => self.files.get(at),
            Err(_) => None,
        };
        file?.sha256.as_deref()
    }
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
    /// Beside the keys: objects that were looked up already, by key in ascending order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ObjectTo>,
    /// The model version this is a step of, `NAME@VERSION`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
}

/// An object as it was looked up, the name it gets below the folder, and what its bytes must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectTo {
    /// In the bucket.
    pub key: String,
    /// Relative to the folder, with `/` between names.
    pub name: String,
    /// In bytes.
    pub size: u64,
    /// Without quotes.
    pub etag: Option<String>,
    /// In hex. A file of other bytes never gets its name.
    pub sha256: Option<String>,
}

impl Download {
    /// The SHA-256 the object of this key must have, where it is known.
    pub(super) fn expected(&self, key: &str) -> Option<&str> {
        let at = self.files.binary_search_by(|file| file.key.as_str().cmp(key)).ok()?;
        self.files[at].sha256.as_deref()
    }
}

/// What a download does to a file of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
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
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename = "TransferPriority", rename_all = "lowercase")]
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
    /// The model version this is a step of, `NAME@VERSION`: whoever pushes or pulls it shows it.
    pub fn part_of(&self) -> Option<&str> {
        match self {
            Request::Upload(request) => request.part_of.as_deref(),
            Request::Download(request) => request.part_of.as_deref(),
        }
    }

    /// As the database keeps it.
    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|error| Problem::new(Code::Internal, "transfers").with_detail(error))
    }

    /// Whether it is a step of a push, pull, sync or backup: only that knows what comes after it.
    pub fn is_step(&self) -> bool {
        let listed = match self {
            Request::Upload(request) => request.listed,
            Request::Download(request) => request.listed,
        };
        listed || self.part_of().is_some()
    }
}

/// The same request to the same bucket has the same name, so that asking again goes on with what was
/// interrupted; and a request that was damaged has another.
pub(super) fn signature(profile: &str, request: &str) -> String {
    hex::encode(&Sha256::digest(format!("{profile}\u{0}{request}"))[..16])
}
