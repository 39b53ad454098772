//! Object stores as Hoist sees them.
//!
//! A [`Bucket`] is a handle to one bucket at one provider. It knows keys, bytes and metadata, and
//! nothing of images, profiles or history. Every error is a [`StoreError`] whose [`ErrorKind`] says
//! what happened; nobody needs to read a message to decide what to do next.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod body;
mod bucket;
mod capabilities;
mod cause;
mod clock;
mod error;
pub mod fault;
mod key;
pub mod memory;
mod multipart;
mod net;
pub mod oss;
mod receiving;
pub mod s3;
mod sending;

pub use body::{Body, Progress};
pub use bucket::{
    Bucket, ByteRange, CopyOptions, DeleteFailure, GetOptions, ListPage, ListRequest, Object,
    ObjectMeta, ObjectStream, PresignMethod, PresignRequest, Presigned, PutOptions, PutResult,
};
pub use capabilities::Capabilities;
pub use error::{ErrorKind, Result, Retry, StoreError};
pub use multipart::{CompletedPart, MultipartUpload, PartInfo, PartPage, UploadInfo};
