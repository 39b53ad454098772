//! One file on its way up, in one request when it is small.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hoist_store::{Body, ErrorKind, Progress, PutOptions};
use md5::{Digest, Md5};
use sha2::Sha256;

use super::fingerprint::Stamp;
use super::ledger::{FileRow, FileState};
use super::meter::Flow;
use super::mtime;
use super::multipart::in_parts;
use super::parts::SMALLEST;
use super::request::Request;
use super::retry::{Trouble, retrying};
use super::scan::unreadable;
use super::small::Source;
use super::stall::unstalled;
use super::work::Work;
use crate::history::blocking;
use crate::problem::{Code, Problem, Result};

/// The metadata that says an object's SHA-256, in hex.
pub(crate) const SHA256: &str = "sha256";

/// How a file ended that did not fail.
pub(super) struct Ended {
    pub(super) state: FileState,
    pub(super) etag: Option<String>,
}

/// Uploads one file, or goes on with what is left of it. `read` is what was read of it before.
pub(super) async fn send(
    work: &Work,
    row: &FileRow,
    read: Option<Result<Source>>,
    if_changed: bool,
) -> Result<Ended> {
    if row.folder {
        let headers = headers(work, "application/x-directory", None, None);
        return put(work, row, Body::from(Vec::new()), headers).await;
    }
    let path = PathBuf::from(&row.path);
    let content_type = mime_guess::from_path(&path).first_or_octet_stream();
    let content_type = content_type.essence_str();
    let stamp = match read.transpose()? {
        None => stamp_of(&path).await?,
        Some(Source::Large(stamp)) => stamp,
        Some(Source::Whole(stamp, bytes, md5)) => {
            let row = &FileRow { size: stamp.size, ..row.clone() };
            let sha256 = says_sha256(work).then(|| hex::encode(Sha256::digest(&bytes)));
            let headers = headers(work, content_type, Some(&stamp), sha256);
            return put(work, row, Body::Known(bytes, md5), headers).await;
        }
    };
    // It may have grown or shrunk since it was found; what counts is what is there now.
    let row = &FileRow { size: stamp.size, ..row.clone() };
    if if_changed && is_there(work, row, &stamp).await? {
        work.meter.found(row.size);
        return Ok(Ended { state: FileState::Skipped, etag: None });
    }
    let sha256 = known_sha256(work, row, &path).await?;
    let headers = headers(work, content_type, Some(&stamp), sha256);
    match work.bucket.multipart().filter(|_| row.size > SMALLEST) {
        Some(parts) => in_parts(work, parts, row, &path, &stamp, &headers).await,
        None => {
            let body = Body::File { path: path.clone(), offset: 0, len: row.size };
            let ended = put(work, row, body, headers).await;
            unchanged(&path, &stamp).await?;
            ended
        }
    }
}

/// Whether objects say in their metadata what their SHA-256 is: those of models do.
fn says_sha256(work: &Work) -> bool {
    matches!(&work.request, Request::Upload(upload) if upload.part_of.is_some())
        && work.bucket.capabilities().metadata
}

/// The SHA-256 that can be said of a file before it is sent: one that was known, or that of a file
/// which goes in one request. A larger one is not read twice for it.
async fn known_sha256(work: &Work, row: &FileRow, path: &Path) -> Result<Option<String>> {
    let Request::Upload(upload) = &work.request else { return Ok(None) };
    if !says_sha256(work) {
        return Ok(None);
    }
    if let Some(known) = upload.known(&row.key) {
        return Ok(Some(known.to_owned()));
    }
    if row.size > SMALLEST {
        return Ok(None);
    }
    let path = path.to_owned();
    let read = blocking(move || {
        digest_of::<Sha256>(&path).map_err(|error| unreadable(&path.to_string_lossy(), &error))
    });
    read.await.map(Some)
}

