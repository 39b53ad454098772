//! A bucket that fails on purpose, in front of one that works.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt as _, future, stream};

use crate::{
    Body, Bucket, Capabilities, CompletedPart, CopyOptions, DeleteFailure, ErrorKind, GetOptions,
    ListPage, ListRequest, Lost, MultipartUpload, Object, ObjectMeta, ObjectStream, PartPage,
    PresignRequest, Presigned, Progress, PutOptions, PutResult, Result, Retry, StoreError,
    UploadInfo, Versions,
};

/// An operation of [`Bucket`] or [`MultipartUpload`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Operation {
    Put,
    Get,
    Head,
    List,
    Delete,
    DeleteMany,
    Copy,
    Presign,
    Create,
    PutPart,
    ListParts,
    Complete,
    Abort,
    ListUploads,
}

/// Which calls of an operation, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// All of them.
    Always,
    /// Only this one.
    Nth(u64),
    /// This many, from the first.
    First(u64),
    /// Every one that this divides.
    Every(u64),
    /// Those whose key contains this.
    Key(String),
}

impl When {
    fn holds(&self, count: u64, key: &str) -> bool {
        match self {
            When::Always => true,
            When::Nth(n) => count == *n,
            When::First(n) => count <= *n,
            When::Every(n) => *n > 0 && count.is_multiple_of(*n),
            When::Key(part) => key.contains(part.as_str()),
        }
    }
}

/// What happens instead, or as well.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Fails with this kind before anything is done.
    Fail(ErrorKind),
    /// Fails so, and says when to try again.
    FailFor(ErrorKind, Duration),
    /// Is done, but the answer is lost: the caller sees this kind.
    LoseAnswer(ErrorKind),
    /// Is done, later.
    Delay(Duration),
    /// Never answers.
    Hang,
    /// A put or part reports this many bytes as sent and then stands still; a get sends this many.
    StallAfter(u64),
    /// A put stores, or a get sends, other bytes: the byte at this offset is changed.
    Corrupt(u64),
    /// A get ends cleanly after this many bytes, though it promised more.
    Truncate(u64),
    /// A get breaks with a network error after this many bytes.
    BreakAfter(u64),
}

/// Wraps a bucket and does to it what its script says; what the script does not name goes through.
#[derive(Clone)]
pub struct FaultyBucket {
    inner: Arc<dyn Bucket>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    script: Vec<(Operation, When, Fault)>,
    counts: HashMap<Operation, u64>,
}

impl FaultyBucket {
    /// In front of `inner`, with nothing to do yet.
    pub fn wrap(inner: Arc<dyn Bucket>) -> Self {
        Self { inner, state: Arc::default() }
    }

    /// Adds a line to the script. The first line that fits a call decides.
    pub fn on(self, operation: Operation, when: When, fault: Fault) -> Self {
        self.lock().script.push((operation, when, fault));
        self
    }

    /// Forgets the script, so that everything works from now on.
    pub fn heal(&self) {
        self.lock().script.clear();
    }

    /// How often an operation has been called.
    pub fn calls(&self, operation: Operation) -> u64 {
        self.lock().counts.get(&operation).copied().unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, operation: Operation, key: &str) -> Option<Fault> {
        let mut state = self.lock();
        let count = state.counts.entry(operation).or_default();
        *count += 1;
        let count = *count;
        let lines = state.script.iter();
        let mut lines = lines.filter(|(on, when, _)| *on == operation && when.holds(count, key));
        lines.next().map(|(_, _, fault)| fault.clone())
    }

    /// Runs a call under the faults that need to know nothing of it.
    async fn run<T>(
        &self,
        operation: Operation,
        key: &str,
        fault: Option<Fault>,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        match fault {
            Some(Fault::Fail(kind)) => Err(injected(kind, operation, key)),
            Some(Fault::FailFor(kind, wait)) => {
                Err(injected(kind, operation, key).with_retry(Retry::After(wait)))
            }
            Some(Fault::LoseAnswer(kind)) => {
                call.await?;
                Err(injected(kind, operation, key))
            }
            Some(Fault::Delay(wait)) => {
                tokio::time::sleep(wait).await;
                call.await
            }
            Some(Fault::Hang) => future::pending().await,
            _ => call.await,
        }
    }

    async fn plain<T>(
        &self,
        operation: Operation,
        key: &str,
        call: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let fault = self.fault(operation, key);
        self.run(operation, key, fault, call).await
    }

    /// The body that a put really sends, after faults that change or stop it.
    async fn body(
        &self,
        fault: Option<&Fault>,
        body: Body,
        progress: Option<&Progress>,
    ) -> Result<Body> {
        match fault {
            Some(Fault::Corrupt(at)) => {
                let mut bytes = body.read().await?.to_vec();
                flip(&mut bytes, *at);
                Ok(bytes.into())
            }
            Some(Fault::StallAfter(n)) => {
                if let Some(progress) = progress {
                    progress.report(*n.min(&body.len()));
                }
                future::pending().await
            }
            _ => Ok(body),
        }
    }

    fn parts(&self) -> Result<&dyn MultipartUpload> {
        self.inner.multipart().ok_or_else(|| {
            StoreError::new(
                ErrorKind::Unsupported,
                "the bucket behind this one has no multipart uploads",
            )
        })
    }
}

fn injected(kind: ErrorKind, operation: Operation, key: &str) -> StoreError {
    StoreError::new(kind, format!("{operation:?} of `{key}` fails on purpose"))
        .with_provider_code("Injected")
}

fn flip(bytes: &mut [u8], at: u64) {
    if let Some(byte) = usize::try_from(at).ok().and_then(|at| bytes.get_mut(at)) {
        *byte ^= 0x55;
    }
}

