//! The states of a job, and the only function that leads from one to the next.

use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename = "TransferState", rename_all = "lowercase")]
pub enum State {
    /// Waits for its turn.
    Queued,
    /// A process works on it.
    Running,
    /// Everything is over there; it is looked at once more.
    Verifying,
    /// Stopped by a person; goes on when asked to.
    Paused,
    /// The process that worked on it has ended; goes on when asked to.
    Interrupted,
    /// All of it is where it should be.
    Done,
    /// It cannot go on by itself, or some of its files failed; goes on when asked to.
    Failed,
    /// Given up; nothing of it is left in the bucket.
    Cancelled,
}

/// What happens to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A process begins to work on it.
    Start,
    /// The last byte has been sent or received.
    Sent,
    /// It was looked at and is right.
    Verified,
    /// A person wants it to wait.
    Pause,
    /// A person wants it to go on.
    Resume,
    /// The process ended, or was found to have ended.
    Interrupt,
    /// It cannot go on by itself.
    Fail,
    /// A person does not want it any more.
    Cancel,
}

/// The state after `event`; `None` when the event means nothing in this state.
pub fn next(state: State, event: Event) -> Option<State> {
    use Event as E;
    use State as S;
    Some(match (state, event) {
        (S::Queued, E::Start) => S::Running,
        (S::Running, E::Sent) => S::Verifying,
        (S::Verifying, E::Verified) => S::Done,
        (S::Running | S::Verifying, E::Interrupt) => S::Interrupted,
        (S::Queued | S::Running | S::Verifying, E::Fail) => S::Failed,
        (S::Queued | S::Running | S::Verifying | S::Interrupted, E::Pause) => S::Paused,
        (S::Paused | S::Interrupted | S::Failed, E::Resume) => S::Queued,
        (
            S::Queued | S::Running | S::Verifying | S::Paused | S::Interrupted | S::Failed,
            E::Cancel,
        ) => S::Cancelled,
        _ => return None,
    })
}

impl State {
    /// Every one.
    pub const ALL: [State; 8] = [
        State::Queued,
        State::Running,
        State::Verifying,
        State::Paused,
        State::Interrupted,
        State::Done,
        State::Failed,
        State::Cancelled,
    ];

    /// Nothing can happen to it any more.
    pub fn is_over(self) -> bool {
        matches!(self, State::Done | State::Cancelled)
    }

    /// A process works on it, if that process is still there.
    pub fn is_live(self) -> bool {
        matches!(self, State::Running | State::Verifying)
    }

    /// As the database and `--json` name it.
    pub fn name(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Running => "running",
            State::Verifying => "verifying",
            State::Paused => "paused",
            State::Interrupted => "interrupted",
            State::Done => "done",
            State::Failed => "failed",
            State::Cancelled => "cancelled",
        }
    }

    /// The state of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVENTS: [Event; 8] = [
        Event::Start,
        Event::Sent,
        Event::Verified,
        Event::Pause,
        Event::Resume,
        Event::Interrupt,
        Event::Fail,
        Event::Cancel,
    ];

    proptest! {
        #[test]
        fn no_story_breaks_a_rule(story in proptest::collection::vec(0..EVENTS.len(), 0..60)) {
            let mut state = State::Queued;
            let mut started = false;
            for event in story.into_iter().map(|n| EVENTS[n]) {
                let Some(after) = next(state, event) else {
                    // What means nothing changes nothing, and the end is the end.
                    continue;
                };
                prop_assert!(!state.is_over(), "{state:?} is over, yet {event:?} leads to {after:?}");
                prop_assert_ne!(state, after);
                if after == State::Running {
                    prop_assert_eq!(state, State::Queued);
                    started = true;
                }
                // Nothing is done that was not sent and looked at.
                if after == State::Done {
                    prop_assert_eq!(state, State::Verifying);
                    prop_assert!(started);
                }
                if after == State::Verifying {
                    prop_assert_eq!(state, State::Running);
                }
                // Whoever stops by a process's end was being worked on.
                if after == State::Interrupted {
                    prop_assert!(state.is_live());
                }
                state = after;
            }
        }

        #[test]
        fn whatever_is_not_over_can_be_finished_and_given_up(
            story in proptest::collection::vec(0..EVENTS.len(), 0..60),
        ) {
            let mut state = State::Queued;
            for event in story {
                state = next(state, EVENTS[event]).unwrap_or(state);
            }
            if !state.is_over() {
                prop_assert_eq!(next(state, Event::Cancel), Some(State::Cancelled));
                for event in [Event::Interrupt, Event::Resume, Event::Start, Event::Sent, Event::Verified] {
                    state = next(state, event).unwrap_or(state);
                }
                prop_assert_eq!(state, State::Done);
            }
        }
    }

    /// All that means something, and nothing else does.
    #[test]
    fn the_table_is_this() {
        use Event as E;
        use State as S;
        let table = [
            (S::Queued, E::Start, S::Running),
            (S::Queued, E::Pause, S::Paused),
            (S::Queued, E::Fail, S::Failed),
            (S::Queued, E::Cancel, S::Cancelled),
            (S::Running, E::Sent, S::Verifying),
            (S::Running, E::Pause, S::Paused),
            (S::Running, E::Interrupt, S::Interrupted),
            (S::Running, E::Fail, S::Failed),
            (S::Running, E::Cancel, S::Cancelled),
            (S::Verifying, E::Verified, S::Done),
            (S::Verifying, E::Pause, S::Paused),
            (S::Verifying, E::Interrupt, S::Interrupted),
            (S::Verifying, E::Fail, S::Failed),
            (S::Verifying, E::Cancel, S::Cancelled),
            (S::Paused, E::Resume, S::Queued),
            (S::Paused, E::Cancel, S::Cancelled),
            (S::Interrupted, E::Pause, S::Paused),
            (S::Interrupted, E::Resume, S::Queued),
            (S::Interrupted, E::Cancel, S::Cancelled),
            (S::Failed, E::Resume, S::Queued),
            (S::Failed, E::Cancel, S::Cancelled),
        ];
        for state in State::ALL {
            for event in EVENTS {
                let line = table.iter().find(|(from, on, _)| (*from, *on) == (state, event));
                assert_eq!(next(state, event), line.map(|(_, _, to)| *to), "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_has_a_name_of_its_own() {
        let mut seen = vec![State::Queued];
        for at in 0.. {
            let Some(&state) = seen.get(at) else { break };
            for event in EVENTS {
                seen.extend(next(state, event).filter(|after| !seen.contains(after)));
            }
        }
        assert_eq!(seen.len(), State::ALL.len());
        for state in State::ALL {
            assert_eq!(State::named(state.name()), Some(state));
        }
        assert_eq!(State::named("sleeping"), None);
    }
}
