//! What the pipeline tells of one upload, written into its row.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use super::Inner;
use crate::events::INTERVAL;
use crate::pipeline::Watch;
use crate::view::UploadState;

/// Holds the uploads weakly: a client may keep its progress callback longer than they live.
pub(super) struct RowWatch {
    uploads: Weak<Inner>,
    id: u32,
    attempt: u32,
    began: Instant,
    /// Milliseconds since `began` when progress was last told, plus one; 0 for never.
    told: AtomicU64,
    size: AtomicU64,
}

impl RowWatch {
    pub(super) fn new(uploads: &Arc<Inner>, id: u32, attempt: u32) -> Self {
        Self {
            uploads: Arc::downgrade(uploads),
            id,
            attempt,
            began: Instant::now(),
            told: AtomicU64::new(0),
            size: AtomicU64::new(0),
        }
    }

    fn update(&self, change: impl FnOnce(&mut crate::view::UploadView)) {
        if let Some(uploads) = self.uploads.upgrade() {
            uploads.lock().update(self.id, self.attempt, change);
            uploads.tell();
        }
    }

    /// A chunk arrives every few kilobytes; one report per interval is all anyone can see.
    fn is_due(&self, sent: u64) -> bool {
        let now = self.began.elapsed().as_millis() as u64 + 1;
        let told = self.told.load(Ordering::Relaxed);
        let due = told == 0
            || now.saturating_sub(told) >= INTERVAL.as_millis() as u64
            || sent >= self.size.load(Ordering::Relaxed);
        if due {
            self.told.store(now, Ordering::Relaxed);
        }
        due
    }
}

impl Watch for RowWatch {
    fn stage(&self, state: UploadState) {
        self.update(|view| view.state = state);
    }

    fn size_before(&self, bytes: u64) {
        self.update(|view| view.size_before = Some(bytes as f64));
    }

    fn size_after(&self, bytes: u64) {
        self.size.store(bytes, Ordering::Relaxed);
        self.update(|view| view.size_after = Some(bytes as f64));
    }

    fn key(&self, key: &str) {
        self.update(|view| {
            view.key = Some(key.to_owned());
            view.sent = 0.0;
        });
    }

    fn sent(&self, bytes: u64) {
        if !self.is_due(bytes) {
            return;
        }
        if let Some(uploads) = self.uploads.upgrade() {
            uploads.lock().progress(self.id, self.attempt, bytes as f64);
            uploads.tell();
        }
    }

    fn written(&self, id: i64) {
        if let Some(uploads) = self.uploads.upgrade() {
            uploads.lock().written(self.id, id);
            uploads.tell();
        }
    }
}
