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
        self.steps.iter().fold(source, after)
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

/// A scale as a fraction, so that halves are rounded as on paper.
#[derive(Clone, Copy)]
struct Scale {
    to: u64,
    from: u64,
}

impl Scale {
    fn new(to: u32, from: u32) -> Self {
        Self { to: u64::from(to), from: u64::from(from) }
    }

    fn enlarges(self) -> bool {
        self.to > self.from
    }

    /// A side is a whole number and never 0.
    fn of(self, side: u32) -> u32 {
        let twice = 2 * u64::from(side) * self.to + self.from;
        u32::try_from(twice / (2 * self.from)).unwrap_or(u32::MAX).max(1)
    }

    /// What becomes a side of this length.
    fn back(self, side: u32) -> f64 {
        f64::from(side) * self.from as f64 / self.to as f64
    }
}

/// What to do with an upright image of this size; `None` when nothing changes.
pub(super) fn plan((width, height): (u32, u32), resize: &Resize) -> Option<Plan> {
    if !resize.is_asked() {
        return None;
    }
    let (w, h) = (f64::from(width), f64::from(height));
    let whole = (0.0, 0.0, w, h);
    let changed = |scaled: (u32, u32), canvas: (u32, u32)| {
        (scaled != (width, height) || canvas != scaled).then_some(Plan {
            crop: whole,
            scaled,
            canvas,
        })
    };
    let uniform = |scale: Scale, enlarge: bool| {
        if scale.enlarges() && !enlarge {
            return None;
        }
        let scaled = (scale.of(width), scale.of(height));
        changed(scaled, scaled)
    };
    if let Some(percent) = resize.percent {
        // A percentage above 100 asks to enlarge in so many words.
        return uniform(Scale::new(percent.into(), 100), true);
    }
    let boxed = match wanted(width, height, resize) {
        (Some(across), Some(down)) => (across, down),
        (one, other) => {
            let only = one.or(other)?;
            match resize.fit {
                Fit::Lfit | Fit::Mfit => {
                    let side = if one.is_some() { width } else { height };
                    return uniform(Scale::new(only, side), resize.enlarge);
                }
                // These need both: a square.
                Fit::Fill | Fit::Pad | Fit::Fixed => (only, only),
            }
        }
    };
    let (across, down) = (Scale::new(boxed.0, width), Scale::new(boxed.1, height));
    let (inner, outer) = if across.to * down.from <= down.to * across.from {
        (across, down)
    } else {
        (down, across)
    };
    match resize.fit {
        Fit::Lfit => uniform(inner, resize.enlarge),
        Fit::Mfit => uniform(outer, resize.enlarge),
        // Without enlarging, a box larger than the image leaves it as it is.
        Fit::Pad if inner.to >= inner.from && !resize.enlarge => None,
        Fit::Pad => changed((inner.of(width), inner.of(height)), boxed),
        Fit::Fixed => {
            let scaled =
                if resize.enlarge { boxed } else { (boxed.0.min(width), boxed.1.min(height)) };
            changed(scaled, scaled)
        }
        Fit::Fill => {
            let kept = outer.enlarges() && !resize.enlarge;
            let scale = if kept { Scale::new(1, 1) } else { outer };
            let scaled = (boxed.0.min(scale.of(width)), boxed.1.min(scale.of(height)));
            let (used_w, used_h) = (scale.back(scaled.0).min(w), scale.back(scaled.1).min(h));
            let crop = ((w - used_w) / 2.0, (h - used_h) / 2.0, used_w, used_h);
            changed(scaled, scaled).map(|plan| Plan { crop, ..plan })
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

#[cfg(test)]
mod tests;
