//! Where an upload goes: a bucket, and the address its links start with.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use hoist_store::Bucket;
use sha2::{Digest as _, Sha256};

use crate::problem::Result;
use crate::profile::Profile;

/// A profile's bucket, ready for use.
#[derive(Debug, Clone)]
pub struct Place {
    pub profile: Profile,
    pub bucket: Arc<dyn Bucket>,
    /// What links start with.
    pub public_base: String,
    /// The profile names it; if not, it is the endpoint's own address.
    pub public_base_is_set: bool,
    /// Names this bucket at this endpoint; see [`target_id`].
    pub target: String,
}

/// Opens the bucket of a profile. The app does it for real; tests hand out memory.
#[async_trait]
pub trait Places: Send + Sync + fmt::Debug {
    /// The place of the profile of this name, as it is configured now.
    async fn place(&self, profile: &str) -> Result<Place>;

    /// The store refused the keys: they are read anew the next time.
    fn forget(&self, profile: &str);
}

/// A short name for one bucket at one endpoint. Two profiles on the same bucket share it, and a
/// profile that is pointed at another bucket gets another, so that neither the history's links nor
/// deletions ever reach into the wrong one.
pub fn target_id(provider: &str, endpoint: &str, bucket: &str) -> String {
    let mut hash = Sha256::new();
    for part in [provider, endpoint.trim_end_matches('/'), bucket] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..8])
}
