//! What a client does with each input.

use super::receiving::Receiving;
use super::{Client, ClientError, MOST_INTERIM, Missing, Part, Phase, Stage, Waiting};
use crate::framing::Framing;
use crate::{Scan, fields, response};
use session::{Input, Session, Want};
use std::time::Instant;

impl Client {
    fn received(&mut self, bytes: &[u8], now: Instant) {
        if self.inbox.is_empty() {
            let used = self.advance(bytes, now);
            self.inbox.extend_from_slice(&bytes[used..]);
        } else {
            let mut inbox = std::mem::take(&mut self.inbox);
            inbox.extend_from_slice(bytes);
            let used = self.advance(&inbox, now);
            inbox.drain(..used);
            if !inbox.is_empty() {
                self.inbox = inbox;
            }
        }
    }

    /// Takes as much of `bytes` as can be understood now, and says how much that was.
    fn advance(&mut self, bytes: &[u8], now: Instant) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            match self.step(&bytes[at..], now) {
                Ok(0) => break,
                Ok(used) => at += used,
                Err(error) => self.phase = Phase::Failed(error),
            }
        }
        at
    }

    fn step(&mut self, bytes: &[u8], now: Instant) -> Result<usize, ClientError> {
        match (&mut self.phase, &mut self.response) {
            (Phase::Head(waiting), _) => {
                if waiting.seen == 0 {
                    waiting.since = now;
                }
                let seen = std::mem::replace(&mut waiting.seen, bytes.len());
                match fields::worth_parsing(bytes, seen, &self.limits) {
                    true => self.head(bytes, now),
                    false => Ok(0),
                }
            }
            (Phase::Body(receiving), Some(response)) => {
                let (used, whole) = receiving.take(bytes, &mut response.body, &self.limits, now)?;
                if whole {
                    self.phase = Phase::Done;
                }
                Ok(used)
            }
            // What follows the response is nobody's (RFC 9112 section 6.3, at its end).
            _ => {
                self.reusable = false;
                Ok(bytes.len())
            }
        }
    }

    /// Looks for a head at the front of `bytes`.
    fn head(&mut self, bytes: &[u8], now: Instant) -> Result<usize, ClientError> {
        let Phase::Head(waiting) = &mut self.phase else { return Ok(0) };
        let Scan::Complete((response, framing)) =
            response::parse(bytes, &self.limits, self.is_head)?
        else {
            return Ok(0);
        };
        let used = response.head().len();
        match response.status.0 {
            101 => {
                let why = "the server switches to another protocol, which nobody asked for";
                return Err(ClientError::Malformed { why });
            }
            100..200 => {
                let interim = waiting.interim + 1;
                if interim > MOST_INTERIM {
                    return Err(ClientError::TooLarge { part: Part::Interim });
                }
                *waiting = Waiting { since: now, seen: 0, interim };
            }
            _ => {
                self.reusable &= response.keeps_alive() && framing != Framing::UntilClose;
                (self.response, self.framing) = (Some(response), Some(framing));
                let receiving = Receiving::new(framing, &self.limits, now)?;
                self.phase = match receiving.is_whole() {
                    true => Phase::Done,
                    false => Phase::Body(receiving),
                };
            }
        }
        Ok(used)
    }

    fn wrote(&mut self, n: usize, now: Instant) {
        if let Phase::Sending { bytes, sent, transfer } = &mut self.phase {
            *sent += n;
            transfer.progress(n, now);
            if *sent == bytes.len() {
                self.phase = Phase::Head(Waiting { since: now, seen: 0, interim: 0 });
            }
        }
    }

    fn end_of_file(&mut self) {
        match &self.phase {
            Phase::Head(_) if self.inbox.is_empty() => {
                self.fail(ClientError::Closed { missing: Missing::Everything });
            }
            Phase::Head(_) => self.fail(ClientError::Closed { missing: Missing::Head }),
            Phase::Body(receiving) if receiving.ends_with_the_connection() => {
                self.phase = Phase::Done;
            }
            Phase::Body(receiving) => {
                self.fail(ClientError::Closed { missing: receiving.missing() });
            }
            Phase::Sending { .. } | Phase::Done | Phase::Failed(_) => {}
        }
    }

    fn tick(&mut self, now: Instant) {
        let stage = match &self.phase {
            Phase::Sending { .. } => Stage::Sending,
            Phase::Head(_) if self.inbox.is_empty() => Stage::Waiting,
            Phase::Head(_) => Stage::Head,
            Phase::Body(_) => Stage::Body,
            Phase::Done | Phase::Failed(_) => return,
        };
        if self.until().is_some_and(|until| now >= until) {
            self.fail(ClientError::TimedOut { stage });
        }
    }

    /// Gives up, with `error` unless what is there is malformed: whether that was noticed before must not depend
    /// on how the bytes were cut.
    fn fail(&mut self, error: ClientError) {
        let inbox = std::mem::take(&mut self.inbox);
        let malformed = match &mut self.phase {
            Phase::Head(_) if inbox.is_empty() => None,
            Phase::Head(_) => response::parse(&inbox, &self.limits, self.is_head).err(),
            Phase::Body(receiving) => receiving.malformed(&inbox, &self.limits),
            _ => None,
        };
        self.phase = Phase::Failed(malformed.map_or(error, ClientError::from));
    }

    /// When to give the server up.
    fn until(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Sending { transfer, .. } => Some(transfer.until(&self.limits)),
            Phase::Head(waiting) => Some(waiting.since + self.limits.patience),
            Phase::Body(receiving) => Some(receiving.until(&self.limits)),
            Phase::Done | Phase::Failed(_) => None,
        }
    }
}

impl Session for Client {
    fn want(&self) -> Want<'_> {
        match &self.phase {
            Phase::Sending { bytes, sent, .. } => {
                Want::Write { bytes: &bytes[*sent..], until: self.until() }
            }
            Phase::Head(_) | Phase::Body(_) => Want::Read { until: self.until() },
            Phase::Done | Phase::Failed(_) => Want::Close,
        }
    }

    fn handle(&mut self, input: Input<'_>, now: Instant) {
        match input {
            Input::Received(bytes) => self.received(bytes, now),
            Input::Eof => self.end_of_file(),
            Input::Wrote(n) => self.wrote(n, now),
            Input::Tick => self.tick(now),
        }
    }

    /// Whatever the server might still send, a close destroys nothing: the response is here, or given up.
    fn expects_more(&self) -> bool {
        false
    }
}
