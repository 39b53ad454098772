//! info and average-hue: what an image is, as JSON.

use bytes::Bytes;
use image::ImageFormat;
use serde_json::json;

use super::Processed;
use super::decode::Source;

pub(super) fn info(source: &Source, bytes: &Bytes) -> Processed {
    let (width, height) = source.first().dimensions();
    let value = |value: &str| json!({ "value": value });
    let format = match source.format {
        ImageFormat::Jpeg => "jpg",
        ImageFormat::Png => "png",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Bmp => "bmp",
        _ => "tiff",
    };
    let mut info = json!({
        "FileSize": value(&bytes.len().to_string()),
        "Format": value(format),
        "FrameCount": value(&source.frames.len().to_string()),
        "ImageHeight": value(&height.to_string()),
        "ImageWidth": value(&width.to_string()),
    });
    let orientation = source.orientation.to_exif();
    if orientation != 1 {
        info["Orientation"] = value(&orientation.to_string());
    }
    said(&info)
}

pub(super) fn average_hue(source: &Source) -> Processed {
    let image = source.first();
    let count = u64::from(image.width()) * u64::from(image.height());
    let mut sums = [0_u64; 3];
    for pixel in image.pixels() {
        for (sum, channel) in sums.iter_mut().zip(pixel.0) {
            *sum += u64::from(channel);
        }
    }
    let [r, g, b] = sums.map(|sum| sum / count.max(1));
    said(&json!({ "RGB": format!("0x{r:02x}{g:02x}{b:02x}") }))
}

fn said(value: &serde_json::Value) -> Processed {
    Processed { bytes: Bytes::from(value.to_string()), content_type: "application/json" }
}
