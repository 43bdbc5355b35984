//! A reply, written out, and the date on it.

use crate::token::is_field;
use crate::{Reply, Status};
use arrayvec::ArrayString;
use httpdate::HttpDate;
use std::fmt::Write as _;
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

/// The length of an IMF-fixdate, which is always the same.
const DATE_LEN: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();

/// The last second that an IMF-fixdate can tell: its years have four digits.
const END_OF_9999: u64 = 253_402_300_799;

/// The wall clock, as told once: a session has no clock of its own. Formats each second only once.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    /// The second that the date tells, counted from 1970.
    second: u64,
    /// When it ends.
    until: Instant,
    /// Kept inline, so that an idle connection has nothing on the heap.
    date: [u8; DATE_LEN],
}

impl Calendar {
    /// At `now` the wall clock reads `wall`. One that was never set may read less than 1970, which counts as 1970.
    pub(crate) fn new(now: Instant, wall: SystemTime) -> Self {
        let wall = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        // Seconds of the calendar begin where seconds of the wall clock do.
        let left = Duration::from_secs(1) - Duration::from_nanos(wall.subsec_nanos().into());
        Self { second: wall.as_secs(), until: now + left, date: imf_fixdate(wall.as_secs()) }
    }

    /// The date at `now` as an IMF-fixdate (RFC 9110 section 5.6.7).
    pub(crate) fn date(&mut self, now: Instant) -> &[u8] {
        if now >= self.until {
            let passed = now.duration_since(self.until).as_secs() + 1;
            self.second = self.second.saturating_add(passed);
            self.until += Duration::from_secs(passed);
            self.date = imf_fixdate(self.second);
        }
        &self.date
    }
}

fn imf_fixdate(second: u64) -> [u8; DATE_LEN] {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second.min(END_OF_9999));
    let mut date = ArrayString::<DATE_LEN>::new();
    let written = write!(date, "{}", HttpDate::from(time));
    let exact = written.ok().and_then(|()| date.as_bytes().try_into().ok());
    exact.expect("an IMF-fixdate has 29 bytes, up to the end of 9999")
}
