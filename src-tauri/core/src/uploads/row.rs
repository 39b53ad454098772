//! What one row shows.

use crate::pipeline::Uploaded;
use crate::view::{UploadState, UploadView};

pub(super) fn waiting(
    id: u32,
    batch: u32,
    name: String,
    origin: String,
    profile: String,
) -> UploadView {
    UploadView {
        id,
        batch,
        name,
        origin,
        profile,
        state: UploadState::Waiting,
        key: None,
        url: None,
        size_before: None,
        size_after: None,
        sent: 0.0,
        thumb: None,
        process: None,
        history_id: None,
        copied: false,
        problem: None,
        notes: Vec::new(),
    }
}

pub(super) fn show_stored(view: &mut UploadView, uploaded: &Uploaded) {
    view.state =
        if uploaded.already_stored { UploadState::AlreadyStored } else { UploadState::Done };
    view.name.clone_from(&uploaded.name);
    view.key = Some(uploaded.key.clone());
    view.url = Some(uploaded.url.clone());
    view.size_before = Some(uploaded.size_before as f64);
    view.size_after = Some(uploaded.size_after as f64);
    view.sent = uploaded.size_after as f64;
    view.thumb = uploaded.thumb.as_ref().map(|path| path.display().to_string());
    view.process.clone_from(&uploaded.process);
    view.history_id = uploaded.history_id.map(|id| id as f64);
    view.notes.clone_from(&uploaded.notes);
}

/// A waiting row, for tests of what carries rows.
#[cfg(test)]
pub(crate) fn waiting_view_for_tests(id: u32) -> UploadView {
    waiting(id, 1, "cat.png".into(), "/tmp/cat.png".into(), "local".into())
}
