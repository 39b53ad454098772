//! The steps of a transform: what is done to the pixels, one after the other.

use super::{Fit, Rgb};

/// The largest side that can be asked for, as on OSS.
pub(super) const MAX_ASKED: u32 = 16_384;
/// The largest side or offset of a crop: no decoder here gives a larger image.
pub(super) const MAX_CROP: u32 = 65_535;
/// The largest percentage of a resize.
pub(super) const MAX_PERCENT: u32 = 1000;
/// The largest radius of a circle or of rounded corners, in pixels.
pub(super) const MAX_RADIUS: u32 = 4096;
/// The largest radius and the largest sigma of a blur.
pub(super) const MAX_BLUR: u32 = 50;
/// The weakest and the strongest sharpening.
pub(super) const SHARPEN: (u32, u32) = (50, 399);
/// The largest margin of a watermark, in pixels.
pub(super) const MAX_MARGIN: u32 = 4096;
/// The largest shift of a watermark off the middle line, in pixels.
pub(super) const MAX_SHIFT: i32 = 1000;
/// The largest size of a watermark's text, in pixels.
pub(super) const MAX_TEXT_SIZE: u32 = 1000;

/// One step. The variants stand in the canonical order, the one in which a spec carries them out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Turn the pixels as the EXIF orientation says.
    Orient,
    Crop(Crop),
    Resize(Resize),
    /// Degrees clockwise, 1 to 359.
    Rotate(u16),
    /// 50 to 399; 100 is usual.
    Sharpen(u16),
    Blur(Blur),
    /// -100 to 100, per cent of the whole range.
    Bright(i8),
    /// -100 to 100.
    Contrast(i8),
    /// Radius in pixels, 1 to 4096: the circle around the centre is cut out.
    Circle(u16),
    /// Radius in pixels, 1 to 4096.
    Round(u16),
    Watermark(Watermark),
}

impl Step {
    /// Place in the canonical order.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Orient => 0,
            Self::Crop(_) => 1,
            Self::Resize(_) => 2,
            Self::Rotate(_) => 3,
            Self::Sharpen(_) => 4,
            Self::Blur(_) => 5,
            Self::Bright(_) => 6,
            Self::Contrast(_) => 7,
            Self::Circle(_) => 8,
            Self::Round(_) => 9,
            Self::Watermark(Watermark { overlay: Overlay::Text(_), .. }) => 10,
            Self::Watermark(Watermark { overlay: Overlay::Image(_), .. }) => 11,
        }
    }

    /// Name of the parameter in a spec.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Orient => "orient",
            Self::Crop(_) => "crop",
            Self::Resize(_) => "resize",
            Self::Rotate(_) => "rotate",
            Self::Sharpen(_) => "sharpen",
            Self::Blur(_) => "blur",
            Self::Bright(_) => "bright",
            Self::Contrast(_) => "contrast",
            Self::Circle(_) => "circle",
            Self::Round(_) => "round",
            Self::Watermark(Watermark { overlay: Overlay::Text(_), .. }) => "text",
            Self::Watermark(Watermark { overlay: Overlay::Image(_), .. }) => "mark",
        }
    }
}

/// A place in a grid of three by three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gravity {
    #[default]
    Nw,
    North,
    Ne,
    West,
    Center,
    East,
    Sw,
    South,
    Se,
}

impl Gravity {
    pub(super) const ALL: [Self; 9] = [
        Self::Nw,
        Self::North,
        Self::Ne,
        Self::West,
        Self::Center,
        Self::East,
        Self::Sw,
        Self::South,
        Self::Se,
    ];

    /// Name in a spec and on OSS.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nw => "nw",
            Self::North => "north",
            Self::Ne => "ne",
            Self::West => "west",
            Self::Center => "center",
            Self::East => "east",
            Self::Sw => "sw",
            Self::South => "south",
            Self::Se => "se",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == name)
    }

    /// Column and row in the grid, 0 to 2 each.
    pub(super) fn cell(self) -> (u8, u8) {
        let index = self as u8;
        (index % 3, index / 3)
    }
}

