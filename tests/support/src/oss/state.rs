//! What the server holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use http::HeaderMap;

use super::OssOptions;
use super::auth::{Key, Keys};
use super::wire::content::{Content, Stored, combine_crc};
use super::wire::error::Refusal;

/// Who may do what without keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acl {
    /// Nobody.
    Private,
    /// Anyone may read.
    PublicRead,
    /// Anyone may read and write.
    PublicReadWrite,
}

impl Acl {
    /// Reads a value of `x-oss-acl`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "private" => Some(Self::Private),
            "public-read" => Some(Self::PublicRead),
            "public-read-write" => Some(Self::PublicReadWrite),
            _ => None,
        }
    }

    /// The value of `x-oss-acl`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::PublicRead => "public-read",
            Self::PublicReadWrite => "public-read-write",
        }
    }
}

/// How an object was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Appendable,
    Multipart,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Appendable => "Appendable",
            Self::Multipart => "Multipart",
        }
    }
}

/// An object.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) content: Content,
    /// In quotes, upper case.
    pub(crate) etag: String,
    /// Only what came in one put has it.
    pub(crate) md5: Option<[u8; 16]>,
    pub(crate) crc64: u64,
    pub(crate) modified: SystemTime,
    pub(crate) kind: Kind,
    pub(crate) acl: Option<Acl>,
    /// Content-Type and its like, `x-oss-meta-*`, the encryption.
    pub(crate) headers: HeaderMap,
    pub(crate) storage_class: String,
}

/// A part of an upload.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) stored: Stored,
    pub(crate) modified: SystemTime,
}

impl Part {
    pub(crate) fn etag(&self) -> String {
        etag(&self.stored.md5)
    }
}

/// An upload in parts that is not complete.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) begun: SystemTime,
    pub(crate) headers: HeaderMap,
    pub(crate) storage_class: String,
    pub(crate) parts: BTreeMap<u32, Part>,
}

/// A bucket.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) region: String,
    pub(crate) created: SystemTime,
    pub(crate) acl: Acl,
    pub(crate) storage_class: String,
    pub(crate) objects: BTreeMap<String, Arc<Object>>,
    /// Of keys that were written while versions were kept, the newest last.
    pub(crate) versions: BTreeMap<String, Vec<super::versions::Version>>,
    /// Numbers versions.
    pub(crate) written: u64,
    /// By key and upload id, the order in which they are listed.
    pub(crate) uploads: BTreeMap<(String, String), Upload>,
    /// The documents of its configuration by the name of their parameter.
    pub(crate) config: BTreeMap<&'static str, String>,
    /// Named ways to process images.
    pub(crate) styles: BTreeMap<String, String>,
}

impl Bucket {
    pub(crate) fn new(region: &str, acl: Acl, created: SystemTime) -> Self {
        Self {
            region: region.to_owned(),
            created,
            acl,
            storage_class: "Standard".to_owned(),
            objects: BTreeMap::new(),
            versions: BTreeMap::new(),
            written: 0,
            uploads: BTreeMap::new(),
            config: BTreeMap::new(),
            styles: BTreeMap::new(),
        }
    }

    /// Whether public ACLs count for nothing here.
    pub(crate) fn blocks_public_access(&self) -> bool {
        self.config.get("publicAccessBlock").is_some_and(|xml| {
            super::wire::xml::parse(xml.as_bytes())
                .is_ok_and(|root| root.text_of("BlockPublicAccess") == Some("true"))
        })
    }
}

/// All of it.
pub(crate) struct State {
    pub(crate) buckets: BTreeMap<String, Bucket>,
    pub(crate) keys: Keys,
    /// Custom domains, in lower case, and their buckets.
    pub(crate) cnames: BTreeMap<String, String>,
    /// Numbers what needs a name of its own.
    pub(crate) count: u64,
}

impl State {
    pub(crate) fn new(options: &OssOptions, now: SystemTime) -> Self {
        let key = Key { secret: options.secret_key.clone(), token: None };
        let bucket = Bucket::new(&options.region, options.acl, now);
        let cname = |host: &String| (host.to_ascii_lowercase(), options.bucket.clone());
        Self {
            buckets: BTreeMap::from([(options.bucket.clone(), bucket)]),
            keys: Keys::from([(options.access_key.clone(), key)]),
            cnames: options.cnames.iter().map(cname).collect(),
            count: 0,
        }
    }

    /// A bucket.
    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket, Refusal> {
        self.buckets.get(name).ok_or_else(|| Refusal::no_bucket(name))
    }

    /// A bucket, to change it.
    pub(crate) fn bucket_mut(&mut self, name: &str) -> Result<&mut Bucket, Refusal> {
        self.buckets.get_mut(name).ok_or_else(|| Refusal::no_bucket(name))
    }

    /// A number nobody else has.
    pub(crate) fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("buckets", &self.buckets.keys()).finish_non_exhaustive()
    }
}

/// An MD5 as an ETag.
pub(crate) fn etag(md5: &[u8; 16]) -> String {
    format!("\"{}\"", hex::encode_upper(md5))
}

/// Content put together in order, with its CRC.
pub(crate) fn joined<'a>(parts: impl Iterator<Item = &'a Stored>) -> (Content, u64) {
    let mut all = Content::default();
    let mut crc = 0;
    for part in parts {
        let len = part.content.len();
        crc = if all.len() == 0 { part.crc64 } else { combine_crc(crc, part.crc64, len) };
        all = all.followed_by(&part.content);
    }
    (all, crc)
}
