//! One large file on its way up, in parts that survive the process that sends them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use hoist_store::{
    Body, CompletedPart, ErrorKind, MultipartUpload, PutOptions, Retry, SIDE_BY_SIDE,
    md5_of_sections,
};
use md5::{Digest as _, Md5};

use super::fingerprint::{self, Stamp};
use super::ledger::{FileRow, FileState, Part};
use super::meter::Flow;
use super::orphans::{abort, abort_strays};
use super::parts::{count, section, upload_part_size};
use super::retry::{Trouble, retrying};
use super::scan::unreadable;
use super::send::{Ended, is_md5, of_source, progress, unchanged};
use super::stall::unstalled;
use super::work::Work;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// In parts. What the store and the ledger both know of is not sent again.
pub(super) async fn in_parts(
    work: &Work,
    store: &dyn MultipartUpload,
    row: &FileRow,
    path: &Path,
    stamp: &Stamp,
    headers: &PutOptions,
) -> Result<Ended> {
    let (of_path, size) = (path.to_owned(), row.size);
    let edges = blocking(move || {
        fingerprint::edges(&of_path, size)
            .map_err(|error| unreadable(&of_path.to_string_lossy(), &error))
    });
    let fingerprint = format!("{} {}", stamp.text(), edges.await?);
    let mut upload = match resume(work, store, row, &fingerprint).await? {
        Resumed::Going(upload) => upload,
        Resumed::Completed(etag) => {
            work.meter.found(row.size);
            abort_late(work, store, row).await;
            return Ok(Ended { state: FileState::Sent, etag });
        }
        Resumed::New => create(work, store, row, &fingerprint, headers).await?,
    };
    let done: u64 = upload.parts.iter().map(|part| part.size).sum();
    work.meter.found(done);
    let numbers = upload.parts.iter().map(|part| part.number);
    work.meter.in_parts(row.id, count(row.size, upload.part_size), numbers);
    let sent = send_parts(work, store, row, path, &upload).await;
    let checked = unchanged(path, stamp).await;
    match (sent, checked) {
        // Its parts are of two files now.
        (_, Err(problem)) => {
            abort(&work.limits, store, &row.key, &upload.id).await;
            work.ledger.start_over(row.id).await?;
            work.meter.lost(row.size);
            Err(problem)
        }
        (Err(problem), Ok(())) => Err(problem),
        (Ok(parts), Ok(())) => {
            upload.parts = parts;
            let etag = complete(work, store, row, &upload).await?;
            if upload.maybe_twice {
                abort_late(work, store, row).await;
            }
            Ok(Ended { state: FileState::Sent, etag })
        }
    }
}

/// An upload that has an id, and its parts that are sent.
struct Upload {
    id: String,
    part_size: u64,
    parts: Vec<Part>,
    /// An earlier attempt may have had another one created.
    maybe_twice: bool,
}

enum Resumed {
    Going(Upload),
    /// It was completed, and only the answer did not arrive.
    Completed(Option<String>),
    New,
}

/// What can be gone on with of an earlier attempt.
async fn resume(
    work: &Work,
    store: &dyn MultipartUpload,
    row: &FileRow,
    fingerprint: &str,
) -> Result<Resumed> {
    if row.begun_at.is_none() {
        return Ok(Resumed::New);
    }
    let (Some(id), Some(part_size)) = (&row.upload_id, row.part_size) else {
        // It was created, but the process ended before it knew the id.
        abort_strays(&work.ledger, &work.limits, store, row).await?;
        return Ok(Resumed::New);
    };
    if row.fingerprint.as_deref() != Some(fingerprint) {
        abort(&work.limits, store, &row.key, id).await;
        return Ok(Resumed::New);
    }
    let known = work.ledger.parts(row.id).await?;
    let Some(there) = list_parts(work, store, &row.key, id).await? else {
        // The store does not know it: completed, or given up by somebody else.
        let all = known.len() == count(row.size, part_size) as usize;
        let etag = all.then(|| joined_etag(known.iter().map(|part| &*part.etag))).flatten();
        if let Some(etag) = etag
            && let Ok(meta) = work.bucket.head(&row.key).await
            && meta.size == row.size
            && meta.etag.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(&etag))
        {
            return Ok(Resumed::Completed(Some(etag)));
        }
        return Ok(Resumed::New);
    };
    let parts = known
        .into_iter()
        .filter(|part| part.size == section(part.number, row.size, part_size).1)
        .filter(|part| there.contains(part))
        .collect();
    Ok(Resumed::Going(Upload { id: id.clone(), part_size, parts, maybe_twice: true }))
}

