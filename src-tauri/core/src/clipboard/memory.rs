//! A clipboard of the process's own, for tests and for machines without a display.

use std::sync::{Mutex, PoisonError};

use super::Clipboard;
use crate::problem::{Code, Problem, Result};
use crate::source::Source;

/// Holds what it was given.
#[derive(Debug, Default)]
pub struct MemoryClipboard {
    content: Mutex<Content>,
}

#[derive(Debug, Default)]
struct Content {
    sources: Vec<Source>,
    text: Option<String>,
}

impl MemoryClipboard {
    /// A clipboard that offers `sources`.
    pub fn with_sources(sources: Vec<Source>) -> Self {
        let clipboard = Self::default();
        clipboard.set_sources(sources);
        clipboard
    }

    /// Offers `sources` from now on.
    pub fn set_sources(&self, sources: Vec<Source>) {
        self.lock().sources = sources;
    }

    /// The text written last.
    pub fn text(&self) -> Option<String> {
        self.lock().text.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clipboard for MemoryClipboard {
    fn read(&self) -> Result<Vec<Source>> {
        let content = self.lock();
        if !content.sources.is_empty() {
            return Ok(content.sources.clone());
        }
        let sources = content.text.as_deref().map(super::pick::from_text).unwrap_or_default();
        if sources.is_empty() {
            return Err(Problem::new(Code::ClipboardEmpty, "clipboard"));
        }
        Ok(sources)
    }

    fn write_text(&self, text: &str) -> Result<()> {
        let mut content = self.lock();
        content.sources.clear();
        content.text = Some(text.to_owned());
        Ok(())
    }
}
