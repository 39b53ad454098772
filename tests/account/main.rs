//! Accounts and bucket configuration against real servers.

#![allow(clippy::unwrap_used)]

mod oss;
mod seaweedfs;
