//! The server of tallies with threads: at most `--workers` clients at a time, a thread for each.
//!
//! All workers wait in `accept(2)` for the same listener, and the kernel gives each client to one of them. While all are
//! busy nobody accepts, and further clients wait in the kernel's backlog. `main` only waits for the signal to stop.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::mem;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A longer line, its ending apart, is refused.
const LONGEST_LINE: usize = 1024;
/// The longest `wait`, in milliseconds: an hour.
const LONGEST_WAIT: u64 = 3_600_000;
/// How much is read at a time. One client's memory follows from it: the replies to one chunk, and one line.
const CHUNK: usize = 8 * 1024;
/// A client that takes nothing of its replies for so long is dropped.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// How long we go on reading after our side has ended.
const LINGER: Duration = Duration::from_secs(1);
/// How long a stop waits for the conversations. The promise is five seconds; a busy machine needs the rest.
const GRACE: Duration = Duration::from_millis(3500);
/// The pause after a failing `accept`: whatever is short, descriptors or memory, it will not come back sooner.
const PAUSE: Duration = Duration::from_millis(100);
/// How many workers there are unless `--workers` says otherwise.
const WORKERS: usize = 128;

fn main() -> ExitCode {
    let (code, why) = match options() {
        None => (2, "usage: PROGRAM [--addr HOST:PORT] [--workers N], with N from 1".into()),
        Some((addr, workers)) => match run(&addr, workers) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => (1, format!("cannot serve on {addr}: {error} (try --addr 127.0.0.1:0)")),
        },
    };
    // If stderr has gone as well, the exit code must say it alone.
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
    // Before anyone knows that we listen: a signal without a handler would end us with replies still to send.
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    // socket(2), bind(2), listen(2). On Unix, std sets SO_REUSEADDR, so that a server can be started again at once.
    let listener = Arc::new(TcpListener::bind(addr)?);
    let server = Arc::new(Server::default());
    for started in 0..workers {
        let (server, listener) = (Arc::clone(&server), Arc::clone(&listener));
        match thread::Builder::new().spawn(move || server.work(&listener)) {
            // The system has no more threads to give. Fewer serve as well, only not as many clients at a time.
            Err(_) if started > 0 => break,
            thread => drop(thread?),
        }
    }
    let (mut out, addr) = (io::stdout().lock(), listener.local_addr()?);
    // Nobody may be reading our stdout. That is no reason not to serve.
    let _ = writeln!(out, "listening on {addr}").and_then(|()| out.flush());
    signals.forever().next();
    let _ = stop_listening(&listener);
    server.stop(); // A thread that still waits for a client that never reads ends with the process.
    Ok(())
}

/// Who connects from now on is refused, and the workers in `accept(2)` wake: on Linux `shutdown(2)` does that to a listener.
/// std offers it for streams only, so the descriptor is dressed as one. Where it fails, a stopping server serves nobody new.
fn stop_listening(listener: &TcpListener) -> io::Result<()> {
    TcpStream::from(OwnedFd::from(listener.try_clone()?)).shutdown(Shutdown::Both)
}

/// What the threads share.
#[derive(Default)]
struct Server {
    /// The sum of each name. It grows with the names that clients think of: to keep them is what they ask for.
    totals: Mutex<HashMap<Vec<u8>, i64>>,
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
    /// Serves one client after another, until the server stops.
    fn work(&self, listener: &TcpListener) {
        while !lock(&self.clients).stopping {
            match listener.accept() {
                Ok((stream, _)) => self.serve(stream),
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }

    /// Serves one client. Whatever happens in its conversation ends there: an error, and a panic as well.
    fn serve(&self, stream: TcpStream) {
        let stream = Arc::new(stream);
        match &mut *lock(&self.clients) {
            clients if clients.stopping => return,
            clients => clients.open.push(Arc::clone(&stream)),
        }
        let (received, replies) = (Vec::new(), Vec::new());
        let mut conversation =
            Conversation { stream: &stream, server: self, received, ended: false, replies };
        // After a panic, too, the replies that were ready before are sent. After an error nobody would take them.
        if !matches!(catch_unwind(AssertUnwindSafe(|| conversation.converse())), Ok(Err(_))) {
            conversation.close();
        }
        lock(&self.clients).open.retain(|other| !Arc::ptr_eq(other, &stream));
        self.changed.notify_all();
    }

    /// Ends all conversations: what was received is answered, as far as `GRACE` allows.
    fn stop(&self) {
        let mut clients = lock(&self.clients);
        clients.stopping = true;
        for stream in &clients.open {
            // Wakes the thread that waits in `read(2)`, as if the peer had ended its side. What the kernel has received
            // is still read. An error means that the peer has gone, which the thread sees by itself.
            let _ = stream.shutdown(Shutdown::Read);
        }
        self.changed.notify_all();
        drop(self.changed.wait_timeout_while(clients, GRACE, |clients| !clients.open.is_empty()));
    }

    /// Sleeps with no lock held. A stop ends it early, by an error, if the time could not be over within `GRACE` anyway.
    fn sleep(&self, time: Duration) -> io::Result<()> {
        let due = Instant::now() + time;
        let may_sleep = |clients: &mut Clients| !clients.stopping || due < Instant::now() + GRACE;
        let slept = self.changed.wait_timeout_while(lock(&self.clients), time, may_sleep);
        let whole = slept.unwrap_or_else(PoisonError::into_inner).1.timed_out();
        if whole { Ok(()) } else { Err(io::ErrorKind::Interrupted.into()) }
    }
}

/// Nothing can panic between two statements that belong together here, so what a poisoned lock holds is right all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One client's conversation.
struct Conversation<'a> {
    stream: &'a TcpStream,
    server: &'a Server,
    /// What has come, and has not been answered.
    received: Vec<u8>,
    /// Has the peer ended its side?
    ended: bool,
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
        loop {
            let newline = self.received.iter().position(|&byte| byte == b'\n');
            let end = newline.unwrap_or(self.received.len());
            // A `\r` at the end may be half of an ending. With any other byte too many, the line is too long for certain.
            let line = self.received[..end].strip_suffix(b"\r").unwrap_or(&self.received[..end]);
            if newline.is_some() || line.len() > LONGEST_LINE || self.ended && end > 0 {
                let line = line.to_vec();
                self.received.drain(..end + newline.map_or(0, |_| 1));
                return Ok(Some(line));
            }
            if self.ended {
                return Ok(None);
            }
            // Nothing is left to answer. Whoever waits for our replies before it goes on must get them now.
            self.send()?;
            self.receive()?;
        }
    }

