//! GGUF, versions 1 to 3, in either byte order: metadata, then the list of tensors, then their bytes.

use std::collections::BTreeMap;

use super::ggml::ggml_type;
use super::value::Layout;
use super::window::Window;
use super::{Failed, Flaw, Part, Peek, PeekFormat, TensorInfo, by_dtype};
use crate::problem::Result;

/// What every file begins with.
pub(super) const MAGIC: &[u8] = b"GGUF";

/// Most entries of metadata.
const ENTRIES: u64 = 100_000;

/// Most tensors.
const TENSORS: u64 = 1_000_000;

/// Longest name of an entry, in bytes, as the specification has it.
const KEY: u64 = 65_535;

/// Longest name of a tensor, in bytes; llama.cpp takes 64.
const NAME: u64 = 4_096;

/// Most dimensions; llama.cpp takes 4.
const DIMENSIONS: u32 = 8;

/// The entry that says on which multiples tensors begin.
const ALIGNMENT: &str = "general.alignment";

/// Reads what follows the magic; `version` are the next four bytes.
pub(super) async fn read(window: &mut Window<'_>, version: &[u8]) -> Result<Peek, Failed> {
    let layout = layout(version)?;
    let tensors = layout.count(window).await?;
    let entries = layout.count(window).await?;
    most(Part::Tensors, tensors, TENSORS)?;
    most(Part::Metadata, entries, ENTRIES)?;
    let mut metadata = BTreeMap::new();
    for _ in 0..entries {
        let key = layout.text(window, Part::Metadata, KEY).await?;
        let kind = layout.u32(window).await?;
        let value = layout.value(window, kind).await?;
        if metadata.insert(key, value).is_some() {
            return Err(Flaw::Odd(Part::Metadata).into());
        }
    }
    let alignment = match metadata.get(ALIGNMENT) {
        None => 32,
        Some(text) => text
            .parse::<u64>()
            .ok()
            .filter(|n| n.is_power_of_two() && *n <= 1 << 30)
            .ok_or(Flaw::Odd(Part::Alignment))?,
    };
    let mut rows = Vec::new();
    for _ in 0..tensors {
        rows.push(row(window, layout).await?);
    }
    let start = window.at().checked_next_multiple_of(alignment).unwrap_or(u64::MAX);
    let (tensors, parameters) = check(rows, start, window.size(), alignment)?;
    Ok(Peek {
        format: PeekFormat::Gguf,
        parameters,
        dtypes: by_dtype(tensors.iter()),
        tensors,
        metadata,
        read: window.read(),
    })
}

/// A version has small numbers: written the other way round, they are huge.
fn layout(version: &[u8]) -> Result<Layout, Flaw> {
    let mut four = [0; 4];
    four.copy_from_slice(&version[..4]);
    let (little, big) = (u32::from_le_bytes(four), u32::from_be_bytes(four));
    let (version, big_endian) =
        if little.trailing_zeros() >= 16 { (big, true) } else { (little, false) };
    match version {
        1..=3 => Ok(Layout { big_endian, wide: version > 1 }),
        _ => Err(Flaw::Version(version)),
    }
}

fn most(part: Part, found: u64, most: u64) -> Result<(), Flaw> {
    if found > most { Err(Flaw::TooMuch { part, found, most }) } else { Ok(()) }
}

/// A tensor as it is listed.
struct Row {
    name: String,
    kind: u32,
    shape: Vec<u64>,
    offset: u64,
}

async fn row(window: &mut Window<'_>, layout: Layout) -> Result<Row, Failed> {
    let name = layout.text(window, Part::Name, NAME).await?;
    let dimensions = layout.u32(window).await?;
    if dimensions > DIMENSIONS {
        return Err(Flaw::Odd(Part::Shape).into());
    }
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        shape.push(layout.count(window).await?);
    }
    Ok(Row { name, kind: layout.u32(window).await?, shape, offset: layout.u64(window).await? })
}

/// The tensors in the order of their bytes, which begin at `start` of a file of `size`, and the
/// number of their elements.
fn check(
    mut rows: Vec<Row>,
    start: u64,
    size: u64,
    alignment: u64,
) -> Result<(Vec<TensorInfo>, u64), Flaw> {
    rows.sort_by_key(|row| row.offset);
    let ends: Vec<Option<u64>> =
        rows.iter().skip(1).map(|row| Some(row.offset)).chain([None]).collect();
    let (mut parameters, mut needs) = (0u64, 0u64);
    let mut tensors = Vec::with_capacity(rows.len());
    for (row, next) in rows.into_iter().zip(ends) {
        let elements = row
            .shape
            .iter()
            .try_fold(1u64, |product, n| product.checked_mul(*n))
            .ok_or(Flaw::Odd(Part::Shape))?;
        parameters = parameters.checked_add(elements).ok_or(Flaw::Odd(Part::Shape))?;
        if !row.offset.is_multiple_of(alignment) {
            return Err(Flaw::Odd(Part::Offsets));
        }
        let (dtype, bytes) = match ggml_type(row.kind) {
            Some(known) => {
                let rest = row.shape.first().copied().unwrap_or(1) % known.block;
                let bytes = (elements / known.block).checked_mul(known.bytes);
                match bytes.filter(|_| rest == 0) {
                    Some(bytes) => (known.name.to_owned(), bytes),
                    None => return Err(Flaw::Odd(Part::Shape)),
                }
            }
            // Newer than this: it reaches to the next one.
            None => {
                let end = next.unwrap_or(size.saturating_sub(start));
                (format!("type {}", row.kind), end.saturating_sub(row.offset))
            }
        };
        let end = row.offset.checked_add(bytes).and_then(|end| end.checked_add(start));
        needs = needs.max(end.ok_or(Flaw::Odd(Part::Offsets))?);
        if next.is_some_and(|next| next < row.offset.saturating_add(bytes)) {
            return Err(Flaw::Odd(Part::Offsets));
        }
        tensors.push(TensorInfo { name: row.name, dtype, shape: row.shape, bytes });
    }
    if needs > size {
        return Err(Flaw::Truncated { has: size, needs });
    }
    Ok((tensors, parameters))
}
