//! Reading the clipboard of a Wayland compositor that has a data-control protocol.

use std::io::Read;

use bytes::Bytes;
use wl_clipboard_rs::paste::{
    ClipboardType, Error, MimeType, Seat, get_contents, get_mime_types_ordered,
};

use super::pick::Offer;
use super::system::{MAX_BYTES, unavailable};
use crate::problem::{Code, Problem, Result};

/// Reads what the compositor offers.
#[derive(Debug)]
pub(super) struct Reader {
    targets: Vec<String>,
}

impl Reader {
    /// `None` when the compositor lets no background program read its clipboard.
    pub(super) fn connect() -> Option<Self> {
        match get_mime_types_ordered(ClipboardType::Regular, Seat::Unspecified) {
            Ok(targets) => Some(Self { targets }),
            Err(Error::ClipboardEmpty | Error::NoMimeType) => Some(Self { targets: Vec::new() }),
            Err(error) => {
                tracing::debug!(%error, "no Wayland clipboard, X11 is tried");
                None
            }
        }
    }
}

impl Offer for Reader {
    fn targets(&mut self) -> Result<Vec<String>> {
        Ok(self.targets.clone())
    }

    fn fetch(&mut self, target: &str) -> Result<Bytes> {
        let (pipe, _) =
            get_contents(ClipboardType::Regular, Seat::Unspecified, MimeType::Specific(target))
                .map_err(unavailable)?;
        let mut value = Vec::new();
        pipe.take(MAX_BYTES + 1).read_to_end(&mut value).map_err(unavailable)?;
        if value.len() as u64 > MAX_BYTES {
            return Err(Problem::new(Code::TooManyBytes, "clipboard"));
        }
        Ok(value.into())
    }
}
