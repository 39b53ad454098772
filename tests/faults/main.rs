//! The real `hoist put` and `hoist get` through a proxy that breaks connections, answers and bodies, in
//! front of a real S3 server; and on disks that are full.
//!
//! `HOIST_FAULTS_OBJECTS` sets how many small objects go each way (1,000), `HOIST_FAULTS_SEED` repeats
//! the chances of a run.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[cfg(target_os = "linux")]
mod disk;
mod many;
mod scene;
mod told;
