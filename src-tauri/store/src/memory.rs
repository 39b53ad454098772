//! A bucket in memory: the reference for the contract, and the store of unit tests.

mod parts;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use md5::{Digest as _, Md5};

use crate::key::{check_key, check_metadata, resolve_range};
use crate::{
    Body, Bucket, Capabilities, CopyOptions, DeleteFailure, ErrorKind, GetOptions, ListPage,
    ListRequest, Lost, MultipartUpload, Object, ObjectMeta, ObjectVersion, PresignRequest,
    Presigned, PutOptions, PutResult, Result, StoreError, VersionPage, Versions,
};

/// The version of everything.
const ONLY: &str = "null";

/// A bucket whose objects live as long as it does. Clones share their content.
///
/// It has everything but presigned URLs, for which there would have to be a server.
#[derive(Clone)]
pub struct MemoryBucket {
    name: String,
    capabilities: Capabilities,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Stored>,
    uploads: BTreeMap<String, parts::Upload>,
    /// The sizes of the parts of what was joined, by ETag.
    joined: BTreeMap<String, Vec<u64>>,
    next_upload: u64,
}

#[derive(Clone)]
struct Stored {
    meta: ObjectMeta,
    bytes: Bytes,
}

impl MemoryBucket {
    /// An empty bucket.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            capabilities: Capabilities {
                put_if_absent: true,
                put_if_match: true,
                get_if_match: true,
                presign: false,
                copy: true,
                multipart: true,
                exact_keys: true,
                metadata: true,
                object_acl: false,
                max_put: 5 << 30,
                min_part: 5 << 20,
                max_parts: 10_000,
                max_key: 1024,
                delete_batch: 1000,
            },
            state: Arc::default(),
        }
    }

    /// How many objects it holds.
    pub fn len(&self) -> usize {
        self.lock().objects.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, key: &str, options: &PutOptions) -> Result<()> {
        check_key(key, self.capabilities.max_key)?;
        check_metadata(&options.metadata)?;
        if options.acl.is_some() {
            return Err(self.unsupported("object ACLs"));
        }
        if options.encryption.is_some() {
            return Err(self.unsupported("encryption"));
        }
        Ok(())
    }

    fn unsupported(&self, what: &str) -> StoreError {
        StoreError::new(ErrorKind::Unsupported, format!("bucket `{}` has no {what}", self.name))
    }

    /// As a bucket where nobody has turned versions on: an object has one, `null`.
    fn only_version(&self, key: &str, version: Option<&str>) -> Result<()> {
        match version {
            None | Some(ONLY) => Ok(()),
            Some(version) => {
                let why = format!("`{key}` has no version `{version}`");
                Err(StoreError::new(ErrorKind::NotFound, why).with_provider_code("NoSuchVersion"))
            }
        }
    }

    fn missing(&self, key: &str) -> StoreError {
        StoreError::new(ErrorKind::NotFound, format!("no object `{key}` in bucket `{}`", self.name))
            .with_provider_code("NoSuchKey")
    }
}

impl State {
    /// Puts an object in place, unless it must not exist and does.
    fn insert(
        &mut self,
        key: &str,
        bytes: Bytes,
        etag: String,
        options: &PutOptions,
    ) -> Result<()> {
        if options.if_absent && self.objects.contains_key(key) {
            return Err(StoreError::new(
                ErrorKind::Precondition,
                format!("an object `{key}` exists already"),
            )
            .with_provider_code("PreconditionFailed"));
        }
        let there = self.objects.get(key).and_then(|stored| stored.meta.etag.as_ref());
        if options.if_match.is_some() && options.if_match.as_ref() != there {
            return Err(StoreError::new(ErrorKind::Precondition, format!("`{key}` has changed"))
                .with_provider_code("PreconditionFailed"));
        }
        let meta = ObjectMeta {
            key: key.to_owned(),
            size: bytes.len() as u64,
            etag: Some(etag),
            modified: Some(Timestamp::now()),
            content_type: Some(
                options
                    .content_type
                    .clone()
                    .unwrap_or_else(|| "application/octet-stream".to_owned()),
            ),
            cache_control: options.cache_control.clone(),
            content_disposition: options.content_disposition.clone(),
            content_encoding: options.content_encoding.clone(),
            content_language: options.content_language.clone(),
            expires: options.expires.clone(),
            metadata: options.metadata.clone(),
            storage_class: options.storage_class.clone(),
            version: None,
            crc64: None,
            crc64_nvme: None,
        };
        self.objects.insert(key.to_owned(), Stored { meta, bytes });
        Ok(())
    }
}

