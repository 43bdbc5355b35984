//! The receive loop: it prints what comes, until the reply is whole.

use crate::failure::{self, Failure};
use crate::framing::Framing;
use crate::input::Pace;
use crate::output::Output;
use crate::patience::Patience;
use crate::send::half_close;
use crate::sending::{self, Progress, Sending, State};
use crate::story::count;
use crate::verdict::{Seen, verdict};
use common::log::reason;
use socket2::Socket;
use std::io::{self, ErrorKind, Read};
use std::thread;
use std::time::{Duration, Instant};

/// The most that one `recv(2)` brings. The kernel's own buffer is larger; what is not taken stays there.
pub const BUFFER: usize = 64 * 1024;

/// What the receiving thread works with.
#[derive(Debug)]
pub struct Receiving<'a> {
    /// Where the bytes come from.
    pub socket: &'a Socket,
    /// The other thread.
    pub sending: Sending,
    /// How long we wait.
    pub patience: Patience,
    /// Where the reply is printed.
    pub output: Output,
}

impl Receiving<'_> {
    /// Receives until it is clear how the conversation ends.
    ///
    /// `recv(2)` gives what is there, one byte or all that fits: how the sender cut its bytes, nobody knows any more.
    /// If nothing is there, it waits. 0 bytes are the end: the other side has ended, after all that it had to send.
    ///
    /// # Errors
    ///
    /// Why the reply is not whole, or what we sent was not taken.
    pub fn receive(&mut self, mut framing: Framing) -> Result<(), Failure> {
        let mut buffer = vec![0; BUFFER];
        loop {
            self.patience.bound(self.socket, self.sending.ended().map(|(at, _)| at))?;
            let seen = self.look(&mut framing, &mut buffer).unwrap_or_else(Seen::Failed);
            if seen == Seen::EndOfFile {
                let sent = self.finish();
                return verdict(&seen, Some(&sent)).unwrap_or(sent);
            }
            let ended = self.sending.ended();
            if let Some(result) = verdict(&seen, ended.as_ref().map(|(_, sent)| sent)) {
                return result;
            }
            self.check()?;
        }
    }

    /// One `recv(2)`.
    fn look(&mut self, framing: &mut Framing, buffer: &mut [u8]) -> Result<Seen, Failure> {
        let mut socket = self.socket;
        match socket.read(buffer) {
            Ok(0) => {
                self.sending.tell("end of file");
                framing.end_of_file(self.patience.peer)
            }
            Ok(n) => {
                self.print(&buffer[..n])?;
                let seen = framing.received(&buffer[..n], self.patience.peer)?;
                if seen == Seen::Whole {
                    self.sending.tell("the reply is whole, as HTTP says");
                }
                Ok(seen)
            }
            Err(error) => self.failed(&error),
        }
    }

    /// Tells and prints what came.
    ///
    /// # Errors
    ///
    /// It cannot be printed.
    pub fn print(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.sending.tell(format_args!("received {}", count(bytes.len(), "byte")));
        self.patience.heard();
        self.output.print(bytes)
    }

    /// Has the server still time?
    ///
    /// # Errors
    ///
    /// It has not.
    pub fn check(&self) -> Result<(), Failure> {
        let Progress { state, bytes, .. } = self.sending.progress();
        let ended = if let State::Ended(at, _) = state { Some(at) } else { None };
        self.patience.check(ended, bytes)
    }

    /// What a failing `recv(2)` means. That it has waited long enough, or met a signal, is no failure.
    ///
    /// # Errors
    ///
    /// Any other failure of receiving.
    pub fn failed(&mut self, error: &io::Error) -> Result<Seen, Failure> {
        match error.kind() {
            ErrorKind::Interrupted => Ok(Seen::Nothing),
            // EAGAIN, "try again": SO_RCVTIMEO has passed, and nothing came.
            ErrorKind::WouldBlock if self.patience.raw.is_some() => {
                let happened = format!("recv timed out: {}, EAGAIN", reason(error));
                let hint = "SO_RCVTIMEO passed; without it, --read-timeout counts";
                Err(self.patience.failure(happened).hint(hint))
            }
            ErrorKind::WouldBlock => Ok(Seen::Nothing),
            ErrorKind::ConnectionReset => {
                self.sending.tell(format_args!("reset by {}", self.patience.peer));
                Err(failure::of(self.patience.tried(), error))
            }
            // What we sent was never acknowledged, however often the kernel sent it again.
            ErrorKind::TimedOut => Err(self
                .patience
                .failure(reason(error))
                .hint("nothing acknowledges our packets: is the network still up?")),
            _ => Err(failure::of(self.patience.tried(), error)),
        }
    }

    /// The server has ended its side. Was everything taken that we had to send?
    ///
    /// Our last bytes may have met a socket that was closed already, and then the answer to them is a reset, which
    /// comes later. So this waits until the connection is gone: both sides have ended, and all is acknowledged or
    /// the connection broken. `getpeername(2)` tells by ENOTCONN, and the socket keeps the error (`SO_ERROR`).
    ///
    /// # Errors
    ///
    /// Sending has failed, or takes too long; or our input goes on, and nobody takes it any more.
    pub fn finish(&mut self) -> Result<(), Failure> {
        self.finish_input()?;
        let start = Instant::now();
        while self.socket.peer_addr().is_ok() {
            let limit = self.patience.silence.min(self.patience.total);
            if start.elapsed() >= limit {
                return Err(self.unsent(Some(limit), &ErrorKind::WouldBlock.into()));
            }
            thread::sleep(Duration::from_millis(1));
        }
        match self.socket.take_error() {
            Ok(None) => Ok(()),
            Ok(Some(error)) | Err(error) => Err(self.unsent(None, &error)),
        }
    }

    /// Waits for the end of our input, although the server has ended. What more comes has to be tried: only so can we
    /// know that nobody takes it. A person who may type for hours is not waited for: nobody would answer the rest.
    fn finish_input(&mut self) -> Result<(), Failure> {
        let (start, mut sends, mut since) = (Instant::now(), 0, Instant::now());
        loop {
            let progress = self.sending.progress();
            match progress.state {
                State::Ended(_, result) => return result,
                State::Reading if self.sending.pace == Pace::Typed => {
                    return half_close(self.socket, self.sending.story)
                        .map_err(|error| self.unsent(None, &error));
                }
                State::Reading if progress.sends == sends => {}
                _ => (sends, since) = (progress.sends, Instant::now()),
            }
            self.patience.check_input(start, since)?;
            self.sending.wait(self.patience.look(), |now| matches!(now.state, State::Ended(..)));
        }
    }

    /// What an error means that came of what we sent.
    fn unsent(&self, limit: Option<Duration>, error: &io::Error) -> Failure {
        sending::failed(self.patience.peer, limit, error)
    }
}
