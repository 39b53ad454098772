//! Multipart uploads: the parts of one large object.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Body, Progress, PutOptions, PutResult, Result};

/// Multipart uploads on those Buckets that have them.
#[async_trait]
pub trait MultipartUpload: Send + Sync {
    /// Starts an upload and returns its id. Sent once: an answer that was lost may have started one
    /// that nobody knows of.
    async fn create(&self, key: &str, options: &PutOptions) -> Result<String>;

    /// Sends one part; numbers start at 1.
    async fn put_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u32,
        body: Body,
        progress: Option<Progress>,
    ) -> Result<CompletedPart>;

    /// One page of the parts the provider holds; `after` is the last part number of the page before.
    async fn list_parts(&self, key: &str, upload_id: &str, after: Option<u32>) -> Result<PartPage>;

    /// Joins the parts, given in order. An answer of 200 with an error body is an error.
    async fn complete(
        &self,
        key: &str,
        upload_id: &str,
        parts: &[CompletedPart],
    ) -> Result<PutResult>;

    /// The size of one part of an object that was joined from parts, while its ETag is this one;
    /// `None` where that cannot be asked.
    async fn stored_part(&self, key: &str, etag: &str, number: u32) -> Result<Option<u64>> {
        let _ = (key, etag, number);
        Ok(None)
    }

    /// Gives the upload up and frees its parts.
    async fn abort(&self, key: &str, upload_id: &str) -> Result<()>;

    /// Uploads under a prefix that were started and neither completed nor aborted.
    async fn list_uploads(&self, prefix: &str) -> Result<Vec<UploadInfo>>;
}

/// A part the provider has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletedPart {
    /// Its number, from 1.
    pub number: u32,
    /// Its ETag without quotes.
    pub etag: String,
}

/// A part as the provider lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartInfo {
    /// Its number, from 1.
    pub number: u32,
    /// Its ETag without quotes.
    pub etag: String,
    /// Its size in bytes.
    pub size: u64,
}

/// One page of parts.
#[derive(Debug, Clone, Default)]
pub struct PartPage {
    /// The parts, by number.
    pub parts: Vec<PartInfo>,
    /// The `after` of the next page, when there is one.
    pub next: Option<u32>,
}

/// An upload in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadInfo {
    /// The key it will have.
    pub key: String,
    /// Its id.
    pub upload_id: String,
    /// When it was started.
    pub started: Option<Timestamp>,
}
