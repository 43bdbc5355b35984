//! What comes in, and what it means if it is not what was expected.

use super::{PATIENCE, QUIET, Talk, brief};
use crate::failure::{Stop, Symptom};
use std::io::{self, ErrorKind, Read};
use std::time::{Duration, Instant};

/// More of one line than this is not awaited.
const LONGEST: usize = 64 * 1024;

/// How one read ended.
#[derive(Debug)]
pub(super) enum Came {
    Bytes,
    End,
    Nothing,
    Reset,
}

impl Talk {
    /// Says a command, and expects this reply. Neither has its line ending here.
    ///
    /// # Errors
    ///
    /// Something else came, or nothing.
    pub fn ask(&mut self, command: impl AsRef<[u8]>, reply: impl AsRef<[u8]>) -> Result<(), Stop> {
        self.say([command.as_ref(), b"\n"].concat())?;
        self.expect(reply)
    }

    /// Expects exactly this line next; its ending is added here.
    ///
    /// # Errors
    ///
    /// Something else came, or nothing.
    pub fn expect(&mut self, line: impl AsRef<[u8]>) -> Result<(), Stop> {
        let wanted = [line.as_ref(), b"\n"].concat();
        let expected = self.reply_wanted(&wanted);
        let got = self.line_or(&expected, Some(&wanted))?;
        if got == wanted { Ok(()) } else { Err(self.wrong(&expected, &wanted, &got).into()) }
    }

    /// Expects a line that begins with `error`.
    ///
    /// # Errors
    ///
    /// Something else came, or nothing.
    pub fn expect_error(&mut self, why: &str) -> Result<(), Stop> {
        let asked = self
            .asked_next()
            .map(|line| format!(" in reply to {}", brief(&line)))
            .unwrap_or_default();
        let expected = format!("a line that begins with \"error\"{asked}, because {why}");
        let got = self.line_or(&expected, None)?;
        if got.starts_with(b"error") {
            return Ok(());
        }
        Err(self.failure(Symptom::WrongReply, expected, brief(&got)).into())
    }

    /// The next line with its ending, whatever it says; `expected` is what it should be, in words.
    ///
    /// # Errors
    ///
    /// None came.
    pub fn line(&mut self, expected: &str) -> Result<Vec<u8>, Stop> {
        self.line_or(expected, None)
    }

