//! How a run ends: other programs act on it.

use std::process::ExitCode;

use hoist_core::problem::{Code, Problem, Reason, Unfit};
use hoist_core::transfer::Failure;

/// The outcome of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Everything asked for was done.
    Done,
    /// Some of it failed.
    SomeFailed,
    /// The command line makes no sense.
    Usage,
    /// Nothing like it can work until the configuration or a key is put right.
    Configuration,
    /// Ended by Ctrl+C.
    Interrupted,
}

impl Outcome {
    /// The outcome that `problem` alone would lead to.
    pub(crate) fn of(problem: &Problem) -> Self {
        match problem.code {
            // The transform is right, only not for this image.
            Code::TransformInvalid if is_of_the_image(problem) => Self::SomeFailed,
            code if code.is_configuration() => Self::Configuration,
            Code::Cancelled => Self::Interrupted,
            _ => Self::SomeFailed,
        }
    }

    /// The outcome that `failure` alone leads to.
    pub(crate) fn of_failure(failure: &Failure) -> Self {
        match failure.configuration {
            true => Self::Configuration,
            false => Self::SomeFailed,
        }
    }

    /// The graver of the two.
    pub(crate) fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Whether a host refuses a transform for this image, and might take it for another.
fn is_of_the_image(problem: &Problem) -> bool {
    matches!(
        problem.reason.as_deref(),
        Some(Reason::Unfit(unfit)) if !matches!(unfit, Unfit::NoHost | Unfit::NotOnDomain(_))
    )
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::SomeFailed => 1,
            Outcome::Usage => 2,
            Outcome::Configuration => 3,
            // 128 + SIGINT, as shells report it.
            Outcome::Interrupted => 130,
        })
    }
}
