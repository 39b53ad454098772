//! Trying a transform before it is used: the picture before and after, as files a window may show.
//!
//! A person drags a slider, and every step asks again. So a newer request of a window ends the one
//! before it, one image is decoded at a time, and what was fetched for one step serves the next.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::history::blocking;
use crate::image::{DISPLAY_SIDE, Format, Limits, Measured, for_display, for_pane, measure};
use crate::problem::{Code, Problem, Result};
use crate::view::PictureView;

mod folder;
mod sample;
#[cfg(test)]
mod tests;

pub(crate) use sample::{SAMPLE_NAME, sample};

use folder::Folder;

/// A file up to this size is shown as it is.
const SHOWN_AS_IT_IS: usize = 4 * 1024 * 1024;

/// Name of a preview in messages that nobody reads: it was given up.
const GIVEN_UP: &str = "preview";

/// The pictures of all previews.
#[derive(Debug)]
pub(crate) struct Previews {
    folder: Arc<Folder>,
    /// The latest request of each window.
    turns: Mutex<HashMap<String, CancellationToken>>,
    decoding: Arc<Semaphore>,
    limits: Limits,
}

/// One request. It ends when the same window asks again.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    over: CancellationToken,
}

/// An image that transforms are tried on.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
    pub(crate) measured: Measured,
}

impl Subject {
    /// An image, unless it is none.
    pub(crate) fn new(name: &str, bytes: Bytes) -> Result<Self> {
        let measured = measure(&bytes).ok_or_else(|| Problem::new(Code::NotAnImage, name))?;
        Ok(Self { name: name.to_owned(), bytes, measured })
    }
}

impl Turn {
    /// The result of `work`, or [`Code::Cancelled`] as soon as it is of no use any more.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.over.cancelled() => Err(given_up()),
            result = work => result,
        }
    }
}

impl Previews {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self {
            folder: Arc::new(Folder::new(dir)),
            turns: Mutex::default(),
            decoding: Arc::new(Semaphore::new(1)),
            limits: Limits::default(),
        }
    }

    /// Begins a request of a window and ends the one before it.
    pub(crate) fn begin(&self, window: &str) -> Turn {
        let over = CancellationToken::new();
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = turns.insert(window.to_owned(), over.clone()) {
            before.cancel();
        }
        Turn { over }
    }

    /// Runs what decodes, one at a time, and not at all when nobody waits for it any more.
    ///
    /// The permit goes with the work: a decoder cannot be stopped, so when its request is given up
    /// the next one still waits for it.
    pub(crate) async fn decode<T: Send + 'static>(
        &self,
        turn: &Turn,
        work: impl FnOnce(&Limits) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.decoding)
            .acquire_owned()
            .await
            .map_err(|error| Problem::new(Code::Internal, GIVEN_UP).with_detail(error))?;
        let (over, limits) = (turn.over.clone(), self.limits);
        blocking(move || {
            let _permit = permit;
            if over.is_cancelled() {
                return Err(given_up());
            }
            work(&limits)
        })
        .await
    }

    /// What was fetched for an earlier step, by its id.
    pub(crate) async fn fetched(&self, id: &str) -> Option<Bytes> {
        let (folder, name) = (Arc::clone(&self.folder), source_name(id));
        blocking(move || Ok(folder.read(&name))).await.ok().flatten()
    }

    /// Keeps what was fetched, for the next steps.
    pub(crate) async fn keep(&self, id: &str, bytes: &Bytes) -> Result<()> {
        let (folder, name, bytes) = (Arc::clone(&self.folder), source_name(id), bytes.clone());
        blocking(move || folder.put(&name, &bytes).map(drop)).await
    }

    /// A picture for a window: itself, or scaled down where it is large or of a format that
    /// browsers do not show.
    pub(crate) async fn picture(
        &self,
        turn: &Turn,
        bytes: &Bytes,
        measured: Measured,
    ) -> Result<PictureView> {
        let format = measured.kind.format;
        let (width, height) = measured.size.unwrap_or((0, 0));
        let (folder, shown) = (Arc::clone(&self.folder), bytes.clone());
        let path = if is_shown(format) && is_small(bytes.len(), (width, height)) {
            blocking(move || {
                folder.put(&format!("{}.{}", name_of(&shown), measured.kind.ext), &shown)
            })
            .await?
        } else {
            self.scaled(turn, shown, measured).await?
        };
        Ok(PictureView {
            path: path.display().to_string(),
            width,
            height,
            format: format.name().to_owned(),
            bytes: bytes.len() as f64,
        })
    }

    /// The small picture that was made of something before, by its name.
    pub(crate) async fn small(&self, name: &str) -> Result<Option<PathBuf>> {
        let (folder, name) = (Arc::clone(&self.folder), small_name(name));
        blocking(move || Ok(folder.find(&name))).await
    }

    /// A small picture of `bytes`, kept under a name; `None` when they are no picture that is shown.
    pub(crate) async fn make_small(
        &self,
        turn: &Turn,
        name: &str,
        bytes: Bytes,
    ) -> Result<Option<PathBuf>> {
        let Some(measured) = measure(&bytes) else { return Ok(None) };
        let (folder, name) = (Arc::clone(&self.folder), small_name(name));
        self.decode(turn, move |limits| match for_pane(&bytes, limits)? {
            Some(small) => folder.put(&name, &small).map(Some),
            // Not decodable here: the browser may know it.
            None if is_shown(measured.kind.format) && bytes.len() <= SHOWN_AS_IT_IS => {
                folder.put(&name, &bytes).map(Some)
            }
            None => Ok(None),
        })
        .await
    }

    async fn scaled(&self, turn: &Turn, bytes: Bytes, measured: Measured) -> Result<PathBuf> {
        let folder = Arc::clone(&self.folder);
        let name = name_of(&bytes);
        let scaled = format!("{name}-{DISPLAY_SIDE}.webp");
        let of_before = (Arc::clone(&folder), scaled.clone());
        if let Some(path) = blocking(move || Ok(of_before.0.find(&of_before.1))).await? {
            return Ok(path);
        }
        self.decode(turn, move |limits| match for_display(&bytes, limits)? {
            Some(small) => folder.put(&scaled, &small),
            // Not decodable here: the browser may know it.
            None => folder.put(&format!("{name}.{}", measured.kind.ext), &bytes),
        })
        .await
    }
}

fn given_up() -> Problem {
    Problem::new(Code::Cancelled, GIVEN_UP)
}

/// Formats that browsers show.
fn is_shown(format: Format) -> bool {
    !matches!(format, Format::Tiff | Format::Heic | Format::Jxl)
}

fn is_small(bytes: usize, (width, height): (u32, u32)) -> bool {
    bytes <= SHOWN_AS_IT_IS && width.max(height) <= 2 * DISPLAY_SIDE
}

/// The same content is one file, whatever made it.
fn name_of(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}

/// Without an ending: it is told by what it holds.
fn small_name(name: &str) -> String {
    format!("small-{}", hex::encode(&Sha256::digest(name)[..16]))
}

fn source_name(id: &str) -> String {
    format!("source-{}", hex::encode(&Sha256::digest(id)[..16]))
}
