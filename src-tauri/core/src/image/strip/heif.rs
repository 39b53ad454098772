//! HEIC and AVIF: items inside an ISO base media file. Offsets run through the whole file, so
//! nothing is cut out: the bytes of the EXIF and XMP items are overwritten where they lie. The
//! orientation is a property of the image item and stays.

use std::ops::Range;

use super::Outcome;

/// One box.
#[derive(Debug, Clone)]
pub(in crate::image) struct IsoBox {
    pub(in crate::image) kind: [u8; 4],
    /// Where its content lies.
    pub(in crate::image) content: Range<usize>,
}

/// The boxes that lie side by side in `within`. A damaged one ends the list.
pub(in crate::image) fn boxes(bytes: &[u8], within: Range<usize>) -> impl Iterator<Item = IsoBox> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let kind = *bytes.get(at + 4..within.end)?.first_chunk()?;
        let (head, length) = match u32::from_be_bytes(*bytes.get(at..within.end)?.first_chunk()?) {
            0 => (8, within.end - at),
            1 => {
                let long = u64::from_be_bytes(*bytes.get(at + 8..within.end)?.first_chunk()?);
                (16, usize::try_from(long).ok()?)
            }
            length => (8, length as usize),
        };
        let end = at.checked_add(length).filter(|&end| length >= head && end <= within.end)?;
        let found = IsoBox { kind, content: at + head..end };
        at = end;
        Some(found)
    })
}

/// The first box of that kind.
pub(in crate::image) fn child(
    bytes: &[u8],
    within: Range<usize>,
    kind: &[u8; 4],
) -> Option<Range<usize>> {
    boxes(bytes, within).find(|found| &found.kind == kind).map(|found| found.content)
}

/// The content of the `meta` box, behind its version.
pub(in crate::image) fn meta(bytes: &[u8]) -> Option<Range<usize>> {
    let meta = child(bytes, 0..bytes.len(), b"meta")?;
    (meta.len() >= 4).then_some(meta.start + 4..meta.end)
}

/// Reads big-endian numbers one after another.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// A number of 0, 2, 4 or 8 bytes, or of 1.
    fn number(&mut self, width: usize) -> Option<u64> {
        let digits = self.bytes.get(self.at..self.at.checked_add(width)?)?;
        self.at += width;
        Some(digits.iter().fold(0, |number, &digit| number << 8 | u64::from(digit)))
    }
}

/// The items that hold EXIF or XMP.
fn metadata_items(bytes: &[u8], meta: &Range<usize>) -> Option<Vec<u64>> {
    let Some(list) = child(bytes, meta.clone(), b"iinf") else {
        return Some(Vec::new());
    };
    let mut head = Cursor { bytes: bytes.get(..list.end)?, at: list.start };
    let version = head.number(1)?;
    head.number(3)?;
    head.number(if version == 0 { 2 } else { 4 })?;
    let mut items = Vec::new();
    for entry in boxes(bytes, head.at..list.end).filter(|entry| &entry.kind == b"infe") {
        let mut info = Cursor { bytes: bytes.get(..entry.content.end)?, at: entry.content.start };
        let version = info.number(1)?;
        info.number(3)?;
        if version < 2 {
            continue;
        }
        let id = info.number(if version == 2 { 2 } else { 4 })?;
        info.number(2)?;
        let rest = bytes.get(info.at..entry.content.end)?;
        let xmp = || rest.windows(19).any(|text| text == b"application/rdf+xml");
        if rest.starts_with(b"Exif") || (rest.starts_with(b"mime") && xmp()) {
            items.push(id);
        }
    }
    Some(items)
}

/// Where the bytes of these items lie in the file.
fn extents(bytes: &[u8], meta: &Range<usize>, items: &[u64]) -> Option<Vec<Range<usize>>> {
    let list = child(bytes, meta.clone(), b"iloc")?;
    let mut cursor = Cursor { bytes: bytes.get(..list.end)?, at: list.start };
    let version = cursor.number(1)?;
    cursor.number(3)?;
    let sizes = cursor.number(2)?;
    let nibble = |shift: u32| (sizes >> shift & 15) as usize;
    let (offset_size, length_size, base_size) = (nibble(12), nibble(8), nibble(4));
    let index_size = if version == 0 { 0 } else { nibble(0) };
    let count = cursor.number(if version < 2 { 2 } else { 4 })?;
    let mut found = Vec::new();
    for _ in 0..count {
        let id = cursor.number(if version < 2 { 2 } else { 4 })?;
        let method = if version == 0 { 0 } else { cursor.number(2)? & 15 };
        cursor.number(2)?;
        let base = cursor.number(base_size)?;
        for _ in 0..cursor.number(2)? {
            cursor.number(index_size)?;
            let offset = cursor.number(offset_size)?;
            let length = cursor.number(length_size)?;
            if !items.contains(&id) {
                continue;
            }
            // Method 1 counts from the content of `idat`; 2 refers to other items and is not used here.
            let origin = match method {
                0 => 0,
                1 => child(bytes, meta.clone(), b"idat")?.start as u64,
                _ => return None,
            };
            let start = usize::try_from(origin.checked_add(base)?.checked_add(offset)?).ok()?;
            let end = if length == 0 {
                bytes.len()
            } else {
                start.checked_add(usize::try_from(length).ok()?)?
            };
            bytes.get(start..end)?;
            found.push(start..end);
        }
    }
    Some(found)
}

pub(super) fn strip(bytes: &[u8]) -> Outcome {
    let meta = meta(bytes)?;
    let items = metadata_items(bytes, &meta)?;
    if items.is_empty() {
        return Some(None);
    }
    let ranges = extents(bytes, &meta, &items)?;
    let mut out = bytes.to_vec();
    for range in ranges {
        out[range].fill(0);
    }
    Some((out != bytes).then_some(out))
}
