//! What Hoist does with the pixels and the metadata of one image.
//!
//! All of it is plain CPU work on bytes in memory: callers run it off the async threads. Decoders
//! work under [`Limits`], and a panic in one costs that image only.

mod dimensions;
mod encode;
mod exif;
mod geometry;
mod limits;
mod oss;
mod prepare;
mod render;
mod sniff;
mod spec;
mod strip;
mod thumb;
mod transform;

#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;

pub use limits::Limits;
pub use oss::{OssProcess, oss_info};
pub use prepare::{PrepareInput, Prepared, prepare};
pub use sniff::{Format, Kind, sniff};
pub use thumb::{THUMB_SIDE, thumbnail};
pub use transform::{Fit, OutputFormat, Quality, Rgb, Transform};
