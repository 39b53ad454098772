//! The system's clipboard: what can be uploaded from it, and links put on it.

use std::fmt;

use crate::problem::Result;
use crate::source::Source;

mod memory;
mod owner;
mod pick;
mod system;
#[cfg(target_os = "linux")]
mod wayland;
#[cfg(target_os = "linux")]
mod x11;

pub use memory::MemoryClipboard;
pub use owner::{OWNER_VERB, serve_owner, write_text_detached};
pub use system::SystemClipboard;

/// A clipboard. Calls block for a bounded time (a few seconds when another program is slow to hand
/// over a large image), so async code calls them through `spawn_blocking`.
pub trait Clipboard: Send + Sync + fmt::Debug {
    /// What can be uploaded, first match wins: a list of files; an image, in its original bytes
    /// where they are offered; the image of an HTML fragment; image URLs in text.
    ///
    /// `ClipboardEmpty` when there is nothing of the kind.
    fn read(&self) -> Result<Vec<Source>>;

    /// Puts text on it. The text stays as long as this process lives; see [`write_text_detached`].
    fn write_text(&self, text: &str) -> Result<()>;
}
