//! `?x-oss-process=image/...`: the image of an answer, made on the way out.

mod cache;

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use hoist_core::image::{ImageHost, Limits, Marks, OssProcess, PrepareInput, oss_info, prepare};
use hoist_core::problem::{Code, Language, Problem};
use s3s::{S3Error, S3ErrorCode};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::error::{Failure, Result, refuse};
use cache::Cache;

/// Longest process string.
const MAX_PROCESS: usize = 4096;

/// Makes processed images, a few at a time, and remembers them on the disk.
#[derive(Debug)]
pub(crate) struct Processor {
    permits: Arc<Semaphore>,
    cache: Arc<Cache>,
    limits: Limits,
}

/// Bounds as OSS has them for results: any page can ask, if it knows a key.
pub(crate) fn limits() -> Limits {
    Limits { max_output_pixels: 16_777_216, max_output_side: 16_384, ..Limits::default() }
}

/// One image and what to do with it.
#[derive(Debug)]
pub(crate) struct Job {
    process: OssProcess,
    /// Names the result: the same bytes processed the same way.
    hash: String,
}

/// What a job reads: the image, and those that its watermarks show.
#[derive(Debug)]
pub(crate) struct Sources {
    pub(crate) image: Vec<u8>,
    pub(crate) marks: Found,
}

/// The images of watermarks, by key.
#[derive(Debug, Default)]
pub(crate) struct Found(pub(crate) HashMap<String, Bytes>);

impl Marks for Found {
    fn mark(&self, key: &str) -> Result<Bytes, Problem> {
        self.0.get(key).cloned().ok_or_else(|| Problem::new(Code::ObjectNotFound, key))
    }
}

impl Job {
    /// Part of the result's ETag.
    pub(crate) fn short(&self) -> &str {
        &self.hash[..16]
    }

    /// Keys of the images that its watermarks show.
    pub(crate) fn marks(&self) -> Vec<String> {
        match &self.process {
            OssProcess::Info => Vec::new(),
            OssProcess::Image(transform) => {
                let keys: BTreeSet<String> =
                    transform.marks().map(|mark| mark.key.clone()).collect();
                keys.into_iter().collect()
            }
        }
    }

    /// With an image of a watermark, by its ETag: another one makes another result.
    pub(crate) fn showing(mut self, etag: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(&self.hash);
        hasher.update(etag);
        self.hash = hex::encode(hasher.finalize());
        self
    }
}

/// A processed image.
#[derive(Debug, Clone)]
pub(crate) struct Processed {
    pub(crate) bytes: Bytes,
    pub(crate) mime: String,
}

impl Processor {
    /// `cache_limit` bytes of results are kept in `dir`.
    pub(crate) fn new(dir: PathBuf, cache_limit: u64, limits: Limits) -> Self {
        let permits = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            cache: Arc::new(Cache::new(dir, cache_limit)),
            limits,
        }
    }

    /// Reads a process string; the error names the parameter that is wrong.
    pub(crate) fn job(&self, etag: &str, process: &str) -> Result<Job> {
        if process.len() > MAX_PROCESS {
            return Err(refuse(S3ErrorCode::InvalidArgument, "The process string is too long."));
        }
        let parsed = OssProcess::parse(process).map_err(|problem| bad_request(&problem))?;
        if let OssProcess::Image(transform) = &parsed {
            let fits = transform.check_for(ImageHost::Builtin, None);
            fits.map_err(|problem| bad_request(&problem))?;
        }
        let mut hasher = Sha256::new();
        hasher.update(env!("CARGO_PKG_VERSION"));
        hasher.update([0]);
        hasher.update(etag);
        hasher.update([0]);
        hasher.update(process);
        Ok(Job { process: parsed, hash: hex::encode(hasher.finalize()) })
    }

    /// The result, from the cache or made now from what `source` reads.
    pub(crate) async fn run(
        &self,
        job: Job,
        key: &str,
        size: u64,
        source: impl Future<Output = Result<Sources>>,
    ) -> Result<Processed> {
        if size > self.limits.max_bytes {
            return Err(refuse(
                S3ErrorCode::EntityTooLarge,
                format!("Images of at most {} bytes are processed.", self.limits.max_bytes),
            ));
        }
        if let Some(found) = self.cached(&job.hash).await? {
            return Ok(found);
        }
        // Held until the pixels are freed: that is what bounds the memory.
        let _permit = self.permits.acquire().await.map_err(|_| Failure::Closed)?;
        if let Some(found) = self.cached(&job.hash).await? {
            return Ok(found);
        }
        let sources = source.await?;
        let (cache, limits, key) = (Arc::clone(&self.cache), self.limits, key.to_owned());
        tokio::task::spawn_blocking(move || {
            let made = make(&job.process, sources, &key, &limits)?;
            cache.put(&job.hash, &made);
            Ok(made)
        })
        .await?
    }

    async fn cached(&self, hash: &str) -> Result<Option<Processed>> {
        let (cache, hash) = (Arc::clone(&self.cache), hash.to_owned());
        Ok(tokio::task::spawn_blocking(move || cache.get(&hash)).await?)
    }
}

fn make(process: &OssProcess, sources: Sources, key: &str, limits: &Limits) -> Result<Processed> {
    let Sources { image: bytes, marks } = sources;
    let name = key.rsplit('/').next().unwrap_or(key);
    match process {
        OssProcess::Info => {
            let info = oss_info(&bytes, limits).map_err(|problem| bad_request(&problem))?;
            Ok(Processed {
                bytes: serde_json::to_vec(&info)?.into(),
                mime: "application/json".to_owned(),
            })
        }
        OssProcess::Image(transform) => {
            let input = PrepareInput {
                bytes: bytes.into(),
                name,
                transform,
                strip: false,
                limits,
                marks: Some(&marks),
            };
            let made = prepare(input).map_err(|problem| bad_request(&problem))?;
            Ok(Processed { bytes: made.bytes, mime: made.mime.to_owned() })
        }
    }
}

/// A problem with the parameters or the image, in S3's form.
fn bad_request(problem: &Problem) -> Failure {
    let code = match problem.code {
        Code::NotAnImage | Code::BrokenImage | Code::FormatUnsupported => {
            S3ErrorCode::Custom("BadRequest".into())
        }
        Code::ObjectNotFound => S3ErrorCode::NoSuchKey,
        Code::ImageTooLarge | Code::TooManyBytes => S3ErrorCode::Custom("ImageTooLarge".into()),
        Code::Internal => S3ErrorCode::InternalError,
        _ => S3ErrorCode::InvalidArgument,
    };
    let text = problem.text(Language::English);
    let mut message = format!("{} {}", text.what, text.fix);
    if let Some(detail) = problem.detail.as_deref().filter(|detail| !message.contains(*detail)) {
        message = format!("{message} ({detail})");
    }
    let internal = code == S3ErrorCode::InternalError;
    let mut error = S3Error::with_message(code, message);
    if !internal {
        error.set_status_code(http::StatusCode::BAD_REQUEST);
    }
    error.into()
}
