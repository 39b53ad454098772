//! safetensors: eight bytes of length, then JSON of that length, then the bytes of the tensors.
//!
//! The rules are those of the reference implementation: at most 100 MB of header, tensors without
//! gaps between them, and nothing after the last.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::window::Window;
use super::{Failed, Flaw, Part, Peek, PeekFormat, TensorInfo, by_dtype};
use crate::problem::Result;

/// Longest header, in bytes, as the reference implementation has it.
const LONGEST: u64 = 100_000_000;

/// Most dimensions of a tensor.
const DIMENSIONS: usize = 32;

/// Reads the header; `first` are the eight bytes of its length.
pub(super) async fn read(window: &mut Window<'_>, first: &[u8]) -> Result<Peek, Failed> {
    let mut length = [0; 8];
    length.copy_from_slice(&first[..8]);
    let length = u64::from_le_bytes(length);
    if length < 2 || window.left() == 0 {
        return Err(Flaw::Neither.into());
    }
    if window.take(1).await?[0] != b'{' {
        return Err(Flaw::Neither.into());
    }
    if length > LONGEST {
        return Err(Flaw::TooMuch { part: Part::Header, found: length, most: LONGEST }.into());
    }
    let rest = window.take(usize::try_from(length - 1).unwrap_or(usize::MAX)).await?;
    let mut text = Vec::with_capacity(rest.len() + 1);
    text.push(b'{');
    text.extend_from_slice(&rest);
    let header: Header = serde_json::from_slice(&text).map_err(|_| Flaw::Odd(Part::Header))?;
    let (tensors, parameters) = check(header.tensors, window.at(), window.size())?;
    Ok(Peek {
        format: PeekFormat::Safetensors,
        parameters,
        dtypes: by_dtype(tensors.iter()),
        tensors,
        metadata: header.metadata,
        read: window.read(),
    })
}

/// The tensors in the order of their bytes, which begin at `start` of a file of `size`, and the
/// number of their elements.
fn check(
    mut entries: Vec<(String, Entry)>,
    start: u64,
    size: u64,
) -> Result<(Vec<TensorInfo>, u64), Flaw> {
    entries.sort_by(|(a_name, a), (b_name, b)| {
        a.data_offsets.cmp(&b.data_offsets).then_with(|| a_name.cmp(b_name))
    });
    let (mut end, mut parameters) = (0u64, 0u64);
    let mut tensors = Vec::with_capacity(entries.len());
    for (name, entry) in entries {
        let (from, to) = entry.data_offsets;
        if from != end || to < from {
            return Err(Flaw::Odd(Part::Offsets));
        }
        end = to;
        let elements = entry
            .shape
            .0
            .iter()
            .try_fold(1u64, |product, n| product.checked_mul(*n))
            .ok_or(Flaw::Odd(Part::Shape))?;
        if let Some(bits) = bits(&entry.dtype)
            && elements.checked_mul(bits).is_none_or(|bits| bits.div_ceil(8) != to - from)
        {
            return Err(Flaw::Odd(Part::Shape));
        }
        parameters = parameters.checked_add(elements).ok_or(Flaw::Odd(Part::Shape))?;
        tensors.push(TensorInfo {
            name,
            dtype: entry.dtype,
            shape: entry.shape.0,
            bytes: to - from,
        });
    }
    match start.checked_add(end) {
        Some(needs) if needs == size => Ok((tensors, parameters)),
        Some(needs) if needs < size => Err(Flaw::Odd(Part::Offsets)),
        needs => Err(Flaw::Truncated { has: size, needs: needs.unwrap_or(u64::MAX) }),
    }
}

/// Bits of one element; `None` for a type that is newer than this.
fn bits(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "F64" | "I64" | "U64" | "C64" => 64,
        "F32" | "I32" | "U32" => 32,
        "F16" | "BF16" | "I16" | "U16" => 16,
        "I8" | "U8" | "BOOL" => 8,
        "F4" => 4,
        _ if dtype.starts_with("F8_") => 8,
        _ if dtype.starts_with("F6_") => 6,
        _ => return None,
    })
}

#[derive(Debug, Default)]
struct Header {
    metadata: BTreeMap<String, String>,
    tensors: Vec<(String, Entry)>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    dtype: String,
    shape: Shape,
    data_offsets: (u64, u64),
}

/// Dimensions, of which no file makes us keep millions.
#[derive(Debug)]
struct Shape(Vec<u64>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;
        impl<'de> Visitor<'de> for Map {
            type Value = Header;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
                let mut header = Header::default();
                let mut names = std::collections::HashSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom("a name is there twice"));
                    }
                    if name == "__metadata__" {
                        header.metadata = map.next_value()?;
                    } else {
                        header.tensors.push((name, map.next_value()?));
                    }
                }
                Ok(header)
            }
        }
        deserializer.deserialize_map(Map)
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seq;
        impl<'de> Visitor<'de> for Seq {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("dimensions")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
                let mut shape = Vec::new();
                while let Some(n) = seq.next_element::<u64>()? {
                    if shape.len() == DIMENSIONS {
                        return Err(A::Error::custom("too many dimensions"));
                    }
                    shape.push(n);
                }
                Ok(Shape(shape))
            }
        }
        deserializer.deserialize_seq(Seq)
    }
}
