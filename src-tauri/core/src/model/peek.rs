//! What is in a model file, read from its header alone, by ranges.
//!
//! Headers come from anywhere: every length is held against the size of the object and a limit before
//! anything is read or made room for.

use std::collections::BTreeMap;

use hoist_store::Bucket;
use serde::Serialize;

use crate::problem::{Code, Problem, Reason, Result};
use crate::transfer::look_up_object;

mod flaw;
mod ggml;
mod gguf;
mod safetensors;
mod value;
mod window;

pub use flaw::{Flaw, Part};
use window::Window;

/// Which format a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum PeekFormat {
    Safetensors,
    Gguf,
}

/// What the header of a model file says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Peek {
    pub format: PeekFormat,
    /// Elements of all tensors. Formats that pack several into one count what is stored.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub parameters: u64,
    /// How many of them have which type, most first. Types are named as in the file (`BF16`), those
    /// of GGUF as llama.cpp prints them (`q4_K`).
    #[cfg_attr(feature = "specta", specta(type = Vec<(String, f64)>))]
    pub dtypes: Vec<(String, u64)>,
    /// In the order of their bytes.
    pub tensors: Vec<TensorInfo>,
    /// Values as text; long lists as their type and length.
    pub metadata: BTreeMap<String, String>,
    /// Bytes fetched for this.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub read: u64,
}

/// One tensor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TensorInfo {
    pub name: String,
    pub dtype: String,
    /// As in the file: safetensors has the slowest dimension first, GGUF the fastest. Empty for a
    /// single number.
    #[cfg_attr(feature = "specta", specta(type = Vec<f64>))]
    pub shape: Vec<u64>,
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub bytes: u64,
}

impl TensorInfo {
    /// How many elements it has; the product was checked when the header was read.
    pub fn elements(&self) -> u64 {
        self.shape.iter().fold(1, |product, n| product.saturating_mul(*n))
    }
}

/// Sums by type, most first, then by name.
fn by_dtype<'a>(tensors: impl Iterator<Item = &'a TensorInfo>) -> Vec<(String, u64)> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for tensor in tensors {
        let sum = sums.entry(&tensor.dtype).or_default();
        *sum = sum.saturating_add(tensor.elements());
    }
    let mut sums: Vec<(String, u64)> =
        sums.into_iter().map(|(dtype, n)| (dtype.to_owned(), n)).collect();
    sums.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    sums
}

/// Why a header could not be read: what is wrong with it, or what the store says.
#[derive(Debug)]
enum Failed {
    Flaw(Flaw),
    Problem(Problem),
}

impl From<Flaw> for Failed {
    fn from(flaw: Flaw) -> Self {
        Self::Flaw(flaw)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Reads the header of a safetensors or GGUF file. Its content decides which it is.
///
/// # Errors
/// [`Code::ObjectNotFound`], [`Code::ModelFileBroken`], [`Code::RemoteChanged`], and what the store
/// says.
pub(crate) async fn peek(bucket: &dyn Bucket, key: &str) -> Result<Peek> {
    let meta = look_up_object(bucket, key)
        .await?
        .ok_or_else(|| Problem::new(Code::ObjectNotFound, key))?;
    let mut window = Window::new(bucket, meta);
    match read(&mut window).await {
        Ok(peek) => Ok(peek),
        Err(Failed::Problem(problem)) => Err(problem),
        Err(Failed::Flaw(flaw)) => {
            Err(Problem::new(Code::ModelFileBroken, key).with_reason(Reason::Header(flaw)))
        }
    }
}

async fn read(window: &mut Window<'_>) -> Result<Peek, Failed> {
    if window.left() < 8 {
        return Err(Flaw::Neither.into());
    }
    let first = window.take(8).await?;
    if first.starts_with(gguf::MAGIC) {
        return gguf::read(window, &first[4..]).await;
    }
    safetensors::read(window, &first).await
}

#[cfg(test)]
mod tests;
