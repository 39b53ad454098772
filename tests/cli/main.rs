//! The command line as other programs see it: standard output, exit statuses, and what is left behind.

#![allow(clippy::unwrap_used)]

mod harness;

mod backup;
mod bad_input;
mod binary;
mod bucket;
mod bucket_oss;
mod clipboard;
mod cloud;
mod copy;
mod faults;
mod history;
mod keyring;
mod model;
mod oss;
mod profile;
mod store;
mod sync;
mod terminal;
mod transfer;
mod transform;
mod upload;