    fn receive(&mut self) -> io::Result<()> {
        let mut chunk = [0; CHUNK];
        let n = match self.stream.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        self.ended = n == 0;
        self.received.extend_from_slice(&chunk[..n]);
        Ok(())
    }

    /// Carries out one command. False: the conversation is over.
    fn answer(&mut self, line: &[u8]) -> io::Result<bool> {
        // Spaces separate words. How many there are, and whether some stand at either end, makes no difference.
        let words: Vec<_> = line.split(|&b| b == b' ').filter(|word| !word.is_empty()).collect();
        let too_long = line.len() > LONGEST_LINE;
        match words[..] {
            _ if too_long => self.reply(b"error line too long"),
            [b"add", name, n] => match number(n).and_then(|n| self.add(name, n)) {
                Some(total) => self.reply_total(name, total),
                None => self.reply(b"error not a number, or out of 64 bits"),
            },
            [b"get", name] => self.reply_total(name, self.total(name)),
            [b"wait", ms] => match number(ms).and_then(|ms| u64::try_from(ms).ok()) {
                Some(ms @ 0..=LONGEST_WAIT) => {
                    // Each reply when it is due: those before this one are due now.
                    self.send()?;
                    self.server.sleep(Duration::from_millis(ms))?;
                    self.reply(b"ok");
                }
                _ => self.reply(b"error wait takes 0 to 3600000 milliseconds"),
            },
            [b"boom"] => resume_unwind(Box::new("boom")), // a panic, without its report on stderr
            [b"quit"] => self.reply(b"bye"),
            _ => self.reply(b"error unknown command, or wrong number of words"),
        }
        Ok(!too_long && words[..] != [b"quit"])
    }

    fn total(&self, name: &[u8]) -> i64 {
        lock(&self.server.totals).get(name).copied().unwrap_or(0)
    }

    /// Adds, unless the total would leave 64 bits. One lock from reading the total to writing it: with two, another
    /// thread could add in between, and its number would be lost. And none while we wait for a client, or for the clock.
    fn add(&self, name: &[u8], n: i64) -> Option<i64> {
        let mut totals = lock(&self.server.totals);
        let total = totals.get(name).copied().unwrap_or(0).checked_add(n)?;
        totals.insert(name.to_vec(), total);
        Some(total)
    }

    fn reply_total(&mut self, name: &[u8], total: i64) {
        self.reply(&[name, b" ", total.to_string().as_bytes()].concat());
    }

    fn reply(&mut self, line: &[u8]) {
        self.replies.extend_from_slice(line);
        self.replies.push(b'\n');
    }

    fn send(&mut self) -> io::Result<()> {
        let mut stream = self.stream;
        // Taken away first: when only a part of them could be sent, they must not begin again from the start.
        stream.write_all(&mem::take(&mut self.replies))
    }

    /// Closes without losing a reply. If we closed while bytes of the peer are unread, or still come, the kernel would
    /// send a reset, and that may destroy replies on their way. So we end our side, and read on until the peer ends its own.
    fn close(&mut self) {
        let mut stream = self.stream;
        if self.send().is_err() || stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let (deadline, mut waste) = (Instant::now() + LINGER, [0; CHUNK]);
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
