//! The store of one home: started when it is first needed, in this process or found in another.

use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use hoist_core::builtin::{BuiltinEndpoint, BuiltinStore};
use hoist_core::home::Home;
use hoist_core::problem::{Code, Problem, Result};
use hoist_core::secret::Secrets;
use hoist_core::view::StoreStatus;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::address::Note;
use super::keys::{self, Keys};
use super::running::{RunningStore, StartError, StoreOptions};
use super::{BUCKET, PORT_TRIES};

/// What the store is called where a problem names it.
const SUBJECT: &str = "built-in store";
/// How long another process that has just taken the store may need until it answers.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);
/// How often a store in another process is looked at, to take over when that ends.
const WATCH: Duration = Duration::from_secs(1);

/// The built-in store of a home. Cheap to clone; all clones are the same store.
#[derive(Debug, Clone)]
pub struct LocalStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    cache_dir: PathBuf,
    port: u16,
    secrets: Secrets,
    state: Mutex<State>,
    status: StdMutex<StoreStatus>,
    /// Somebody waits for the other process to end.
    watching: AtomicBool,
}

/// Who serves it.
#[derive(Debug)]
enum State {
    Nobody,
    Here(RunningStore),
    /// Another process.
    There(Note, Keys),
}

impl LocalStore {
    /// The store of `home`, with links for `port`. Does nothing until it is started.
    pub fn new(home: &Home, port: u16) -> Self {
        Self {
            inner: Arc::new(Inner {
                dir: home.store_dir(),
                cache_dir: home.cache_dir().join("processed"),
                port,
                secrets: Secrets::new(home),
                state: Mutex::new(State::Nobody),
                status: StdMutex::new(StoreStatus {
                    running: false,
                    public_base: public_base(port),
                    port,
                    moved: false,
                }),
                watching: AtomicBool::new(false),
            }),
        }
    }

    /// Stops answering, when it is this process that answers. It can be started again.
    pub async fn stop(&self) {
        let state = std::mem::replace(&mut *self.inner.state.lock().await, State::Nobody);
        if let State::Here(running) = state {
            running.stop().await;
        }
        self.note_status(|status| status.running = false);
    }

    /// Whether this process is the one that answers.
    pub async fn is_here(&self) -> bool {
        matches!(&*self.inner.state.lock().await, State::Here(running) if running.is_alive())
    }

    fn note_status(&self, change: impl FnOnce(&mut StoreStatus)) -> StoreStatus {
        let mut status = self.inner.status.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut status);
        status.clone()
    }

    fn endpoint(&self, port: u16, keys: &Keys) -> BuiltinEndpoint {
        let moved = self.inner.port != 0 && port != self.inner.port;
        let status = self.note_status(|status| {
            *status = StoreStatus { running: true, public_base: public_base(port), port, moved };
        });
        BuiltinEndpoint {
            endpoint_url: format!("http://127.0.0.1:{port}"),
            public_base: public_base(port),
            bucket: BUCKET.to_owned(),
            access_key: keys.access_key.clone(),
            secret_key: keys.secret_key.clone(),
            status,
        }
    }

    fn options(&self, keys: Keys) -> StoreOptions {
        StoreOptions {
            cache_dir: self.inner.cache_dir.clone(),
            port: self.inner.port,
            port_tries: if self.inner.port == 0 { 1 } else { PORT_TRIES },
            secrets: Some(self.inner.secrets.clone()),
            ..StoreOptions::new(self.inner.dir.clone(), keys)
        }
    }

    /// Serves it, or finds who does.
    async fn begin(&self) -> Result<State> {
        let keys = keys::load(&self.inner.secrets, &self.inner.dir).await?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match RunningStore::start(self.options(keys.clone())).await {
                Ok(running) => return Ok(State::Here(running)),
                Err(StartError::InUse) => {}
                Err(error) => return Err(self.problem(&error)),
            }
            if let Some(note) = Note::read(&self.inner.dir)
                && note.answers().await
            {
                return Ok(State::There(note, keys));
            }
            if Instant::now() >= deadline {
                return Err(self.problem(&StartError::InUse));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Goes on with the store when the process that serves it ends: its links must open as long as
    /// any Hoist runs.
    fn watch(&self) {
        if self.inner.watching.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(WATCH).await;
                let Some(inner) = inner.upgrade() else { return };
                let store = LocalStore { inner };
                if store.take_over().await {
                    store.inner.watching.store(false, Ordering::Release);
                    return;
                }
            }
        });
    }

    /// Whether there is nothing left to wait for.
    async fn take_over(&self) -> bool {
        let mut state = self.inner.state.lock().await;
        let State::There(_, keys) = &*state else { return true };
        match RunningStore::start(self.options(keys.clone())).await {
            Ok(running) => {
                self.endpoint(running.port(), running.keys());
                *state = State::Here(running);
                true
            }
            Err(StartError::InUse) => false,
            Err(error) => {
                tracing::debug!(%error, "the built-in store of an ended process was not taken over");
                false
            }
        }
    }

    fn problem(&self, error: &StartError) -> Problem {
        match error {
            StartError::PortsTaken(first, last) => {
                Problem::new(Code::PortTaken, SUBJECT).with_detail(format_args!("{first}–{last}"))
            }
            StartError::InUse => {
                Problem::new(Code::DataInUse, self.inner.dir.display().to_string())
            }
            StartError::Io(error) => {
                Problem::from_io(Code::BuiltInStoreUnavailable, SUBJECT, error).with_detail(error)
            }
            StartError::Index(_) => {
                Problem::new(Code::BuiltInStoreUnavailable, SUBJECT).with_detail(error)
            }
        }
    }
}

fn public_base(port: u16) -> String {
    format!("http://127.0.0.1:{port}/{BUCKET}")
}

#[async_trait]
impl BuiltinStore for LocalStore {
    async fn start(&self) -> Result<BuiltinEndpoint> {
        let mut state = self.inner.state.lock().await;
        let goes_on = match &*state {
            State::Nobody => false,
            State::Here(running) => running.is_alive(),
            // The other process may have ended since.
            State::There(note, _) => note.answers().await,
        };
        if !goes_on {
            *state = State::Nobody;
            self.note_status(|status| status.running = false);
            *state = self.begin().await?;
        }
        match &*state {
            State::Here(running) => Ok(self.endpoint(running.port(), running.keys())),
            State::There(note, keys) => {
                self.watch();
                Ok(self.endpoint(note.port, keys))
            }
            State::Nobody => Err(Problem::new(Code::BuiltInStoreUnavailable, SUBJECT)),
        }
    }

    fn status(&self) -> StoreStatus {
        self.inner.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What [`serve_foreground`] serves.
#[derive(Debug)]
pub struct ServeOptions {
    /// Whose store.
    pub home: Home,
    /// The port links are made for.
    pub port: u16,
}

/// Serves the store until `shutdown` ends, as `hoist store` does. `ready` is told where it answers.
///
/// Fails with [`Code::DataInUse`] when another process serves it already.
pub async fn serve_foreground(
    options: ServeOptions,
    ready: impl FnOnce(&BuiltinEndpoint) + Send,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<()> {
    let store = LocalStore::new(&options.home, options.port);
    let endpoint = store.start().await?;
    if !store.is_here().await {
        return Err(Problem::new(Code::DataInUse, SUBJECT).with_detail(&endpoint.endpoint_url));
    }
    ready(&endpoint);
    shutdown.await;
    store.stop().await;
    Ok(())
}
