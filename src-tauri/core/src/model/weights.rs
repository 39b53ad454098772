//! The weights of a version: its model files, those of one set put together.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::FutureExt as _;
use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use super::peek::{Peek, PeekFormat, peek};
use super::registry::{Registry, some_at_once};
use crate::problem::{Code, Problem, Result};

/// Headers read at once.
const AT_ONCE: usize = 4;

/// No index of shards is larger, in bytes.
const MOST: u64 = 64 << 20;

/// One set of weights: a file, or the shards that are one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Weights {
    /// The file, or what the names of the shards share.
    pub name: String,
    pub format: PeekFormat,
    /// Its files, in order.
    pub files: Vec<String>,
    /// Elements of all tensors of all shards.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub parameters: u64,
    /// How many of them have which type, most first.
    #[cfg_attr(feature = "specta", specta(type = Vec<(String, f64)>))]
    pub dtypes: Vec<(String, u64)>,
    pub tensors: u32,
    /// Of the first file.
    pub metadata: BTreeMap<String, String>,
    /// Bytes fetched for this.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub read: u64,
}

/// The part of `model.safetensors.index.json` that says where the tensors are.
#[derive(Debug, Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

impl Registry {
    /// What the model files of a version hold, read from their headers.
    ///
    /// # Errors
    /// As [`Registry::resolve`] and [`peek`].
    pub(crate) async fn weights(&self, name: &str, version: Option<&str>) -> Result<Vec<Weights>> {
        let manifest = self.resolve(name, version).await?;
        let folder = self.folder(name, &manifest.version);
        let mut all = Vec::new();
        for (name, files) in self.sets(&manifest, &folder).await? {
            let reads = files.iter().map(|file| {
                let key = format!("{folder}{file}");
                async move { peek(&*self.bucket, &key).await }.boxed()
            });
            let peeks: Vec<Peek> = some_at_once(AT_ONCE, reads.collect()).await?;
            all.extend(together(name, files, peeks));
        }
        Ok(all)
    }

    /// The sets by name: what an index lists, what is numbered as parts of one, and what is alone.
    async fn sets(
        &self,
        manifest: &Manifest,
        folder: &str,
    ) -> Result<BTreeMap<String, Vec<String>>> {
        let mut sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut listed = BTreeSet::new();
        let indexes =
            manifest.files.iter().filter(|file| file.path.ends_with(".safetensors.index.json"));
        for index in indexes {
            let key = format!("{folder}{}", index.path);
            let read = self.small(&key, MOST).await?;
            let (bytes, _) = read.ok_or_else(|| Problem::new(Code::ObjectNotFound, &key))?;
            let Ok(Index { weight_map }) = serde_json::from_slice(&bytes) else { continue };
            let base = index.path.rsplit_once('/').map_or("", |(base, _)| base);
            let shards: BTreeSet<String> = weight_map
                .into_values()
                .map(|shard| if base.is_empty() { shard } else { format!("{base}/{shard}") })
                .collect();
            if let Some(missing) = shards.iter().find(|shard| manifest.file(shard).is_none()) {
                return Err(Problem::new(Code::ObjectNotFound, format!("{folder}{missing}")));
            }
            listed.extend(shards.iter().cloned());
            let name = index.path.trim_end_matches(".index.json").to_owned();
            sets.insert(name, shards.into_iter().collect());
        }
        for file in &manifest.files {
            let path = &file.path;
            let is_model = path.ends_with(".safetensors") || path.ends_with(".gguf");
            if is_model && !listed.contains(path) {
                sets.entry(whole(path)).or_default().push(path.clone());
            }
        }
        Ok(sets)
    }
}

/// `a-00001-of-00003.gguf` -> `a.gguf`: what the parts of one file share.
fn whole(path: &str) -> String {
    let Some((stem, extension)) = path.rsplit_once('.') else { return path.to_owned() };
    let five = |text: &str| text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    let split = stem.rsplit_once("-of-").and_then(|(rest, total)| {
        let (base, number) = rest.rsplit_once('-')?;
        (five(number) && five(total)).then_some(base)
    });
    split.map_or_else(|| path.to_owned(), |base| format!("{base}.{extension}"))
}

fn together(name: String, files: Vec<String>, peeks: Vec<Peek>) -> Option<Weights> {
    let format = peeks.first()?.format;
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    let (mut parameters, mut tensors, mut read) = (0u64, 0usize, 0u64);
    for peek in &peeks {
        for (dtype, n) in &peek.dtypes {
            let sum = sums.entry(dtype.clone()).or_default();
            *sum = sum.saturating_add(*n);
        }
        parameters = parameters.saturating_add(peek.parameters);
        tensors += peek.tensors.len();
        read += peek.read;
    }
    let mut dtypes: Vec<(String, u64)> = sums.into_iter().collect();
    dtypes.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    Some(Weights {
        name,
        format,
        files,
        parameters,
        dtypes,
        tensors: u32::try_from(tensors).unwrap_or(u32::MAX),
        metadata: peeks.into_iter().next().map(|peek| peek.metadata).unwrap_or_default(),
        read,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_file_share_its_name() {
        for (path, name) in [
            ("model-00001-of-00004.safetensors", "model.safetensors"),
            ("q8/m-00002-of-00009.gguf", "q8/m.gguf"),
            ("model.safetensors", "model.safetensors"),
            ("a-1-of-2.gguf", "a-1-of-2.gguf"),
            ("best-of-00002.gguf", "best-of-00002.gguf"),
        ] {
            assert_eq!(whole(path), name, "{path}");
        }
    }
}
