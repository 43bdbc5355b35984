//! What an HTTP client may meet: the table of cases, each a name, a sentence and what a server does.
//!
//! * [`cases`] lists them, one theme after the other; [`Case::start`] plays one on a free port of loopback.
//! * A [`Kind`] says what a client must make of it. It names no client: how an error reads is the client's own affair.
//! * Where a server can be only waited for, the pace of its dripping is an argument of [`cases_at`].
//!
//! A case of kind [`Kind::WellFormed`] whose response says where it ends leaves the connection open, so a client that
//! waits for end-of-file hangs there. Where something is wrong, the server ends its side after it: so a client never
//! hangs because of the test, and one that forgives shows what it takes for a response.
//!
//! ```
//! use harness::hostile::http::{Kind, cases};
//! use std::io::{Read, Write};
//!
//! let case = cases().into_iter().find(|case| case.name == "length-differs").unwrap();
//! assert!(matches!(case.kind, Kind::Malformed));
//! let server = case.start();
//! let mut client = std::net::TcpStream::connect(server.addr())?;
//! client.write_all(format!("{} {} HTTP/1.1\r\nHost: a\r\n\r\n", case.method, case.path).as_bytes())?;
//! let mut reply = String::new();
//! client.read_to_string(&mut reply)?;
//! assert!(reply.contains("Content-Length: 5\r\nContent-Length: 6\r\n"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod case;
mod chunked;
mod coded;
mod connection;
mod ends;
mod fields;
mod framing;
mod interim;
mod redirects;
mod size;
mod start_line;
#[cfg(test)]
mod tests;
mod time;
mod whole;

use std::time::Duration;

pub use case::{Case, Expected, Kind, Then};

/// Returns every case, in reading order; what drips gives a byte a second.
pub fn cases() -> Vec<Case> {
    cases_at(Duration::from_secs(1))
}

/// The same, where what drips rests so long after each byte.
pub fn cases_at(pace: Duration) -> Vec<Case> {
    [
        whole::cases(),
        framing::cases(),
        chunked::cases(),
        start_line::cases(),
        fields::cases(),
        interim::cases(),
        coded::cases(),
        ends::cases(),
        time::cases(pace),
        size::cases(),
        redirects::cases(),
        connection::cases(),
    ]
    .concat()
}
