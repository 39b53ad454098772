//! What a provider can do, so that callers ask before they try.

/// What one Bucket supports, and its limits in bytes and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// `If-None-Match: *` on put.
    pub put_if_absent: bool,
    /// `If-Match` on put.
    pub put_if_match: bool,
    /// `If-Match` on get.
    pub get_if_match: bool,
    /// Presigned URLs.
    pub presign: bool,
    /// Copy inside the bucket without download.
    pub copy: bool,
    /// Multipart uploads.
    pub multipart: bool,
    /// Whether listing is by prefix and delimiter with exact keys.
    pub exact_keys: bool,
    /// User metadata on objects.
    pub metadata: bool,
    /// Object ACLs (`public-read`).
    pub object_acl: bool,
    /// Largest single put, in bytes.
    pub max_put: u64,
    /// Smallest part but the last, in bytes.
    pub min_part: u64,
    /// Most parts in one upload.
    pub max_parts: u32,
    /// Longest key, in bytes of UTF-8.
    pub max_key: usize,
    /// Most keys in one delete request; 1 where there is no batch delete.
    pub delete_batch: usize,
}
