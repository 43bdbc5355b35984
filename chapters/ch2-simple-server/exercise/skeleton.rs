//! Your server of tallies: one client at a time.
//!
//! The steps stand in README.md beside this folder, and each has its place here. Change whatever you like: the grader
//! looks at what the program does, never at how it is written.

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;

/// The sum of each name. Names are bytes, and need not be UTF-8.
type Totals = HashMap<Vec<u8>, i64>;

/// Why the server does not start, or cannot go on: its exit code, and the one line for stderr.
struct Failure(u8, String);

fn main() -> ExitCode {
    let Err(Failure(code, line)) = run() else { return ExitCode::SUCCESS };
    let _ = writeln!(io::stderr(), "{line}");
    ExitCode::from(code)
}

fn run() -> Result<(), Failure> {
    let listener = listen()?;
    stop_on_signal(&listener)?;
    let mut totals = Totals::new();
    while let Some(stream) = next_client(&listener)? {
        converse(&stream, &mut totals)?;
        close(&stream)?;
    }
    Ok(())
}

/// Takes `--addr HOST:PORT` from the command line, listens there, and says so on stdout: `listening on HOST:PORT`, with
/// the real port, flushed.
fn listen() -> Result<TcpListener, Failure> {
    // TODO step 1: read about TcpListener::bind and local_addr.
    Err(not_written(1, "listen"))
}

/// Waits for the next client. `None`: the server stops.
fn next_client(_listener: &TcpListener) -> Result<Option<TcpStream>, Failure> {
    // TODO step 1: an accept that fails is no reason to end. The next one may succeed.
    Err(not_written(1, "listen"))
}

/// Reads commands and answers them, until the client has said all.
///
/// An error of this client must not end the server: deal with it here.
fn converse(stream: &TcpStream, totals: &mut Totals) -> Result<(), Failure> {
    while let Some(line) = next_line(stream)? {
        let reply = answer(&line, totals)?;
        send(stream, &reply)?;
    }
    Ok(())
}

/// Reads one line, without its ending. `None`: the client has said all.
fn next_line(_stream: &TcpStream) -> Result<Option<Vec<u8>>, Failure> {
    // TODO step 2: a read may bring half a line, or three. Keep what is left for the next call.
    // TODO step 5: a line that is too long is refused before it ends.
    Err(not_written(2, "read lines"))
}

/// Carries out one command, and returns its reply without the ending.
fn answer(_line: &[u8], _totals: &mut Totals) -> Result<Vec<u8>, Failure> {
    // TODO step 3: add and get, and an error for everything else.
    // TODO step 4: numbers that are none, that do not fit, or that would make a total that does not fit.
    // TODO step 6: wait, quit and boom.
    Err(not_written(3, "answer commands"))
}

/// Sends a reply, to its last byte. A client that does not read must not hold up the others for ever.
fn send(_stream: &TcpStream, _reply: &[u8]) -> Result<(), Failure> {
    // TODO step 3: one call may send only a part.
    Err(not_written(3, "answer commands"))
}

/// Ends a conversation, in such a way that the last reply arrives.
fn close(_stream: &TcpStream) -> Result<(), Failure> {
    // TODO step 6: what happens to a reply if the client is still sending when you close?
    Err(not_written(6, "end a conversation"))
}

/// Lets SIGTERM stop the server: no new clients, what was received is answered, exit code 0 within five seconds.
fn stop_on_signal(_listener: &TcpListener) -> Result<(), Failure> {
    // TODO step 7: the package signal-hook waits for signals; see signal_hook::iterator::Signals.
    Err(not_written(7, "stop"))
}

/// What this program says until a step is written.
fn not_written(step: u32, what: &str) -> Failure {
    Failure(1, format!("not written yet: step {step}, {what} (see README.md of this exercise)"))
}
