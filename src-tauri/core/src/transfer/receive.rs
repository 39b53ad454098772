//! One object on its way down: ranges into a file beside its target, which it becomes when complete.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, TryFutureExt as _, TryStreamExt as _, stream};
use hoist_store::{ByteRange, ErrorKind, GetOptions, Object, ObjectMeta, StoreError};
use jiff::Timestamp;
use md5::{Digest as _, Md5};

use super::hashing::{Hashing, Sums};
use super::incoming::{Incoming, Rules};
use super::ledger::{FileRow, FileState, Part};
use super::meter::Flow;
use super::mtime;
use super::names;
use super::part_file::{PartFile, unwritable};
use super::parts::{SMALLEST, count, part_size, section};
use super::request::{Download, Existing};
use super::retry::{Trouble, retrying};
use super::send::{Ended, is_md5};
use super::small::{self, SMALL, damaged};
use super::stall::{in_time, thinking};
use super::whole::{self, Complete, Verdict};
use super::work::Work;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// What an object looked like when it was listed.
pub(super) fn stamp(meta: &ObjectMeta) -> String {
    match &meta.etag {
        Some(etag) => format!("={etag}"),
        None => format!("{} {}", meta.size, meta.modified.map_or(0, Timestamp::as_millisecond)),
    }
}

/// The ETag in a stamp.
pub(super) fn etag_of(row: &FileRow) -> Option<&str> {
    row.stamp.strip_prefix('=')
}

/// Downloads one object, or goes on with what is left of it. Bytes that turn out damaged are fetched
/// again.
pub(super) async fn receive(work: &Work, row: &FileRow, request: &Download) -> Result<Ended> {
    names::stays_below(request.into.as_ref(), row.path.as_ref())?;
    if row.size <= SMALL && !row.folder {
        let there = small::receive(work, row, request).await?;
        let etag = etag_of(row).map(str::to_owned);
        return Ok(match there {
            true => Ended { state: FileState::Done, etag },
            false => {
                work.meter.found(row.size);
                Ended { state: FileState::Skipped, etag: None }
            }
        });
    }
    let mut row = row.clone();
    let (mut wrong, mut seen) = (Code::Integrity, None);
    for _ in 0..FETCHES {
        match attempt(work, &row, request, seen.as_deref()).await? {
            Fetched::Whole(ended) => return Ok(ended),
            Fetched::Damaged(code, digest) => (wrong, seen) = (code, digest),
        }
        row = FileRow { target: None, part_size: None, ..row };
    }
    Err(Problem::new(wrong, row.key))
}

/// How often all of an object is fetched when its bytes turn out damaged at the end.
const FETCHES: u32 = 3;

enum Fetched {
    Whole(Ended),
    /// In this way, with this digest, if it says anything.
    Damaged(Code, Option<String>),
}

