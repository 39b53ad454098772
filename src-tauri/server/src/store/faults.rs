//! Scripted trouble, so that tests of clients can use the real store as a fault injector.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, Method};

/// A request as [`Faults`] sees it, before anything is done with it.
#[derive(Debug, Clone, Copy)]
pub struct FaultRequest<'a> {
    /// The HTTP method.
    pub method: &'a Method,
    /// The path as it was sent, percent-encoded.
    pub path: &'a str,
    /// The query as it was sent; empty when there is none.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
}

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Wait, then answer as usual.
    Delay(Duration),
    /// Refuse with an S3 error, without looking at the request.
    Answer {
        /// HTTP status, such as 503.
        status: u16,
        /// S3 code, such as `SlowDown`.
        code: &'static str,
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// Close the connection after this many bytes of the request's body.
    CutRequest(u64),
    /// Do the work, then close the connection after this many bytes of the answer's body.
    CutResponse(u64),
    /// Do the work, then close the connection without any answer.
    LoseAnswer,
}

/// Decides, request by request, what goes wrong. Called on the async threads: it must not block.
///
/// A store made for tests takes one in [`StoreOptions::faults`](super::StoreOptions); the
/// application never sets it.
pub trait Faults: Send + Sync + fmt::Debug {
    /// The fault of this request, if any.
    fn next(&self, request: &FaultRequest<'_>) -> Option<Fault>;
}
