//! How large a result is, by the rules of OSS.

use super::step::{Crop, Gravity, Resize, Step};
use super::{Fit, Transform};

/// From the original to the result: a part of it is scaled, and laid on a canvas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// Part of the original that is used: left, top, width, height.
    pub(super) crop: (f64, f64, f64, f64),
    /// Its size in the result.
    pub(super) scaled: (u32, u32),
    /// Size of the result; larger than `scaled` where padding is asked for.
    pub(super) canvas: (u32, u32),
}

impl Transform {
    /// Width and height of the result for an upright image of this size.
    pub fn size_of(&self, source: (u32, u32)) -> (u32, u32) {
        self.steps.iter().fold(source, |size, step| after(size, step))
    }
}

/// Width and height after one step. A crop outside of the image leaves a pixel.
pub(super) fn after(size: (u32, u32), step: &Step) -> (u32, u32) {
    let (width, height) = size;
    match step {
        Step::Resize(resize) => plan(size, resize).map_or(size, |plan| plan.canvas),
        Step::Crop(crop) => {
            let (_, _, width, height) = kept(size, crop).unwrap_or((0, 0, 1, 1));
            (width, height)
        }
        Step::Rotate(degrees) => turned(size, *degrees),
        Step::Circle(radius) => {
            let side = diameter(size, *radius);
            (side, side)
        }
        Step::Orient
        | Step::Sharpen(_)
        | Step::Blur(_)
        | Step::Bright(_)
        | Step::Contrast(_)
        | Step::Round(_)
        | Step::Watermark(_) => (width, height),
    }
}

/// The rectangle that a crop keeps: left, top, width, height. `None` when it starts outside.
pub(super) fn kept((width, height): (u32, u32), crop: &Crop) -> Option<(u32, u32, u32, u32)> {
    let (w, h) =
        (crop.width.unwrap_or(width).min(width), crop.height.unwrap_or(height).min(height));
    let (column, row) = crop.at.cell();
    let start = |cell: u8, whole: u32, part: u32| match cell {
        0 => 0,
        1 => whole / 2 - part / 2,
        _ => whole - part,
    };
    let left = start(column, width, w).checked_add(crop.x).filter(|left| *left < width)?;
    let top = start(row, height, h).checked_add(crop.y).filter(|top| *top < height)?;
    Some((left, top, w.min(width - left), h.min(height - top)))
}

/// The box around an image that is turned clockwise.
pub(super) fn turned((width, height): (u32, u32), degrees: u16) -> (u32, u32) {
    match degrees % 360 {
        0 | 180 => (width, height),
        90 | 270 => (height, width),
        degrees => {
            let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
            let (w, h) = (f64::from(width), f64::from(height));
            // Without what floating point adds to whole numbers.
            let whole = |length: f64| (length - 1e-6).ceil() as u32;
            (whole(w * cos.abs() + h * sin.abs()), whole(w * sin.abs() + h * cos.abs()))
        }
    }
}

/// Side of the square around the circle that is cut out.
pub(super) fn diameter((width, height): (u32, u32), radius: u16) -> u32 {
    (2 * u32::from(radius) + 1).min(width.min(height))
}

/// Where something of this size stands in the grid of an image, with these margins: left and top,
/// perhaps outside.
#[allow(dead_code)]
pub(super) fn placed(
    (width, height): (u32, u32),
    (part_width, part_height): (u32, u32),
    at: Gravity,
    (x, y): (u16, u16),
    shift: i16,
) -> (i64, i64) {
    let place = |cell: u8, whole: u32, part: u32, margin: u16, shift: i64| {
        let (whole, part, margin) = (i64::from(whole), i64::from(part), i64::from(margin));
        match cell {
            0 => margin,
            1 => (whole - part) / 2 + shift,
            _ => whole - part - margin,
        }
    };
    let (column, row) = at.cell();
    (place(column, width, part_width, x, 0), place(row, height, part_height, y, i64::from(shift)))
}

/// What to do with an upright image of this size; `None` when nothing changes.
pub(super) fn plan((width, height): (u32, u32), resize: &Resize) -> Option<Plan> {
    if !resize.is_asked() {
        return None;
    }
    let (w, h) = (f64::from(width), f64::from(height));
    let whole = (0.0, 0.0, w, h);
    let uniform = |scale: f64| {
        let scale = if resize.enlarge { scale } else { scale.min(1.0) };
        let scaled = (side(w * scale), side(h * scale));
        (scaled != (width, height)).then_some(Plan { crop: whole, scaled, canvas: scaled })
    };
    if let Some(percent) = resize.percent {
        // A percentage above 100 asks to enlarge in so many words.
        let scale = f64::from(percent) / 100.0;
        let scaled = (side(w * scale), side(h * scale));
        return (scaled != (width, height)).then_some(Plan { crop: whole, scaled, canvas: scaled });
    }
    let (across, down) = wanted(width, height, resize);
    let (box_w, box_h) = match (across, down) {
        (Some(across), Some(down)) => (f64::from(across), f64::from(down)),
        (one, other) => {
            let only = f64::from(one.or(other)?);
            match resize.fit {
                Fit::Lfit | Fit::Mfit => {
                    return uniform(if one.is_some() { only / w } else { only / h });
                }
                // These need both: a square.
                Fit::Fill | Fit::Pad | Fit::Fixed => (only, only),
            }
        }
    };
    let (inner, outer) = ((box_w / w).min(box_h / h), (box_w / w).max(box_h / h));
    let boxed = (side(box_w), side(box_h));
    match resize.fit {
        Fit::Lfit => uniform(inner),
        Fit::Mfit => uniform(outer),
        // Without enlarging, a box larger than the image leaves it as it is.
        Fit::Pad if inner >= 1.0 && !resize.enlarge => None,
        Fit::Pad => {
            let scaled = (side(w * inner).min(boxed.0), side(h * inner).min(boxed.1));
            (scaled != (width, height) || boxed != scaled).then_some(Plan {
                crop: whole,
                scaled,
                canvas: boxed,
            })
        }
        Fit::Fixed => {
            let scaled =
                if resize.enlarge { boxed } else { (boxed.0.min(width), boxed.1.min(height)) };
            (scaled != (width, height)).then_some(Plan { crop: whole, scaled, canvas: scaled })
        }
        Fit::Fill => {
            let scale = if resize.enlarge { outer } else { outer.min(1.0) };
            let scaled = (boxed.0.min(side(w * scale)), boxed.1.min(side(h * scale)));
            if scaled == (width, height) {
                return None;
            }
            let (used_w, used_h) =
                ((f64::from(scaled.0) / scale).min(w), (f64::from(scaled.1) / scale).min(h));
            let crop = ((w - used_w) / 2.0, (h - used_h) / 2.0, used_w, used_h);
            Some(Plan { crop, scaled, canvas: scaled })
        }
    }
}

/// The box, from width and height or from longer and shorter side.
fn wanted(width: u32, height: u32, resize: &Resize) -> (Option<u32>, Option<u32>) {
    if resize.width.is_some() || resize.height.is_some() {
        return (resize.width, resize.height);
    }
    if width >= height { (resize.long, resize.short) } else { (resize.short, resize.long) }
}

/// A side is a whole number and never 0.
fn side(length: f64) -> u32 {
    length.round().clamp(1.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests;
