//! Many events, few messages: each window gets one delta at most ten times a second.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{AppEvent, Delta, EventSink};

/// Time between two deltas.
pub const INTERVAL: Duration = Duration::from_millis(100);

/// Failures kept for a window that is not there yet.
const MOST_KEPT: usize = 50;

type Listener = Box<dyn Fn(&Delta) -> bool + Send>;

/// An [`EventSink`] that merges what it is told and passes it on in numbered deltas.
///
/// An event that stands alone goes out at once; a storm goes out once per [`INTERVAL`], with only
/// the latest state of each upload in it. The numbers are the same for every window.
pub struct Deltas {
    shared: Arc<Shared>,
}

struct Shared {
    /// Apart from `state`, so that nobody who tells something waits for a window to take it.
    listeners: Mutex<HashMap<String, Listener>>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    seq: u32,
    pending: Pending,
    listening: bool,
    closed: bool,
}

impl Deltas {
    /// Starts the thread that sends; it ends when the last handle is dropped.
    pub fn new() -> Arc<Self> {
        let shared = Arc::new(Shared {
            listeners: Mutex::default(),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let of_thread = Arc::clone(&shared);
        let spawned =
            std::thread::Builder::new().name("hoist-events".into()).spawn(move || of_thread.run());
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread for events: windows will not be told of changes");
        }
        Arc::new(Self { shared })
    }

    /// Sends to `send` from now on, in place of an earlier subscription under the same label.
    ///
    /// Returns the number of the last delta sent. A snapshot taken after this call includes all
    /// of them; a delta with a higher number may repeat what the snapshot says, never less.
    /// `send` returns false when nobody listens any more, and is then dropped.
    pub fn subscribe(&self, label: &str, send: impl Fn(&Delta) -> bool + Send + 'static) -> u32 {
        let mut listeners = lock(&self.shared.listeners);
        listeners.insert(label.to_owned(), Box::new(send));
        let mut state = lock(&self.shared.state);
        state.listening = true;
        self.shared.changed.notify_one();
        state.seq
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, label: &str) {
        let mut listeners = lock(&self.shared.listeners);
        listeners.remove(label);
        let mut state = lock(&self.shared.state);
        state.listening = !listeners.is_empty();
        if !state.listening {
            state.pending.keep_failures();
        }
    }
}

impl EventSink for Deltas {
    fn emit(&self, event: AppEvent) {
        let mut state = lock(&self.shared.state);
        // Without listeners only failures are kept, such as those of the start: everything else is
        // in the snapshot of who comes later.
        let keep = state.listening
            || (matches!(event, AppEvent::Failure { .. }) && state.pending.len() < MOST_KEPT);
        if keep {
            let first = state.pending.is_empty();
            state.pending.push(event);
            if first {
                self.shared.changed.notify_one();
            }
        }
    }
}

impl fmt::Debug for Deltas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deltas")
    }
}

