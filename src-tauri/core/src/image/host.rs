//! Where a transform can be carried out, and what each place refuses.
//!
//! Limits of OSS are those of its pages "Resize images" and "IMG" and of its error codes 0040-*, of
//! Cloudflare those of its page on image transformations. MB are 1024 × 1024 bytes.

use super::geometry::{after, kept};
use super::render::decoder_format;
use super::spec::unfit;
use super::step::{Overlay, Step};
use super::{Format, OutputFormat, Transform};
use crate::problem::{Result, Unfit};

const MB: u64 = 1024 * 1024;
/// Watermarks on one image.
const MAX_MARKS: usize = 3;

/// Who processes images on the way to a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImageHost {
    /// Alibaba Cloud OSS, with `x-oss-process`.
    Oss,
    /// A Cloudflare zone, with `/cdn-cgi/image/`.
    Cloudflare,
    /// The built-in store, with what it knows of `x-oss-process`.
    Builtin,
}

impl ImageHost {
    /// In an English sentence.
    pub fn english(self) -> &'static str {
        match self {
            Self::Oss => "OSS",
            Self::Cloudflare => "Cloudflare",
            Self::Builtin => "the built-in store",
        }
    }

    /// In a Chinese sentence, with the space after a Latin name.
    pub fn chinese(self) -> &'static str {
        match self {
            Self::Oss => "OSS ",
            Self::Cloudflare => "Cloudflare ",
            Self::Builtin => "内置存储",
        }
    }
}

/// What is known of an image before anything is done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFacts {
    pub format: Format,
    pub animated: bool,
    /// As shown, orientation taken into account.
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

/// What a host takes and makes.
struct Bounds {
    source_mb: u32,
    source_side: u32,
    source_mp: u32,
    result_side: u32,
    result_pixels: u32,
}

impl ImageHost {
    fn bounds(self) -> Bounds {
        match self {
            Self::Oss => Bounds {
                source_mb: 20,
                source_side: 30_000,
                source_mp: 250,
                result_side: 16_384,
                result_pixels: 16_777_216,
            },
            Self::Cloudflare => Bounds {
                source_mb: 100,
                source_side: 12_000,
                source_mp: 100,
                result_side: 12_000,
                result_pixels: 100_000_000,
            },
            // As `Limits`, and as OSS for results.
            Self::Builtin => Bounds {
                source_mb: 100,
                source_side: 65_535,
                source_mp: 210,
                result_side: 16_384,
                result_pixels: 16_777_216,
            },
        }
    }

    fn reads(self, format: Format) -> bool {
        match self {
            Self::Oss => !matches!(format, Format::Svg | Format::Ico | Format::Jxl),
            Self::Cloudflare => matches!(
                format,
                Format::Jpeg | Format::Png | Format::Gif | Format::WebP | Format::Heic
            ),
            Self::Builtin => decoder_format(format).is_some(),
        }
    }
}

