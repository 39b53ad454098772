//! A listing page by page, the next of which is read while one is worked on.

use std::future::Future;
use std::mem;
use std::pin::pin;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hoist_store::{Bucket, ListPage, ListRequest};

use super::listing::page;
use super::retry::RetryPolicy;
use crate::problem::Result;

/// The pages below a prefix.
pub(crate) struct Pages<'a> {
    bucket: &'a dyn Bucket,
    retry: RetryPolicy,
    request: ListRequest,
    ahead: Ahead<'a>,
}

/// The page after the last that was given.
enum Ahead<'a> {
    /// There is none.
    Over,
    Reading(BoxFuture<'a, Result<ListPage>>),
    Read(Result<ListPage>),
}

impl<'a> Pages<'a> {
    /// Everything that begins with `prefix`, however deep.
    pub(crate) fn below(bucket: &'a dyn Bucket, prefix: &str) -> Self {
        Self::with(bucket, RetryPolicy::default(), prefix)
    }

    pub(super) fn with(bucket: &'a dyn Bucket, retry: RetryPolicy, prefix: &str) -> Self {
        let request = ListRequest { prefix: prefix.to_owned(), ..ListRequest::default() };
        let mut pages = Self { bucket, retry, request, ahead: Ahead::Over };
        pages.ahead = pages.read();
        pages
    }

    fn read(&self) -> Ahead<'a> {
        let (bucket, retry, request) = (self.bucket, self.retry, self.request.clone());
        Ahead::Reading(async move { page(bucket, &retry, &request).await }.boxed())
    }

    /// The next page; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<ListPage>> {
        let mut page = match mem::replace(&mut self.ahead, Ahead::Over) {
            Ahead::Over => return Ok(None),
            Ahead::Reading(reading) => reading.await?,
            Ahead::Read(page) => page?,
        };
        if let Some(next) = page.next.take() {
            self.request.page = Some(next);
            self.ahead = self.read();
        }
        Ok(Some(page))
    }

    /// Does something with a page, and reads the next one meanwhile.
    pub(crate) async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if let Ahead::Reading(reading) = &mut self.ahead {
            let page = tokio::select! {
                biased;
                done = &mut work => return done,
                page = reading => page,
            };
            self.ahead = Ahead::Read(page);
        }
        work.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hoist_store::fault::{Fault, FaultyBucket, Operation, When};
    use hoist_store::memory::MemoryBucket;
    use hoist_store::{Body, ErrorKind, PutOptions};

    use super::*;

    async fn bucket(objects: usize) -> FaultyBucket {
        let memory = MemoryBucket::new("m");
        for n in 0..objects {
            let body = Body::from(b"1" as &[u8]);
            memory.put(&format!("a/{n:05}"), body, &PutOptions::default()).await.unwrap();
        }
        FaultyBucket::wrap(Arc::new(memory))
    }

    #[tokio::test]
    async fn the_next_page_is_read_while_one_is_worked_on() {
        let bucket = bucket(2_500).await;
        let mut pages = Pages::below(&bucket, "a/");
        let mut seen = Vec::new();
        let mut listed = 1;
        while let Some(page) = pages.next().await.unwrap() {
            seen.extend(page.objects.into_iter().map(|object| object.key));
            listed = 3.min(listed + 1);
            pages
                .during(async {
                    while bucket.calls(Operation::List) < listed {
                        tokio::task::yield_now().await;
                    }
                })
                .await;
        }
        assert_eq!(seen, (0..2_500).map(|n| format!("a/{n:05}")).collect::<Vec<_>>());
        assert_eq!(bucket.calls(Operation::List), 3);
    }

    #[tokio::test]
    async fn a_page_that_fails_is_told_after_the_work_on_the_one_before() {
        let bucket = bucket(1_500).await.on(
            Operation::List,
            When::Nth(2),
            Fault::Fail(ErrorKind::AccessDenied),
        );
        let mut pages = Pages::below(&bucket, "");
        assert_eq!(pages.next().await.unwrap().unwrap().objects.len(), 1_000);
        let worked = pages.during(async {
            while bucket.calls(Operation::List) < 2 {
                tokio::task::yield_now().await;
            }
            7
        });
        assert_eq!(worked.await, 7);
        assert!(pages.next().await.is_err());
        assert!(pages.next().await.unwrap().is_none());
    }
}
