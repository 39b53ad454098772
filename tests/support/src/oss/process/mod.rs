//! `x-oss-process`: images processed by the published rules, with real pixels.
//!
//! Written from the documentation alone and apart from the executor of `hoist-core`, so that the two
//! can be held against each other.

mod adjust;
mod canvas;
mod decode;
mod encode;
mod facts;
mod geometry;
mod parse;
mod request;
mod resize;
mod saveas;
mod text;
mod watermark;

use std::collections::BTreeMap;

use bytes::Bytes;
use image::{ImageFormat, RgbaImage};

pub(crate) use request::{get, save};

use super::wire::error::Refusal;
use decode::Source;
use encode::Output;
use parse::Operation;

/// The images of watermarks: bytes by the name that the watermark gives.
pub(crate) type Pictures = BTreeMap<String, Bytes>;

/// The documented maximum of operations in one request, styles resolved.
const MOST_OPERATIONS: usize = 30;

/// What processing leads to.
#[derive(Debug)]
pub(crate) struct Processed {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: &'static str,
}

/// Refuses a style that means nothing.
pub(crate) fn check_style(content: &str) -> Result<(), Refusal> {
    parse::operations(content).map(|_| ())
}

/// Processes an image. `process` begins with `image/`.
pub(crate) fn run(bytes: &Bytes, process: &str, pictures: &Pictures) -> Result<Processed, Refusal> {
    let operations = parse::operations(process)?;
    if operations.len() > MOST_OPERATIONS {
        return Err(argument("x-oss-process", process, "too many operations"));
    }
    let source = Source::read(bytes)?;
    let mut output = Output::new(&source);
    // The settings of the result count wherever they stand.
    for operation in &operations {
        output.take(operation, &source)?;
    }
    match operations.iter().find(|operation| ["info", "average-hue"].contains(&operation.name())) {
        Some(operation) if operation.name() == "info" => return Ok(facts::info(&source, bytes)),
        Some(_) => return Ok(facts::average_hue(&source)),
        None => {}
    }
    let mut frames = source.frames(&operations, &output);
    for frame in &mut frames {
        for operation in &operations {
            apply(&mut frame.image, operation, &source, pictures)?;
        }
    }
    output.encode(frames)
}

fn apply(
    image: &mut RgbaImage,
    operation: &Operation,
    source: &Source,
    pictures: &Pictures,
) -> Result<(), Refusal> {
    match operation.name() {
        "resize" => resize::apply(image, operation, source.format == ImageFormat::Gif),
        "crop" => geometry::crop(image, operation),
        "rotate" => geometry::rotate(image, operation),
        "auto-orient" => geometry::orient(image, operation, source.orientation),
        "circle" => geometry::circle(image, operation),
        "rounded-corners" => geometry::rounded(image, operation),
        "blur" => adjust::blur(image, operation),
        "sharpen" => adjust::sharpen(image, operation),
        "bright" => adjust::bright(image, operation),
        "contrast" => adjust::contrast(image, operation),
        "watermark" => watermark::apply(image, operation, pictures),
        _ => Ok(()),
    }
}

/// 400 InvalidArgument about a parameter.
fn argument(name: &str, value: &str, message: &str) -> Refusal {
    Refusal::new(400, "InvalidArgument", "0040-00000001", message)
        .with("ArgumentName", name)
        .with("ArgumentValue", value)
}

/// 400 ImageTooLarge.
fn too_large(ec: &'static str, message: &str) -> Refusal {
    Refusal::new(400, "ImageTooLarge", ec, message)
}

/// 400 BadRequest.
fn bad(message: &str) -> Refusal {
    Refusal::new(400, "BadRequest", "0040-00000004", message)
}

#[cfg(test)]
mod tests;
