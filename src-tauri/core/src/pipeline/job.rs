//! What is to be uploaded and how, and what came of it.

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::place::Place;
use crate::history::Entry;
use crate::image::Transform;
use crate::naming::NamePattern;
use crate::profile::Provider;
use crate::settings::TransformPlace;
use crate::source::Source;
use crate::view::Note;

/// What is to be uploaded.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// From this computer or the web.
    Source(Source),
    /// From another profile's bucket, byte for byte.
    Stored(Box<Entry>),
    /// From a profile's bucket, to be transformed.
    Remade(Box<Entry>),
}

/// How one upload is to be made, all choices resolved.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) profile: String,
    pub(crate) naming: NamePattern,
    pub(crate) transform: Transform,
    /// Where it is made.
    pub(crate) transform_place: TransformPlace,
    pub(crate) strip: bool,
    pub(crate) dedupe: bool,
    /// Its number in the batch, from 1.
    pub(crate) n: u32,
    /// When it was started, in milliseconds since 1970.
    pub(crate) started: i64,
}

/// An upload that is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Uploaded {
    /// Its row in the history; `None` when that could not be written (see `notes`).
    pub history_id: Option<i64>,
    /// Name as the person knows it.
    pub name: String,
    /// A path, a URL, or `clipboard`.
    pub origin: String,
    pub profile: String,
    pub key: String,
    /// The link, with the process.
    pub url: String,
    /// What the link asks the host to make of the stored image: `?x-oss-process=...`, or
    /// `/cdn-cgi/image/...` in front of the path.
    pub process: Option<String>,
    pub content_type: String,
    /// Bytes as given.
    pub size_before: u64,
    /// Bytes as stored.
    pub size_after: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// SHA-256 of what is stored, in hex.
    pub sha256: String,
    /// It was there already; nothing was sent.
    pub already_stored: bool,
    pub notes: Vec<Note>,
    /// Path of its thumbnail.
    pub thumb: Option<PathBuf>,
}

impl Input {
    /// The name a person knows it by.
    pub(crate) fn label(&self) -> String {
        match self {
            Input::Source(source) => source.label(),
            Input::Stored(entry) | Input::Remade(entry) => entry.name.clone(),
        }
    }

    /// Where it comes from.
    pub(crate) fn origin(&self) -> String {
        match self {
            Input::Source(source) => source.origin(),
            Input::Stored(entry) | Input::Remade(entry) => entry.url.clone(),
        }
    }

    /// How many bytes reading it will take, where that is known.
    pub(super) async fn expected_size(&self) -> Option<u64> {
        match self {
            Input::Source(Source::File { path }) => {
                tokio::fs::metadata(path).await.ok().map(|m| m.len())
            }
            Input::Source(Source::Bytes { bytes, .. }) => Some(bytes.len() as u64),
            Input::Source(Source::Url { .. }) => None,
            Input::Stored(entry) | Input::Remade(entry) => Some(entry.size),
        }
    }
}

/// What makes two uploads of one content the same: everything that decides what is stored where.
/// `local` is what is done to it here; what the host does changes its link only.
pub(super) fn recipe(plan: &Plan, local: &Transform, place: &Place, input: &Input) -> String {
    let mut hash = Sha256::new();
    let how = match input {
        Input::Source(_) | Input::Remade(_) if plan.strip => "strip",
        Input::Source(_) | Input::Remade(_) => "keep",
        Input::Stored(_) => "copy",
    };
    for part in [how, plan.naming.as_str(), &local.to_string(), &place.profile.prefix] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..8])
}

pub(super) fn place_notes(place: &Place) -> Vec<Note> {
    match place.profile.provider {
        Provider::Local => vec![Note::LocalOnly],
        _ if !place.public_base_is_set => vec![Note::NoPublicUrl],
        _ => Vec::new(),
    }
}

/// The name without its extension.
pub(crate) fn stem(name: &str) -> &str {
    match name.rfind('.') {
        Some(dot) if dot > 0 => &name[..dot],
        _ => name,
    }
}
