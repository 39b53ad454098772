//! The lines of a doctor as they come to stand.

use super::{CHECKS, advice};
use crate::problem::Problem;
use crate::profile::Profile;
use crate::view::{Check, CheckState, CheckView};

/// The lines so far, and whom to tell.
pub(super) struct Lines<'a, R> {
    pub(super) profile: &'a Profile,
    pub(super) views: Vec<CheckView>,
    report: R,
}

impl<'a, R: FnMut(CheckView)> Lines<'a, R> {
    pub(super) fn new(profile: &'a Profile, report: R) -> Self {
        let waiting = |check| CheckView {
            check,
            state: CheckState::Waiting,
            measure: None,
            problem: None,
            command: None,
        };
        Self { profile, views: CHECKS.into_iter().map(waiting).collect(), report }
    }

    fn set(
        &mut self,
        check: Check,
        state: CheckState,
        measure: Option<String>,
        problem: Option<&Problem>,
    ) {
        let command = problem.and_then(|problem| advice::command(self.profile, problem));
        let view =
            CheckView { check, state, measure, problem: problem.map(Problem::view), command };
        if let Some(line) = self.views.iter_mut().find(|line| line.check == check) {
            *line = view.clone();
        }
        (self.report)(view);
    }

    pub(super) fn start(&mut self, check: Check) {
        self.set(check, CheckState::Running, None, None);
    }

    pub(super) fn ok(&mut self, check: Check, measure: Option<String>) {
        self.set(check, CheckState::Ok, measure, None);
    }

    /// Works, with something to know about it.
    pub(super) fn noted(&mut self, check: Check, problem: &Problem) {
        self.set(check, CheckState::Noted, None, Some(problem));
    }

    pub(super) fn failed(&mut self, check: Check, problem: &Problem) {
        self.set(check, CheckState::Failed, None, Some(problem));
    }

    /// There is nothing to check.
    pub(super) fn not_needed(&mut self, check: Check) {
        self.set(check, CheckState::NotNeeded, None, None);
    }

    /// Cannot be told, because an earlier one failed.
    pub(super) fn skip(&mut self, check: Check) {
        self.set(check, CheckState::Skipped, None, None);
    }

    /// Whether it was not begun.
    pub(super) fn is_waiting(&self, check: Check) -> bool {
        let waiting = |line: &CheckView| line.check == check && line.state == CheckState::Waiting;
        self.views.iter().any(waiting)
    }

    /// Everything that has no end yet.
    pub(super) fn skip_rest(&mut self) {
        let open =
            |line: &&CheckView| matches!(line.state, CheckState::Waiting | CheckState::Running);
        let open: Vec<Check> = self.views.iter().filter(open).map(|line| line.check).collect();
        for check in open {
            self.skip(check);
        }
    }
}
