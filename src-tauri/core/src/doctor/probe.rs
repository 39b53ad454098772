//! The object a doctor writes, and never leaves behind.

use std::sync::Arc;
use std::time::Duration;

use hoist_store::{Body, Bucket, ErrorKind, PutOptions, StoreError};

use super::within;

/// An object of the doctor's own. Deleted when dropped, if it was not before.
pub(super) struct Probe {
    bucket: Arc<dyn Bucket>,
    key: String,
    content: Vec<u8>,
    there: bool,
}

impl Probe {
    /// Writes a new one under `prefix`.
    pub(super) async fn write(
        bucket: Arc<dyn Bucket>,
        prefix: &str,
        patience: Duration,
    ) -> Result<Self, StoreError> {
        let key = format!("{prefix}.hoist-probe-{}", ulid::Ulid::new());
        // Differs each time, so that a cache cannot answer for the bucket.
        let content = format!("Hoist wrote this to test the profile. {}\n", ulid::Ulid::new());
        let content = content.into_bytes();
        // Armed before the put: an answer that got lost may have left the object.
        let mut probe = Self { bucket, key, content, there: true };
        let options = PutOptions {
            content_type: Some("text/plain; charset=utf-8".into()),
            cache_control: Some("no-store".into()),
            ..PutOptions::default()
        };
        let body = Body::from(probe.content.clone());
        let put = within(patience, probe.bucket.put(&probe.key, body, &options)).await;
        if let Err(error) = put {
            let refused = matches!(
                error.kind(),
                ErrorKind::AccessDenied
                    | ErrorKind::NotFound
                    | ErrorKind::ClockSkew
                    | ErrorKind::WrongEndpoint
                    | ErrorKind::WrongRegion
                    | ErrorKind::InvalidKey
                    | ErrorKind::Unsupported
            );
            if refused {
                probe.there = false;
            } else {
                // The put is what is reported, whatever becomes of this.
                let _ = probe.delete(patience).await;
            }
            return Err(error);
        }
        Ok(probe)
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn content(&self) -> &[u8] {
        &self.content
    }

    /// Deletes it, trying again once.
    pub(super) async fn delete(mut self, patience: Duration) -> Result<(), StoreError> {
        let mut result = within(patience, self.bucket.delete(&self.key)).await;
        if result.is_err() {
            result = within(patience, self.bucket.delete(&self.key)).await;
        }
        // More than twice would not help; dropping must not try a third time.
        self.there = false;
        result
    }
}

impl Drop for Probe {
    /// The doctor was stopped halfway: its page was closed, its command interrupted.
    fn drop(&mut self) {
        if !self.there {
            return;
        }
        let (bucket, key) = (Arc::clone(&self.bucket), std::mem::take(&mut self.key));
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { bucket.delete(&key).await });
        }
    }
}
