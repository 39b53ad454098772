//! Object stores as Hoist sees them.
//!
//! A [`Bucket`] is a handle to one bucket at one provider. It knows keys, bytes and metadata, and
//! nothing of images, profiles or history. Every error is a [`StoreError`] whose [`ErrorKind`] says
//! what happened; nobody needs to read a message to decide what to do next.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod body;
mod bucket;
mod buffers;
mod capabilities;
mod cause;
mod clock;
mod config;
mod error;
pub mod fault;
mod key;
mod listing;
pub mod memory;
mod multipart;
mod net;
pub mod oss;
mod receiving;
pub mod s3;
mod sections;
mod sending;
mod versions;
mod xml;

pub use account::{Account, AccountCapabilities, BucketInfo, BucketSummary, CreateBucket};
pub use body::{Body, Progress};
pub use bucket::{
    Bucket, ByteRange, CopyOptions, DeleteFailure, GetOptions, ListPage, ListRequest, Lost, Object,
    ObjectMeta, ObjectStream, PresignMethod, PresignRequest, Presigned, PutOptions, PutResult,
};
pub use capabilities::Capabilities;
pub use config::{
    Acl, BucketConfig, CannedAcl, Cors, CorsRule, Encryption, Grant, Lifecycle, LifecycleRule,
    Logging, PublicAccessBlock, Referer, Section, Sections, Source, Tag, Transition, Versioning,
    Website, When,
};
pub use error::{ErrorKind, Result, Retry, StoreError};
pub use multipart::{CompletedPart, MultipartUpload, PartInfo, PartPage, UploadInfo};
pub use sections::{SIDE_BY_SIDE, md5_of_each, md5_of_sections};
pub use versions::{ObjectVersion, VersionPage, Versions};
