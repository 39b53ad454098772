//! The servers inside Hoist.
//!
//! [`store`] is the S3-compatible store behind the profile `local`, and the address its links
//! answer on.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod store;
