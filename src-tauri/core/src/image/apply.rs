//! The steps, one after the other, on pixels in memory.

use ::image::{DynamicImage, Rgba};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::geometry::{Plan, plan};
use super::pixels::{is_wide, whole};
use super::step::{Resize, Step};
use super::{Limits, Marks, OutputFormat, overlay, shape, tone};
use crate::problem::{Code, Problem, Result};

/// What the steps are carried out for.
pub(super) struct Work<'a> {
    pub(super) output: OutputFormat,
    pub(super) marks: Option<&'a dyn Marks>,
    pub(super) limits: &'a Limits,
    /// For messages.
    pub(super) name: &'a str,
}

/// Carries out all steps, in their order, on pixels that are upright already.
pub(super) fn apply(pixels: DynamicImage, steps: &[Step], work: &Work<'_>) -> Result<DynamicImage> {
    steps.iter().try_fold(whole(pixels), |pixels, step| {
        Ok(match step {
            Step::Orient => pixels,
            Step::Crop(crop) => shape::crop(pixels, crop),
            Step::Resize(resize) => self::resize(pixels, resize, work)?,
            Step::Rotate(degrees) => shape::rotate(pixels, *degrees),
            Step::Sharpen(strength) => tone::sharpen(pixels, *strength),
            Step::Blur(blur) => tone::blur(pixels, *blur),
            Step::Bright(level) => tone::bright(pixels, *level),
            Step::Contrast(level) => tone::contrast(pixels, *level),
            Step::Circle(radius) => shape::circle(pixels, *radius),
            Step::Round(radius) => shape::round(pixels, *radius),
            Step::Watermark(watermark) => overlay::watermark(pixels, watermark, work)?,
        })
    })
}

fn resize(pixels: DynamicImage, resize: &Resize, work: &Work<'_>) -> Result<DynamicImage> {
    match plan((pixels.width(), pixels.height()), resize) {
        Some(plan) => scaled(pixels, &plan, resize, work),
        None => Ok(pixels),
    }
}

fn scaled(
    pixels: DynamicImage,
    plan: &Plan,
    resize: &Resize,
    work: &Work<'_>,
) -> Result<DynamicImage> {
    let scaled = scale(&pixels, plan.crop, plan.scaled, FilterType::Lanczos3, work.name)?;
    if plan.canvas == plan.scaled {
        return Ok(scaled);
    }
    drop(pixels);
    let [red, green, blue] = resize.color.0;
    let (left, top) = (
        i64::from((plan.canvas.0 - plan.scaled.0) / 2),
        i64::from((plan.canvas.1 - plan.scaled.1) / 2),
    );
    let (width, height) = plan.canvas;
    let mut canvas: DynamicImage = if is_wide(&scaled) && work.output == OutputFormat::Png {
        let wide = |value: u8| u16::from(value) * 257;
        let color = Rgba([wide(red), wide(green), wide(blue), u16::MAX]);
        ::image::ImageBuffer::from_pixel(width, height, color).into()
    } else {
        ::image::RgbaImage::from_pixel(width, height, Rgba([red, green, blue, u8::MAX])).into()
    };
    ::image::imageops::overlay(&mut canvas, &scaled, left, top);
    let opaque =
        if is_wide(&canvas) { canvas.into_rgb16().into() } else { canvas.into_rgb8().into() };
    Ok(opaque)
}

/// Scales a part of an image. Colours are weighted by alpha, so edges get no halo.
pub(super) fn scale(
    pixels: &DynamicImage,
    (left, top, width, height): (f64, f64, f64, f64),
    to: (u32, u32),
    filter: FilterType,
    name: &str,
) -> Result<DynamicImage> {
    let failed =
        |error: &dyn std::fmt::Display| Problem::new(Code::Internal, name).with_detail(error);
    let mut scaled = DynamicImage::new(to.0, to.1, pixels.color());
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(filter))
        .crop(left, top, width, height);
    Resizer::new().resize(pixels, &mut scaled, &options).map_err(|error| failed(&error))?;
    Ok(scaled)
}
