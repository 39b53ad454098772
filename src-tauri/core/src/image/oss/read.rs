//! Operations of a process string, read from left to right.

use crate::image::spec::{
    color, format, gravity, invalid, level, not_one_of, number, radius, ranged, rotation,
    sharpening,
};
use crate::image::step::{Blur, Crop, MAX_ASKED, MAX_BLUR, MAX_CROP, MAX_PERCENT, Resize, Step};
use crate::image::{Fit, Quality, Transform};
use crate::problem::{Reason, Result};

use super::watermark;

pub(super) const OPERATIONS: [&str; 15] = [
    "resize",
    "crop",
    "rotate",
    "auto-orient",
    "blur",
    "sharpen",
    "bright",
    "contrast",
    "circle",
    "rounded-corners",
    "watermark",
    "format",
    "quality",
    "interlace",
    "info",
];

/// Steps stay in their order. How the result is saved holds for the result, wherever it stands, and
/// is said once.
pub(super) fn operations(operations: &[&str]) -> Result<Transform> {
    let mut transform = Transform::default();
    let mut seen: Vec<&str> = Vec::new();
    for &operation in operations {
        let (name, rest) = operation.split_once(',').unwrap_or((operation, ""));
        let rest = rest.trim();
        if matches!(name, "format" | "quality" | "interlace") {
            if seen.contains(&name) {
                return Err(invalid(name, Reason::Duplicate(name.to_owned())));
            }
            seen.push(name);
        }
        match name {
            "quality" => transform.quality = Some(quality(parameters(rest))?),
            "format" => transform.format = Some(format(operation, rest)?),
            "interlace" => transform.interlace = switch(name, operation, rest)?,
            "info" => return Err(invalid("info", Reason::NotLike("image/info"))),
            _ => transform.steps.extend(step(name, operation, rest)?),
        }
    }
    Ok(transform)
}

/// One step; none when it changes nothing.
fn step(name: &str, operation: &str, rest: &str) -> Result<Option<Step>> {
    Ok(match name {
        "resize" => Some(Step::Resize(resize(parameters(rest))?)),
        "crop" => Some(Step::Crop(crop(parameters(rest))?)),
        "auto-orient" => switch(name, operation, rest)?.then_some(Step::Orient),
        "rotate" => rotation(operation, rest)?,
        "sharpen" => Some(sharpening(operation, rest)?),
        "bright" => level(operation, rest)?.map(Step::Bright),
        "contrast" => level(operation, rest)?.map(Step::Contrast),
        "blur" => Some(Step::Blur(blur(parameters(rest))?)),
        "circle" => Some(Step::Circle(one_radius(name, rest)?)),
        "rounded-corners" => Some(Step::Round(one_radius(name, rest)?)),
        "watermark" => Some(Step::Watermark(watermark::read(parameters(rest))?)),
        _ => return Err(not_one_of(name, &OPERATIONS)),
    })
}

pub(super) fn parameters(rest: &str) -> impl Iterator<Item = &str> {
    rest.split(',').map(str::trim).filter(|parameter| !parameter.is_empty())
}

/// Name and value of `w_100`.
pub(super) fn pair(parameter: &str) -> (&str, &str) {
    parameter.split_once('_').unwrap_or((parameter, ""))
}

fn switch(name: &str, operation: &str, value: &str) -> Result<bool> {
    match value {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(not_one_of(operation, &[&format!("{name},1"), &format!("{name},0")])),
    }
}

fn resize<'a>(parameters: impl Iterator<Item = &'a str>) -> Result<Resize> {
    let mut resize = Resize::default();
    for parameter in parameters {
        let (name, value) = pair(parameter);
        let side = || number(parameter, value, MAX_ASKED).map(Some);
        match name {
            "w" => resize.width = side()?,
            "h" => resize.height = side()?,
            "l" => resize.long = side()?,
            "s" => resize.short = side()?,
            "p" => resize.percent = Some(number(parameter, value, MAX_PERCENT)? as u16),
            "m" => {
                resize.fit = Fit::named(value).ok_or_else(|| {
                    not_one_of(parameter, &["m_lfit", "m_mfit", "m_fill", "m_pad", "m_fixed"])
                })?;
            }
            "limit" => {
                resize.enlarge = match value {
                    "0" => true,
                    "1" => false,
                    _ => return Err(not_one_of(parameter, &["limit_0", "limit_1"])),
                };
            }
            "color" => resize.color = color(parameter, value)?,
            _ => {
                return Err(not_one_of(
                    parameter,
                    &["m", "w", "h", "l", "s", "p", "limit", "color"],
                ));
            }
        }
    }
    // With `p` the other sizes have no effect there.
    if resize.percent.is_some() {
        (resize.width, resize.height, resize.long, resize.short) = (None, None, None, None);
    } else if !resize.is_asked() {
        return Err(invalid("resize", Reason::NotLike("resize,w_100")));
    }
    Ok(resize)
}

fn crop<'a>(parameters: impl Iterator<Item = &'a str>) -> Result<Crop> {
    let mut crop = Crop::default();
    for parameter in parameters {
        let (name, value) = pair(parameter);
        let length = || ranged(parameter, value, (0, MAX_CROP));
        // A side of 0 is the whole side there.
        let side = || length().map(|side| Some(side).filter(|side| *side > 0));
        match name {
            "w" => crop.width = side()?,
            "h" => crop.height = side()?,
            "x" => crop.x = length()?,
            "y" => crop.y = length()?,
            "g" => crop.at = gravity(parameter, value)?,
            _ => return Err(not_one_of(parameter, &["w", "h", "x", "y", "g"])),
        }
    }
    if crop.is_whole() {
        return Err(invalid("crop", Reason::NotLike("crop,w_100,h_100")));
    }
    Ok(crop)
}

fn blur<'a>(parameters: impl Iterator<Item = &'a str>) -> Result<Blur> {
    let (mut radius, mut sigma) = (None, None);
    for parameter in parameters {
        let (name, value) = pair(parameter);
        let strength = || number(parameter, value, MAX_BLUR).map(|value| Some(value as u8));
        match name {
            "r" => radius = strength()?,
            "s" => sigma = strength()?,
            _ => return Err(not_one_of(parameter, &["r", "s"])),
        }
    }
    match (radius, sigma) {
        (Some(radius), Some(sigma)) => Ok(Blur { radius, sigma }),
        _ => Err(invalid("blur", Reason::NotLike("blur,r_3,s_2"))),
    }
}

/// The one parameter `r_N`.
fn one_radius(operation: &str, rest: &str) -> Result<u16> {
    match pair(rest) {
        ("r", value) => radius(rest, value),
        _ if operation == "circle" => Err(invalid(operation, Reason::NotLike("circle,r_100"))),
        _ => Err(invalid(operation, Reason::NotLike("rounded-corners,r_30"))),
    }
}

fn quality<'a>(parameters: impl Iterator<Item = &'a str>) -> Result<Quality> {
    let mut quality = None;
    for parameter in parameters {
        let (name, value) = pair(parameter);
        let share = || number(parameter, value, 100).map(|share| share as u8);
        match (name, quality) {
            ("Q", _) => quality = Some(Quality::Absolute(share()?)),
            // The absolute one wins, wherever it stands.
            ("q", Some(Quality::Absolute(_))) => {
                share()?;
            }
            ("q", _) => quality = Some(Quality::Relative(share()?)),
            _ => return Err(not_one_of(parameter, &["q", "Q"])),
        }
    }
    quality.ok_or_else(|| invalid("quality", Reason::NotLike("quality,q_80")))
}
