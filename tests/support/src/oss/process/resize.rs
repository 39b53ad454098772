//! resize: all modes, `limit` and percentages.

use image::imageops::{FilterType, crop_imm, resize};
use image::{Rgba, RgbaImage};

use super::canvas::over;
use super::parse::Operation;
use super::{argument, too_large};
use crate::oss::wire::error::Refusal;

/// Longest side that can be asked for and made.
pub(super) const LONGEST_SIDE: u32 = 16_384;
/// Most pixels of a result.
pub(super) const MOST_PIXELS: u64 = 16_777_216;

/// Resizes. What `never_grows`, a GIF, is not enlarged even where `limit_0` asks for it.
pub(super) fn apply(
    image: &mut RgbaImage,
    operation: &Operation,
    never_grows: bool,
) -> Result<(), Refusal> {
    let side = |name| operation.number(name, 1, i64::from(LONGEST_SIDE));
    let (w, h) = (side("w")?, side("h")?);
    let (long, short) = (side("l")?, side("s")?);
    let percent = operation.number("p", 1, 1000)?;
    let limited = operation.number("limit", 0, 1)?.unwrap_or(1) == 1 || never_grows;
    let colour = operation.colour("color", [255, 255, 255])?;
    let mode = operation.get("m").unwrap_or("lfit");
    if !["lfit", "mfit", "fill", "pad", "fixed"].contains(&mode) {
        return Err(argument("resize m", mode, "no such mode"));
    }
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    if let Some(percent) = percent {
        let factor = percent as f64 / 100.0;
        let factor = if never_grows { factor.min(1.0) } else { factor };
        let target = (pixels(width * factor), pixels(height * factor));
        return scale(image, target);
    }
    // Width and height come before the longer and the shorter side.
    let (w, h) = match (w, h) {
        (None, None) if width >= height => (long, short),
        (None, None) => (short, long),
        sides => sides,
    };
    let (w, h) = match (w, h, mode) {
        (None, None, _) => return Err(argument("resize", "", "resize needs a size")),
        (Some(w), Some(h), _) => (w as f64, h as f64),
        // Modes with fixed sides make squares of one.
        (Some(side), None, "fill" | "pad" | "fixed")
        | (None, Some(side), "fill" | "pad" | "fixed") => (side as f64, side as f64),
        (Some(w), None, _) => (w as f64, height * w as f64 / width),
        (None, Some(h), _) => (width * h as f64 / height, h as f64),
    };
    let smaller = (w / width).min(h / height);
    let larger = (w / width).max(h / height);
    // Nothing happens to an image that would have to grow.
    let grows = match mode {
        "lfit" => smaller > 1.0,
        "pad" => smaller >= 1.0,
        "mfit" | "fill" => larger > 1.0,
        _ => w > width || h > height,
    };
    if limited && grows {
        return Ok(());
    }
    let by = |factor: f64| (pixels(width * factor), pixels(height * factor));
    match mode {
        "lfit" => scale(image, by(smaller)),
        "mfit" => scale(image, by(larger)),
        "fixed" => scale(image, (pixels(w), pixels(h))),
        "fill" => {
            let (scaled_w, scaled_h) = by(larger);
            let (w, h) = (pixels(w), pixels(h));
            scale(image, (scaled_w.max(w), scaled_h.max(h)))?;
            let (x, y) = ((image.width() - w) / 2, (image.height() - h) / 2);
            *image = crop_imm(image, x, y, w, h).to_image();
            Ok(())
        }
        _ => {
            let (w, h) = (pixels(w), pixels(h));
            let (scaled_w, scaled_h) = by(smaller);
            check((w, h))?;
            scale(image, (scaled_w.min(w), scaled_h.min(h)))?;
            let [r, g, b] = colour;
            let mut ground = RgbaImage::from_pixel(w, h, Rgba([r, g, b, 255]));
            let (x, y) = ((w - image.width()) / 2, (h - image.height()) / 2);
            over(&mut ground, image, i64::from(x), i64::from(y), 100);
            *image = ground;
            Ok(())
        }
    }
}

fn pixels(length: f64) -> u32 {
    length.round().max(1.0) as u32
}

fn scale(image: &mut RgbaImage, size: (u32, u32)) -> Result<(), Refusal> {
    check(size)?;
    if size != image.dimensions() {
        *image = resize(image, size.0, size.1, FilterType::Triangle);
    }
    Ok(())
}

/// Refuses a result that would be too large.
pub(super) fn check((width, height): (u32, u32)) -> Result<(), Refusal> {
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > LONGEST_SIDE || pixels > MOST_PIXELS {
        return Err(too_large("0040-00000007", "The resulting image would be too large."));
    }
    Ok(())
}