/// A rectangle to keep. It reaches to the image's edge where it would reach beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Crop {
    /// 1 to 65535; the whole width when not set.
    pub width: Option<u32>,
    /// 1 to 65535; the whole height when not set.
    pub height: Option<u32>,
    /// Pixels to the right of where `at` puts it.
    pub x: u32,
    /// Pixels below where `at` puts it.
    pub y: u32,
    pub at: Gravity,
}

impl Crop {
    /// Whether it keeps everything.
    pub(super) fn is_whole(&self) -> bool {
        Self { at: Gravity::Nw, ..*self } == Self::default()
    }
}

/// A new size. Without any, the image keeps its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resize {
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
    /// Fills what `pad` leaves empty.
    pub color: Rgb,
}

impl Resize {
    /// Whether any size is asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.width.is_some()
            || self.height.is_some()
            || self.long.is_some()
            || self.short.is_some()
            || self.percent.is_some()
    }
}

/// A Gaussian blur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blur {
    /// Pixels it looks at in each direction, 1 to 50.
    pub radius: u8,
    /// Standard deviation in pixels, 1 to 50.
    pub sigma: u8,
}

/// Text or an image, laid over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watermark {
    pub overlay: Overlay,
    pub at: Gravity,
    /// Margin to the left or right edge, 0 to 4096 pixels; without effect in the middle column.
    pub x: u16,
    /// Margin to the upper or lower edge, 0 to 4096 pixels; without effect in the middle row.
    pub y: u16,
    /// Shift down from the middle row, -1000 to 1000 pixels.
    pub shift: i16,
    /// 0 (not seen) to 100 (opaque).
    pub opacity: u8,
    /// Repeat it over the whole image.
    pub tile: bool,
    /// Space between repetitions, 0 to 4096 pixels each.
    pub gap: (u16, u16),
}

impl Watermark {
    /// In the lower right corner, as OSS does without being told more.
    pub fn new(overlay: Overlay) -> Self {
        Self {
            overlay,
            at: Gravity::Se,
            x: 10,
            y: 10,
            shift: 0,
            opacity: 100,
            tile: false,
            gap: (0, 0),
        }
    }
}

/// What a watermark shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    Text(Text),
    Image(Mark),
}

/// The text of a watermark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub text: String,
    pub font: Font,
    /// Height of a line in pixels, 1 to 1000.
    pub size: u16,
    pub color: Rgb,
    /// Opacity of its shadow, 0 (none) to 100.
    pub shadow: u8,
    /// Degrees clockwise, 0 to 359.
    pub rotate: u16,
}

impl Text {
    /// Black, 40 pixels, as OSS does without being told more.
    pub fn new(text: impl Into<String>) -> Self {
        let color = Rgb([0, 0, 0]);
        Self { text: text.into(), font: Font::default(), size: 40, color, shadow: 0, rotate: 0 }
    }
}

/// The image of a watermark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its key in the bucket of the image that it is laid over.
    pub key: String,
    /// Per cent of the size of that image, 1 to 100; its own size when not set.
    pub scale: Option<u8>,
}

/// The fonts that OSS has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Font {
    #[default]
    WqyZenhei,
    WqyMicrohei,
    Shusong,
    Kaiti,
    Heiti,
    Fangsong,
    DroidSansFallback,
}

impl Font {
    pub(super) const ALL: [Self; 7] = [
        Self::WqyZenhei,
        Self::WqyMicrohei,
        Self::Shusong,
        Self::Kaiti,
        Self::Heiti,
        Self::Fangsong,
        Self::DroidSansFallback,
    ];

    /// Name in a spec and on OSS.
    pub fn name(self) -> &'static str {
        match self {
            Self::WqyZenhei => "wqy-zenhei",
            Self::WqyMicrohei => "wqy-microhei",
            Self::Shusong => "fangzhengshusong",
            Self::Kaiti => "fangzhengkaiti",
            Self::Heiti => "fangzhengheiti",
            Self::Fangsong => "fangzhengfangsong",
            Self::DroidSansFallback => "droidsansfallback",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|font| font.name() == name)
    }
}
