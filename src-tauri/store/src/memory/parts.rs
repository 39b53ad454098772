//! Multipart uploads of the bucket in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use md5::{Digest as _, Md5};

use super::{MemoryBucket, md5_hex};
use crate::{
    Body, Bucket as _, CompletedPart, ErrorKind, MultipartUpload, PartInfo, PartPage, Progress,
    PutOptions, PutResult, Result, StoreError, UploadInfo,
};

const PAGE: usize = 1000;

/// An upload in progress.
pub(super) struct Upload {
    key: String,
    options: PutOptions,
    started: Timestamp,
    parts: BTreeMap<u32, (Bytes, String)>,
}

fn no_upload(key: &str) -> StoreError {
    StoreError::new(ErrorKind::NotFound, format!("no such upload of `{key}`"))
        .with_provider_code("NoSuchUpload")
}

fn bad_part(code: &str, what: String) -> StoreError {
    StoreError::new(ErrorKind::Integrity, what).with_provider_code(code)
}

#[async_trait]
impl MultipartUpload for MemoryBucket {
    async fn create(&self, key: &str, options: &PutOptions) -> Result<String> {
        self.check(key, options)?;
        let mut state = self.lock();
        state.next_upload += 1;
        let id = format!("upload-{:08}", state.next_upload);
        let options = PutOptions { progress: None, ..options.clone() };
        let upload = Upload {
            key: key.to_owned(),
            options,
            started: Timestamp::now(),
            parts: BTreeMap::new(),
        };
        state.uploads.insert(id.clone(), upload);
        Ok(id)
    }

    async fn put_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        body: Body,
        progress: Option<Progress>,
    ) -> Result<CompletedPart> {
        if !(1..=self.capabilities().max_parts).contains(&number) {
            return Err(StoreError::new(
                ErrorKind::Unsupported,
                format!("part {number} of `{key}`: part numbers go from 1 to 10,000"),
            ));
        }
        let bytes = body.read().await?;
        let etag = md5_hex(&bytes);
        if let Some(progress) = progress {
            progress.report(bytes.len() as u64);
        }
        let mut state = self.lock();
        let upload = state.uploads.get_mut(upload_id).filter(|upload| upload.key == key);
        upload.ok_or_else(|| no_upload(key))?.parts.insert(number, (bytes, etag.clone()));
        Ok(CompletedPart { number, etag })
    }

    async fn list_parts(&self, key: &str, upload_id: &str, after: Option<u32>) -> Result<PartPage> {
        let state = self.lock();
        let upload = state.uploads.get(upload_id).filter(|upload| upload.key == key);
        let upload = upload.ok_or_else(|| no_upload(key))?;
        let mut rest = upload.parts.range(after.map_or(0, |after| after.saturating_add(1))..);
        let parts: Vec<PartInfo> = rest
            .by_ref()
            .take(PAGE)
            .map(|(number, (bytes, etag))| PartInfo {
                number: *number,
                etag: etag.clone(),
                size: bytes.len() as u64,
            })
            .collect();
        let next = rest.next().and_then(|_| parts.last().map(|part| part.number));
        Ok(PartPage { parts, next })
    }

    async fn complete(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[CompletedPart],
    ) -> Result<PutResult> {
        let min_part = self.capabilities().min_part;
        let mut state = self.lock();
        let upload = state.uploads.get(upload_id).filter(|upload| upload.key == key);
        let upload = upload.ok_or_else(|| no_upload(key))?;
        if parts.is_empty() {
            return Err(bad_part(
                "MalformedXML",
                format!("`{key}` cannot be joined from no parts"),
            ));
        }
        if !parts.is_sorted_by(|a, b| a.number < b.number) {
            return Err(bad_part(
                "InvalidPartOrder",
                format!("the parts of `{key}` are out of order"),
            ));
        }
        let mut whole = BytesMut::new();
        let mut digests = Md5::new();
        for (index, part) in parts.iter().enumerate() {
            let (bytes, etag) =
                upload.parts.get(&part.number).filter(|(_, etag)| *etag == part.etag).ok_or_else(
                    || bad_part("InvalidPart", format!("part {} of `{key}` differs", part.number)),
                )?;
            if index + 1 < parts.len() && (bytes.len() as u64) < min_part {
                return Err(StoreError::new(
                    ErrorKind::Unsupported,
                    format!("part {} of `{key}` is smaller than {min_part} bytes", part.number),
                )
                .with_provider_code("EntityTooSmall"));
            }
            digests.update(hex::decode(etag).unwrap_or_default());
            whole.extend_from_slice(bytes);
        }
        let etag = format!("{}-{}", hex::encode(digests.finalize()), parts.len());
        let options = upload.options.clone();
        let sizes = parts.iter().filter_map(|part| upload.parts.get(&part.number));
        let sizes = sizes.map(|(bytes, _)| bytes.len() as u64).collect();
        state.joined.insert(etag.clone(), sizes);
        state.insert(key, whole.freeze(), etag.clone(), &options)?;
        state.uploads.remove(upload_id);
        Ok(PutResult { etag: Some(etag), version: None })
    }

    async fn stored_part(&self, key: &str, etag: &str, number: u32) -> Result<Option<u64>> {
        if self.head(key).await?.etag.as_deref() != Some(etag) {
            let what = format!("`{key}` is another object now");
            return Err(StoreError::new(ErrorKind::Precondition, what));
        }
        let state = self.lock();
        let sizes = state.joined.get(etag);
        Ok(sizes.and_then(|sizes| sizes.get(number.checked_sub(1)? as usize).copied()))
    }

    async fn abort(&self, key: &str, upload_id: &str) -> Result<()> {
        let mut state = self.lock();
        if state.uploads.get(upload_id).is_none_or(|upload| upload.key != key) {
            return Err(no_upload(key));
        }
        state.uploads.remove(upload_id);
        Ok(())
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<UploadInfo>> {
        let state = self.lock();
        let uploads = state.uploads.iter().filter(|(_, upload)| upload.key.starts_with(prefix));
        Ok(uploads
            .map(|(id, upload)| UploadInfo {
                key: upload.key.clone(),
                upload_id: id.clone(),
                started: Some(upload.started),
            })
            .collect())
    }
}
