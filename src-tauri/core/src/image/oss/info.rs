//! The answer to `image/info`.

use serde_json::{Map, Value, json};

use crate::image::dimensions::header;
use crate::image::{Format, Limits, sniff};
use crate::problem::{Code, Problem, Result};

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
