//! `manifest.json`: what a version is made of. The schema is in docs/models.md.
//!
//! Other programs write manifests too: what we have no name for is kept, and what they leave out is
//! taken as nothing.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::problem::{Code, Problem, Result};

/// The name of the file, which no file of a model can have.
pub(super) const FILE: &str = "manifest.json";

/// No manifest is larger, in bytes: it would name about 300,000 files.
pub(super) const MOST: u64 = 64 << 20;

/// A version as its manifest tells it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Manifest {
    pub model_name: String,
    pub version: String,
    /// RFC 3339; see [`Manifest::created`].
    pub created_at: String,
    pub files: Vec<ManifestFile>,
    /// Bytes of all files.
    #[serde(default)]
    pub total_size: u64,
    #[serde(default)]
    pub description: Option<String>,
    /// Any JSON, usually an object of figures.
    #[serde(default)]
    pub metrics: Value,
    /// Any JSON.
    #[serde(default)]
    pub training_config: Value,
    /// The version it was made from: `VERSION` of this model, or `NAME@VERSION`.
    #[serde(default)]
    pub parent_version: Option<String>,
    /// How it got here; other programs do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<Pushed>,
    /// What other programs wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// One file of a version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Below the folder of the version, with `/` between names.
    pub path: String,
    /// In bytes.
    pub size: u64,
    /// In hex.
    pub sha256: String,
    /// The ETag the store gave it, without quotes: another one means other bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// CRC-64/XZ as OSS keeps it, in decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64: Option<String>,
    /// CRC-64/NVME as S3 keeps it, in decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc64_nvme: Option<String>,
    /// The version it was copied from inside the bucket, instead of being sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied_from: Option<String>,
    /// What other programs wrote.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What a push moved.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pushed {
    /// Bytes sent.
    pub sent: u64,
    /// Bytes copied inside the bucket.
    pub copied: u64,
    /// How long it took, the last attempt alone.
    pub seconds: u64,
}

impl Manifest {
    /// Reads what is in `bytes`; `key` is where it was.
    ///
    /// # Errors
    /// [`Code::ModelManifestBroken`].
    pub(super) fn read(key: &str, bytes: &[u8]) -> Result<Self> {
        let wrong = |why: String| Problem::new(Code::ModelManifestBroken, key).with_detail(why);
        let mut manifest: Self =
            serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        let mut paths = std::collections::HashSet::new();
        if let Some(twice) = manifest.files.iter().find(|file| !paths.insert(file.path.as_str())) {
            return Err(wrong(format!("{} is there twice", twice.path)));
        }
        if let Some(odd) = manifest.files.iter().find(|file| !is_sha256(&file.sha256)) {
            return Err(wrong(format!("{} has no SHA-256", odd.path)));
        }
        // The sum is what the files say, whatever was written.
        manifest.total_size = manifest.files.iter().fold(0, |sum, f| sum.saturating_add(f.size));
        Ok(manifest)
    }

    /// As it is stored.
    pub(super) fn bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| Problem::new(Code::Internal, FILE).with_detail(error))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// When it was made. Times without a zone are taken as UTC, as Python writes them.
    pub fn created(&self) -> Option<Timestamp> {
        let text = self.created_at.trim();
        text.parse::<Timestamp>().ok().or_else(|| {
            let naive: DateTime = text.parse().ok()?;
            naive.to_zoned(TimeZone::UTC).map(|zoned: Zoned| zoned.timestamp()).ok()
        })
    }

    /// The file of this path.
    pub fn file(&self, path: &str) -> Option<&ManifestFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// 64 digits of hex.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    #[test]
    fn what_others_wrote_survives() {
        let text = format!(
            r#"{{"model_name":"m","version":"v1","created_at":"2025-10-09T10:31:00","license":"MIT",
               "files":[{{"path":"a","size":3,"sha256":"{SHA}","lfs":{{"oid":1}}}}],"metrics":null}}"#
        );
        let manifest = Manifest::read("k", text.as_bytes()).unwrap();
        assert_eq!(manifest.total_size, 3);
        assert_eq!(manifest.created().unwrap().to_string(), "2025-10-09T10:31:00Z");
        let again: Value = serde_json::from_slice(&manifest.bytes().unwrap()).unwrap();
        assert_eq!(again["license"], "MIT");
        assert_eq!(again["files"][0]["lfs"]["oid"], 1);
        assert_eq!(Manifest::read("k", &manifest.bytes().unwrap()).unwrap(), manifest);
    }

    #[test]
    fn a_manifest_that_says_nothing_sure_is_broken() {
        let file =
            |path: &str, sha: &str| format!(r#"{{"path":"{path}","size":1,"sha256":"{sha}"}}"#);
        let with = |files: String| {
            format!(r#"{{"model_name":"m","version":"v","created_at":"","files":[{files}]}}"#)
        };
        Manifest::read("k", with(file("a", SHA)).as_bytes()).unwrap();
        for text in [
            String::new(),
            "[]".into(),
            "{}".into(),
            with(file("a", "abc")),
            with(format!("{},{}", file("a", SHA), file("a", SHA))),
            with(r#"{"path":"a","size":-1,"sha256":""}"#.into()),
        ] {
            let problem = Manifest::read("k", text.as_bytes()).unwrap_err();
            assert_eq!(problem.code, Code::ModelManifestBroken, "{text}");
        }
    }
}