impl Transform {
    /// Refuses what this host would refuse, or do to another effect, with the number and what to do.
    /// Without a source only what holds for every image is checked.
    pub fn check_for(&self, host: ImageHost, source: Option<SourceFacts>) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        match host {
            ImageHost::Oss => self.check_oss()?,
            ImageHost::Cloudflare => self.to_cloudflare().map(drop)?,
            ImageHost::Builtin => self.check_builtin()?,
        }
        let Some(source) = source else {
            return Ok(());
        };
        check_source(host, source)?;
        if host == ImageHost::Oss {
            self.check_oss_source(source)?;
        }
        if host == ImageHost::Builtin && source.animated {
            return Err(unfit(self.to_string(), Unfit::AsItIs(host)));
        }
        self.check_sizes(host, source)
    }

    /// OSS lays three, and the built-in store no more.
    fn check_marks(&self) -> Result<()> {
        let count = self.watermarks().count();
        if count > MAX_MARKS {
            return Err(unfit("mark", Unfit::TooManyMarks { max: MAX_MARKS, count }));
        }
        Ok(())
    }

    fn check_oss(&self) -> Result<()> {
        const MAX_TEXT: usize = 64;
        self.to_oss_process()?;
        self.check_marks()?;
        for watermark in self.watermarks() {
            if let Overlay::Text(text) = &watermark.overlay {
                let length = text.text.chars().count();
                if length > MAX_TEXT {
                    return Err(unfit("text", Unfit::TextLength { max: MAX_TEXT, length }));
                }
            }
        }
        self.check_quality(None)
    }

    fn check_builtin(&self) -> Result<()> {
        self.to_oss_process()?;
        self.check_marks()?;
        if let Some(style) = &self.style {
            return Err(unfit(format!("style={style}"), Unfit::NotThere(ImageHost::Builtin)));
        }
        Ok(())
    }

    /// What OSS makes of this kind of image.
    fn check_oss_source(&self, source: SourceFacts) -> Result<()> {
        let gif = source.format == Format::Gif;
        let result = self.format.map_or(source.format, OutputFormat::format);
        if self.format == Some(OutputFormat::Gif) && !gif {
            return Err(unfit("format=gif", Unfit::OnlyFromGif));
        }
        if gif && source.animated && self.format == Some(OutputFormat::WebP) {
            return Err(unfit("format=webp", Unfit::AnimatedWebP));
        }
        self.check_quality(Some(result))?;
        let moves = source.animated && result == source.format;
        for step in &self.steps {
            let stills = match step {
                Step::Resize(resize) => resize.percent.is_some(),
                Step::Rotate(_) => true,
                _ => false,
            };
            if moves && stills && !self.first_frame {
                return Err(unfit(said(step), Unfit::Still(ImageHost::Oss)));
            }
            if result == Format::Gif && matches!(step, Step::Circle(_) | Step::Round(_)) {
                return Err(unfit(said(step), Unfit::NotOnGif));
            }
        }
        if moves && self.first_frame {
            return Err(unfit("animation=first", Unfit::NotThere(ImageHost::Oss)));
        }
        Ok(())
    }

    /// Only JPEG and WebP have a quality on OSS.
    fn check_quality(&self, source: Option<Format>) -> Result<()> {
        let result = self.format.map(OutputFormat::format).or(source);
        match result {
            Some(format) if !matches!(format, Format::Jpeg | Format::WebP) => match self.quality {
                Some(_) => Err(unfit("q", Unfit::QualityFormat(format.name()))),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Sizes on the way and of the result.
    fn check_sizes(&self, host: ImageHost, source: SourceFacts) -> Result<()> {
        const ROTATES: u32 = 4096;
        let mut size = (source.width, source.height);
        for step in &self.steps {
            let (width, height) = size;
            match step {
                Step::Crop(crop) if kept(size, crop).is_none() => {
                    return Err(unfit(said(step), Unfit::CropOutside { width, height }));
                }
                Step::Rotate(_) if host == ImageHost::Oss && width.max(height) > ROTATES => {
                    let side = width.max(height);
                    return Err(unfit(said(step), Unfit::RotateSide { max: ROTATES, side }));
                }
                _ => {}
            }
            size = after(size, step);
            if matches!(step, Step::Resize(_) | Step::Rotate(_)) {
                check_result(host, step, size)?;
            }
        }
        let result = self.format.map_or(source.format, OutputFormat::format);
        check_format(host, result, size)
    }
}

fn said(step: &Step) -> String {
    Transform::of([step.clone()]).to_string()
}

fn check_source(host: ImageHost, source: SourceFacts) -> Result<()> {
    let bounds = host.bounds();
    let SourceFacts { format, width, height, bytes, .. } = source;
    let refused = |why: Unfit| Err(unfit(format!("{width} × {height} {}", format.name()), why));
    if !host.reads(format) {
        return refused(Unfit::SourceFormat { host, format: format.name() });
    }
    if bytes > u64::from(bounds.source_mb) * MB {
        // Rounded up, so that it is never the limit itself.
        let mb = bytes.div_ceil(MB);
        return refused(Unfit::SourceBytes { host, max_mb: bounds.source_mb, mb });
    }
    if width.max(height) > bounds.source_side {
        let side = width.max(height);
        return refused(Unfit::SourceSide { host, max: bounds.source_side, side });
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > u64::from(bounds.source_mp) * 1_000_000 {
        let mp = pixels.div_ceil(1_000_000);
        return refused(Unfit::SourcePixels { host, max_mp: bounds.source_mp, mp });
    }
    Ok(())
}

fn check_result(host: ImageHost, step: &Step, (width, height): (u32, u32)) -> Result<()> {
    let bounds = host.bounds();
    let max = bounds.result_side;
    if width.max(height) > max {
        return Err(unfit(said(step), Unfit::HostSide { host, max, width, height }));
    }
    let max = bounds.result_pixels;
    if u64::from(width) * u64::from(height) > u64::from(max) {
        return Err(unfit(said(step), Unfit::OutputPixels { max, width, height }));
    }
    Ok(())
}

/// What the format of the result can hold there.
fn check_format(host: ImageHost, format: Format, (width, height): (u32, u32)) -> Result<()> {
    let name = format.name();
    let side = |max: u32| match width.max(height) > max {
        true => {
            let why = Unfit::OutputSide { format: name, max, width, height };
            Err(unfit(format!("{width} × {height}"), why))
        }
        false => Ok(()),
    };
    match (host, format) {
        (ImageHost::Cloudflare, Format::Avif) => side(1200),
        (_, Format::WebP) => side(16_383),
        (ImageHost::Oss, Format::Avif) if width > 4096 || height > 2304 => {
            let why = Unfit::OutputBox { format: name, max: (4096, 2304), width, height };
            Err(unfit(format!("{width} × {height}"), why))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
