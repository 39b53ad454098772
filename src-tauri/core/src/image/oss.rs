//! `x-oss-process`, as Alibaba Cloud OSS takes it: `image/...` with its operations from left to
//! right, `style/NAME`, and `image/info`.
//!
//! Operations, parameters and ranges are those of OSS's "Image Processing" pages. `indexcrop`,
//! `average-hue` and watermarks of text beside an image are refused by name.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Transform;
use super::spec::{invalid, not_one_of, unfit};
use crate::problem::{Reason, Result, Unfit};

mod info;
mod read;
mod watermark;
mod write;

pub use info::oss_info;
pub(super) use write::process;

/// base64url, written without `=` and read with or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const EXAMPLE: Reason = Reason::NotLike("image/resize,w_100");

/// What a process string asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OssProcess {
    /// `image/info`: facts as JSON.
    Info,
    /// An image.
    Image(Transform),
}

impl OssProcess {
    /// Parses the value of `x-oss-process`, already percent-decoded.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(name) = text.strip_prefix("style/") {
            return match name {
                "" => Err(invalid(text, Reason::NotLike("style/NAME"))),
                name => Ok(Self::Image(Transform::style(name))),
            };
        }
        let Some(rest) = text.strip_prefix("image/") else {
            return Err(invalid(text, EXAMPLE));
        };
        let operations: Vec<&str> =
            rest.split('/').filter(|operation| !operation.is_empty()).collect();
        match operations.as_slice() {
            [] => Err(invalid(text, EXAMPLE)),
            ["info"] => Ok(Self::Info),
            operations => read::operations(operations).map(Self::Image),
        }
    }
}

impl fmt::Display for OssProcess {
    /// The value of `x-oss-process`, not yet percent-encoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Info => f.write_str("image/info"),
            Self::Image(transform) => f.write_str(&process(transform)),
        }
    }
}

/// Where OSS is to keep a result, with a POST of the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveAs {
    pub key: String,
    /// A bucket of the same region; the image's own when not set.
    pub bucket: Option<String>,
}

impl Transform {
    /// Parses the value of `x-oss-process` that asks for an image, already percent-decoded.
    pub fn from_oss_process(text: &str) -> Result<Self> {
        match OssProcess::parse(text)? {
            OssProcess::Image(transform) => Ok(transform),
            OssProcess::Info => Err(not_one_of("info", &read::OPERATIONS)),
        }
    }

    /// The value of `x-oss-process`, not yet percent-encoded: `image/resize,m_lfit,w_800/format,webp`.
    ///
    /// Whether metadata is stripped and what happens to animations is not OSS's to say, and is left
    /// out.
    pub fn to_oss_process(&self) -> Result<String> {
        if self.is_empty() {
            return Err(unfit("", Unfit::Nothing));
        }
        if self.background != super::Rgb::default() {
            let color = format!("color={}", self.background);
            return Err(unfit(color, Unfit::NotThere(super::ImageHost::Oss)));
        }
        Ok(process(self))
    }

    /// The value of `x-oss-process` in the body of a POST that keeps the result as an object.
    pub fn to_oss_save_as(&self, target: &SaveAs) -> Result<String> {
        let mut process = self.to_oss_process()?;
        process.push_str("|sys/saveas,o_");
        process.push_str(&BASE64.encode(&target.key));
        if let Some(bucket) = &target.bucket {
            process.push_str(",b_");
            process.push_str(&BASE64.encode(bucket));
        }
        Ok(process)
    }
}

#[cfg(test)]
mod tests;
