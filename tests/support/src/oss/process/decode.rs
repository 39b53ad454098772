//! Sources: their limits, their frames, how they are to be turned.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::gif::GifDecoder;
use image::metadata::Orientation;
use image::{AnimationDecoder as _, Delay, ImageDecoder as _, ImageFormat, ImageReader, RgbaImage};

use super::encode::Output;
use super::parse::Operation;
use super::{bad, too_large};
use crate::oss::wire::error::Refusal;

/// Most bytes of a source.
const MOST_BYTES: usize = 20 * 1024 * 1024;
/// Longest side of a source.
const LONGEST_SIDE: u32 = 30_000;
/// Most pixels of a source, all frames together.
const MOST_PIXELS: u64 = 250_000_000;

/// One picture of a source.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) image: RgbaImage,
    pub(super) delay: Delay,
}

/// A source that was read.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) format: ImageFormat,
    pub(super) orientation: Orientation,
    pub(super) frames: Vec<Frame>,
}

impl Source {
    pub(super) fn read(bytes: &Bytes) -> Result<Self, Refusal> {
        if bytes.len() > MOST_BYTES {
            return Err(too_large("0040-00000003", "The source image is larger than 20 MB."));
        }
        let broken = |_| bad("The object is not an image, or it is damaged.");
        let format = image::guess_format(bytes).map_err(broken)?;
        let known = [
            ImageFormat::Jpeg,
            ImageFormat::Png,
            ImageFormat::Gif,
            ImageFormat::WebP,
            ImageFormat::Bmp,
            ImageFormat::Tiff,
        ];
        if !known.contains(&format) {
            return Err(bad("The format of the source image is not supported."));
        }
        let mut decoder =
            ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(broken)?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS {
            return Err(too_large("0040-00000003", "The source image has too many pixels."));
        }
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let frames = if format == ImageFormat::Gif {
            Self::gif(bytes, pixels)?
        } else {
            let image = image::DynamicImage::from_decoder(decoder).map_err(broken)?.into_rgba8();
            vec![Frame { image, delay: Delay::from_numer_denom_ms(0, 1) }]
        };
        Ok(Self { format, orientation, frames })
    }

    fn gif(bytes: &Bytes, pixels: u64) -> Result<Vec<Frame>, Refusal> {
        let broken = |_| bad("The object is not an image, or it is damaged.");
        let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(broken)?;
        let mut frames = Vec::new();
        for frame in decoder.into_frames() {
            let frame = frame.map_err(broken)?;
            let delay = frame.delay();
            frames.push(Frame { image: frame.into_buffer(), delay });
            if pixels * frames.len() as u64 > MOST_PIXELS {
                return Err(too_large("0040-00000003", "The source image has too many pixels."));
            }
        }
        if frames.is_empty() { Err(bad("The image has no frame.")) } else { Ok(frames) }
    }

    pub(super) fn animated(&self) -> bool {
        self.frames.len() > 1
    }

    pub(super) fn first(&self) -> &RgbaImage {
        &self.frames[0].image
    }

    /// The frames that are worked on: one, unless an animation stays one.
    pub(super) fn frames(&self, operations: &[Operation], output: &Output) -> Vec<Frame> {
        let percent = operations.iter().any(|operation| operation.get("p").is_some());
        let count = if output.keeps_animation() && !percent { self.frames.len() } else { 1 };
        let frames = self.frames.iter().take(count);
        frames.map(|frame| Frame { image: frame.image.clone(), delay: frame.delay }).collect()
    }
}
