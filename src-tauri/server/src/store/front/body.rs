//! Bodies that can be read on, or cut short.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use s3s::StdError;

use super::OutBody;

/// How much of a refused body is read, so that its sender sees the refusal and not a reset.
const DRAIN: u64 = 256 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(30);
/// How long a connection stays open before it is cut.
const FLUSH: Duration = Duration::from_millis(50);

/// A request's body whose rest can be read by somebody else.
#[derive(Debug)]
pub(super) struct SharedBody(Arc<Mutex<Incoming>>);

/// The other end of a [`SharedBody`].
#[derive(Debug)]
pub(super) struct Rest(Arc<Mutex<Incoming>>);

impl SharedBody {
    pub(super) fn share(body: Incoming) -> (Self, Rest) {
        let shared = Arc::new(Mutex::new(body));
        (Self(Arc::clone(&shared)), Rest(shared))
    }
}

impl Body for SharedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}

impl Rest {
    /// Reads the rest in the background, up to a limit.
    pub(super) fn drain_later(self) {
        let rest = SharedBody(self.0);
        if rest.is_end_stream() {
            return;
        }
        tokio::spawn(tokio::time::timeout(DRAIN_TIME, read_some(rest, DRAIN)));
    }
}

/// Reads up to `limit` bytes and drops the body.
pub(super) async fn read_some<B>(mut body: B, limit: u64)
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut read = 0;
    while read < limit {
        match body.frame().await {
            Some(Ok(frame)) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
            Some(Err(_)) | None => return,
        }
    }
}

/// An answer's body that breaks off.
#[derive(Debug)]
pub(super) struct Cut {
    body: OutBody,
    left: u64,
    /// Lets what was sent before leave for the client.
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Cut {
    pub(super) fn new(body: OutBody, after: u64) -> Self {
        Self { body, left: after, pause: None }
    }
}

impl Body for Cut {
    type Data = Bytes;
    type Error = StdError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StdError>>> {
        if self.left == 0 {
            let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(FLUSH)));
            std::task::ready!(pause.as_mut().poll(cx));
            return Poll::Ready(Some(Err("cut as scripted".into())));
        }
        let left = self.left;
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready(frame.map(|frame| {
            frame.map(|frame| match frame.into_data() {
                Ok(data) => {
                    let kept = left.min(data.len() as u64);
                    self.left -= kept;
                    Frame::data(data.slice(..usize::try_from(kept).unwrap_or(data.len())))
                }
                Err(other) => other,
            })
        }))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
