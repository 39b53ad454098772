//! One image on its way: read, sniff, transform, name, put, verify, record.
//!
//! It sees stores through [`hoist_store::Bucket`] only. Memory is bounded: bytes are read against a
//! budget, and decoders run on a few threads of their own.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use hoist_store::Progress;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::history::{IfKnown, blocking};
use crate::image::link::split_transform;
use crate::image::{
    Limits, Measured, PrepareInput, Prepared, SourceFacts, Transform, measure, prepare,
};
use crate::link::with_process;
use crate::naming::NameFacts;
use crate::problem::{Code, Problem, Result};
use crate::source::ReadSource;
use crate::view::UploadState;

mod digest;
mod ending;
mod job;
mod known;
mod locks;
mod marks;
mod place;
mod put;
mod reading;
mod record;
#[cfg(test)]
mod tests;
mod thumbs;
mod way;

pub use job::Uploaded;
pub use place::{Place, Places, target_id};

pub(crate) use job::{Input, Plan, stem};
pub(crate) use locks::{NameLocks, object_lock};
pub(crate) use marks::FetchedMarks;
pub(crate) use record::Recorder;
pub(crate) use thumbs::Thumbs;
pub(crate) use way::{Way, host_for, process, way};

use digest::Digests;
use ending::Fresh;
use job::recipe;
use put::Parcel;

/// Bytes of images held in memory at one time, over all uploads, in MiB. One larger than this still
/// goes through, alone.
const MEMORY_MIB: u32 = 384;

/// Files above this are prepared one at a time: their pixels may fill the memory.
const LARGE: usize = 12 * 1024 * 1024;

/// Told how an upload goes. Must not block.
pub(crate) trait Watch: Send + Sync {
    fn stage(&self, state: UploadState);
    fn size_before(&self, bytes: u64);
    fn size_after(&self, bytes: u64);
    fn key(&self, key: &str);
    fn sent(&self, bytes: u64);
    /// Its row is in the history after all.
    fn written(&self, id: i64);
}

/// Everything uploads share.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) places: Arc<dyn Places>,
    pub(crate) recorder: Arc<Recorder>,
    pub(crate) thumbs: Thumbs,
    pub(crate) locks: NameLocks,
    pub(crate) limits: Limits,
    memory: Arc<Semaphore>,
    cpu: Arc<Semaphore>,
    cpus: u32,
}

