//! The program as a server.

use super::Lab;
use super::evidence::outcome;
use crate::failure::{Failure, Stop, Symptom};
use crate::sandbox::{Exit, Listen, Signal};
use crate::talk::{Talk, brief};
use harness::{holds_within, proc};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long a program may take until it listens: an interpreter on a busy machine needs a while.
const START: Duration = Duration::from_secs(20);
/// What the contract gives a program to stop in. Seen from outside, on a busy machine, it may look a little longer.
const STOP: Duration = Duration::from_secs(5);
const SLACK: Duration = Duration::from_secs(3);
/// The signal that asks to stop, and what a shell makes of a program that it has ended.
const SIGTERM: i32 = Signal::SIGTERM as i32;
const SHELL_TERM: i32 = 128 + SIGTERM;
/// How often we look whether a program that has said nothing has ended.
const LOOK: Duration = Duration::from_millis(100);
/// How long children may take to leave when nobody needs them any more.
const LEAVING: Duration = Duration::from_secs(3);

/// A program that has said where it listens.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    pub(super) program: usize,
    /// Where it listens.
    pub addr: SocketAddr,
}

impl Lab<'_> {
    /// Starts the program on a port of its choice, with these flags besides, and waits until it listens.
    ///
    /// # Errors
    ///
    /// It does not start, or does not say where it listens.
    pub fn server(&mut self, flags: &[&str]) -> Result<Server, Stop> {
        let program = self.start("127.0.0.1:0", flags, Listen::FreePort)?;
        let addr = self.ready(program)?;
        if addr.ip() != std::net::Ipv4Addr::LOCALHOST || addr.port() == 0 {
            let expected = "`listening on 127.0.0.1:PORT`, with the port that the system has given";
            return Err(Failure::new(
                Symptom::WrongAddress,
                expected,
                format!("`listening on {addr}`"),
            )
            .into());
        }
        self.expect_own_listener(program, addr)?;
        Ok(Server { program, addr })
    }

    /// Starts the program on a port of ours.
    ///
    /// # Errors
    ///
    /// As [`Lab::server`]; and it must listen where it was told to.
    pub fn server_on(&mut self, addr: SocketAddr) -> Result<Server, Stop> {
        let program = self.start(&addr.to_string(), &[], Listen::Port(addr.port()))?;
        let said = self.ready(program)?;
        if said != addr {
            let (expected, got) =
                (format!("`listening on {addr}`"), format!("`listening on {said}`"));
            return Err(Failure::new(Symptom::WrongAddress, expected, got).into());
        }
        self.expect_own_listener(program, addr)?;
        Ok(Server { program, addr })
    }

    /// Opens a conversation.
    ///
    /// # Errors
    ///
    /// Nobody listens there.
    pub fn connect(&mut self, server: &Server) -> Result<Talk, Stop> {
        let cuts = self.cuts();
        Talk::connect(server.addr, cuts, self.until)
    }

    /// Opens a conversation in which the kernel holds little for us.
    ///
    /// # Errors
    ///
    /// Nobody listens there.
    pub fn connect_narrow(&mut self, server: &Server) -> Result<Talk, Stop> {
        let cuts = self.cuts();
        Talk::connect_narrow(server.addr, cuts, self.until)
    }

    /// The threads of the program and of all that it has started.
    ///
    /// # Errors
    ///
    /// This machine has no `/proc` to count them in.
    pub fn threads(&self, server: &Server) -> Result<usize, Stop> {
        self.sum(server, |pid| Ok(proc::threads(pid)?.len()))
    }

    /// The open descriptors of the program and of all that it has started.
    ///
    /// # Errors
    ///
    /// As [`Lab::threads`].
    pub fn descriptors(&self, server: &Server) -> Result<usize, Stop> {
        self.sum(server, |pid| Ok(proc::of(pid)?.fds))
    }

    /// Adds a number up over all processes of the program.
    fn sum(&self, server: &Server, of: fn(u32) -> io::Result<usize>) -> Result<usize, Stop> {
        if proc::of(std::process::id()).is_err() {
            return Err(Stop::Skip("there is no /proc here to count in".into()));
        }
        if let Some(exit) = self.programs[server.program].exit() {
            return Err(Failure::new(Symptom::Died, "a program that runs", exit.to_string()).into());
        }
        let tree = self.programs[server.program].tree();
        // One of them may end at any moment.
        Ok(tree.into_iter().filter_map(|pid| of(pid).ok()).sum())
    }

    /// Sends SIGTERM to the program, not to what it has started.
    pub fn terminate(&mut self, server: &Server) {
        self.may_end = true;
        self.ended_before = self.programs[server.program].exit();
        self.programs[server.program].signal(Signal::SIGTERM);
    }

    /// Expects that the program ends with code 0, after [`Lab::terminate`] at `since`.
    ///
    /// # Errors
    ///
    /// It does not end in time, or with another code.
    pub fn expect_stop(&self, server: &Server, since: Instant, while_: &str) -> Result<(), Stop> {
        let process = &self.programs[server.program];
        let expected =
            format!("the program to end with exit code 0 within 5 s of SIGTERM, {while_}");
        if let Some(exit) = &self.ended_before {
            let (symptom, left) = match process.living().is_empty() {
                true => (Symptom::EndedEarly, ""),
                false => (Symptom::LeftBehind, ", and what it has started goes on without it"),
            };
            let got = format!("a program that was gone before SIGTERM: {exit}{left}");
            return Err(Failure::new(symptom, expected, got).into());
        }
        let exit = process.wait((STOP + SLACK).saturating_sub(since.elapsed()));
        match exit {
            Some(Exit::Code(0)) => self.expect_nobody(server),
            None => {
                let got = format!(
                    "a program that still ran {:.1} s later",
                    since.elapsed().as_secs_f64()
                );
                Err(Failure::new(Symptom::IgnoresTerm, expected, got).into())
            }
            Some(exit @ (Exit::Signal(SIGTERM) | Exit::Code(SHELL_TERM))) => {
                Err(Failure::new(Symptom::NoTermHandler, expected, outcome(&exit)).into())
            }
            Some(exit) => Err(Failure::new(Symptom::ExitCode, expected, outcome(&exit)).into()),
        }
    }

    /// Expects that a program that has ended has left no process behind.
    fn expect_nobody(&self, server: &Server) -> Result<(), Stop> {
        let process = &self.programs[server.program];
        if holds_within(LEAVING, || process.living().is_empty()) {
            return Ok(());
        }
        let (expected, left) = ("no process left behind", process.living().len());
        let got =
            format!("{left} that still ran {} s after the program had ended", LEAVING.as_secs());
        Err(Failure::new(Symptom::LeftBehind, expected, got).into())
    }

    /// Expects that every child of the program that is dead has been waited for.
    ///
    /// # Errors
    ///
    /// There are some that were not.
    pub fn expect_no_zombies(&self, server: &Server, when: &str) -> Result<(), Stop> {
        let process = &self.programs[server.program];
        let zombies = || {
            process
                .tree()
                .into_iter()
                .filter(|&pid| proc::state(pid).is_ok_and(|state| state == 'Z'))
                .count()
        };
        if holds_within(LEAVING, || zombies() == 0) {
            return Ok(());
        }
        let got = format!("{} dead children that nobody has waited for (zombies)", zombies());
        Err(Failure::new(Symptom::Zombie, format!("no zombies {when}"), got).into())
    }

    /// Waits for the ready line.
    fn ready(&self, program: usize) -> Result<SocketAddr, Stop> {
        let process = &self.programs[program];
        let expected = "`listening on 127.0.0.1:PORT` as the first line of stdout";
        let began = Instant::now();
        let mut ended = None;
        let line = loop {
            if let Some(line) = process.output().line(0, LOOK) {
                break line;
            }
            // When it has ended, somebody else may still have its stdout: nobody waits for that one for long.
            let over = match process.exit() {
                Some(_) => ended.get_or_insert_with(Instant::now).elapsed() > LEAVING,
                None => began.elapsed() > START,
            };
            if over || process.output().stdout_ended() {
                return Err(self.not_ready(program, expected).into());
            }
        };
        let addr = line.strip_prefix("listening on ").and_then(|addr| addr.trim_end().parse().ok());
        match addr {
            Some(addr) if !line.ends_with(char::is_whitespace) => Ok(addr),
            _ => {
                let got = brief(line.as_bytes());
                Err(Failure::new(Symptom::BadReadyLine, expected, got).into())
            }
        }
    }

    fn not_ready(&self, program: usize, expected: &str) -> Failure {
        let process = &self.programs[program];
        // Its stdout ends a moment before the program itself.
        if let Some(exit) = process.wait(LEAVING) {
            let symptom = match exit {
                Exit::Limit(_) => Symptom::LimitHit,
                _ if self.is_unwritten(program) => Symptom::NotWritten,
                _ => Symptom::EndedEarly,
            };
            return Failure::new(symptom, expected, format!("nothing on stdout; {exit}"));
        }
        let listening =
            process.tree().into_iter().find_map(|pid| proc::listening(pid).ok()?.first().copied());
        let seconds = START.as_secs();
        let got = match (listening, process.output().stdout().is_empty()) {
            _ if process.output().stdout_ended() => {
                "a stdout that was closed without it".to_owned()
            }
            (Some(addr), true) => {
                format!("nothing on stdout for {seconds} s, while it listens on {addr}")
            }
            (None, true) => format!("nothing on stdout for {seconds} s, and nobody listens"),
            (_, false) => format!("a first line without its end, for {seconds} s"),
        };
        Failure::new(Symptom::NoReadyLine, expected, got)
    }
}