/// Where in the stream a get goes wrong.
fn spoil(mut object: Object, fault: Fault) -> Object {
    let most = match fault {
        Fault::StallAfter(n) | Fault::Truncate(n) | Fault::BreakAfter(n) => n,
        _ => u64::MAX,
    };
    let rest: ObjectStream = match fault {
        Fault::StallAfter(_) => Box::pin(stream::pending()),
        Fault::BreakAfter(_) => {
            let error = injected(ErrorKind::Network, Operation::Get, &object.meta.key);
            Box::pin(stream::iter([Err(error)]))
        }
        _ => Box::pin(stream::empty()),
    };
    let mut at = 0u64;
    let kept = object.stream.map(move |item| {
        item.map(|chunk: Bytes| {
            let start = at;
            at += chunk.len() as u64;
            match fault {
                Fault::Corrupt(offset) if (start..at).contains(&offset) => {
                    let mut bytes = chunk.to_vec();
                    flip(&mut bytes, offset - start);
                    bytes.into()
                }
                _ => {
                    let left = usize::try_from(most.saturating_sub(start)).unwrap_or(usize::MAX);
                    chunk.slice(..left.min(chunk.len()))
                }
            }
        })
    });
    let kept =
        kept.take_while(|item| future::ready(!matches!(item, Ok(chunk) if chunk.is_empty())));
    object.stream = Box::pin(kept.chain(rest));
    object
}

#[async_trait]
impl Bucket for FaultyBucket {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn put(&self, key: &str, body: Body, options: &PutOptions) -> Result<PutResult> {
        let fault = self.fault(Operation::Put, key);
        let call = async {
            let body = self.body(fault.as_ref(), body, options.progress.as_ref()).await?;
            self.inner.put(key, body, options).await
        };
        self.run(Operation::Put, key, fault.clone(), call).await
    }

    async fn get(&self, key: &str, options: &GetOptions) -> Result<Object> {
        let fault = self.fault(Operation::Get, key);
        let object =
            self.run(Operation::Get, key, fault.clone(), self.inner.get(key, options)).await?;
        Ok(match fault {
            Some(fault) => spoil(object, fault),
            None => object,
        })
    }

    async fn head(&self, key: &str) -> Result<ObjectMeta> {
        self.plain(Operation::Head, key, self.inner.head(key)).await
    }

    async fn head_with_sums(&self, key: &str) -> Result<ObjectMeta> {
        self.plain(Operation::Head, key, self.inner.head_with_sums(key)).await
    }

    async fn list(&self, request: &ListRequest) -> Result<ListPage> {
        self.plain(Operation::List, &request.prefix, self.inner.list(request)).await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.plain(Operation::Delete, key, self.inner.delete(key)).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<Vec<DeleteFailure>> {
        let first = keys.first().map_or("", String::as_str);
        self.plain(Operation::DeleteMany, first, self.inner.delete_many(keys)).await
    }

    async fn copy(&self, from: &str, to: &str, options: &CopyOptions) -> Result<Vec<Lost>> {
        self.plain(Operation::Copy, from, self.inner.copy(from, to, options)).await
    }

    async fn presign(&self, request: &PresignRequest) -> Result<Presigned> {
        self.plain(Operation::Presign, &request.key, self.inner.presign(request)).await
    }

    fn clock_offset(&self) -> Option<jiff::SignedDuration> {
        self.inner.clock_offset()
    }

    fn multipart(&self) -> Option<&dyn MultipartUpload> {
        self.inner.multipart().is_some().then_some(self as _)
    }

    fn versions(&self) -> Option<&dyn Versions> {
        self.inner.versions()
    }
}

#[async_trait]
impl MultipartUpload for FaultyBucket {
    async fn create(&self, key: &str, options: &PutOptions) -> Result<String> {
        let inner = self.parts()?;
        self.plain(Operation::Create, key, inner.create(key, options)).await
    }

    async fn put_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        body: Body,
        progress: Option<Progress>,
    ) -> Result<CompletedPart> {
        let inner = self.parts()?;
        let fault = self.fault(Operation::PutPart, key);
        let call = async {
            let body = self.body(fault.as_ref(), body, progress.as_ref()).await?;
            inner.put_part(key, upload_id, number, body, progress).await
        };
        self.run(Operation::PutPart, key, fault.clone(), call).await
    }

    async fn list_parts(&self, key: &str, upload_id: &str, after: Option<u32>) -> Result<PartPage> {
        let inner = self.parts()?;
        self.plain(Operation::ListParts, key, inner.list_parts(key, upload_id, after)).await
    }

    async fn complete(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[CompletedPart],
    ) -> Result<PutResult> {
        let inner = self.parts()?;
        self.plain(Operation::Complete, key, inner.complete(key, upload_id, parts)).await
    }

    async fn stored_part(&self, key: &str, etag: &str, number: u32) -> Result<Option<u64>> {
        let inner = self.parts()?;
        self.plain(Operation::Head, key, inner.stored_part(key, etag, number)).await
    }

    async fn abort(&self, key: &str, upload_id: &str) -> Result<()> {
        let inner = self.parts()?;
        self.plain(Operation::Abort, key, inner.abort(key, upload_id)).await
    }

    async fn list_uploads(&self, prefix: &str) -> Result<Vec<UploadInfo>> {
        let inner = self.parts()?;
        self.plain(Operation::ListUploads, prefix, inner.list_uploads(prefix)).await
    }
}

impl fmt::Debug for FaultyBucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyBucket").field("inner", &self.inner).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
