//! What moves is told four times a second, speeds and the jobs of other processes once.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::{Feed, Shared, views};
use crate::events::AppEvent;
use crate::view::{TransferKind, TransferView};

/// Time between two looks at the meters.
const TICK: Duration = Duration::from_millis(250);

/// Ticks in a second.
const SECOND: u32 = 4;

/// After this time the listing under an upload is first said to have changed.
pub(super) const LISTING: Duration = Duration::from_secs(3);

/// At least so often it is said again.
const LISTING_MOST: Duration = Duration::from_secs(60);

/// Bytes moved so far, by what moved them, and the speeds last told.
#[derive(Default)]
struct Flows {
    seen: HashMap<(i64, usize), u64>,
    moving: bool,
}

impl Feed {
    /// Begins to tick, unless it does.
    pub(super) fn tick(&self) {
        let mut state = self.lock();
        if std::mem::replace(&mut state.ticking, true) {
            return;
        }
        drop(state);
        let weak = Arc::downgrade(&self.shared);
        self.shared.runtime.spawn(ticks(weak));
    }

    /// False when nothing moves and nobody looks.
    fn goes_on(&self) -> bool {
        let mut state = self.lock();
        let live = !state.running.is_empty() || state.tasks.values().any(super::Task::is_live);
        let goes_on = live || self.shared.watched.load(Ordering::Relaxed);
        // Decided under the lock: whoever begins something now begins to tick again.
        state.ticking = goes_on;
        goes_on
    }

    fn tell_meters(&self) {
        let now = Instant::now();
        let mut news: Vec<(i64, TransferView)> = Vec::new();
        let mut touched = Vec::new();
        {
            let mut state = self.lock();
            for (id, begun) in &mut state.running {
                let reading = begun.meter.read();
                begun.speed.see(now, reading.moved);
                let view = views::metered(&begun.view, &reading, begun.meter.parts(), &begun.speed);
                let more = reading.files_over > begun.told && now - begun.told_at >= begun.pause;
                if more && let Some(target) = &view.target {
                    (begun.told, begun.told_at) = (reading.files_over, now);
                    begun.pause = (begun.pause * 2).min(LISTING_MOST);
                    touched.push((view.place.clone(), target.prefix.clone()));
                }
                news.push((*id, view));
            }
            for (id, task) in state.tasks.iter_mut().filter(|(_, task)| task.is_live()) {
                let reading = task.meter.read();
                task.speed.see(now, reading.moved);
                news.push((*id, views::metered(&task.view, &reading, None, &task.speed)));
            }
        }
        for (id, view) in news {
            self.tell_if_live(id, view);
        }
        for (place, prefix) in touched {
            self.touched(&place, &prefix);
        }
    }

    /// A transfer that has ended since its meter was read is not told to be running.
    fn tell_if_live(&self, id: i64, view: TransferView) {
        let mut state = self.lock();
        let task = state.tasks.get(&id).is_some_and(super::Task::is_live);
        if task || state.running.contains_key(&id) {
            self.tell_in(&mut state, id, view, None);
        }
    }

    fn tell_speeds(&self, flows: &mut Flows) {
        let (mut up, mut down) = (0, 0);
        let mut live = false;
        {
            let state = self.lock();
            let jobs = state.running.iter().map(|(id, job)| (*id, job.view.kind, &job.meter));
            let tasks = state.tasks.iter().filter(|(_, task)| task.is_live());
            let tasks = tasks.map(|(id, task)| (*id, task.kind(), &task.meter));
            let mut now = HashMap::new();
            for (id, kind, meter) in jobs.chain(tasks) {
                live |= kind != TransferKind::Delete;
                let key = (id, Arc::as_ptr(meter).cast::<()>() as usize);
                let moved = meter.read().moved;
                let since = moved.saturating_sub(flows.seen.get(&key).copied().unwrap_or(0));
                let (goes_up, comes_down) = kind.directions();
                up += if goes_up { since } else { 0 };
                down += if comes_down { since } else { 0 };
                now.insert(key, moved);
            }
            flows.seen = now;
        }
        if live || flows.moving {
            self.shared.events.emit(AppEvent::Speed { up: up as f64, down: down as f64 });
        }
        flows.moving = live;
    }
}

async fn ticks(feed: Weak<Shared>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut flows = Flows::default();
    let mut n: u32 = 0;
    loop {
        interval.tick().await;
        let Some(shared) = feed.upgrade() else { return };
        let feed = Feed { shared };
        feed.tell_meters();
        n = n.wrapping_add(1);
        if n.is_multiple_of(SECOND) {
            feed.tell_speeds(&mut flows);
            if let Err(problem) = feed.look().await {
                tracing::debug!(%problem, "the transfers cannot be read just now");
            }
        }
        if !feed.goes_on() {
            if flows.moving {
                feed.shared.events.emit(AppEvent::Speed { up: 0.0, down: 0.0 });
            }
            return;
        }
    }
}
