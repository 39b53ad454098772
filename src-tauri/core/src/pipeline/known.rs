//! The same content again: no second upload, the same link.

use hoist_store::ErrorKind;

use super::job::place_notes;
use super::{Pipeline, Place, Uploaded, Way, put};
use crate::history::Entry;
use crate::link::{public_url, with_process};
use crate::problem::{Problem, Result};
use crate::source::ReadSource;

impl Pipeline {
    /// The same content, uploaded before in the same way and still there.
    pub(super) async fn known(
        &self,
        place: &Place,
        source_sha256: &str,
        recipe: &str,
    ) -> Result<Option<Entry>> {
        // Without a history there is nothing to know; the store itself still tells.
        let Ok(history) = self.recorder.history() else { return Ok(None) };
        let found =
            history.same_content(&place.profile.name, &place.target, source_sha256, recipe).await;
        let Ok(Some(entry)) = found else { return Ok(None) };
        match place.bucket.head(&entry.key).await {
            Ok(meta) if meta.size == entry.size => Ok(Some(entry)),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.set_missing(&entry).await;
                Ok(None)
            }
            // Keys that may only write cannot ask.
            Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(Some(entry)),
            Err(error) => Err(Problem::from_store(&error, put::subject(place, &entry.key, &error))),
        }
    }

    /// The link asks for what was asked for this time, and so does the row from now on.
    pub(super) async fn already(
        &self,
        place: &Place,
        entry: Entry,
        read: &ReadSource,
        way: &Way,
    ) -> Uploaded {
        let process = way.process().map(str::to_owned);
        if process != entry.process
            && let Ok(history) = self.recorder.history()
        {
            match history.set_process(entry.id, process.as_deref()).await {
                Ok(()) => self.recorder.tell(),
                Err(problem) => tracing::warn!(%problem, "the history keeps the link as it was"),
            }
        }
        Uploaded {
            history_id: Some(entry.id),
            url: with_process(&public_url(&place.public_base, &entry.key), process.as_deref()),
            process,
            name: read.name.clone(),
            origin: read.origin.clone(),
            profile: entry.profile,
            key: entry.key,
            content_type: entry.content_type,
            size_before: read.bytes.len() as u64,
            size_after: entry.size,
            width: entry.width,
            height: entry.height,
            sha256: entry.sha256,
            already_stored: true,
            notes: place_notes(place),
            thumb: entry.thumb.map(|name| self.thumbs.path(&name)),
        }
    }

    /// The row says from now on that its object is gone.
    pub(super) async fn set_missing(&self, entry: &Entry) {
        if let Ok(history) = self.recorder.history() {
            match history.set_missing(entry.id, true).await {
                Ok(()) => self.recorder.tell(),
                Err(problem) => tracing::warn!(%problem, "a missing object is not marked"),
            }
        }
    }
}
