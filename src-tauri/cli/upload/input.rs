//! What was named on the command line, as sources.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use hoist_core::clipboard::Clipboard;
use hoist_core::problem::{Code, Problem, Result};
use hoist_core::source::Source;

/// Standard input has no name of its own.
const STDIN_NAME: &str = "stdin";

/// More than any image: the core's own limit is lower and says so in better words.
const STDIN_LIMIT: u64 = 1 << 30;

/// One input: how it was named, and what it is.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) label: String,
    pub(super) source: Source,
}

/// The label of an argument: as it was typed.
pub(super) fn label(argument: &OsStr) -> String {
    argument.to_string_lossy().into_owned()
}

/// Turns arguments into sources; without any, the clipboard. Nothing but standard input and the
/// clipboard is read yet, so that one bad file of many fails alone.
pub(super) async fn read(
    arguments: &[OsString],
    clipboard: Arc<dyn Clipboard>,
) -> Result<Vec<Input>> {
    if arguments.is_empty() {
        let sources = blocking(move || clipboard.read()).await?;
        return Ok(sources
            .into_iter()
            .map(|source| Input { label: clipboard_label(&source), source })
            .collect());
    }
    let mut inputs = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let source = if argument == "-" {
            blocking(stdin).await?
        } else {
            match argument.to_str() {
                Some(text) => Source::from_argument(text),
                None => Source::from_path(Path::new(argument)),
            }
        };
        inputs.push(Input { label: label(argument), source });
    }
    Ok(inputs)
}

fn clipboard_label(source: &Source) -> String {
    match source {
        Source::Bytes { .. } => "clipboard".to_owned(),
        Source::File { .. } | Source::Url { .. } => source.origin(),
    }
}

fn stdin() -> Result<Source> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(STDIN_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| Problem::new(Code::FileUnreadable, STDIN_NAME).with_detail(error))?;
    Ok(Source::Bytes { bytes: bytes.into(), name: STDIN_NAME.to_owned() })
}

/// Runs what may wait for another program off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Problem::new(Code::Internal, "blocking").with_detail(error)))
}
