//! One version of an object, as a file. Not a job: the rows of a job name no version, so this does
//! not outlive its process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hoist_store::{Bucket, ByteRange, ErrorKind, GetOptions, StoreError};
use md5::{Digest as _, Md5};
use tokio::sync::Mutex;

use super::Transfers;
use super::incoming::{Incoming, Rules};
use super::limits::Limits;
use super::meter::{Flow, Meter};
use super::pace::Pace;
use super::part_file::PartFile;
use super::receive::free;
use super::request::Existing;
use super::retry::{Trouble, retrying};
use super::send::is_md5;
use super::small::damaged;
use super::stall::{in_time, thinking};
use super::standing::folder_below;
use crate::history::blocking;
use crate::problem::Result;

/// What has come so far. An attempt goes on where the one before broke off.
#[derive(Default)]
struct Came {
    file: Option<Arc<PartFile>>,
    bytes: Incoming,
    etag: Option<String>,
    modified: Option<jiff::Timestamp>,
    done: bool,
}

impl Came {
    /// Damaged bytes are fetched again, all of them.
    fn checked(&mut self) -> Result<(), StoreError> {
        let (Some(md5), Some(etag)) = (self.bytes.md5.take(), &self.etag) else { return Ok(()) };
        let found = hex::encode(md5.finalize());
        if found.eq_ignore_ascii_case(etag) {
            return Ok(());
        }
        self.bytes = Incoming { at: 0, md5: Some(Md5::new()) };
        Err(damaged(&found, etag))
    }
}

impl Drop for Came {
    fn drop(&mut self) {
        if let Some(file) = self.file.take_if(|_| !self.done) {
            file.remove();
        }
    }
}

/// Where a version comes from, and where it goes.
struct Wanted<'a> {
    bucket: &'a dyn Bucket,
    key: &'a str,
    version: &'a str,
    target: &'a Path,
    stall: std::time::Duration,
    pace: &'a Pace,
}

impl Transfers {
    /// Downloads a version into a folder, under its own name or the next free one; where it is then.
    /// Dropped, it leaves nothing.
    ///
    /// # Errors
    /// A name that would lead elsewhere, a folder that cannot be written, and what the store says.
    pub(crate) async fn fetch_version(
        &self,
        bucket: &dyn Bucket,
        key: &str,
        version: &str,
        into: &Path,
        meter: &Arc<Meter>,
    ) -> Result<PathBuf> {
        fetch(bucket, key, version, into, meter, &self.inner.pace).await
    }
}

async fn fetch(
    bucket: &dyn Bucket,
    key: &str,
    version: &str,
    into: &Path,
    meter: &Arc<Meter>,
    pace: &Pace,
) -> Result<PathBuf> {
    let limits = Limits::default();
    let named = folder_below(into, key)?;
    // Never over a file that is there: it may be the version that is current now.
    let target = free(&named, Existing::Both).unwrap_or(named);
    let wanted = Wanted { bucket, key, version, target: &target, stall: limits.stall, pace };
    let (came, flow) = (Mutex::new(Came::default()), Flow::new(meter));
    let got = retrying(&limits.retry, || {
        let (came, flow, wanted, meter) = (&came, &flow, &wanted, meter);
        async move { attempt(wanted, &mut *came.lock().await, flow, meter).await }
    });
    got.await.map_err(|trouble| trouble.problem(key))?;
    let mut came = came.into_inner();
    let Some(file) = came.file.clone() else { return Ok(target) };
    let (modified, place) = (came.modified, target.clone());
    blocking(move || file.finish(modified, &place)).await?;
    came.done = true;
    flow.keep(came.bytes.at);
    meter.file_over();
    Ok(target)
}

