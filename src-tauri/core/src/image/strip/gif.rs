//! GIF: blocks of frames and extensions, each a chain of sub-blocks.

use super::Outcome;

/// One block after the header.
#[derive(Debug, Clone, Copy)]
struct Block<'a> {
    /// `,` for a frame, `!` for an extension, `;` at the end.
    kind: u8,
    whole: &'a [u8],
}

impl Block<'_> {
    /// A comment, or XMP.
    fn is_metadata(&self) -> bool {
        self.whole.starts_with(b"!\xFE") || self.whole.starts_with(b"!\xFF\x0BXMP DataXMP")
    }
}

/// Header, screen descriptor and global colours.
fn head(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(10)?;
    let length = 13 + colours(flags);
    (length <= bytes.len()).then_some(length)
}

fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << (usize::from(flags & 7) + 1) }
}

/// Where the chain of sub-blocks that starts at `at` ends.
fn chain_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

fn blocks(bytes: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let mut at = head(bytes).unwrap_or(bytes.len());
    std::iter::from_fn(move || {
        let kind = *bytes.get(at)?;
        let end = match kind {
            b'!' => chain_end(bytes, at + 2)?,
            b',' => chain_end(bytes, at + 10 + colours(*bytes.get(at + 9)?) + 1)?,
            b';' => at + 1,
            _ => return None,
        };
        let whole = bytes.get(at..end)?;
        at = if kind == b';' { bytes.len() } else { end };
        Some(Block { kind, whole })
    })
}

/// Frames, counted up to `enough`.
pub(in crate::image) fn frames(bytes: &[u8], enough: usize) -> usize {
    blocks(bytes).filter(|block| block.kind == b',').take(enough).count()
}

/// Whether it has a frame and its end.
pub(in crate::image) fn is_whole(bytes: &[u8]) -> bool {
    frames(bytes, 1) == 1 && blocks(bytes).last().is_some_and(|block| block.kind == b';')
}

pub(super) fn strip(bytes: &[u8]) -> Outcome {
    if !is_whole(bytes) {
        // Many lack their end, which readers forgive.
        let harmless = frames(bytes, 1) == 1 && !blocks(bytes).any(|block| block.is_metadata());
        return harmless.then_some(None);
    }
    let head = head(bytes)?;
    let total: usize = blocks(bytes).map(|block| block.whole.len()).sum();
    if head + total == bytes.len() && !blocks(bytes).any(|block| block.is_metadata()) {
        return Some(None);
    }
    let mut out = bytes[..head].to_vec();
    for block in blocks(bytes).filter(|block| !block.is_metadata()) {
        out.extend_from_slice(block.whole);
    }
    Some(Some(out))
}