    /// What has come of a line whose ending will not come.
    pub fn rest_of_line(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.ahead)
    }

    /// Whether another line comes within this time.
    ///
    /// # Errors
    ///
    /// The grader's own.
    pub fn has_line(&mut self, time: Duration) -> Result<bool, Stop> {
        let until = Instant::now() + time;
        while !self.ahead.contains(&b'\n') {
            let over = Instant::now() >= until || self.ahead.len() > LONGEST;
            if over || self.ended || !matches!(self.receive(until)?, Came::Bytes) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Expects that nothing comes for a moment.
    ///
    /// # Errors
    ///
    /// Something came: the symptom is the caller's, who knows what was not due.
    pub fn expect_quiet(&mut self, symptom: Symptom, why: &str) -> Result<(), Stop> {
        let expected = format!("nothing yet, because {why}");
        if self.ahead.is_empty() && !self.ended {
            match self.receive(Instant::now() + QUIET)? {
                Came::Nothing => return Ok(()),
                Came::End => {
                    let failure =
                        self.failure(Symptom::ClosedEarly, expected, "the end of the connection");
                    return Err(failure.into());
                }
                Came::Reset => return Err(self.was_reset(&expected)),
                Came::Bytes => {}
            }
        }
        let got = brief(&self.ahead);
        Err(self.failure(symptom, expected, got).into())
    }

    /// Expects the orderly end of the connection, and not a byte before it.
    ///
    /// # Errors
    ///
    /// It stays open, or is reset, or something came.
    pub fn expect_end(&mut self, why: &str) -> Result<(), Stop> {
        let expected = format!("the end of the connection, because {why}");
        let until = Instant::now() + PATIENCE;
        while !self.ended {
            match self.receive(until)? {
                Came::Bytes if self.ahead.len() > LONGEST => break,
                Came::Bytes => {}
                Came::End => break,
                Came::Reset => return Err(self.was_reset(&expected)),
                Came::Nothing => {
                    let got =
                        format!("a connection that was still open {} s later", PATIENCE.as_secs());
                    return Err(self.failure(Symptom::StayedOpen, expected, got).into());
                }
            }
        }
        if self.ahead.is_empty() {
            return Ok(());
        }
        let got = format!("{} before it", brief(&self.ahead));
        Err(self.failure(Symptom::ExtraReply, expected, got).into())
    }

    /// Expects that the connection ends in any way, and not a byte before it.
    ///
    /// # Errors
    ///
    /// Something came, or it stays open.
    pub fn expect_no_reply(&mut self, patience: Duration, why: &str) -> Result<(), Stop> {
        let until = Instant::now() + patience;
        let came = match (self.ahead.is_empty(), self.ended) {
            (false, _) => Came::Bytes,
            (true, true) => Came::End,
            (true, false) => self.receive(until)?,
        };
        let expected = format!("the end of the connection, because {why}");
        match came {
            Came::End | Came::Reset => Ok(()),
            Came::Bytes => {
                let got = brief(&self.ahead);
                Err(self.failure(Symptom::ExtraReply, expected, got).into())
            }
            Came::Nothing => {
                let got =
                    format!("a connection that was still open {} s later", patience.as_secs());
                Err(self.failure(Symptom::StayedOpen, expected, got).into())
            }
        }
    }

    /// Reads until the connection ends in any way, and forgets what came; false if it did not end in time.
    ///
    /// # Errors
    ///
    /// The grader's own.
    pub fn ends(&mut self, patience: Duration) -> Result<bool, Stop> {
        let until = Instant::now() + patience;
        while !self.ended && Instant::now() < until {
            self.ahead.clear();
            match self.receive(until)? {
                Came::Bytes => {}
                Came::End | Came::Reset => return Ok(true),
                Came::Nothing => return Ok(false),
            }
        }
        Ok(self.ended)
    }

    /// The next line with its ending; `wanted` is what it should be, if that is known.
    fn line_or(&mut self, expected: &str, wanted: Option<&[u8]>) -> Result<Vec<u8>, Stop> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(end) = self.ahead.iter().position(|&byte| byte == b'\n') {
                let rest = self.ahead.split_off(end + 1);
                self.replied += 1;
                return Ok(std::mem::replace(&mut self.ahead, rest));
            }
            // A wrong byte is told at once, not when the end of the line has failed to come.
            if let Some(wanted) = wanted
                && !wanted.starts_with(&self.ahead)
            {
                let _ = self.receive(Instant::now() + QUIET)?;
                let end = self.ahead.iter().position(|&byte| byte == b'\n');
                let got = self.ahead[..end.map_or(self.ahead.len(), |end| end + 1)].to_vec();
                return Err(self.wrong(expected, wanted, &got).into());
            }
            if self.ahead.len() > LONGEST {
                let got = format!("{} bytes without a line ending", self.ahead.len());
                return Err(self.failure(Symptom::NoNewline, expected, got).into());
            }
            if !self.ended {
                match self.receive(until)? {
                    Came::Bytes => continue,
                    Came::End => {}
                    Came::Reset => return Err(self.was_reset(expected)),
                    Came::Nothing => return Err(self.silence(expected)),
                }
            }
            if self.ahead.is_empty() {
                let got = "the end of the connection";
                return Err(self.failure(Symptom::ClosedEarly, expected, got).into());
            }
            let got = format!("{} and then the end of the connection", brief(&self.ahead));
            return Err(self.failure(Symptom::NoNewline, expected, got).into());
        }
    }

    /// One read into `ahead`.
    pub(super) fn receive(&mut self, until: Instant) -> Result<Came, Stop> {
        let mut buffer = [0; 16 * 1024];
        loop {
            let left = until.min(self.until).saturating_duration_since(Instant::now());
            // A zero timeout would mean none at all.
            let set = self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))));
            set.map_err(|error| {
                Stop::Fault(anyhow::Error::new(error).context("cannot set SO_RCVTIMEO"))
            })?;
            match self.stream.read(&mut buffer) {
                Ok(0) => {
                    self.note("the program ended its side (end-of-file)");
                    self.ended = true;
                    return Ok(Came::End);
                }
                Ok(n) => {
                    self.transcript.received(&buffer[..n]);
                    self.ahead.extend_from_slice(&buffer[..n]);
                    return Ok(Came::Bytes);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if is_timeout(&error) => return Ok(Came::Nothing),
                Err(error) => {
                    self.note(format!("reading failed: {error}"));
                    self.ended = true;
                    return Ok(Came::Reset);
                }
            }
        }
    }
}

/// Linux reports a passed SO_RCVTIMEO as EAGAIN.
pub(crate) fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
