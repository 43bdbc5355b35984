//! What becomes of a client: its reply is right, its connection has ended, its patience is over, something is wrong.

use super::client::{Client, Phase};
use super::socket;
use super::worker::Worker;
use crate::results::Fault;
use std::sync::atomic::Ordering;
use std::time::Instant;

impl Worker<'_> {
    /// A right reply has come.
    pub(super) fn reply(&mut self, client: usize, bytes: u64, close: bool) {
        // Once for each reply, and not once for each poll: with 64 clients a poll brings many replies, and the last of
        // them would be told as early as the first. It takes 25 ns.
        let now = Instant::now();
        self.has_opened(client);
        let one = &mut self.clients[client];
        let part = &mut self.parts[one.part];
        one.setbacks = 0;
        self.replies += 1;
        // In an open loop, what was due in the warm-up does not count; in a closed loop it counts whole, as at the other
        // end of the span one that is under way is left out whole.
        let counts = self.counting && (one.due >= self.begin || !part.is_open_loop());
        if part.is_idle() || (counts && now < self.end) {
            let bytes = if part.clients.reads.is_some() { 0 } else { bytes };
            part.tally.reply(bytes, now.saturating_duration_since(one.due));
            part.tally.served += u32::from(!one.served);
            one.served = true;
        } else if part.is_open_loop() && self.begin <= one.due && one.due < self.end {
            // Too late to count, but it had waited until the end.
            part.tally.waited(self.end - one.due, 1);
        }
        let close = close || !part.clients.keep_alive;
        if part.is_idle() {
            one.phase = Phase::Quiet;
        } else if part.is_once() {
            one.phase = if close { Phase::Closing } else { Phase::Done };
            one.since = now;
            self.shared.settle();
        } else if close {
            one.phase = Phase::Closing;
            one.since = now;
        } else {
            self.is_free(client, now);
        }
    }

    /// The server has closed the connection.
    pub(super) fn ended(&mut self, client: usize) {
        let one = &mut self.clients[client];
        match one.phase {
            Phase::Waiting | Phase::Sending { .. } => {
                let mut reader = std::mem::take(&mut one.reader);
                let result = reader.end(self.parts[one.part].wanted(one));
                one.reader = reader;
                match result {
                    Ok(whole) => {
                        self.reply(client, whole.bytes, true);
                        self.ended(client);
                    }
                    Err(fault) => self.fault(client, fault),
                }
            }
            Phase::Quiet => self.fault(client, Fault::Closed),
            Phase::Deaf | Phase::Done => one.stream = None,
            _ => {
                // It may do so between two requests. It was the first to close, so ours is an ordinary close.
                one.stream = None;
                self.is_not_free(client);
                self.connection_is_over(client);
            }
        }
    }

    /// A client without a connection goes on.
    pub(super) fn connection_is_over(&mut self, client: usize) {
        let now = Instant::now();
        self.clients[client].phase = Phase::Away { until: now };
        let part = &mut self.parts[self.clients[client].part];
        if part.is_once() || part.is_idle() {
            self.clients[client].phase = Phase::Done;
        } else if part.clients.keep_alive || !part.is_open_loop() {
            self.open(client, now);
        } else {
            part.free.push_back(client);
        }
    }

    /// A client has waited for as long as it would.
    pub(super) fn patience_is_over(&mut self, client: usize, now: Instant) {
        let one = &self.clients[client];
        if one.opening {
            // So the server does not answer all; the others may know it at once.
            self.most_opening = usize::MAX;
        }
        if self.parts[one.part].is_idle() && one.phase == Phase::Waiting {
            self.count(client, Fault::Timeout, now);
            self.has_opened(client);
            self.clients[client].phase = Phase::Deaf;
        } else {
            self.fault(client, Fault::Timeout);
        }
    }

    /// Something is wrong. The connection is of no more use.
    pub(super) fn fault(&mut self, client: usize, fault: Fault) {
        let now = Instant::now();
        self.count(client, fault, now);
        self.connects_no_longer(client);
        self.has_opened(client);
        self.is_not_free(client);
        let one = &mut self.clients[client];
        if let Some(stream) = one.stream.take() {
            socket::abort(stream);
        }
        one.reader.clear();
        let asked = one.is_asking();
        one.setbacks = one.setbacks.saturating_add(1);
        let part = &self.parts[one.part];
        if part.is_idle() || part.is_once() {
            if asked && part.is_once() {
                self.shared.settle();
            }
            self.clients[client].phase = Phase::Done;
        } else {
            one.phase = Phase::Away { until: now + one.rest() };
            self.resting.push(client);
        }
    }

    /// Counts a fault, if it is time to. Idle clients open their connections before that, and theirs count always.
    fn count(&mut self, client: usize, fault: Fault, now: Instant) {
        let part = &mut self.parts[self.clients[client].part];
        if part.is_idle() || (self.counting && now < self.end) {
            part.tally.fault(fault);
        }
    }

    /// A client that was to be connected is, or never will be.
    pub(super) fn connects_no_longer(&self, client: usize) {
        let Client { phase, opening, .. } = self.clients[client];
        let was = opening && phase == Phase::Connecting;
        self.shared.connecting.fetch_sub(usize::from(was), Ordering::AcqRel);
    }

    /// The first connection of a client has been answered, or never will be: the next client may begin.
    pub(super) fn has_opened(&mut self, client: usize) {
        if std::mem::take(&mut self.clients[client].opening) {
            self.opening -= 1;
            self.shared.unopened.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn is_not_free(&mut self, client: usize) {
        if self.clients[client].phase == Phase::Free {
            self.parts[self.clients[client].part].free.retain(|&free| free != client);
        }
    }
}
