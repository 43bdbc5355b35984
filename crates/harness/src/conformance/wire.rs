//! Plays one case on a connection of its own.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::case::{Case, Piece};
use super::judge::{Ended, PROBE, Seen, Verdict, judge};
use super::reply;
use super::show::Failure;

/// How long a case may take: longer than any patience of the servers, because it only bounds a failure.
const DEADLINE: Duration = Duration::from_secs(15);
/// How long nothing may come while a request is incomplete. A correct server passes whatever its speed.
const QUIET: Duration = Duration::from_millis(80);

/// Tries one case on the server at `addr`.
pub fn try_case(addr: SocketAddr, case: &'static Case) -> Result<(), Failure> {
    let mut seen = Seen::default();
    let played = play(addr, case, &mut seen);
    played.map_err(|why| Failure::new(case, seen, why))
}

fn play(addr: SocketAddr, case: &Case, seen: &mut Seen) -> Result<(), String> {
    let deadline = Instant::now() + DEADLINE;
    let socket =
        TcpStream::connect_timeout(&addr, DEADLINE).map_err(|e| format!("cannot connect: {e}"))?;
    // Without this the kernel would join the small writes that a case splits.
    socket.set_nodelay(true).map_err(|e| e.to_string())?;
    socket.set_write_timeout(Some(DEADLINE)).map_err(|e| e.to_string())?;
    for piece in &case.send {
        match piece {
            Piece::Bytes(bytes) => send(&socket, bytes, seen),
            Piece::EachByte(bytes) => bytes.chunks(1).for_each(|byte| send(&socket, byte, seen)),
            Piece::Quiet => quiet(&socket, seen)?,
            Piece::Await(count) => wait(&socket, *count, seen, deadline)?,
            Piece::HalfClose => {
                seen.half_closed = true;
                // Fails only if the server is gone already, which the reads will show.
                let _ = socket.shutdown(Shutdown::Write);
            }
        }
    }
    loop {
        let verdicts: Vec<Verdict> =
            case.accept.iter().map(|outcome| judge(outcome, seen)).collect();
        if verdicts.contains(&Verdict::Accepted) {
            return Ok(());
        }
        if verdicts.contains(&Verdict::Probe) && !seen.half_closed {
            seen.probed = true;
            send(&socket, PROBE, seen);
            continue;
        }
        let late = Instant::now() >= deadline;
        let pending = verdicts.iter().any(|v| matches!(v, Verdict::Pending(_) | Verdict::Probe));
        if !pending || late {
            return Err(reasons(verdicts, late));
        }
        receive(&socket, deadline, seen);
    }
}

/// Names each reason once, the preferred outcome's first.
fn reasons(verdicts: Vec<Verdict>, late: bool) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for verdict in verdicts {
        let why = match verdict {
            Verdict::Refuted(why) => why,
            Verdict::Pending(why) => format!("{why} within {} s", DEADLINE.as_secs()),
            Verdict::Accepted | Verdict::Probe => "the connection stays open".to_owned(),
        };
        if !reasons.contains(&why) && (late || !why.is_empty()) {
            reasons.push(why);
        }
    }
    reasons.join("; or ")
}

/// Writes all, unless the server has stopped reading: then its reply is still to be read.
fn send(mut socket: &TcpStream, bytes: &[u8], seen: &mut Seen) {
    if !seen.write_failed && socket.write_all(bytes).is_err() {
        seen.write_failed = true;
    }
}

/// Demands that nothing comes for a moment.
fn quiet(socket: &TcpStream, seen: &mut Seen) -> Result<(), String> {
    receive(socket, Instant::now() + QUIET, seen);
    match (seen.bytes.is_empty(), seen.ended) {
        (true, None) => Ok(()),
        (true, Some(_)) => Err("the server closed before the request was complete".to_owned()),
        (false, _) => Err("the server answered before the request was complete".to_owned()),
    }
}

/// Reads until `count` replies are there, or the server has ended.
fn wait(
    socket: &TcpStream,
    count: usize,
    seen: &mut Seen,
    deadline: Instant,
) -> Result<(), String> {
    loop {
        let mut rest = seen.bytes.as_slice();
        let mut whole = 0;
        while let Ok(Some((_, length))) = reply::read(rest, false, seen.ended.is_some()) {
            rest = &rest[length..];
            whole += 1;
            if rest.is_empty() {
                break;
            }
        }
        if whole >= count || seen.ended.is_some() {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(format!(
                "{whole} of {count} replies came while the client waited for them"
            ));
        }
        receive(socket, deadline, seen);
    }
}

/// One `read(2)`, which ends by the deadline at the latest.
fn receive(mut socket: &TcpStream, deadline: Instant, seen: &mut Seen) {
    let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    let mut buffer = vec![0; 64 * 1024];
    let read = socket.set_read_timeout(Some(left)).and_then(|()| socket.read(&mut buffer));
    match read {
        Ok(0) => seen.ended = Some(Ended::Eof),
        Ok(length) => {
            if seen.bytes.is_empty() {
                seen.first_read = length;
            }
            seen.bytes.extend_from_slice(&buffer[..length]);
        }
        Err(e) if is_timeout(&e) => {}
        Err(_) => seen.ended = Some(Ended::Reset),
    }
}

/// Whether a read ended because its time was up, or for no reason at all.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
