//! Carrying out a transform: decode, turn upright, scale, encode.

use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};

use ::image::error::{ImageError, LimitErrorKind};
use ::image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Rgba};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::dimensions::{Header, header};
use super::encode::{self, Encoding};
use super::geometry::{Plan, plan};
use super::strip::jpeg::Jpeg;
use super::{Format, Kind, Limits, OutputFormat, Quality, Transform, exif};
use crate::problem::{Code, Problem, Result};

/// An image in memory, upright.
pub(super) struct Decoded {
    pub(super) pixels: DynamicImage,
    pub(super) icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
}

/// The result of a transform.
#[derive(Debug)]
pub(super) enum Rendered {
    /// It has nothing to do for this image.
    Unchanged,
    Image {
        bytes: Vec<u8>,
        format: Format,
        width: u32,
        height: u32,
    },
}

/// Formats that can be decoded here.
pub(super) fn decoder_format(format: Format) -> Option<ImageFormat> {
    Some(match format {
        Format::Png => ImageFormat::Png,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Gif => ImageFormat::Gif,
        Format::WebP => ImageFormat::WebP,
        Format::Bmp => ImageFormat::Bmp,
        Format::Ico => ImageFormat::Ico,
        Format::Tiff => ImageFormat::Tiff,
        Format::Avif | Format::Heic | Format::Jxl | Format::Svg => return None,
    })
}

/// Holds a header against the limits, before anything is allocated for its pixels.
pub(super) fn check_size(header: Header, limits: &Limits, name: &str) -> Result<()> {
    if header.width > limits.max_side
        || header.height > limits.max_side
        || header.pixels() > limits.max_pixels
    {
        return Err(too_large((header.width, header.height), name));
    }
    Ok(())
}

fn too_large((width, height): (u32, u32), name: &str) -> Problem {
    Problem::new(Code::ImageTooLarge, name).with_detail(format!("{width} × {height}"))
}

/// Runs work on untrusted pixels: a panic in a decoder costs this image only.
pub(super) fn guarded<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Problem::new(Code::BrokenImage, name).with_detail("its decoder gave up"))
    })
}

fn decoding(name: &str, error: ImageError) -> Problem {
    match error {
        ImageError::Limits(error)
            if !matches!(error.kind(), LimitErrorKind::Unsupported { .. }) =>
        {
            Problem::new(Code::ImageTooLarge, name).with_detail(error)
        }
        ImageError::Unsupported(error) => {
            Problem::new(Code::FormatUnsupported, name).with_detail(error)
        }
        error => Problem::new(Code::BrokenImage, name).with_detail(error),
    }
}

/// Decodes the first frame and turns it upright.
pub(super) fn decode(bytes: &[u8], format: Format, limits: &Limits, name: &str) -> Result<Decoded> {
    let decoder_format = decoder_format(format)
        .ok_or_else(|| Problem::new(Code::FormatUnsupported, name).with_detail(format.mime()))?;
    if let Some(header) = header(bytes, format) {
        check_size(header, limits, name)?;
    }
    let failed = |error| decoding(name, error);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), decoder_format);
    let mut bounds = ::image::Limits::default();
    bounds.max_image_width = Some(limits.max_side);
    bounds.max_image_height = Some(limits.max_side);
    bounds.max_alloc = Some(limits.max_alloc);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    check_size(Header { width, height, orientation: 1 }, limits, name)?;
    if decoder.total_bytes() > limits.max_alloc {
        return Err(too_large((width, height), name));
    }
    // Neither is worth failing for.
    let icc = decoder.icc_profile().ok().flatten();
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = decoder.orientation().map_err(failed)?;
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(failed)?;
    pixels.apply_orientation(orientation);
    Ok(Decoded { pixels, icc, exif })
}

