//! The command line of `chat`.

use crate::chat::help::help;
use crate::chat::protocol::{MOST_CLIENTS, OUTBOX_KIB, PATIENCE};
use common::flags::{self, text};
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

/// How many people one may let in.
const CLIENTS: RangeInclusive<usize> = 1..=100_000;

/// How much may be let wait for each. The longest answer must fit into half of it.
const KIB: RangeInclusive<usize> = 16..=65_536;

/// What the command line comes to.
#[derive(Debug)]
pub enum Command {
    /// Print this and leave.
    Help(String),
    /// Serve.
    Serve(Options),
}

/// How to serve.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Where to listen.
    pub addr: SocketAddr,
    /// People at a time.
    pub clients: usize,
    /// Bytes that may wait for one client.
    pub outbox: usize,
    /// How long a client may take to say its name, or to take what is there for it.
    pub patience: Duration,
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// One line that says what is wrong with which argument, and what it may be.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut options = Options {
        addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
        clients: MOST_CLIENTS,
        outbox: OUTBOX_KIB * 1024,
        patience: PATIENCE,
    };
    let mut parser = Parser::from_args(args);
    let say = |error: lexopt::Error| error.to_string();
    while let Some(arg) = parser.next().map_err(say)? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help(help())),
            Arg::Long("addr") => options.addr = flags::address(&text(&mut parser)?)?,
            Arg::Long("max-clients") => {
                options.clients = flags::number("max-clients", &text(&mut parser)?, CLIENTS)?;
            }
            Arg::Long("outbox") => {
                options.outbox = flags::number("outbox", &text(&mut parser)?, KIB)? * 1024;
            }
            Arg::Long("patience") => options.patience = flags::patience(&text(&mut parser)?)?,
            other => return Err(say(other.unexpected())),
        }
    }
    Ok(Command::Serve(options))
}
