//! One connection to a file server: a line, an answer, bytes.

use crate::files::client::Client;
use crate::files::client::failure::{Failure, Kind};
use crate::files::digest;
use crate::files::protocol::LONGEST_LINE;
use common::log;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// How long one address may take to answer the handshake.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a write waits before it looks whether the server has said something.
const GLANCE: Duration = Duration::from_millis(500);

/// A server on a slow disk reads so many bytes in a second, if it must read what it has before it answers.
const SLOW_DISK: u64 = 20_000_000;

/// One connection to a file server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    patience: Duration,
    /// Has the server more time than that for what it says next?
    is_patient: bool,
    /// Received and not used yet: `ahead[used..]`.
    ahead: Vec<u8>,
    used: usize,
}

impl Connection {
    /// Connects to the first address of the server that answers.
    ///
    /// # Errors
    ///
    /// What the last address said.
    pub fn open(client: &Client) -> Result<Self, Failure> {
        let address = &client.address;
        let resolved = address.to_socket_addrs().map_err(|error| {
            let reason = log::reason(&error);
            let text = format!(
                "cannot find the address of {address}: {reason} (check the spelling, or give an IP address)"
            );
            Failure::new(Kind::NameUnknown, text)
        })?;
        let mut failure = Failure::new(Kind::NameUnknown, format!("{address} has no address"));
        for addr in resolved {
            match TcpStream::connect_timeout(&addr, CONNECT.min(client.patience)) {
                Ok(stream) => return Self::new(stream, client.patience),
                Err(error) => failure = Failure::connecting(&addr.to_string(), &error),
            }
        }
        Err(failure)
    }

    fn new(stream: TcpStream, patience: Duration) -> Result<Self, Failure> {
        let set = |stream: &TcpStream| {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(patience))?;
            stream.set_write_timeout(Some(GLANCE.min(patience)))
        };
        set(&stream).map_err(|error| Failure::connection(&error))?;
        Ok(Self { stream, patience, is_patient: false, ahead: Vec::new(), used: 0 })
    }

    /// Sends bytes. When the server answers meanwhile, it refuses what comes.
    ///
    /// # Errors
    ///
    /// What the server said, or what broke.
    pub fn send(&mut self, mut bytes: &[u8]) -> Result<(), Failure> {
        let mut moved = Instant::now();
        while !bytes.is_empty() {
            self.listen()?;
            match self.stream.write(bytes) {
                Ok(n) => {
                    bytes = &bytes[n..];
                    moved = Instant::now();
                }
                Err(error) if is_passing(&error) && moved.elapsed() < self.patience => {}
                Err(error) if is_passing(&error) => {
                    return Err(Failure::new(Kind::NoAnswer, "the server takes nothing more"));
                }
                // Before it closed it may have said why.
                Err(error) => {
                    return Err(self.last_words().unwrap_or_else(|| Failure::connection(&error)));
                }
            }
        }
        Ok(())
    }

    /// Looks, without waiting, whether the server has said something.
    fn listen(&mut self) -> Result<(), Failure> {
        self.stream.set_nonblocking(true).map_err(|error| Failure::connection(&error))?;
        let heard = self.fill();
        self.stream.set_nonblocking(false).map_err(|error| Failure::connection(&error))?;
        match heard {
            Ok(0) => Err(Failure::closed()),
            Ok(_) => match self.answer("error", 0) {
                Ok(line) => Err(Failure::malformed(&line)),
                Err(failure) => Err(failure),
            },
            Err(error) if is_passing(&error) => Ok(()),
            Err(error) => Err(Failure::connection(&error)),
        }
    }

    fn last_words(&mut self) -> Option<Failure> {
        self.stream.set_read_timeout(Some(GLANCE)).ok()?;
        let line = self.line().ok()?;
        line.strip_prefix(b"error ").map(|text| Failure::answered(&String::from_utf8_lossy(text)))
    }

    /// Waits for an answer that begins with this word, and returns what stands behind it. The server may have to read
    /// so many bytes first.
    ///
    /// # Errors
    ///
    /// The server refuses, or something broke.
    pub fn answer(&mut self, word: &str, after_reading: u64) -> Result<Vec<u8>, Failure> {
        self.allow(after_reading)?;
        let line = self.line()?;
        let end = line.iter().position(|&byte| byte == b' ').unwrap_or(line.len());
        match (&line[..end], line.get(end + 1..).unwrap_or_default()) {
            (b"error", text) => Err(Failure::answered(&String::from_utf8_lossy(text))),
            (said, rest) if said == word.as_bytes() => Ok(rest.to_vec()),
            _ => Err(Failure::malformed(&line)),
        }
    }

    /// Gives the server the time to read so many bytes before it says the next thing.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub fn allow(&mut self, reading: u64) -> Result<(), Failure> {
        let patience = self.patience + Duration::from_secs(reading / SLOW_DISK);
        self.is_patient = patience > self.patience;
        let set = self.stream.set_read_timeout(Some(patience));
        set.map_err(|error| Failure::connection(&error))
    }

    /// Waits for a line, and returns it without its ending.
    ///
    /// # Errors
    ///
    /// There is none, or it is too long to be one.
    pub fn line(&mut self) -> Result<Vec<u8>, Failure> {
        let mut line = Vec::new();
        loop {
            let ahead = &self.ahead[self.used..];
            let end = ahead.iter().position(|&byte| byte == b'\n');
            line.extend_from_slice(&ahead[..end.unwrap_or(ahead.len())]);
            self.used += end.map_or(ahead.len(), |end| end + 1);
            match end {
                _ if line.len() > LONGEST_LINE => return Err(Failure::malformed(&line[..80])),
                Some(_) => return Ok(line),
                None => self.wait()?,
            }
        }
    }

    /// Reads some bytes of a file.
    ///
    /// # Errors
    ///
    /// The server closed, or something broke.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let ahead = &self.ahead[self.used..];
        if !ahead.is_empty() {
            let n = ahead.len().min(buffer.len());
            buffer[..n].copy_from_slice(&ahead[..n]);
            self.used += n;
            return Ok(n);
        }
        match digest::read(&mut self.stream, buffer) {
            Ok(0) => Err(Failure::closed()),
            Ok(n) => self.heard().map(|()| n),
            Err(error) => Err(Failure::connection(&error)),
        }
    }

    /// Waits until there is something ahead.
    fn wait(&mut self) -> Result<(), Failure> {
        loop {
            match self.fill() {
                Ok(0) => return Err(Failure::closed()),
                Ok(_) => return self.heard(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::connection(&error)),
            }
        }
    }

    /// The server has said something: from now on it is in time again.
    fn heard(&mut self) -> Result<(), Failure> {
        if self.is_patient { self.allow(0) } else { Ok(()) }
    }

    /// One `read(2)` into the empty buffer, or behind what is there.
    fn fill(&mut self) -> io::Result<usize> {
        self.ahead.drain(..self.used);
        self.used = 0;
        let end = self.ahead.len();
        self.ahead.resize(end + LONGEST_LINE, 0);
        let result = self.stream.read(&mut self.ahead[end..]);
        self.ahead.truncate(end + result.as_ref().map_or(0, |n| *n));
        result
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
