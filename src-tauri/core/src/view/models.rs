//! A version of a model as the manager window shows it.

use serde::Serialize;

/// What the manifest of a version and the headers of its files tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelManifest {
    pub name: String,
    pub version: String,
    pub description: Option<String>,
    /// Milliseconds since 1970, UTC.
    pub created_at: Option<f64>,
    /// `VERSION` of this model, or `NAME@VERSION`.
    pub parent: Option<String>,
    pub files: Vec<ModelFile>,
    /// Bytes of all files.
    pub size: f64,
    /// SHA-256 of the manifest, in hex, where it is known.
    pub sha256: Option<String>,
    /// Elements of all tensors of its model files.
    pub parameters: Option<f64>,
    /// `BF16`, or several, most first.
    pub precision: Option<String>,
    /// From `config.json`: hidden layers, and their width.
    pub layers: Option<f64>,
    pub width: Option<f64>,
    pub licence: Option<String>,
    /// Names and values.
    pub metrics: Vec<(String, String)>,
    /// Its training configuration, likewise.
    pub training: Vec<(String, String)>,
}

/// One file of a version.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelFile {
    pub path: String,
    pub size: f64,
    /// In hex.
    pub sha256: String,
}
