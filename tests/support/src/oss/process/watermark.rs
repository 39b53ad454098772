//! watermark: images of the same bucket, and text.

use image::RgbaImage;

use super::canvas::{cell, over};
use super::parse::Operation;
use super::{Pictures, argument, text};
use crate::oss::wire::error::Refusal;

/// Most characters of a text.
const LONGEST_TEXT: usize = 64;

pub(super) fn apply(
    image: &mut RgbaImage,
    operation: &Operation,
    pictures: &Pictures,
) -> Result<(), Refusal> {
    let percent = operation.number("t", 0, 100)?.unwrap_or(100) as u32;
    let x = operation.number("x", 0, 4096)?.unwrap_or(10);
    let y = operation.number("y", 0, 4096)?.unwrap_or(10);
    let offset = operation.number("voffset", -1000, 1000)?.unwrap_or(0);
    let fill = operation.number("fill", 0, 1)?.unwrap_or(0) == 1;
    let place = operation.get("g").unwrap_or("se");
    let (column, row) =
        cell(place).ok_or_else(|| argument("watermark g", place, "no such place"))?;
    let mark = match (operation.decoded("text")?, operation.decoded("image")?) {
        (Some(words), None) => written(operation, &words)?,
        (None, Some(key)) => picture(image, operation, &key, pictures)?,
        (Some(_), Some(_)) => {
            return Err(argument("watermark", "", "text and image together are not supported"));
        }
        (None, None) => return Err(argument("watermark", "", "a watermark needs text or image")),
    };
    let (width, height) = (i64::from(image.width()), i64::from(image.height()));
    let (mark_w, mark_h) = (i64::from(mark.width()), i64::from(mark.height()));
    if fill {
        let (step_x, step_y) = ((mark_w + x).max(1), (mark_h + y).max(1));
        for top in (0..height).step_by(step_y as usize) {
            for left in (0..width).step_by(step_x as usize) {
                over(image, &mark, left, top, percent);
            }
        }
        return Ok(());
    }
    let left = match column {
        0 => x,
        1 => (width - mark_w) / 2,
        _ => width - mark_w - x,
    };
    let top = match row {
        0 => y,
        1 => (height - mark_h) / 2 + offset,
        _ => height - mark_h - y,
    };
    over(image, &mark, left, top, percent);
    Ok(())
}

fn written(operation: &Operation, words: &str) -> Result<RgbaImage, Refusal> {
    if words.is_empty() || words.chars().count() > LONGEST_TEXT {
        return Err(argument("watermark text", words, "the text has 1 to 64 characters"));
    }
    if let Some(font) = operation.decoded("type")? {
        text::check_font(&font)?;
    }
    let colour = operation.colour("color", [0, 0, 0])?;
    // A size of 0 is documented to be allowed, and means nothing.
    let size = operation.number("size", 1, 1000)?.unwrap_or(40) as u32;
    let shadow = operation.number("shadow", 0, 100)?.unwrap_or(0) as u32;
    let degrees = operation.number("rotate", 0, 360)?.unwrap_or(0);
    let drawn = text::draw(words, size, colour, shadow);
    if degrees % 360 == 0 {
        return Ok(drawn);
    }
    super::geometry::turned(&drawn, degrees as f64, [0; 4])
}

fn picture(
    image: &RgbaImage,
    operation: &Operation,
    key: &str,
    pictures: &Pictures,
) -> Result<RgbaImage, Refusal> {
    let share = share(operation, key).map(str::to_owned);
    let bytes = pictures.get(source(key)).ok_or_else(|| Refusal::no_key(key))?;
    let mark = image::load_from_memory(bytes)
        .map_err(|_| {
            Refusal::new(400, "WatermarkError", "0040-00000010", "The watermark is no image.")
        })?
        .into_rgba8();
    let Some(share) = share else { return Ok(mark) };
    let percent: u32 = share
        .parse()
        .ok()
        .filter(|percent| (1..=100).contains(percent))
        .ok_or_else(|| argument("watermark P", &share, "P must be 1 to 100"))?;
    let width = (f64::from(image.width()) * f64::from(percent) / 100.0).round().max(1.0);
    let height = (f64::from(mark.height()) * width / f64::from(mark.width())).round().max(1.0);
    let filter = image::imageops::FilterType::Triangle;
    Ok(image::imageops::resize(&mark, width as u32, height as u32, filter))
}

/// The share of the image's width that a mark has: `P_30` in its own process, or beside it.
fn share<'a>(operation: &'a Operation, key: &'a str) -> Option<&'a str> {
    let own = key.split_once("?x-oss-process=image/resize,P_").map(|(_, percent)| percent);
    own.or_else(|| operation.get("P"))
}

/// What is to be read for a mark: its key, and its process where that is more than a share.
pub(super) fn source(key: &str) -> &str {
    key.split_once("?x-oss-process=image/resize,P_").map_or(key, |(name, _)| name)
}
