//! The server itself: one lock, one port, connections until it is told to stop.

use std::fs::{File, TryLockError};
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hoist_core::image::Limits;
use hoist_core::secret::Secrets;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::service::S3ServiceBuilder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::access::Access;
use super::address::{Hello, Note};
use super::depot::{Depot, forget_uploads};
use super::faults::Faults;
use super::front::Front;
use super::index::OpenError;
use super::keys::{Auth, Keys};
use super::process::{self, Processor};
use super::public::Public;
use super::{BUCKET, objects};

/// How long open connections may finish what they do when the store stops.
const GRACE: Duration = Duration::from_secs(5);
/// How long a connection may wait for its next request: longer than clients keep one open, so that
/// none sends into a connection that is just being closed.
const IDLE: Duration = Duration::from_secs(180);
/// Bytes of processed images that are kept.
const CACHE_LIMIT: u64 = 256 * 1024 * 1024;

/// What a store is started with.
#[derive(Debug)]
pub struct StoreOptions {
    /// The directory of the store.
    pub dir: PathBuf,
    /// Where processed images are remembered.
    pub cache_dir: PathBuf,
    /// How many bytes of them.
    pub cache_limit: u64,
    /// The port; 0 for any free one.
    pub port: u16,
    /// How many ports after it are tried when it is taken.
    pub port_tries: u16,
    /// The keys it takes.
    pub keys: Keys,
    /// Where other keys of the same person may be.
    pub secrets: Option<Secrets>,
    /// Bounds on images it processes.
    pub limits: Limits,
    /// Scripted trouble, for tests.
    pub faults: Option<Arc<dyn Faults>>,
}

impl StoreOptions {
    /// A store in `dir`, on any free port.
    pub fn new(dir: impl Into<PathBuf>, keys: Keys) -> Self {
        let dir = dir.into();
        Self {
            cache_dir: dir.join("processed"),
            dir,
            cache_limit: CACHE_LIMIT,
            port: 0,
            port_tries: 1,
            keys,
            secrets: None,
            limits: process::limits(),
            faults: None,
        }
    }
}

/// Why a store did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process, or another store of this one, serves the directory.
    #[error("another process serves this store")]
    InUse,
    /// No port of the range is free.
    #[error("no port from {0} to {1} is free")]
    PortsTaken(u16, u16),
    /// The directory cannot be used.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The index cannot be opened: damaged, or written by a newer version.
    #[error("the index of the store cannot be opened: {0}")]
    Index(String),
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Io(error) => Self::Io(error),
            other => Self::Index(other.to_string()),
        }
    }
}

/// A store that answers. Dropping it stops it without waiting; [`RunningStore::stop`] waits.
#[derive(Debug)]
pub struct RunningStore {
    port: u16,
    moved: bool,
    store_id: Arc<str>,
    keys: Keys,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<()>>,
}

/// What must outlive the last request.
struct Held {
    depot: Depot,
    dir: PathBuf,
    /// The operating system lets go of it however the process ends.
    _lock: File,
}

