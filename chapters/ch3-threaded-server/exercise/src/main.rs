//! Your server of tallies, with threads: a slow client harms nobody.
//!
//! The steps stand in README.md beside this folder, and each has its place here. Change whatever you like: the grader
//! looks at what the program does, never at how it is written.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

/// The sum of each name, for all threads: whoever wants to read or change one locks them for that moment.
type Totals = Arc<Mutex<HashMap<Vec<u8>, i64>>>;

/// What the command line says.
struct Options {
    /// Where to listen: `--addr`.
    addr: String,
    /// At most so many clients at a time: `--workers`, or 128.
    workers: usize,
}

/// Why the server does not start, or cannot go on: its exit code, and the one line for stderr.
struct Failure(u8, String);

fn main() -> ExitCode {
    let Err(Failure(code, line)) = run() else { return ExitCode::SUCCESS };
    let _ = writeln!(io::stderr(), "{line}");
    ExitCode::from(code)
}

fn run() -> Result<(), Failure> {
    let options = options()?;
    let listener = listen(&options.addr)?;
    stop_on_signal(&listener)?;
    let totals = Totals::default();
    while let Some(stream) = next_client(&listener, options.workers)? {
        start(stream, Arc::clone(&totals))?;
    }
    finish()
}

/// Takes `--addr HOST:PORT` and `--workers N` from the command line.
fn options() -> Result<Options, Failure> {
    // TODO step 1: both may be missing, and may stand in any order.
    Err(not_written(1, "bring your server of chapter 2"))
}

/// Listens, and says so on stdout: `listening on HOST:PORT`.
fn listen(_addr: &str) -> Result<TcpListener, Failure> {
    // TODO step 1: as in chapter 2.
    Err(not_written(1, "bring your server of chapter 2"))
}

/// Waits for the next client, and for a worker to serve it. `None`: the server stops.
fn next_client(_listener: &TcpListener, _workers: usize) -> Result<Option<TcpStream>, Failure> {
    // TODO step 2: accept.
    // TODO step 4: while all workers are busy, do not accept. Clients wait in the kernel's backlog.
    Err(not_written(2, "give each client a thread"))
}

/// Starts the thread that serves this client.
fn start(stream: TcpStream, totals: Totals) -> Result<(), Failure> {
    // TODO step 2: call this in a new thread.
    // TODO step 5: whatever happens in it, a panic as well, ends there, and the worker is free again.
    converse(&stream, &totals)
}

/// Reads commands and answers them, until the client has said all.
fn converse(stream: &TcpStream, totals: &Totals) -> Result<(), Failure> {
    // TODO step 1: take next_line, send and close from your server of chapter 2.
    let reply = answer(b"", totals)?;
    send(stream, &reply)
}

/// Carries out one command, and returns its reply.
fn answer(_line: &[u8], _totals: &Totals) -> Result<Vec<u8>, Failure> {
    // TODO step 3: nobody may come between the reading of a total and its writing.
    Err(not_written(3, "share the totals"))
}

/// Sends a reply. A client that never reads may hold up this thread for a while, and nobody else.
fn send(_stream: &TcpStream, _reply: &[u8]) -> Result<(), Failure> {
    // TODO step 5: for how long?
    Err(not_written(5, "let nobody harm the others"))
}

/// Lets SIGTERM stop the server: no new clients, and whoever waits in a read wakes up.
fn stop_on_signal(_listener: &TcpListener) -> Result<(), Failure> {
    // TODO step 6: you need to know every stream that is open.
    Err(not_written(6, "stop"))
}

/// Waits until all conversations have ended, but not for ever: the exit code is 0 within five seconds.
fn finish() -> Result<(), Failure> {
    // TODO step 6: what if a client never reads, or has asked for a wait of an hour?
    Err(not_written(6, "stop"))
}

/// What this program says until a step is written.
fn not_written(step: u32, what: &str) -> Failure {
    Failure(1, format!("not written yet: step {step}, {what} (see README.md of this exercise)"))
}
