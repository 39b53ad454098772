//! What the tests of Hoist share: processes that end with the test, real servers, and the contract
//! that every bucket keeps.

#![allow(clippy::unwrap_used)]

pub mod contract;
pub mod hoist;
pub mod oss;
mod plain_http;
mod process;
pub mod proxy;
mod servers;

pub use plain_http::{Answer, fetch};
pub use process::{ChildGuard, free_port, free_ports, wait_until, wait_until_async};
pub use servers::{Server, install_folder};
