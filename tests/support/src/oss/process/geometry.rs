//! crop, rotate, auto-orient, circle, rounded-corners.

use image::imageops::crop_imm;
use image::metadata::Orientation;
use image::{DynamicImage, Rgba, RgbaImage};

use super::argument;
use super::canvas::cell;
use super::parse::Operation;
use super::resize::check;
use crate::oss::wire::error::Refusal;

pub(super) fn crop(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    let (width, height) = image.dimensions();
    let side = |name| operation.number(name, 1, 30_000);
    let w = side("w")?.map_or(width, |w| w as u32).min(width);
    let h = side("h")?.map_or(height, |h| h as u32).min(height);
    let x = operation.number("x", 0, 30_000)?.unwrap_or(0) as u32;
    let y = operation.number("y", 0, 30_000)?.unwrap_or(0) as u32;
    let place = operation.get("g").unwrap_or("nw");
    let (column, row) = cell(place).ok_or_else(|| argument("crop g", place, "no such place"))?;
    let start = |cell: u32, whole: u32, part: u32| match cell {
        0 => 0,
        1 => whole / 2 - part / 2,
        _ => whole - part,
    };
    let (left, top) = (start(column, width, w) + x, start(row, height, h) + y);
    if left >= width || top >= height {
        return Err(argument("crop", &format!("x_{x},y_{y}"), "the crop is outside of the image"));
    }
    // What reaches over the edge ends there.
    let (w, h) = (w.min(width - left), h.min(height - top));
    *image = crop_imm(image, left, top, w, h).to_image();
    Ok(())
}

pub(super) fn rotate(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    let degrees = operation.needed("", 0, 360)?;
    let quarter = match degrees {
        0 | 360 => return Ok(()),
        90 => Some(image::imageops::rotate90(image)),
        180 => Some(image::imageops::rotate180(image)),
        270 => Some(image::imageops::rotate270(image)),
        _ => None,
    };
    *image = match quarter {
        Some(turned) => turned,
        None => turned(image, degrees as f64, [255, 255, 255, 0])?,
    };
    Ok(())
}

/// Turned clockwise by any angle, in the box that it then needs.
pub(super) fn turned(
    image: &RgbaImage,
    degrees: f64,
    ground: [u8; 4],
) -> Result<RgbaImage, Refusal> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (w, h) = (f64::from(image.width()), f64::from(image.height()));
    let side = |length: f64| (length - 1e-6).ceil().max(1.0) as u32;
    let size = (side(w * cos.abs() + h * sin.abs()), side(w * sin.abs() + h * cos.abs()));
    check(size)?;
    let (middle_x, middle_y) = (f64::from(size.0) / 2.0, f64::from(size.1) / 2.0);
    Ok(RgbaImage::from_fn(size.0, size.1, |x, y| {
        let (dx, dy) = (f64::from(x) + 0.5 - middle_x, f64::from(y) + 0.5 - middle_y);
        let (from_x, from_y) = (dx * cos + dy * sin + w / 2.0, dy * cos - dx * sin + h / 2.0);
        if from_x < 0.0 || from_y < 0.0 || from_x >= w || from_y >= h {
            return Rgba(ground);
        }
        *image.get_pixel(from_x as u32, from_y as u32)
    }))
}

pub(super) fn orient(
    image: &mut RgbaImage,
    operation: &Operation,
    orientation: Orientation,
) -> Result<(), Refusal> {
    if operation.needed("", 0, 1)? == 1 {
        let mut whole = DynamicImage::ImageRgba8(std::mem::take(image));
        whole.apply_orientation(orientation);
        *image = whole.into_rgba8();
    }
    Ok(())
}

pub(super) fn circle(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    let radius = operation.needed("r", 1, 4096)? as u32;
    let (width, height) = image.dimensions();
    let side = (2 * radius + 1).min(width).min(height);
    let (x, y) = ((width - side) / 2, (height - side) / 2);
    *image = crop_imm(image, x, y, side, side).to_image();
    let middle = f64::from(side) / 2.0;
    clear(image, |x, y| (x - middle).hypot(y - middle) > middle);
    Ok(())
}

pub(super) fn rounded(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    let radius = operation.needed("r", 1, 4096)? as u32;
    let (width, height) = image.dimensions();
    let radius = f64::from(radius.min(width / 2).min(height / 2));
    let (width, height) = (f64::from(width), f64::from(height));
    clear(image, |x, y| {
        let near_x = x.clamp(radius, width - radius);
        let near_y = y.clamp(radius, height - radius);
        (x - near_x).hypot(y - near_y) > radius
    });
    Ok(())
}

/// Makes the pixels outside of a shape transparent.
fn clear(image: &mut RgbaImage, outside: impl Fn(f64, f64) -> bool) {
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        if outside(f64::from(x) + 0.5, f64::from(y) + 0.5) {
            *pixel = Rgba([255, 255, 255, 0]);
        }
    }
}
