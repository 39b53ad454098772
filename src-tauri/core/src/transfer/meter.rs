//! How far a job is, how fast it goes, and how long it will take.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::part_map::{LiveParts, PartMap};

/// The figures of a running job, changed by those who work on it and read by those who show it.
#[derive(Debug, Default)]
pub struct Meter {
    files_total: AtomicU64,
    files_over: AtomicU64,
    files_skipped: AtomicU64,
    files_failed: AtomicU64,
    bytes_total: AtomicU64,
    bytes_done: AtomicU64,
    /// Bytes handed to a connection or taken from one, those sent twice counted twice.
    moved: AtomicU64,
    /// Of the file that was last begun in parts.
    parts: Mutex<Option<LiveParts>>,
}

/// What a [`Meter`] showed at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Files of the job, as far as they are known.
    pub files_total: u64,
    /// Files that are done, skipped or failed.
    pub files_over: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    /// Their bytes.
    pub bytes_total: u64,
    /// Bytes that are where they should be, or on their way there.
    pub bytes_done: u64,
    /// Bytes moved by this process, for the speed.
    pub moved: u64,
}

impl Meter {
    /// The figures now.
    pub fn read(&self) -> Reading {
        let get = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        let bytes_total = get(&self.bytes_total);
        Reading {
            files_total: get(&self.files_total),
            files_over: get(&self.files_over),
            files_skipped: get(&self.files_skipped),
            files_failed: get(&self.files_failed),
            bytes_total,
            bytes_done: get(&self.bytes_done).min(bytes_total),
            moved: get(&self.moved),
        }
    }

    /// Shows these figures from now on: those of several steps put together.
    pub(crate) fn show(&self, reading: Reading) {
        let Reading { files_total, files_over, bytes_total, bytes_done, moved, .. } = reading;
        self.begin(files_total, files_over, bytes_total, bytes_done);
        self.moved.store(moved, Ordering::Relaxed);
    }

    /// The parts of the file that was last begun in parts.
    pub fn parts(&self) -> Option<PartMap> {
        self.live_parts().as_ref().map(LiveParts::map)
    }

    pub(crate) fn begin(&self, files: u64, over: u64, bytes: u64, done: u64) {
        self.files_total.store(files, Ordering::Relaxed);
        self.files_over.store(over, Ordering::Relaxed);
        self.bytes_total.store(bytes, Ordering::Relaxed);
        self.bytes_done.store(done, Ordering::Relaxed);
    }

    /// More is to be done than was known.
    pub(crate) fn expect(&self, files: u64, bytes: u64) {
        self.files_total.fetch_add(files, Ordering::Relaxed);
        self.bytes_total.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn file_over(&self) {
        self.files_over.fetch_add(1, Ordering::Relaxed);
    }

    /// Of the files that are over, so many were left alone and so many failed.
    pub(crate) fn not_done(&self, skipped: u64, failed: u64) {
        self.files_skipped.fetch_add(skipped, Ordering::Relaxed);
        self.files_failed.fetch_add(failed, Ordering::Relaxed);
    }

    /// So many files are over, of which `failed` failed.
    pub(crate) fn files_over(&self, files: u64, failed: u64) {
        self.files_over.fetch_add(files, Ordering::Relaxed);
        self.not_done(0, failed);
    }

    /// A file goes in `total` parts, of which `done` need not go again.
    pub(super) fn in_parts(&self, file: i64, total: u32, done: impl IntoIterator<Item = u32>) {
        *self.live_parts() = Some(LiveParts::new(file, total, done));
    }

    fn live_parts(&self) -> std::sync::MutexGuard<'_, Option<LiveParts>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn part(&self, (file, part): (i64, u32), change: impl FnOnce(&mut LiveParts, u32)) {
        if let Some(parts) = self.live_parts().as_mut().filter(|parts| parts.is_of(file)) {
            change(parts, part);
        }
    }

    /// Bytes that need no moving: they were there already.
    pub(crate) fn found(&self, bytes: u64) {
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes that were counted and are wanted anew.
    pub(crate) fn lost(&self, bytes: u64) {
        let _ = self.bytes_done.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |done| {
            Some(done.saturating_sub(bytes))
        });
    }
}

/// One request's share in a [`Meter`]. What it counted is taken back when it is dropped before it
/// was kept: those bytes go again.
#[derive(Debug)]
pub(crate) struct Flow {
    meter: Arc<Meter>,
    counted: AtomicU64,
    /// The file and the number of the part it is.
    part: Option<(i64, u32)>,
    flying: AtomicBool,
}

impl Flow {
    pub(crate) fn new(meter: &Arc<Meter>) -> Arc<Self> {
        Self::made(meter, None)
    }

    /// The share of one part of a file.
    pub(super) fn of_part(meter: &Arc<Meter>, file: i64, number: u32) -> Arc<Self> {
        Self::made(meter, Some((file, number)))
    }

    fn made(meter: &Arc<Meter>, part: Option<(i64, u32)>) -> Arc<Self> {
        let meter = Arc::clone(meter);
        Arc::new(Self { meter, counted: AtomicU64::new(0), part, flying: AtomicBool::new(false) })
    }

