//! The operation `watermark`: a text, or an image of the same bucket.

use base64::Engine as _;

use super::BASE64;
use super::read::pair;
use crate::image::Rgb;
use crate::image::spec::{color, gravity, invalid, not_one_of, number, ranged, signed, unfit};
use crate::image::step::{
    Font, Gravity, MAX_MARGIN, MAX_SHIFT, MAX_TEXT_SIZE, Mark, Overlay, Text, Watermark,
};
use crate::problem::{Reason, Result, Unfit};

/// Before the process that the image of a watermark goes through first.
const EMBEDDED: &str = "?x-oss-process=image/resize,P_";

pub(super) fn read<'a>(parameters: impl Iterator<Item = &'a str>) -> Result<Watermark> {
    let parameters: Vec<&str> = parameters.collect();
    let mut watermark = Watermark::new(overlay(&parameters)?);
    for parameter in parameters {
        let (name, value) = pair(parameter);
        let margin = || ranged(parameter, value, (0, MAX_MARGIN)).map(|margin| margin as u16);
        let share = || ranged(parameter, value, (0, 100)).map(|share| share as u8);
        match (name, &mut watermark.overlay) {
            ("text" | "image", _) => {}
            ("g", _) => watermark.at = gravity(parameter, value)?,
            ("x", _) => watermark.x = margin()?,
            ("y", _) => watermark.y = margin()?,
            ("padx", _) => watermark.gap.0 = margin()?,
            ("pady", _) => watermark.gap.1 = margin()?,
            ("voffset", _) => {
                watermark.shift = signed(parameter, value, (-MAX_SHIFT, MAX_SHIFT))? as i16;
            }
            ("t", _) => watermark.opacity = share()?,
            ("fill", _) => {
                watermark.tile = match value {
                    "1" => true,
                    "0" => false,
                    _ => return Err(not_one_of(parameter, &["fill_1", "fill_0"])),
                };
            }
            ("type", Overlay::Text(text)) => {
                text.font = Font::named(&decoded(parameter, value)?)
                    .ok_or_else(|| not_one_of(parameter, &Font::ALL.map(Font::name)))?;
            }
            ("size", Overlay::Text(text)) => {
                text.size = number(parameter, value, MAX_TEXT_SIZE)? as u16;
            }
            ("color", Overlay::Text(text)) => text.color = color(parameter, value)?,
            ("shadow", Overlay::Text(text)) => text.shadow = share()?,
            ("rotate", Overlay::Text(text)) => {
                text.rotate = (ranged(parameter, value, (0, 360))? % 360) as u16;
            }
            ("P", Overlay::Image(mark)) => mark.scale = Some(number(parameter, value, 100)? as u8),
            _ => {
                return Err(not_one_of(
                    parameter,
                    &[
                        "text", "type", "size", "color", "shadow", "rotate", "image", "g", "x",
                        "y", "voffset", "t", "fill", "padx", "pady",
                    ],
                ));
            }
        }
    }
    Ok(watermark)
}

/// The one text or image.
fn overlay(parameters: &[&str]) -> Result<Overlay> {
    let mut shown =
        parameters.iter().filter(|parameter| matches!(pair(parameter).0, "text" | "image"));
    let (Some(parameter), None) = (shown.next(), shown.next()) else {
        return Err(invalid("watermark", Reason::NotLike("watermark,text_SG9pc3Q")));
    };
    let (name, value) = pair(parameter);
    let shown = decoded(parameter, value)?;
    if shown.is_empty() {
        return Err(invalid(*parameter, Reason::Missing));
    }
    if name == "text" {
        return Ok(Overlay::Text(Text::new(shown)));
    }
    let Some((key, process)) = shown.split_once('?') else {
        return Ok(Overlay::Image(Mark { key: shown, scale: None }));
    };
    let Some(scale) = shown[key.len()..].strip_prefix(EMBEDDED) else {
        return Err(invalid(process, Reason::NotLike("x-oss-process=image/resize,P_30")));
    };
    Ok(Overlay::Image(Mark {
        key: key.to_owned(),
        scale: Some(number(process, scale, 100)? as u8),
    }))
}

fn decoded(parameter: &str, value: &str) -> Result<String> {
    let bytes = BASE64.decode(value).map_err(|_| unfit(parameter, Unfit::NotBase64))?;
    String::from_utf8(bytes).map_err(|_| unfit(parameter, Unfit::NotBase64))
}

/// The operation, written so that only what is not as usual is said.
pub(super) fn write(watermark: &Watermark) -> String {
    let mut parts = vec!["watermark".to_owned()];
    let mut push = |differs: bool, part: String| {
        if differs {
            parts.push(part);
        }
    };
    match &watermark.overlay {
        Overlay::Text(text) => {
            let usual = Text::new("");
            push(true, format!("text_{}", BASE64.encode(&text.text)));
            push(text.font != usual.font, format!("type_{}", BASE64.encode(text.font.name())));
            push(text.size != usual.size, format!("size_{}", text.size));
            push(text.color != Rgb([0, 0, 0]), format!("color_{}", text.color));
            push(text.shadow != 0, format!("shadow_{}", text.shadow));
            push(text.rotate != 0, format!("rotate_{}", text.rotate));
        }
        Overlay::Image(mark) => {
            let shown = match mark.scale {
                Some(scale) => format!("{}{EMBEDDED}{scale}", mark.key),
                None => mark.key.clone(),
            };
            push(true, format!("image_{}", BASE64.encode(shown)));
        }
    }
    push(watermark.at != Gravity::Se, format!("g_{}", watermark.at.name()));
    push(watermark.x != 10, format!("x_{}", watermark.x));
    push(watermark.y != 10, format!("y_{}", watermark.y));
    push(watermark.shift != 0, format!("voffset_{}", watermark.shift));
    push(watermark.opacity != 100, format!("t_{}", watermark.opacity));
    push(watermark.tile, "fill_1".into());
    push(watermark.gap.0 != 0, format!("padx_{}", watermark.gap.0));
    push(watermark.gap.1 != 0, format!("pady_{}", watermark.gap.1));
    parts.join(",")
}
