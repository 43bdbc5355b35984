//! What a check works with: it starts the program, opens conversations with it, and knows afterwards what became of it.

mod client;
mod evidence;
mod ports;
mod server;
mod stage;

pub use client::{Client, Finished};
pub use ports::free_port;
pub use server::Server;
pub use stage::Stage;

use crate::failure::{Failure, Stop, Symptom};
use crate::sandbox::{Exit, Launch, Limits, Listen, Process, Sandbox, StartError};
use crate::talk::Cuts;
use std::ffi::OsString;
use std::time::{Duration, Instant};

/// How long a part may take in all: a program that replies at the last moment each time must not keep us for ever.
const PART: Duration = Duration::from_secs(60);

/// One part of a check at work. What it has started ends with it.
#[derive(Debug)]
pub struct Lab<'a> {
    command: &'a [String],
    sandbox: &'a Sandbox,
    chance: fastrand::Rng,
    programs: Vec<Process>,
    until: Instant,
    /// The program is a client, or was told to stop.
    may_end: bool,
    /// How the program had ended before it was told to.
    ended_before: Option<Exit>,
}

impl<'a> Lab<'a> {
    /// For a program, with a seed of its own for this part.
    pub fn new(command: &'a [String], sandbox: &'a Sandbox, seed: u64) -> Self {
        let chance = fastrand::Rng::with_seed(seed);
        Self {
            command,
            sandbox,
            chance,
            programs: Vec::new(),
            until: Instant::now() + PART,
            may_end: false,
            ended_before: None,
        }
    }

    /// Chance, drawn from the seed.
    pub fn chance(&mut self) -> &mut fastrand::Rng {
        &mut self.chance
    }

    /// Where one conversation is cut, drawn from the seed.
    pub fn cuts(&mut self) -> Cuts {
        Cuts::new(self.chance.u64(..))
    }

    /// Takes more time for this part, because it is long for a right program on a busy machine.
    pub fn take_time(&mut self, time: Duration) {
        self.until = Instant::now() + time;
    }

    /// A name that no program can know beforehand.
    pub fn name(&mut self) -> String {
        let words = ["apples", "pears", "plums", "figs", "limes", "dates"];
        let word = words[self.chance.usize(0..words.len())];
        format!("{word}{}", self.chance.u32(10..100))
    }

    /// Starts the program; gives its place in the list.
    fn start(&mut self, addr: &str, flags: &[&str], listen: Listen) -> Result<usize, Stop> {
        let argv = argv(self.command, addr, listen == Listen::Nowhere, flags);
        self.may_end |= listen == Listen::Nowhere;
        let launch = Launch { argv, listen, limits: Limits::default() };
        match self.sandbox.start(&launch) {
            Ok(process) => {
                self.programs.push(process);
                Ok(self.programs.len() - 1)
            }
            Err(StartError::Program(why)) => {
                Err(Failure::new(Symptom::CannotStart, "a program that starts", why).into())
            }
            Err(StartError::Grader(error)) => Err(Stop::Fault(error)),
        }
    }

    /// Whether the supervisor of a program is gone: then nothing that was seen can be held against the program.
    pub fn lost(&self) -> Option<String> {
        self.programs.iter().find_map(|program| match program.exit() {
            Some(Exit::Lost(why)) => Some(why),
            _ => None,
        })
    }

    /// Ends what was started: SIGTERM, two seconds, SIGKILL.
    pub fn close(self) {
        for process in self.programs {
            let _ = process.end();
        }
    }
}

/// The command line: `{addr}` becomes the address, which is appended if it stands nowhere.
fn argv(command: &[String], addr: &str, client: bool, flags: &[&str]) -> Vec<OsString> {
    let named = command.iter().any(|word| word.contains("{addr}"));
    let mut argv: Vec<OsString> =
        command.iter().map(|word| word.replace("{addr}", addr).into()).collect();
    match (named, client) {
        (true, _) => {}
        (false, true) => argv.push(addr.into()),
        (false, false) => argv.extend(["--addr".into(), addr.into()]),
    }
    argv.extend(flags.iter().map(OsString::from));
    argv
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(command: &[&str], client: bool) -> String {
        let command: Vec<String> = command.iter().map(|&word| word.into()).collect();
        let argv = argv(&command, "127.0.0.1:80", client, &["--workers", "2"]);
        argv.join(std::ffi::OsStr::new(" ")).into_string().unwrap()
    }

    #[test]
    fn the_address_stands_where_it_is_wished_or_at_the_end() {
        assert_eq!(line(&["x"], false), "x --addr 127.0.0.1:80 --workers 2");
        assert_eq!(line(&["x"], true), "x 127.0.0.1:80 --workers 2");
        assert_eq!(line(&["x", "--on={addr}", "y"], false), "x --on=127.0.0.1:80 y --workers 2");
    }
}
