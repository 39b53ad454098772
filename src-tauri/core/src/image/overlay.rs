//! Watermarks, laid over an image.

use ::image::{DynamicImage, RgbaImage};
use fast_image_resize::FilterType;
use moxcms::ColorProfile;

use super::apply::{Work, scale};
use super::encode::to_srgb;
use super::geometry::{placed, plan};
use super::pixels::{Sample, whole, with_color};
use super::render::{check_size, decode};
use super::spec::unfit;
use super::step::{Mark, Overlay, Resize, Watermark};
use super::text::{Fonts, draw};
use super::{Fit, dimensions, sniff};
use crate::problem::{Code, Problem, Result, Unfit};

/// Lays the watermark over the pixels.
pub(super) fn watermark(
    pixels: DynamicImage,
    watermark: &Watermark,
    work: &Work<'_>,
) -> Result<DynamicImage> {
    let size = (pixels.width(), pixels.height());
    let part = match &watermark.overlay {
        Overlay::Text(text) => draw(text, Fonts::system(), work.limits)?,
        Overlay::Image(mark) => shown(mark, size, work)?,
    };
    Ok(lay(pixels, &part, watermark))
}

/// The image of a watermark, in the size that it has there.
fn shown(mark: &Mark, (width, height): (u32, u32), work: &Work<'_>) -> Result<RgbaImage> {
    let marks = work.marks.ok_or_else(|| unfit(format!("mark={}", mark.key), Unfit::NoMark))?;
    let bytes = marks.mark(&mark.key)?;
    let kind = sniff(&bytes).ok_or_else(|| Problem::new(Code::NotAnImage, &mark.key))?;
    if let Some(header) = dimensions::header(&bytes, kind.format) {
        check_size(header, work.limits, &mark.key)?;
    }
    let decoded = decode(&bytes, kind.format, work.limits, &mark.key)?;
    let mut pixels = whole(decoded.pixels);
    if let Some(profile) = decoded.icc.and_then(|icc| ColorProfile::new_from_slice(&icc).ok()) {
        pixels = to_srgb(pixels, &profile);
    }
    if let Some(percent) = mark.scale {
        let share = |side: u32| (side * u32::from(percent) / 100).max(1);
        let fit = Resize {
            width: Some(share(width)),
            height: Some(share(height)),
            fit: Fit::Lfit,
            enlarge: true,
            ..Resize::default()
        };
        if let Some(plan) = plan((pixels.width(), pixels.height()), &fit) {
            pixels = scale(&pixels, plan.crop, plan.scaled, FilterType::Lanczos3, &mark.key)?;
        }
    }
    Ok(pixels.into_rgba8())
}

fn lay(pixels: DynamicImage, part: &RgbaImage, watermark: &Watermark) -> DynamicImage {
    let mut pixels = with_color(pixels);
    let size = (pixels.width(), pixels.height());
    let opacity = f32::from(watermark.opacity) / 100.0;
    for at in places(size, part.dimensions(), watermark) {
        match &mut pixels {
            DynamicImage::ImageRgb8(to) => blend::<_, 3>(to, size, part, at, opacity),
            DynamicImage::ImageRgba8(to) => blend::<_, 4>(to, size, part, at, opacity),
            DynamicImage::ImageRgb16(to) => blend::<_, 3>(to, size, part, at, opacity),
            DynamicImage::ImageRgba16(to) => blend::<_, 4>(to, size, part, at, opacity),
            // `with_color` leaves only these.
            _ => {}
        }
    }
    pixels
}

/// Left and top of each place where it is laid.
fn places(size: (u32, u32), part: (u32, u32), watermark: &Watermark) -> Vec<(i64, i64)> {
    let Watermark { at, x, y, shift, tile, gap, .. } = *watermark;
    if !tile {
        return vec![placed(size, part, at, (x, y), shift)];
    }
    let step = |part: u32, gap: u16| (part + u32::from(gap)).max(1) as usize;
    let (across, down) = (step(part.0, gap.0), step(part.1, gap.1));
    let rows = (0..i64::from(size.1)).step_by(down);
    rows.flat_map(|top| (0..i64::from(size.0)).step_by(across).map(move |left| (left, top)))
        .collect()
}

/// Lays what is inside of the image over it, row by row.
fn blend<S: Sample, const N: usize>(
    to: &mut [S],
    (width, height): (u32, u32),
    part: &RgbaImage,
    (left, top): (i64, i64),
    opacity: f32,
) {
    let (part_width, part_height) = part.dimensions();
    let span = |start: i64, part: u32, whole: u32| {
        let from = start.max(0);
        let until = (start + i64::from(part)).min(i64::from(whole)).max(from);
        (from as usize, (until - from) as usize)
    };
    let (x, columns) = span(left, part_width, width);
    let (y, rows) = span(top, part_height, height);
    let skip = ((-left).max(0) as usize, (-top).max(0) as usize);
    let lines = to.chunks_exact_mut(width as usize * N).skip(y).take(rows);
    let from = part.as_raw().chunks_exact(part_width as usize * 4).skip(skip.1);
    for (line, from) in lines.zip(from) {
        let below = line.chunks_exact_mut(N).skip(x).take(columns);
        for (below, above) in below.zip(from.chunks_exact(4).skip(skip.0)) {
            over::<S, N>(below, above, opacity);
        }
    }
}

fn over<S: Sample, const N: usize>(below: &mut [S], above: &[u8], opacity: f32) {
    let covered = f32::from(above[3]) / 255.0 * opacity;
    if covered <= 0.0 {
        return;
    }
    let under = if N == 4 { below[N - 1].get() / S::MAX } else { 1.0 };
    let seen = under * (1.0 - covered);
    let alpha = covered + seen;
    for (to, from) in below[..3].iter_mut().zip(above) {
        let color = f32::from(*from) / 255.0 * S::MAX;
        *to = S::of((color * covered + to.get() * seen) / alpha);
    }
    if N == 4 {
        below[N - 1] = S::of(alpha * S::MAX);
    }
}

#[cfg(test)]
mod tests;
