//! JPEG: a chain of segments, then scans of entropy-coded data, then EOI.

use super::Outcome;
use crate::image::exif;

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP14: u8 = 0xEE;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;
const DQT: u8 = 0xDB;

/// One segment in front of or between the scans.
#[derive(Debug, Clone, Copy)]
pub(in crate::image) struct Segment<'a> {
    pub(in crate::image) marker: u8,
    /// Content, without marker and length.
    pub(in crate::image) data: &'a [u8],
    /// With marker and length, and for SOS with the entropy-coded data that follows.
    pub(in crate::image) whole: &'a [u8],
}

impl Segment<'_> {
    fn is_frame(&self) -> bool {
        // C4, C8 and CC lie in the same range but are tables.
        matches!(self.marker, 0xC0..=0xCF) && !matches!(self.marker, 0xC4 | 0xC8 | 0xCC)
    }

    fn exif(&self) -> Option<&[u8]> {
        if self.marker == APP1 { self.data.strip_prefix(b"Exif\0\0") } else { None }
    }

    /// Whether how the image looks depends on it.
    fn belongs_to_pixels(&self) -> bool {
        match self.marker {
            APP0 => self.data.starts_with(b"JFIF\0"),
            APP2 => self.data.starts_with(b"ICC_PROFILE\0"),
            // Adobe's: says how the colours are encoded.
            APP14 => true,
            APP1..=APP15 | COM => false,
            _ => true,
        }
    }
}

/// A JPEG taken apart.
#[derive(Debug)]
pub(in crate::image) struct Jpeg<'a> {
    pub(in crate::image) segments: Vec<Segment<'a>>,
    /// It ends with EOI, as it should.
    pub(in crate::image) complete: bool,
    /// What follows EOI.
    trailer: &'a [u8],
}

impl<'a> Jpeg<'a> {
    /// `None` when it is no JPEG at all.
    pub(in crate::image) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(&[0xFF, SOI]) {
            return None;
        }
        let mut jpeg = Self { segments: Vec::new(), complete: false, trailer: &[] };
        let mut at = 2;
        loop {
            // Readers skip stray bytes in front of a marker, and markers may be padded with FF.
            while at + 1 < bytes.len() && (bytes[at] != 0xFF || matches!(bytes[at + 1], 0xFF | 0)) {
                at += 1;
            }
            let Some(&marker) = bytes.get(at + 1) else {
                return Some(jpeg);
            };
            match marker {
                EOI => {
                    jpeg.complete = true;
                    jpeg.trailer = &bytes[at + 2..];
                    return Some(jpeg);
                }
                // Without a length.
                SOI | 0x01 | 0xD0..=0xD7 => {
                    at += 2;
                    continue;
                }
                _ => {}
            }
            let length = bytes
                .get(at + 2..at + 4)
                .map(|pair| usize::from(pair[0]) << 8 | usize::from(pair[1]));
            let Some(data) = length.and_then(|length| bytes.get(at + 4..at + 2 + length)) else {
                return Some(jpeg);
            };
            let mut end = at + 4 + data.len();
            if marker == SOS {
                end = entropy_end(bytes, end);
            }
            jpeg.segments.push(Segment { marker, data, whole: &bytes[at..end] });
            at = end;
        }
    }

    /// Width and height of the stored pixels.
    pub(in crate::image) fn dimensions(&self) -> Option<(u32, u32)> {
        let frame = self.segments.iter().find(|segment| segment.is_frame())?;
        let side =
            |at: usize| Some(u32::from(u16::from_be_bytes(*frame.data.get(at..)?.first_chunk()?)));
        Some((side(3)?, side(1)?))
    }

    /// Orientation, 1 to 8.
    pub(in crate::image) fn orientation(&self) -> u8 {
        self.segments.iter().find_map(Segment::exif).map_or(1, exif::orientation)
    }

    /// Whether there are pixels to decode.
    pub(in crate::image) fn has_scan(&self) -> bool {
        self.segments
            .iter()
            .any(|segment| segment.marker == SOS && segment.whole.len() > segment.data.len() + 4)
    }

    /// The quality it was saved with, 1 to 100, by the scale of the reference encoder: read off the
    /// sum of its luminance quantisation table.
    pub(in crate::image) fn quality(&self) -> Option<u8> {
        let table = self.segments.iter().find(|segment| segment.marker == DQT)?;
        let (&head, values) = table.data.split_first()?;
        let sum: u32 = if head >> 4 == 0 {
            values.get(..64)?.iter().map(|&value| u32::from(value)).sum()
        } else {
            values
                .get(..128)?
                .chunks_exact(2)
                .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
                .sum()
        };
        // The reference table of quality 50 sums to 3,692.
        let scale = f64::from(sum) * 100.0 / 3692.0;
        let quality = if scale <= 100.0 { (200.0 - scale) / 2.0 } else { 5000.0 / scale };
        Some(quality.round().clamp(1.0, 100.0) as u8)
    }
}

/// Where the entropy-coded data that starts at `at` ends: before a marker that is neither a stuffed
/// FF nor a restart.
fn entropy_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(0xFF, rest)) {
        match bytes.get(at + found + 1) {
            Some(0 | 0xD0..=0xD7) => at += found + 2,
            Some(0xFF) => at += found + 1,
            Some(_) => return at + found,
            None => break,
        }
    }
    bytes.len()
}

pub(super) fn strip(bytes: &[u8]) -> Outcome {
    let jpeg = Jpeg::parse(bytes)?;
    jpeg.dimensions()?;
    let orientation = jpeg.orientation();
    let superfluous = |segment: &Segment<'_>| match segment.exif() {
        Some(exif) => orientation == 1 || exif::says_more_than_orientation(exif),
        None => !segment.belongs_to_pixels(),
    };
    if jpeg.trailer.is_empty() && !jpeg.segments.iter().any(superfluous) {
        return Some(None);
    }
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&[0xFF, SOI]);
    let mut kept = jpeg.segments.iter().filter(|segment| segment.belongs_to_pixels()).peekable();
    // JFIF wants to be first.
    while let Some(first) = kept.next_if(|segment| segment.marker == APP0) {
        out.extend_from_slice(first.whole);
    }
    if orientation != 1 {
        let block = exif::only_orientation(orientation);
        out.extend_from_slice(&[0xFF, APP1, 0, (2 + 6 + block.len()) as u8]);
        out.extend_from_slice(b"Exif\0\0");
        out.extend_from_slice(&block);
    }
    for segment in kept {
        out.extend_from_slice(segment.whole);
    }
    if jpeg.complete {
        out.extend_from_slice(&[0xFF, EOI]);
    }
    Some(Some(out))
}
