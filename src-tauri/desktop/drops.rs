//! Files dropped on the manager window.
//!
//! The page is told where they were dropped and a number for them, and says which folder lies there.
//! Which files they are stays here: a page names no file of this computer.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hoist_core::problem::{Code, Problem, Result};
use serde::Serialize;
use tauri::{Emitter, EventTarget, Manager, PhysicalPosition, Runtime, Window};

use crate::Desktop;

/// Tells the page of a [`Dropped`].
const EVENT: &str = "dropped";

/// The latest drop, until it is asked for.
#[derive(Debug, Default)]
pub(crate) struct Drops(Mutex<(u32, Vec<PathBuf>)>);

/// Where something was dropped, in CSS pixels of the page.
#[derive(Debug, Clone, Serialize)]
struct Dropped {
    id: u32,
    x: f64,
    y: f64,
}

impl Drops {
    /// Keeps the files of a drop instead of those of the one before.
    fn keep(&self, paths: &[PathBuf]) -> u32 {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = (latest.0.wrapping_add(1), paths.to_vec());
        latest.0
    }

    /// The files of a drop, once.
    ///
    /// # Errors
    /// [`Code::Cancelled`] when something else was dropped since, or they were taken already.
    pub(crate) fn taken(&self, id: u32) -> Result<Vec<PathBuf>> {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.0 != id || latest.1.is_empty() {
            return Err(Problem::new(Code::Cancelled, "drop"));
        }
        Ok(std::mem::take(&mut latest.1))
    }
}

/// Takes what was dropped on a window and tells its page.
pub(crate) fn take<R: Runtime>(
    window: &Window<R>,
    paths: &[PathBuf],
    position: PhysicalPosition<f64>,
) {
    if paths.is_empty() {
        return;
    }
    let id = window.state::<Desktop>().drops.keep(paths);
    let at = position.to_logical::<f64>(window.scale_factor().unwrap_or(1.0));
    let page = EventTarget::webview_window(window.label());
    if let Err(error) = window.emit_to(page, EVENT, Dropped { id, x: at.x, y: at.y }) {
        tracing::error!(%error, "the page was not told of what was dropped");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_taken_once_and_only_those_of_the_latest_drop() {
        let drops = Drops::default();
        let first = drops.keep(&["/a".into()]);
        let second = drops.keep(&["/b".into(), "/c".into()]);
        assert_eq!(drops.taken(first).unwrap_err().code, Code::Cancelled);
        assert_eq!(drops.taken(second).unwrap(), [PathBuf::from("/b"), "/c".into()]);
        assert_eq!(drops.taken(second).unwrap_err().code, Code::Cancelled);
    }
}
