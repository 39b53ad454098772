//! The text form of a transform: `w=800,h=600,fit=fill,format=webp,q=80`, `preset:NAME`, or a raw
//! `image/...` process string.
//!
//! | parameter | value |
//! |---|---|
//! | `w` `h` | width and height of the box, 1 to 16384 |
//! | `l` `s` | longer and shorter side, used when neither `w` nor `h` is given |
//! | `p` | percentage of the original size, 1 to 1000, alone |
//! | `fit` | `lfit` (default), `mfit`, `fill`, `pad`, `fixed`; `limit` is `lfit` that never enlarges |
//! | `limit` | `1` (default) never enlarges, `0` does |
//! | `color` | background as `RRGGBB`, white by default |
//! | `format` | `jpeg` `png` `webp` `avif` `gif` `bmp` `tiff` |
//! | `q` | quality 1 to 100, or `80%` of the original's |
//! | `orient` | `1` turns the pixels upright |
//! | `animation` | `keep` (default) uploads animations as they are, `first` takes the first frame |
//! | `strip` | `1` or `0` overrides the setting for metadata |

use std::fmt;

use super::transform::MAX_ASKED;
use super::{Fit, OutputFormat, Quality, Rgb, Transform};
use crate::problem::{Code, Problem, Reason, Result};
use crate::settings::Preset;

const NAMES: [&str; 13] = [
    "w",
    "h",
    "l",
    "s",
    "p",
    "fit",
    "limit",
    "color",
    "format",
    "q",
    "orient",
    "animation",
    "strip",
];

/// A refusal that names the parameter.
pub(super) fn invalid(parameter: impl Into<String>, reason: Reason) -> Problem {
    Problem::new(Code::TransformInvalid, parameter).with_reason(reason)
}

/// A refusal that names the parameter and what it may be.
pub(super) fn not_one_of(parameter: impl Into<String>, choices: &[&str]) -> Problem {
    invalid(parameter, Reason::NotOneOf(choices.iter().map(|&choice| choice.to_owned()).collect()))
}

/// A whole number in a range.
pub(super) fn number(parameter: &str, value: &str, max: u32) -> Result<u32> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(number @ 1..) if digits && number <= max => Ok(number),
        _ => Err(invalid(parameter, Reason::OutOfRange(1, max))),
    }
}

fn switch(parameter: &str, value: &str) -> Result<bool> {
    match value {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(not_one_of(parameter, &["1", "0"])),
    }
}

pub(super) fn format(parameter: &str, value: &str) -> Result<OutputFormat> {
    OutputFormat::named(value)
        .ok_or_else(|| not_one_of(parameter, &OutputFormat::ALL.map(OutputFormat::name)))
}

pub(super) fn color(parameter: &str, value: &str) -> Result<Rgb> {
    Rgb::parse(value).ok_or_else(|| invalid(parameter, Reason::NotLike("FFFFFF")))
}

