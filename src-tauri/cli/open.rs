//! Opens the core for one run of the command line.

use std::path::PathBuf;
use std::sync::Arc;

use hoist_core::app::{App, AppOptions};
use hoist_core::clipboard::SystemClipboard;
use hoist_core::config::Config;
use hoist_core::events::EventSink;
use hoist_core::home::Home;
use hoist_core::problem::Result;
use hoist_server::store::LocalStore;

/// The core, and the built-in store it was given.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) app: App,
    pub(crate) store: LocalStore,
}

/// Opens it; `events` is told what happens.
pub(crate) async fn open(events: Arc<dyn EventSink>) -> Result<Opened> {
    let home = Home::from_env()?;
    let port = Config::load(&home)?.settings().store_port;
    let store = LocalStore::new(&home, port);
    let app = App::open(AppOptions {
        home,
        events,
        builtin: Arc::new(store.clone()),
        clipboard: Arc::new(SystemClipboard),
        extra_ca: std::env::var_os("HOIST_CA_FILE").map(PathBuf::from),
    })
    .await?;
    Ok(Opened { app, store })
}
