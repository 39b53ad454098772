//! `x-oss-process=image/...`, as Alibaba Cloud OSS takes it: operations `resize`, `quality`,
//! `format`, `auto-orient` and `info`.

use serde_json::{Map, Value, json};

use super::dimensions::header;
use super::spec::{color, format, invalid, not_one_of, number};
use super::transform::MAX_ASKED;
use super::{Fit, Format, Limits, Quality, Transform, sniff};
use crate::problem::{Code, Problem, Reason, Result};

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
        let Some(rest) = text.strip_prefix("image/") else {
            return Err(invalid(text, Reason::NotLike("image/resize,w_100")));
        };
        let operations: Vec<&str> =
            rest.split('/').filter(|operation| !operation.is_empty()).collect();
        if operations == ["info"] {
            return Ok(Self::Info);
        }
        if operations.is_empty() {
            return Err(invalid(text, Reason::NotLike("image/resize,w_100")));
        }
        let mut transform = Transform::default();
        let mut seen: Vec<&str> = Vec::new();
        for operation in operations {
            let (name, parameters) = operation.split_once(',').unwrap_or((operation, ""));
            if seen.contains(&name) {
                return Err(invalid(name, Reason::Duplicate(name.to_owned())));
            }
            seen.push(name);
            let parameters =
                parameters.split(',').map(str::trim).filter(|parameter| !parameter.is_empty());
            match name {
                "resize" => transform.read_resize(parameters)?,
                "quality" => transform.read_quality(parameters)?,
                "format" => {
                    let name = operation.split_once(',').map_or("", |(_, name)| name.trim());
                    transform.format = Some(format(operation, name)?);
                }
                "auto-orient" => {
                    transform.orient = match operation {
                        "auto-orient,1" => true,
                        "auto-orient,0" => false,
                        _ => {
                            return Err(not_one_of(operation, &["auto-orient,1", "auto-orient,0"]));
                        }
                    };
                }
                "info" => return Err(invalid("info", Reason::NotLike("image/info"))),
                _ => {
                    return Err(not_one_of(
                        name,
                        &["resize", "quality", "format", "auto-orient", "info"],
                    ));
                }
            }
        }
        transform.check()?;
        Ok(Self::Image(transform))
    }
}

impl Transform {
    /// Parses the value of `x-oss-process` that asks for an image.
    pub fn from_oss_process(text: &str) -> Result<Self> {
        match OssProcess::parse(text)? {
            OssProcess::Image(transform) => Ok(transform),
            OssProcess::Info => {
                Err(not_one_of("info", &["resize", "quality", "format", "auto-orient"]))
            }
        }
    }

    fn read_resize<'a>(&mut self, parameters: impl Iterator<Item = &'a str>) -> Result<()> {
        for parameter in parameters {
            let (name, value) = parameter.split_once('_').unwrap_or((parameter, ""));
            let side = || number(parameter, value, MAX_ASKED).map(Some);
            match name {
                "w" => self.width = side()?,
                "h" => self.height = side()?,
                "l" => self.long = side()?,
                "s" => self.short = side()?,
                "p" => self.percent = Some(number(parameter, value, 1000)? as u16),
                "m" => {
                    self.fit = Fit::named(value).ok_or_else(|| {
                        not_one_of(parameter, &["m_lfit", "m_mfit", "m_fill", "m_pad", "m_fixed"])
                    })?;
                }
                "limit" => {
                    self.enlarge = match value {
                        "0" => true,
                        "1" => false,
                        _ => return Err(not_one_of(parameter, &["limit_0", "limit_1"])),
                    };
                }
                "color" => self.background = color(parameter, value)?,
                _ => {
                    return Err(not_one_of(
                        parameter,
                        &["m", "w", "h", "l", "s", "p", "limit", "color"],
                    ));
                }
            }
        }
        // With `p` the other sizes have no effect there.
        if self.percent.is_some() {
            (self.width, self.height, self.long, self.short) = (None, None, None, None);
        } else if !self.resizes() {
            return Err(invalid("resize", Reason::NotLike("resize,w_100")));
        }
        Ok(())
    }

    fn read_quality<'a>(&mut self, parameters: impl Iterator<Item = &'a str>) -> Result<()> {
        for parameter in parameters {
            let (name, value) = parameter.split_once('_').unwrap_or((parameter, ""));
            let share = || number(parameter, value, 100).map(|share| share as u8);
            match (name, self.quality) {
                ("Q", _) => self.quality = Some(Quality::Absolute(share()?)),
                // The absolute one wins, wherever it stands.
                ("q", Some(Quality::Absolute(_))) => {
                    share()?;
                }
                ("q", _) => self.quality = Some(Quality::Relative(share()?)),
                _ => return Err(not_one_of(parameter, &["q", "Q"])),
            }
        }
        if self.quality.is_none() {
            return Err(invalid("quality", Reason::NotLike("quality,q_80")));
        }
        Ok(())
    }
}

/// The answer to `image/info`: each fact as `{"value": "..."}`. No EXIF, which may hold a place.
pub fn oss_info(bytes: &[u8], limits: &Limits) -> Result<Value> {
    if bytes.len() as u64 > limits.max_bytes {
        return Err(Problem::new(Code::TooManyBytes, "info"));
    }
    let kind = sniff(bytes).ok_or_else(|| Problem::new(Code::NotAnImage, "info"))?;
    let header = header(bytes, kind.format);
    let mut facts = Map::new();
    let mut fact = |name: &str, value: String| facts.insert(name.into(), json!({ "value": value }));
    fact("FileSize", bytes.len().to_string());
    fact("Format", if kind.format == Format::Tiff { "tiff".into() } else { kind.ext.into() });
    if let Some(header) = header {
        fact("ImageHeight", header.height.to_string());
        fact("ImageWidth", header.width.to_string());
    }
    Ok(Value::Object(facts))
}

#[cfg(test)]
mod tests;
