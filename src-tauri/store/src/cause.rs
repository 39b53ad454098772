//! What errors of stores are made of: causes without secrets, keys as sentences bear them, and when
//! to try again.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::{ErrorKind, Retry, StoreError};

/// What was asked, for the sentence of an error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) what: &'a str,
    pub(crate) key: Option<&'a str>,
    /// Whether it is about the account rather than its bucket.
    pub(crate) account: bool,
    /// Whether the request writes a key, so that "no such key" cannot be about the key.
    pub(crate) writes: bool,
}

impl<'a> Asked<'a> {
    pub(crate) fn read(what: &'a str, key: &'a str) -> Self {
        Self { what, key: Some(key), account: false, writes: false }
    }

    pub(crate) fn write(what: &'a str, key: &'a str) -> Self {
        Self { what, key: Some(key), account: false, writes: true }
    }

    pub(crate) fn bucket(what: &'a str) -> Self {
        Self { what, key: None, account: false, writes: false }
    }

    pub(crate) fn account(what: &'a str) -> Self {
        Self { what, key: None, account: true, writes: false }
    }

    /// The first half of the sentence.
    pub(crate) fn sentence(&self, bucket: &str, host: &str) -> String {
        let what = self.what;
        match self.key {
            Some(key) => format!("cannot {what} `{}` in bucket `{bucket}` at {host}", shown(key)),
            // The list of all buckets is of no bucket.
            None if self.account || bucket.is_empty() => format!("cannot {what} at {host}"),
            None => format!("cannot {what} bucket `{bucket}` at {host}"),
        }
    }
}

/// Where an answer has no text, as those to HEAD.
pub(crate) fn reason_of(status: u16) -> &'static str {
    match status {
        301 | 302 | 307 | 308 => "the bucket is at another address",
        304 | 412 => "the object is not in the state that was asked for",
        400 => "the store does not understand the request",
        401 | 403 => "the store refuses these keys, or they may not do this",
        404 => "there is no such object or bucket",
        416 => "the object has no such bytes",
        429 | 503 => "the store is busy",
        507 => "the store is full",
        _ => "the store gave no reason",
    }
}

/// The text of an error below, without its own types: those may print whole requests.
#[derive(Debug)]
pub(crate) struct Cause(pub(crate) String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Cause {}

/// The chain of an error as one line, each sentence once.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let one = error.to_string();
        if !text.contains(&one) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&one);
        }
        next = error.source();
    }
    text
}

/// An error of our own that travelled through somebody's client, such as a file that cannot be read.
pub(crate) fn own<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a StoreError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(own) = error.downcast_ref::<StoreError>() {
            return Some(own);
        }
        // An io::Error names the source of what it wraps, not the wrapped error itself.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(own) = wrapped.and_then(|wrapped| wrapped.downcast_ref::<StoreError>()) {
            return Some(own);
        }
        next = error.source();
    }
    None
}

/// A key as a sentence can bear it.
pub(crate) fn shown(key: &str) -> Cow<'_, str> {
    const LONGEST: usize = 200;
    match key.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}...", &key[..end])),
        None => Cow::Borrowed(key),
    }
}

/// Takes an access key out of what a store says: some repeat it.
pub(crate) fn redact(text: &str, access_key: &str) -> String {
    // A shorter one is part of ordinary words, and no secret.
    const SHORTEST: usize = 4;
    if access_key.len() < SHORTEST {
        return text.to_owned();
    }
    text.replace(access_key, "[access key]")
}

/// Whether an answer of this status may be different the next time; `after` is `Retry-After`.
pub(crate) fn retry(kind: ErrorKind, status: u16, after: Option<&str>) -> Retry {
    let again = matches!(kind, ErrorKind::Throttled | ErrorKind::Timeout | ErrorKind::Network)
        || matches!(status, 500 | 502..=504 | 520..=524);
    if !again {
        return Retry::Never;
    }
    // Nobody waits longer for one request, whatever the header says.
    const LONGEST: u64 = 3600;
    match after.and_then(|text| text.trim().parse::<u64>().ok()) {
        Some(seconds) => Retry::After(Duration::from_secs(seconds.min(LONGEST))),
        None => Retry::Now,
    }
}
