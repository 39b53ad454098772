//! What Hoist does, without a face.
//!
//! The window, the command line and the local server call [`app::App`], the one composition root.
//! Everything below it sees the object stores through `hoist_store`'s traits only, and tells what
//! happens through an [`events::EventSink`].

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod app;
pub mod backup;
pub mod buckets;
pub mod builtin;
pub mod clipboard;
pub mod config;
pub mod doctor;
pub mod events;
pub mod feed;
pub mod history;
pub mod home;
pub mod image;
pub mod link;
pub mod model;
pub mod naming;
pub mod objects;
pub mod pipeline;
pub mod problem;
pub mod profile;
pub mod secret;
pub mod settings;
pub mod source;
pub mod sync;
pub mod transfer;
pub mod uploads;
pub mod view;

mod database;
mod fetch;
mod lock;
mod markup;
mod preview;
#[cfg(test)]
mod testing;
