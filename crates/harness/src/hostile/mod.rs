//! Servers that no client should trust, in this process and on a free port of loopback.
//!
//! A client under test meets one of them, and must end with the right message and exit code, in bounded time and memory.
//!
//! * [`Server`] plays a [`Script`] to every connection and keeps what it has [`Seen`]. The names of the scripts say
//!   what is wrong: [`Script::split`], [`Script::slow`], [`Script::reset_after_half`], [`Script::close_after_half`],
//!   [`Script::never_answers`], [`Script::never_reads`], [`Script::endless_reply`], [`Script::endless_head`],
//!   [`Script::garbage`], [`Script::answers_unread`]; and two that behave, [`Script::replies`] and [`Script::echo`].
//!   [`Script::new`] takes any [`Step`]s. [`Server::in_turn`] has a script for each connection, [`Script::answers_each`]
//!   answers one request after another on the same one.
//! * [`http`] is the table of what an HTTP client may meet: well-formed, malformed, unclear, early, silent, endless.
//! * [`Full`] listens and never accepts, so that connecting takes for ever.
//! * [`Datagrams`] answers over UDP as a [`Habit`] says: late, never, from a wrong port, truncated, twice.
//!
//! ```
//! use harness::hostile::{Script, Server};
//! use std::io::{Read, Write};
//!
//! let server = Server::start(Script::close_after_half("HTTP/1.1 200 OK\r\n\r\n"));
//! let mut client = std::net::TcpStream::connect(server.addr())?;
//! client.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
//! let mut reply = String::new();
//! client.read_to_string(&mut reply)?;
//! assert_eq!(reply, "HTTP/1.1 ");
//! # Ok::<(), std::io::Error>(())
//! ```

mod acceptor;
mod datagrams;
mod diag;
mod full;
pub mod http;
mod perform;
mod queue;
mod script;
mod server;
mod stop;

pub(crate) use acceptor::Acceptor;
pub use datagrams::{Datagrams, Habit};
pub use full::Full;
pub use queue::wait_until_taken;
pub use script::{Script, Step, Until, response};
pub use server::{End, Seen, Server};
pub(crate) use stop::Stop;