/// `seen` is the digest that was not believed the last time: the same bytes twice are no accident.
async fn attempt(
    work: &Work,
    row: &FileRow,
    request: &Download,
    seen: Option<&str>,
) -> Result<Fetched> {
    let (root, path) = (PathBuf::from(&request.into), PathBuf::from(&row.path));
    if row.folder {
        blocking(move || make_folder(&root, &path)).await?;
        return Ok(Fetched::Whole(Ended { state: FileState::Done, etag: None }));
    }
    let existing = request.existing;
    let begun = row.target.as_ref().filter(|_| row.part_size.is_some()).map(PathBuf::from);
    // A damaged row must not lead elsewhere.
    let begun = begun.filter(|target| is_place(target, &path, existing));
    let resume = begun.is_some();
    let len = row.size;
    let of_path = path.clone();
    let chosen = blocking(move || Ok(begun.or_else(|| free(&of_path, existing))));
    let Some(target) = chosen.await? else {
        work.meter.found(row.size);
        return Ok(Fetched::Whole(Ended { state: FileState::Skipped, etag: None }));
    };
    let size = row.part_size.filter(|_| resume).unwrap_or_else(|| part_size(len, 10_000, SMALLEST));
    let named = target.to_string_lossy().into_owned();
    if !resume {
        // Before the file is made: a job that is cancelled finds it by this.
        work.ledger.aim(row.id, &named, size).await?;
    }
    let opened = blocking(move || {
        if let Some(folder) = target.parent() {
            make_folder(&root, folder)?;
        }
        names::no_links_below(&root, &target)?;
        PartFile::open(&target, len, resume)
    });
    let (part_file, kept) = opened.await?;
    if resume && !kept {
        work.ledger.aim(row.id, &named, size).await?;
    }
    let known = match kept {
        true => {
            let known = work.ledger.parts(row.id).await?;
            whole::intact(part_file.path(), len, size, known).await?
        }
        false => Vec::new(),
    };
    let (got, sums) = match get_all(work, row, &part_file, size, &known).await {
        Ok(all) => all,
        Err(problem) => {
            if matches!(problem.code, Code::RemoteChanged | Code::Integrity) {
                forget(work, row, part_file).await?;
            }
            return Err(problem);
        }
    };
    let tells = got.etag_is_md5 && etag_of(row).is_some_and(whole::tells);
    let verdict = match etag_of(row).filter(|_| !got.checked && tells) {
        Some(etag) => {
            let (path, key, len) = (part_file.path(), &*row.key, row.size);
            let complete = Complete { path, key, len, part_size: size, sums };
            whole::look(work, &complete, etag).await?
        }
        None if got.unproven && !tells => Verdict::Damaged,
        None => Verdict::Sound,
    };
    let mut damaged = match verdict {
        Verdict::Sound => None,
        Verdict::Unsure(digest) if seen == Some(digest.as_str()) => None,
        Verdict::Unsure(digest) => Some(Fetched::Damaged(Code::Integrity, Some(digest))),
        Verdict::Damaged => Some(Fetched::Damaged(Code::Integrity, None)),
    };
    if let Some(expected) = request.expected(&row.key).filter(|_| damaged.is_none()) {
        let of_part = Arc::clone(&part_file);
        let sha256 = blocking(move || of_part.sha256()).await?;
        if !sha256.eq_ignore_ascii_case(expected) {
            damaged = Some(Fetched::Damaged(Code::ContentDiffers, None));
        }
    }
    if let Some(damaged) = damaged {
        forget(work, row, part_file).await?;
        work.meter.lost(row.size);
        return Ok(damaged);
    }
    let finished = blocking(move || {
        let target = match existing {
            Existing::Overwrite => part_file.target().to_owned(),
            // It may have come into being in the meantime.
            _ => match free(part_file.target(), existing) {
                Some(target) => target,
                None => {
                    part_file.remove();
                    return Ok(());
                }
            },
        };
        part_file.finish(got.modified, &target)
    });
    finished.await?;
    let etag = etag_of(row).map(str::to_owned);
    Ok(Fetched::Whole(Ended { state: FileState::Done, etag }))
}

/// Whether `target` is `path`, or a name that may have been free beside it.
pub(super) fn is_place(target: &Path, path: &Path, existing: Existing) -> bool {
    target == path || (existing == Existing::Both && names::is_another(target, path))
}

/// Where a file may go; `None` when one is there and is to stay.
pub(super) fn free(path: &Path, existing: Existing) -> Option<PathBuf> {
    match existing {
        _ if path.symlink_metadata().is_err() => Some(path.to_owned()),
        Existing::Overwrite => Some(path.to_owned()),
        Existing::Skip => None,
        Existing::Both => Some(names::another(path)),
    }
}

/// Makes a folder below `root`, through no link.
pub(super) fn make_folder(root: &Path, folder: &Path) -> Result<()> {
    names::no_links_below(root, &folder.join("x"))?;
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))
}

async fn forget(work: &Work, row: &FileRow, part_file: Arc<PartFile>) -> Result<()> {
    blocking(move || {
        part_file.remove();
        Ok(())
    })
    .await?;
    work.ledger.start_over(row.id).await
}

/// What the answers told.
struct Got {
    modified: Option<Timestamp>,
    /// The bytes are known to be those of the object.
    checked: bool,
    etag_is_md5: bool,
    /// Parts of an earlier attempt are believed because of the ETag alone.
    unproven: bool,
}

/// Fetches what is missing.
async fn get_all(
    work: &Work,
    row: &FileRow,
    part_file: &Arc<PartFile>,
    size: u64,
    known: &[Part],
) -> Result<(Got, Option<Sums>)> {
    if row.size == 0 {
        let (checked, etag_is_md5) = (true, true);
        return Ok((Got { modified: None, checked, etag_is_md5, unproven: false }, None));
    }
    let parts = count(row.size, size);
    let there: BTreeMap<u32, u64> = known
        .iter()
        .map(|part| (part.number, part.size))
        .filter(|(n, len)| (1..=parts).contains(n) && *len == section(*n, row.size, size).1)
        .collect();
    let missing: Vec<u32> = (1..=parts).filter(|number| !there.contains_key(number)).collect();
    work.meter.found(there.values().sum());
    if parts > 1 {
        work.meter.in_parts(row.id, parts, there.keys().copied());
    }
    // Parts have digests of their own where the ETag is none.
    let etag_is_md5 = known.iter().all(|part| part.etag.is_empty());
    let unproven = known.iter().any(|part| part.etag.is_empty());
    let path = part_file.path();
    let mut hashing = etag_of(row)
        .filter(|_| etag_is_md5)
        .and_then(|etag| Hashing::new(path, row.size, size, etag));
    if let Some(hashing) = &mut hashing {
        for number in there.into_keys() {
            hashing.add(number).await?;
        }
    }
    let mut coming = stream::iter(missing)
        .map(|number| {
            get_part(work, row, part_file, size, number).map_ok(move |got| (number, got)).boxed()
        })
        .buffer_unordered(work.limits.requests_per_profile.max(1));
    let mut all = Got { modified: None, checked: false, etag_is_md5, unproven };
    while let Some((number, got)) = coming.try_next().await? {
        all.modified = all.modified.or(got.modified);
        all.checked |= parts == 1 && got.checked;
        all.etag_is_md5 &= got.etag_is_md5;
        match &mut hashing {
            Some(hashing) if all.etag_is_md5 => hashing.add(number).await?,
            _ => hashing = None,
        }
    }
    let sums = match hashing {
        Some(hashing) => Some(hashing.finish().await?),
        None => None,
    };
    Ok((all, sums))
}

