//! Options of Cloudflare's `/cdn-cgi/image/`: `width=800,format=webp,quality=80`.
//!
//! What is said here are the features that its documentation gives for URLs. Cloudflare cuts
//! (`trim`), rotates, resizes and then sharpens, blurs and lightens, and always turns images upright.
//! What it cannot do in this order is refused by name.

use super::Transform;
use super::spec::unfit;
use super::step::{Blur, Crop, Gravity, Resize, Step};
use super::{Fit, ImageHost, OutputFormat, Quality, Rgb};
use crate::problem::{Result, Unfit};

mod read;

const HOST: ImageHost = ImageHost::Cloudflare;

impl Transform {
    /// Parses the options between `/cdn-cgi/image/` and the source.
    pub fn from_cloudflare(options: &str) -> Result<Self> {
        read::options(options)
    }

    /// The options between `/cdn-cgi/image/` and the source; the error names what Cloudflare cannot
    /// do.
    pub fn to_cloudflare(&self) -> Result<String> {
        if self.is_empty() {
            return Err(unfit("", Unfit::Nothing));
        }
        if let Some(style) = &self.style {
            return Err(unfit(format!("style={style}"), Unfit::NotThere(HOST)));
        }
        let mut options: Vec<String> = Vec::new();
        self.cloudflare_steps(&mut options)?;
        let matte = self.matte();
        if matte != Rgb::default() {
            options.push(format!("background=%23{matte}"));
        }
        self.cloudflare_result(&mut options)?;
        if options.is_empty() {
            // Upright is what it does anyway, but without an option there is no such URL.
            options.push("fit=scale-down".into());
        }
        Ok(options.join(","))
    }

    fn cloudflare_steps(&self, options: &mut Vec<String>) -> Result<()> {
        let mut past = 0;
        let mut turned = false;
        for step in &self.steps {
            let place = place(step).ok_or_else(|| unfit(said(step), Unfit::NotThere(HOST)))?;
            // A quarter turn after the resize is one before it, with the box turned.
            let swaps = matches!(step, Step::Rotate(_)) && past == RESIZE && !turned;
            let again = place == past && place != UPRIGHT;
            if (place < past && !swaps) || again {
                return Err(unfit(said(step), Unfit::Order(HOST)));
            }
            turned |= matches!(step, Step::Rotate(_));
            past = past.max(place);
        }
        let resized = self.steps.iter().position(|step| matches!(step, Step::Resize(_)));
        let quarter = self.steps.iter().enumerate().any(|(at, step)| {
            matches!(step, Step::Rotate(90 | 270)) && resized.is_some_and(|resized| resized < at)
        });
        for step in &self.steps {
            match step {
                Step::Orient => {}
                Step::Crop(crop) => write_crop(crop, options)?,
                Step::Rotate(degrees @ (90 | 180 | 270)) => {
                    options.push(format!("rotate={degrees}"));
                }
                Step::Resize(resize) => write_resize(resize, quarter, options)?,
                Step::Sharpen(strength) => {
                    options.push(format!("sharpen={}", hundredths(i32::from(*strength))));
                }
                Step::Blur(Blur { radius, sigma }) if radius == sigma => {
                    options.push(format!("blur={radius}"));
                }
                Step::Blur(_) => return Err(unfit(said(step), Unfit::OneStrength)),
                // 0 would be black, but Cloudflare takes it for nothing asked.
                Step::Bright(level @ -99..) => {
                    options.push(format!("brightness={}", hundredths(100 + i32::from(*level))));
                }
                Step::Contrast(level @ -99..) => {
                    options.push(format!("contrast={}", hundredths(100 + i32::from(*level))));
                }
                _ => return Err(unfit(said(step), Unfit::NotThere(HOST))),
            }
        }
        Ok(())
    }

