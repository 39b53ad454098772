//! The built-in store: an S3-compatible server for this computer, so that Hoist works at once with
//! no account.
//!
//! `s3s` speaks the protocol and checks the signatures. What is stored lives in one directory: a
//! SQLite index for exact keys, headers and multipart state, and content files under names of
//! their own. [`LocalStore`] is what the application starts; [`RunningStore`] is the server by
//! itself, which tests also use to make trouble with ([`Faults`]).
//!
//! Images of the bucket [`BUCKET`] can be read without a signature by whoever knows their key, and
//! take `?x-oss-process=image/...`.

mod access;
mod address;
mod attributes;
mod conditions;
mod content;
mod depot;
mod digest;
mod error;
mod faults;
mod front;
mod index;
mod keys;
mod listing;
mod local;
mod objects;
mod process;
mod public;
mod running;
mod s3;
mod uploads;

pub use faults::{Fault, FaultRequest, Faults};
pub use keys::Keys;
pub use local::{LocalStore, ServeOptions, serve_foreground};
pub use running::{RunningStore, StartError, StoreOptions};

/// The bucket of uploaded images.
pub const BUCKET: &str = "images";

/// The port links are made for.
pub const PORT: u16 = 36690;

/// How many ports after [`PORT`] are tried when it is taken.
pub const PORT_TRIES: u16 = 10;
