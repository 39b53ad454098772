//! What can be said of an image without decoding it.

use super::dimensions::{Header, header};
use super::{Format, Kind, sniff};

/// An image's format and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    pub kind: Kind,
    /// As displayed, orientation taken into account; `None` for what has no size of its own.
    pub size: Option<(u32, u32)>,
}

/// Reads format and size off the first bytes; `None` when it is no image Hoist knows.
pub fn measure(bytes: &[u8]) -> Option<Measured> {
    let kind = sniff(bytes)?;
    Some(Measured { kind, size: header(bytes, kind.format).map(Header::shown) })
}

impl Format {
    /// The format of a media type that Hoist gave an image.
    pub fn of_mime(mime: &str) -> Option<Self> {
        use Format::{Avif, Bmp, Gif, Heic, Ico, Jpeg, Jxl, Png, Svg, Tiff, WebP};
        let all = [Png, Jpeg, Gif, WebP, Bmp, Ico, Tiff, Avif, Heic, Jxl, Svg];
        all.into_iter().find(|format| format.mime() == mime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_measured_by_its_header_and_other_bytes_are_none() {
        let mut png = std::io::Cursor::new(Vec::new());
        ::image::RgbImage::new(31, 17).write_to(&mut png, ::image::ImageFormat::Png).unwrap();
        let measured = measure(&png.into_inner()).unwrap();
        assert_eq!((measured.kind.format, measured.size), (Format::Png, Some((31, 17))));
        assert_eq!(measured.kind.format.name(), "PNG");
        assert_eq!(measure(b"no image"), None);
    }
}
