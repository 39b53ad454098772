//! The transform of an image, as a model: it is parsed from a spec (`spec.rs`) or from an
//! `image/...` process string (`oss.rs`), and carried out by `render.rs`.

use std::fmt;

use super::Format;

/// The largest side that can be asked for, as on OSS.
pub(super) const MAX_ASKED: u32 = 16_384;

/// What to do with an image. The default does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transform {
    /// Width of the box to fit, 1 to 16384.
    pub width: Option<u32>,
    /// Height of the box to fit, 1 to 16384.
    pub height: Option<u32>,
    /// Longer side; not used when width or height is set.
    pub long: Option<u32>,
    /// Shorter side; not used when width or height is set.
    pub short: Option<u32>,
    /// Percentage of the original size, 1 to 1000; excludes all of the above.
    pub percent: Option<u16>,
    pub fit: Fit,
    /// A result larger than the original is wanted too; without, nothing grows.
    pub enlarge: bool,
    /// Fills what `pad` leaves empty, and what was transparent when the format has no alpha.
    pub background: Rgb,
    /// Format of the result; the original's when not set.
    pub format: Option<OutputFormat>,
    pub quality: Option<Quality>,
    /// Turn the pixels upright even when nothing else is asked for.
    pub orient: bool,
    /// Overrides whether metadata is stripped.
    pub strip: Option<bool>,
    /// Transform the first frame of an animation instead of passing the animation through.
    pub first_frame: bool,
}

/// How the box of width and height is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// As large as fits inside the box, shape kept.
    #[default]
    Lfit,
    /// As small as covers the box, shape kept.
    Mfit,
    /// Covers the box, and is cropped to it around the centre.
    Fill,
    /// Fits inside the box, the rest filled with the background.
    Pad,
    /// Exactly the box, shape not kept.
    Fixed,
}

impl Fit {
    pub(super) const ALL: [Self; 5] = [Self::Lfit, Self::Mfit, Self::Fill, Self::Pad, Self::Fixed];

    /// Name in a spec and on OSS.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lfit => "lfit",
            Self::Mfit => "mfit",
            Self::Fill => "fill",
            Self::Pad => "pad",
            Self::Fixed => "fixed",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fit| fit.name() == name)
    }
}

/// Formats a result can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    Jpeg,
    Png,
    WebP,
    Avif,
    Gif,
    Bmp,
    Tiff,
}

impl OutputFormat {
    /// All of them.
    pub(super) const ALL: [Self; 7] =
        [Self::Jpeg, Self::Png, Self::WebP, Self::Avif, Self::Gif, Self::Bmp, Self::Tiff];

    /// Name in a spec.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
        }
    }

    /// By any of its usual names.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = match name.to_ascii_lowercase().as_str() {
            "jpg" => "jpeg",
            "tif" => "tiff",
            name => return Self::ALL.into_iter().find(|format| format.name() == name),
        };
        Self::named(name)
    }

    /// The format such a file has.
    pub fn format(self) -> Format {
        match self {
            Self::Jpeg => Format::Jpeg,
            Self::Png => Format::Png,
            Self::WebP => Format::WebP,
            Self::Avif => Format::Avif,
            Self::Gif => Format::Gif,
            Self::Bmp => Format::Bmp,
            Self::Tiff => Format::Tiff,
        }
    }

    /// The format that a result keeps when none is asked for; PNG when the original's cannot be
    /// written.
    pub(super) fn keeping(format: Format) -> Self {
        Self::ALL.into_iter().find(|output| output.format() == format).unwrap_or(Self::Png)
    }
}

/// Quality of lossy formats, 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    Absolute(u8),
    /// A percentage of the quality the original was saved with.
    Relative(u8),
}

/// An opaque colour; white by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// Six hexadecimal digits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 6] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 3];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(self.0))
    }
}

impl Default for Rgb {
    fn default() -> Self {
        Self([255, 255, 255])
    }
}

impl Transform {
    /// Whether it asks for nothing that changes pixels or format.
    pub fn is_empty(&self) -> bool {
        !self.resizes() && self.format.is_none() && self.quality.is_none() && !self.orient
    }

    /// Whether it may change the size.
    pub(super) fn resizes(&self) -> bool {
        self.width.is_some()
            || self.height.is_some()
            || self.long.is_some()
            || self.short.is_some()
            || self.percent.is_some()
    }
}
