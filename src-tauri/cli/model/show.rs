//! `hoist model show`: the manifest, and what the headers of model files say.

use std::collections::BTreeMap;

use hoist_core::app::App;
use hoist_core::model::{Manifest, ModelName, Peek, TensorInfo, Weights};
use hoist_core::problem::Result;
use serde::Serialize;

use super::split;
use crate::args::model::ModelShowArgs;
use crate::exit::Outcome;
use crate::out::{Out, columns, one_line};
use crate::say::Say;

/// Longest value of metadata that is shown, in characters; `--json` has all of it.
const LONGEST: usize = 120;

/// A version as `--json` prints it.
#[derive(Debug, Serialize)]
struct VersionJson<'a> {
    manifest: &'a Manifest,
    weights: &'a [Weights],
    #[serde(skip_serializing_if = "Option::is_none")]
    tensors: Option<BTreeMap<&'a str, &'a [TensorInfo]>>,
}

pub(super) async fn run(app: &App, args: &ModelShowArgs, say: Say) -> Result<Outcome> {
    let (profile, rest) = split(app, &args.model, &args.of);
    let is_key = rest.contains('/') || is_model_file(rest);
    let mut out = Out::new();
    if is_key {
        let key = format!("{}{rest}", app.key_prefix(&profile)?);
        let peek = app.peek(&profile, &key).await?;
        if args.json {
            out.json(&peek);
        } else {
            peeked(&peek, args.tensors, &mut out);
        }
        return Ok(out.finish(say));
    }
    let model: ModelName = rest.parse()?;
    let asked = model.version.as_deref();
    let manifest = app.model_manifest(&profile, &model.name, asked).await?;
    let version = Some(manifest.version.as_str());
    let weights = app.model_weights(&profile, &model.name, version).await?;
    let tensors = match args.tensors {
        true => tensors(app, &profile, &manifest, &weights).await?,
        false => Vec::new(),
    };
    if args.json {
        let tensors = args
            .tensors
            .then(|| tensors.iter().map(|(file, list)| (file.as_str(), list.as_slice())).collect());
        out.json(&VersionJson { manifest: &manifest, weights: &weights, tensors });
        return Ok(out.finish(say));
    }
    version_lines(&manifest, &mut out);
    for one in &weights {
        weight_lines(one, &mut out);
    }
    for (_, list) in &tensors {
        tensor_lines(list, &mut out);
    }
    Ok(out.finish(say))
}

fn is_model_file(name: &str) -> bool {
    name.ends_with(".safetensors") || name.ends_with(".gguf")
}

/// The tensors of every model file of a version.
async fn tensors(
    app: &App,
    profile: &str,
    manifest: &Manifest,
    weights: &[Weights],
) -> Result<Vec<(String, Vec<TensorInfo>)>> {
    let folder =
        format!("{}models/{}/{}/", app.key_prefix(profile)?, manifest.model_name, manifest.version);
    let mut all = Vec::new();
    for file in weights.iter().flat_map(|one| &one.files) {
        let peek = app.peek(profile, &format!("{folder}{file}")).await?;
        all.push((file.clone(), peek.tensors));
    }
    Ok(all)
}

fn version_lines(manifest: &Manifest, out: &mut Out) {
    let (files, size) = (manifest.files.len().to_string(), manifest.total_size.to_string());
    let rows = [
        ("model", Some(manifest.model_name.as_str())),
        ("version", Some(manifest.version.as_str())),
        ("created", Some(manifest.created_at.as_str())),
        ("description", manifest.description.as_deref()),
        ("parent", manifest.parent_version.as_deref()),
        ("files", Some(files.as_str())),
        ("size", Some(size.as_str())),
    ];
    for (name, value) in rows {
        if let Some(value) = value {
            out.line(columns([name, value]));
        }
    }
    for (name, value) in
        [("metrics", &manifest.metrics), ("training-config", &manifest.training_config)]
    {
        if !value.is_null() {
            out.line(columns([name, &value.to_string()]));
        }
    }
    for file in &manifest.files {
        out.line(columns(["file", &file.path, &file.size.to_string(), &file.sha256]));
    }
}

fn weight_lines(weights: &Weights, out: &mut Out) {
    out.line(columns(["weights", &weights.name, &weights.files.len().to_string()]));
    figures(weights.parameters, &weights.dtypes, u64::from(weights.tensors), out);
    metadata_lines(&weights.metadata, out);
    out.line(columns(["read", &weights.read.to_string()]));
}

fn peeked(peek: &Peek, tensors: bool, out: &mut Out) {
    figures(peek.parameters, &peek.dtypes, peek.tensors.len() as u64, out);
    metadata_lines(&peek.metadata, out);
    out.line(columns(["read", &peek.read.to_string()]));
    if tensors {
        tensor_lines(&peek.tensors, out);
    }
}

fn figures(parameters: u64, dtypes: &[(String, u64)], tensors: u64, out: &mut Out) {
    out.line(columns(["parameters", &parameters.to_string()]));
    for (dtype, n) in dtypes {
        out.line(columns(["precision", dtype, &n.to_string()]));
    }
    out.line(columns(["tensors", &tensors.to_string()]));
}

fn metadata_lines(metadata: &BTreeMap<String, String>, out: &mut Out) {
    for (name, value) in metadata {
        let mut value = one_line(value);
        if let Some((at, _)) = value.char_indices().nth(LONGEST) {
            value.truncate(at);
            value.push('…');
        }
        out.line(columns(["metadata", name, &value]));
    }
}

fn tensor_lines(tensors: &[TensorInfo], out: &mut Out) {
    for tensor in tensors {
        let shape: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
        out.line(columns([
            "tensor",
            &tensor.dtype,
            &shape.join("x"),
            &tensor.bytes.to_string(),
            &tensor.name,
        ]));
    }
}
