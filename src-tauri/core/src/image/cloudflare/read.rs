//! Options read back into a transform, in the order in which Cloudflare carries them out.

use percent_encoding::percent_decode_str;

use crate::image::spec::{color, format, invalid, not_one_of, number, ranged, unfit};
use crate::image::step::{Blur, Crop, MAX_ASKED, MAX_BLUR, MAX_CROP, Resize, SHARPEN, Step};
use crate::image::{Fit, OutputFormat, Quality, Transform};
use crate::problem::{Reason, Result, Unfit};

const NAMES: [&str; 13] = [
    "width",
    "height",
    "fit",
    "format",
    "quality",
    "background",
    "rotate",
    "trim",
    "sharpen",
    "blur",
    "brightness",
    "contrast",
    "metadata",
];

/// Parses `width=800,format=webp`; later options win, as there.
pub(super) fn options(text: &str) -> Result<Transform> {
    let mut transform = Transform::default();
    let mut resize = Resize::default();
    let mut crop = Crop::default();
    let mut rotated = None;
    let mut filters: Vec<Step> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(invalid(part, Reason::NotLike("width=800")));
        };
        let value = &*percent_decode_str(value).decode_utf8_lossy();
        let length = || ranged(part, value, (0, MAX_CROP));
        match name.trim() {
            "width" | "w" => resize.width = Some(number(part, value, MAX_ASKED)?),
            "height" | "h" => resize.height = Some(number(part, value, MAX_ASKED)?),
            "fit" => (resize.fit, resize.enlarge) = fit(part, value)?,
            "gravity" | "g" if matches!(value, "center" | "0.5x0.5") => {}
            "format" | "f" => transform.format = Some(output(part, value)?),
            "quality" | "q" => {
                transform.quality = Some(Quality::Absolute(number(part, value, 100)? as u8));
            }
            "background" => {
                resize.color = color(part, value.strip_prefix('#').unwrap_or(value))?;
            }
            "rotate" => {
                rotated = Some(match value {
                    "90" => 90,
                    "180" => 180,
                    "270" => 270,
                    _ => return Err(not_one_of(part, &["90", "180", "270"])),
                });
            }
            "trim.left" => crop.x = length()?,
            "trim.top" => crop.y = length()?,
            "trim.width" => crop.width = Some(number(part, value, MAX_CROP)?),
            "trim.height" => crop.height = Some(number(part, value, MAX_CROP)?),
            "sharpen" => {
                let strength = hundredths(part, value, (SHARPEN.0, SHARPEN.1))?;
                filters.push(Step::Sharpen(strength as u16));
            }
            "blur" => {
                let strength = number(part, value, MAX_BLUR)? as u8;
                filters.push(Step::Blur(Blur { radius: strength, sigma: strength }));
            }
            "brightness" => filters.extend(level(part, value)?.map(Step::Bright)),
            "contrast" => filters.extend(level(part, value)?.map(Step::Contrast)),
            "anim" => transform.first_frame = value == "false",
            "metadata" => {
                transform.strip = match value {
                    "none" => Some(true),
                    "keep" => Some(false),
                    "copyright" => None,
                    _ => return Err(not_one_of(part, &["none", "keep", "copyright"])),
                };
            }
            // Where to go when it fails, and how large a pixel is: not about the picture.
            "onerror" => {}
            "dpr" if value == "1" => {}
            name if NAMES.iter().any(|known| name.starts_with(known)) || name == "dpr" => {
                return Err(unfit(part, Unfit::NotHere));
            }
            name => return Err(not_one_of(name, &NAMES)),
        }
    }
    if !crop.is_whole() {
        transform.steps.push(Step::Crop(crop));
    }
    if matches!(rotated, Some(90 | 270)) {
        // It turns before it resizes: the same box, turned, before the turn.
        (resize.width, resize.height) = (resize.height, resize.width);
    }
    if resize.is_asked() {
        transform.steps.push(Step::Resize(resize));
    } else {
        transform.background = resize.color;
    }
    transform.steps.extend(rotated.map(Step::Rotate));
    filters.sort_by_key(Step::rank);
    filters.dedup_by_key(|step| step.rank());
    transform.steps.extend(filters);
    Ok(transform)
}

fn fit(part: &str, value: &str) -> Result<(Fit, bool)> {
    Ok(match value {
        "scale-down" => (Fit::Lfit, false),
        "contain" => (Fit::Lfit, true),
        "cover" => (Fit::Fill, true),
        "crop" => (Fit::Fill, false),
        "pad" => (Fit::Pad, true),
        "squeeze" => (Fit::Fixed, true),
        _ => {
            return Err(not_one_of(
                part,
                &["scale-down", "contain", "cover", "crop", "pad", "squeeze"],
            ));
        }
    })
}

fn output(part: &str, value: &str) -> Result<OutputFormat> {
    match value {
        "baseline-jpeg" => Ok(OutputFormat::Jpeg),
        // Decided by each browser that asks.
        "auto" | "json" => Err(unfit(part, Unfit::NotHere)),
        value => format(part, value),
    }
}

/// `1.5` as 150.
fn hundredths(part: &str, value: &str, (min, max): (u32, u32)) -> Result<u32> {
    let (whole, rest) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let read = || {
        let rest = format!("{:0<2}", rest.get(..2).unwrap_or(rest));
        Some(whole.parse::<u32>().ok()?.checked_mul(100)? + rest.parse::<u32>().ok()?)
    };
    let number = Some(()).filter(|()| digits(whole) && digits(rest)).and_then(|()| read());
    number
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| invalid(part, Reason::NotLike("1.5")))
}

/// A factor around 1 as a level around 0.
fn level(part: &str, value: &str) -> Result<Option<i8>> {
    let factor = hundredths(part, value, (0, 200))?;
    // There 0 is nothing asked, like 1.
    Ok(Some(factor)
        .filter(|factor| !matches!(factor, 0 | 100))
        .map(|factor| (factor as i32 - 100) as i8))
}
