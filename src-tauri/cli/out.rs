//! Results, on standard output.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

use crate::exit::Outcome;
use crate::say::Say;

/// Standard output that outlives its reader: when a pipe is closed early, the work goes on and the
/// rest of the results is dropped, as the reader wanted.
#[derive(Debug)]
pub(crate) struct Out {
    to: io::Stdout,
    failure: Option<io::Error>,
    /// Lines that wait for more of them.
    held: Option<Vec<u8>>,
}

/// Bytes that wait at most.
const HELD: usize = 64 * 1024;

impl Out {
    pub(crate) fn new() -> Self {
        Self { to: io::stdout(), failure: None, held: None }
    }

    /// For many lines that come at once: written together, since a call of the system for each would
    /// take longer than the lines.
    pub(crate) fn many() -> Self {
        Self { held: Some(Vec::new()), ..Self::new() }
    }

    /// One line.
    pub(crate) fn line(&mut self, text: impl Display) {
        self.write(format!("{text}\n").as_bytes());
    }

    /// One JSON object on a line.
    pub(crate) fn json(&mut self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => self.line(text),
            Err(error) => self.failure = Some(error.into()),
        }
    }

    /// Bytes as they are.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        match &mut self.held {
            Some(held) => {
                held.extend_from_slice(bytes);
                if held.len() >= HELD {
                    self.flush();
                }
            }
            None => self.write_now(bytes),
        }
    }

    /// Writes what waits.
    pub(crate) fn flush(&mut self) {
        if let Some(held) = self.held.take() {
            self.write_now(&held);
            self.held = Some(Vec::new());
        }
    }

    fn write_now(&mut self, bytes: &[u8]) {
        if self.failure.is_some() || bytes.is_empty() {
            return;
        }
        let mut to = self.to.lock();
        self.failure = to.write_all(bytes).and_then(|()| to.flush()).err();
    }

    /// Results that were asked for and could not be written are a failure of the run.
    pub(crate) fn finish(mut self, say: Say) -> Outcome {
        self.flush();
        match self.failure {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                say.error(
                    format!("{}: {error}", say.pick("results cannot be written", "结果无法写出")),
                    say.pick(
                        "make room or choose another file; `hoist history links` prints the links again",
                        "请腾出空间或换一个文件；`hoist history links` 会再次输出链接",
                    ),
                );
                Outcome::SomeFailed
            }
            _ => Outcome::Done,
        }
    }
}

/// Columns apart by tabs, so that `cut` finds them; nothing in a field can add a column or a line.
pub(crate) fn columns<const N: usize>(fields: [&str; N]) -> String {
    fields.map(one_line).join("\t")
}

/// Without line ends, tabs and other control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
