//! Rows that have ended: tried again, or taken off the list.

use tokio_util::sync::CancellationToken;

use super::{BatchKind, MOST_FINISHED, State};
use crate::events::AppEvent;
use crate::uploads::row::waiting;
use crate::view::UploadState;

impl State {
    /// Rows that failed.
    pub(in crate::uploads) fn failed(&self) -> Vec<u32> {
        self.rows
            .values()
            .filter(|row| row.view.state == UploadState::Failed)
            .map(|row| row.view.id)
            .collect()
    }

    /// Puts rows that failed or were cancelled into the queue again, as a batch of their own.
    pub(in crate::uploads) fn retry(&mut self, ids: &[u32]) -> usize {
        let again: Vec<u32> = ids.iter().copied().filter(|id| self.can_retry(*id)).collect();
        let Some(first) = again.first().and_then(|id| self.rows.get(id)) else { return 0 };
        let kind = match self.batches.get(&first.view.batch).map(|batch| batch.kind) {
            Some(BatchKind::Background) => BatchKind::Background,
            _ => BatchKind::Window,
        };
        let batch = self.new_batch(kind);
        for id in &again {
            let Some(row) = self.rows.get_mut(id) else { continue };
            let old = std::mem::replace(
                &mut row.view,
                waiting(*id, batch, String::new(), String::new(), String::new()),
            );
            row.view.name = old.name;
            row.view.origin = old.origin;
            row.view.profile = old.profile;
            row.cancel = CancellationToken::new();
            row.attempt += 1;
            self.enter(batch, *id);
        }
        again.len()
    }

    fn can_retry(&self, id: u32) -> bool {
        self.rows.get(&id).is_some_and(|row| {
            row.input.is_some()
                && matches!(row.view.state, UploadState::Failed | UploadState::Cancelled)
        })
    }

    pub(in crate::uploads) fn clear_finished(&mut self) {
        let ids = self.ended();
        self.remove(ids);
    }

    /// Takes the oldest rows away that have ended, when there are too many.
    pub(in crate::uploads) fn trim(&mut self) {
        let mut ids = self.ended();
        let over = ids.len().saturating_sub(MOST_FINISHED);
        ids.truncate(over);
        self.remove(ids);
    }

    /// Rows that have ended, and whose batch has: until then it needs their links.
    fn ended(&self) -> Vec<u32> {
        let rows = self.rows.values();
        rows.filter(|row| {
            row.view.state.is_over()
                && self.batches.get(&row.view.batch).is_none_or(|batch| batch.open == 0)
        })
        .map(|row| row.view.id)
        .collect()
    }

    fn remove(&mut self, ids: Vec<u32>) {
        if ids.is_empty() {
            return;
        }
        for id in &ids {
            self.rows.remove(id);
        }
        self.events.push(AppEvent::UploadsRemoved { ids });
    }
}
