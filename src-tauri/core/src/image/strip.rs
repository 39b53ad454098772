//! Taking metadata off a file without touching its pixels.
//!
//! What goes: EXIF (GPS, camera, times, thumbnails), XMP, IPTC, comments, text, provenance, and
//! whatever is appended behind the image (phones append videos there, with GPS of their own). What
//! stays: all that decides how the pixels look: colour profiles, gamma, animation, and the
//! orientation, in an EXIF block that holds nothing else.

use bytes::Bytes;

use super::exif::Tiff;
use super::sniff::Format;

pub(super) mod gif;
pub(super) mod heif;
pub(super) mod jpeg;
pub(super) mod jxl;
pub(super) mod png;
pub(super) mod webp;

#[cfg(test)]
mod tests;

/// What came of it.
#[derive(Debug)]
pub(super) enum Stripped {
    /// There was nothing to take off.
    Clean,
    /// The file without its metadata.
    Removed(Vec<u8>),
    /// There is metadata that cannot be taken off safely.
    Kept,
}

/// Strips a file of this format.
pub(super) fn strip(bytes: &Bytes, format: Format) -> Stripped {
    let stripped = match format {
        Format::Jpeg => jpeg::strip(bytes),
        Format::Png => png::strip(bytes),
        Format::WebP => webp::strip(bytes),
        Format::Gif => gif::strip(bytes),
        Format::Heic | Format::Avif => heif::strip(bytes),
        Format::Jxl => jxl::strip(bytes),
        Format::Tiff => return tiff(bytes),
        // No metadata blocks (BMP, ICO), or text that its author wrote (SVG).
        Format::Bmp | Format::Ico | Format::Svg => return Stripped::Clean,
    };
    match stripped {
        Some(Some(stripped)) => Stripped::Removed(stripped),
        Some(None) => Stripped::Clean,
        None => Stripped::Kept,
    }
}

/// The result of one format: `None` when the structure cannot be followed, `Some(None)` when there
/// was nothing to remove.
type Outcome = Option<Option<Vec<u8>>>;

/// A TIFF's metadata hangs on offsets into the whole file: it is left alone, and said so.
fn tiff(bytes: &[u8]) -> Stripped {
    const METADATA: [u16; 5] = [0x8825, 0x8769, 700, 33723, 34377];
    let Some(tiff) = Tiff::new(bytes) else {
        return Stripped::Kept;
    };
    if METADATA.into_iter().any(|tag| tiff.has(tag)) { Stripped::Kept } else { Stripped::Clean }
}