/// The parts the store has; `None` when it does not know the upload.
async fn list_parts(
    work: &Work,
    store: &dyn MultipartUpload,
    key: &str,
    id: &str,
) -> Result<Option<Vec<Part>>> {
    let mut parts = Vec::new();
    let mut after = None;
    loop {
        let page = retrying(&work.limits.retry, || async {
            let _permit = work.permit().await;
            match store.list_parts(key, id, after).await {
                Ok(page) => Ok(Some(page)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Trouble::Store(error)),
            }
        });
        let Some(page) = page.await.map_err(|trouble| work.problem(trouble, key))? else {
            return Ok(None);
        };
        parts.extend(page.parts.into_iter().map(|part| Part {
            number: part.number,
            size: part.size,
            etag: part.etag,
        }));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(Some(parts)),
        }
    }
}

async fn create(
    work: &Work,
    store: &dyn MultipartUpload,
    row: &FileRow,
    fingerprint: &str,
    headers: &PutOptions,
) -> Result<Upload> {
    let part_size = upload_part_size(row.size, work.bucket.capabilities());
    work.ledger.begin(row.id, part_size).await?;
    // A lost answer may have made an upload that nobody knows of.
    let maybe_twice = AtomicBool::new(row.begun_at.is_some());
    let made = retrying(&work.limits.retry, || async {
        let _permit = work.permit().await;
        match store.create(&row.key, headers).await {
            Ok(id) => Ok(id),
            Err(error) => {
                if error.retry() != Retry::Never {
                    maybe_twice.store(true, Ordering::Relaxed);
                    abort_strays(&work.ledger, &work.limits, store, row).await?;
                }
                Err(Trouble::Store(error))
            }
        }
    });
    let id = made.await.map_err(|trouble| work.problem(trouble, &row.key))?;
    work.ledger.created(row.id, &id, fingerprint).await?;
    Ok(Upload { id, part_size, parts: Vec::new(), maybe_twice: maybe_twice.into_inner() })
}

/// A request to create that was on its way when its process ended may be carried out after the
/// upload was looked for; by the time the object is there it has been. What fails here is left to
/// `clean`.
async fn abort_late(work: &Work, store: &dyn MultipartUpload, row: &FileRow) {
    if let Err(problem) = abort_strays(&work.ledger, &work.limits, store, row).await {
        tracing::warn!(key = row.key, %problem, "uploads that were begun twice were not looked for");
    }
}

/// Sends what is missing; all parts, in order.
async fn send_parts(
    work: &Work,
    store: &dyn MultipartUpload,
    row: &FileRow,
    path: &Path,
    upload: &Upload,
) -> Result<Vec<Part>> {
    let missing: Vec<u32> = (1..=count(row.size, upload.part_size))
        .filter(|number| !upload.parts.iter().any(|part| part.number == *number))
        .collect();
    // Hashed a few at a time, which costs little more than one; the next ones while these are sent.
    let together: Vec<Vec<u32>> = missing.chunks(SIDE_BY_SIDE).map(<[u32]>::to_vec).collect();
    let sent: Vec<Part> = stream::iter(together)
        .map(|numbers| hash_parts(path.to_owned(), row.size, upload.part_size, numbers))
        .buffered(2)
        .map_ok(|hashed| stream::iter(hashed).map(Ok))
        .try_flatten()
        .map(|hashed| {
            async move {
                let (number, md5) = hashed?;
                send_part(work, store, row, path, upload, number, md5).await
            }
            .boxed()
        })
        .buffer_unordered(work.limits.requests_per_profile.max(1))
        .try_collect()
        .await?;
    let mut parts: Vec<Part> = upload.parts.iter().cloned().chain(sent).collect();
    parts.sort_by_key(|part| part.number);
    Ok(parts)
}

/// The MD5s of these parts, as the file is now.
async fn hash_parts(
    path: PathBuf,
    size: u64,
    part_size: u64,
    numbers: Vec<u32>,
) -> Result<Vec<(u32, [u8; 16])>> {
    blocking(move || {
        let sections: Vec<(u64, u64)> =
            numbers.iter().map(|number| section(*number, size, part_size)).collect();
        match md5_of_sections(&path, &sections) {
            Ok(digests) => Ok(numbers.into_iter().zip(digests).collect()),
            // Shorter than when it was looked at.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(Problem::new(Code::SourceChanged, path.display().to_string()))
            }
            Err(error) => Err(unreadable(&path.to_string_lossy(), &error)),
        }
    })
    .await
}

