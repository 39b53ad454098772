//! Buckets and objects as the manager window shows them.

use serde::{Deserialize, Serialize};

use crate::problem::ProblemView;

/// A bucket of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BucketRow {
    pub name: String,
    /// How it is named to every other call: `PROFILE` for the profile's own, else `PROFILE/BUCKET`.
    pub place: String,
}

/// One page of a folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ObjectPage {
    /// Folders in it, whole, each ending in `/`.
    pub folders: Vec<String>,
    pub objects: Vec<ObjectRow>,
    /// Asks for the next page; absent after the last.
    pub next: Option<String>,
}

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ObjectRow {
    pub key: String,
    pub size: f64,
    /// Milliseconds since 1970, UTC.
    pub modified: Option<f64>,
    /// Storage class as the provider names it.
    pub class: Option<String>,
    pub etag: Option<String>,
}

/// All that is known of one object.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ObjectDetails {
    pub key: String,
    pub size: f64,
    /// Milliseconds since 1970, UTC.
    pub modified: Option<f64>,
    pub etag: Option<String>,
    pub class: Option<String>,
    pub version: Option<String>,
    /// Whether its provider has versions.
    pub versions: bool,
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    /// User metadata, by name.
    pub metadata: Vec<(String, String)>,
    /// Its address under the public URL of the profile; absent where none is set.
    pub public_url: Option<String>,
    /// In hex, where whoever uploaded it wrote it down.
    pub sha256: Option<String>,
    /// What a change of its headers could not keep.
    pub remarks: Vec<ProblemView>,
}

/// Headers and metadata an object is to have; what is absent is taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ObjectHeaders {
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    /// User metadata, by name.
    pub metadata: Vec<(String, String)>,
}

/// A version of an object.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VersionRow {
    pub id: String,
    pub size: f64,
    /// Milliseconds since 1970, UTC.
    pub modified: Option<f64>,
    pub etag: Option<String>,
    /// The one that is there now.
    pub latest: bool,
    /// It says that the object was deleted then.
    pub deleted: bool,
}

/// A picture of an object, as a file the window may show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PictureFile {
    pub path: String,
    /// Pixels of the picture in the file.
    pub width: u32,
    pub height: u32,
}

/// How much keys and prefixes stand for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ObjectCount {
    pub objects: f64,
    pub bytes: f64,
}

/// A link that works without keys until it expires.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ShareLink {
    pub url: String,
    /// The same as a QR code: rows of `0` and `1`, a quiet zone included; empty when it is too long.
    pub qr: Vec<String>,
}

impl std::fmt::Debug for ShareLink {
    // The signature is a key to the object.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShareLink")
    }
}
