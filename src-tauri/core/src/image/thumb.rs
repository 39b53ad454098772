//! Small pictures for lists.

use fast_image_resize::FilterType;
use moxcms::ColorProfile;

use super::apply::scale;
use super::encode::{self, Encoding};
use super::render::{decode, decoder_format, guarded};
use super::{Limits, OutputFormat, Rgb, sniff};
use crate::problem::Result;

/// The longer side of a thumbnail.
pub const THUMB_SIDE: u32 = 320;

/// The longer side of a picture shown in a window: enough for its widest pane on a dense screen.
pub const DISPLAY_SIDE: u32 = 2048;

/// The longer side of a picture beside a listing: twice its width.
const PANE_SIDE: u32 = 640;

/// A picture of `bytes` to look at, as sRGB WebP of at most [`DISPLAY_SIDE`]; `None` as for
/// [`thumbnail`].
pub fn for_display(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    scaled_down(bytes, DISPLAY_SIDE, 92, limits)
}

/// A picture of `bytes` for a narrow pane, as sRGB WebP of at most 640 pixels; `None` as for
/// [`thumbnail`].
pub fn for_pane(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    scaled_down(bytes, PANE_SIDE, 82, limits)
}

/// A small picture of `bytes` as sRGB WebP, upright, of the first frame; `None` for what is no image
/// and for formats that cannot be decoded here (SVG, AVIF, HEIC, JPEG XL).
pub fn thumbnail(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    scaled_down(bytes, THUMB_SIDE, 75, limits)
}

fn scaled_down(bytes: &[u8], longer: u32, quality: u8, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let Some(kind) = sniff(bytes).filter(|kind| decoder_format(kind.format).is_some()) else {
        return Ok(None);
    };
    let name = "thumbnail";
    guarded(name, || {
        let decoded = decode(bytes, kind.format, limits, name)?;
        let (width, height) = (decoded.pixels.width(), decoded.pixels.height());
        let factor = (f64::from(longer) / f64::from(width.max(height))).min(1.0);
        let side = |length: u32| ((f64::from(length) * factor).round() as u32).max(1);
        let to = (side(width), side(height));
        let whole = (0.0, 0.0, f64::from(width), f64::from(height));
        let mut pixels = scale(&decoded.pixels, whole, to, FilterType::Hamming, name)?;
        drop(decoded.pixels);
        if let Some(profile) = decoded.icc.and_then(|icc| ColorProfile::new_from_slice(&icc).ok()) {
            pixels = encode::to_srgb(pixels, &profile);
        }
        let encoding = Encoding {
            format: OutputFormat::WebP,
            quality: Some(quality),
            interlace: false,
            lossless_webp: false,
            background: Rgb::default(),
            icc: None,
            exif: None,
        };
        encode::encode(pixels, encoding, name).map(Some)
    })
}

#[cfg(test)]
mod tests;
