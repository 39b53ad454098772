//! How an upload ends: its row in the history, and what is told of it.

use std::sync::Arc;

use super::job::place_notes;
use super::{Pipeline, Place, Stored, Uploaded, Watch, Way};
use crate::history::{IfKnown, NewUpload};
use crate::link::{public_url, with_process};
use crate::source::ReadSource;
use crate::view::Note;

/// An upload whose object is stored.
pub(super) struct Fresh<'a> {
    pub(super) place: &'a Place,
    pub(super) read: &'a ReadSource,
    pub(super) stored: Stored,
    pub(super) source_sha256: String,
    pub(super) recipe: String,
    pub(super) way: Way,
    pub(super) if_known: IfKnown,
}

impl Pipeline {
    /// Writes the row. Without a history the upload is as good, and says so.
    pub(super) async fn record(&self, fresh: Fresh<'_>, watch: &Arc<dyn Watch>) -> Uploaded {
        let Fresh { place, read, stored, source_sha256, recipe, way, if_known } = fresh;
        let image = &stored.image;
        let upload = NewUpload {
            uploaded_at: stored.at,
            name: read.name.clone(),
            profile: place.profile.name.clone(),
            target: place.target.clone(),
            key: stored.placed.key.clone(),
            url: public_url(&place.public_base, &stored.placed.key),
            process: way.process().map(str::to_owned),
            content_type: image.mime.to_owned(),
            size: image.bytes.len() as u64,
            width: image.width,
            height: image.height,
            sha256: stored.sha256,
            source_sha256,
            recipe,
            etag: stored.placed.etag,
            thumb: stored.thumb,
            if_known,
        };
        let later = Arc::clone(watch);
        let written = Box::new(move |id| later.written(id));
        let history_id = self.recorder.record(upload.clone(), written).await;
        let mut notes = image.notes.clone();
        notes.extend(place_notes(place));
        if history_id.is_none() {
            notes.push(Note::NotInHistory);
        }
        Uploaded {
            history_id,
            name: upload.name,
            origin: read.origin.clone(),
            profile: upload.profile,
            key: upload.key,
            url: with_process(&upload.url, upload.process.as_deref()),
            process: upload.process,
            content_type: upload.content_type,
            size_before: read.bytes.len() as u64,
            size_after: upload.size,
            width: upload.width,
            height: upload.height,
            sha256: upload.sha256,
            already_stored: stored.placed.found,
            notes,
            thumb: upload.thumb.map(|name| self.thumbs.path(&name)),
        }
    }
}