    /// The running total of this request. It may fall back to 0 when the request is sent again.
    pub(crate) fn set(&self, total: u64) {
        if let Some(part) = self.part
            && !self.flying.swap(true, Ordering::Relaxed)
        {
            self.meter.part(part, LiveParts::flies);
        }
        let before = self.counted.swap(total, Ordering::Relaxed);
        if total >= before {
            self.meter.found(total - before);
            self.meter.moved.fetch_add(total - before, Ordering::Relaxed);
        } else {
            self.meter.lost(before - total);
            self.meter.moved.fetch_add(total, Ordering::Relaxed);
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.counted.load(Ordering::Relaxed)
    }

    /// The request succeeded: its `bytes` stay counted.
    pub(crate) fn keep(&self, bytes: u64) {
        self.set(bytes);
        self.counted.store(0, Ordering::Relaxed);
        if let Some(part) = self.part {
            self.meter.part(part, LiveParts::arrived);
        }
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.meter.lost(self.counted.load(Ordering::Relaxed));
        if let Some(part) = self.part {
            self.meter.part(part, LiveParts::fell);
        }
    }
}

/// Speed over the last seconds, and the time left.
#[derive(Debug)]
pub struct Speed {
    window: Duration,
    seen: VecDeque<(Instant, u64)>,
}

impl Default for Speed {
    fn default() -> Self {
        Self { window: Duration::from_secs(5), seen: VecDeque::new() }
    }
}

impl Speed {
    /// Takes in a reading made at `now`.
    pub fn see(&mut self, now: Instant, moved: u64) {
        self.seen.push_back((now, moved));
        while self.seen.len() > 2
            && self.seen.front().is_some_and(|(then, _)| now - *then > self.window)
        {
            self.seen.pop_front();
        }
    }

    /// Bytes a second; `None` before two readings.
    pub fn per_second(&self) -> Option<f64> {
        let ((then, before), (now, after)) = (self.seen.front()?, self.seen.back()?);
        let seconds = now.duration_since(*then).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a speed for the eye")]
        (seconds > 0.0).then(|| after.saturating_sub(*before) as f64 / seconds)
    }

    /// How long `left` bytes will take; `None` while nothing moves.
    pub fn left(&self, left: u64) -> Option<Duration> {
        let speed = self.per_second().filter(|speed| *speed >= 1.0)?;
        #[expect(clippy::cast_precision_loss, reason = "a time for the eye")]
        Some(Duration::from_secs_f64((left as f64 / speed).min(1e9)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_done_is_what_was_kept(
            requests in proptest::collection::vec((proptest::collection::vec(0u64..1000, 0..5), any::<bool>()), 0..20),
        ) {
            let meter = Arc::new(Meter::default());
            meter.begin(1, 0, u64::MAX, 0);
            let mut kept = 0;
            for (reports, good) in requests {
                let flow = Flow::new(&meter);
                for report in reports {
                    flow.set(report);
                    prop_assert_eq!(meter.read().bytes_done, kept + report);
                }
                if good {
                    flow.keep(700);
                    kept += 700;
                }
                drop(flow);
                prop_assert_eq!(meter.read().bytes_done, kept);
            }
        }
    }

    #[test]
    fn a_request_sent_again_counts_twice_as_moved_and_once_as_done() {
        let meter = Arc::new(Meter::default());
        meter.begin(1, 0, 100, 0);
        let flow = Flow::new(&meter);
        for total in [40, 60, 10, 100] {
            flow.set(total);
        }
        flow.keep(100);
        assert_eq!((meter.read().bytes_done, meter.read().moved), (100, 160));
    }

    #[test]
    fn a_part_flies_with_its_request_and_stays_when_it_was_kept() {
        let meter = Arc::new(Meter::default());
        assert_eq!(meter.parts(), None);
        meter.in_parts(1, 4, [1]);
        let (kept, lost) = (Flow::of_part(&meter, 1, 2), Flow::of_part(&meter, 1, 4));
        assert!(meter.parts().unwrap().flying.is_empty(), "not before it has begun");
        kept.set(0);
        lost.set(0);
        assert_eq!(meter.parts().unwrap().flying, [1, 3]);
        kept.keep(10);
        drop((kept, lost));
        let parts = meter.parts().unwrap();
        assert_eq!((parts.done, parts.flying), (vec![(0, 2)], vec![]));
        // What is left of another file says nothing of this one.
        meter.in_parts(2, 3, []);
        Flow::of_part(&meter, 1, 3).keep(10);
        assert!(meter.parts().unwrap().done.is_empty());
    }

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        let mut speed = Speed::default();
        let start = Instant::now();
        assert_eq!((speed.per_second(), speed.left(1)), (None, None));
        for second in 0..20u64 {
            // Fast at first, then 100 bytes a second.
            let moved = if second < 10 { second * 10_000 } else { 100_000 + (second - 10) * 100 };
            speed.see(start + Duration::from_secs(second), moved);
        }
        assert_eq!(speed.per_second().map(f64::round), Some(100.0));
        assert_eq!(speed.left(1_000).map(|left| left.as_secs()), Some(10));
    }
}
