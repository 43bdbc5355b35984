//! The flags, which are the same for all, and the one line that is said when something fails.

use lexopt::{Arg, ValueExt};
use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::NonZeroU8;
use std::process::ExitCode;

/// What was asked for.
pub struct Flags {
    /// Where to listen.
    pub addr: SocketAddr,
    /// How many threads serve.
    pub threads: usize,
    /// Anything else, as `--word`, which one server may know.
    pub others: Vec<String>,
}

impl Flags {
    /// Refuses more threads than one, for a server that has no more.
    pub fn one_thread(&self) -> io::Result<()> {
        match self.threads {
            1 => Ok(()),
            _ => Err(io::Error::other("it has one thread (leave out --threads)")),
        }
    }
}

fn flags(known: &[&str]) -> Result<Flags, lexopt::Error> {
    let (mut addr, mut threads, mut others) =
        (SocketAddr::from(([127, 0, 0, 1], 0)), NonZeroU8::MIN, vec![]);
    let mut parser = lexopt::Parser::from_env();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("addr") => addr = parser.value()?.parse()?,
            Arg::Long("threads") => threads = parser.value()?.parse()?,
            Arg::Long(word) if known.contains(&word) => others.push(word.to_string()),
            _ => return Err(arg.unexpected()),
        }
    }
    Ok(Flags { addr, threads: threads.get().into(), others })
}

/// The `main` of each server. Its `known` words are flags of its own, without values.
pub fn run<E: Display>(known: &[&str], serve: impl FnOnce(&Flags) -> Result<(), E>) -> ExitCode {
    let (code, error) = match flags(known) {
        Err(error) => (2, format!("{error} (it takes --addr HOST:PORT and --threads 1 to 255)")),
        Ok(flags) => match serve(&flags) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => (1, format!("cannot serve on {}: {error}", flags.addr)),
        },
    };
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(code)
}
