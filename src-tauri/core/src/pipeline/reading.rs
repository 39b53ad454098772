//! What an upload begins with, in memory: a source, or an object read back from its bucket.

use hoist_store::{ErrorKind, GetOptions};
use tokio::sync::OwnedSemaphorePermit;

use super::{Input, MEMORY_MIB, Pipeline, permits};
use crate::history::Entry;
use crate::problem::{Code, Problem, Result};
use crate::source::ReadSource;

impl Pipeline {
    /// Reads all of it; the permit stands for the memory it takes.
    pub(crate) async fn read(&self, input: &Input) -> Result<(OwnedSemaphorePermit, ReadSource)> {
        let expected = input.expected_size().await.unwrap_or(8 << 20);
        let mib =
            u32::try_from(expected >> 20).unwrap_or(u32::MAX).saturating_add(1).min(MEMORY_MIB);
        let permit = permits(&self.memory, mib).await?;
        let read = match input {
            Input::Source(source) => source.read(self.limits.max_bytes).await?,
            Input::Stored(entry) | Input::Remade(entry) => self.fetch(entry).await?,
        };
        Ok((permit, read))
    }

    /// Reads an object of the history back from its bucket.
    async fn fetch(&self, entry: &Entry) -> Result<ReadSource> {
        let place = self.places.place(&entry.profile).await?;
        if place.target != entry.target {
            // The profile points at another bucket by now.
            return Err(Problem::new(Code::ObjectNotFound, &entry.key));
        }
        let object = match place.bucket.get(&entry.key, &GetOptions::default()).await {
            Ok(object) => object,
            Err(error) => {
                if error.kind() == ErrorKind::NotFound {
                    self.set_missing(entry).await;
                }
                return Err(Problem::from_store(&error, &entry.key));
            }
        };
        let bytes = object
            .bytes(self.limits.max_bytes)
            .await
            .map_err(|error| Problem::from_store(&error, &entry.key))?;
        Ok(ReadSource {
            bytes,
            name: entry.name.clone(),
            origin: entry.url.clone(),
            dir: String::new(),
        })
    }
}