impl Drop for Deltas {
    fn drop(&mut self) {
        lock(&self.shared.state).closed = true;
        self.shared.changed.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn run(&self) {
        while self.wait_for_events() {
            let sent_at = Instant::now();
            self.flush();
            self.pause(sent_at);
        }
    }

    /// False when there will be no more.
    fn wait_for_events(&self) -> bool {
        let mut state = lock(&self.state);
        while (state.pending.is_empty() || !state.listening) && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.closed
    }

    fn flush(&self) {
        let mut listeners = lock(&self.listeners);
        let delta = {
            let mut state = lock(&self.state);
            state.seq = state.seq.wrapping_add(1);
            Delta { seq: state.seq, events: state.pending.take() }
        };
        listeners.retain(|_, send| send(&delta));
        if listeners.is_empty() {
            let mut state = lock(&self.state);
            state.listening = false;
        }
    }

    /// Sleeps for the rest of the interval; closing ends it early.
    fn pause(&self, sent_at: Instant) {
        let mut state = lock(&self.state);
        while !state.closed {
            let Some(rest) = INTERVAL.checked_sub(sent_at.elapsed()) else { return };
            state = match self.changed.wait_timeout(state, rest) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

/// Events not yet sent, each superseded one replaced where it stood.
#[derive(Debug, Default)]
struct Pending {
    events: Vec<Option<AppEvent>>,
    uploads: HashMap<u32, usize>,
    progress: HashMap<u32, usize>,
    transfers: HashMap<i64, usize>,
    listings: HashSet<(String, String)>,
    whole: HashMap<Whole, usize>,
}

/// Events that replace an earlier one of their kind whole.
#[derive(Debug, PartialEq, Eq, Hash, Clone, Copy)]
enum Whole {
    History,
    Profiles,
    Settings,
    Store,
    Backups,
    Speed,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    fn push(&mut self, event: AppEvent) {
        match &event {
            AppEvent::Upload { upload } => {
                let id = upload.id;
                // The row carries its own count of bytes.
                if let Some(at) = self.progress.remove(&id) {
                    self.events[at] = None;
                }
                let at = self.put(self.uploads.get(&id).copied(), event);
                self.uploads.insert(id, at);
            }
            AppEvent::Progress { id, sent } => {
                let (id, sent) = (*id, *sent);
                if let Some(AppEvent::Upload { upload }) =
                    self.uploads.get(&id).and_then(|at| self.events[*at].as_mut())
                {
                    upload.sent = sent;
                    return;
                }
                let at = self.put(self.progress.get(&id).copied(), event);
                self.progress.insert(id, at);
            }
            AppEvent::UploadsRemoved { ids } => {
                for id in ids {
                    for at in
                        [self.uploads.remove(id), self.progress.remove(id)].into_iter().flatten()
                    {
                        self.events[at] = None;
                    }
                }
                self.put(None, event);
            }
            AppEvent::History { .. } => self.put_whole(Whole::History, event),
            AppEvent::Profiles { .. } => self.put_whole(Whole::Profiles, event),
            AppEvent::Settings { .. } => self.put_whole(Whole::Settings, event),
            AppEvent::Store { .. } => self.put_whole(Whole::Store, event),
            AppEvent::Backups { .. } => self.put_whole(Whole::Backups, event),
            AppEvent::Transfer { transfer } => {
                let id = transfer.id as i64;
                let at = self.put(self.transfers.get(&id).copied(), event);
                self.transfers.insert(id, at);
            }
            AppEvent::TransfersRemoved { ids } => {
                for id in ids {
                    if let Some(at) = self.transfers.remove(&(*id as i64)) {
                        self.events[at] = None;
                    }
                }
                self.put(None, event);
            }
            AppEvent::Objects { place, prefix } => {
                if self.listings.insert((place.clone(), prefix.clone())) {
                    self.put(None, event);
                }
            }
            AppEvent::Speed { .. } => self.put_whole(Whole::Speed, event),
            AppEvent::Batch { .. } | AppEvent::Failure { .. } => {
                self.put(None, event);
            }
        }
    }

    fn put_whole(&mut self, kind: Whole, event: AppEvent) {
        let at = self.put(self.whole.get(&kind).copied(), event);
        self.whole.insert(kind, at);
    }

    fn put(&mut self, at: Option<usize>, event: AppEvent) -> usize {
        match at {
            Some(at) => {
                self.events[at] = Some(event);
                at
            }
            None => {
                self.events.push(Some(event));
                self.events.len() - 1
            }
        }
    }

    fn len(&self) -> usize {
        self.events.len()
    }

    fn keep_failures(&mut self) {
        let events = self.take();
        for event in events {
            if matches!(event, AppEvent::Failure { .. }) {
                self.put(None, event);
            }
        }
    }

    fn take(&mut self) -> Vec<AppEvent> {
        std::mem::take(self).events.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests;
