//! The echo service of [RFC 862](https://www.rfc-editor.org/rfc/rfc862): what comes in goes out.

use crate::{Input, Session, Want};
use std::time::{Duration, Instant};

/// Sends back every byte it receives, until end-of-file.
///
/// It holds at most what one [`Input::Received`] brought: while it owes bytes it does not read, so a peer that
/// sends and never reads fills the kernel's buffers, and then waits.
#[derive(Debug)]
pub struct Echo {
    /// How long the peer may neither send nor take a byte.
    patience: Duration,
    state: State,
}

#[derive(Debug)]
enum State {
    Reading { until: Instant },
    Writing { owed: Vec<u8>, sent: usize, until: Instant },
    Closed,
}

impl Echo {
    /// Starts a conversation at `now`; a peer that is silent or stuck for `patience` is dropped.
    pub fn new(now: Instant, patience: Duration) -> Self {
        Self { patience, state: State::Reading { until: now + patience } }
    }
}

impl Session for Echo {
    fn want(&self) -> Want<'_> {
        match &self.state {
            State::Reading { until } => Want::Read { until: Some(*until) },
            State::Writing { owed, sent, until } => {
                Want::Write { bytes: &owed[*sent..], until: Some(*until) }
            }
            State::Closed => Want::Close,
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        let patient_until = now + self.patience;
        match (&mut self.state, input) {
            (State::Reading { .. }, Input::Received(bytes)) => {
                self.state = State::Writing { owed: bytes.to_vec(), sent: 0, until: patient_until };
            }
            (State::Reading { .. }, Input::Eof) => self.state = State::Closed,
            (State::Writing { owed, sent, until }, Input::Wrote(n)) => {
                *sent += n;
                *until = patient_until;
                if *sent == owed.len() {
                    self.state = State::Reading { until: patient_until };
                }
            }
            (State::Reading { until } | State::Writing { until, .. }, Input::Tick) => {
                if now >= *until {
                    self.state = State::Closed;
                }
            }
            (state, input) => debug_assert!(false, "{input:?} does not answer {state:?}"),
        }
    }
}