async fn attempt(
    wanted: &Wanted<'_>,
    came: &mut Came,
    flow: &Flow,
    meter: &Meter,
) -> Result<(), Trouble> {
    let range = (came.bytes.at > 0).then_some(ByteRange::From { start: came.bytes.at, len: None });
    let version = Some(wanted.version.to_owned());
    let options = GetOptions { range, version, ..GetOptions::default() };
    let get = wanted.bucket.get(wanted.key, &options);
    let object = in_time(thinking(wanted.stall), get).await??;
    if object.start != came.bytes.at {
        return Err(StoreError::new(ErrorKind::Integrity, "the store sent another range").into());
    }
    let file = match &came.file {
        Some(file) => Arc::clone(file),
        None => {
            let (target, size) = (wanted.target.to_owned(), object.meta.size);
            let (file, _) = blocking(move || PartFile::open(&target, size, false)).await?;
            meter.expect(1, size);
            let etag = object.meta.etag.clone().filter(|etag| is_md5(etag));
            came.bytes.md5 = (object.etag_is_md5 && etag.is_some()).then(Md5::new);
            came.etag = etag;
            came.modified = object.meta.modified;
            came.file.insert(file).clone()
        }
    };
    let rules = Rules { stall: wanted.stall, pace: wanted.pace };
    let end = object.meta.size;
    came.bytes.take(object.stream, &file, end, &rules, |at| flow.set(at)).await?;
    came.checked().map_err(Trouble::from)
}

#[cfg(test)]
mod tests {
    use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
    use hoist_store::memory::MemoryBucket;
    use hoist_store::{Body, PutOptions};

    use super::*;
    use crate::problem::Code;

    async fn bucket(bytes: &[u8]) -> FaultyBucket {
        let memory = MemoryBucket::new("m");
        let body = Body::from(bytes.to_vec());
        memory.put("a/模型.bin", body, &PutOptions::default()).await.unwrap();
        FaultyBucket::wrap(Arc::new(memory))
    }

    fn files(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_broken_download_goes_on_and_never_replaces_a_file() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        let bucket = bucket(&bytes).await;
        let bucket = bucket.on(Operation::Get, When::Nth(1), Fault::BreakAfter(1_500_000));
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("模型.bin"), "mine").unwrap();
        let meter = Arc::new(Meter::default());
        let at = fetch(&bucket, "a/模型.bin", "null", dir.path(), &meter, &Pace::default())
            .await
            .unwrap();
        assert_eq!(at, dir.path().join("模型 (2).bin"));
        assert!(std::fs::read(&at).unwrap() == bytes);
        assert_eq!(std::fs::read(dir.path().join("模型.bin")).unwrap(), b"mine");
        assert_eq!(files(dir.path()), ["模型 (2).bin", "模型.bin"]);
        assert_eq!(bucket.calls(Operation::Get), 2);
        let read = meter.read();
        assert_eq!((read.files_total, read.files_over), (1, 1));
        assert_eq!((read.bytes_total, read.bytes_done), (3_000_000, 3_000_000));
    }

    #[tokio::test]
    async fn damaged_bytes_come_again_or_get_no_name_and_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        for (when, ended) in [(When::Nth(1), None), (When::Always, Some(Code::Integrity))] {
            let bucket = bucket(b"weights").await.on(Operation::Get, when, Fault::Corrupt(3));
            let meter = Arc::new(Meter::default());
            let fetched =
                fetch(&bucket, "a/模型.bin", "null", dir.path(), &meter, &Pace::default()).await;
            assert_eq!(fetched.as_ref().err().map(|problem| problem.code), ended);
            if let Ok(at) = fetched {
                assert_eq!(std::fs::read(&at).unwrap(), b"weights");
                std::fs::remove_file(at).unwrap();
            }
            let gone =
                fetch(&bucket, "a/模型.bin", "v7", dir.path(), &meter, &Pace::default()).await;
            assert_eq!(gone.unwrap_err().code, Code::ObjectNotFound);
            assert_eq!(files(dir.path()), [""; 0]);
        }
    }
}
