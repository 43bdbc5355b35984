//! What a thread does between two polls: opens connections, sends what is due, looks after those who wait.

use super::client::{Client, Phase};
use super::shared::Done;
use super::worker::Worker;
use super::{schedule, thread};
use std::time::{Duration, Instant};

/// So many connections are opened between two polls.
const AT_ONCE: usize = 64;

impl Worker<'_> {
    /// When it was over, if it is.
    pub(super) fn is_over(&self, now: Instant) -> Option<Instant> {
        if now >= self.end {
            return Some(self.end);
        }
        let stopped = self.shared.is_stopped().then_some(now);
        self.shared.over.get().copied().or(stopped)
    }

    /// Opens some of the connections that are to be opened now, and says whether there are more.
    pub(super) fn open_connections(&mut self, now: Instant) -> bool {
        for _ in 0..AT_ONCE {
            let room = self.opening < self.most_opening && self.next_opening() <= now;
            let begins = |client: &mut usize| {
                self.begin + self.parts[self.clients[*client].part].once_after <= now
            };
            if let Some(client) = self.burst.pop_front_if(begins) {
                self.open(client, Instant::now());
            } else if let Some(client) = self.unopened.pop_front_if(|_| room) {
                self.opening += 1;
                self.clients[client].opening = true;
                self.open(client, Instant::now());
            } else {
                return false;
            }
        }
        true
    }

    /// When the next of those clients opens its connection that do so in the warm-up.
    fn next_opening(&self) -> Instant {
        let opened = self.to_open - self.unopened.len();
        self.shared.start + schedule::ramp(self.shared.load.warm_up, opened, self.to_open)
    }

    /// Open loop: whoever is free sends what is due.
    pub(super) fn send_due(&mut self, now: Instant) {
        for part in 0..self.parts.len() {
            while let Some(&client) = self.parts[part].free.front() {
                let Some(due) = self.parts[part].take_due(now) else { break };
                self.parts[part].free.pop_front();
                self.send_or_open(client, due);
            }
        }
    }

    /// Those that have rested go on; those that read slowly read a little.
    pub(super) fn run_errands(&mut self, now: Instant) {
        let mut at = 0;
        while let Some(&client) = self.resting.get(at) {
            match self.clients[client].phase {
                Phase::Away { until } if until > now => at += 1,
                _ => {
                    self.resting.swap_remove(at);
                    self.connection_is_over(client);
                }
            }
        }
        for at in 0..self.slow.len() {
            self.sip(self.slow[at], now);
        }
    }

    /// Whoever has waited for too long waits no longer.
    pub(super) fn patrol(&mut self, now: Instant) {
        for client in 0..self.clients.len() {
            let Client { part, phase, since, .. } = self.clients[client];
            let waits = self.clients[client].is_asking() || phase == Phase::Closing;
            if waits && now.saturating_duration_since(since) > self.parts[part].patience() {
                self.patience_is_over(client, now);
            }
        }
    }

    /// The warm-up is over. What was due in it and has not been sent is dropped: behind a server that is far too slow for
    /// the rate, nothing that counts would ever be sent.
    pub(super) fn begin(&mut self) {
        self.counting = true;
        self.count_open_connections();
        for schedule in self.parts.iter_mut().filter_map(|part| part.schedule.as_mut()) {
            schedule.take_many(self.begin, u64::MAX);
        }
    }

    fn count_open_connections(&mut self) {
        for client in &self.clients {
            let part = &mut self.parts[client.part];
            let open = client.stream.is_some() && client.phase != Phase::Connecting;
            // An idle client's connection was counted when it was opened.
            part.tally.connections += u64::from(open && !part.is_idle());
        }
    }

    pub(super) fn give_glimpses(&mut self) {
        for part in &mut self.parts {
            if let Some(glimpse) = part.tally.glimpse(part.group) {
                self.shared.watch.glimpse(glimpse);
            }
        }
    }

    pub(super) fn finish(mut self, end: Instant, begun: Option<Duration>) -> Done {
        let used = begun.map_or(Duration::ZERO, |before| thread::cpu_time() - before);
        let counted = end.saturating_duration_since(self.begin).as_secs_f64();
        self.leave_unanswered(end);
        self.give_glimpses();
        Done {
            tallies: self.parts.into_iter().map(|part| (part.group, part.tally)).collect(),
            busy: if counted > 0.0 { (used.as_secs_f64() / counted).min(1.0) } else { 0.0 },
            end,
            replies: self.replies,
            clients: self.clients,
        }
    }

    /// Open loop: what is unanswered at the end has waited for so long already. Without this a server that stood still
    /// for the whole last second would look good, because of the slowest requests no reply has come.
    fn leave_unanswered(&mut self, end: Instant) {
        for client in &self.clients {
            let part = &mut self.parts[client.part];
            let due = client.due >= self.begin && client.due < end;
            // A kept connection that is being opened carries no request yet.
            let carries = client.phase != Phase::Connecting || !part.clients.keep_alive;
            if part.is_open_loop() && client.is_asking() && carries && due {
                part.tally.waited(end - client.due, 1);
            }
        }
        for part in &mut self.parts {
            part.leave_unsent(self.begin, end);
        }
    }
}
