//! Files that fit into memory a few at a time: read, or put in place, in one go.
//!
//! Thousands of them cost as much as the steps each takes, so there are few.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use hoist_store::{ErrorKind, ObjectStream, StoreError, md5_of_each};
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use sha2::Sha256;

use super::fingerprint::Stamp;
use super::ledger::FileRow;
use super::meter::Flow;
use super::mtime;
use super::names;
use super::part_file::PartFile;
use super::receive::{changed, etag_of, free, make_folder, open};
use super::request::{Download, Existing};
use super::retry::{Trouble, retrying};
use super::scan::unreadable;
use super::send::is_md5;
use super::stall::in_time;
use super::work::Work;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// Files up to this size, in bytes.
pub(super) const SMALL: u64 = 256 * 1024;

/// A file as it was found to be.
pub(super) enum Source {
    /// All of it and its MD5, as it was at one moment.
    Whole(Stamp, Bytes, [u8; 16]),
    /// Larger: only what it looks like.
    Large(Stamp),
}

/// Reads those that are small, and hashes them side by side. Blocks: not for async threads.
pub(super) fn read_all(rows: Vec<FileRow>) -> Vec<(FileRow, Option<Result<Source>>)> {
    let mut all: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let small = !row.folder && row.size <= SMALL;
            let read = small.then(|| read(Path::new(&row.path)));
            (row, read)
        })
        .collect();
    let mut whole: Vec<(&[u8], &mut [u8; 16])> = all
        .iter_mut()
        .filter_map(|(_, read)| match read {
            Some(Ok(Source::Whole(_, bytes, md5))) => Some((&**bytes, md5)),
            _ => None,
        })
        .collect();
    let pieces: Vec<&[u8]> = whole.iter().map(|(bytes, _)| *bytes).collect();
    for ((_, md5), found) in whole.iter_mut().zip(md5_of_each(&pieces)) {
        **md5 = found;
    }
    all
}

/// One of them, not hashed yet.
///
/// # Errors
/// That it cannot be read, or [`Code::SourceChanged`] when it changed while it was.
fn read(path: &Path) -> Result<Source> {
    let wrong = |error: &io::Error| unreadable(&path.to_string_lossy(), error);
    let mut file = File::open(path).map_err(|error| wrong(&error))?;
    let before = Stamp::of(&file.metadata().map_err(|error| wrong(&error))?);
    let len = match usize::try_from(before.size) {
        Ok(len) if before.size <= SMALL => len,
        _ => return Ok(Source::Large(before)),
    };
    let changed = || Problem::new(Code::SourceChanged, path.display().to_string());
    let mut bytes = vec![0; len];
    file.read_exact(&mut bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => changed(),
        _ => wrong(&error),
    })?;
    // By its name: another file may have taken its place.
    if Stamp::read(path).map_err(|error| wrong(&error))? != before {
        return Err(changed());
    }
    Ok(Source::Whole(before, bytes.into(), [0; 16]))
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
            let object = open(work, row, 0, row.size).await?;
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
        work.pace.rest(n).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &Path, size: u64) -> FileRow {
        FileRow {
            id: 1,
            path: path.to_string_lossy().into_owned(),
            key: "k".into(),
            folder: false,
            size,
            stamp: String::new(),
            part_size: None,
            upload_id: None,
            begun_at: None,
            fingerprint: None,
            etag: None,
            target: None,
        }
    }

    #[test]
    fn small_files_are_read_with_their_md5_and_large_ones_only_looked_at() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            row(&path, bytes.len() as u64)
        };
        let grown = FileRow { size: 3, ..file("grown", &vec![1; SMALL as usize + 1]) };
        let rows = vec![
            file("empty", b""),
            file("a", b"abc"),
            file("full", &vec![7; SMALL as usize]),
            file("large", &vec![7; SMALL as usize + 1]),
            grown,
            row(&dir.path().join("gone"), 1),
        ];
        let read = read_all(rows);
        let whole = |n: usize| match &read[n].1 {
            Some(Ok(Source::Whole(stamp, bytes, md5))) => {
                assert_eq!(stamp.size, bytes.len() as u64);
                assert_eq!(<[u8; 16]>::from(Md5::digest(bytes)), *md5);
                bytes.len()
            }
            _ => panic!("{n} is not whole"),
        };
        assert_eq!([whole(0), whole(1), whole(2)], [0, 3, SMALL as usize]);
        assert!(read[3].1.is_none(), "what is known to be large is not opened");
        assert!(matches!(&read[4].1, Some(Ok(Source::Large(stamp))) if stamp.size == SMALL + 1));
        let gone = read[5].1.as_ref().and_then(|read| read.as_ref().err()).unwrap();
        assert_eq!(gone.code, Code::FileNotFound);
    }
}
