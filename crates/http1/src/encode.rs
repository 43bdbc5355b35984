//! A reply, written out, and the date on it.

use crate::token::is_field;
use crate::{Reply, Status};
use std::time::{Duration, Instant, SystemTime};

/// What the reply's head has to say about the connection (RFC 9112 section 9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    /// HTTP/1.1 keeps it: nothing to say.
    Kept,
    /// HTTP/1.0 is told that it is kept, as it asked.
    KeptAlive,
    /// This reply is the last one.
    Close,
}

/// Appends status line and header, up to and with the empty line.
pub(crate) fn head(reply: &Reply, connection: Connection, date: &[u8], out: &mut Vec<u8>) {
    match reply.status {
        Status::OK => out.extend_from_slice(b"HTTP/1.1 200 OK\r\nDate: "),
        Status(code) => {
            out.extend_from_slice(b"HTTP/1.1 ");
            number(u64::from(code), out);
            out.push(b' ');
            out.extend_from_slice(reply.status.reason().as_bytes());
            out.extend_from_slice(b"\r\nDate: ");
        }
    }
    out.extend_from_slice(date);
    if reply.status.has_body() {
        out.extend_from_slice(b"\r\nContent-Type: ");
        out.extend_from_slice(reply.content_type.as_bytes());
        out.extend_from_slice(b"\r\nContent-Length: ");
        number(reply.body.len(), out);
    }
    for (name, value) in &reply.fields {
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        // A line ending in a value would begin another field, or another reply: what an application repeats of a
        // request must not be able to (RFC 9110 section 5.5 has such bytes replaced by a space).
        out.extend(value.bytes().map(|byte| if is_field(byte) { byte } else { b' ' }));
    }
    out.extend_from_slice(match connection {
        Connection::Kept => b"\r\n\r\n",
        Connection::KeptAlive => b"\r\nConnection: keep-alive\r\n\r\n",
        Connection::Close => b"\r\nConnection: close\r\n\r\n",
    });
}

fn number(n: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
}

/// The wall clock, as told once: a session has no clock of its own. Formats each second only once.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    anchor: Instant,
    wall: SystemTime,
    /// Whole seconds since the anchor, and the date they were formatted to.
    cached: Option<(u64, String)>,
}

impl Calendar {
    /// At `anchor` the wall clock reads `wall`.
    pub(crate) fn new(anchor: Instant, wall: SystemTime) -> Self {
        // Seconds of the calendar begin where seconds of the wall clock do.
        let part = wall.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
        let part = Duration::from_nanos(part.into());
        match anchor.checked_sub(part) {
            Some(anchor) => Self { anchor, wall: wall - part, cached: None },
            None => Self { anchor, wall, cached: None },
        }
    }

    /// The date at `now` as an IMF-fixdate (RFC 9110 section 5.6.7).
    pub(crate) fn date(&mut self, now: Instant) -> &[u8] {
        let second = now.saturating_duration_since(self.anchor).as_secs();
        if self.cached.as_ref().is_none_or(|(cached, _)| *cached != second) {
            let date = httpdate::fmt_http_date(self.wall + Duration::from_secs(second));
            self.cached = Some((second, date));
        }
        self.cached.as_ref().map_or(b"", |(_, date)| date.as_bytes())
    }
}
