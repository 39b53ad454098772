//! Files that fit into memory a few at a time: read, or put in place, in one go.
//!
//! Thousands of them cost as much as the steps each takes, so there are few.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use hoist_store::{ErrorKind, GetOptions, ObjectStream, StoreError};
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::fingerprint::Stamp;
use super::ledger::FileRow;
use super::meter::Flow;
use super::mtime;
use super::names;
use super::part_file::PartFile;
use super::receive::{changed, check, etag_of, free, make_folder};
use super::request::{Download, Existing};
use super::retry::{Trouble, retrying};
use super::scan::unreadable;
use super::send::is_md5;
use super::stall::{in_time, thinking};
use super::work::Work;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// Files up to this size, in bytes.
pub(super) const SMALL: u64 = 256 * 1024;

/// A file as it was found to be.
pub(super) enum Source {
    /// All of it, as it was at one moment.
    Whole(Stamp, Bytes),
    /// Larger: only what it looks like.
    Large(Stamp),
}

/// Reads a file that is small.
///
/// # Errors
/// That it cannot be read, or [`Code::SourceChanged`] when it changed while it was.
pub(super) async fn read(path: &Path) -> Result<Source> {
    let path = path.to_owned();
    blocking(move || {
        let wrong = |error: &std::io::Error| unreadable(&path.to_string_lossy(), error);
        let before = Stamp::read(&path).map_err(|error| wrong(&error))?;
        if before.size > SMALL {
            return Ok(Source::Large(before));
        }
        let bytes = std::fs::read(&path).map_err(|error| wrong(&error))?;
        let after = Stamp::read(&path).map_err(|error| wrong(&error))?;
        if after != before || bytes.len() as u64 != before.size {
            return Err(Problem::new(Code::SourceChanged, path.display().to_string()));
        }
        Ok(Source::Whole(before, bytes.into()))
    })
    .await
}

/// Downloads an object that is small and puts it in place. `false` when a file is there and is to stay.
pub(super) async fn receive(work: &Work, row: &FileRow, request: &Download) -> Result<bool> {
    let (root, path) = (PathBuf::from(&request.into), PathBuf::from(&row.path));
    let existing = request.existing;
    if existing == Existing::Skip && path.symlink_metadata().is_ok() {
        return Ok(false);
    }
    let (mut bytes, mut modified) = fetch(work, row).await?;
    if let Some(expected) = request.expected(&row.key) {
        let differs =
            |bytes: &Bytes| !hex::encode(Sha256::digest(bytes)).eq_ignore_ascii_case(expected);
        // Once more: damage on the way looks the same.
        if differs(&bytes) {
            (bytes, modified) = fetch(work, row).await?;
        }
        if differs(&bytes) {
            return Err(Problem::new(Code::ContentDiffers, &row.key));
        }
    }
    blocking(move || {
        let Some(target) = free(&path, existing) else { return Ok(false) };
        if let Some(folder) = target.parent() {
            make_folder(&root, folder)?;
        }
        names::no_links_below(&root, &target)?;
        let (part_file, _) = PartFile::open(&target, bytes.len() as u64, false)?;
        let placed = part_file
            .write(std::slice::from_ref(&bytes), 0)
            .and_then(|()| part_file.finish(modified, &target));
        if placed.is_err() {
            part_file.remove();
        }
        placed.map(|()| true)
    })
    .await
}

async fn fetch(work: &Work, row: &FileRow) -> Result<(Bytes, Option<Timestamp>)> {
    if row.size == 0 {
        return Ok((Bytes::new(), None));
    }
    let flow = Flow::new(&work.meter);
    let got = retrying(&work.limits.retry, || {
        let flow = &flow;
        async move {
            let _permit = work.permit().await;
            flow.set(0);
            let etag = etag_of(row).filter(|_| work.bucket.capabilities().get_if_match);
            let options = GetOptions { if_match: etag.map(str::to_owned), ..GetOptions::default() };
            let get = work.bucket.get(&row.key, &options);
            let object = in_time(thinking(work.limits.stall), get).await??;
            check(row, &object, 0, row.size)?;
            let modified = mtime::of(&object.meta.metadata).or(object.meta.modified);
            let wanted = etag_of(row).filter(|etag| object.etag_is_md5 && is_md5(etag));
            let bytes = gather(work, flow, object.stream, object.len).await?;
            if let Some(wanted) = wanted {
                let md5 = hex::encode(Md5::digest(&bytes));
                if !wanted.eq_ignore_ascii_case(&md5) {
                    return Err(damaged(&md5, wanted).into());
                }
            }
            Ok((bytes, modified))
        }
    });
    match got.await {
        Ok(got) => {
            flow.keep(row.size);
            Ok(got)
        }
        Err(trouble) if trouble.kind() == Some(ErrorKind::Precondition) => Err(changed(row)),
        Err(trouble) => Err(work.problem(trouble, &row.key)),
    }
}

/// The whole body.
async fn gather(
    work: &Work,
    flow: &Flow,
    mut stream: ObjectStream,
    len: u64,
) -> Result<Bytes, Trouble> {
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(piece) = in_time(work.limits.stall, stream.try_next()).await?? {
        let n = piece.len() as u64;
        let so_far = (first.len() + all.len()) as u64 + n;
        if so_far > len {
            let why = "more bytes than asked for";
            return Err(StoreError::new(ErrorKind::Integrity, why).into());
        }
        flow.set(so_far);
        // Most come in one piece, which needs no copy.
        if first.is_empty() && all.is_empty() {
            first = piece;
        } else {
            if all.is_empty() {
                all.reserve(usize::try_from(len).unwrap_or(0));
                all.extend_from_slice(&std::mem::take(&mut first));
            }
            all.extend_from_slice(&piece);
        }
        work.rest(n).await;
    }
    let bytes = if all.is_empty() { first } else { all.into() };
    if bytes.len() as u64 != len {
        let why = format!("{} of {len} bytes came", bytes.len());
        return Err(StoreError::new(ErrorKind::Network, why).into());
    }
    Ok(bytes)
}

/// The bytes that came are not those of the object.
pub(super) fn damaged(md5: &str, wanted: &str) -> StoreError {
    let why = format!("the bytes that came have MD5 {md5}, the object has {wanted}");
    StoreError::new(ErrorKind::Integrity, why)
}
