//! Models for a window: a version in full, and versions on their way as transfers.

use std::sync::Arc;

use hoist_store::GetOptions;
use serde_json::Value;

use super::App;
use crate::feed::{TaskEnd, TaskRequest};
use crate::model::{FileFailure, Manifest, Pull, Push};
use crate::pipeline::Places as _;
use crate::problem::Result;
use crate::transfer::Failure;
use crate::view::{ModelFile, ModelManifest, TransferFailure, TransferKind};

/// A config.json is small, in bytes.
const MOST_CONFIG: u64 = 1 << 20;

impl App {
    /// What the manifest of a version and the headers of its model files tell.
    ///
    /// # Errors
    /// As [`App::model_manifest`]. What only its files could tell is left out when they do not.
    pub async fn model_details(
        &self,
        place: &str,
        name: &str,
        version: &str,
    ) -> Result<ModelManifest> {
        let manifest = self.model_manifest(place, name, Some(version)).await?;
        let weights = self.model_weights(place, name, Some(version)).await.unwrap_or_default();
        let parameters: u64 = weights.iter().map(|weights| weights.parameters).sum();
        let mut types: Vec<String> = Vec::new();
        for (kind, _) in weights.iter().flat_map(|weights| &weights.dtypes) {
            if !types.contains(kind) {
                types.push(kind.clone());
            }
        }
        let config = self.model_config(place, &manifest).await.unwrap_or_default();
        let figure = |names: [&str; 2]| names.into_iter().find_map(|name| config[name].as_f64());
        Ok(ModelManifest {
            layers: figure(["num_hidden_layers", "n_layer"]),
            width: figure(["hidden_size", "n_embd"]),
            parameters: (parameters > 0).then_some(parameters as f64),
            precision: (!types.is_empty()).then(|| types.join(", ")),
            licence: ["license", "licence"]
                .into_iter()
                .find_map(|name| manifest.other.get(name)?.as_str().map(str::to_owned)),
            created_at: manifest.created().map(|time| time.as_millisecond() as f64),
            files: manifest.files.iter().map(file).collect(),
            size: manifest.total_size as f64,
            sha256: None,
            metrics: pairs(&manifest.metrics),
            training: pairs(&manifest.training_config),
            name: manifest.model_name,
            version: manifest.version,
            description: manifest.description,
            parent: manifest.parent_version,
        })
    }

    async fn model_config(&self, place: &str, manifest: &Manifest) -> Option<Value> {
        manifest.files.iter().find(|file| file.path == "config.json")?;
        let place = self.inner.buckets.place(place).await.ok()?;
        let Manifest { model_name, version, .. } = manifest;
        let key = format!("{}models/{model_name}/{version}/config.json", place.profile.prefix);
        let object = place.bucket.get(&key, &GetOptions::default()).await.ok()?;
        serde_json::from_slice(&object.bytes(MOST_CONFIG).await.ok()?).ok()
    }

    /// Begins to push a folder as a version of a model; without a version the next one.
    pub async fn push_in_background(&self, place: &str, push: Push) -> Result<i64> {
        let version = push.version.as_deref().map(|version| format!("@{version}"));
        let name = format!("{}{}", push.name, version.unwrap_or_default());
        let detail = push.source.display().to_string();
        let (app, of_place) = (self.clone(), place.to_owned());
        let work = Arc::new(move |meter| {
            let (app, place, push) = (app.clone(), of_place.clone(), push.clone());
            Box::pin(async move {
                let report = app.push_model(&place, &push, meter).await?;
                Ok(end(report.failed, report.stopped))
            }) as _
        });
        self.model_task(TransferKind::Push, place, name, detail, work).await
    }

    /// Begins to pull a version of a model into a folder.
    pub async fn pull_in_background(&self, place: &str, pull: Pull) -> Result<i64> {
        let version = pull.version.as_deref().map(|version| format!("@{version}"));
        let name = format!("{}{}", pull.name, version.unwrap_or_default());
        let detail = pull.into.display().to_string();
        let (app, of_place) = (self.clone(), place.to_owned());
        let work = Arc::new(move |meter| {
            let (app, place, pull) = (app.clone(), of_place.clone(), pull.clone());
            Box::pin(async move {
                let report = app.pull_model(&place, &pull, meter).await?;
                Ok(end(report.failed, report.stopped))
            }) as _
        });
        self.model_task(TransferKind::Pull, place, name, detail, work).await
    }

    async fn model_task(
        &self,
        kind: TransferKind,
        place: &str,
        name: String,
        detail: String,
        work: crate::feed::Work,
    ) -> Result<i64> {
        let prefix = format!("{}models/", self.key_prefix(place)?);
        let touches = match kind {
            TransferKind::Push => vec![(place.to_owned(), prefix)],
            _ => Vec::new(),
        };
        let place = place.to_owned();
        Ok(self.feed().await?.start(TaskRequest { kind, place, name, detail, touches, work }))
    }
}

fn file(file: &crate::model::ManifestFile) -> ModelFile {
    let (path, sha256) = (file.path.clone(), file.sha256.clone());
    ModelFile { path, size: file.size as f64, sha256 }
}

/// How a push or pull ended.
fn end(failed: Vec<FileFailure>, stopped: Option<Failure>) -> TaskEnd {
    let failure =
        |FileFailure { path, failure }| TransferFailure { key: path, problem: failure.view() };
    TaskEnd {
        failed: failed.into_iter().map(failure).collect(),
        stopped: stopped.as_ref().map(Failure::view),
    }
}

/// An object of JSON as names and values; anything else as one value without a name.
fn pairs(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Null => Vec::new(),
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        other => vec![(String::new(), text(other))],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn figures_and_lists_are_shown_as_they_are_written() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            pairs(&json!({ "loss": 0.25, "data": "fineweb", "steps": [1, 2] })),
            [pair("data", "fineweb"), pair("loss", "0.25"), pair("steps", "[1,2]")]
        );
        assert_eq!(pairs(&Value::Null), []);
        assert_eq!(pairs(&json!(3)), [pair("", "3")]);
    }
}
