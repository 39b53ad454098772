//! WebP: chunks in a RIFF container.

use super::Outcome;
use crate::image::exif;

const HEADER: usize = 12;
const FLAG_ICC: u8 = 0x20;
const FLAG_ALPHA: u8 = 0x10;
const FLAG_EXIF: u8 = 0x08;
const FLAG_XMP: u8 = 0x04;

/// One chunk.
#[derive(Debug, Clone, Copy)]
pub(in crate::image) struct Chunk<'a> {
    pub(in crate::image) kind: [u8; 4],
    pub(in crate::image) data: &'a [u8],
}

impl Chunk<'_> {
    fn is_kept(&self) -> bool {
        matches!(&self.kind, b"VP8X" | b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP")
    }
}

/// The chunks, up to where the container says it ends.
pub(in crate::image) fn chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let end = declared_end(bytes).min(bytes.len());
    let mut rest = bytes.get(HEADER..end).unwrap_or_default();
    std::iter::from_fn(move || {
        let kind = *rest.first_chunk()?;
        let length = u32::from_le_bytes(*rest.get(4..)?.first_chunk()?) as usize;
        let data = rest.get(8..length.checked_add(8)?)?;
        // Chunks are padded to even lengths; the last pad is often missing.
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
        Some(Chunk { kind, data })
    })
}

fn declared_end(bytes: &[u8]) -> usize {
    let size = bytes
        .get(4..)
        .and_then(|tail| tail.first_chunk())
        .map_or(0, |size| u32::from_le_bytes(*size));
    8 + size as usize
}

/// Whether all that it announces is there, pixels included.
pub(in crate::image) fn is_whole(bytes: &[u8]) -> bool {
    let announced = declared_end(bytes);
    let found: usize = chunks(bytes).map(|chunk| 8 + chunk.data.len()).sum();
    let pixels = |chunk: Chunk<'_>| matches!(&chunk.kind, b"VP8 " | b"VP8L" | b"ANMF");
    // Padding may be there or not.
    let slack = chunks(bytes).count() + 1;
    announced <= bytes.len() + 1 && HEADER + found + slack >= announced && chunks(bytes).any(pixels)
}

/// Orientation, 1 to 8.
pub(in crate::image) fn orientation(bytes: &[u8]) -> u8 {
    chunks(bytes)
        .find(|chunk| &chunk.kind == b"EXIF")
        .map_or(1, |chunk| exif::orientation(chunk.data))
}

pub(super) fn strip(bytes: &[u8]) -> Outcome {
    if !is_whole(bytes) {
        return None;
    }
    let orientation = orientation(bytes);
    let superfluous = |chunk: &Chunk<'_>| match &chunk.kind {
        b"EXIF" => orientation == 1 || exif::says_more_than_orientation(chunk.data),
        _ => !chunk.is_kept(),
    };
    if bytes.len() <= declared_end(bytes) + 1 && !chunks(bytes).any(|chunk| superfluous(&chunk)) {
        return Some(None);
    }
    let mut kept: Vec<(&[u8; 4], Vec<u8>)> = Vec::new();
    let all: Vec<Chunk<'_>> = chunks(bytes).collect();
    let turned = exif::only_orientation(orientation);
    // The flags are there to hold it only in an extended file; others cannot have had an EXIF block.
    let extended = all.iter().any(|chunk| &chunk.kind == b"VP8X");
    for chunk in all.iter().filter(|chunk| chunk.is_kept()) {
        let mut data = chunk.data.to_vec();
        if &chunk.kind == b"VP8X"
            && let Some(flags) = data.first_mut()
        {
            *flags &= !(FLAG_EXIF | FLAG_XMP);
            if orientation != 1 {
                *flags |= FLAG_EXIF;
            }
        }
        kept.push((&chunk.kind, data));
    }
    if orientation != 1 && extended {
        kept.push((b"EXIF", turned.to_vec()));
    }
    Some(Some(container(kept.iter().map(|(kind, data)| (*kind, data.as_slice())))))
}

/// A file of these chunks.
pub(in crate::image) fn container<'a>(
    chunks: impl Iterator<Item = (&'a [u8; 4], &'a [u8])>,
) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    for (kind, data) in chunks {
        out.extend_from_slice(kind);
        out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(data);
        if data.len() % 2 == 1 {
            out.push(0);
        }
    }
    let size = u32::try_from(out.len() - 8).unwrap_or(u32::MAX);
    out[4..8].copy_from_slice(&size.to_le_bytes());
    out
}

/// Adds a colour profile and EXIF to what the encoder made.
pub(in crate::image) fn with_metadata(
    encoded: &[u8],
    (width, height): (u32, u32),
    icc: Option<&[u8]>,
    exif: Option<&[u8]>,
) -> Vec<u8> {
    let pixels: Vec<Chunk<'_>> = chunks(encoded).filter(|chunk| &chunk.kind != b"VP8X").collect();
    let old_flags =
        chunks(encoded).find(|chunk| &chunk.kind == b"VP8X").and_then(|chunk| chunk.data.first());
    let mut flags = old_flags.copied().unwrap_or(0);
    // A lossless stream says in its own header whether it has alpha.
    if pixels.iter().any(|chunk| {
        &chunk.kind == b"VP8L" && chunk.data.get(4).is_some_and(|byte| byte & 0x10 != 0)
    }) {
        flags |= FLAG_ALPHA;
    }
    flags |= icc.map_or(0, |_| FLAG_ICC) | exif.map_or(0, |_| FLAG_EXIF);
    let mut extended = vec![flags, 0, 0, 0];
    extended.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
    extended.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
    let mut all: Vec<(&[u8; 4], &[u8])> = vec![(b"VP8X", &extended)];
    all.extend(icc.map(|icc| (b"ICCP", icc)));
    all.extend(pixels.iter().map(|chunk| (&chunk.kind, chunk.data)));
    all.extend(exif.map(|exif| (b"EXIF", exif)));
    container(all.into_iter())
}
