//! A server of tallies with threads, one for each client. It is right: `cargo grade ch3` gives it all points.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const CHUNK: usize = 8 * 1024; // read at a time: it bounds the replies that we keep, too
const LONGEST_LINE: usize = 1024; // in bytes, its ending apart
const LONGEST_WAIT: u64 = 3_600_000; // in milliseconds: an hour
const WORKERS: usize = 128; // unless --workers says otherwise
const WRITE_PATIENCE: Duration = Duration::from_secs(10); // with a client that takes nothing
const LINGER: Duration = Duration::from_secs(1); // how long we read on after our side has ended
const GRACE: Duration = Duration::from_millis(3500); // for a stop: the promise is five seconds
const PAUSE: Duration = Duration::from_millis(100); // after a failing accept: what is short stays so

fn main() -> ExitCode {
    let (code, why) = match options() {
        None => (2, "usage: PROGRAM [--addr HOST:PORT] [--workers N], with N from 1".into()),
        Some((addr, workers)) => match run(&addr, workers) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => (1, format!("cannot serve on {addr}: {error} (try --addr 127.0.0.1:0)")),
        },
    };
    let _ = writeln!(io::stderr(), "error: {why}");
    ExitCode::from(code)
}

fn options() -> Option<(String, usize)> {
    let (mut addr, mut workers) = ("127.0.0.1:8080".to_string(), WORKERS);
    let mut arguments = std::env::args_os().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next()?.into_string().ok()?;
        match flag.to_str()? {
            "--addr" => addr = value,
            "--workers" => workers = value.parse().ok().filter(|&workers| workers > 0)?,
            _ => return None,
        }
    }
    Some((addr, workers))
}

/// Serves until SIGTERM or SIGINT comes. An error means that it could not begin.
fn run(addr: &str, workers: usize) -> io::Result<()> {
    let keeper = Keeper::default();
    let server = Arc::new(Server { keeper, clients: Mutex::default(), changed: Condvar::new() });
    // Before anyone knows that we listen: a signal without a handler would end us with replies still to send.
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let listener = Arc::new(TcpListener::bind(addr)?);
    for _ in 0..workers {
        let (server, listener) = (Arc::clone(&server), Arc::clone(&listener));
        thread::Builder::new().spawn(move || server.work(&listener))?;
    }
    let (mut out, addr) = (io::stdout().lock(), listener.local_addr()?);
    // Nobody may be reading our stdout. That is no reason not to serve.
    let _ = writeln!(out, "listening on {addr}").and_then(|()| out.flush());
    signals.forever().next();
    let mut clients = lock(&server.clients);
    clients.stopping = true;
    // Wakes the workers in `accept(2)`. std offers it for streams only, so the descriptor is dressed as one.
    let _ = TcpStream::from(OwnedFd::from(listener.try_clone()?)).shutdown(Shutdown::Both);
    for stream in &clients.open {
        let _ = stream.shutdown(Shutdown::Read); // Wakes its worker in `read(2)`, after what the kernel has received.
    }
    server.changed.notify_all();
    drop(server.changed.wait_timeout_while(clients, GRACE, |clients| !clients.open.is_empty()));
    Ok(()) // A thread that still waits for a client that never reads ends with the process.
}

/// What the threads share.
struct Server {
    keeper: Keeper,
    clients: Mutex<Clients>,
    /// A client has gone, or the server stops.
    changed: Condvar,
}

#[derive(Default)]
struct Clients {
    open: Vec<Arc<TcpStream>>,
    stopping: bool,
}

impl Server {
    /// Serves one client after another. While all workers are busy, further clients stay in the kernel's backlog.
    fn work(&self, listener: &TcpListener) {
        while !lock(&self.clients).stopping {
            let Ok((stream, _)) = listener.accept() else {
                thread::sleep(PAUSE);
                continue;
            };
            let stream = Arc::new(stream);
            lock(&self.clients).open.push(Arc::clone(&stream));
            self.serve(&stream);
            lock(&self.clients).open.retain(|other| !Arc::ptr_eq(other, &stream));
            self.changed.notify_all();
        }
    }

    /// Serves one client. Whatever happens in its conversation ends there: an error, and a panic as well.
    fn serve(&self, stream: &TcpStream) {
        let replies = Vec::new();
        let received = Vec::new().into_iter();
        let mut talk = Conversation { stream, server: self, ended: false, replies, received };
        // After a panic, too, the replies before it must arrive. After an error nobody would take them.
        if !matches!(catch_unwind(AssertUnwindSafe(|| talk.converse())), Ok(Err(_))) {
            talk.close();
        }
    }

    /// Sleeps. A stop ends it early, by an error, if the time could not be over within `GRACE` anyway.
    fn sleep(&self, time: Duration) -> io::Result<()> {
        let due = Instant::now() + time;
        let may_sleep = |clients: &mut Clients| !clients.stopping || due < Instant::now() + GRACE;
        let slept = self.changed.wait_timeout_while(lock(&self.clients), time, may_sleep);
        let whole = slept.unwrap_or_else(PoisonError::into_inner).1.timed_out();
        if whole { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
    }
}

/// Keeps the totals, and lets one thread at a time do something with them, so no addition is ever lost.
#[derive(Default)]
struct Keeper {
    totals: Mutex<Totals>,
}

impl Keeper {
    /// Does this with the totals, while nobody else does anything with them, and returns what came of it.
    fn ask<R>(&self, what: impl FnOnce(&mut Totals) -> R) -> R {
        what(&mut lock(&self.totals))
    }
}

/// Nothing can panic between two statements that belong together here, so what a poisoned lock holds is right all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sum of each name. It grows with the names that clients think of: to keep them is what they ask for.
#[derive(Default)]
struct Totals {
    sums: HashMap<Vec<u8>, i64>,
}

impl Totals {
    /// Adds, unless the total would leave 64 bits.
    fn add(&mut self, name: Vec<u8>, n: i64) -> Option<i64> {
        let total = self.total(&name).checked_add(n)?;
        self.sums.insert(name, total);
        Some(total)
    }

