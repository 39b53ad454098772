//! Bodies of answers: an error when they stall, break, or are not as long as promised.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use crate::{ErrorKind, ObjectStream, StoreError};

/// What is wrong with a body, for whoever makes the sentence.
#[derive(Debug)]
pub(crate) enum Fault<E> {
    /// No bytes came for this long.
    Stalled(Duration),
    /// The connection broke.
    Broken(E),
    /// More bytes came than were promised.
    TooLong,
    /// These many did not come.
    Missing(u64),
    /// All came, and what saw them says they are not the right ones.
    Other(String),
}

impl<E> Fault<E> {
    /// Its kind, and why in words.
    pub(crate) fn say(&self) -> (ErrorKind, String) {
        match self {
            Fault::Stalled(grace) => {
                (ErrorKind::Timeout, format!("no bytes came for {} seconds", grace.as_secs()))
            }
            Fault::Broken(_) => (ErrorKind::Network, "the connection broke".to_owned()),
            Fault::TooLong => {
                (ErrorKind::Integrity, "more bytes came than were promised".to_owned())
            }
            Fault::Missing(left) => {
                (ErrorKind::Integrity, format!("the last {left} bytes did not come"))
            }
            Fault::Other(why) => (ErrorKind::Integrity, why.clone()),
        }
    }
}

/// Sees every byte of a body, and says at the end whether they are the right ones.
pub(crate) trait Inspect: Send + 'static {
    fn see(&mut self, bytes: &[u8]);

    fn verdict(self) -> Result<(), String>;
}

/// Where nothing is known of the bytes but how many they are.
impl Inspect for () {
    fn see(&mut self, _bytes: &[u8]) {}

    fn verdict(self) -> Result<(), String> {
        Ok(())
    }
}

/// `len` bytes of `body`, watched; `fail` makes the error.
pub(crate) fn watch<S, E, I>(
    body: S,
    len: u64,
    grace: Duration,
    inspect: I,
    fail: impl Fn(Fault<E>) -> StoreError + Send + 'static,
) -> ObjectStream
where
    S: Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static,
    E: Send + 'static,
    I: Inspect,
{
    let state = Some((body, len, inspect, fail));
    Box::pin(stream::unfold(state, move |state| async move {
        let (mut body, left, mut inspect, fail) = state?;
        let fault = match tokio::time::timeout(grace, body.next()).await {
            Err(_) => Fault::Stalled(grace),
            Ok(Some(Err(error))) => Fault::Broken(error),
            Ok(Some(Ok(chunk))) if chunk.len() as u64 > left => Fault::TooLong,
            Ok(Some(Ok(chunk))) => {
                let left = left - chunk.len() as u64;
                inspect.see(&chunk);
                return Some((Ok(chunk), Some((body, left, inspect, fail))));
            }
            Ok(None) if left > 0 => Fault::Missing(left),
            Ok(None) => match inspect.verdict() {
                Ok(()) => return None,
                Err(why) => Fault::Other(why),
            },
        };
        Some((Err(fail(fault)), None))
    }))
}