/// What a condition on an ETag that does not hold is answered with.
fn changed(key: &str) -> StoreError {
    StoreError::new(ErrorKind::Precondition, format!("`{key}` has changed"))
        .with_provider_code("PreconditionFailed")
}

fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

#[async_trait]
impl Bucket for MemoryBucket {
    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn put(&self, key: &str, body: Body, options: &PutOptions) -> Result<PutResult> {
        self.check(key, options)?;
        let bytes = body.read().await?;
        if let Some(progress) = &options.progress {
            progress.report(bytes.len() as u64);
        }
        let etag = md5_hex(&bytes);
        self.lock().insert(key, bytes, etag.clone(), options)?;
        Ok(PutResult { etag: Some(etag), version: None })
    }

    async fn get(&self, key: &str, options: &GetOptions) -> Result<Object> {
        check_key(key, self.capabilities.max_key)?;
        if options.process.is_some() {
            return Err(self.unsupported("image processing"));
        }
        self.only_version(key, options.version.as_deref())?;
        let stored = self.lock().objects.get(key).cloned().ok_or_else(|| self.missing(key))?;
        if options.if_match.is_some() && options.if_match != stored.meta.etag {
            return Err(changed(key));
        }
        let (start, len) = resolve_range(options.range, stored.meta.size)?;
        let index = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let bytes = stored.bytes.slice(index(start)..index(start + len));
        let stream = Box::pin(stream::iter([Ok(bytes)]));
        Ok(Object { meta: stored.meta, start, len, etag_is_md5: true, stream })
    }

    async fn head(&self, key: &str) -> Result<ObjectMeta> {
        check_key(key, self.capabilities.max_key)?;
        let state = self.lock();
        state.objects.get(key).map(|stored| stored.meta.clone()).ok_or_else(|| self.missing(key))
    }

    async fn list(&self, request: &ListRequest) -> Result<ListPage> {
        let max = request.max_keys.unwrap_or(1000).clamp(1, 1000) as usize;
        let prefix = request.prefix.as_str();
        let delimiter = request.delimiter.as_deref().filter(|d| !d.is_empty());
        let state = self.lock();
        let mut page = ListPage::default();
        // The token is the last entry of the page before: a key, or a common prefix to step over.
        let after = request.page.as_deref();
        let from = after.map_or(prefix, |after| after.max(prefix));
        let mut last = String::new();
        for (key, stored) in
            state.objects.range::<str, _>((Bound::Included(from), Bound::Unbounded))
        {
            if !key.starts_with(prefix) {
                break;
            }
            let entry = delimiter
                .and_then(|d| {
                    key[prefix.len()..].find(d).map(|at| &key[..prefix.len() + at + d.len()])
                })
                .unwrap_or(key);
            if after.is_some_and(|after| entry <= after)
                || page.prefixes.last().is_some_and(|p| p == entry)
            {
                continue;
            }
            if page.objects.len() + page.prefixes.len() == max {
                page.next = Some(last);
                break;
            }
            entry.clone_into(&mut last);
            if entry.len() < key.len()
                || (delimiter.is_some_and(|d| entry.ends_with(d)) && entry.len() > prefix.len())
            {
                page.prefixes.push(entry.to_owned());
            } else {
                page.objects.push(listed(&stored.meta));
            }
        }
        Ok(page)
    }

    async fn delete(&self, key: &str) -> Result<()> {
        check_key(key, self.capabilities.max_key)?;
        self.lock().objects.remove(key);
        Ok(())
    }

    async fn delete_many(&self, keys: &[String]) -> Result<Vec<DeleteFailure>> {
        let mut failures = Vec::new();
        for key in keys {
            if let Err(error) = self.delete(key).await {
                failures.push(DeleteFailure { key: key.clone(), error });
            }
        }
        Ok(failures)
    }

