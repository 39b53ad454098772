//! Values of GGUF metadata, as text. Lists are read only as far as they are shown.

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::window::Window;
use super::{Failed, Flaw, Part};
use crate::problem::Result;

/// Longest text that is kept, in bytes; longer ones are cut. Chat templates have a few thousand.
const LONGEST: u64 = 64 << 10;

/// Longest list whose values are shown.
const SHOWN: u64 = 16;

/// Longest text in a list that is shown, in bytes.
const SHOWN_TEXT: u64 = 256;

/// How deep lists may lie in each other.
const DEPTH: u32 = 3;

/// How numbers are written in this file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) big_endian: bool,
    /// Counts and lengths of the first version have 4 bytes, later 8.
    pub(super) wide: bool,
}

impl Layout {
    pub(super) async fn u32(self, window: &mut Window<'_>) -> Result<u32, Failed> {
        let bytes = window.take(4).await?;
        let mut four = [0; 4];
        four.copy_from_slice(&bytes);
        Ok(if self.big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    pub(super) async fn u64(self, window: &mut Window<'_>) -> Result<u64, Failed> {
        Ok(self.eight(&window.take(8).await?))
    }

    fn eight(self, bytes: &[u8]) -> u64 {
        let mut eight = [0; 8];
        eight.copy_from_slice(bytes);
        if self.big_endian { u64::from_be_bytes(eight) } else { u64::from_le_bytes(eight) }
    }

    /// A count or length.
    pub(super) async fn count(self, window: &mut Window<'_>) -> Result<u64, Failed> {
        if self.wide { self.u64(window).await } else { self.u32(window).await.map(u64::from) }
    }

    /// Bytes of a count or length.
    pub(super) fn count_size(self) -> u64 {
        if self.wide { 8 } else { 4 }
    }

    /// The bytes of a text no longer than `most`.
    pub(super) async fn text(
        self,
        window: &mut Window<'_>,
        part: Part,
        most: u64,
    ) -> Result<String, Failed> {
        let len = self.count(window).await?;
        if len > most {
            return Err(Flaw::TooMuch { part, found: len, most }.into());
        }
        let bytes = window.take(usize::try_from(len).unwrap_or(usize::MAX)).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A text of any length, of which `most` bytes are kept.
    async fn long_text(self, window: &mut Window<'_>, most: u64) -> Result<String, Failed> {
        let len = self.count(window).await?;
        if len > window.left() {
            return Err(Flaw::Truncated {
                has: window.size(),
                needs: window.at().saturating_add(len),
            }
            .into());
        }
        let kept = len.min(most);
        let bytes = window.take(usize::try_from(kept).unwrap_or(usize::MAX)).await?;
        window.skip(len - kept)?;
        let mut text = String::from_utf8_lossy(&bytes).into_owned();
        if kept < len {
            // The cut may have gone through a character.
            while text.ends_with('\u{FFFD}') {
                text.pop();
            }
            text.push('…');
        }
        Ok(text)
    }

    /// The value of this type.
    pub(super) async fn value(self, window: &mut Window<'_>, kind: u32) -> Result<String, Failed> {
        match kind {
            STRING => self.long_text(window, LONGEST).await,
            ARRAY => self.array(window, DEPTH).await,
            _ => {
                let size = size_of(kind).ok_or(Flaw::Odd(Part::Type))?;
                Ok(self.number(kind, &window.take(size).await?))
            }
        }
    }

    /// A list: its values when it is short, else its type and length.
    fn array<'a>(
        self,
        window: &'a mut Window<'_>,
        depth: u32,
    ) -> BoxFuture<'a, Result<String, Failed>> {
        async move {
            if depth == 0 {
                return Err(Flaw::Odd(Part::Metadata).into());
            }
            let kind = self.u32(window).await?;
            let count = self.count(window).await?;
            let summary = format!("[{}; {count}]", name_of(kind).ok_or(Flaw::Odd(Part::Type))?);
            let least = match kind {
                STRING => self.count_size(),
                ARRAY => 4 + self.count_size(),
                _ => size_of(kind).ok_or(Flaw::Odd(Part::Type))? as u64,
            };
            if count.checked_mul(least).is_none_or(|bytes| bytes > window.left()) {
                let needs = window.at().saturating_add(count.saturating_mul(least));
                return Err(Flaw::Truncated { has: window.size(), needs }.into());
            }
            if kind != STRING && kind != ARRAY && count > SHOWN {
                window.skip(count * least)?;
                return Ok(summary);
            }
            let mut shown = Vec::new();
            for _ in 0..count {
                let value = match kind {
                    STRING if count > SHOWN => {
                        let len = self.count(window).await?;
                        window.skip(len)?;
                        continue;
                    }
                    STRING => self.long_text(window, SHOWN_TEXT).await?,
                    ARRAY => self.array(window, depth - 1).await?,
                    _ => {
                        let size = size_of(kind).unwrap_or(1);
                        self.number(kind, &window.take(size).await?)
                    }
                };
                if count <= SHOWN {
                    shown.push(value);
                }
            }
            Ok(if count <= SHOWN { format!("[{}]", shown.join(", ")) } else { summary })
        }
        .boxed()
    }

    fn number(self, kind: u32, bytes: &Bytes) -> String {
        // One width for all: the value is in the last bytes, whichever way they are written.
        let mut wide = [0; 8];
        let n = bytes.len().min(8);
        if self.big_endian {
            wide[8 - n..].copy_from_slice(&bytes[..n]);
        } else {
            wide[..n].copy_from_slice(&bytes[..n]);
        }
        let raw = self.eight(&wide);
        #[expect(clippy::cast_possible_truncation, reason = "as wide as it was written")]
        match kind {
            0 | 2 | 4 | 10 => raw.to_string(),
            1 => (raw as u8).cast_signed().to_string(),
            3 => (raw as u16).cast_signed().to_string(),
            5 => (raw as u32).cast_signed().to_string(),
            6 => f32::from_bits(raw as u32).to_string(),
            7 => (raw != 0).to_string(),
            11 => raw.cast_signed().to_string(),
            _ => f64::from_bits(raw).to_string(),
        }
    }
}

const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// Bytes of a number.
fn size_of(kind: u32) -> Option<usize> {
    Some(match kind {
        0 | 1 | 7 => 1,
        2 | 3 => 2,
        4..=6 => 4,
        10..=12 => 8,
        _ => return None,
    })
}

fn name_of(kind: u32) -> Option<&'static str> {
    const NAMES: [&str; 13] = [
        "uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "bool", "string",
        "array", "uint64", "int64", "float64",
    ];
    NAMES.get(usize::try_from(kind).ok()?).copied()
}
