//! The objects of a bucket one by one: listed, looked up, counted, deleted in batches.

use hoist_store::{Bucket, ListPage, ListRequest, ObjectMeta};

use super::listing::{look_up, page};
use super::pages::Pages;
use super::retry::{RetryPolicy, retrying};
use crate::problem::{Problem, Result};

/// What is under a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removal {
    pub objects: u64,
    pub bytes: u64,
}

/// What became of it.
#[derive(Debug, Default)]
pub struct Removed {
    pub objects: u64,
    /// Keys that are still there, and why.
    pub failed: Vec<(String, Problem)>,
}

/// One page of a listing.
pub(crate) async fn list_page(bucket: &dyn Bucket, request: &ListRequest) -> Result<ListPage> {
    page(bucket, &RetryPolicy::default(), request).await
}

/// Looks an object up; `None` when it is not there.
pub(crate) async fn look_up_object(bucket: &dyn Bucket, key: &str) -> Result<Option<ObjectMeta>> {
    look_up(bucket, &RetryPolicy::default(), key, false).await
}

/// The same, with every checksum that the store keeps of it.
pub(crate) async fn look_up_sums(bucket: &dyn Bucket, key: &str) -> Result<Option<ObjectMeta>> {
    look_up(bucket, &RetryPolicy::default(), key, true).await
}

/// Counts the objects whose keys begin with `prefix`.
pub(crate) async fn count_objects(bucket: &dyn Bucket, prefix: &str) -> Result<Removal> {
    let mut pages = Pages::below(bucket, prefix);
    let mut removal = Removal::default();
    while let Some(page) = pages.next().await? {
        removal.objects += page.objects.len() as u64;
        removal.bytes += page.objects.iter().map(|object| object.size).sum::<u64>();
    }
    Ok(removal)
}

/// Deletes the objects whose keys begin with `prefix`; a page of the listing is one batch, at most
/// 1,000. What cannot be deleted is left and told.
pub(crate) async fn remove_prefix(
    bucket: &dyn Bucket,
    prefix: &str,
    mut gone: impl FnMut(u64) + Send,
) -> Result<Removed> {
    let mut pages = Pages::below(bucket, prefix);
    let mut removed = Removed::default();
    while let Some(page) = pages.next().await? {
        let keys: Vec<String> = page.objects.into_iter().map(|object| object.key).collect();
        if !keys.is_empty() {
            pages.during(remove_objects(bucket, &keys, &mut removed)).await?;
            gone(removed.objects);
        }
    }
    Ok(removed)
}

/// Deletes these objects. Deleting again what is gone is no error, so it is safe to try again.
pub(crate) async fn remove_objects(
    bucket: &dyn Bucket,
    keys: &[String],
    removed: &mut Removed,
) -> Result<()> {
    let retry = RetryPolicy::default();
    let deleted = retrying(&retry, || async { Ok(bucket.delete_many(keys).await?) });
    let failures = deleted.await.map_err(|trouble| trouble.problem(bucket.name()))?;
    removed.objects += (keys.len() - failures.len().min(keys.len())) as u64;
    removed.failed.extend(failures.into_iter().map(|failure| {
        let problem = Problem::from_store(&failure.error, &failure.key);
        (failure.key, problem)
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
    use hoist_store::memory::MemoryBucket;
    use hoist_store::{Body, ErrorKind, PutOptions};

    use super::*;

    #[tokio::test]
    async fn only_what_begins_with_the_prefix_goes_in_batches() {
        let memory = MemoryBucket::new("m");
        for n in 0..1_500 {
            let key = format!("logs/{n}");
            memory.put(&key, Body::from(b"12" as &[u8]), &PutOptions::default()).await.unwrap();
        }
        memory.put("logs", Body::from(b"x" as &[u8]), &PutOptions::default()).await.unwrap();
        let bucket = FaultyBucket::wrap(Arc::new(memory.clone())).on(
            Operation::DeleteMany,
            When::Nth(1),
            Fault::Fail(ErrorKind::Network),
        );
        let there = count_objects(&bucket, "logs/").await.unwrap();
        assert_eq!(there, Removal { objects: 1_500, bytes: 3_000 });
        let mut told = Vec::new();
        let removed = remove_prefix(&bucket, "logs/", |gone| told.push(gone)).await.unwrap();
        assert_eq!((removed.objects, removed.failed.len()), (1_500, 0));
        assert_eq!(told, [1_000, 1_500]);
        assert_eq!(memory.len(), 1);
    }
}
