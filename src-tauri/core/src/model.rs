//! Models: named, versioned sets of files in a bucket.
//!
//! `NAME@VERSION` is the folder `models/NAME/VERSION/` below the profile's prefix, with a
//! `manifest.json` that names every file, its size and its SHA-256. The manifest is written last: a
//! folder without one is a version that is not finished. `models/NAME/aliases.json` holds the aliases
//! set by hand; `latest` is worked out from the versions.
//!
//! The bytes go through [`crate::transfer`]; here is decided which have to go at all.

mod aliases;
mod compare;
mod digest;
mod folder;
mod manifest;
mod name;
pub mod peek;
mod pull;
mod push;
mod registry;
mod remove;
mod run;
#[cfg(test)]
mod tests;
mod verify;
mod version;
mod weights;

pub use aliases::Aliases;
pub use compare::{Change, ComparedFile, Comparison};
pub use manifest::{Manifest, ManifestFile, Pushed};
pub use name::ModelName;
pub use peek::{Flaw, Peek, PeekFormat, TensorInfo};
pub use pull::{Pull, PullReport};
pub use push::{Parent, Push, PushReport};
pub use registry::{ModelSummary, VersionSummary};
pub use remove::ModelRemoval;
pub use run::FileFailure;
pub use verify::{Check, CheckedFile, VerifyReport};
pub use version::precedence;
pub use weights::Weights;

pub(crate) use peek::peek;
pub(crate) use pull::pull;
pub(crate) use push::push;
pub(crate) use registry::Registry;

/// The alias that nobody sets.
pub const LATEST: &str = "latest";
