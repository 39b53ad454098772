//! What goes over the wire, and what each answer is taken for: the cases no real server gives on
//! demand.

#![allow(clippy::unwrap_used)]

mod answers;
mod bucket_config;
mod oss;
mod oss_account;
mod requests;
mod script;
mod streams;
mod tls;
