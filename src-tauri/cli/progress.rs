//! How far the uploads are, on a terminal.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hoist_core::events::{AppEvent, EventSink};
use hoist_core::problem::ProblemView;
use hoist_core::view::{UploadState, UploadView};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One line on standard error for all uploads together; nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    uploads: Mutex<BTreeMap<u32, One>>,
    failures: Failures,
}

/// What failed beside the results: told at the end, when no line is being drawn.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<Vec<ProblemView>>);

impl Failures {
    /// All so far.
    pub(crate) fn take(&self) -> Vec<ProblemView> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl EventSink for Failures {
    fn emit(&self, event: AppEvent) {
        if let AppEvent::Failure { problem } = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(problem);
        }
    }
}

#[derive(Debug, Default)]
struct One {
    size: u64,
    sent: u64,
    ended: bool,
}

impl Progress {
    pub(crate) fn new(hidden: bool) -> Self {
        let target = if hidden {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr_with_hz(10)
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) =
            ProgressStyle::with_template("{msg} {bar:24} {decimal_bytes}/{decimal_total_bytes}")
        {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, uploads: Mutex::default(), failures: Failures::default() }
    }

    /// Takes the line away, for the results.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// What failed beside the uploads themselves.
    pub(crate) fn failures(&self) -> Vec<ProblemView> {
        self.failures.take()
    }

    fn change(&self, id: u32, change: impl FnOnce(&mut One)) {
        let mut uploads = self.uploads.lock().unwrap_or_else(PoisonError::into_inner);
        change(uploads.entry(id).or_default());
        let ended = uploads.values().filter(|one| one.ended).count();
        self.bar.set_message(format!("{ended}/{}", uploads.len()));
        self.bar.set_length(uploads.values().map(|one| one.size).sum());
        self.bar.set_position(uploads.values().map(|one| one.sent.min(one.size)).sum());
    }

    fn upload(&self, upload: &UploadView) {
        let ended = matches!(
            upload.state,
            UploadState::Done
                | UploadState::AlreadyStored
                | UploadState::Failed
                | UploadState::Cancelled
        );
        self.change(upload.id, |one| {
            one.size = upload.size_after.or(upload.size_before).map_or(0, whole);
            one.sent = if ended { one.size } else { whole(upload.sent) };
            one.ended = ended;
        });
    }
}

impl EventSink for Progress {
    fn emit(&self, event: AppEvent) {
        match event {
            AppEvent::Upload { upload } if !self.bar.is_hidden() => self.upload(&upload),
            AppEvent::Progress { id, sent } if !self.bar.is_hidden() => {
                self.change(id, |one| one.sent = whole(sent));
            }
            other => self.failures.emit(other),
        }
    }
}

/// A byte count as events carry it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a byte count")]
fn whole(bytes: f64) -> u64 {
    bytes as u64
}
