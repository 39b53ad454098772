//! The page of a folder that a window will ask for next: read while it shows the one before.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hoist_store::{ListPage, ListRequest};
use tokio::task::JoinHandle;

use super::App;
use crate::problem::Result;

/// A page that was read longer ago than this may not be true any more.
const FRESH: Duration = Duration::from_secs(10);

/// At most one page is read ahead: a window lists one folder at a time.
#[derive(Default)]
pub(super) struct Ahead(Mutex<Option<Next>>);

struct Next {
    place: String,
    request: ListRequest,
    begun: Instant,
    page: Option<JoinHandle<Result<ListPage>>>,
}

impl Drop for Next {
    fn drop(&mut self) {
        if let Some(page) = &self.page {
            page.abort();
        }
    }
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ahead")
    }
}

impl Ahead {
    fn put(&self, next: Option<Next>) -> Option<Next> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), next)
    }

    /// The page that was asked for, if it is this one.
    fn take(&self, place: &str, request: &ListRequest) -> Option<JoinHandle<Result<ListPage>>> {
        let mut next = self.put(None)?;
        let fits = next.place == place && next.request == *request && next.begun.elapsed() < FRESH;
        if fits { next.page.take() } else { None }
    }
}

impl App {
    /// One page of a listing, while the next one is read already.
    pub(super) async fn page_of_many(&self, place: &str, request: ListRequest) -> Result<ListPage> {
        let read = match self.inner.ahead.take(place, &request) {
            Some(page) => page.await.ok(),
            None => None,
        };
        let page = match read {
            Some(page) => page?,
            None => self.list_objects(place, &request).await?,
        };
        if page.next.is_some() {
            let request = ListRequest { page: page.next.clone(), ..request };
            let (app, of, wanted) = (self.clone(), place.to_owned(), request.clone());
            let reading =
                self.inner.runtime.spawn(async move { app.list_objects(&of, &wanted).await });
            self.inner.ahead.put(Some(Next {
                place: place.to_owned(),
                request,
                begun: Instant::now(),
                page: Some(reading),
            }));
        }
        Ok(page)
    }
}
