//! Whether two files of one size are the same.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use hoist_store::{Bucket, ObjectMeta};
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::local::{LocalFile, unreadable};
use super::plan::Why;
use super::remote::RemoteFile;
use crate::history::blocking;
use crate::problem::Result;
use crate::transfer::{SMALLEST, is_md5, look_up_object, md5_of, mtime, part_size};

/// Part sizes others use, in bytes: those of s5cmd, awscli, boto, rclone, the consoles.
const PART_SIZES: [u64; 8] =
    [5 << 20, 8 << 20, 10 << 20, 15 << 20, 16 << 20, 50 << 20, 64 << 20, 100 << 20];

/// Times nearer than this are one time: not every file system keeps nanoseconds.
const NEAR: i128 = 1_000_000;

/// Which way the bytes would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

/// A file here and an object there, of one size.
pub(super) struct Pair<'a> {
    pub(super) bucket: &'a dyn Bucket,
    pub(super) path: PathBuf,
    pub(super) file: LocalFile,
    pub(super) key: String,
    pub(super) object: &'a RemoteFile,
    pub(super) way: Way,
}

impl Pair<'_> {
    /// Why they are not the same; `None` when they are.
    pub(super) async fn differ(&self, checksum: bool) -> Result<Option<Why>> {
        if self.file.size == 0 {
            return Ok(None);
        }
        let mut head = None;
        if checksum {
            if let Some(same) = self.by_etag().await? {
                return Ok((!same).then_some(Why::Content));
            }
            head = look_up_object(self.bucket, &self.key).await?;
            if let Some(same) = self.by_kept_sum(head.as_ref()).await? {
                return Ok((!same).then_some(Why::Content));
            }
        }
        if self.is_later() {
            return Ok(None);
        }
        if head.is_none() {
            head = look_up_object(self.bucket, &self.key).await?;
        }
        let kept = head.and_then(|meta| mtime::of(&meta.metadata));
        let same = kept.is_some_and(|kept| is_time(kept, self.file.modified));
        Ok((!same).then_some(Why::Time))
    }

    /// The target was written no earlier than the source was changed.
    fn is_later(&self) -> bool {
        let Some(there) = self.object.modified else { return false };
        match self.way {
            Way::Up => there.as_nanosecond() >= self.file.modified,
            // A download takes the object's time from its headers, which have whole seconds.
            Way::Down => {
                i128::from(there.as_second()) <= self.file.modified.div_euclid(1_000_000_000)
            }
        }
    }

    /// By the MD5 in the ETag: of the whole, or of parts of a size that can be guessed.
    async fn by_etag(&self) -> Result<Option<bool>> {
        let Some(etag) = self.object.etag.as_deref().map(str::to_owned) else { return Ok(None) };
        let path = self.path.clone();
        if is_md5(&etag) {
            return blocking(move || {
                let sum = md5_of(&path).map_err(|error| unreadable(&path, &error))?;
                Ok(Some(sum.eq_ignore_ascii_case(&etag)))
            })
            .await;
        }
        let size = self.file.size;
        let Some((_, parts)) = etag.split_once('-').filter(|(sum, _)| is_md5(sum)) else {
            return Ok(None);
        };
        let Ok(parts) = parts.parse::<u64>() else { return Ok(None) };
        let own = part_size(size, 10_000, SMALLEST);
        let mut sizes: Vec<u64> = PART_SIZES.into_iter().chain([own]).collect();
        sizes.retain(|part| size.div_ceil(*part) == parts);
        sizes.sort_unstable();
        sizes.dedup();
        if sizes.is_empty() {
            return Ok(None);
        }
        blocking(move || {
            for part in sizes {
                let sum = joined(&path, part).map_err(|error| unreadable(&path, &error))?;
                if sum.eq_ignore_ascii_case(&etag) {
                    return Ok(Some(true));
                }
            }
            Ok(Some(false))
        })
        .await
    }

    /// By a checksum that only the object itself tells: CRC-64, or the SHA-256 of its metadata.
    async fn by_kept_sum(&self, head: Option<&ObjectMeta>) -> Result<Option<bool>> {
        let Some(head) = head else { return Ok(Some(false)) };
        let path = self.path.clone();
        if let Some(expected) = head.crc64 {
            return blocking(move || {
                let sum = File::open(&path).and_then(hoist_store::oss::crc64);
                Ok(Some(sum.map_err(|error| unreadable(&path, &error))? == expected))
            })
            .await;
        }
        let Some(expected) = head.metadata.get("sha256").cloned().filter(|sum| sum.len() == 64)
        else {
            return Ok(None);
        };
        blocking(move || {
            let sum = sha256_of(&path).map_err(|error| unreadable(&path, &error))?;
            Ok(Some(sum.eq_ignore_ascii_case(&expected)))
        })
        .await
    }
}

/// Why an object must be copied to one that is there; `None` when they are the same.
pub(super) fn objects_differ(from: &RemoteFile, to: &RemoteFile, checksum: bool) -> Option<Why> {
    match (from.etag.as_deref(), to.etag.as_deref()) {
        (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => return None,
        (Some(a), Some(b)) if is_md5(a) && is_md5(b) => return Some(Why::Content),
        _ if checksum => return Some(Why::Content),
        _ => {}
    }
    match (from.modified, to.modified) {
        (Some(from), Some(to)) if to >= from => None,
        _ => Some(Why::Time),
    }
}

/// Whether a kept time is that of a file. Some programs keep whole seconds only.
fn is_time(kept: Timestamp, modified: i128) -> bool {
    let kept = kept.as_nanosecond();
    let second = 1_000_000_000;
    (kept - modified).abs() < NEAR
        || (kept % second == 0 && kept.div_euclid(second) == modified.div_euclid(second))
}

/// The ETag of a file uploaded in parts of this size. Blocks.
fn joined(path: &Path, part: u64) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut all = Md5::new();
    let mut parts = 0u64;
    loop {
        let mut md5 = Md5::new();
        let read = copy(&mut (&mut file).take(part), |bytes| md5.update(bytes))?;
        if read == 0 {
            break;
        }
        all.update(md5.finalize());
        parts += 1;
    }
    Ok(format!("{}-{parts}", hex::encode(all.finalize())))
}

fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    copy(&mut File::open(path)?, |bytes| hash.update(bytes))?;
    Ok(hex::encode(hash.finalize()))
}

fn copy(from: &mut impl std::io::Read, mut to: impl FnMut(&[u8])) -> std::io::Result<u64> {
    let mut buffer = vec![0; 256 * 1024];
    let mut total = 0;
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(total),
            n => {
                to(&buffer[..n]);
                total += n as u64;
            }
        }
    }
}
