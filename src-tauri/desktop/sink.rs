//! Where core's events go on the desktop: to the windows in deltas, and to the shell one by one.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hoist_core::events::{AppEvent, Deltas, EventSink};
use hoist_core::transfer::State;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What the shell hears of.
#[derive(Debug)]
pub enum Happening {
    /// Something in core.
    Core(Box<AppEvent>),
    /// The person looks at the window.
    WindowFocused,
}

/// Feeds the windows' subscriptions and the shell (tray, notifications, theme).
#[derive(Debug)]
pub struct DesktopSink {
    deltas: Arc<Deltas>,
    /// Uploads that have not ended.
    active: Mutex<HashSet<u32>>,
    /// States of transfers that were last told.
    transfers: Mutex<HashMap<i64, State>>,
    shell: UnboundedSender<Happening>,
}

impl DesktopSink {
    /// The sink, and what the shell reads.
    pub fn new() -> (Arc<Self>, UnboundedReceiver<Happening>) {
        let (shell, events) = unbounded_channel();
        let sink = Self {
            deltas: Deltas::new(),
            active: Mutex::default(),
            transfers: Mutex::default(),
            shell,
        };
        (Arc::new(sink), events)
    }

    /// How many uploads have not ended.
    pub(crate) fn active(&self) -> usize {
        self.lock().len()
    }

    /// Whether a transfer is in another state than before.
    fn is_step(&self, id: i64, state: State) -> bool {
        let mut states = self.transfers.lock().unwrap_or_else(PoisonError::into_inner);
        states.insert(id, state) != Some(state)
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<u32>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The window came to the front.
    pub(crate) fn window_focused(&self) {
        let _ = self.shell.send(Happening::WindowFocused);
    }

    /// The subscriptions of the windows.
    pub fn deltas(&self) -> &Arc<Deltas> {
        &self.deltas
    }
}

impl EventSink for DesktopSink {
    fn emit(&self, event: AppEvent) {
        match &event {
            AppEvent::Upload { upload } if upload.state.is_over() => {
                self.lock().remove(&upload.id);
            }
            AppEvent::Upload { upload } => {
                self.lock().insert(upload.id);
            }
            _ => {}
        }
        // The shell shows no bytes, so the many small events never queue up there.
        let small = match &event {
            AppEvent::Progress { .. } | AppEvent::Speed { .. } | AppEvent::Objects { .. } => true,
            AppEvent::Transfer { transfer } => !self.is_step(transfer.id as i64, transfer.state),
            _ => false,
        };
        if !small {
            // The shell ends before core does when the application quits.
            let _ = self.shell.send(Happening::Core(Box::new(event.clone())));
        }
        self.deltas.emit(event);
    }
}
