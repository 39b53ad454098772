//! The built-in store as the rest of the core sees it: something that can be started and then has
//! an address. `hoist_server` implements it; [`crate::app::App`] is given it.

use std::fmt;

use async_trait::async_trait;

use crate::problem::Result;
use crate::view::StoreStatus;

/// The S3-compatible store inside Hoist, behind the profile `local`.
#[async_trait]
pub trait BuiltinStore: Send + Sync + fmt::Debug {
    /// Makes sure it answers, and says where. Called before every batch that goes to `local`, so
    /// it is quick when the store runs already, in this process or in another on the same data.
    ///
    /// Fails with [`crate::problem::Code::PortTaken`] when no port of its range is free.
    async fn start(&self) -> Result<BuiltinEndpoint>;

    /// Where it stands, without starting it.
    fn status(&self) -> StoreStatus;
}

/// Where the built-in store answers, and the keys it takes.
#[derive(Clone)]
pub struct BuiltinEndpoint {
    /// Its S3 endpoint, such as `http://127.0.0.1:36690`.
    pub endpoint_url: String,
    /// What its links start with, such as `http://127.0.0.1:36690/images`.
    pub public_base: String,
    /// Its bucket for uploads.
    pub bucket: String,
    /// Access key id.
    pub access_key: String,
    /// Secret access key. Never shown.
    pub secret_key: String,
    /// As the status bar shows it.
    pub status: StoreStatus,
}

impl fmt::Debug for BuiltinEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuiltinEndpoint")
            .field("endpoint_url", &self.endpoint_url)
            .field("public_base", &self.public_base)
            .field("bucket", &self.bucket)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
