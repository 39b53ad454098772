//! What a file is, by its content.

use super::strip::gif;

/// Image formats Hoist knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Png,
    Jpeg,
    Gif,
    WebP,
    Bmp,
    Ico,
    Tiff,
    Avif,
    Heic,
    Jxl,
    Svg,
}

impl Format {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
            Self::Ico => "ICO",
            Self::Tiff => "TIFF",
            Self::Avif => "AVIF",
            Self::Heic => "HEIC",
            Self::Jxl => "JPEG XL",
            Self::Svg => "SVG",
        }
    }

    /// The media type to serve it with.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Ico => "image/x-icon",
            Self::Tiff => "image/tiff",
            Self::Avif => "image/avif",
            Self::Heic => "image/heic",
            Self::Jxl => "image/jxl",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The usual extension, without the dot.
    pub fn ext(self) -> &'static str {
        self.exts()[0]
    }

    /// All extensions in use, the usual one first.
    pub fn exts(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png", "apng"],
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Gif => &["gif"],
            Self::WebP => &["webp"],
            Self::Bmp => &["bmp", "dib"],
            Self::Ico => &["ico", "cur"],
            // Raw photos are TIFFs with a purpose, and keep their names.
            Self::Tiff => &["tif", "tiff", "dng", "nef", "arw", "cr2"],
            Self::Avif => &["avif", "avifs"],
            Self::Heic => &["heic", "heif", "hif"],
            Self::Jxl => &["jxl"],
            Self::Svg => &["svg"],
        }
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub format: Format,
    pub mime: &'static str,
    /// The format's usual extension.
    pub ext: &'static str,
    /// More than one frame.
    pub animated: bool,
}

impl Kind {
    pub(super) fn new(format: Format, animated: bool) -> Self {
        Self { format, mime: format.mime(), ext: format.ext(), animated }
    }
}

/// What `bytes` are, whatever their name says; `None` when they are no image Hoist knows.
pub fn sniff(bytes: &[u8]) -> Option<Kind> {
    let at =
        |start: usize, magic: &[u8]| bytes.get(start..).is_some_and(|tail| tail.starts_with(magic));
    let (format, animated) = if at(0, b"\x89PNG\r\n\x1a\n") {
        (Format::Png, png_frames(bytes) > 1)
    } else if at(0, b"\xFF\xD8\xFF") {
        (Format::Jpeg, false)
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        (Format::Gif, gif::frames(bytes, 2) > 1)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        // VP8X is the first chunk when there is one; its second flag bit says "animation".
        (Format::WebP, at(12, b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0x02 != 0))
    } else if at(0, b"BM") && bmp_header(bytes) {
        (Format::Bmp, false)
    } else if at(0, b"\0\0\x01\0") && ico_header(bytes) {
        (Format::Ico, false)
    } else if at(0, b"II*\0") || at(0, b"MM\0*") || at(0, b"II+\0") || at(0, b"MM\0+") {
        (Format::Tiff, false)
    } else if at(4, b"ftyp") {
        heif(bytes)?
    } else if at(0, b"\xFF\x0A") || at(0, b"\0\0\0\x0CJXL \r\n\x87\n") {
        (Format::Jxl, false)
    } else if svg_root(bytes).is_some() {
        (Format::Svg, false)
    } else {
        return None;
    };
    Some(Kind::new(format, animated))
}

/// Frames an APNG announces before its first image data.
fn png_frames(bytes: &[u8]) -> u32 {
    let animation = super::strip::png::chunks(bytes).find_map(|chunk| match &chunk.kind {
        b"acTL" => Some(chunk.data.first_chunk().map_or(1, |frames| u32::from_be_bytes(*frames))),
        b"IDAT" => Some(1),
        _ => None,
    });
    animation.unwrap_or(1)
}

/// Text may start with "BM" too: the size of the second header tells.
fn bmp_header(bytes: &[u8]) -> bool {
    let size =
        bytes.get(14..18).map(|size| u32::from_le_bytes([size[0], size[1], size[2], size[3]]));
    matches!(size, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// The first directory entry must point inside the file.
fn ico_header(bytes: &[u8]) -> bool {
    let word = |at: usize| {
        bytes.get(at..at + 4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
    };
    match (bytes.get(4..6), word(14), word(18)) {
        (Some(count), Some(length), Some(offset)) => {
            count != [0, 0]
                && bytes[9] == 0
                && offset >= 22
                && u64::from(offset) + u64::from(length) <= bytes.len() as u64
        }
        _ => false,
    }
}

/// HEIF carries both AVIF and HEIC: the brands tell which.
fn heif(bytes: &[u8]) -> Option<(Format, bool)> {
    let length = u32::from_be_bytes(*bytes.first_chunk()?) as usize;
    let brands = bytes.get(8..length.min(bytes.len()))?;
    let major = brands.get(..4)?;
    let all =
        || brands.chunks_exact(4).enumerate().filter(|(at, _)| *at != 1).map(|(_, brand)| brand);
    if all().any(|brand| brand == b"avif" || brand == b"avis") {
        return Some((Format::Avif, major == b"avis"));
    }
    let heic = |brand: &[u8]| {
        matches!(
            brand,
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1"
        )
    };
    // Videos list no such brand, and are no images.
    heic(major).then_some((Format::Heic, matches!(major, b"hevc" | b"hevx" | b"msf1")))
}

/// The start tag of an SVG document's root, without its brackets.
pub(super) fn svg_root(bytes: &[u8]) -> Option<&str> {
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    loop {
        rest = rest.trim_ascii_start();
        if let Some(inside) = rest.strip_prefix(b"<!--") {
            rest = after(inside, b"-->")?;
        } else if let Some(inside) = rest.strip_prefix(b"<?") {
            rest = after(inside, b"?>")?;
        } else if rest.len() > 9 && rest[..9].eq_ignore_ascii_case(b"<!doctype") {
            rest = after_doctype(rest)?;
        } else {
            break;
        }
    }
    let inside = rest.strip_prefix(b"<")?;
    let tag = &inside[..tag_end(inside)];
    let name =
        tag.split(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')).next()?;
    let local = name.rsplit(|byte| *byte == b':').next()?;
    if local == b"svg" { std::str::from_utf8(tag).ok() } else { None }
}

fn after<'a>(text: &'a [u8], end: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(end.len()).position(|window| window == end)?;
    Some(&text[at + end.len()..])
}

/// A doctype may hold declarations in brackets, which hold `>`.
fn after_doctype(text: &[u8]) -> Option<&[u8]> {
    let mut depth = 0_i32;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            b'>' if depth <= 0 => return Some(&text[at + 1..]),
            _ => {}
        }
    }
    None
}

/// Where a tag ends: at a `>` outside quotes.
fn tag_end(text: &[u8]) -> usize {
    let mut quote = None;
    for (at, &byte) in text.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests;
