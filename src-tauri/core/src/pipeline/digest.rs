//! Digests of what is sent.

use bytes::Bytes;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::naming::{Digest, NamePattern};

/// In hex, lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) sha256: String,
    pub(crate) md5: String,
    /// Only when the pattern names it.
    pub(crate) sha1: Option<String>,
}

impl Digests {
    /// CPU work: not for async threads.
    pub(crate) fn of(bytes: &Bytes, pattern: &NamePattern) -> Self {
        Self {
            sha256: sha256(bytes),
            md5: hex::encode(Md5::digest(bytes)),
            sha1: pattern.needs(Digest::Sha1).then(|| hex::encode(Sha1::digest(bytes))),
        }
    }

    pub(crate) fn get(&self, digest: Digest) -> String {
        match digest {
            Digest::Sha256 => self.sha256.clone(),
            Digest::Md5 => self.md5.clone(),
            Digest::Sha1 => self.sha1.clone().unwrap_or_default(),
        }
    }

    /// Whether the key carries enough of the content's digest that another content under it is out
    /// of the question.
    pub(crate) fn are_in(&self, key: &str) -> bool {
        const ENOUGH: usize = 8;
        [Some(&self.sha256), Some(&self.md5), self.sha1.as_ref()]
            .into_iter()
            .flatten()
            .any(|digest| key.contains(&digest[..ENOUGH]))
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