impl RunningStore {
    /// Locks the directory, opens the store and begins to answer.
    pub async fn start(options: StoreOptions) -> Result<Self, StartError> {
        let dir = options.dir.clone();
        let opening = tokio::task::spawn_blocking(move || open(dir));
        let held = opening.await.map_err(io::Error::other)??;
        let (listener, port) = listen(options.port, options.port_tries).await?;
        let depot = held.depot.clone();
        let store_id = Arc::clone(&depot.store_id);
        Note { port, store_id: store_id.to_string() }.write(&held.dir)?;

        let mut builder = S3ServiceBuilder::new(depot.clone());
        builder.set_auth(Auth { keys: options.keys.clone(), secrets: options.secrets });
        builder.set_access(Access);
        let hello = Hello {
            app: "hoist".to_owned(),
            store_id: store_id.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let front = Arc::new(Front {
            s3: builder.build(),
            public: Public {
                depot,
                processor: Processor::new(options.cache_dir, options.cache_limit, options.limits),
            },
            port,
            hello: serde_json::to_string(&hello).map_err(io::Error::other)?,
            faults: options.faults,
        });
        let moved = options.port != 0 && port != options.port;
        if moved {
            tracing::warn!(
                wanted = options.port,
                port,
                "the port of the built-in store is taken by another program, so links made before do not \
                 open until it is free again"
            );
        }
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(serve(listener, front, held, stopped));
        Ok(Self { port, moved, store_id, keys: options.keys, stop, serving: Some(serving) })
    }

    /// The port it answers on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether that is another port than the one asked for.
    pub fn moved(&self) -> bool {
        self.moved
    }

    /// The identity of what is stored.
    pub fn store_id(&self) -> &str {
        &self.store_id
    }

    /// The keys it takes.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Its S3 endpoint.
    pub fn endpoint_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What the links of images start with.
    pub fn public_base(&self) -> String {
        format!("http://127.0.0.1:{}/{BUCKET}", self.port)
    }

    /// Whether it still answers.
    pub(crate) fn is_alive(&self) -> bool {
        self.serving.as_ref().is_some_and(|serving| !serving.is_finished())
    }

    /// Lets open requests finish for a moment, closes the index, and gives the directory free.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(serving) = self.serving.take()
            && let Err(error) = serving.await
        {
            tracing::error!(%error, "the built-in store did not stop properly");
        }
    }
}

impl Drop for RunningStore {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

fn open(dir: PathBuf) -> Result<Held, StartError> {
    private_dir(&dir)?;
    let lock = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StartError::InUse),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let depot = Depot::open(&dir)?;
    Ok(Held { depot, dir, _lock: lock })
}

/// Only this user may look into it.
pub(super) fn private_dir(dir: &std::path::Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(dir)
}

async fn listen(port: u16, tries: u16) -> Result<(TcpListener, u16), StartError> {
    let last = port.saturating_add(tries.saturating_sub(1));
    for port in port..=last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => {
                let port = listener.local_addr()?.port();
                return Ok((listener, port));
            }
            // Windows keeps ranges of ports for itself and says that access is denied.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
                ) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StartError::PortsTaken(port, last))
}

async fn serve(
    listener: TcpListener,
    front: Arc<Front>,
    held: Held,
    mut stopped: watch::Receiver<bool>,
) {
    if let Err(error) = prepare(&held.depot).await {
        tracing::error!(%error, "the built-in store has no bucket for images");
    }
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = told(&mut stopped) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&front), stopped.clone()));
                }
                Err(error) => {
                    // Out of file descriptors, most likely: others may finish meanwhile.
                    tracing::warn!(%error, "the built-in store could not take a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        tracing::warn!("the built-in store closed connections that did not end");
        connections.shutdown().await;
    }
    drop(front);
    let closing = tokio::task::spawn_blocking(move || {
        held.depot.close();
        Note::remove(&held.dir);
        drop(held);
    });
    if let Err(error) = closing.await {
        tracing::error!(%error, "the built-in store could not be closed");
    }
}

async fn prepare(depot: &Depot) -> super::error::Result<()> {
    let there = depot.index.read(|conn| Ok(objects::require_bucket(conn, BUCKET).is_ok())).await?;
    if !there {
        depot.index.write(|change| objects::create_bucket(change, BUCKET)).await?;
    }
    forget_uploads(depot).await;
    Ok(())
}

/// Waits until the store is told to stop, or is dropped.
async fn told(stopped: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn connection(stream: TcpStream, front: Arc<Front>, mut stopped: watch::Receiver<bool>) {
    // Small answers must not wait for more.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = service_fn(move |request| {
        let front = Arc::clone(&front);
        async move { front.answer(request).await }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the built-in store broke");
    }
}
