//! Blur, sharpening, brightness and contrast.

use ::image::DynamicImage;

use super::pixels::{Sample, colors, in_place, premultiply, run, unpremultiply};
use super::step::Blur;

/// A Gaussian blur that looks no further than its radius.
///
/// Done as three box blurs of the same variance, in time that does not depend on the strength.
pub(super) fn blur(pixels: DynamicImage, Blur { radius, sigma }: Blur) -> DynamicImage {
    smooth(pixels, cut_sigma(radius, sigma))
}

/// Standard deviation of a Gaussian that is cut off at a radius.
fn cut_sigma(radius: u8, sigma: u8) -> f32 {
    let (radius, sigma) = (i32::from(radius), f32::from(sigma));
    let (mut sum, mut squares) = (0.0, 0.0);
    for offset in -radius..=radius {
        let square = (offset * offset) as f32;
        let weight = (-square / (2.0 * sigma * sigma)).exp();
        sum += weight;
        squares += weight * square;
    }
    (squares / sum).sqrt()
}

fn smooth(mut pixels: DynamicImage, sigma: f32) -> DynamicImage {
    let alpha = pixels.color().has_alpha();
    if alpha {
        premultiply(&mut pixels);
    }
    let mut smooth = pixels.fast_blur(sigma);
    if alpha {
        unpremultiply(&mut smooth);
    }
    smooth
}

/// An unsharp mask over one pixel: what a blur takes away is added, at 100 once.
pub(super) fn sharpen(mut pixels: DynamicImage, strength: u16) -> DynamicImage {
    use DynamicImage as Pixels;
    let smooth = smooth(pixels.clone(), 1.0);
    let amount = f32::from(strength) / 100.0;
    match (&mut pixels, &smooth) {
        (Pixels::ImageLuma8(to), Pixels::ImageLuma8(from)) => add(to, from, 1, amount),
        (Pixels::ImageLumaA8(to), Pixels::ImageLumaA8(from)) => add(to, from, 2, amount),
        (Pixels::ImageRgb8(to), Pixels::ImageRgb8(from)) => add(to, from, 3, amount),
        (Pixels::ImageRgba8(to), Pixels::ImageRgba8(from)) => add(to, from, 4, amount),
        (Pixels::ImageLuma16(to), Pixels::ImageLuma16(from)) => add(to, from, 1, amount),
        (Pixels::ImageLumaA16(to), Pixels::ImageLumaA16(from)) => add(to, from, 2, amount),
        (Pixels::ImageRgb16(to), Pixels::ImageRgb16(from)) => add(to, from, 3, amount),
        (Pixels::ImageRgba16(to), Pixels::ImageRgba16(from)) => add(to, from, 4, amount),
        _ => {}
    }
    pixels
}

fn add<S: Sample>(to: &mut [S], smooth: &[S], channels: usize, amount: f32) {
    let colors = colors(channels);
    for (to, smooth) in to.chunks_exact_mut(channels).zip(smooth.chunks_exact(channels)) {
        for (to, smooth) in to.iter_mut().zip(smooth).take(colors) {
            let (sharp, smooth) = (to.get(), smooth.get());
            *to = S::of(sharp + (sharp - smooth) * amount);
        }
    }
}

/// Adds a share of the whole range to every colour.
pub(super) fn bright(mut pixels: DynamicImage, level: i8) -> DynamicImage {
    let by = f32::from(level) / 100.0;
    in_place!(&mut pixels, samples, channels => each(samples, channels, |value| value + by));
    pixels
}

/// Stretches every colour around the middle: at 100 there is nothing between, at -100 only the
/// middle.
pub(super) fn contrast(mut pixels: DynamicImage, level: i8) -> DynamicImage {
    // The slope that ImageMagick's `-brightness-contrast` has.
    let angle = std::f64::consts::FRAC_PI_4 * (f64::from(level) / 100.0 + 1.0);
    let slope = angle.tan().clamp(0.0, 1e6) as f32;
    in_place!(&mut pixels, samples, channels => {
        each(samples, channels, |value| (value - 0.5) * slope + 0.5);
    });
    pixels
}

/// Maps every colour, from 0 to 1, through a table.
fn each<S: Sample + Into<u32>>(samples: &mut [S], channels: usize, map: impl Fn(f32) -> f32) {
    let table: Vec<S> =
        (0..=S::MAX as u32).map(|value| S::of(map(value as f32 / S::MAX) * S::MAX)).collect();
    let colors = colors(channels);
    for pixel in samples.chunks_exact_mut(channels) {
        for color in &mut pixel[..colors] {
            *color = table[(*color).into() as usize];
        }
    }
}

#[cfg(test)]
mod tests;
