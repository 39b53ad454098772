//! How the failures of jobs are told: each as it comes, what to do about them once at the end.

use std::collections::BTreeSet;

use hoist_core::transfer::{Failure, FileReport, FileResult};
use serde::Serialize;

use crate::say::Say;

/// A failure as `--json` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct ErrorJson<'a> {
    code: &'a str,
    what: &'a str,
    fix: &'a str,
    retryable: bool,
}

pub(crate) fn error_json(failure: &Failure, say: Say) -> ErrorJson<'_> {
    let words = failure.words(say.language);
    ErrorJson {
        code: &failure.code,
        what: &words.what,
        fix: &words.fix,
        retryable: failure.retryable,
    }
}

/// What to do about what failed, each thing once.
#[derive(Debug, Default)]
pub(crate) struct Fixes(BTreeSet<String>);

impl Fixes {
    /// Tells what failed.
    pub(crate) fn failed(&mut self, failure: &Failure, say: Say) {
        let words = failure.words(say.language);
        say.error(&words.what, "");
        self.0.insert(words.fix.clone());
    }

    /// Tells of a file that failed, or was left out for a reason.
    pub(crate) fn file(&mut self, file: &FileReport, say: Say) {
        match &file.result {
            FileResult::Failed(Some(failure)) => self.failed(failure, say),
            FileResult::Failed(None) => say.error(&file.key, ""),
            FileResult::Skipped(Some(failure)) => say.warning(&failure.words(say.language).what),
            FileResult::Waiting | FileResult::Done | FileResult::Skipped(None) => {}
        }
    }

    /// Tells what to do.
    pub(crate) fn hints(&mut self, say: Say) {
        for fix in std::mem::take(&mut self.0) {
            say.hint(fix);
        }
    }
}
