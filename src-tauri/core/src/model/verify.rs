//! Whether what is in the bucket is still what the manifest says.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use hoist_store::{ByteRange, ErrorKind, GetOptions, ObjectMeta};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::digest::{Likeness, likeness};
use super::manifest::{self, Manifest, ManifestFile};
use super::registry::{AT_ONCE, Registry, some_at_once};
use super::run::Progress;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};
use crate::transfer::{Meter, RetryPolicy, Trouble, look_up_sums, retrying};

/// Bytes read in one request by a deep look.
const PIECE: u64 = 16 << 20;

/// Files read at once by a deep look.
const READ_AT_ONCE: usize = 3;

/// What is known of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename = "FileCheck", rename_all = "camelCase")]
pub enum Check {
    /// Its checksum is the one it was pushed with; or, looking deep, its SHA-256 is right.
    Ok,
    /// Its size is right, and the provider tells no checksum that could be compared.
    SizeOnly,
    Missing,
    WrongSize,
    /// Other bytes.
    Differs,
}

/// One file of a version, looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CheckedFile {
    pub path: String,
    /// Bytes the manifest says.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub size: u64,
    /// Bytes that are there.
    #[cfg_attr(feature = "specta", specta(type = Option<f64>))]
    pub found: Option<u64>,
    pub check: Check,
}

/// A version, looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    pub name: String,
    pub version: String,
    /// Every byte was read.
    pub deep: bool,
    /// As the manifest lists them.
    pub files: Vec<CheckedFile>,
    /// How many match.
    pub ok: u32,
    /// How many only have the right size, which the provider's answer left at that.
    pub size_only: u32,
    /// How many are missing or other than the manifest says.
    pub bad: u32,
    /// Objects in the folder that the manifest does not name.
    pub unlisted: Vec<String>,
    /// SHA-256 of the manifest, in hex.
    pub manifest_sha256: String,
    /// Milliseconds since 1970, UTC.
    #[cfg_attr(feature = "specta", specta(type = f64))]
    pub checked_at: i64,
}

impl VerifyReport {
    /// Nothing is missing and nothing differs.
    pub fn is_right(&self) -> bool {
        self.bad == 0
    }
}

impl Registry {
    /// Compares the objects of a version with its manifest: by what the provider tells of them, or
    /// with `deep` by reading every byte.
    ///
    /// # Errors
    /// As [`Registry::resolve`], and what the store says.
    pub(crate) async fn verify(
        &self,
        name: &str,
        version: Option<&str>,
        deep: bool,
        meter: Arc<Meter>,
    ) -> Result<VerifyReport> {
        let manifest = self.resolve(name, version).await?;
        let key = self.manifest_key(name, &manifest.version);
        let (raw, there) = futures_util::try_join!(
            self.small(&key, manifest::MOST),
            self.objects(name, &manifest.version)
        )?;
        let folder = self.folder(name, &manifest.version);
        let progress = &Progress::new(meter, manifest.files.len(), manifest.total_size);
        let at_once = if deep { READ_AT_ONCE } else { AT_ONCE };
        let checks = manifest.files.iter().map(|file| {
            let key = format!("{folder}{}", file.path);
            async move {
                let checked = self.check(file, &key, deep, progress).await?;
                progress.file_over();
                Ok(checked)
            }
            .boxed()
        });
        let checks = some_at_once(at_once, checks.collect());
        let files = progress.during(checks).await?;
        let unlisted = there.into_keys().filter(|path| is_unlisted(&manifest, path)).collect();
        let count = |wanted: &[Check]| {
            let n = files.iter().filter(|file: &&CheckedFile| wanted.contains(&file.check)).count();
            u32::try_from(n).unwrap_or(u32::MAX)
        };
        Ok(VerifyReport {
            name: name.to_owned(),
            version: manifest.version.clone(),
            deep,
            ok: count(&[Check::Ok]),
            size_only: count(&[Check::SizeOnly]),
            bad: count(&[Check::Missing, Check::WrongSize, Check::Differs]),
            files,
            unlisted,
            manifest_sha256: raw
                .map(|(raw, _)| hex::encode(Sha256::digest(&raw)))
                .unwrap_or_default(),
            checked_at: jiff::Timestamp::now().as_millisecond(),
        })
    }

    async fn check(
        &self,
        file: &ManifestFile,
        key: &str,
        deep: bool,
        progress: &Progress,
    ) -> Result<CheckedFile> {
        let meta = look_up_sums(&*self.bucket, key).await?;
        let check = match &meta {
            None => Check::Missing,
            Some(meta) if meta.size != file.size => Check::WrongSize,
            Some(meta) if deep => {
                let sha256 = self.sha256_of(key, meta, progress).await?;
                if sha256.eq_ignore_ascii_case(&file.sha256) { Check::Ok } else { Check::Differs }
            }
            Some(meta) => match likeness(file, meta) {
                Likeness::Same => Check::Ok,
                Likeness::Other => Check::Differs,
                Likeness::Unknown => Check::SizeOnly,
            },
        };
        if !deep || matches!(check, Check::Missing | Check::WrongSize) {
            progress.bytes_over(file.size);
        }
        let found = meta.map(|meta| meta.size);
        Ok(CheckedFile { path: file.path.clone(), size: file.size, found, check })
    }

    /// SHA-256 of an object, read piece by piece, each tried again alone.
    async fn sha256_of(&self, key: &str, meta: &ObjectMeta, progress: &Progress) -> Result<String> {
        let mut hash = Sha256::new();
        let mut start = 0;
        while start < meta.size {
            let len = PIECE.min(meta.size - start);
            let piece = self.piece(key, meta, start, len).await?;
            hash = blocking(move || {
                hash.update(&piece);
                Ok(hash)
            })
            .await?;
            start += len;
            progress.bytes_over(len);
        }
        Ok(hex::encode(hash.finalize()))
    }

    async fn piece(&self, key: &str, meta: &ObjectMeta, start: u64, len: u64) -> Result<Bytes> {
        let has = self.bucket.capabilities();
        let options = GetOptions {
            range: (len < meta.size).then_some(ByteRange::From { start, len: Some(len) }),
            if_match: meta.etag.clone().filter(|_| has.get_if_match),
            ..GetOptions::default()
        };
        let retry = RetryPolicy::default();
        let got = retrying(&retry, || async {
            Ok(self.bucket.get(key, &options).await?.bytes(len).await?)
        });
        match got.await {
            Ok(bytes) if bytes.len() as u64 == len => Ok(bytes),
            Ok(_) => Err(Problem::new(Code::RemoteChanged, key)),
            Err(Trouble::Store(error)) if error.kind() == ErrorKind::Precondition => {
                Err(Problem::new(Code::RemoteChanged, key))
            }
            Err(trouble) => Err(trouble.problem(key)),
        }
    }
}

/// Markers of folders and the manifest itself are no files of a version.
fn is_unlisted(manifest: &Manifest, path: &str) -> bool {
    path != manifest::FILE && !path.ends_with('/') && manifest.file(path).is_none()
}
