//! The receiving half.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::Wire;
use super::transcript::{compared, shortened};

impl Wire {
    /// One `read`: what is there now, empty at end-of-file.
    #[track_caller]
    pub fn read_once(&mut self) -> Vec<u8> {
        if self.ahead.is_empty() {
            self.fill("some bytes or the end");
        }
        std::mem::take(&mut self.ahead)
    }

    /// Reads exactly `n` bytes.
    #[track_caller]
    pub fn read_exact(&mut self, n: usize) -> Vec<u8> {
        self.read_exactly(n, &format!("{n} bytes"))
    }

    #[track_caller]
    pub(super) fn read_exactly(&mut self, n: usize, expected: &str) -> Vec<u8> {
        let until = Instant::now() + self.deadline;
        while self.ahead.len() < n {
            if self.fill_until(until, expected) == 0 {
                self.fail(format!(
                    "expected {expected}, the connection ended after {} of {n} bytes",
                    self.ahead.len()
                ));
            }
        }
        let rest = self.ahead.split_off(n);
        std::mem::replace(&mut self.ahead, rest)
    }

    /// Reads until the server closes in an orderly way (FIN); a reset is an error.
    #[track_caller]
    pub fn read_to_end(&mut self) -> Vec<u8> {
        let until = Instant::now() + self.deadline;
        while self.fill_until(until, "the end of the connection") > 0 {}
        std::mem::take(&mut self.ahead)
    }

    /// Expects exactly these bytes next.
    #[track_caller]
    pub fn expect(&mut self, bytes: impl AsRef<[u8]>) {
        let wanted = bytes.as_ref();
        let until = Instant::now() + self.deadline;
        // A wrong byte is told at once, not when all the others have come or failed to come.
        while self.ahead.len() < wanted.len() && wanted.starts_with(&self.ahead) {
            if self.fill_until(until, &shortened(wanted)) == 0 {
                break;
            }
        }
        if !self.ahead.starts_with(wanted) {
            let got = &self.ahead[..self.ahead.len().min(wanted.len())];
            self.fail(format!("not the expected bytes\n{}", compared(wanted, got)));
        }
        self.ahead.drain(..wanted.len());
    }

    /// Expects the orderly end of the connection, and not one byte before it.
    #[track_caller]
    pub fn expect_end(&mut self) {
        if !self.ahead.is_empty() || self.fill("the end of the connection") > 0 {
            self.fail(format!(
                "expected the end of the connection, got surplus bytes\n{}",
                compared(b"", &self.ahead)
            ));
        }
    }

    /// Expects that the server gives up this connection in any way: end or reset, with or without bytes before it.
    #[track_caller]
    pub fn expect_gone(&mut self) {
        let until = Instant::now() + self.deadline;
        loop {
            match self.read_until(until) {
                Ok(0) => return,
                Ok(_) => self.ahead.clear(),
                Err(error) if is_timeout(&error) => self.fail(format!(
                    "the server still holds the connection after {:?}",
                    self.deadline
                )),
                Err(_) => return,
            }
        }
    }

    /// Whether something has come that was not yet read; an end or an error counts as nothing.
    pub fn has_bytes(&self) -> bool {
        !self.ahead.is_empty() || !self.peek(1).is_empty()
    }

    /// What has come and was not yet read, at most so many bytes; it can still be read. An end or an error counts as
    /// nothing.
    pub fn unread(&self, most: usize) -> Vec<u8> {
        let mut bytes = self.ahead.clone();
        bytes.extend(self.peek(most.saturating_sub(bytes.len())));
        bytes
    }

    fn peek(&self, most: usize) -> Vec<u8> {
        let mut buffer = vec![0; most];
        let mut peek = || -> io::Result<usize> {
            self.stream.set_nonblocking(true)?;
            let n = self.stream.peek(&mut buffer);
            self.stream.set_nonblocking(false)?;
            n
        };
        let n = peek().unwrap_or(0);
        buffer.truncate(n);
        buffer
    }

    /// Expects that nothing comes for a while: a server that is right is never near this time.
    #[track_caller]
    pub fn expect_silence(&mut self, time: Duration) {
        if self.ahead.is_empty() {
            match self.read_until(Instant::now() + time) {
                Err(error) if is_timeout(&error) => return,
                Err(error) => {
                    self.fail(format!("expected silence for {time:?}, got an error: {error}"))
                }
                Ok(0) => self.fail(format!(
                    "expected silence for {time:?}, the server closed the connection"
                )),
                Ok(_) => {}
            }
        }
        self.fail(format!(
            "expected silence for {time:?}, got bytes\n{}",
            compared(b"", &self.ahead)
        ));
    }

    /// One `read` into `ahead`; fails unless bytes or an orderly end come in time.
    #[track_caller]
    fn fill(&mut self, expected: &str) -> usize {
        self.fill_until(Instant::now() + self.deadline, expected)
    }

    #[track_caller]
    fn fill_until(&mut self, until: Instant, expected: &str) -> usize {
        match self.read_until(until) {
            Ok(n) => n,
            Err(error) if is_timeout(&error) => {
                self.fail(format!("expected {expected}, nothing came for {:?}", self.deadline))
            }
            Err(error) => self.fail(format!("expected {expected}, got an error: {error}")),
        }
    }

    fn read_until(&mut self, until: Instant) -> io::Result<usize> {
        let mut buffer = [0; 64 * 1024];
        let result = loop {
            let left = until.saturating_duration_since(Instant::now());
            // A zero timeout would mean none at all.
            self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
            let result = self.stream.read(&mut buffer);
            // With a timeout set, a read fails with EINTR when the whole process was stopped and resumed (signal(7)).
            if !result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::Interrupted) {
                break result;
            }
        };
        match &result {
            Ok(0) => self.transcript.note("the server closed (end-of-file)"),
            Ok(n) => {
                self.transcript.received(&buffer[..*n]);
                self.ahead.extend_from_slice(&buffer[..*n]);
            }
            Err(error) if is_timeout(error) => self.transcript.note("nothing more came"),
            Err(error) => self.transcript.note(format!("reading failed: {error}")),
        }
        result
    }
}

/// Linux reports a passed SO_RCVTIMEO as EAGAIN.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
