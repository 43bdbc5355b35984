//! What happens on a connection: it opens, it can be written to, a reply comes, it ends.

use super::client::Phase;
use super::socket::{self, Failed};
use super::worker::Worker;
use crate::results::Fault;
use mio::event::Event;
use mio::{Interest, Token};
use std::io::{ErrorKind, Read as _, Write as _};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

impl Worker<'_> {
    /// Something can be done on the connection of a client.
    pub(super) fn event(&mut self, client: usize, event: &Event) {
        match self.clients[client].phase {
            Phase::Connecting => return self.connected(client),
            Phase::Sending { .. } if event.is_writable() => self.write(client),
            _ => {}
        }
        let slow = self.parts[self.clients[client].part].clients.reads.is_some();
        let ended = event.is_read_closed() || event.is_error();
        // A slow reader reads when it is time to, not when there is something.
        if (event.is_readable() || ended) && !slow {
            self.receive(client, usize::MAX, ended);
        }
    }

    /// Begins to open a connection.
    pub(super) fn open(&mut self, client: usize, now: Instant) {
        let narrow = self.parts[self.clients[client].part].clients.reads.is_some();
        let one = &mut self.clients[client];
        (one.phase, one.since) = (Phase::Connecting, now);
        self.shared.connecting.fetch_add(usize::from(one.opening), Ordering::AcqRel);
        // An open loop has said when its request was due.
        if !self.parts[self.clients[client].part].is_open_loop() {
            self.clients[client].due = now;
        }
        let mut stream = match socket::connect(self.shared.addr, narrow) {
            Ok(stream) => stream,
            Err(Failed::Fault(fault)) => return self.fault(client, fault),
            Err(Failed::Own(error)) => {
                let open = self.clients.iter().filter(|client| client.stream.is_some()).count();
                let what = format!(
                    "cannot open a connection beside {open} others: {error} (raise `ulimit -n`, or use fewer clients)"
                );
                self.broken = Some(std::io::Error::new(error.kind(), what));
                return;
            }
        };
        // Both at once, edge-triggered: the kernel tells of each change once, and nothing is registered again.
        let both = Interest::READABLE | Interest::WRITABLE;
        match self.poll.registry().register(&mut stream, Token(client), both) {
            Ok(()) => self.clients[client].stream = Some(stream),
            Err(error) => self.broken = Some(error),
        }
    }

    /// The connection is open, or will not be.
    fn connected(&mut self, client: usize) {
        let Some(stream) = &self.clients[client].stream else { return };
        if let Some(error) = stream.take_error().unwrap_or_else(Some) {
            return self.fault(client, socket::fault(&error));
        }
        let now = Instant::now();
        self.connects_no_longer(client);
        let part = &mut self.parts[self.clients[client].part];
        part.tally.connections += u64::from(part.is_idle() || (self.counting && now < self.end));
        if part.clients.keep_alive && !part.is_idle() && !part.is_once() {
            if part.is_open_loop() {
                // Its first request may be far away.
                self.has_opened(client);
            }
            self.is_free(client, now);
        } else {
            // The request belongs to this connection, and its latency began with it.
            self.send(client, self.clients[client].due, now);
        }
    }

    /// A kept connection is free for the next request.
    pub(super) fn is_free(&mut self, client: usize, now: Instant) {
        let part = &mut self.parts[self.clients[client].part];
        if !part.is_open_loop() {
            self.send(client, now, now);
        } else if let Some(due) = part.take_due(now) {
            self.send(client, due, now);
        } else {
            part.free.push_back(client);
            self.clients[client].phase = Phase::Free;
        }
    }

    /// A client of an open loop sends what was due then.
    pub(super) fn send_or_open(&mut self, client: usize, due: Instant) {
        let now = Instant::now();
        if self.clients[client].phase == Phase::Free {
            self.send(client, due, now);
        } else {
            self.clients[client].due = due;
            self.open(client, now);
        }
    }

    fn send(&mut self, client: usize, due: Instant, now: Instant) {
        let one = &mut self.clients[client];
        (one.due, one.since, one.sipped) = (due, now, now);
        one.prepare(self.parts[one.part].every);
        one.phase = Phase::Sending { sent: 0 };
        self.write(client);
    }

    /// Sends what is left of a request: mostly all of it, with one `send(2)`.
    fn write(&mut self, client: usize) {
        let one = &mut self.clients[client];
        let request = match &one.echo {
            Some(echo) if one.posts => echo.request(),
            _ => &self.parts[one.part].get,
        };
        let (Phase::Sending { mut sent }, Some(stream)) = (one.phase, &mut one.stream) else {
            return;
        };
        let fault = loop {
            match stream.write(&request[sent..]) {
                Ok(more) if sent + more == request.len() => {
                    one.phase = Phase::Waiting;
                    return;
                }
                Ok(more) => sent += more,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    one.phase = Phase::Sending { sent };
                    return;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => break socket::fault(&error),
            }
        };
        self.fault(client, fault);
    }

    /// A slow reader reads what it may read by now.
    pub(super) fn sip(&mut self, client: usize, now: Instant) {
        let one = &mut self.clients[client];
        if one.stream.is_none() || one.phase == Phase::Connecting {
            return;
        }
        let rate = self.parts[one.part].clients.reads.unwrap_or(u64::MAX);
        // One that was held up for long does not swallow all at once.
        let since = now.saturating_duration_since(one.sipped).min(Duration::from_secs(1));
        let most = since.as_secs_f64() * rate as f64;
        if most >= 1.0 {
            one.sipped = now;
            self.receive(client, most as usize, false);
        }
    }

    /// A slow reader has read something. The end of its reply may be far away: this is what counts of it.
    fn has_sipped(&mut self, client: usize, read: usize) {
        self.has_opened(client);
        let part = self.clients[client].part;
        self.parts[part].tally.bytes += if self.counting { read as u64 } else { 0 };
    }

    /// Reads what has come.
    ///
    /// A read that fills less than the buffer has emptied the socket: what comes later is a new event. Only the end of
    /// a connection may already have been told, and is read at once.
    fn receive(&mut self, client: usize, most: usize, ended: bool) {
        loop {
            let room = self.buffer.len().min(most);
            let Some(stream) = &mut self.clients[client].stream else { return };
            match stream.read(&mut self.buffer[..room]) {
                Ok(0) => return self.ended(client),
                Ok(read) => {
                    if most < usize::MAX {
                        self.has_sipped(client, read);
                    }
                    self.take(client, read);
                    if (read < room && !ended) || most < usize::MAX {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return self.fault(client, socket::fault(&error)),
            }
        }
    }

    /// Looks at what was read.
    fn take(&mut self, client: usize, read: usize) {
        let piece = &self.buffer[..read];
        let one = &mut self.clients[client];
        match one.phase {
            Phase::Waiting | Phase::Sending { .. } => {}
            Phase::Deaf | Phase::Done => return,
            _ => return self.fault(client, Fault::Surplus),
        }
        let part = &mut self.parts[one.part];
        let fresh = one.reader.is_fresh();
        if fresh
            && !one.posts
            && let Some((bytes, close)) = part.template.recognise(piece)
        {
            return self.reply(client, bytes, close);
        }
        // The reader changes while the client tells what is wanted.
        let mut reader = std::mem::take(&mut one.reader);
        let result = reader.read(piece, part.wanted(one));
        one.reader = reader;
        match result {
            Ok(None) => {}
            Ok(Some(whole)) => {
                if fresh && !one.posts {
                    part.template.learn(piece, &whole);
                }
                let surplus = whole.used < read;
                // What follows belongs to no request, so the connection cannot be used any longer.
                self.reply(client, whole.bytes, whole.close || surplus);
                if surplus {
                    self.fault(client, Fault::Surplus);
                }
            }
            Err(fault) => self.fault(client, fault),
        }
    }
}
