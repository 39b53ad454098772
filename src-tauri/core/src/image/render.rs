//! Carrying out a transform: decode, turn upright, one step after the other, encode.

use std::io::Cursor;
use std::panic::{self, AssertUnwindSafe};

use ::image::error::{ImageError, LimitErrorKind};
use ::image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::apply::{Work, apply};
use super::dimensions::{Header, header};
use super::encode::{self, Encoding};
use super::geometry::{after, kept};
use super::spec::unfit;
use super::step::Step;
use super::strip::jpeg::Jpeg;
use super::{Format, Kind, Limits, Marks, OutputFormat, Quality, Transform, exif};
use crate::problem::{Code, Problem, Reason, Result, Unfit};

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
    marks: Option<&dyn Marks>,
    name: &str,
) -> Result<Rendered> {
    if let Some(style) = &transform.style {
        return Err(unfit(format!("style={style}"), Unfit::OnlyOss));
    }
    let header = header(bytes, kind.format).ok_or_else(|| Problem::new(Code::BrokenImage, name))?;
    check_size(header, limits, name)?;
    let output = transform.format.unwrap_or_else(|| OutputFormat::keeping(kind.format));
    let same_format = output.format() == kind.format && !kind.animated;
    let (works, (width, height)) = sizes(header, transform, limits, name)?;
    let interlaced = transform.interlace && output == OutputFormat::Jpeg;
    if !works && same_format && transform.quality.is_none() && !interlaced {
        return Ok(Rendered::Unchanged);
    }
    check_output((width, height), output, limits, name)?;
    let decoded = decode(bytes, kind.format, limits, name)?;
    let work = Work { output, marks, limits, name };
    let pixels = apply(decoded.pixels, &transform.steps, &work)?;
    let encoding = Encoding {
        format: output,
        quality: quality(bytes, kind.format, output, transform.quality),
        interlace: transform.interlace,
        lossless_webp: kind.format == Format::WebP
            && transform.quality.is_none()
            && is_lossless_webp(bytes),
        background: transform.matte(),
        icc: decoded.icc,
        exif: decoded.exif.filter(|_| !strip).map(exif::upright),
    };
    let encoded = encode::encode(pixels, encoding, name)?;
    // Only quality was asked for, and the original is smaller already.
    if !works && same_format && !interlaced && encoded.len() >= bytes.len() {
        return Ok(Rendered::Unchanged);
    }
    Ok(Rendered::Image { bytes: encoded, format: output.format(), width, height })
}

/// Whether any step has something to do, and the size of the result. Every size on the way is held
/// against the limits before anything is allocated for it.
fn sizes(
    header: Header,
    transform: &Transform,
    limits: &Limits,
    name: &str,
) -> Result<(bool, (u32, u32))> {
    let mut works = false;
    let mut size = header.shown();
    for step in &transform.steps {
        let (width, height) = size;
        let said = || Transform::of([step.clone()]).to_string();
        works |= match step {
            Step::Orient => header.orientation != 1,
            Step::Crop(crop) => {
                let outside = || unfit(said(), Unfit::CropOutside { width, height });
                kept(size, crop).ok_or_else(outside)? != (0, 0, width, height)
            }
            Step::Resize(_) => after(size, step) != size,
            _ => true,
        };
        size = after(size, step);
        let (width, height) = size;
        let (side, pixels) = (limits.max_output_side, limits.max_output_pixels);
        // A crop of an original that is itself allowed asks for nothing more.
        let grows = matches!(step, Step::Resize(_) | Step::Rotate(_));
        if grows && (width > side || height > side || pixels_of(size) > pixels) {
            return Err(too_many(size, limits, name));
        }
    }
    Ok((works, size))
}

fn pixels_of((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}

fn too_many((width, height): (u32, u32), limits: &Limits, name: &str) -> Problem {
    let side = limits.max_output_side;
    let why = if width.max(height) > side {
        Unfit::OutputSide { format: "Hoist", max: side, width, height }
    } else {
        let max = u32::try_from(limits.max_output_pixels).unwrap_or(u32::MAX);
        Unfit::OutputPixels { max, width, height }
    };
    Problem::new(Code::ImageTooLarge, name).with_reason(Reason::Unfit(why))
}

/// The result's own limits: ours, and what its format can hold.
fn check_output(size: (u32, u32), output: OutputFormat, limits: &Limits, name: &str) -> Result<()> {
    let max = match output {
        OutputFormat::WebP => 16_383,
        OutputFormat::Jpeg | OutputFormat::Gif => 65_535,
        _ => u32::MAX,
    };
    let (width, height) = size;
    let side = limits.max_output_side;
    if width > side || height > side || pixels_of(size) > limits.max_output_pixels {
        return Err(too_many(size, limits, name));
    }
    if width > max || height > max {
        let why = Unfit::OutputSide { format: output.format().name(), max, width, height };
        return Err(Problem::new(Code::ImageTooLarge, name).with_reason(Reason::Unfit(why)));
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

#[cfg(test)]
mod tests;
