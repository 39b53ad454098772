//! What is remembered of a window between two runs.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tauri::{LogicalSize, Manager, Runtime, Window};

use super::Kind;
use crate::Desktop;

/// In logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) maximized: bool,
}

fn file(data_dir: &Path, kind: Kind) -> PathBuf {
    data_dir.join(match kind {
        Kind::Main => "window.json",
        Kind::Manager => "manager-window.json",
    })
}

/// A missing or damaged file means the size of the first run.
pub(super) fn read(data_dir: &Path, kind: Kind) -> Remembered {
    let (width, height) = kind.first_size();
    let remembered = std::fs::read(file(data_dir, kind))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or(Remembered { width, height, maximized: false });
    let (least_width, least_height) = super::MIN_SIZE;
    Remembered {
        width: remembered.width.clamp(least_width, 10_000.0),
        height: remembered.height.clamp(least_height, 10_000.0),
        ..remembered
    }
}

fn write(data_dir: &Path, kind: Kind, remembered: Remembered) {
    let bytes = serde_json::to_vec(&remembered).unwrap_or_default();
    if let Err(error) = std::fs::write(file(data_dir, kind), bytes) {
        tracing::warn!(%error, "the size of the window could not be remembered");
    }
}

/// Keeps the size of a window for the next run.
pub(super) fn remember<R: Runtime>(window: &Window<R>) {
    let app = window.app_handle();
    let Some(kind) = Kind::of(window.label()) else { return };
    let Some(desktop) = app.try_state::<Desktop>() else { return };
    let data_dir = desktop.core.home().data_dir();
    let maximized = window.is_maximized().unwrap_or(false);
    let size =
        window.inner_size().and_then(|size| Ok(size.to_logical::<f64>(window.scale_factor()?)));
    let before = read(data_dir, kind);
    let remembered = match size {
        // The size behind a maximised window is the one from before.
        Ok(LogicalSize { width, height }) if !maximized => Remembered { width, height, maximized },
        _ => Remembered { maximized, ..before },
    };
    if remembered != before {
        write(data_dir, kind, remembered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_survives_and_damage_does_not_matter() {
        let dir = tempfile::tempdir().unwrap();
        let first = read(dir.path(), Kind::Main);
        assert_eq!((first.width, first.height), (900.0, 640.0));
        let wanted = Remembered { width: 1200.0, height: 700.0, maximized: true };
        write(dir.path(), Kind::Main, wanted);
        assert_eq!(read(dir.path(), Kind::Main), wanted);
        assert_eq!(read(dir.path(), Kind::Manager).height, 780.0, "each has its own");
        std::fs::write(file(dir.path(), Kind::Main), "{").unwrap();
        assert_eq!(read(dir.path(), Kind::Main), first);
    }

    #[test]
    fn a_remembered_size_is_never_below_the_least() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), Kind::Main, Remembered { width: 3.0, height: 1e9, maximized: false });
        let remembered = read(dir.path(), Kind::Main);
        assert_eq!((remembered.width, remembered.height), (640.0, 10_000.0));
    }
}
