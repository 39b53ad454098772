//! Width, height and orientation from a file's header, without decoding it.

use super::exif::Tiff;
use super::sniff::{Format, svg_root};
use super::strip::heif::{boxes, child, meta};
use super::strip::jpeg::Jpeg;
use super::strip::{png, webp};
use crate::markup;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Sides of the stored pixels.
    pub(super) width: u32,
    pub(super) height: u32,
    /// How they are turned before they are shown, 1 to 8 as in EXIF.
    pub(super) orientation: u8,
}

impl Header {
    /// Width and height as shown.
    pub(super) fn shown(self) -> (u32, u32) {
        if self.orientation >= 5 { (self.height, self.width) } else { (self.width, self.height) }
    }

    pub(super) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// Reads the header; `None` when it is damaged, or when the format leaves the size open (SVG).
pub(super) fn header(bytes: &[u8], format: Format) -> Option<Header> {
    let (width, height, orientation) = match format {
        Format::Png => {
            let header = png::chunks(bytes).next().filter(|chunk| &chunk.kind == b"IHDR")?;
            (be32(header.data, 0)?, be32(header.data, 4)?, png::orientation(bytes))
        }
        Format::Jpeg => {
            let jpeg = Jpeg::parse(bytes)?;
            let (width, height) = jpeg.dimensions()?;
            (width, height, jpeg.orientation())
        }
        Format::Gif => (le16(bytes, 6)?, le16(bytes, 8)?, 1),
        Format::WebP => {
            let (width, height) = webp_sides(bytes)?;
            (width, height, webp::orientation(bytes))
        }
        Format::Bmp => bmp(bytes)?,
        Format::Ico => ico(bytes)?,
        Format::Tiff => tiff(bytes)?,
        Format::Avif | Format::Heic => heif(bytes)?,
        Format::Jxl => jxl(bytes)?,
        Format::Svg => svg(bytes)?,
    };
    (width > 0 && height > 0).then_some(Header { width, height, orientation })
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?)))
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn webp_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    webp::chunks(bytes).find_map(|chunk| match &chunk.kind {
        b"VP8X" => {
            let side = |at: usize| {
                Some((le16(chunk.data, at)? | u32::from(*chunk.data.get(at + 2)?) << 16) + 1)
            };
            Some((side(4)?, side(7)?))
        }
        b"VP8 " if chunk.data.get(3..6)? == b"\x9D\x01\x2A" => {
            Some((le16(chunk.data, 6)? & 0x3FFF, le16(chunk.data, 8)? & 0x3FFF))
        }
        b"VP8L" if *chunk.data.first()? == 0x2F => {
            let packed = le32(chunk.data, 1)?;
            Some(((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1))
        }
        _ => None,
    })
}

fn bmp(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    if le32(bytes, 14)? == 12 {
        return Some((le16(bytes, 18)?, le16(bytes, 20)?, 1));
    }
    // A negative height means that rows run from top to bottom.
    let side = |at: usize| Some(le32(bytes, at)?.cast_signed().unsigned_abs());
    Some((side(18)?, side(22)?, 1))
}

/// The largest picture of the directory.
fn ico(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let side = |byte: u8| if byte == 0 { 256 } else { u32::from(byte) };
    let count = le16(bytes, 4)? as usize;
    let entries = bytes.get(6..)?.chunks_exact(16).take(count);
    let largest = entries.map(|entry| (side(entry[0]), side(entry[1]))).max()?;
    Some((largest.0, largest.1, 1))
}

fn tiff(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let tiff = Tiff::new(bytes)?;
    Some((tiff.number(256)?, tiff.number(257)?, super::exif::orientation(bytes)))
}

/// The largest image: the parts of a grid and thumbnails are smaller.
fn heif(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let properties = child(bytes, child(bytes, meta(bytes)?, b"iprp")?, b"ipco")?;
    let mut largest: Option<(u32, u32)> = None;
    let mut orientation = 1;
    for property in boxes(bytes, properties) {
        let content = &bytes[property.content];
        match &property.kind {
            b"ispe" => {
                let sides = (be32(content, 4)?, be32(content, 8)?);
                let area = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
                if largest.is_none_or(|known| area(sides) > area(known)) {
                    largest = Some(sides);
                }
            }
            // Quarter turns, against the clock.
            b"irot" => orientation = [1, 8, 3, 6][usize::from(content.first()? & 3)],
            _ => {}
        }
    }
    let (width, height) = largest?;
    Some((width, height, orientation))
}

/// Bits of a JPEG XL codestream, lowest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for bit in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            value |= u32::from(byte >> (self.at % 8) & 1) << bit;
            self.at += 1;
        }
        Some(value)
    }

    /// A side of a size header.
    fn side(&mut self, small: bool) -> Option<u32> {
        if small {
            return Some((self.take(5)? + 1) * 8);
        }
        let width = [9, 13, 18, 30][self.take(2)? as usize];
        Some(self.take(width)? + 1)
    }
}

fn jxl(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let stream = if bytes.starts_with(b"\xFF\x0A") {
        bytes
    } else {
        boxes(bytes, 0..bytes.len()).find_map(|found| match &found.kind {
            b"jxlc" => bytes.get(found.content),
            // The first part of a split stream, behind its number.
            b"jxlp" => bytes.get(found.content.start + 4..found.content.end),
            _ => None,
        })?
    };
    let mut bits = Bits { bytes: stream.strip_prefix(b"\xFF\x0A")?, at: 0 };
    let small = bits.take(1)? == 1;
    let height = bits.side(small)?;
    let by_ratio =
        |over: u32, under: u32| (u64::from(height) * u64::from(over) / u64::from(under)) as u32;
    let width = match bits.take(3)? {
        0 => bits.side(small)?,
        1 => height,
        2 => by_ratio(12, 10),
        3 => by_ratio(4, 3),
        4 => by_ratio(3, 2),
        5 => by_ratio(16, 9),
        6 => by_ratio(5, 4),
        _ => by_ratio(2, 1),
    };
    // The image header follows: unless it is the default one, an orientation may be in it.
    let plain = bits.take(1)? == 1;
    let extra = !plain && bits.take(1)? == 1;
    let orientation = if extra { bits.take(3)? as u8 + 1 } else { 1 };
    Some((width, height, orientation))
}

/// The size the root asks for, else that of its view box.
fn svg(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let tag = svg_root(bytes)?;
    let pixels = |text: &str| -> Option<f64> {
        let digits = text.trim().strip_suffix("px").unwrap_or(text.trim());
        digits.parse().ok().filter(|side: &f64| side.is_finite() && *side > 0.0 && *side < 1e6)
    };
    let side = |name: &str| markup::attribute(tag, name).and_then(|value| pixels(&value));
    let view = markup::attribute(tag, "viewBox").and_then(|value| {
        let numbers: Vec<f64> = value
            .split(|char: char| char == ',' || char.is_whitespace())
            .filter(|part| !part.is_empty())
            .filter_map(pixels_or_zero)
            .collect();
        match numbers[..] {
            [_, _, width, height] if width > 0.0 && height > 0.0 => Some((width, height)),
            _ => None,
        }
    });
    let (width, height) = match (side("width"), side("height"), view) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((across, down))) => (width, width * down / across),
        (None, Some(height), Some((across, down))) => (height * across / down, height),
        (_, _, view) => view?,
    };
    Some((width.round().max(1.0) as u32, height.round().max(1.0) as u32, 1))
}

fn pixels_or_zero(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && number.abs() < 1e6)
}

#[cfg(test)]
mod tests;
