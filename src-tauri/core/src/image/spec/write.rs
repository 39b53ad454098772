//! A transform as text: the shortest spec that parses back to the same, or the process string when
//! its steps stand in an order of their own.

use std::fmt;

use super::overlay::written;
use super::value::encoded;
use crate::image::step::{Crop, Gravity, Resize, Step};
use crate::image::{Fit, Quality, Rgb, Transform, oss};

impl fmt::Display for Transform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(style) = &self.style {
            return write!(f, "style={}", encoded(style));
        }
        let mut parts: Vec<(String, String)> = Vec::new();
        let process = !self.is_canonical();
        if process {
            f.write_str(&oss::process(self))?;
        } else {
            self.steps.iter().for_each(|step| write_step(step, &mut parts));
            self.write_result(&mut parts);
        }
        self.write_rest(&mut parts);
        let parts: Vec<String> =
            parts.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        if process && !parts.is_empty() {
            f.write_str(";")?;
        }
        f.write_str(&parts.join(","))
    }
}

impl Transform {
    /// How the result is saved.
    fn write_result(&self, parts: &mut Vec<(String, String)>) {
        let mut push = |name: &str, value: String| parts.push((name.to_owned(), value));
        if let Some(format) = self.format {
            push("format", format.name().into());
        }
        match self.quality {
            Some(Quality::Absolute(quality)) => push("q", quality.to_string()),
            Some(Quality::Relative(share)) => push("q", format!("{share}%")),
            None => {}
        }
        if self.interlace {
            push("interlace", "1".into());
        }
    }

    /// What a process string has no words for.
    fn write_rest(&self, parts: &mut Vec<(String, String)>) {
        let mut push = |name: &str, value: String| parts.push((name.to_owned(), value));
        if self.background != Rgb::default() {
            push("color", self.background.to_string());
        }
        if self.first_frame {
            push("animation", "first".into());
        }
        if let Some(strip) = self.strip {
            push("strip", u8::from(strip).to_string());
        }
    }
}

fn write_step(step: &Step, parts: &mut Vec<(String, String)>) {
    let value = match step {
        Step::Orient => "1".into(),
        Step::Crop(crop) => crop_text(crop),
        Step::Resize(resize) => return write_resize(resize, parts),
        Step::Blur(blur) => format!("{}:{}", blur.radius, blur.sigma),
        Step::Rotate(value) | Step::Sharpen(value) | Step::Circle(value) | Step::Round(value) => {
            value.to_string()
        }
        Step::Bright(level) | Step::Contrast(level) => level.to_string(),
        Step::Watermark(watermark) => return parts.extend(written(watermark)),
    };
    parts.push((step.name().to_owned(), value));
}

fn crop_text(crop: &Crop) -> String {
    let side = |side: Option<u32>| side.map(|side| side.to_string()).unwrap_or_default();
    let mut text = format!("{}x{}", side(crop.width), side(crop.height));
    if (crop.x, crop.y) != (0, 0) {
        text.push_str(&format!("+{}+{}", crop.x, crop.y));
    }
    if crop.at != Gravity::Nw {
        text.push_str(&format!("@{}", crop.at.name()));
    }
    text
}

fn write_resize(resize: &Resize, parts: &mut Vec<(String, String)>) {
    let sides =
        [("w", resize.width), ("h", resize.height), ("l", resize.long), ("s", resize.short)];
    let percent = ("p", resize.percent.map(u32::from));
    for (name, value) in sides.into_iter().chain([percent]) {
        if let Some(value) = value {
            parts.push((name.to_owned(), value.to_string()));
        }
    }
    if resize.fit != Fit::default() {
        parts.push(("fit".into(), resize.fit.name().into()));
    }
    if resize.enlarge {
        parts.push(("limit".into(), "0".into()));
    }
    if resize.color != Rgb::default() {
        parts.push(("color".into(), resize.color.to_string()));
    }
}
