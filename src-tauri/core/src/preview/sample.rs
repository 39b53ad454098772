//! A picture of Hoist's own to try transforms on: a harbour at dawn, drawn when it is first wanted.

use std::io::Cursor;
use std::sync::OnceLock;

use ::image::codecs::jpeg::JpegEncoder;
use ::image::{Rgb, RgbImage};
use bytes::Bytes;

use crate::problem::{Code, Problem, Result};

/// Its name.
pub(crate) const SAMPLE_NAME: &str = "sample.jpg";

/// A camera's usual shape, large enough that every size in the presets is smaller.
const WIDTH: u32 = 2400;
const HEIGHT: u32 = 1600;

/// Height of the horizon.
const SEA: u32 = 1000;

/// The picture as a JPEG file. CPU work, once: not for async threads.
pub(crate) fn sample() -> Result<Bytes> {
    static SAMPLE: OnceLock<Bytes> = OnceLock::new();
    if let Some(sample) = SAMPLE.get() {
        return Ok(sample.clone());
    }
    let mut jpeg = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut jpeg, 90)
        .encode_image(&draw())
        .map_err(|error| Problem::new(Code::Internal, SAMPLE_NAME).with_detail(error))?;
    Ok(SAMPLE.get_or_init(|| jpeg.into_inner().into()).clone())
}

fn draw() -> RgbImage {
    let mut grain = fastrand::Rng::with_seed(1);
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let color = if y < hill(x) {
            sky(x, y)
        } else if y < SEA {
            [38.0, 48.0, 84.0]
        } else {
            water(x, y)
        };
        // Grain, as every camera has it: without, the files would be unlike real ones.
        let grain = grain.f32() * 10.0 - 5.0;
        Rgb(color.map(|channel| (channel + grain).clamp(0.0, 255.0) as u8))
    })
}

/// Where the hills end above the sea.
fn hill(x: u32) -> u32 {
    let x = x as f32 / WIDTH as f32;
    let height = 90.0 * (x * 9.0).sin() + 60.0 * (x * 23.0 + 1.0).sin() + 170.0;
    SEA - height.max(0.0) as u32
}

fn sky(x: u32, y: u32) -> [f32; 3] {
    let down = y as f32 / SEA as f32;
    let (dx, dy) = (x as f32 - 1640.0, y as f32 - 640.0);
    let from_sun = (dx * dx + dy * dy).sqrt();
    let glow = (1.0 - from_sun / 900.0).max(0.0);
    let sun = if from_sun < 90.0 { 60.0 } else { 0.0 };
    [
        70.0 + 140.0 * down + 60.0 * glow + sun,
        96.0 + 84.0 * down + 50.0 * glow + sun,
        150.0 + 10.0 * down - 20.0 * glow + sun,
    ]
}

fn water(x: u32, y: u32) -> [f32; 3] {
    let depth = (y - SEA) as f32;
    let wave = (x as f32 * 0.02 + (depth * 0.35).sin() * 3.0 + depth * 0.11).sin();
    let path = (1.0 - (x as f32 - 1640.0).abs() / (160.0 + depth)).max(0.0);
    let light = 12.0 * wave + 110.0 * path * (0.6 + 0.4 * wave);
    [40.0 + light, 62.0 + 0.8 * light, 104.0 + 0.4 * light]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Format, measure};

    #[test]
    fn it_is_a_jpeg_of_its_size_and_always_the_same() {
        let first = sample().unwrap();
        let measured = measure(&first).unwrap();
        assert_eq!((measured.kind.format, measured.size), (Format::Jpeg, Some((WIDTH, HEIGHT))));
        assert_eq!(first, sample().unwrap());
    }
}