/// Carries out `transform` on a still image of a format that can be decoded.
pub(super) fn render(
    bytes: &[u8],
    kind: Kind,
    transform: &Transform,
    strip: bool,
    limits: &Limits,
    name: &str,
) -> Result<Rendered> {
    let header = header(bytes, kind.format).ok_or_else(|| Problem::new(Code::BrokenImage, name))?;
    check_size(header, limits, name)?;
    let plan = plan(header.shown(), transform);
    let (width, height) = plan.map_or(header.shown(), |plan| plan.canvas);
    let output = transform.format.unwrap_or_else(|| OutputFormat::keeping(kind.format));
    let same_format = output.format() == kind.format && !kind.animated;
    let turns = transform.orient && header.orientation != 1;
    if plan.is_none() && same_format && transform.quality.is_none() && !turns {
        return Ok(Rendered::Unchanged);
    }
    check_output(width, height, output, limits, name)?;
    let decoded = decode(bytes, kind.format, limits, name)?;
    let pixels = match plan {
        Some(plan) => resize(decoded.pixels, &plan, transform, output, name)?,
        None => decoded.pixels,
    };
    let encoding = Encoding {
        format: output,
        quality: quality(bytes, kind.format, output, transform.quality),
        lossless_webp: kind.format == Format::WebP
            && transform.quality.is_none()
            && is_lossless_webp(bytes),
        background: transform.background,
        icc: decoded.icc,
        exif: decoded.exif.filter(|_| !strip).map(exif::upright),
    };
    let encoded = encode::encode(pixels, encoding, name)?;
    // Only quality was asked for, and the original is smaller already.
    if plan.is_none() && same_format && !turns && encoded.len() >= bytes.len() {
        return Ok(Rendered::Unchanged);
    }
    Ok(Rendered::Image { bytes: encoded, format: output.format(), width, height })
}

/// The result's own limits: ours, and what its format can hold.
fn check_output(
    width: u32,
    height: u32,
    output: OutputFormat,
    limits: &Limits,
    name: &str,
) -> Result<()> {
    let format_side = match output {
        OutputFormat::WebP => 16_383,
        OutputFormat::Jpeg | OutputFormat::Gif => 65_535,
        _ => u32::MAX,
    };
    let side = limits.max_output_side.min(format_side);
    let pixels = u64::from(width) * u64::from(height);
    if width > side || height > side || pixels > limits.max_output_pixels {
        return Err(too_large((width, height), name)
            .with_detail(format!("{width} × {height} as {}", output.name())));
    }
    Ok(())
}

/// The quality to save with; `None` leaves it to the encoder's default.
fn quality(bytes: &[u8], from: Format, to: OutputFormat, asked: Option<Quality>) -> Option<u8> {
    let original =
        || Jpeg::parse(bytes).filter(|_| from == Format::Jpeg).and_then(|jpeg| jpeg.quality());
    match asked {
        Some(Quality::Absolute(quality)) => Some(quality),
        Some(Quality::Relative(share)) => {
            let scaled = u32::from(original().unwrap_or(100)) * u32::from(share) / 100;
            Some(scaled.clamp(1, 100) as u8)
        }
        // A scaled JPEG is about as good as it was; more would be wasted on it.
        None if to == OutputFormat::Jpeg => original().map(|quality| quality.clamp(60, 92)),
        None => None,
    }
}

fn is_lossless_webp(bytes: &[u8]) -> bool {
    super::strip::webp::chunks(bytes).any(|chunk| &chunk.kind == b"VP8L")
}

fn resize(
    pixels: DynamicImage,
    plan: &Plan,
    transform: &Transform,
    output: OutputFormat,
    name: &str,
) -> Result<DynamicImage> {
    let scaled = scale(&pixels, plan.crop, plan.scaled, FilterType::Lanczos3, name)?;
    if plan.canvas == plan.scaled {
        return Ok(scaled);
    }
    drop(pixels);
    let [red, green, blue] = transform.background.0;
    let (left, top) = (
        i64::from((plan.canvas.0 - plan.scaled.0) / 2),
        i64::from((plan.canvas.1 - plan.scaled.1) / 2),
    );
    let (width, height) = plan.canvas;
    let mut canvas: DynamicImage = if is_wide(&scaled) && output == OutputFormat::Png {
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

fn is_wide(pixels: &DynamicImage) -> bool {
    use ::image::ColorType::{L16, La16, Rgb16, Rgba16};
    matches!(pixels.color(), L16 | La16 | Rgb16 | Rgba16)
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

#[cfg(test)]
mod tests;
