//! What comes in, and what it means if it is not what was expected.

use super::{QUIET, Talk, Way, brief};
use crate::failure::{Failure, Stop, Symptom};
use harness::compared;
use std::io::{self, ErrorKind, Read};
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// More of one line than this is not awaited.
const LONGEST: usize = 64 * 1024;
/// How long a program that did not reply may take to do so when it is told that nothing more will come.
const SECOND_CHANCE: Duration = Duration::from_secs(1);

/// How one read ended.
#[derive(Debug)]
enum Came {
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

    /// Expects a line that begins with `error`, and gives it back without its ending.
    ///
    /// # Errors
    ///
    /// Something else came, or nothing.
    pub fn expect_error(&mut self, why: &str) -> Result<Vec<u8>, Stop> {
        let asked = self
            .asked_next()
            .map(|line| format!(" in reply to {}", brief(&line)))
            .unwrap_or_default();
        let expected = format!("a line that begins with \"error\"{asked}, because {why}");
        let mut got = self.line_or(&expected, None)?;
        if !got.starts_with(b"error") {
            let came = brief(&got);
            return Err(self.failure(Symptom::WrongReply, expected, came).into());
        }
        got.pop();
        Ok(got)
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
            if self.ended || !matches!(self.receive(until)?, Came::Bytes) {
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
        let until = Instant::now() + self.patience;
        while !self.ended {
            match self.receive(until)? {
                Came::Bytes if self.ahead.len() > LONGEST => break,
                Came::Bytes => {}
                Came::End => break,
                Came::Reset => return Err(self.was_reset(&expected)),
                Came::Nothing => {
                    let got = format!(
                        "a connection that was still open {} s later",
                        self.patience.as_secs()
                    );
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
        while !self.ended {
            self.ahead.clear();
            match self.receive(until)? {
                Came::Bytes => {}
                Came::End | Came::Reset => return Ok(true),
                Came::Nothing => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The next line with its ending; `wanted` is what it should be, if that is known.
    fn line_or(&mut self, expected: &str, wanted: Option<&[u8]>) -> Result<Vec<u8>, Stop> {
        let until = Instant::now() + self.patience;
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

    /// Nothing came in time. Why that is can often be seen by what makes it come.
    fn silence(&mut self, expected: &str) -> Stop {
        let seconds = self.patience.as_secs();
        if !self.ahead.is_empty() {
            let got = format!(
                "{} without a line ending, and nothing more for {seconds} s",
                brief(&self.ahead)
            );
            return self.failure(Symptom::NoNewline, expected, got).into();
        }
        self.note("the grader ends its side, to see whether the program waits for that");
        let _ = self.stream.shutdown(Shutdown::Write);
        let came = self.receive(Instant::now() + SECOND_CHANCE);
        let (symptom, got) = match came {
            Ok(Came::Bytes) => (
                Symptom::WaitsForEof,
                format!(
                    "nothing for {seconds} s, and a reply only when the connection was half-closed"
                ),
            ),
            _ if self.replied > 0 && self.asked() > self.replied => (
                Symptom::LostCommand,
                format!(
                    "nothing for {seconds} s, after the replies to {} of {} lines",
                    self.replied,
                    self.asked()
                ),
            ),
            _ => (Symptom::Silent, format!("nothing for {seconds} s")),
        };
        self.failure(symptom, expected, got).into()
    }

    /// What should come next, in words: this reply, to that command.
    fn reply_wanted(&self, wanted: &[u8]) -> String {
        match self.asked_next() {
            Some(command) => format!("the reply {} to {}", brief(wanted), brief(&command)),
            None => format!("the reply {}", brief(wanted)),
        }
    }

    /// The command that is to be replied to next, if it was said last.
    fn asked_next(&self) -> Option<Vec<u8>> {
        let mut lines = self.said.split(|&byte| byte == b'\n');
        lines.nth(self.replied).filter(|line| !line.is_empty()).map(<[u8]>::to_vec)
    }

    /// How many lines were said last.
    fn asked(&self) -> usize {
        self.said.iter().filter(|&&byte| byte == b'\n').count()
    }

    /// Says the same again in one piece: is that answered in another way?
    fn pieces_matter(&mut self) -> bool {
        if self.way == Way::Whole || self.done {
            return self.way == Way::Pieces;
        }
        self.note("the grader says the same again in one piece, to see whether the pieces matter");
        // What came for the other pieces is not asked for any more.
        while self.has_line(QUIET).is_ok_and(|more| more) {
            self.ahead.clear();
        }
        let said = std::mem::take(&mut self.said);
        let again =
            self.say_whole(&said).is_ok() && self.has_line(SECOND_CHANCE).is_ok_and(|more| more);
        again && !self.ahead.starts_with(b"error")
    }

    fn was_reset(&self, expected: &str) -> Stop {
        self.failure(Symptom::Reset, expected, "a reset of the connection").into()
    }

    /// Another line came than the expected one.
    fn wrong(&mut self, expected: &str, wanted: &[u8], got: &[u8]) -> Failure {
        let symptom = match () {
            () if got == wanted.strip_suffix(b"\n").unwrap_or(wanted) => Symptom::NoNewline,
            // A part of a command is often none.
            () if got.starts_with(b"error") && self.pieces_matter() => Symptom::ShortRead,
            () => Symptom::WrongReply,
        };
        let line = brief(got);
        let got_words = match got
            .strip_suffix(b"\r\n")
            .is_some_and(|text| wanted.strip_suffix(b"\n") == Some(text))
        {
            true => format!("{line}, which ends in \\r\\n and not in \\n alone"),
            false => line,
        };
        let mut failure = self.failure(symptom, format!("the reply {}", brief(wanted)), got_words);
        failure.transcript.extend(compared(wanted, got).lines().map(str::to_owned));
        failure
    }

    /// One read into `ahead`.
    fn receive(&mut self, until: Instant) -> Result<Came, Stop> {
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
