//! How the stores that speak S3 differ, as data.

use crate::{AccountCapabilities, Capabilities, Section, Sections};

/// Whose S3 it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum S3Dialect {
    /// Amazon S3.
    Aws,
    /// Cloudflare R2.
    R2,
    /// MinIO.
    Minio,
    /// Tencent COS.
    Cos,
    /// Huawei OBS.
    Obs,
    /// Vultr Object Storage (Ceph).
    Vultr,
    /// RunPod network volumes: a file system behind S3 calls.
    Runpod,
    /// Backblaze B2.
    B2,
    /// DigitalOcean Spaces.
    Spaces,
    /// Wasabi.
    Wasabi,
    /// Google Cloud Storage through its XML interface and HMAC keys.
    GcsInterop,
    /// Hoist's built-in store.
    Hoist,
    /// Any other: asks for the least.
    Generic,
}

/// Which listing call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListVersion {
    /// ListObjects, by marker.
    V1,
    /// ListObjectsV2, by continuation token.
    V2,
}

/// What one S3 store does in its own way. Each field can be corrected in a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quirks {
    /// Which listing call.
    pub list: ListVersion,
    /// Whether to ask for percent-encoded keys in listings, so that any key survives XML.
    pub encoded_listing: bool,
    /// Whether `+` in an encoded listing is a space.
    pub plus_is_space: bool,
    /// Whether DeleteObjects exists; else keys are deleted one by one.
    pub batch_delete: bool,
    /// Whether presigned URLs are honoured.
    pub presign: bool,
    /// Whether the `x-id` parameter has to go.
    pub strip_x_id: bool,
    /// Whether the ETag of a single put is the MD5 of its bytes.
    pub etag_is_md5: bool,
    /// Whether `If-None-Match: *` is honoured on put.
    pub put_if_absent: bool,
    /// Whether `If-Match` is honoured on put.
    pub put_if_match: bool,
    /// Whether objects have ACLs.
    pub object_acl: bool,
    /// The storage class of objects that were put without one; `None` where the bucket has its own.
    pub default_class: Option<&'static str>,
    /// Whether user metadata is kept.
    pub metadata: bool,
    /// Whether to ask for checksums of whole objects.
    pub sums: bool,
    /// Whether the store has CopyObject.
    pub copy: bool,
    /// Whether it has UploadPartCopy too, for objects above 5 GiB.
    pub copy_parts: bool,
    /// Whether it lists the versions of objects.
    pub versions: bool,
    /// Whether keys are file paths, so that `//`, `.` and `..` cannot be held.
    pub path_keys: bool,
    /// Largest put and part, in bytes.
    pub max_put: u64,
    /// Whether a listing may take minutes.
    pub slow: bool,
    /// What can be set up on a bucket.
    pub sections: Sections,
    /// What the account can do.
    pub account: AccountCapabilities,
    /// Whether a bucket is made with the region of the endpoint as its location constraint.
    pub location: bool,
}

impl Quirks {
    /// AWS as documented.
    fn aws() -> Self {
        Self {
            list: ListVersion::V2,
            encoded_listing: true,
            plus_is_space: true,
            batch_delete: true,
            presign: true,
            strip_x_id: false,
            etag_is_md5: true,
            put_if_absent: true,
            put_if_match: true,
            object_acl: true,
            default_class: Some("STANDARD"),
            metadata: true,
            sums: true,
            copy: true,
            copy_parts: true,
            versions: true,
            path_keys: false,
            max_put: 5 << 30,
            slow: false,
            sections: Sections::all_but(&[Section::Referer]),
            account: AccountCapabilities { storage_class: false, ..AccountCapabilities::ALL },
            location: false,
        }
    }

    /// The capabilities that follow.
    pub(super) fn capabilities(&self) -> Capabilities {
        Capabilities {
            put_if_absent: self.put_if_absent,
            put_if_match: self.put_if_match,
            get_if_match: true,
            presign: self.presign,
            copy: self.copy,
            multipart: true,
            exact_keys: !self.path_keys,
            metadata: self.metadata,
            object_acl: self.object_acl,
            max_put: self.max_put,
            min_part: 5 << 20,
            max_parts: 10_000,
            max_key: 1024,
            delete_batch: if self.batch_delete { 1000 } else { 1 },
        }
    }
}

