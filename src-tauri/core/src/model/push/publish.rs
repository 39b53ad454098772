//! The end of a push: everything is looked at once more, and the manifest makes the version.

use futures_util::FutureExt as _;
use hoist_store::{Body, ErrorKind, PutOptions};

use super::plan::{Item, Way};
use super::{PushReport, Pushing};
use crate::history::blocking;
use crate::model::folder::LocalFile;
use crate::model::manifest::{self, Manifest, ManifestFile, Pushed};
use crate::model::name::full;
use crate::model::registry::{AT_ONCE, some_at_once};
use crate::model::run::FileFailure;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{RetryPolicy, Trouble, look_up_object, look_up_sums, retrying};

impl Pushing<'_> {
    /// Looks at everything once more, here and there: the entries of the manifest.
    pub(super) async fn settle(
        &self,
        items: &[Item],
    ) -> Result<(Vec<ManifestFile>, Vec<FileFailure>)> {
        let locals: Vec<LocalFile> = items.iter().map(|item| item.local.clone()).collect();
        let unchanged: Vec<bool> =
            blocking(move || Ok(locals.iter().map(LocalFile::is_unchanged).collect())).await?;
        let bucket = &*self.registry.bucket;
        let looks = items.iter().map(|item| look_up_sums(bucket, &item.key).boxed());
        let metas = some_at_once(AT_ONCE, looks.collect()).await?;
        let (mut files, mut failed) = (Vec::new(), Vec::new());
        for ((item, meta), unchanged) in items.iter().zip(metas).zip(unchanged) {
            let (path, size) = (&item.local.relative, item.local.size());
            let problem = match (&meta, &item.sums) {
                _ if !unchanged => Problem::new(Code::SourceChanged, path),
                // What was read for the SHA-256 is not what was sent.
                (Some(meta), Some(sums)) if meta.size == size && sums.differ(meta) => {
                    Problem::new(Code::ContentDiffers, &item.key)
                }
                (Some(meta), Some(sums)) if meta.size == size => {
                    files.push(ManifestFile {
                        path: path.clone(),
                        size,
                        sha256: sums.sha256.clone(),
                        etag: meta.etag.clone(),
                        crc64: meta.crc64.map(|crc| crc.to_string()),
                        crc64_nvme: meta.crc64_nvme.map(|crc| crc.to_string()),
                        copied_from: match &item.way {
                            Way::Send => None,
                            Way::Copy { version, .. } => Some(version.clone()),
                            Way::Found { version } => version.clone(),
                        },
                        ..ManifestFile::default()
                    });
                    continue;
                }
                (meta, _) => Problem::new(Code::Integrity, &item.key).with_detail(format!(
                    "{} of {size} bytes",
                    meta.as_ref().map_or(0, |meta| meta.size)
                )),
            };
            failed.push(FileFailure::new(path, &problem));
        }
        Ok((files, failed))
    }

    pub(super) fn manifest(
        &self,
        files: Vec<ManifestFile>,
        parent: Option<String>,
        replaced: Option<&Manifest>,
        report: &PushReport,
    ) -> Manifest {
        let request = self.request;
        let before = replaced.cloned().unwrap_or_default();
        let copied =
            files.iter().filter(|file| file.copied_from.is_some()).map(|file| file.size).sum();
        Manifest {
            model_name: request.name.clone(),
            version: self.version.to_owned(),
            created_at: jiff::Timestamp::now().to_string(),
            total_size: report.size,
            description: request.description.clone().or(before.description),
            metrics: request.metrics.clone().unwrap_or(before.metrics),
            training_config: request.training_config.clone().unwrap_or(before.training_config),
            parent_version: parent.or(before.parent_version),
            pushed: Some(Pushed {
                sent: report.size.saturating_sub(copied),
                copied,
                seconds: report.seconds,
            }),
            files,
            other: before.other,
        }
    }

    /// Writes the manifest, which makes the version. Nobody else's is replaced.
    pub(super) async fn publish(&self, manifest: &Manifest) -> Result<()> {
        let registry = self.registry;
        let key = registry.manifest_key(&self.request.name, self.version);
        let bytes = manifest.bytes()?;
        let absent = registry.bucket.capabilities().put_if_absent;
        let exists =
            || Problem::new(Code::ModelVersionExists, full(&self.request.name, self.version));
        if !absent && look_up_object(&*registry.bucket, &key).await?.is_some() {
            return Err(exists());
        }
        let options = PutOptions {
            content_type: Some("application/json".to_owned()),
            if_absent: absent,
            ..PutOptions::default()
        };
        let body = Body::from(bytes.clone());
        let retry = RetryPolicy::default();
        let put = retrying(&retry, || async {
            match registry.bucket.put(&key, body.clone(), &options).await {
                Ok(_) => Ok(()),
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::Precondition | ErrorKind::AlreadyExists
                    ) =>
                {
                    // The answer to an earlier attempt may have been lost.
                    let there = registry.small(&key, manifest::MOST).await?;
                    match there.is_some_and(|(there, _)| there == bytes) {
                        true => Ok(()),
                        false => Err(Trouble::Here(exists())),
                    }
                }
                Err(error) => Err(Trouble::Store(error)),
            }
        });
        put.await.map_err(|trouble| trouble.problem(&key))
    }
}
