//! What of a clipboard's content can be uploaded.

use bytes::Bytes;

use crate::fetch;
use crate::image::sniff;
use crate::markup;
use crate::source::{Source, from_uri_list};

/// Targets that hold images, best first. Programs that convert on the fly offer many formats but
/// cannot write GIF, so a GIF is an original; PNG keeps what the rest may lose.
#[cfg(target_os = "linux")]
pub(super) const IMAGE_TARGETS: [&str; 13] = [
    "image/gif",
    "image/apng",
    "image/png",
    "image/webp",
    "image/avif",
    "image/jxl",
    "image/heic",
    "image/jpeg",
    "image/jpg",
    "image/svg+xml",
    "image/tiff",
    "image/bmp",
    "image/x-icon",
];

/// Targets that hold lists of files, best first.
#[cfg(target_os = "linux")]
pub(super) const FILE_TARGETS: [&str; 3] =
    ["text/uri-list", "x-special/gnome-copied-files", "x-special/mate-copied-files"];

/// Targets that hold plain text, best first.
#[cfg(target_os = "linux")]
pub(super) const TEXT_TARGETS: [&str; 5] =
    ["text/plain;charset=utf-8", "UTF8_STRING", "text/plain", "TEXT", "STRING"];

/// A clipboard's content, asked for by target (a media type, or an X11 name).
#[cfg(target_os = "linux")]
pub(super) trait Offer {
    /// The targets on offer.
    fn targets(&mut self) -> crate::problem::Result<Vec<String>>;
    /// The bytes of one of them.
    fn fetch(&mut self, target: &str) -> crate::problem::Result<Bytes>;
}

/// The first thing on offer that can be uploaded; empty when there is none.
#[cfg(target_os = "linux")]
pub(super) fn from_offer(offer: &mut dyn Offer) -> crate::problem::Result<Vec<Source>> {
    let targets = offer.targets()?;
    let offered = |wanted: &'static str| {
        targets.iter().find(|target| target.eq_ignore_ascii_case(wanted)).cloned()
    };
    let mut listed_urls = Vec::new();
    for target in FILE_TARGETS.into_iter().filter_map(offered) {
        let sources = from_uri_list(&text_of(&offer.fetch(&target)?));
        if sources.iter().any(|source| matches!(source, Source::File { .. })) {
            return Ok(sources);
        }
        // Only addresses: an image that lies beside them is what they stand for.
        listed_urls.extend(sources);
    }
    for target in IMAGE_TARGETS.into_iter().filter_map(offered) {
        if let Some(source) = from_image(offer.fetch(&target)?) {
            return Ok(vec![source]);
        }
    }
    if let Some(target) = offered("text/html") {
        let sources = from_html(&text_of(&offer.fetch(&target)?));
        if !sources.is_empty() {
            return Ok(sources);
        }
    }
    if !listed_urls.is_empty() {
        return Ok(listed_urls);
    }
    for target in TEXT_TARGETS.into_iter().filter_map(offered) {
        let sources = from_text(&text_of(&offer.fetch(&target)?));
        if !sources.is_empty() {
            return Ok(sources);
        }
    }
    Ok(Vec::new())
}

/// An image, unless a program sent something else under an image's name.
pub(super) fn from_image(bytes: Bytes) -> Option<Source> {
    let name = format!("clipboard.{}", sniff(&bytes)?.ext);
    Some(Source::Bytes { bytes, name })
}

/// The one image that an HTML fragment is: a browser's "copy image". A fragment of several images
/// is a piece of a page, of which nobody asked to upload a part.
pub(super) fn from_html(html: &str) -> Vec<Source> {
    let [image] = markup::tags(html, "img")[..] else {
        return Vec::new();
    };
    let address = markup::attribute(image, "src").filter(|address| fetch::is_url(address));
    address.into_iter().map(|url| Source::Url { url }).collect()
}

/// URLs in text: when every line is one, each is meant.
pub(super) fn from_text(text: &str) -> Vec<Source> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let sources = from_uri_list(text);
    if sources.len() == lines.len() { sources } else { Vec::new() }
}

/// Text as programs send it: UTF-8, sometimes UTF-16 (old Firefox HTML), sometimes with a final NUL.
#[cfg(target_os = "linux")]
fn text_of(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        [first, 0, ..] if *first != 0 && bytes.len().is_multiple_of(2) => {
            wide(bytes, u16::from_le_bytes)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests;
