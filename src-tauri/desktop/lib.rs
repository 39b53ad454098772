//! The window of Hoist: what Tauri needs around `hoist-core`.
//!
//! Commands convert, call core and map the error. Core knows nothing of windows.

#![cfg(feature = "gui")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod actions;
pub mod bindings;
mod command_names;
mod commands;
mod drops;
pub mod error;
pub mod host;
mod notify;
mod shell;
mod shortcut;
pub mod sink;
mod start;
mod tray;
#[cfg(target_os = "linux")]
mod tray_host;
mod windows;
mod words;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hoist_core::app::App;

pub use command_names::COMMANDS;
pub use start::run;

/// What the commands of every window share.
#[derive(Debug)]
pub struct Desktop {
    core: App,
    sink: Arc<sink::DesktopSink>,
    host: Arc<dyn host::Host>,
    /// The last window was closed while something was under way, and nothing is left to reopen it
    /// from.
    quit_when_idle: AtomicBool,
    drops: drops::Drops,
}

impl Desktop {
    /// Core, the sink it was opened with, and the desktop around the windows.
    pub fn new(core: App, sink: Arc<sink::DesktopSink>, host: Arc<dyn host::Host>) -> Self {
        let quit_when_idle = AtomicBool::new(false);
        Self { core, sink, host, quit_when_idle, drops: drops::Drops::default() }
    }

    /// The folder that was named, or the one chosen with the system's dialog; nothing when that was
    /// closed.
    async fn folder(&self, named: Option<String>) -> Option<PathBuf> {
        match named {
            Some(named) => Some(PathBuf::from(named)),
            None => self.host.choose_folder().await,
        }
    }
}
