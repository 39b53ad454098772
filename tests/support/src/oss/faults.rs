//! Trouble on demand.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It is answered with an error instead, perhaps with Retry-After in seconds.
    Answer {
        /// The status.
        status: u16,
        /// The code, such as `ServiceUnavailable`.
        code: &'static str,
        /// Seconds for Retry-After.
        retry_after: Option<u32>,
    },
    /// The connection is closed without an answer, and nothing is done.
    Reset,
    /// It is done, then the connection is closed without an answer.
    LoseAnswer,
    /// One byte of the answered object differs; its headers are right.
    CorruptAnswer,
    /// The answer ends after so many bytes of the body.
    CutAnswer(u64),
    /// Other bytes are stored than were sent, as the CRC of the answer tells.
    CorruptStored,
    /// It is done after a while.
    Delay(Duration),
}

/// A request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// GET, PUT and so on.
    pub method: String,
    /// The host it asked for.
    pub host: String,
    /// The path as it was sent.
    pub path: String,
    /// The query as it was sent.
    pub query: String,
}

impl Seen {
    /// `PUT /key?query`, as tests look for it.
    pub fn line(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{} {}{mark}{}", self.method, self.path, self.query)
    }
}

/// The trouble a server makes, and what it has seen.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Script>);

#[derive(Debug, Default)]
struct Script {
    next: VecDeque<(String, Fault)>,
    clock: i64,
    public_forbidden: bool,
    seen: Vec<Seen>,
}

/// As many requests are remembered.
const REMEMBERED: usize = 100_000;

impl Faults {
    /// The next `count` requests meet this fault.
    pub fn next(&self, count: usize, fault: Fault) {
        self.next_like("", count, fault);
    }

    /// The next `count` requests whose [`Seen::line`] contains `text` meet this fault.
    pub fn next_like(&self, text: &str, count: usize, fault: Fault) {
        let many = std::iter::repeat_n((text.to_owned(), fault), count);
        self.script().next.extend(many);
    }

    /// The next `count` requests are answered with 503, and perhaps Retry-After.
    pub fn unavailable(&self, count: usize, retry_after: Option<u32>) {
        let code = "ServiceUnavailable";
        self.next(count, Fault::Answer { status: 503, code, retry_after });
    }

    /// The server's clock is off by so many seconds.
    pub fn set_clock(&self, seconds: i64) {
        self.script().clock = seconds;
    }

    /// Whether data requests by public endpoints are refused, as for new accounts in China.
    pub fn forbid_public_endpoint(&self, forbid: bool) {
        self.script().public_forbidden = forbid;
    }

    /// What is still to go wrong.
    pub fn left(&self) -> usize {
        self.script().next.len()
    }

    /// Forgets all that was still to go wrong.
    pub fn clear(&self) {
        let mut script = self.script();
        script.next.clear();
        script.clock = 0;
        script.public_forbidden = false;
    }

    /// The requests that arrived so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.script().seen.clone()
    }

    pub(crate) fn arrive(&self, seen: Seen) -> Option<Fault> {
        let mut script = self.script();
        let line = seen.line();
        if script.seen.len() < REMEMBERED {
            script.seen.push(seen);
        }
        let at = script.next.iter().position(|(text, _)| line.contains(text.as_str()))?;
        script.next.remove(at).map(|(_, fault)| fault)
    }

    pub(crate) fn clock(&self) -> i64 {
        self.script().clock
    }

    pub(crate) fn public_is_forbidden(&self) -> bool {
        self.script().public_forbidden
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap()
    }
}