impl Pipeline {
    pub(crate) fn new(
        places: Arc<dyn Places>,
        recorder: Arc<Recorder>,
        thumbs_dir: PathBuf,
    ) -> Self {
        let cpus = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(1, 8)) as u32;
        Self {
            places,
            recorder,
            thumbs: Thumbs::new(thumbs_dir),
            locks: NameLocks::default(),
            limits: Limits::default(),
            memory: Arc::new(Semaphore::new(MEMORY_MIB as usize)),
            cpu: Arc::new(Semaphore::new(cpus as usize)),
            cpus,
        }
    }

    /// Runs one upload.
    pub(crate) async fn run(
        &self,
        input: &Input,
        plan: &Plan,
        watch: &Arc<dyn Watch>,
        cancel: &CancellationToken,
    ) -> Result<Uploaded> {
        let result = self.steps(input, plan, watch, cancel).await;
        if let Err(problem) = &result
            && problem.code == Code::CredentialsRejected
        {
            self.places.forget(&plan.profile);
        }
        result
    }

    /// Cancelling works until the object is stored; then it is too late, and the
    /// upload is finished and recorded so that nothing lies in a bucket unknown.
    async fn steps(
        &self,
        input: &Input,
        plan: &Plan,
        watch: &Arc<dyn Watch>,
        cancel: &CancellationToken,
    ) -> Result<Uploaded> {
        let label = input.label();
        let place = or_cancelled(cancel, &label, self.places.place(&plan.profile)).await?;
        watch.stage(UploadState::Reading);
        let (_memory, read) = or_cancelled(cancel, &label, self.read(input)).await?;
        watch.size_before(read.bytes.len() as u64);

        let bytes = read.bytes.clone();
        let source_sha256 = blocking(move || Ok(digest::sha256(&bytes))).await?;
        let way = way_of(&place, input, &read, plan)?;
        let local = local(&way, input, plan);
        let recipe = recipe(plan, &local, &place, input);
        let _same_content = if plan.dedupe {
            let name = format!("{}\u{0}{source_sha256}\u{0}{recipe}", plan.profile);
            Some(or_cancelled(cancel, &label, async { Ok(self.locks.lock(name).await) }).await?)
        } else {
            None
        };
        if plan.dedupe {
            let known = self.known(&place, &source_sha256, &recipe);
            if let Some(entry) = or_cancelled(cancel, &label, known).await? {
                return Ok(self.already(&place, entry, &read, &way).await);
            }
        }

        if !local.is_empty() {
            watch.stage(UploadState::Transforming);
        }
        let preparing = self.prepare(&place, input, &read, plan, local);
        let prepared = or_cancelled(cancel, &label, preparing).await?;
        watch.size_after(prepared.image.bytes.len() as u64);

        watch.stage(UploadState::Uploading);
        let stored = self.store(&place, &read, prepared, plan, watch, cancel).await?;
        let if_known = match (plan.dedupe, stored.placed.found) {
            (false, _) => IfKnown::Add,
            (true, true) => IfKnown::Keep,
            (true, false) => IfKnown::Renew,
        };
        let fresh =
            Fresh { place: &place, read: &read, stored, source_sha256, recipe, way, if_known };
        Ok(self.record(fresh, watch).await)
    }

    async fn prepare(
        &self,
        place: &Place,
        input: &Input,
        read: &ReadSource,
        plan: &Plan,
        transform: Transform,
    ) -> Result<Ready> {
        let marks = FetchedMarks::read(&transform, &*place.bucket, &self.limits).await?;
        let permit = self.cpu_for(&read.bytes).await?;
        let (bytes, name, plan) = (read.bytes.clone(), read.name.clone(), plan.clone());
        let limits = self.limits;
        let as_it_is = matches!(input, Input::Stored(_));
        blocking(move || {
            // A decoder goes on when its upload is given up, and so does its permit.
            let _permit = permit;
            let image = prepare(PrepareInput {
                bytes,
                name: &name,
                transform: &transform,
                strip: plan.strip && !as_it_is,
                limits: &limits,
                marks: Some(&marks),
            })?;
            let digests = Digests::of(&image.bytes, &plan.naming);
            Ok(Ready { image, digests })
        })
        .await
    }

    /// A permit to decode; large files get all of them.
    async fn cpu_for(&self, bytes: &Bytes) -> Result<OwnedSemaphorePermit> {
        permits(&self.cpu, if bytes.len() > LARGE { self.cpus } else { 1 }).await
    }

    async fn store(
        &self,
        place: &Place,
        read: &ReadSource,
        ready: Ready,
        plan: &Plan,
        watch: &Arc<dyn Watch>,
        cancel: &CancellationToken,
    ) -> Result<Stored> {
        let Ready { image, digests } = ready;
        let now = Timestamp::from_millisecond(plan.started).unwrap_or_else(|_| Timestamp::now());
        let now = now.to_zoned(TimeZone::system());
        let stem = stem(&read.name);
        let name = |_attempt: u32| {
            plan.naming.render_under(
                &place.profile.prefix,
                &NameFacts {
                    name: stem,
                    ext: &image.ext,
                    dir: &read.dir,
                    now: &now,
                    digest: &|digest| digests.get(digest),
                    n: plan.n,
                },
            )
        };
        let of_progress = Arc::clone(watch);
        let parcel = Parcel {
            bytes: image.bytes.clone(),
            content_type: image.mime.to_owned(),
            digests: &digests,
            progress: Progress::new(move |sent| of_progress.sent(sent)),
            reuse: plan.dedupe,
        };
        let put = async {
            let sending = put::put(place, &self.locks, &parcel, name, |key| watch.key(key));
            let placed = or_cancelled(cancel, &read.name, sending).await?;
            if !placed.found {
                watch.stage(UploadState::Verifying);
            }
            put::verify(place, &parcel, &placed).await?;
            Ok(placed)
        };
        // The processor draws the thumbnail while the network sends.
        let (placed, thumb) = tokio::join!(put, self.thumb(&image.bytes, &digests.sha256));
        Ok(Stored {
            placed: placed?,
            image,
            sha256: digests.sha256,
            thumb,
            at: now.timestamp().as_millisecond(),
        })
    }

    async fn thumb(&self, bytes: &Bytes, sha256: &str) -> Option<String> {
        let _permit = self.cpu_for(bytes).await.ok()?;
        let (thumbs, bytes, sha256, limits) =
            (self.thumbs.clone(), bytes.clone(), sha256.to_owned(), self.limits);
        blocking(move || Ok(thumbs.make(&bytes, &sha256, &limits))).await.ok().flatten()
    }
}

struct Ready {
    image: Prepared,
    digests: Digests,
}

struct Stored {
    placed: put::Placed,
    image: Prepared,
    sha256: String,
    thumb: Option<String>,
    at: i64,
}

/// Where this image gets its transform.
fn way_of(place: &Place, input: &Input, read: &ReadSource, plan: &Plan) -> Result<Way> {
    // What is no image is refused later, with everything else that can be wrong with it.
    let facts = measure(&read.bytes).map(|measured| facts(measured, &read.bytes));
    let (profile, base) = (&place.profile, &*place.public_base);
    match input {
        Input::Source(_) | Input::Remade(_) => {
            way(profile, base, &plan.transform, plan.transform_place, facts)
        }
        // A copy shows what the original's link shows, where its new host can do it too.
        Input::Stored(entry) => {
            let link = with_process(&entry.url, entry.process.as_deref());
            let asked = split_transform(&link).zip(profile.image_host());
            let process = asked.and_then(|((_, transform), host)| {
                process(base, host, &transform, facts).ok().filter(|process| !process.is_empty())
            });
            Ok(process.map_or(Way::Here, Way::Host))
        }
    }
}

/// What is done to the image here.
fn local(way: &Way, input: &Input, plan: &Plan) -> Transform {
    match (input, way) {
        (Input::Stored(_), _) => Transform::default(),
        (_, Way::Here) => plan.transform.clone(),
        (_, Way::Host(_)) => Transform { strip: plan.transform.strip, ..Transform::default() },
    }
}

/// What a host is told of an image before it is asked for anything.
pub(crate) fn facts(measured: Measured, bytes: &Bytes) -> SourceFacts {
    let (width, height) = measured.size.unwrap_or((0, 0));
    SourceFacts {
        format: measured.kind.format,
        animated: measured.kind.animated,
        width,
        height,
        bytes: bytes.len() as u64,
    }
}

async fn permits(semaphore: &Arc<Semaphore>, count: u32) -> Result<OwnedSemaphorePermit> {
    Arc::clone(semaphore)
        .acquire_many_owned(count)
        .await
        .map_err(|error| Problem::new(Code::Internal, "upload").with_detail(error))
}

async fn or_cancelled<T>(
    cancel: &CancellationToken,
    label: &str,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Problem::new(Code::Cancelled, label)),
        result = work => result,
    }
}
