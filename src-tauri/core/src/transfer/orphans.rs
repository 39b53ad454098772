//! Uploads that nobody will complete: found, and given up.

use std::time::Duration;

use hoist_store::{ErrorKind, MultipartUpload, StoreError};
use jiff::Timestamp;

use super::ledger::{FileRow, Ledger};
use super::limits::Limits;
use super::retry::{Trouble, retrying};
use super::stall::thinking;
use super::{Remote, Transfers};
use crate::problem::Result;

/// An upload that belongs to no transfer of this computer that could still complete it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    pub key: String,
    pub upload_id: String,
    pub started: Option<Timestamp>,
    /// It was given up; `false` when it was only looked for, or could not be.
    pub given_up: bool,
}

impl Transfers {
    /// Uploads under `prefix` in the bucket of a profile that were begun at least `age` ago and that
    /// no transfer of this computer owns; with `give_up` their parts are freed. Those of other
    /// computers look the same, which is what `age` is for.
    ///
    /// # Errors
    /// What the store says. A bucket without multipart uploads has none.
    pub async fn clean(
        &self,
        profile: &str,
        prefix: &str,
        age: Duration,
        give_up: bool,
    ) -> Result<Vec<Orphan>> {
        let Remote { bucket, target } = self.inner.remotes.open(profile).await?;
        let Some(store) = bucket.multipart() else { return Ok(Vec::new()) };
        let (ledger, limits) = (&self.inner.ledger, &self.inner.limits);
        let name = bucket.name();
        let uploads =
            retrying(&limits.retry, || async { Ok(store.list_uploads(prefix).await?) }).await;
        let uploads = uploads.map_err(|trouble| trouble.problem(name))?;
        // Asked for after the list was made: an upload created since is in neither.
        let begun = ledger.keys_begun(&target).await?;
        let newest =
            Timestamp::now().as_millisecond() - i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        let mut orphans = Vec::new();
        for upload in uploads {
            let young = upload.started.is_some_and(|started| started.as_millisecond() > newest);
            let known =
                begun.contains(&upload.key) || ledger.knows_upload(&upload.upload_id).await?;
            if young || known {
                continue;
            }
            let given_up = give_up && abort(limits, store, &upload.key, &upload.upload_id).await;
            orphans.push(Orphan {
                key: upload.key,
                upload_id: upload.upload_id,
                started: upload.started,
                given_up,
            });
        }
        Ok(orphans)
    }
}

/// Gives an upload up. That it is not there is as good; other failures are left to `clean`.
pub(super) async fn abort(
    limits: &Limits,
    store: &dyn MultipartUpload,
    key: &str,
    id: &str,
) -> bool {
    let given_up = retrying(&limits.retry, || async {
        match tokio::time::timeout(thinking(limits.stall), store.abort(key, id)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.kind() == ErrorKind::NotFound => Ok(()),
            Ok(Err(error)) => Err(Trouble::Store(error)),
            Err(_) => Err(StoreError::new(ErrorKind::Timeout, "no answer").into()),
        }
    });
    match given_up.await {
        Ok(()) => true,
        Err(trouble) => {
            tracing::warn!(key, ?trouble, "an upload could not be given up");
            false
        }
    }
}

/// How far clocks may be apart, in milliseconds, when an upload is looked for by its time.
const CLOCKS: i64 = 5 * 60 * 1000;

/// Gives up uploads of this key that were created for this file and whose ids never arrived: they
/// are in no ledger, and not older than the note that they were about to be made.
pub(super) async fn abort_strays(
    ledger: &Ledger,
    limits: &Limits,
    store: &dyn MultipartUpload,
    row: &FileRow,
) -> Result<()> {
    let Some(begun) = ledger.begun_at(row.id).await? else { return Ok(()) };
    let listed = retrying(&limits.retry, || async { Ok(store.list_uploads(&row.key).await?) });
    let uploads = match listed.await {
        Ok(uploads) => uploads,
        // Keys that may not list: the provider's own rule for unfinished uploads takes care of it.
        Err(trouble)
            if matches!(trouble.kind(), Some(ErrorKind::AccessDenied | ErrorKind::Unsupported)) =>
        {
            return Ok(());
        }
        Err(trouble) => return Err(trouble.problem(&row.key)),
    };
    for upload in uploads.into_iter().filter(|upload| upload.key == row.key) {
        let ours = upload
            .started
            .is_none_or(|started| started.as_millisecond() >= begun.saturating_sub(CLOCKS));
        if ours && !ledger.knows_upload(&upload.upload_id).await? {
            abort(limits, store, &row.key, &upload.upload_id).await;
        }
    }
    Ok(())
}