async fn send_part(
    work: &Work,
    store: &dyn MultipartUpload,
    row: &FileRow,
    path: &Path,
    upload: &Upload,
    number: u32,
    md5: [u8; 16],
) -> Result<Part> {
    let (offset, len) = section(number, row.size, upload.part_size);
    let flow = Flow::of_part(&work.meter, row.id, number);
    // The file may have changed since it was hashed: then all are hashed anew.
    let known = AtomicBool::new(true);
    let sent = retrying(&work.limits.retry, || {
        let (flow, known) = (&flow, &known);
        async move {
            let _permit = work.permit().await;
            flow.set(0);
            let path = path.to_owned();
            let body = match known.swap(false, Ordering::Relaxed) {
                true => Body::Hashed { path, offset, len, md5 },
                false => Body::File { path, offset, len },
            };
            let put =
                store.put_part(&row.key, &upload.id, number, body, Some(progress(work, flow)));
            Ok(unstalled(work.limits.stall, len, flow, put).await?)
        }
    });
    match sent.await {
        Ok(done) => {
            let part = Part { number, size: len, etag: done.etag };
            work.ledger.part(row.id, part.clone()).await?;
            flow.keep(len);
            Ok(part)
        }
        Err(trouble) => {
            if is_no_upload(&trouble) {
                work.ledger.start_over(row.id).await?;
            }
            Err(of_source(work, row, trouble).await)
        }
    }
}

fn is_no_upload(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Store(error) if error.provider_code() == Some("NoSuchUpload"))
}

/// Joins the parts. A lost answer is settled by looking.
async fn complete(
    work: &Work,
    store: &dyn MultipartUpload,
    row: &FileRow,
    upload: &Upload,
) -> Result<Option<String>> {
    let expected = joined_etag(upload.parts.iter().map(|part| &*part.etag));
    let parts: Vec<CompletedPart> = upload
        .parts
        .iter()
        .map(|part| CompletedPart { number: part.number, etag: part.etag.clone() })
        .collect();
    let joined = retrying(&work.limits.retry, || async {
        let _permit = work.permit().await;
        match store.complete(&row.key, &upload.id, &parts).await {
            Ok(result) => Ok(result.etag),
            // Done at an earlier attempt, whose answer was lost.
            Err(error) if error.kind() == ErrorKind::NotFound => {
                match work.bucket.head(&row.key).await {
                    Ok(meta) if meta.size == row.size && meta.etag == expected => Ok(meta.etag),
                    _ => Err(Trouble::Store(error)),
                }
            }
            Err(error) => Err(Trouble::Store(error)),
        }
    });
    match joined.await {
        // An ETag of the usual form must be that of our parts; others say nothing.
        Ok(Some(etag)) if is_joined(&etag) => match expected {
            Some(expected) if !expected.eq_ignore_ascii_case(&etag) => {
                // It may be the answer that was damaged on its way.
                if let Ok(meta) = work.bucket.head(&row.key).await
                    && meta.size == row.size
                    && meta.etag.as_deref().is_some_and(|etag| expected.eq_ignore_ascii_case(etag))
                {
                    return Ok(meta.etag);
                }
                work.ledger.start_over(row.id).await?;
                Err(Problem::new(Code::Integrity, &row.key).with_detail(etag))
            }
            _ => Ok(Some(etag)),
        },
        Ok(etag) => Ok(etag),
        Err(trouble) => {
            if is_no_upload(&trouble) {
                work.ledger.start_over(row.id).await?;
            }
            Err(work.problem(trouble, &row.key))
        }
    }
}

/// Whether an ETag has the form `MD5-N` of an object made of parts.
fn is_joined(etag: &str) -> bool {
    etag.split_once('-').is_some_and(|(md5, n)| is_md5(md5) && n.parse::<u32>().is_ok())
}

/// The ETag S3 gives an object made of parts with these: the MD5 of their MD5s, and their number.
pub(crate) fn joined_etag<'a>(etags: impl Iterator<Item = &'a str>) -> Option<String> {
    let (mut hash, mut parts) = (Md5::new(), 0);
    for etag in etags {
        hash.update(hex::decode(etag).ok().filter(|md5| md5.len() == 16)?);
        parts += 1;
    }
    Some(format!("{}-{parts}", hex::encode(hash.finalize())))
}
