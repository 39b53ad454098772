//! The transform of an image, as a model: steps over the pixels, in order, and how the result is
//! saved. It is parsed from a spec (`spec.rs`), from an `image/...` process string (`oss.rs`) or from
//! Cloudflare's options (`cloudflare.rs`), and carried out by `render.rs`.

use std::fmt;

use super::Format;
use super::step::{Mark, Overlay, Resize, Step, Watermark};

/// What to do with an image. The default does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transform {
    /// What is done to the pixels, in this order.
    pub steps: Vec<Step>,
    /// A style that OSS keeps with the bucket; excludes everything else.
    pub style: Option<String>,
    /// Format of the result; the original's when not set.
    pub format: Option<OutputFormat>,
    pub quality: Option<Quality>,
    /// A JPEG that appears whole at first and then gets sharper.
    pub interlace: bool,
    /// Shows through where the result's format has no alpha, when no resize names a colour.
    pub background: Rgb,
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
    /// The style of this name, which OSS keeps with the bucket.
    pub fn style(name: impl Into<String>) -> Self {
        Self { style: Some(name.into()), ..Self::default() }
    }

    /// These steps, in this order.
    pub fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), ..Self::default() }
    }

    /// Whether it asks for nothing that changes pixels or format.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
            && self.style.is_none()
            && self.format.is_none()
            && self.quality.is_none()
            && !self.interlace
    }

    /// The first resize, which is the only one unless the transform was read from a link.
    pub fn resize(&self) -> Option<&Resize> {
        self.steps.iter().find_map(|step| match step {
            Step::Resize(resize) => Some(resize),
            _ => None,
        })
    }

    /// Whether the pixels are to be turned upright even when nothing else is asked for.
    pub fn orient(&self) -> bool {
        self.steps.contains(&Step::Orient)
    }

    /// The watermarks, in order.
    pub fn watermarks(&self) -> impl Iterator<Item = &Watermark> {
        self.steps.iter().filter_map(|step| match step {
            Step::Watermark(watermark) => Some(watermark),
            _ => None,
        })
    }

    /// The images that its watermarks show, by key; whoever carries it out needs their bytes.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.watermarks().filter_map(|watermark| match &watermark.overlay {
            Overlay::Image(mark) => Some(mark),
            Overlay::Text(_) => None,
        })
    }

    /// What shows through where the result has no alpha.
    pub(super) fn matte(&self) -> Rgb {
        let named = self.steps.iter().filter_map(|step| match step {
            Step::Resize(resize) => Some(resize.color),
            _ => None,
        });
        std::iter::once(self.background)
            .chain(named)
            .find(|color| *color != Rgb::default())
            .unwrap_or_default()
    }

    /// Whether a spec can say it: each step once, in the canonical order.
    pub(super) fn is_canonical(&self) -> bool {
        self.steps.is_sorted_by(|one, next| one.rank() < next.rank())
            && (self.background == Rgb::default() || self.resize().is_none())
    }
}