impl S3Dialect {
    /// What can be set up on its buckets. Sources: the vendors' lists of S3 operations.
    fn sections(self) -> Sections {
        use Section as S;
        match self {
            // Unknown stores, and MinIO's heirs, are asked: they say themselves what they lack.
            S3Dialect::Aws | S3Dialect::Generic | S3Dialect::Minio => {
                Sections::all_but(&[S::Referer])
            }
            S3Dialect::R2 => Sections::of(&[S::Cors, S::Lifecycle]),
            S3Dialect::Cos | S3Dialect::Obs => {
                Sections::all_but(&[S::Referer, S::PublicAccessBlock])
            }
            S3Dialect::Vultr => Sections::of(&[S::Acl, S::Cors, S::Lifecycle, S::Versioning]),
            S3Dialect::B2 => Sections::all_but(&[S::Referer, S::Website, S::PublicAccessBlock]),
            S3Dialect::Spaces => {
                Sections::all_but(&[S::Referer, S::Encryption, S::PublicAccessBlock])
            }
            S3Dialect::Wasabi => Sections::of(&[
                S::Acl,
                S::Cors,
                S::Lifecycle,
                S::Logging,
                S::Versioning,
                S::PublicAccessBlock,
            ]),
            // Its documents have other elements than S3's.
            S3Dialect::GcsInterop => Sections::of(&[S::Versioning]),
            S3Dialect::Runpod | S3Dialect::Hoist => Sections::NONE,
        }
    }

    /// What an account there can do. Sources: the vendors' lists of S3 operations.
    fn account(self) -> AccountCapabilities {
        let all = AccountCapabilities { storage_class: false, ..AccountCapabilities::ALL };
        match self {
            S3Dialect::R2 => AccountCapabilities { acl: false, ..all },
            // A bucket is a network volume, which is made in the console.
            S3Dialect::Runpod => AccountCapabilities {
                create: false,
                delete: false,
                region: false,
                acl: false,
                ..all
            },
            S3Dialect::Hoist => AccountCapabilities { region: false, acl: false, ..all },
            // The region is that of the endpoint.
            S3Dialect::Cos | S3Dialect::Spaces | S3Dialect::Vultr => {
                AccountCapabilities { region: false, ..all }
            }
            _ => all,
        }
    }

    /// Its quirks. Sources: the vendors' API pages, and rclone's provider table where they are silent.
    pub fn quirks(self) -> Quirks {
        let aws = Quirks {
            // Google's listing of versions is another one.
            versions: self.sections().has(Section::Versioning) && self != S3Dialect::GcsInterop,
            sections: self.sections(),
            account: self.account(),
            location: matches!(self, S3Dialect::Aws | S3Dialect::Obs | S3Dialect::Wasabi),
            ..Quirks::aws()
        };
        // An unknown store is asked for what every one of them has: V1 listings, plain XML.
        let plain = Quirks {
            list: ListVersion::V1,
            encoded_listing: false,
            put_if_absent: false,
            put_if_match: false,
            sums: false,
            ..aws.clone()
        };
        match self {
            S3Dialect::Aws => aws,
            S3Dialect::Minio => aws,
            // The ACL header is ignored; 4.995 GiB is the documented limit of one put.
            S3Dialect::R2 => {
                Quirks { object_acl: false, default_class: None, max_put: 5_363_000_000, ..aws }
            }
            S3Dialect::Hoist => Quirks { object_acl: false, ..aws },
            S3Dialect::Cos => Quirks {
                list: ListVersion::V1,
                put_if_absent: false,
                put_if_match: false,
                sums: false,
                ..aws
            },
            // Markers loop when encoded keys are asked for.
            S3Dialect::Obs => Quirks { list: ListVersion::V1, default_class: None, ..plain },
            S3Dialect::Vultr => plain,
            S3Dialect::Spaces => Quirks { list: ListVersion::V2, ..plain },
            S3Dialect::B2 => Quirks {
                object_acl: false,
                put_if_absent: false,
                put_if_match: false,
                sums: false,
                ..aws
            },
            S3Dialect::Wasabi => {
                Quirks { put_if_absent: false, put_if_match: false, sums: false, ..aws }
            }
            S3Dialect::GcsInterop => Quirks {
                strip_x_id: true,
                default_class: None,
                sums: false,
                put_if_absent: false,
                put_if_match: false,
                copy_parts: false,
                ..aws
            },
            S3Dialect::Runpod => Quirks {
                batch_delete: false,
                copy_parts: false,
                presign: false,
                etag_is_md5: false,
                put_if_absent: false,
                put_if_match: false,
                object_acl: false,
                sums: false,
                metadata: false,
                path_keys: true,
                max_put: 500_000_000,
                slow: true,
                ..aws
            },
            S3Dialect::Generic => plain,
        }
    }
}