/// What an object keeps of its file beside the bytes.
fn headers(
    work: &Work,
    content_type: &str,
    stamp: Option<&Stamp>,
    sha256: Option<String>,
) -> PutOptions {
    let kept = matches!(&work.request, Request::Upload(upload) if upload.keep_times)
        && work.bucket.capabilities().metadata;
    let time = stamp.map(|stamp| stamp.modified).filter(|time| kept && *time != 0);
    PutOptions {
        content_type: Some(content_type.to_owned()),
        metadata: time
            .map(|time| (mtime::NAME.to_owned(), mtime::text(time)))
            .into_iter()
            .chain(sha256.map(|sha256| (SHA256.to_owned(), sha256)))
            .collect(),
        ..PutOptions::default()
    }
}

async fn stamp_of(path: &Path) -> Result<Stamp> {
    let of = path.to_owned();
    blocking(move || Stamp::read(&of).map_err(|error| unreadable(&of.to_string_lossy(), &error)))
        .await
}

/// A file that changes while it is read was sent as it never was.
pub(super) async fn unchanged(path: &Path, before: &Stamp) -> Result<()> {
    if stamp_of(path).await? == *before {
        return Ok(());
    }
    Err(Problem::new(Code::SourceChanged, path.display().to_string()))
}

/// Whether the object holds these bytes: its ETag says so where it is an MD5, else its size and
/// that it is not older than the file.
async fn is_there(work: &Work, row: &FileRow, stamp: &Stamp) -> Result<bool> {
    let head = retrying(&work.limits.retry, || async {
        let _permit = work.permit().await;
        match work.bucket.head(&row.key).await {
            Ok(meta) => Ok(Some(meta)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Trouble::Store(error)),
        }
    });
    let Some(meta) = head.await.map_err(|trouble| work.problem(trouble, &row.key))? else {
        return Ok(false);
    };
    if meta.size != row.size {
        return Ok(false);
    }
    match meta.etag.filter(|etag| is_md5(etag)) {
        Some(etag) => {
            let path = PathBuf::from(&row.path);
            let md5 = blocking(move || {
                md5_of(&path).map_err(|error| unreadable(&path.to_string_lossy(), &error))
            });
            Ok(md5.await?.eq_ignore_ascii_case(&etag))
        }
        None => Ok(meta
            .modified
            .is_some_and(|modified| modified.as_nanosecond() >= i128::from(stamp.modified))),
    }
}

/// Whether an ETag has the form of an MD5 that is not of parts.
pub(crate) fn is_md5(etag: &str) -> bool {
    etag.len() == 32 && etag.bytes().all(|b| b.is_ascii_hexdigit())
}

/// MD5 of a whole file, in hex. Blocks.
pub(crate) fn md5_of(path: &Path) -> std::io::Result<String> {
    digest_of::<Md5>(path)
}

/// A digest of a whole file, in hex. Blocks.
pub(super) fn digest_of<D: Digest>(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = D::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// In one request. The bucket compares what it sent with what the store says it has.
async fn put(work: &Work, row: &FileRow, body: Body, headers: PutOptions) -> Result<Ended> {
    let flow = Flow::new(&work.meter);
    let stored = retrying(&work.limits.retry, || {
        let options = PutOptions { progress: Some(progress(work, &flow)), ..headers.clone() };
        let (body, flow) = (body.clone(), &flow);
        async move {
            let _permit = work.permit().await;
            flow.set(0);
            let put = work.bucket.put(&row.key, body, &options);
            Ok(unstalled(work.limits.stall, row.size, flow, put).await?)
        }
    });
    match stored.await {
        Ok(result) => {
            flow.keep(row.size);
            Ok(Ended { state: FileState::Done, etag: result.etag })
        }
        Err(trouble) => Err(of_source(work, row, trouble).await),
    }
}

/// Counts what goes, and holds it to the limit.
pub(super) fn progress(work: &Work, flow: &Arc<Flow>) -> Progress {
    let (flow, pace) = (Arc::clone(flow), Arc::clone(&work.pace));
    Progress::new(move |sent| flow.set(sent)).paced(move |bytes| pace.take(bytes))
}

/// Bytes that differ because the file has changed under us are the file's matter.
pub(super) async fn of_source(work: &Work, row: &FileRow, trouble: Trouble) -> Problem {
    let here = matches!(trouble.kind(), Some(ErrorKind::Integrity | ErrorKind::Other));
    if here && let Err(problem) = stamp_of(Path::new(&row.path)).await {
        return problem;
    }
    work.problem(trouble, &row.key)
}
