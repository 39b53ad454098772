//! What this program does when it is started as Hoist.

use std::process::ExitCode;

use hoist_core::clipboard::{
    Clipboard, OWNER_VERB, SystemClipboard, serve_owner, write_text_detached,
};
use hoist_core::problem::Result;
use hoist_core::source::Source;

/// `None` when it was started as the test.
pub(crate) fn run(arguments: &[String]) -> Option<ExitCode> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [verb] if verb == OWNER_VERB => {
            return Some(if serve_owner().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        ["as-hoist", "read"] => match SystemClipboard::new().read() {
            Ok(sources) => sources.into_iter().for_each(report),
            Err(problem) => println!("{:?}", problem.code),
        },
        // Each line of the input is written; the process then lives on.
        ["as-hoist", "write"] => {
            for line in std::io::stdin().lines() {
                println!("{}", done(SystemClipboard::new().write_text(&line.unwrap())));
            }
        }
        ["as-hoist", "write-detached"] => {
            let text = std::io::read_to_string(std::io::stdin()).unwrap();
            println!("{}", done(write_text_detached(&text)));
        }
        _ => return None,
    }
    Some(ExitCode::SUCCESS)
}

fn done(result: Result<()>) -> String {
    result.map_or_else(|problem| format!("{:?}", problem.code), |()| "Ok".to_owned())
}

/// Bytes go into a file of their name.
fn report(source: Source) {
    match source {
        Source::File { path } => println!("file {}", path.display()),
        Source::Url { url } => println!("url {url}"),
        Source::Bytes { bytes, name } => {
            println!("bytes {name}");
            std::fs::write(name, bytes).unwrap();
        }
    }
}
