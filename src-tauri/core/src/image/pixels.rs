//! Samples of pixels: whole numbers of 8 or 16 bits, gray or colour, with or without alpha.

use ::image::DynamicImage;

/// One number of a pixel.
pub(super) trait Sample: Copy {
    /// The largest value.
    const MAX: f32;

    fn get(self) -> f32;

    /// The nearest value there is.
    fn of(value: f32) -> Self;
}

impl Sample for u8 {
    const MAX: f32 = 255.0;

    fn get(self) -> f32 {
        f32::from(self)
    }

    fn of(value: f32) -> Self {
        // A cast keeps to the range by itself.
        (value + 0.5) as Self
    }
}

impl Sample for u16 {
    const MAX: f32 = 65_535.0;

    fn get(self) -> f32 {
        f32::from(self)
    }

    fn of(value: f32) -> Self {
        (value + 0.5) as Self
    }
}

/// Runs `$body` with `$samples`, a mutable slice, and `$channels`, how many make a pixel.
macro_rules! in_place {
    ($pixels:expr, $samples:ident, $channels:ident => $body:expr) => {{
        use ::image::DynamicImage as Pixels;
        match $pixels {
            Pixels::ImageLuma8(buffer) => run!(buffer, 1, $samples, $channels, $body),
            Pixels::ImageLumaA8(buffer) => run!(buffer, 2, $samples, $channels, $body),
            Pixels::ImageRgb8(buffer) => run!(buffer, 3, $samples, $channels, $body),
            Pixels::ImageRgba8(buffer) => run!(buffer, 4, $samples, $channels, $body),
            Pixels::ImageLuma16(buffer) => run!(buffer, 1, $samples, $channels, $body),
            Pixels::ImageLumaA16(buffer) => run!(buffer, 2, $samples, $channels, $body),
            Pixels::ImageRgb16(buffer) => run!(buffer, 3, $samples, $channels, $body),
            Pixels::ImageRgba16(buffer) => run!(buffer, 4, $samples, $channels, $body),
            // `whole` has made one of the above of everything else.
            _ => {}
        }
    }};
}

macro_rules! run {
    ($buffer:expr, $count:expr, $samples:ident, $channels:ident, $body:expr) => {{
        let $samples = &mut **$buffer;
        let $channels: usize = $count;
        $body
    }};
}

pub(super) use {in_place, run};

/// Without floating point.
pub(super) fn whole(pixels: DynamicImage) -> DynamicImage {
    match pixels {
        DynamicImage::ImageRgb32F(_) => pixels.into_rgb16().into(),
        DynamicImage::ImageRgba32F(_) => pixels.into_rgba16().into(),
        pixels => pixels,
    }
}

/// Whether its samples have more than 8 bits.
pub(super) fn is_wide(pixels: &DynamicImage) -> bool {
    pixels.color().bytes_per_pixel() > pixels.color().channel_count()
}

/// The same with an alpha channel.
pub(super) fn with_alpha(pixels: DynamicImage) -> DynamicImage {
    let color = pixels.color();
    match (color.has_alpha(), color.has_color(), is_wide(&pixels)) {
        (true, ..) => pixels,
        (false, false, false) => pixels.into_luma_alpha8().into(),
        (false, false, true) => pixels.into_luma_alpha16().into(),
        (false, true, false) => pixels.into_rgba8().into(),
        (false, true, true) => pixels.into_rgba16().into(),
    }
}

/// The same with three colours.
pub(super) fn with_color(pixels: DynamicImage) -> DynamicImage {
    let color = pixels.color();
    match (color.has_color(), color.has_alpha(), is_wide(&pixels)) {
        (true, ..) => pixels,
        (false, false, false) => pixels.into_rgb8().into(),
        (false, true, false) => pixels.into_rgba8().into(),
        (false, false, true) => pixels.into_rgb16().into(),
        (false, true, true) => pixels.into_rgba16().into(),
    }
}

/// How many of the channels are colours.
pub(super) fn colors(channels: usize) -> usize {
    if channels.is_multiple_of(2) { channels - 1 } else { channels }
}

/// Weighs colours by alpha, so that what is not seen does not bleed when pixels are mixed.
pub(super) fn premultiply(pixels: &mut DynamicImage) {
    in_place!(pixels, samples, channels => weigh(samples, channels, |color, alpha| color * alpha));
}

/// Takes the weight of alpha out again.
pub(super) fn unpremultiply(pixels: &mut DynamicImage) {
    in_place!(pixels, samples, channels => {
        weigh(samples, channels, |color, alpha| if alpha > 0.0 { color / alpha } else { 0.0 });
    });
}

fn weigh<S: Sample>(samples: &mut [S], channels: usize, weighed: impl Fn(f32, f32) -> f32) {
    if !channels.is_multiple_of(2) {
        return;
    }
    for pixel in samples.chunks_exact_mut(channels) {
        let alpha = pixel[channels - 1].get() / S::MAX;
        if alpha < 1.0 {
            for color in &mut pixel[..channels - 1] {
                *color = S::of(weighed(color.get(), alpha));
            }
        }
    }
}
