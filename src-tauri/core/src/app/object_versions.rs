//! Versions of an object, where its bucket keeps them.

use std::path::Path;
use std::sync::Arc;

use hoist_store::{Bucket, CopyOptions, ErrorKind, ObjectVersion, Versions};

use super::App;
use super::feed::common_folder;
use crate::events::AppEvent;
use crate::feed::{TaskEnd, TaskRequest};
use crate::problem::{Code, Problem, Result};
use crate::transfer::{RetryPolicy, retrying};
use crate::view::{TransferKind, VersionRow};

/// Most versions of one object that are listed.
const MOST: usize = 1_000;

impl App {
    /// The versions of an object, the newest first, at most 1,000; `None` where the provider has
    /// none. What was never replaced since versions are kept has one, `null`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn object_versions(&self, place: &str, key: &str) -> Result<Option<Vec<VersionRow>>> {
        let bucket = self.bucket(place).await?;
        let Some(versions) = bucket.versions() else { return Ok(None) };
        let retry = RetryPolicy::default();
        let (mut rows, mut page): (Vec<VersionRow>, Option<String>) = Default::default();
        loop {
            let (from, list) = (&page, versions);
            let listed = retrying(&retry, || async {
                Ok(list.list_versions(key, Option::as_deref(from)).await?)
            });
            let listed = match listed.await {
                Ok(listed) => listed,
                // A server that has no such call: asked, it says so.
                Err(trouble) if trouble.kind() == Some(ErrorKind::Unsupported) => return Ok(None),
                Err(trouble) => return Err(trouble.problem(key)),
            };
            rows.extend(listed.versions.into_iter().map(row));
            page = listed.next;
            if page.is_none() || rows.len() >= MOST {
                rows.truncate(MOST);
                return Ok(Some(rows));
            }
        }
    }

    /// Makes a version the current one: a copy of it inside the bucket, with its headers. The version
    /// stays, and so does the one it replaces.
    ///
    /// # Errors
    /// [`Code::Unsupported`] where there are no versions, and what the store says.
    pub async fn restore_version(&self, place: &str, key: &str, version: &str) -> Result<()> {
        let bucket = self.versioned(place, key).await?;
        let options = CopyOptions { version: Some(version.to_owned()), ..CopyOptions::default() };
        let retry = RetryPolicy::default();
        let copied = retrying(&retry, || async { Ok(bucket.copy(key, key, &options).await?) });
        copied.await.map_err(|trouble| trouble.problem(key))?;
        self.tell_listing(place, key);
        Ok(())
    }

    /// Deletes one version for good.
    ///
    /// # Errors
    /// As [`App::restore_version`].
    pub async fn delete_version(&self, place: &str, key: &str, version: &str) -> Result<()> {
        let bucket = self.versioned(place, key).await?;
        let versions = of(&*bucket, key)?;
        let retry = RetryPolicy::default();
        let deleted =
            retrying(&retry, || async { Ok(versions.delete_version(key, version).await?) });
        deleted.await.map_err(|trouble| trouble.problem(key))?;
        self.tell_listing(place, key);
        Ok(())
    }

    /// Begins to download a version into a folder, under its own name or the next free one.
    ///
    /// # Errors
    /// As [`App::restore_version`].
    pub async fn download_version(
        &self,
        place: &str,
        key: &str,
        version: &str,
        into: &Path,
    ) -> Result<i64> {
        self.versioned(place, key).await?;
        let work = {
            let (app, place, into) = (self.clone(), place.to_owned(), into.to_owned());
            let (key, version) = (key.to_owned(), version.to_owned());
            Arc::new(move |meter| {
                let (app, place, into) = (app.clone(), place.clone(), into.clone());
                let (key, version) = (key.clone(), version.clone());
                Box::pin(async move {
                    let bucket = app.bucket(&place).await?;
                    let transfers = app.transfers().await?;
                    transfers.fetch_version(&*bucket, &key, &version, &into, &meter).await?;
                    Ok(TaskEnd::default())
                }) as _
            })
        };
        let request = TaskRequest {
            kind: TransferKind::Download,
            place: place.to_owned(),
            name: crate::feed::named(&[key.to_owned()]),
            detail: into.display().to_string(),
            touches: Vec::new(),
            work,
        };
        Ok(self.feed().await?.start(request))
    }

    async fn versioned(&self, place: &str, key: &str) -> Result<Arc<dyn Bucket>> {
        let bucket = self.bucket(place).await?;
        of(&*bucket, key)?;
        Ok(bucket)
    }

    fn tell_listing(&self, place: &str, key: &str) {
        let prefix = common_folder(&[key.to_owned()]).to_owned();
        self.inner.events.emit(AppEvent::Objects { place: place.to_owned(), prefix });
    }
}

fn of<'a>(bucket: &'a dyn Bucket, key: &str) -> Result<&'a dyn Versions> {
    bucket.versions().ok_or_else(|| Problem::new(Code::Unsupported, key))
}

fn row(version: ObjectVersion) -> VersionRow {
    VersionRow {
        id: version.version,
        size: version.size as f64,
        modified: version.modified.map(|time| time.as_millisecond() as f64),
        etag: version.etag,
        latest: version.latest,
        deleted: version.deleted,
    }
}
