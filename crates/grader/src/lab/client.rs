//! The program as a client.

use super::Lab;
use super::evidence::outcome;
use crate::failure::{Failure, Stop, Symptom};
use crate::sandbox::{Exit, Listen};
use crate::talk::brief;
use harness::compared;
use std::time::{Duration, Instant};

/// How long a client may take for anything that does not have to wait.
const PATIENCE: Duration = Duration::from_secs(15);

/// A client at work.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    pub(super) program: usize,
    started: Instant,
}

/// A client that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended.
    pub exit: Exit,
    /// All it wrote to stdout.
    pub stdout: Vec<u8>,
    /// All it wrote to stderr.
    pub stderr: String,
    /// From its start to its end.
    pub took: Duration,
}

impl Lab<'_> {
    /// Starts the program as a client of this address. Its stdin is open.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub fn client(&mut self, server: &str) -> Result<Client, Stop> {
        let started = Instant::now();
        let program = self.start(server, &[], Listen::Nowhere)?;
        Ok(Client { program, started })
    }

    /// Writes to its stdin.
    ///
    /// # Errors
    ///
    /// It does not read any more.
    pub fn type_in(&mut self, client: &Client, bytes: impl AsRef<[u8]>) -> Result<(), Stop> {
        let bytes = bytes.as_ref();
        let process = &mut self.programs[client.program];
        match process.write(bytes) {
            Ok(()) => Ok(()),
            Err(error) => {
                let expected = format!("it to read {} from stdin", brief(bytes));
                Err(self.ended_early(client, &expected, &error.to_string()).into())
            }
        }
    }

    /// Whether it has ended.
    pub fn has_ended(&self, client: &Client) -> bool {
        self.programs[client.program].exit().is_some()
    }

    /// Ends its stdin.
    pub fn end_stdin(&mut self, client: &Client) {
        self.programs[client.program].end_stdin();
    }

    /// Expects that its stdout is exactly this so far, as soon as it may.
    ///
    /// # Errors
    ///
    /// Something else is there, or not all of it.
    pub fn expect_stdout(&self, client: &Client, wanted: &[u8], why: &str) -> Result<(), Stop> {
        let process = &self.programs[client.program];
        process.output().shows(PATIENCE, |shown| shown.len() >= wanted.len());
        let got = process.output().stdout_bytes();
        if got == wanted {
            return Ok(());
        }
        let expected = format!("{} on stdout, because {why}", brief(wanted));
        Err(differs(wanted, &got, expected).into())
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// It does not end.
    pub fn finish(&mut self, client: &Client, why: &str) -> Result<Finished, Stop> {
        self.finish_within(client, PATIENCE, why)
    }

    /// Waits for its end, so long.
    ///
    /// # Errors
    ///
    /// It does not end.
    pub fn finish_within(
        &mut self,
        client: &Client,
        patience: Duration,
        why: &str,
    ) -> Result<Finished, Stop> {
        let process = &self.programs[client.program];
        let Some(exit) = process.wait(patience) else {
            let expected = format!("the program to end, because {why}");
            let got = format!("a program that still ran {} s later", patience.as_secs_f64());
            return Err(Failure::new(Symptom::NeverEnds, expected, got).into());
        };
        let took = client.started.elapsed();
        let output = process.output();
        output.finish(Duration::from_secs(5));
        if self.is_unwritten(client.program) {
            let got = format!("{exit}, and its stderr says that it is not written yet");
            return Err(Failure::new(
                Symptom::NotWritten,
                format!("a program that works: {why}"),
                got,
            )
            .into());
        }
        let output = self.programs[client.program].output();
        Ok(Finished { exit, stdout: output.stdout_bytes(), stderr: output.stderr(), took })
    }

    fn ended_early(&self, client: &Client, expected: &str, error: &str) -> Failure {
        let symptom = if self.is_unwritten(client.program) {
            Symptom::NotWritten
        } else {
            Symptom::EndedEarly
        };
        Failure::new(symptom, expected, format!("a program that does not read ({error})"))
    }
}

impl Finished {
    /// Expects this on stdout, and exit code 0.
    ///
    /// # Errors
    ///
    /// Something else.
    pub fn expect_success(&self, stdout: &[u8], why: &str) -> Result<(), Stop> {
        self.expect_output(stdout, why)?;
        match self.exit {
            Exit::Code(0) => Ok(()),
            ref exit => {
                let expected = format!("exit code 0, because {why}");
                Err(Failure::new(Symptom::ExitCode, expected, outcome(exit)).into())
            }
        }
    }

    /// Expects this on stdout, exit code 1, and one line on stderr.
    ///
    /// # Errors
    ///
    /// Something else.
    pub fn expect_failure(&self, stdout: &[u8], why: &str) -> Result<(), Stop> {
        self.expect_output(stdout, why)?;
        let expected = format!("exit code 1, because {why}");
        if self.exit != Exit::Code(1) {
            return Err(Failure::new(Symptom::ExitCode, expected, outcome(&self.exit)).into());
        }
        let lines = self.stderr.lines().count();
        if lines != 1 || self.stderr.trim().is_empty() {
            let expected = format!("one line on stderr that says what happened, because {why}");
            let got = match lines {
                0 => "nothing".to_owned(),
                1 => "an empty line".to_owned(),
                n => format!("{n} lines"),
            };
            return Err(Failure::new(Symptom::Stderr, expected, got).into());
        }
        Ok(())
    }

    fn expect_output(&self, wanted: &[u8], why: &str) -> Result<(), Stop> {
        if self.stdout == wanted {
            return Ok(());
        }
        let expected = format!("{} on stdout, because {why}", brief(wanted));
        Err(differs(wanted, &self.stdout, expected).into())
    }
}

/// Something else stands on stdout.
fn differs(wanted: &[u8], got: &[u8], expected: String) -> Failure {
    let symptom = match (got.is_empty(), wanted.starts_with(got)) {
        (true, _) => Symptom::Silent,
        (false, true) => Symptom::LostCommand,
        (false, false) => Symptom::WrongReply,
    };
    let shown = if got.is_empty() { "nothing".to_owned() } else { brief(got) };
    let compared = compared(wanted, got).lines().map(str::to_owned).collect();
    Failure::new(symptom, expected, shown).with(compared)
}