    async fn copy(&self, from: &str, to: &str, options: &CopyOptions) -> Result<Vec<Lost>> {
        check_key(from, self.capabilities.max_key)?;
        self.only_version(from, options.version.as_deref())?;
        self.check(to, options.replace.as_ref().unwrap_or(&PutOptions::default()))?;
        let mut state = self.lock();
        let source = state.objects.get(from).cloned().ok_or_else(|| self.missing(from))?;
        let etag = source.meta.etag.clone().unwrap_or_default();
        if options.if_match.as_ref().is_some_and(|wanted| *wanted != etag) {
            return Err(changed(from));
        }
        let mut new = options.replace.clone().unwrap_or_else(|| source.meta.headers());
        new.storage_class = new.storage_class.or(options.storage_class.clone());
        state.insert(to, source.bytes, etag, &new).map(|()| Vec::new())
    }

    async fn presign(&self, _request: &PresignRequest) -> Result<Presigned> {
        Err(StoreError::new(
            ErrorKind::Unsupported,
            format!("bucket `{}` is in memory and has no address to sign", self.name),
        ))
    }

    fn multipart(&self) -> Option<&dyn MultipartUpload> {
        Some(self)
    }

    fn versions(&self) -> Option<&dyn Versions> {
        Some(self)
    }
}

#[async_trait]
impl Versions for MemoryBucket {
    async fn list_versions(&self, key: &str, _page: Option<&str>) -> Result<VersionPage> {
        check_key(key, self.capabilities.max_key)?;
        let there = self.lock().objects.get(key).map(|stored| stored.meta.clone());
        let version = there.map(|meta| ObjectVersion {
            version: ONLY.to_owned(),
            size: meta.size,
            etag: meta.etag,
            modified: meta.modified,
            storage_class: None,
            latest: true,
            deleted: false,
        });
        Ok(VersionPage { versions: version.into_iter().collect(), next: None })
    }

    async fn delete_version(&self, key: &str, version: &str) -> Result<()> {
        match version {
            ONLY => self.delete(key).await,
            _ => Ok(()),
        }
    }
}

/// What a listing tells of an object.
fn listed(meta: &ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        key: meta.key.clone(),
        size: meta.size,
        etag: meta.etag.clone(),
        modified: meta.modified,
        storage_class: meta.storage_class.clone(),
        ..ObjectMeta::default()
    }
}

impl fmt::Debug for MemoryBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryBucket").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    async fn walk(
        bucket: &MemoryBucket,
        prefix: &str,
        delimiter: Option<&str>,
        max: u32,
    ) -> (Vec<String>, Vec<String>) {
        let mut request = ListRequest {
            prefix: prefix.to_owned(),
            delimiter: delimiter.map(str::to_owned),
            max_keys: Some(max),
            page: None,
        };
        let (mut keys, mut prefixes) = (Vec::new(), Vec::new());
        for _ in 0..1000 {
            let page = bucket.list(&request).await.unwrap();
            assert!(page.objects.len() + page.prefixes.len() <= max as usize);
            keys.extend(page.objects.into_iter().map(|object| object.key));
            prefixes.extend(page.prefixes);
            match page.next {
                Some(next) => request.page = Some(next),
                None => return (keys, prefixes),
            }
        }
        panic!("the listing does not end");
    }

    proptest! {
        #[test]
        fn pages_hold_every_key_once(
            keys in proptest::collection::btree_set("[ab/]{1,5}", 0..40),
            prefix in "[ab/]{0,2}",
            max in 1u32..5,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let bucket = MemoryBucket::new("m");
                for key in &keys {
                    bucket.put(key, Body::from(b"x" as &[u8]), &PutOptions::default()).await.unwrap();
                }
                let wanted: Vec<String> = keys.iter().filter(|k| k.starts_with(&prefix)).cloned().collect();
                let (flat, none) = walk(&bucket, &prefix, None, max).await;
                prop_assert_eq!(&flat, &wanted);
                prop_assert!(none.is_empty());

                let (objects, prefixes) = walk(&bucket, &prefix, Some("/"), max).await;
                let mut expected_objects = Vec::new();
                let mut expected_prefixes = BTreeSet::new();
                for key in &wanted {
                    match key[prefix.len()..].find('/') {
                        Some(at) => { expected_prefixes.insert(key[..=prefix.len() + at].to_owned()); }
                        None => expected_objects.push(key.clone()),
                    }
                }
                prop_assert_eq!(objects, expected_objects);
                prop_assert_eq!(prefixes, expected_prefixes.into_iter().collect::<Vec<_>>());
                Ok(())
            })?;
        }
    }
}