async fn get_part(
    work: &Work,
    row: &FileRow,
    part_file: &Arc<PartFile>,
    size: u64,
    number: u32,
) -> Result<Got> {
    let (start, len) = section(number, row.size, size);
    let whole = len == row.size;
    let flow = Flow::of_part(&work.meter, row.id, number);
    let got = retrying(&work.limits.retry, || {
        let flow = &flow;
        async move {
            let _permit = work.permit().await;
            flow.set(0);
            let object = open(work, row, start, len).await?;
            let modified = mtime::of(&object.meta.metadata).or(object.meta.modified);
            let etag_is_md5 = object.etag_is_md5;
            let wanted = etag_of(row).filter(|etag| whole && etag_is_md5 && is_md5(etag));
            let md5 = store(work, flow, object, part_file, wanted.is_some()).await?;
            if let (Some(wanted), Some(md5)) = (wanted, &md5)
                && !wanted.eq_ignore_ascii_case(md5)
            {
                return Err(damaged(md5, wanted).into());
            }
            Ok(Got { modified, checked: md5.is_some(), etag_is_md5, unproven: false })
        }
    });
    match got.await {
        Ok(got) => {
            if !whole {
                // On the disk before it counts: a power cut must not make holes.
                let of_part = Arc::clone(part_file);
                blocking(move || of_part.sync()).await?;
                let etag = match got.etag_is_md5 && etag_of(row).is_some_and(whole::tells) {
                    true => String::new(),
                    false => whole::sum_of_part(part_file.path(), start, len).await?,
                };
                work.ledger.part(row.id, Part { number, size: len, etag }).await?;
            }
            flow.keep(len);
            Ok(got)
        }
        Err(trouble) if trouble.kind() == Some(ErrorKind::Precondition) => Err(changed(row)),
        Err(trouble) => Err(work.problem(trouble, &row.key)),
    }
}

pub(super) fn changed(row: &FileRow) -> Problem {
    Problem::new(Code::RemoteChanged, &row.key)
}

/// Asks for bytes of an object as it was listed.
pub(super) async fn open(
    work: &Work,
    row: &FileRow,
    start: u64,
    len: u64,
) -> Result<Object, Trouble> {
    let etag = etag_of(row).filter(|_| work.bucket.capabilities().get_if_match);
    let options = GetOptions {
        range: (len != row.size).then_some(ByteRange::From { start, len: Some(len) }),
        if_match: etag.map(str::to_owned),
        ..GetOptions::default()
    };
    let get = work.bucket.get(&row.key, &options);
    let object = in_time(thinking(work.limits.stall), get).await??;
    check(row, &object, start, len)?;
    Ok(object)
}

/// Stores without `If-Match` are caught by what they answer.
fn check(row: &FileRow, object: &Object, start: u64, len: u64) -> Result<(), Trouble> {
    let same = match (etag_of(row), &object.meta.etag) {
        (Some(wanted), Some(given)) => wanted == given,
        _ => true,
    };
    if !same || object.meta.size != row.size {
        return Err(Trouble::Here(changed(row)));
    }
    if object.start != start || object.len != len {
        return Err(StoreError::new(ErrorKind::Integrity, "the store sent another range").into());
    }
    Ok(())
}

/// Writes the bytes as they come; their MD5 when it is wanted.
async fn store(
    work: &Work,
    flow: &Flow,
    object: Object,
    part_file: &Arc<PartFile>,
    hash: bool,
) -> Result<Option<String>, Trouble> {
    let (start, end) = (object.start, object.start + object.len);
    let rules = Rules { stall: work.limits.stall, pace: &work.pace };
    let mut incoming = Incoming { at: start, md5: hash.then(Md5::new) };
    incoming.take(object.stream, part_file, end, &rules, |at| flow.set(at - start)).await?;
    Ok(incoming.md5.map(|md5| hex::encode(md5.finalize())))
}
