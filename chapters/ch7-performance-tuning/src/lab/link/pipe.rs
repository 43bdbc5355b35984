//! One direction of one connection: a thread that reads, and one that waits and writes.

use super::{Shape, Shaper};
use common::{Connection, Socket};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A sleeping thread looks so often whether the link stops.
const LOOK: Duration = Duration::from_millis(50);

/// The two threads of a direction.
pub(super) struct Pipe([JoinHandle<()>; 2]);

impl Pipe {
    /// Waits until the direction has ended.
    pub(super) fn wait(self) {
        for thread in self.0 {
            // It panics nowhere; if it did, its connection would have ended all the same.
            let _ = thread.join();
        }
    }
}

/// A piece, and when it arrives; `None` is the end of the stream.
type Piece = (Instant, Option<Vec<u8>>);

/// Carries what comes from `from` to `to`. At most [`Shape::pieces_held`] pieces are under way; then reading waits, and
/// TCP tells the sender to wait as well.
pub(super) fn run(from: Connection, to: Connection, shape: Shape) -> io::Result<Pipe> {
    let (line, far_end) = sync_channel(shape.pieces_held());
    let writer = thread(move || write(&far_end, &to))?;
    let reader = thread(move || read(&from, &line, shape))?;
    Ok(Pipe([reader, writer]))
}

/// A thread with a name.
pub(super) fn thread(work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("line".into()).spawn(work)
}

fn read(from: &Connection, line: &SyncSender<Piece>, shape: Shape) {
    let mut shaper = Shaper::new(shape, fastrand::u64(..));
    let mut buffer = vec![0; shape.piece()];
    loop {
        let piece = match Read::read(&mut &**from, &mut buffer) {
            Ok(0) => None,
            Ok(count) => Some(buffer[..count].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // The far end learns of a broken connection as of an end: a delay later.
            Err(_) => None,
        };
        let now = Instant::now();
        let (is_end, arrives) = match &piece {
            Some(bytes) => (false, shaper.send(bytes.len(), now)),
            None => (true, shaper.end(now)),
        };
        if line.send((arrives, piece)).is_err() || is_end {
            return;
        }
    }
}

fn write(line: &Receiver<Piece>, to: &Connection) {
    wake_punctually();
    for (arrives, piece) in line {
        if !wait_until(arrives, to) {
            break;
        }
        let Some(bytes) = piece else { break };
        if Write::write_all(&mut &**to, &bytes).is_err() {
            // Nobody takes what is still to come, so nobody need send it.
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// Sleeps until then. False: the link stops before.
fn wait_until(then: Instant, to: &Connection) -> bool {
    loop {
        let left = then.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        if to.is_stopping() {
            return false;
        }
        thread::sleep(left.min(LOOK));
    }
}

/// The kernel lets a thread sleep 50 µs longer than it asked for, so that it can wake several at once
/// (PR_SET_TIMERSLACK, prctl(2)). This thread asks for a nanosecond.
fn wake_punctually() {
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_timerslack(1);
}
