//! How a failed command reaches the window.

use hoist_core::problem::{Code, Problem, ProblemView};
use serde::Serialize;

/// A [`Problem`] on its way to a window: what happened and what to do, in both languages.
#[derive(Debug, Clone, Serialize, specta::Type)]
#[serde(transparent)]
pub struct Failure(pub ProblemView);

/// What every command that can fail answers.
pub type Reply<T> = Result<T, Failure>;

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem.view())
    }
}

/// A failure of the shell itself: the system refused a dialog, a browser, a window.
pub(crate) fn internal(subject: &str, error: impl std::fmt::Display) -> Problem {
    Problem::new(Code::Internal, subject).with_detail(error)
}