    fn cloudflare_result(&self, options: &mut Vec<String>) -> Result<()> {
        let not_there = |what: String| unfit(what, Unfit::NotThere(HOST));
        match self.format {
            None if self.interlace => return Err(not_there("interlace=1".into())),
            None => {}
            // Its JPEGs are progressive.
            Some(OutputFormat::Jpeg) => options.push("format=jpeg".into()),
            Some(format @ (OutputFormat::WebP | OutputFormat::Avif)) if !self.interlace => {
                options.push(format!("format={}", format.name()));
            }
            Some(format) => return Err(not_there(format!("format={}", format.name()))),
        }
        match self.quality {
            None => {}
            Some(Quality::Absolute(quality)) => options.push(format!("quality={quality}")),
            Some(Quality::Relative(share)) => return Err(not_there(format!("q={share}%"))),
        }
        if self.first_frame {
            options.push("anim=false".into());
        }
        if let Some(strip) = self.strip {
            options.push(format!("metadata={}", if strip { "none" } else { "keep" }));
        }
        Ok(())
    }
}

const UPRIGHT: u8 = 0;
const RESIZE: u8 = 3;

/// Place in the order in which Cloudflare works; `None` for what it does not do.
fn place(step: &Step) -> Option<u8> {
    Some(match step {
        Step::Orient => UPRIGHT,
        Step::Crop(_) => 1,
        Step::Rotate(_) => 2,
        Step::Resize(_) => RESIZE,
        Step::Sharpen(_) => 4,
        Step::Blur(_) => 5,
        Step::Bright(_) => 6,
        Step::Contrast(_) => 7,
        Step::Circle(_) | Step::Round(_) | Step::Watermark(_) => return None,
    })
}

/// The step as a spec has it.
fn said(step: &Step) -> String {
    Transform::of([step.clone()]).to_string()
}

fn write_crop(crop: &Crop, options: &mut Vec<String>) -> Result<()> {
    if crop.at != Gravity::Nw {
        return Err(unfit(said(&Step::Crop(*crop)), Unfit::NotThere(HOST)));
    }
    let offset = |offset: u32| Some(offset).filter(|offset| *offset > 0);
    let lengths = [
        ("left", offset(crop.x)),
        ("top", offset(crop.y)),
        ("width", crop.width),
        ("height", crop.height),
    ];
    for (name, length) in lengths {
        if let Some(length) = length {
            options.push(format!("trim.{name}={length}"));
        }
    }
    Ok(())
}

fn write_resize(resize: &Resize, quarter: bool, options: &mut Vec<String>) -> Result<()> {
    let not_there = |what: String| unfit(what, Unfit::NotThere(HOST));
    let (mut width, mut height) = (resize.width, resize.height);
    if width.or(height).is_none() {
        return Err(not_there(said(&Step::Resize(*resize))));
    }
    let fit = match (resize.fit, resize.enlarge) {
        (Fit::Lfit, false) => "scale-down",
        (Fit::Lfit, true) => "contain",
        (Fit::Fill, false) => "crop",
        (Fit::Fill, true) => "cover",
        (Fit::Pad, true) => "pad",
        (Fit::Fixed, true) => "squeeze",
        (Fit::Mfit, _) => return Err(not_there("fit=mfit".into())),
        (fit @ (Fit::Pad | Fit::Fixed), false) => {
            return Err(unfit(format!("fit={}", fit.name()), Unfit::Enlarges(HOST)));
        }
    };
    // One side of a fixed shape means a square.
    if resize.fit != Fit::Lfit {
        (width, height) = (width.or(height), height.or(width));
    }
    if quarter {
        (width, height) = (height, width);
    }
    for (name, side) in [("width", width), ("height", height)] {
        if let Some(side) = side {
            options.push(format!("{name}={side}"));
        }
    }
    if fit != "scale-down" {
        options.push(format!("fit={fit}"));
    }
    Ok(())
}

/// 150 as `1.5`.
fn hundredths(value: i32) -> String {
    let (whole, rest) = (value / 100, value % 100);
    match rest {
        0 => whole.to_string(),
        rest => format!("{whole}.{rest:02}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests;
