//! The object a doctor writes, and never leaves behind: a small picture.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use hoist_store::{Body, Bucket, ErrorKind, GetOptions, PutOptions, StoreError};
use image::{ImageFormat, Rgb, RgbImage};

use super::within;

/// Width of the picture.
pub(super) const WIDTH: u32 = 64;
/// Height of the picture.
pub(super) const HEIGHT: u32 = 48;

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
        let key = format!("{prefix}.hoist-probe-{}.png", ulid::Ulid::new());
        let content = picture()?;
        // Armed before the put: an answer that got lost may have left the object.
        let mut probe = Self { bucket, key, content, there: true };
        let options = PutOptions {
            content_type: Some("image/png".into()),
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

    /// Reads it back with the keys. Keys that may only write are enough for uploads.
    pub(super) async fn read_back(&self, patience: Duration) -> Result<(), StoreError> {
        let read = async {
            let object = self.bucket.get(&self.key, &GetOptions::default()).await?;
            object.bytes(1 + self.content.len() as u64).await
        };
        match within(patience, read).await {
            Ok(bytes) if bytes == self.content => Ok(()),
            Ok(_) => {
                let message = "what was read is not what was written";
                Err(StoreError::new(ErrorKind::Integrity, message))
            }
            Err(error) if error.kind() == ErrorKind::AccessDenied => Ok(()),
            Err(error) => Err(error),
        }
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

/// A picture that differs each time, so that a cache cannot answer for the bucket.
fn picture() -> Result<Vec<u8>, StoreError> {
    let seed = ulid::Ulid::new().to_bytes();
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let shade = seed[(x / 8 + y / 8 * 3) as usize % seed.len()];
        Rgb([shade, shade.wrapping_add(85), shade.wrapping_mul(3)])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|error| {
        StoreError::new(ErrorKind::Other, "the probe cannot be made").with_source(error)
    })?;
    Ok(bytes.into_inner())
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
