//! Pixels into files.

use std::io::Cursor;

use ::image::codecs::avif::AvifEncoder;
use ::image::codecs::jpeg::JpegEncoder;
use ::image::codecs::png::{CompressionType, FilterType, PngEncoder};
use ::image::{ColorType, DynamicImage, ImageEncoder, ImageError, ImageFormat};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::strip::webp;
use super::{OutputFormat, Rgb};
use crate::problem::{Code, Problem, Result};

const JPEG_QUALITY: u8 = 85;
const WEBP_QUALITY: u8 = 80;
const AVIF_QUALITY: u8 = 65;
/// Of 1 to 10: slower ones take half a minute for a photo, and save little.
const AVIF_SPEED: u8 = 9;

/// How to write the pixels.
pub(super) struct Encoding {
    pub(super) format: OutputFormat,
    pub(super) quality: Option<u8>,
    /// Progressive, where the format is JPEG.
    pub(super) interlace: bool,
    /// The original was WebP without loss.
    pub(super) lossless_webp: bool,
    /// Shows through where the format has no alpha.
    pub(super) background: Rgb,
    pub(super) icc: Option<Vec<u8>>,
    pub(super) exif: Option<Vec<u8>>,
}

/// Writes `pixels` as a file.
pub(super) fn encode(pixels: DynamicImage, encoding: Encoding, name: &str) -> Result<Vec<u8>> {
    let failed =
        |error: &dyn std::fmt::Display| Problem::new(Code::Internal, name).with_detail(error);
    let Encoding { format, quality, icc, exif, .. } = encoding;
    let pixels = suited(pixels, format, encoding.background);
    let (pixels, icc) = with_profile(pixels, icc, format);
    let mut out = Vec::new();
    let written = match format {
        OutputFormat::Jpeg if encoding.interlace => {
            let quality = quality.unwrap_or(JPEG_QUALITY);
            out = progressive(&pixels, quality, icc, exif).map_err(|error| failed(&error))?;
            Ok(())
        }
        OutputFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut out, quality.unwrap_or(JPEG_QUALITY));
            write(encoder, &pixels, icc, exif)
        }
        OutputFormat::Png => {
            let encoder = PngEncoder::new_with_quality(
                &mut out,
                CompressionType::Default,
                FilterType::Adaptive,
            );
            write(encoder, &pixels, icc, exif)
        }
        OutputFormat::Avif => {
            let quality = quality.unwrap_or(AVIF_QUALITY);
            write(
                AvifEncoder::new_with_speed_quality(&mut out, AVIF_SPEED, quality),
                &pixels,
                None,
                exif,
            )
        }
        OutputFormat::WebP => {
            let quality =
                if encoding.lossless_webp { None } else { Some(quality.unwrap_or(WEBP_QUALITY)) };
            out = lossy_webp(&pixels, quality).map_err(|error| failed(&error))?;
            if icc.is_some() || exif.is_some() {
                let sides = (pixels.width(), pixels.height());
                out = webp::with_metadata(&out, sides, icc.as_deref(), exif.as_deref());
            }
            Ok(())
        }
        OutputFormat::Gif | OutputFormat::Bmp | OutputFormat::Tiff => {
            let format = match format {
                OutputFormat::Gif => ImageFormat::Gif,
                OutputFormat::Bmp => ImageFormat::Bmp,
                _ => ImageFormat::Tiff,
            };
            pixels.write_to(&mut Cursor::new(&mut out), format)
        }
    };
    written.map_err(|error| failed(&error))?;
    Ok(out)
}

fn write(
    mut encoder: impl ImageEncoder,
    pixels: &DynamicImage,
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
) -> ::image::ImageResult<()> {
    if let Some(icc) = icc {
        encoder.set_icc_profile(icc).map_err(ImageError::Unsupported)?;
    }
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).map_err(ImageError::Unsupported)?;
    }
    encoder.write_image(pixels.as_bytes(), pixels.width(), pixels.height(), pixels.color().into())
}

/// A progressive JPEG: `image` writes none.
fn progressive(
    pixels: &DynamicImage,
    quality: u8,
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
) -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    // `check_output` has held the sides against the format.
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    let color = if pixels.color().has_color() {
        jpeg_encoder::ColorType::Rgb
    } else {
        jpeg_encoder::ColorType::Luma
    };
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, quality);
    encoder.set_progressive(true);
    encoder.set_optimized_huffman_tables(true);
    if let Some(exif) = exif {
        encoder.add_app_segment(1, &[b"Exif\0\0".as_slice(), &exif].concat())?;
    }
    if let Some(icc) = icc {
        encoder.add_icc_profile(&icc)?;
    }
    encoder.encode(pixels.as_bytes(), side(pixels.width()), side(pixels.height()), color)?;
    Ok(out)
}

