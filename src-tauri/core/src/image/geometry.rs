//! How large a result is, by the rules of OSS.

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

/// What to do with an upright image of this size; `None` when nothing changes.
pub(super) fn plan((width, height): (u32, u32), transform: &Transform) -> Option<Plan> {
    if !transform.resizes() {
        return None;
    }
    let (w, h) = (f64::from(width), f64::from(height));
    let whole = (0.0, 0.0, w, h);
    let uniform = |scale: f64| {
        let scale = if transform.enlarge { scale } else { scale.min(1.0) };
        let scaled = (side(w * scale), side(h * scale));
        (scaled != (width, height)).then_some(Plan { crop: whole, scaled, canvas: scaled })
    };
    if let Some(percent) = transform.percent {
        // A percentage above 100 asks to enlarge in so many words.
        let scale = f64::from(percent) / 100.0;
        let scaled = (side(w * scale), side(h * scale));
        return (scaled != (width, height)).then_some(Plan { crop: whole, scaled, canvas: scaled });
    }
    let (across, down) = wanted(width, height, transform);
    let (box_w, box_h) = match (across, down) {
        (Some(across), Some(down)) => (f64::from(across), f64::from(down)),
        (one, other) => {
            let only = f64::from(one.or(other)?);
            match transform.fit {
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
    match transform.fit {
        Fit::Lfit => uniform(inner),
        Fit::Mfit => uniform(outer),
        // Without enlarging, a box larger than the image leaves it as it is.
        Fit::Pad if inner >= 1.0 && !transform.enlarge => None,
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
                if transform.enlarge { boxed } else { (boxed.0.min(width), boxed.1.min(height)) };
            (scaled != (width, height)).then_some(Plan { crop: whole, scaled, canvas: scaled })
        }
        Fit::Fill => {
            let scale = if transform.enlarge { outer } else { outer.min(1.0) };
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
fn wanted(width: u32, height: u32, transform: &Transform) -> (Option<u32>, Option<u32>) {
    if transform.width.is_some() || transform.height.is_some() {
        return (transform.width, transform.height);
    }
    if width >= height {
        (transform.long, transform.short)
    } else {
        (transform.short, transform.long)
    }
}

/// A side is a whole number and never 0.
fn side(length: f64) -> u32 {
    length.round().clamp(1.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests;
