//! A transform as a process string.

use super::watermark;
use crate::image::step::{Crop, Gravity, Resize, Step};
use crate::image::{Fit, OutputFormat, Quality, Rgb, Transform};

/// `image/...` with the steps in their order, then how the result is saved; `style/NAME`.
pub(in crate::image) fn process(transform: &Transform) -> String {
    if let Some(style) = &transform.style {
        return format!("style/{style}");
    }
    let mut process = "image".to_owned();
    let mut push = |operation: &str| {
        process.push('/');
        process.push_str(operation);
    };
    for step in &transform.steps {
        push(&operation(step));
    }
    if let Some(format) = transform.format {
        // The only one with a name of its own there.
        let name = if format == OutputFormat::Jpeg { "jpg" } else { format.name() };
        push(&format!("format,{name}"));
    }
    match transform.quality {
        Some(Quality::Absolute(quality)) => push(&format!("quality,Q_{quality}")),
        Some(Quality::Relative(share)) => push(&format!("quality,q_{share}")),
        None => {}
    }
    if transform.interlace {
        push("interlace,1");
    }
    process
}

fn operation(step: &Step) -> String {
    match step {
        Step::Orient => "auto-orient,1".into(),
        Step::Crop(crop) => crop_operation(crop),
        Step::Resize(resize) => resize_operation(resize),
        Step::Rotate(degrees) => format!("rotate,{degrees}"),
        Step::Sharpen(strength) => format!("sharpen,{strength}"),
        Step::Blur(blur) => format!("blur,r_{},s_{}", blur.radius, blur.sigma),
        Step::Bright(level) => format!("bright,{level}"),
        Step::Contrast(level) => format!("contrast,{level}"),
        Step::Circle(radius) => format!("circle,r_{radius}"),
        Step::Round(radius) => format!("rounded-corners,r_{radius}"),
        Step::Watermark(overlay) => watermark::write(overlay),
    }
}

fn crop_operation(crop: &Crop) -> String {
    let mut operation = "crop".to_owned();
    let offset = |offset: u32| Some(offset).filter(|offset| *offset > 0);
    let lengths =
        [("w", crop.width), ("h", crop.height), ("x", offset(crop.x)), ("y", offset(crop.y))];
    for (name, length) in lengths {
        if let Some(length) = length {
            operation.push_str(&format!(",{name}_{length}"));
        }
    }
    if crop.at != Gravity::Nw {
        operation.push_str(&format!(",g_{}", crop.at.name()));
    }
    operation
}

fn resize_operation(resize: &Resize) -> String {
    let mut operation = "resize".to_owned();
    let mut push = |name: &str, value: &dyn std::fmt::Display| {
        operation.push_str(&format!(",{name}_{value}"));
    };
    if let Some(percent) = resize.percent {
        push("p", &percent);
    }
    if resize.percent.is_none() || resize.fit != Fit::default() {
        push("m", &resize.fit.name());
    }
    let sides =
        [("w", resize.width), ("h", resize.height), ("l", resize.long), ("s", resize.short)];
    for (name, side) in sides {
        if let Some(side) = side {
            push(name, &side);
        }
    }
    if resize.enlarge {
        push("limit", &0);
    }
    if resize.color != Rgb::default() {
        push("color", &resize.color);
    }
    operation
}