    fn total(&self, name: &[u8]) -> i64 {
        self.sums.get(name).copied().unwrap_or(0)
    }
}

/// One client's conversation.
struct Conversation<'a> {
    stream: &'a TcpStream,
    server: &'a Server,
    /// Has the peer ended its side?
    ended: bool,
    /// What has come, and has not been looked at.
    received: std::vec::IntoIter<u8>,
    /// Replies that have not been sent. Sent together, they cost one call.
    replies: Vec<u8>,
}

impl Conversation<'_> {
    fn converse(&mut self) -> io::Result<()> {
        self.stream.set_write_timeout(Some(WRITE_PATIENCE))?;
        // Our replies are whole when they are sent: to wait for more, as Nagle's algorithm does, only costs time.
        self.stream.set_nodelay(true)?;
        while let Some(line) = self.next_line()?
            && self.answer(&line)?
        {}
        Ok(())
    }

    /// The next line without its ending: `\n`, and one `\r` before it. At end-of-file, what is left is a line, too. Of a
    /// line that is too long, what has come so far.
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        // A `\r` at the end may be half of an ending. With any other byte too many, the line is too long for certain.
        while line.strip_suffix(b"\r").unwrap_or(&line).len() <= LONGEST_LINE {
            match self.next_byte()? {
                None if line.is_empty() => return Ok(None),
                None | Some(b'\n') => break,
                Some(byte) => line.push(byte),
            }
        }
        line.truncate(line.strip_suffix(b"\r").unwrap_or(&line).len());
        Ok(Some(line))
    }

    /// The next byte, or none at end-of-file.
    fn next_byte(&mut self) -> io::Result<Option<u8>> {
        if self.received.as_slice().is_empty() {
            let mut chunk = [0; CHUNK];
            let n = self.receive(&mut chunk)?;
            self.received = Vec::from(&chunk[..n]).into_iter();
        }
        Ok(self.received.next())
    }

    /// Waits for bytes of the peer. Zero: it has ended its side, or the server stops and has answered what came before.
    fn receive(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.stream;
        self.send()?; // Whoever waits for our replies before it goes on must get them now.
        while !self.ended {
            match stream.read(bytes) {
                Ok(0) => self.ended = true,
                Ok(n) => return Ok(n),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(0)
    }

    /// Carries out one command. False: the conversation is over.
    fn answer(&mut self, line: &[u8]) -> io::Result<bool> {
        // Spaces separate words. How many there are, and whether some stand at either end, makes no difference.
        let words: Vec<_> = line.split(|&b| b == b' ').filter(|word| !word.is_empty()).collect();
        let too_long = line.len() > LONGEST_LINE;
        match words[..] {
            _ if too_long => self.reply("error line too long")?,
            [b"add", name, n] => match number(n).and_then(|n| self.add(name, n)) {
                Some(total) => self.reply_total(name, total)?,
                None => self.reply("error not a number, or out of 64 bits")?,
            },
            [b"get", name] => self.reply_total(name, self.total(name))?,
            [b"wait", ms] => match number(ms).and_then(|ms| u64::try_from(ms).ok()) {
                Some(ms @ 0..=LONGEST_WAIT) => {
                    self.send()?; // Each reply when it is due: those before this one are due now.
                    self.server.sleep(Duration::from_millis(ms))?;
                    self.reply("ok")?;
                }
                _ => self.reply("error wait takes 0 to 3600000 milliseconds")?,
            },
            [b"boom"] => resume_unwind(Box::new("boom")), // a panic, without its report on stderr
            [b"quit"] => self.reply("bye")?,
            _ => self.reply("error unknown command, or wrong number of words")?,
        }
        Ok(!too_long && words[..] != [b"quit"])
    }

    fn add(&self, name: &[u8], n: i64) -> Option<i64> {
        let name = name.to_vec();
        self.server.keeper.ask(move |totals| totals.add(name, n))
    }

    fn total(&self, name: &[u8]) -> i64 {
        let name = name.to_vec();
        self.server.keeper.ask(move |totals| totals.total(&name))
    }

    fn reply_total(&mut self, name: &[u8], total: i64) -> io::Result<()> {
        self.replies.write_all(name)?; // It need not be UTF-8, so it cannot be formatted.
        writeln!(self.replies, " {total}")
    }

    fn reply(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.replies, "{text}")
    }

    fn send(&mut self) -> io::Result<()> {
        let mut stream = self.stream;
        stream.write_all(&std::mem::take(&mut self.replies))
    }

    /// Closes without losing a reply. If we closed while bytes of the peer are unread, or still come, the kernel would
    /// send a reset, and that may destroy replies on their way. So we end our side, and read on until the peer ends its own.
    fn close(&mut self) {
        let (mut stream, mut waste) = (self.stream, [0; 4096]);
        self.ended |= self.send().is_err() || stream.shutdown(Shutdown::Write).is_err();
        let deadline = Instant::now() + LINGER;
        while !self.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            // An error may be the end of our patience, too: the kernel takes no timeout of zero.
            self.ended = stream.set_read_timeout(Some(left)).is_err()
                || !stream.read(&mut waste).is_ok_and(|n| n > 0);
        }
    }
}

/// A number: `-?[0-9]+`, in 64 bits. Alone, `parse` would take a `+`, too.
fn number(word: &[u8]) -> Option<i64> {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let plain = digits.iter().all(u8::is_ascii_digit);
    str::from_utf8(word).ok().filter(|_| plain)?.parse().ok()
}
