//! Images made in code, for tests. Pictures have enough detail that a wrong pixel shows.
//!
//! All metadata that is put in holds the text [`SECRET`], so that a test finds whatever is left.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

use std::io::Cursor;

use ::image::codecs::gif::GifEncoder;
use ::image::codecs::jpeg::JpegEncoder;
use ::image::{Delay, DynamicImage, Frame, ImageEncoder, ImageFormat, Rgba, RgbaImage};

use super::strip::{jpeg as jpeg_format, png as png_format, webp as webp_format};

mod metadata;
mod odd;

pub use metadata::{SECRET, gps_exif, jpeg_with_metadata, png_with_metadata, webp_with_metadata};
pub use odd::{
    bomb_png, broken_jpeg, cmyk_jpeg, heic_with_metadata, jxl, jxl_with_metadata, text,
    truncated_jpeg,
};

/// A picture of gradients and stripes; no two rows or columns are alike.
pub fn picture(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let stripe = if (x / 8 + y / 8) % 2 == 0 { 40 } else { 0 };
        let red = (x * 255 / width.max(1)) as u8;
        let green = (y * 255 / height.max(1)) as u8;
        Rgba([red, green, ((x ^ y) as u8 / 2).wrapping_add(stripe), u8::MAX])
    })
}

/// The same with alpha that falls from opaque at the left to nothing at the right.
pub fn fading_picture(width: u32, height: u32) -> RgbaImage {
    let mut pixels = picture(width, height);
    for (x, _, pixel) in pixels.enumerate_pixels_mut() {
        pixel.0[3] = 255 - (x * 255 / (width - 1).max(1)) as u8;
    }
    pixels
}

/// A picture in any format the `image` crate writes.
pub fn encoded(pixels: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    pixels.into().write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn opaque(width: u32, height: u32) -> DynamicImage {
    DynamicImage::from(picture(width, height)).into_rgb8().into()
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(opaque(width, height), ImageFormat::Png)
}

/// With alpha.
pub fn png_rgba(width: u32, height: u32) -> Vec<u8> {
    encoded(fading_picture(width, height), ImageFormat::Png)
}

/// With 16 bits a channel, in values that 8 bits cannot hold.
pub fn png_16(width: u32, height: u32) -> Vec<u8> {
    let pixels = ::image::ImageBuffer::from_fn(width, height, |x, y| {
        ::image::Rgb([(x * 257 + 3) as u16, (y * 509 + 7) as u16, (x * y * 13 + 11) as u16])
    });
    encoded(DynamicImage::ImageRgb16(pixels), ImageFormat::Png)
}

pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    jpeg_quality(width, height, 90)
}

/// A JPEG of this quality.
pub fn jpeg_quality(width: u32, height: u32, quality: u8) -> Vec<u8> {
    let mut out = Vec::new();
    opaque(width, height)
        .write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality))
        .unwrap();
    out
}

/// A JPEG with a colour profile.
pub fn jpeg_with_icc(width: u32, height: u32, icc: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, 90);
    encoder.set_icc_profile(icc.to_vec()).unwrap();
    opaque(width, height).write_with_encoder(encoder).unwrap();
    out
}

