//! Playing a script.

use socket2::SockRef;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::queue::wait_until_taken;
use super::script::{Script, Step, Until};
use super::server::{End, Seen};
use super::stop::Stop;

/// How long a client may take to read before we go on without that.
const PATIENCE: Duration = Duration::from_secs(2);
/// How much is kept of what came.
const KEPT: usize = 1 << 20;

/// Plays it to the end, or until the client ends it.
pub(super) fn perform(stream: &TcpStream, script: &Script, stop: &Stop, seen: &Mutex<Seen>) -> End {
    let mut player = Player { stream, stop, seen, ended: false };
    for step in &script.steps {
        match player.step(step) {
            Ok(None) => {}
            Ok(Some(end)) => return end,
            Err(error) => return End::Failed(error.kind()),
        }
    }
    // A close with unread input would be a reset, so the client closes first.
    let end = stream.shutdown(Shutdown::Write).and_then(|()| player.read(Until::End));
    end.map_or_else(|error| End::Failed(error.kind()), |()| End::Eof)
}

struct Player<'a> {
    stream: &'a TcpStream,
    stop: &'a Stop,
    seen: &'a Mutex<Seen>,
    /// The client has ended its side.
    ended: bool,
}

impl Player<'_> {
    /// One step; some of them are the end.
    fn step(&mut self, step: &Step) -> io::Result<Option<End>> {
        match step {
            Step::Read(until) => self.read(*until)?,
            Step::Write(bytes) => self.write(bytes)?,
            Step::Pieces { bytes, cut, pause } => self.pieces(bytes, *cut, *pause)?,
            Step::Taken => drop(wait_until_taken(self.stream, PATIENCE)),
            Step::Endless(bytes) => loop {
                self.write(bytes)?;
            },
            Step::Echo => self.echo()?,
            Step::Listen => {
                self.read(Until::End)?;
                return Ok(Some(End::Eof));
            }
            Step::Hold => {
                self.stop.sleep(Duration::MAX);
                return Ok(Some(End::Ours));
            }
            Step::Close => return Ok(Some(End::Ours)),
            Step::Reset => {
                SockRef::from(self.stream).set_linger(Some(Duration::ZERO))?;
                return Ok(Some(End::Ours));
            }
        }
        Ok(None)
    }

    fn read(&mut self, until: Until) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        let start = self.seen().received.len();
        let until = match until {
            Until::More(number) => Until::Bytes(self.seen().total + number),
            other => other,
        };
        while !self.ended && !self.has(until, start) {
            // What comes after the end of a request is left for the next step, or unread.
            let room = match until {
                Until::End => buffer.len(),
                Until::Bytes(number) => {
                    buffer.len().min((number - self.seen().total).try_into().unwrap_or(usize::MAX))
                }
                Until::Line | Until::Head | Until::More(_) => 1,
            };
            self.take(&mut buffer[..room])?;
        }
        Ok(())
    }

    /// Whether what came since `start` is enough.
    fn has(&self, until: Until, start: usize) -> bool {
        let seen = self.seen();
        let new = &seen.received[start..];
        match until {
            Until::Line => new.ends_with(b"\n"),
            Until::Head => new.ends_with(b"\r\n\r\n"),
            Until::Bytes(number) => seen.total >= number,
            Until::More(_) | Until::End => false,
        }
    }

    /// One read, written down.
    fn take(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = loop {
            match self.stream.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.ended |= n == 0;
        let mut seen = self.seen();
        let room = KEPT.saturating_sub(seen.received.len());
        seen.received.extend_from_slice(&buffer[..n.min(room)]);
        seen.total += n as u64;
        if n == 0 {
            seen.end.get_or_insert(End::Eof);
        }
        Ok(n)
    }

    fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match (&*self.stream).write(bytes) {
                Ok(n) => {
                    self.seen().sent += n as u64;
                    bytes = &bytes[n..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn pieces(&self, bytes: &[u8], cut: usize, pause: Duration) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        for piece in bytes.chunks(cut.max(1)) {
            self.write(piece)?;
            wait_until_taken(self.stream, PATIENCE);
            self.stop.sleep(pause);
        }
        Ok(())
    }

    fn echo(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        loop {
            let n = self.take(&mut buffer)?;
            if n == 0 {
                return Ok(());
            }
            self.write(&buffer[..n])?;
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
