//! What the transform page asks for and is shown.

use serde::{Deserialize, Serialize};

use super::Note;
use crate::problem::ProblemView;
use crate::settings::TransformPlace;

/// The picture a transform is tried on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum PreviewSource {
    /// An upload of the history, read back from its bucket.
    History { id: f64 },
    /// A file that is not uploaded yet.
    Path { path: String },
    /// A picture of Hoist's own, for when there is none.
    Sample,
}

/// A transform to be tried.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PreviewRequest {
    pub source: PreviewSource,
    /// As `--transform` takes it.
    pub spec: String,
    pub place: TransformPlace,
    /// The profile an upload would go to, and whose presets count; the default one when `None`. An
    /// upload of the history stays with its own.
    pub profile: Option<String>,
}

/// One of the two pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PictureView {
    /// A file to show, inside the asset scope; a large picture is shown scaled down.
    pub path: String,
    /// Of the picture itself, not of the file to show; 0 when it has no size of its own (SVG).
    pub width: u32,
    pub height: u32,
    /// "JPEG".
    pub format: String,
    /// Of the picture itself.
    pub bytes: f64,
}

/// A link in its two parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LinkView {
    /// The stored image.
    pub base: String,
    /// What the host is asked to make of it; empty for the image as it is.
    pub process: String,
    /// Both.
    pub url: String,
}

/// What a transform makes of a picture.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PreviewView {
    /// Where it is made: `host` or `here`, never `auto`.
    pub place: TransformPlace,
    /// Who processes images for this profile: "Aliyun OSS", "Cloudflare", "Built-in store"; `None`
    /// when nobody does.
    pub host: Option<String>,
    pub name: String,
    pub before: PictureView,
    pub after: Option<PictureView>,
    /// Where the image lies, or would lie, and what the link would ask for.
    pub link: Option<LinkView>,
    pub notes: Vec<Note>,
    /// Why there is no `after`.
    pub problem: Option<ProblemView>,
}
