//! Results: format, quality, interlace.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbaImage};

use super::canvas::flat;
use super::decode::{Frame, Source};
use super::parse::Operation;
use super::{Processed, argument, bad, too_large};
use crate::oss::wire::error::Refusal;

/// The quality when none is asked for.
const USUAL: u8 = 75;
/// Longest side of a WebP.
const LONGEST_WEBP: u32 = 16_383;

/// What the result shall be.
#[derive(Debug)]
pub(super) struct Output {
    format: ImageFormat,
    quality: u8,
    absolute: bool,
    animated: bool,
}

impl Output {
    pub(super) fn new(source: &Source) -> Self {
        Self { format: source.format, quality: USUAL, absolute: false, animated: source.animated() }
    }

    /// Whether the result is an animation if the source is.
    pub(super) fn keeps_animation(&self) -> bool {
        self.animated && self.format == ImageFormat::Gif
    }

    /// Takes what an operation says about the result.
    pub(super) fn take(&mut self, operation: &Operation, source: &Source) -> Result<(), Refusal> {
        match operation.name() {
            "format" => self.format = format(operation, source)?,
            "interlace" => {
                operation.needed("", 0, 1)?;
            }
            "quality" => {
                let (relative, absolute) =
                    (operation.number("q", 1, 100)?, operation.number("Q", 1, 100)?);
                match (relative, absolute) {
                    (None, None) => {
                        return Err(argument("quality", "", "quality needs q or Q"));
                    }
                    (_, Some(quality)) => {
                        (self.quality, self.absolute) = (quality as u8, true);
                    }
                    // Relative to the quality of the source, which is taken to be the usual one.
                    (Some(percent), None) if !self.absolute => {
                        self.quality = (i64::from(USUAL) * percent / 100).max(1) as u8;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn encode(&self, frames: Vec<Frame>) -> Result<Processed, Refusal> {
        let first = &frames[0].image;
        let mut bytes = Vec::new();
        let failed = |_| bad("The result cannot be encoded.");
        match self.format {
            ImageFormat::Jpeg => {
                let rgb = DynamicImage::ImageRgba8(flat(first, [255; 3])).into_rgb8();
                JpegEncoder::new_with_quality(&mut bytes, self.quality)
                    .encode_image(&rgb)
                    .map_err(failed)?;
            }
            ImageFormat::WebP => bytes = self.webp(first)?,
            ImageFormat::Gif => {
                let mut encoder = GifEncoder::new(&mut bytes);
                if self.animated {
                    encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
                }
                let frames = frames
                    .into_iter()
                    .map(|frame| image::Frame::from_parts(frame.image, 0, 0, frame.delay));
                encoder.encode_frames(frames).map_err(failed)?;
            }
            ImageFormat::Bmp => {
                let rgb = DynamicImage::ImageRgba8(flat(first, [255; 3])).into_rgb8();
                rgb.write_to(&mut Cursor::new(&mut bytes), self.format).map_err(failed)?;
            }
            format => first.write_to(&mut Cursor::new(&mut bytes), format).map_err(failed)?,
        }
        Ok(Processed { bytes: Bytes::from(bytes), content_type: self.format.to_mime_type() })
    }

    fn webp(&self, image: &RgbaImage) -> Result<Vec<u8>, Refusal> {
        let (width, height) = image.dimensions();
        if width.max(height) > LONGEST_WEBP {
            return Err(too_large("0040-00000003", "A WebP has at most 16383 pixels a side."));
        }
        let encoder = webp::Encoder::from_rgba(image.as_raw(), width, height);
        Ok(encoder.encode(f32::from(self.quality)).to_vec())
    }
}

fn format(operation: &Operation, source: &Source) -> Result<ImageFormat, Refusal> {
    let name = operation.get("").unwrap_or_default();
    let refuse = |message: &str| Err(argument("format", name, message));
    match name {
        "jpg" | "jpeg" => Ok(ImageFormat::Jpeg),
        "png" => Ok(ImageFormat::Png),
        "webp" if source.animated() => refuse("an animated GIF cannot become a WebP"),
        "webp" => Ok(ImageFormat::WebP),
        "bmp" => Ok(ImageFormat::Bmp),
        "tiff" => Ok(ImageFormat::Tiff),
        "gif" if source.format != ImageFormat::Gif => refuse("only a GIF can become a GIF"),
        "gif" => Ok(ImageFormat::Gif),
        "heic" | "avif" => refuse("this format is not offered in the region"),
        _ => refuse("no such format"),
    }
}