impl Transform {
    /// Parses a spec. Empty text is the transform that does nothing.
    pub fn parse(spec: &str, presets: &[Preset]) -> Result<Self> {
        let spec = spec.trim();
        if let Some(name) = spec.strip_prefix("preset:") {
            let name = name.trim();
            let preset = presets
                .iter()
                .find(|preset| preset.name == name)
                .or_else(|| presets.iter().find(|preset| preset.name.eq_ignore_ascii_case(name)))
                .ok_or_else(|| Problem::new(Code::PresetNotFound, name))?;
            if preset.spec.trim().starts_with("preset:") {
                return Err(invalid(&preset.spec, Reason::NotLike("w=1600,format=webp")));
            }
            return Self::parse(&preset.spec, &[]);
        }
        if spec.starts_with("image/") {
            return Self::from_oss_process(spec);
        }
        let mut transform = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for part in spec.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(invalid(part, Reason::NotLike("w=800")));
            };
            let name =
                canonical_name(name.trim()).ok_or_else(|| not_one_of(name.trim(), &NAMES))?;
            if seen.contains(&name) {
                return Err(invalid(name, Reason::Duplicate(name.to_owned())));
            }
            seen.push(name);
            transform.set(name, value.trim(), part)?;
        }
        transform.check()?;
        if seen.contains(&"limit") && spec_has_limit_fit(spec) && transform.enlarge {
            return Err(not_one_of("limit=0", &["limit=1"]));
        }
        Ok(transform)
    }

    fn set(&mut self, name: &str, value: &str, part: &str) -> Result<()> {
        let side = || number(part, value, MAX_ASKED).map(Some);
        match name {
            "w" => self.width = side()?,
            "h" => self.height = side()?,
            "l" => self.long = side()?,
            "s" => self.short = side()?,
            "p" => self.percent = Some(number(part, value, 1000)? as u16),
            // OSS has this as a switch of its own, others as a kind of fit.
            "fit" if value == "limit" => self.fit = Fit::Lfit,
            "fit" => {
                self.fit = Fit::named(value).ok_or_else(|| {
                    not_one_of(part, &["lfit", "mfit", "fill", "pad", "fixed", "limit"])
                })?;
            }
            "limit" => self.enlarge = !switch(part, value)?,
            "color" => self.background = color(part, value.strip_prefix('#').unwrap_or(value))?,
            "format" => self.format = Some(format(part, value)?),
            "q" => {
                self.quality = Some(match value.strip_suffix('%') {
                    Some(share) => Quality::Relative(number(part, share, 100)? as u8),
                    None => Quality::Absolute(number(part, value, 100)? as u8),
                });
            }
            "orient" => self.orient = switch(part, value)?,
            "animation" => {
                self.first_frame = match value {
                    "first" => true,
                    "keep" => false,
                    _ => return Err(not_one_of(part, &["keep", "first"])),
                };
            }
            _ => self.strip = Some(switch(part, value)?),
        }
        Ok(())
    }

    /// What does not go together.
    pub(super) fn check(&self) -> Result<()> {
        let sized = Self { percent: None, ..self.clone() }.resizes();
        if self.percent.is_some() && sized {
            return Err(invalid("p", Reason::NotLike("p=50")));
        }
        Ok(())
    }
}

fn spec_has_limit_fit(spec: &str) -> bool {
    spec.split(',')
        .any(|part| part.replace(' ', "") == "fit=limit" || part.replace(' ', "") == "m=limit")
}

fn canonical_name(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "w" | "width" => "w",
        "h" | "height" => "h",
        "l" | "long" => "l",
        "s" | "short" => "s",
        "p" | "percent" => "p",
        "fit" | "m" => "fit",
        "limit" => "limit",
        "color" | "background" => "color",
        "format" | "f" => "format",
        "q" | "quality" => "q",
        "orient" => "orient",
        "animation" => "animation",
        "strip" => "strip",
        _ => return None,
    })
}

impl fmt::Display for Transform {
    /// The shortest spec that parses back to the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = Vec::new();
        let mut push = |name: &str, value: String| parts.push(format!("{name}={value}"));
        for (name, side) in
            [("w", self.width), ("h", self.height), ("l", self.long), ("s", self.short)]
        {
            if let Some(side) = side {
                push(name, side.to_string());
            }
        }
        if let Some(percent) = self.percent {
            push("p", percent.to_string());
        }
        if self.fit != Fit::default() {
            push("fit", self.fit.name().into());
        }
        if self.enlarge {
            push("limit", "0".into());
        }
        if self.background != Rgb::default() {
            push("color", self.background.to_string());
        }
        if let Some(format) = self.format {
            push("format", format.name().into());
        }
        match self.quality {
            Some(Quality::Absolute(quality)) => push("q", quality.to_string()),
            Some(Quality::Relative(share)) => push("q", format!("{share}%")),
            None => {}
        }
        if self.orient {
            push("orient", "1".into());
        }
        if self.first_frame {
            push("animation", "first".into());
        }
        if let Some(strip) = self.strip {
            push("strip", u8::from(strip).to_string());
        }
        f.write_str(&parts.join(","))
    }
}

#[cfg(test)]
mod tests;
