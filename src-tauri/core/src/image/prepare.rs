//! One image made ready for upload: sniffed, transformed if asked, metadata stripped.
//!
//! What is refused: nothing at all, too many bytes, content that is no image, more pixels than the
//! limits, and an image that is damaged. An image whose structure is odd but that decodes goes up as
//! it is: losing a picture is worse than keeping an odd one.

use std::fmt;

use bytes::Bytes;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::dimensions::header;
use super::render::{Rendered, check_size, decode, decoder_format, guarded, render};
use super::strip::jpeg::Jpeg;
use super::strip::{Stripped, gif, png, strip, webp};
use super::{Format, Kind, Limits, Transform, sniff};
use crate::problem::{Code, Problem, Result};
use crate::source::check_length;
use crate::view::Note;

/// Finds the images that watermarks show. This module knows no bucket, so whoever does gives them.
pub trait Marks: fmt::Debug + Sync {
    /// The file under this key.
    fn mark(&self, key: &str) -> Result<Bytes>;
}

/// What `prepare` needs.
#[derive(Debug)]
pub struct PrepareInput<'a> {
    pub bytes: Bytes,
    /// File name, for messages and for its extension.
    pub name: &'a str,
    pub transform: &'a Transform,
    /// Strip metadata, unless the transform says otherwise.
    pub strip: bool,
    pub limits: &'a Limits,
    /// The images of its watermarks; without, a transform that has some is refused.
    pub marks: Option<&'a dyn Marks>,
}

/// An image ready for upload.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub bytes: Bytes,
    pub kind: Kind,
    /// Media type of `bytes`.
    pub mime: &'static str,
    /// Extension without the dot, lower case: the name's own where it fits the format.
    pub ext: String,
    /// As displayed, orientation taken into account.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub notes: Vec<Note>,
    /// `bytes` differ from what came in.
    pub changed: bool,
}

/// Prepares one image. Plain CPU work, up to seconds for a large AVIF.
pub fn prepare(input: PrepareInput<'_>) -> Result<Prepared> {
    check_length(input.bytes.len() as u64, input.limits.max_bytes, input.name)?;
    let kind = sniff(&input.bytes).ok_or_else(|| Problem::new(Code::NotAnImage, input.name))?;
    guarded(input.name, || prepare_kind(&input, kind))
}

fn prepare_kind(input: &PrepareInput<'_>, kind: Kind) -> Result<Prepared> {
    let PrepareInput { bytes, name, transform, limits, .. } = input;
    let header = header(bytes, kind.format);
    if let Some(header) = header {
        check_size(header, limits, name)?;
    }
    let sound = check_structure(bytes, kind, limits, name)?;
    let strips = transform.strip.unwrap_or(input.strip);
    let mut notes = Vec::new();
    if !transform.is_empty() {
        let decodable = decoder_format(kind.format).is_some();
        if !decodable || (kind.animated && !transform.first_frame) {
            notes.push(Note::PassedThrough);
        } else if let Rendered::Image { bytes, format, width, height } =
            render(bytes, kind, transform, strips, limits, input.marks, name)?
        {
            if transform.interlace && format != Format::Jpeg {
                notes.push(Note::NotInterlaced);
            }
            let kind = Kind::new(format, false);
            return Ok(Prepared {
                bytes: bytes.into(),
                kind,
                mime: kind.mime,
                ext: extension(name, kind.format),
                width: Some(width),
                height: Some(height),
                notes,
                changed: true,
            });
        }
    }
    let mut result = bytes.clone();
    if strips {
        match strip(bytes, kind.format) {
            Stripped::Removed(stripped) => {
                result = stripped.into();
                notes.push(Note::MetadataStripped);
            }
            Stripped::Clean => {}
            Stripped::Kept => notes.push(Note::MetadataKept),
        }
    }
    tracing::trace!(name, ?kind, sound, "image prepared");
    let shown = header.map(super::dimensions::Header::shown);
    Ok(Prepared {
        changed: result != *bytes,
        bytes: result,
        kind,
        mime: kind.mime,
        ext: extension(name, kind.format),
        width: shown.map(|(width, _)| width),
        height: shown.map(|(_, height)| height),
        notes,
    })
}

/// Whether the file is built as its format says. One that is not must at least decode.
fn check_structure(bytes: &[u8], kind: Kind, limits: &Limits, name: &str) -> Result<bool> {
    let sound = match kind.format {
        Format::Png => {
            png::chunks(bytes).all(|chunk| chunk.is_sound())
                && png::chunks(bytes).last().is_some_and(|chunk| &chunk.kind == b"IEND")
                && png::chunks(bytes).any(|chunk| &chunk.kind == b"IDAT")
        }
        Format::Jpeg => {
            let jpeg =
                Jpeg::parse(bytes).filter(|jpeg| jpeg.has_scan() && jpeg.dimensions().is_some());
            let jpeg = jpeg.ok_or_else(|| Problem::new(Code::BrokenImage, name))?;
            if !jpeg.complete {
                check_jpeg_end(bytes, name)?;
            }
            jpeg.complete
        }
        Format::Gif => gif::is_whole(bytes),
        Format::WebP => webp::is_whole(bytes),
        Format::Bmp | Format::Ico | Format::Tiff => header(bytes, kind.format).is_some(),
        // Not decodable here: taken at their word.
        Format::Avif | Format::Heic | Format::Jxl | Format::Svg => return Ok(true),
    };
    if !sound {
        decode(bytes, kind.format, limits, name)?;
    }
    Ok(sound)
}

/// A JPEG without its end marker: some cameras forget it, but mostly the rest is missing too. The
/// usual decoder paints that grey and says nothing.
fn check_jpeg_end(bytes: &[u8], name: &str) -> Result<()> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
        .decode()
        .map_err(|error| Problem::new(Code::BrokenImage, name).with_detail(error))?;
    Ok(())
}

/// The extension for a file of this format: the one it has, if it is one of the format's.
fn extension(name: &str, format: Format) -> String {
    let own = name.rsplit_once('.').map(|(_, ext)| ext.to_ascii_lowercase());
    own.filter(|ext| format.exts().contains(&ext.as_str()))
        .unwrap_or_else(|| format.ext().to_owned())
}

#[cfg(test)]
mod tests;
