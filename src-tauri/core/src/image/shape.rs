//! Crop, rotation, circle and rounded corners.

use ::image::DynamicImage;

use super::geometry::{diameter, kept, turned};
use super::pixels::{Sample, in_place, run, with_alpha};
use super::step::Crop;

/// The part that a crop keeps; all of it when it starts outside, which `render` has refused.
pub(super) fn crop(pixels: DynamicImage, crop: &Crop) -> DynamicImage {
    let size = (pixels.width(), pixels.height());
    match kept(size, crop) {
        Some((left, top, width, height)) if (width, height) != size => {
            pixels.crop_imm(left, top, width, height)
        }
        _ => pixels,
    }
}

/// Turns clockwise. What a turn that is not a quarter leaves empty is transparent, and shows the
/// background where the format has no alpha.
pub(super) fn rotate(pixels: DynamicImage, degrees: u16) -> DynamicImage {
    match degrees % 360 {
        0 => pixels,
        90 => pixels.rotate90(),
        180 => pixels.rotate180(),
        270 => pixels.rotate270(),
        degrees => rotate_by(with_alpha(pixels), degrees),
    }
}

fn rotate_by(pixels: DynamicImage, degrees: u16) -> DynamicImage {
    use DynamicImage as Pixels;
    let size = (pixels.width(), pixels.height());
    let (width, height) = turned(size, degrees);
    let mut to = DynamicImage::new(width, height, pixels.color());
    match (&pixels, &mut to) {
        (Pixels::ImageLumaA8(from), Pixels::ImageLumaA8(to)) => {
            turn::<_, 2>(from, size, to, (width, height), degrees);
        }
        (Pixels::ImageRgba8(from), Pixels::ImageRgba8(to)) => {
            turn::<_, 4>(from, size, to, (width, height), degrees);
        }
        (Pixels::ImageLumaA16(from), Pixels::ImageLumaA16(to)) => {
            turn::<_, 2>(from, size, to, (width, height), degrees);
        }
        (Pixels::ImageRgba16(from), Pixels::ImageRgba16(to)) => {
            turn::<_, 4>(from, size, to, (width, height), degrees);
        }
        _ => {}
    }
    to
}

/// For each pixel of the result, the four around where it comes from.
fn turn<S: Sample, const N: usize>(
    from: &[S],
    size: (u32, u32),
    to: &mut [S],
    (width, height): (u32, u32),
    degrees: u16,
) {
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let middle = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    let from_middle = (f64::from(size.0) / 2.0 - 0.5, f64::from(size.1) / 2.0 - 0.5);
    let rows = to.chunks_exact_mut(width as usize * N);
    for (y, row) in rows.enumerate() {
        let down = y as f64 + 0.5 - middle.1;
        for (x, pixel) in row.chunks_exact_mut(N).enumerate() {
            let across = x as f64 + 0.5 - middle.0;
            let left = cos * across + sin * down + from_middle.0;
            let top = cos * down - sin * across + from_middle.1;
            mix::<S, N>(from, size, (left, top), pixel);
        }
    }
}

fn mix<S: Sample, const N: usize>(
    from: &[S],
    (width, height): (u32, u32),
    (left, top): (f64, f64),
    pixel: &mut [S],
) {
    let (floor_x, floor_y) = (left.floor(), top.floor());
    let (right, below) = ((left - floor_x) as f32, (top - floor_y) as f32);
    let (x, y) = (floor_x as i64, floor_y as i64);
    let around = [
        (x, y, (1.0 - right) * (1.0 - below)),
        (x + 1, y, right * (1.0 - below)),
        (x, y + 1, (1.0 - right) * below),
        (x + 1, y + 1, right * below),
    ];
    let mut sums = [0.0_f32; N];
    for (x, y, weight) in around {
        let inside = (0..i64::from(width)).contains(&x) && (0..i64::from(height)).contains(&y);
        if !inside || weight == 0.0 {
            continue;
        }
        let at = (y as usize * width as usize + x as usize) * N;
        let Some(source) = from.get(at..at + N) else { continue };
        // Colours count by what is seen of them.
        let seen = source[N - 1].get() * weight;
        sums[N - 1] += seen;
        for (sum, color) in sums[..N - 1].iter_mut().zip(source) {
            *sum += color.get() * seen;
        }
    }
    let seen = sums[N - 1];
    if seen > 0.0 {
        for (to, sum) in pixel.iter_mut().zip(&sums[..N - 1]) {
            *to = S::of(sum / seen);
        }
        pixel[N - 1] = S::of(seen);
    }
}

/// Cuts out the circle around the centre.
pub(super) fn circle(pixels: DynamicImage, radius: u16) -> DynamicImage {
    let (width, height) = (pixels.width(), pixels.height());
    let side = diameter((width, height), radius);
    let square = pixels.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    corners(square, f64::from(side) / 2.0)
}

/// Rounds the corners off.
pub(super) fn round(pixels: DynamicImage, radius: u16) -> DynamicImage {
    let most = f64::from(pixels.width().min(pixels.height())) / 2.0;
    corners(pixels, f64::from(radius).min(most))
}

fn corners(pixels: DynamicImage, radius: f64) -> DynamicImage {
    let mut pixels = with_alpha(pixels);
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    in_place!(&mut pixels, samples, channels => {
        let rows = samples.chunks_exact_mut(width * channels);
        for (y, row) in rows.enumerate() {
            // Distance of the pixel's middle into the corner's square, 0 outside of it.
            let down = into_corner(y, height, radius);
            if down == 0.0 {
                continue;
            }
            for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
                let across = into_corner(x, width, radius);
                let covered = (radius + 0.5 - across.hypot(down)).clamp(0.0, 1.0) as f32;
                if across > 0.0 && covered < 1.0 {
                    fade(&mut pixel[channels - 1], covered);
                }
            }
        }
    });
    pixels
}

fn into_corner(at: usize, length: usize, radius: f64) -> f64 {
    let middle = at as f64 + 0.5;
    (radius - middle).max(middle - (length as f64 - radius)).max(0.0)
}

fn fade<S: Sample>(alpha: &mut S, share: f32) {
    *alpha = S::of(alpha.get() * share);
}

#[cfg(test)]
mod tests;
