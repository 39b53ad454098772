//! JPEG XL: a bare codestream, which holds no metadata, or a file of boxes, which may.

use super::Outcome;
use super::heif::boxes;

pub(super) fn strip(bytes: &[u8]) -> Outcome {
    if bytes.starts_with(b"\xFF\x0A") {
        return Some(None);
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut end = 0;
    for found in boxes(bytes, 0..bytes.len()) {
        let whole = &bytes[end..found.content.end];
        end = found.content.end;
        // `brob` is a compressed box, which names what it holds.
        let kind = match &found.kind {
            b"brob" => bytes.get(found.content.start..found.content.start + 4)?,
            kind => kind,
        };
        if !matches!(kind, b"Exif" | b"xml " | b"jumb") {
            out.extend_from_slice(whole);
        }
    }
    if end != bytes.len() {
        return None;
    }
    Some((out.len() != bytes.len()).then_some(out))
}