/// The Display P3 profile, as phones embed it.
pub fn p3_profile() -> Vec<u8> {
    let mut profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    // It holds the second it was made in, and would differ from one call to the next: 2026-01-01.
    profile[24..36].copy_from_slice(&[0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    profile
}

/// GIF of one frame.
pub fn gif(width: u32, height: u32) -> Vec<u8> {
    gif_frames(width, height, 1)
}

/// Animated GIF.
pub fn animated_gif(width: u32, height: u32) -> Vec<u8> {
    gif_frames(width, height, 3)
}

fn gif_frames(width: u32, height: u32, count: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new(&mut out);
    if count > 1 {
        encoder.set_repeat(::image::codecs::gif::Repeat::Infinite).unwrap();
    }
    for number in 0..count {
        let frame = Frame::from_parts(
            shifted(width, height, number),
            0,
            0,
            Delay::from_numer_denom_ms(80, 1),
        );
        encoder.encode_frame(frame).unwrap();
    }
    drop(encoder);
    out
}

/// Frames that differ.
fn shifted(width: u32, height: u32, number: u32) -> RgbaImage {
    let mut pixels = picture(width, height);
    for pixel in pixels.pixels_mut() {
        pixel.0[2] = pixel.0[2].wrapping_add(number as u8 * 50);
    }
    pixels
}

/// WebP, lossy.
pub fn webp(width: u32, height: u32) -> Vec<u8> {
    let pixels = opaque(width, height);
    ::webp::Encoder::from_rgb(pixels.as_bytes(), width, height).encode(80.0).to_vec()
}

/// WebP without loss, with alpha.
pub fn webp_lossless(width: u32, height: u32) -> Vec<u8> {
    encoded(fading_picture(width, height), ImageFormat::WebP)
}

/// Animated WebP of two frames.
pub fn animated_webp(width: u32, height: u32) -> Vec<u8> {
    let side = |length: u32| (length - 1).to_le_bytes()[..3].to_vec();
    let canvas = [vec![0x02, 0, 0, 0], side(width), side(height)].concat();
    let frame = |number: u32| {
        let still = encoded(shifted(width, height, number), ImageFormat::WebP);
        let chunk = webp_format::chunks(&still).find(|chunk| &chunk.kind == b"VP8L").unwrap();
        let inner = webp_format::container(std::iter::once((b"VP8L", chunk.data)));
        let head = [vec![0; 6], side(width), side(height), vec![80, 0, 0, 0]].concat();
        [head, inner[12..].to_vec()].concat()
    };
    let (first, second) = (frame(0), frame(1));
    let chunks: [(&[u8; 4], &[u8]); 4] =
        [(b"VP8X", &canvas), (b"ANIM", &[0; 6]), (b"ANMF", &first), (b"ANMF", &second)];
    webp_format::container(chunks.into_iter())
}

/// Animated PNG of two frames.
pub fn apng(width: u32, height: u32) -> Vec<u8> {
    let still = |number: u32| encoded(shifted(width, height, number), ImageFormat::Png);
    let data = |file: &[u8]| {
        let chunks = png_format::chunks(file).filter(|chunk| &chunk.kind == b"IDAT");
        chunks.flat_map(|chunk| chunk.data.to_vec()).collect::<Vec<u8>>()
    };
    let control = |sequence: u32| {
        let mut control = Vec::new();
        for word in [sequence, width, height, 0, 0] {
            control.extend_from_slice(&word.to_be_bytes());
        }
        control.extend_from_slice(&[0, 8, 0, 100, 0, 0]);
        control
    };
    let (first, second) = (still(0), still(1));
    let header = png_format::chunks(&first).next().unwrap().data.to_vec();
    let mut out = first[..8].to_vec();
    png_format::push_chunk(&mut out, b"IHDR", &header);
    png_format::push_chunk(&mut out, b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    png_format::push_chunk(&mut out, b"fcTL", &control(0));
    png_format::push_chunk(&mut out, b"IDAT", &data(&first));
    png_format::push_chunk(&mut out, b"fcTL", &control(1));
    png_format::push_chunk(&mut out, b"fdAT", &[&[0, 0, 0, 2], data(&second).as_slice()].concat());
    png_format::push_chunk(&mut out, b"IEND", &[]);
    out
}

/// An SVG behind a declaration, a comment and a doctype.
pub fn svg() -> Vec<u8> {
    b"\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- drawn <svg> by hand -->\n\
      <!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x\" [ <!ENTITY a \"b\"> ]>\n\
      <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 20\" width=\"80px\">\
      <rect width=\"40\" height=\"20\" fill=\"red\"/></svg>"
        .to_vec()
}
