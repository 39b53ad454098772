//! blur, sharpen, bright, contrast.

use image::RgbaImage;
use image::imageops;

use super::parse::Operation;
use crate::oss::wire::error::Refusal;

pub(super) fn blur(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    operation.needed("r", 1, 50)?;
    let sigma = operation.needed("s", 1, 50)?;
    *image = imageops::blur(image, sigma as f32);
    Ok(())
}

pub(super) fn sharpen(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    let strength = operation.needed("", 50, 399)?;
    let blurred = imageops::blur(image, 1.0);
    let strength = strength as f32 / 100.0;
    for (pixel, soft) in image.pixels_mut().zip(blurred.pixels()) {
        for channel in 0..3 {
            let sharp = f32::from(pixel.0[channel]);
            let edge = sharp - f32::from(soft.0[channel]);
            pixel.0[channel] = (sharp + edge * strength).clamp(0.0, 255.0) as u8;
        }
    }
    Ok(())
}

pub(super) fn bright(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    let amount = operation.needed("", -100, 100)? as f32 * 2.55;
    map(image, |value| value + amount);
    Ok(())
}

pub(super) fn contrast(image: &mut RgbaImage, operation: &Operation) -> Result<(), Refusal> {
    let amount = operation.needed("", -100, 100)? as f32 / 100.0;
    let factor = if amount < 0.0 { 1.0 + amount } else { 1.0 / (1.0 - amount).max(0.01) };
    map(image, |value| (value - 127.5) * factor + 127.5);
    Ok(())
}

fn map(image: &mut RgbaImage, change: impl Fn(f32) -> f32) {
    for pixel in image.pixels_mut() {
        for channel in 0..3 {
            let value = change(f32::from(pixel.0[channel]));
            pixel.0[channel] = value.round().clamp(0.0, 255.0) as u8;
        }
    }
}
