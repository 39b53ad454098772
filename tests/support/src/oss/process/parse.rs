//! `image/resize,w_100/format,webp`, read strictly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{argument, bad};
use crate::oss::wire::error::Refusal;

/// The operations, with the names of their parameters. An empty name is a bare value.
const KNOWN: &[(&str, &[&str])] = &[
    ("resize", &["m", "w", "h", "l", "s", "p", "limit", "color"]),
    ("crop", &["x", "y", "w", "h", "g"]),
    ("rotate", &[""]),
    ("auto-orient", &[""]),
    ("circle", &["r"]),
    ("rounded-corners", &["r"]),
    ("blur", &["r", "s"]),
    ("sharpen", &[""]),
    ("bright", &[""]),
    ("contrast", &[""]),
    (
        "watermark",
        &[
            "type", "text", "image", "t", "g", "x", "y", "voffset", "color", "size", "shadow",
            "rotate", "fill", "padx", "pady", "P", "order", "align", "interval",
        ],
    ),
    ("quality", &["q", "Q"]),
    ("format", &[""]),
    ("interlace", &[""]),
    ("info", &[]),
    ("average-hue", &[]),
];

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation {
    name: &'static str,
    parameters: Vec<(&'static str, String)>,
}

/// Reads a chain of operations that begins with `image/`.
pub(super) fn operations(process: &str) -> Result<Vec<Operation>, Refusal> {
    let chain = process
        .strip_prefix("image/")
        .ok_or_else(|| argument("x-oss-process", process, "The process must begin with image/."))?;
    chain.trim_end_matches('/').split('/').map(Operation::parse).collect()
}

impl Operation {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let mut pieces = text.split(',');
        let found = pieces.next().unwrap_or_default();
        let (name, known) = KNOWN
            .iter()
            .find(|(name, _)| *name == found)
            .ok_or_else(|| argument("action", found, "unsupported image operation"))?;
        let mut parameters: Vec<(&'static str, String)> = Vec::new();
        for piece in pieces.filter(|piece| !piece.is_empty()) {
            let bare = known.contains(&"");
            let (key, value) =
                if bare { ("", piece) } else { piece.split_once('_').unwrap_or((piece, "")) };
            let key = known
                .iter()
                .find(|name| **name == key)
                .ok_or_else(|| argument(found, piece, "unknown parameter"))?;
            if parameters.iter().any(|(name, _)| name == key) {
                return Err(argument(found, piece, "a parameter appears twice"));
            }
            parameters.push((key, value.to_owned()));
        }
        Ok(Self { name, parameters })
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// A parameter as text.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter between two numbers.
    pub(super) fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if plain && (least..=most).contains(&number) => Ok(Some(number)),
            _ => Err(argument(
                &format!("{} {name}", self.name),
                text,
                &format!("{} {name} must be {least} to {most}", self.name),
            )),
        }
    }

    /// The same, where there is no usual value.
    pub(super) fn needed(&self, name: &str, least: i64, most: i64) -> Result<i64, Refusal> {
        self.number(name, least, most)?.ok_or_else(|| {
            Refusal::new(
                400,
                "MissingArgument",
                "0040-00000002",
                format!("{} needs {name}", self.name),
            )
        })
    }

    /// Three bytes in hexadecimal.
    pub(super) fn colour(&self, name: &str, usual: [u8; 3]) -> Result<[u8; 3], Refusal> {
        let Some(text) = self.get(name) else { return Ok(usual) };
        let bytes = hex::decode(text).ok().and_then(|bytes| <[u8; 3]>::try_from(bytes).ok());
        bytes.ok_or_else(|| argument(name, text, "a colour is RRGGBB"))
    }

    /// Text in base64 for URLs, without padding.
    pub(super) fn decoded(&self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        decode(text).map(Some)
    }
}

/// Reads base64 for URLs; padding is let pass.
pub(super) fn decode(text: &str) -> Result<String, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| bad("Input is not base64 decoding."))
}
