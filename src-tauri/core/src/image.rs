//! What Hoist does with the pixels and the metadata of one image.
//!
//! All of it is plain CPU work on bytes in memory: callers run it off the async threads. Decoders
//! work under [`Limits`], and a panic in one costs that image only.

mod apply;
mod cloudflare;
mod dimensions;
mod encode;
mod exif;
mod geometry;
mod host;
mod limits;
pub mod link;
mod measure;
mod oss;
mod overlay;
mod pixels;
mod prepare;
mod render;
mod shape;
mod sniff;
mod spec;
mod step;
mod strip;
mod text;
mod thumb;
mod tone;
mod transform;

#[cfg(test)]
mod arbitrary;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;

pub use host::{ImageHost, SourceFacts};
pub use limits::Limits;
pub use measure::{Measured, measure};
pub use oss::{OssProcess, SaveAs, oss_info};
pub use prepare::{Marks, PrepareInput, Prepared, prepare};
pub use sniff::{Format, Kind, sniff};
pub use step::{Blur, Crop, Font, Gravity, Mark, Overlay, Resize, Step, Text, Watermark};
pub use thumb::{DISPLAY_SIDE, THUMB_SIDE, for_display, for_pane, thumbnail};
pub use transform::{Fit, OutputFormat, Quality, Rgb, Transform};
