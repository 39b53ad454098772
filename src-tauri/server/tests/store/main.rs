//! The built-in store over real connections: the AWS SDK for what is signed, plain HTTP by hand for
//! everything an ordinary client would tidy up.

#![allow(clippy::unwrap_used)]

mod support;

mod access;
mod account;
mod contract;
mod crash;
mod faults;
mod lifecycle;
mod log;
mod multipart;
mod objects;
mod process;
mod public;