/// WebP; without a quality, lossless.
fn lossy_webp(pixels: &DynamicImage, quality: Option<u8>) -> Result<Vec<u8>, String> {
    let mut config = ::webp::WebPConfig::new().map_err(|()| "no WebP encoder".to_owned())?;
    match quality {
        Some(quality) => {
            config.quality = f32::from(quality);
            config.alpha_compression = 1;
        }
        None => {
            config.lossless = 1;
            config.quality = 75.0;
            // The colours of transparent pixels are pixels too.
            config.exact = 1;
        }
    }
    config.thread_level = 1;
    let (width, height) = (pixels.width(), pixels.height());
    let encoder = if pixels.color().has_alpha() {
        ::webp::Encoder::from_rgba(pixels.as_bytes(), width, height)
    } else {
        ::webp::Encoder::from_rgb(pixels.as_bytes(), width, height)
    };
    let encoded = encoder.encode_advanced(&config).map_err(|error| format!("{error:?}"))?;
    Ok(encoded.to_vec())
}

/// The nearest pixel layout that the format can hold.
fn suited(pixels: DynamicImage, format: OutputFormat, background: Rgb) -> DynamicImage {
    let color = pixels.color();
    let alpha = color.has_alpha();
    match format {
        OutputFormat::Jpeg if alpha => flattened(pixels, background),
        OutputFormat::Jpeg if !color.has_color() => pixels.into_luma8().into(),
        OutputFormat::Jpeg => pixels.into_rgb8().into(),
        OutputFormat::Png | OutputFormat::Tiff => match color {
            ColorType::Rgb32F => pixels.into_rgb16().into(),
            ColorType::Rgba32F => pixels.into_rgba16().into(),
            _ => pixels,
        },
        // Alpha that nothing uses only costs.
        _ if alpha && is_opaque(&pixels) => pixels.into_rgb8().into(),
        _ if alpha => pixels.into_rgba8().into(),
        _ => pixels.into_rgb8().into(),
    }
}

fn is_opaque(pixels: &DynamicImage) -> bool {
    match pixels {
        DynamicImage::ImageRgba8(buffer) => buffer.pixels().all(|pixel| pixel.0[3] == u8::MAX),
        DynamicImage::ImageLumaA8(buffer) => buffer.pixels().all(|pixel| pixel.0[1] == u8::MAX),
        DynamicImage::ImageRgba16(buffer) => buffer.pixels().all(|pixel| pixel.0[3] == u16::MAX),
        _ => !pixels.color().has_alpha(),
    }
}

/// Lays an image with alpha on a background.
fn flattened(pixels: DynamicImage, Rgb(background): Rgb) -> DynamicImage {
    let pixels = pixels.into_rgba8();
    let mut flat = ::image::RgbImage::new(pixels.width(), pixels.height());
    for (to, from) in flat.pixels_mut().zip(pixels.pixels()) {
        let alpha = u32::from(from.0[3]);
        for ((to, &over), &under) in to.0.iter_mut().zip(&from.0).zip(&background) {
            let (over, under) = (u32::from(over), u32::from(under));
            *to = ((over * alpha + under * (255 - alpha) + 127) / 255) as u8;
        }
    }
    flat.into()
}

/// The profile to write beside the pixels. Where the format cannot hold one, or it describes other
/// channels than there are, the pixels are brought to sRGB instead if that is possible.
fn with_profile(
    pixels: DynamicImage,
    icc: Option<Vec<u8>>,
    format: OutputFormat,
) -> (DynamicImage, Option<Vec<u8>>) {
    let Some(icc) = icc else {
        return (pixels, None);
    };
    let Ok(profile) = ColorProfile::new_from_slice(&icc) else {
        return (pixels, None);
    };
    let fits = match profile.color_space {
        DataColorSpace::Rgb => pixels.color().has_color(),
        DataColorSpace::Gray => !pixels.color().has_color(),
        _ => false,
    };
    let holds = matches!(format, OutputFormat::Jpeg | OutputFormat::Png | OutputFormat::WebP);
    if fits && holds {
        return (pixels, Some(icc));
    }
    if profile.color_space == DataColorSpace::Rgb && fits {
        return (to_srgb(pixels, &profile), None);
    }
    (pixels, None)
}

/// Converts 8-bit colours to sRGB; leaves them as they are when the profile cannot be used.
pub(super) fn to_srgb(pixels: DynamicImage, profile: &ColorProfile) -> DynamicImage {
    let layout = if pixels.color().has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let pixels: DynamicImage = if pixels.color().has_alpha() {
        pixels.into_rgba8().into()
    } else {
        pixels.into_rgb8().into()
    };
    let srgb = ColorProfile::new_srgb();
    let Ok(transform) =
        profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default())
    else {
        return pixels;
    };
    let mut converted = DynamicImage::new(pixels.width(), pixels.height(), pixels.color());
    let written = match &mut converted {
        DynamicImage::ImageRgba8(buffer) => transform.transform(pixels.as_bytes(), buffer),
        DynamicImage::ImageRgb8(buffer) => transform.transform(pixels.as_bytes(), buffer),
        _ => return pixels,
    };
    if written.is_ok() { converted } else { pixels }
}
