//! Deletions: one, or a thousand in a request where the store has that.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::error::Asked;
use super::{QUICK, S3Bucket, SLOW, wire};
use crate::bucket::delete_singly;
use crate::key::fits_xml;
use crate::{DeleteFailure, ErrorKind, Result, StoreError};

impl S3Bucket {
    pub(super) async fn delete_object(&self, key: &str) -> Result<()> {
        self.check_key(key)?;
        let request = self.client().delete_object().bucket(&self.inner.name).key(key);
        match self.tune(request.customize(), QUICK).send().await {
            Ok(_) => Ok(()),
            Err(error) => {
                let error = self.fail(Asked::read("delete", key), error);
                if error.provider_code() == Some("NoSuchKey") { Ok(()) } else { Err(error) }
            }
        }
    }

    pub(super) async fn delete_objects(&self, keys: &[String]) -> Result<Vec<DeleteFailure>> {
        let mut failures = Vec::new();
        let (mut batch, mut single) = (Vec::new(), Vec::new());
        for key in keys {
            match self.check_key(key) {
                Err(error) => failures.push(DeleteFailure { key: key.clone(), error }),
                Ok(()) if self.quirks().batch_delete && fits_xml(key) => batch.push(key),
                Ok(()) => single.push(key.clone()),
            }
        }
        for chunk in batch.chunks(self.inner.capabilities.delete_batch.max(1)) {
            failures.extend(self.delete_chunk(chunk).await?);
        }
        failures.extend(delete_singly(self, single).await);
        Ok(failures)
    }

    async fn delete_chunk(&self, keys: &[&String]) -> Result<Vec<DeleteFailure>> {
        let asked = Asked::bucket("delete from");
        let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(*key).build());
        let delete = objects
            .collect::<Result<Vec<_>, _>>()
            .and_then(|objects| Delete::builder().set_objects(Some(objects)).quiet(true).build())
            .map_err(|error| self.wrong(ErrorKind::Other, asked, &error.to_string()))?;
        let request = self.client().delete_objects().bucket(&self.inner.name).delete(delete);
        let request = self.tune(request.customize(), SLOW).mutate_request(wire::md5_instead_of_crc);
        let out = request.send().await.map_err(|error| self.fail(asked, error))?;
        let failed = out.errors.unwrap_or_default().into_iter().filter_map(|entry| {
            let key = entry.key?;
            let code = entry.code.unwrap_or_default();
            let message = entry.message.unwrap_or_else(|| "the store gave no reason".to_owned());
            let error: StoreError = self.entry(Asked::read("delete", &key), &code, &message);
            (code != "NoSuchKey").then_some(DeleteFailure { key, error })
        });
        Ok(failed.collect())
    }
}
