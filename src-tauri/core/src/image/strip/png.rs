//! PNG and APNG: a chain of chunks with checksums of their own.

use super::Outcome;
use crate::image::exif;

const SIGNATURE: usize = 8;

/// Chunks beside the critical ones that decide how the image looks or moves.
const KEPT: [&[u8; 4]; 17] = [
    b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"mDCv", b"cLLI",
    b"cLLi", b"bKGD", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];

/// One chunk.
#[derive(Debug, Clone, Copy)]
pub(in crate::image) struct Chunk<'a> {
    pub(in crate::image) kind: [u8; 4],
    pub(in crate::image) data: &'a [u8],
    /// With length, kind and checksum.
    whole: &'a [u8],
}

impl Chunk<'_> {
    /// Whether the checksum holds.
    pub(in crate::image) fn is_sound(&self) -> bool {
        let (content, sum) = self.whole.split_at(self.whole.len() - 4);
        crc32(&content[4..]).to_be_bytes() == sum
    }

    fn is_kept(&self) -> bool {
        let critical = self.kind[0].is_ascii_uppercase();
        critical || KEPT.contains(&&self.kind)
    }
}

/// The chunks up to IEND, or up to where the file is cut short.
pub(in crate::image) fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = bytes.get(SIGNATURE..).unwrap_or_default();
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let length = u32::from_be_bytes(*rest.first_chunk()?) as usize;
        let (whole, after) = rest.split_at_checked(length.checked_add(12)?)?;
        let kind = *whole[4..].first_chunk()?;
        rest = after;
        ended = &kind == b"IEND";
        Some(Chunk { kind, data: &whole[8..8 + length], whole })
    })
}

/// Orientation, 1 to 8.
pub(in crate::image) fn orientation(bytes: &[u8]) -> u8 {
    chunks(bytes)
        .find(|chunk| &chunk.kind == b"eXIf")
        .map_or(1, |chunk| exif::orientation(chunk.data))
}

pub(super) fn strip(bytes: &[u8]) -> Outcome {
    let orientation = orientation(bytes);
    let total: usize = chunks(bytes).map(|chunk| chunk.whole.len()).sum();
    let last = chunks(bytes).last()?;
    if &last.kind != b"IEND" {
        return None;
    }
    let superfluous = |chunk: &Chunk<'_>| match &chunk.kind {
        b"eXIf" => orientation == 1 || exif::says_more_than_orientation(chunk.data),
        _ => !chunk.is_kept(),
    };
    if SIGNATURE + total == bytes.len() && !chunks(bytes).any(|chunk| superfluous(&chunk)) {
        return Some(None);
    }
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..SIGNATURE]);
    for chunk in chunks(bytes).filter(Chunk::is_kept) {
        out.extend_from_slice(chunk.whole);
        if &chunk.kind == b"IHDR" && orientation != 1 {
            push_chunk(&mut out, b"eXIf", &exif::only_orientation(orientation));
        }
    }
    Some(Some(out))
}

/// Appends a chunk.
pub(in crate::image) fn push_chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = out.len();
    out.extend_from_slice(kind);
    out.extend_from_slice(data);
    let sum = crc32(&out[start..]);
    out.extend_from_slice(&sum.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(bytes);
    hasher.finalize()
}
