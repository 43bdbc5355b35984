//! The other end of a connection, in memory: it follows a script, and the socket in between fails on demand.

use common::{Socket, Stream};
use std::collections::VecDeque;
use std::io;
use std::net::Shutdown;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// More calls than any conversation here takes: past it, the driver is going round in circles.
const MOST_CALLS: usize = 500_000;

/// One call at the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Read,
    Write,
    ReadTimeout(Option<Duration>),
    WriteTimeout(Option<Duration>),
    Shutdown(Shutdown),
    Reset,
}

/// What goes wrong at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The call fails with this errno, and nothing is read or written.
    Error(i32),
    /// A read brings one byte, a write takes one.
    Short,
    /// A write takes nothing, which is not possible; a read meets end-of-file.
    Nothing,
}

/// What reads and writes meet in a storm.
const STORM: [Fault; 3] = [Fault::Error(libc::EINTR), Fault::Error(libc::EAGAIN), Fault::Short];

/// One thing that the peer does. At the end of its script it sends end-of-file.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends these bytes in one piece.
    Send(Vec<u8>),
    /// Sends this byte again and again, one for each read, with so long between them.
    Drip(u8, Duration),
    /// Sends nothing more, and no end-of-file either.
    Silence,
}

/// The other end, and the socket. Clones are handles of one connection: the test keeps one, the server gets one.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    socket: Arc<Inside>,
}

#[derive(Debug)]
struct Inside {
    state: Mutex<State>,
    /// Wakes a read that waits, when the socket is shut down.
    shut: Condvar,
}

#[derive(Debug)]
struct State {
    script: VecDeque<Step>,
    /// Bytes that one write takes, and how long that lasts.
    takes: (usize, Duration),
    faults: Vec<(usize, Fault)>,
    /// Of three calls that read or write, one fails with EINTR, one with EAGAIN, and one moves a single byte.
    storm: bool,
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
    is_shut: bool,
    calls: Vec<Call>,
    heard: Vec<u8>,
    /// The timeouts that ran out, added up.
    waited: Duration,
}

impl Peer {
    /// A peer that follows `script`, and takes 16 KiB with each write.
    pub(crate) fn new(script: impl IntoIterator<Item = Step>) -> Self {
        let state = State {
            script: script.into_iter().collect(),
            takes: (16 * 1024, Duration::ZERO),
            faults: Vec::new(),
            storm: false,
            read_timeout: None,
            write_timeout: None,
            is_shut: false,
            calls: Vec::new(),
            heard: Vec::new(),
            waited: Duration::ZERO,
        };
        Self { socket: Arc::new(Inside { state: Mutex::new(state), shut: Condvar::new() }) }
    }

    /// The same, but the `n`-th call (from 1) goes wrong.
    pub(crate) fn failing(self, n: usize, fault: Fault) -> Self {
        self.state().faults.push((n, fault));
        self
    }

    /// The same, but two of three reads and writes fail for no reason, and the third moves one byte.
    pub(crate) fn in_a_storm(self) -> Self {
        self.state().storm = true;
        self
    }

    /// The same, but a write takes at most so many bytes, in so much time; with 0 it waits in vain.
    pub(crate) fn taking(self, bytes: usize, time: Duration) -> Self {
        self.state().takes = (bytes, time);
        self
    }

    /// Every byte that the server sent.
    pub(crate) fn heard(&self) -> Vec<u8> {
        self.state().heard.clone()
    }

    /// Every call that the server made.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// How many calls were of this kind.
    pub(crate) fn count(&self, kind: impl Fn(&Call) -> bool) -> usize {
        self.state().calls.iter().filter(|call| kind(call)).count()
    }

    /// The timeouts that ran out while the server waited, added up.
    pub(crate) fn waited(&self) -> Duration {
        self.state().waited
    }

    /// Has the server dropped its end?
    pub(crate) fn is_closed(&self) -> bool {
        Arc::strong_count(&self.socket) == 1
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.socket.state.lock().expect("no call panics while it holds the state")
    }

    /// Notes a call: is it to fail, or to move so many bytes and no more?
    fn begin(&self, call: Call) -> io::Result<(MutexGuard<'_, State>, Option<usize>)> {
        let mut state = self.state();
        state.calls.push(call);
        let n = state.calls.len();
        if n > MOST_CALLS {
            drop(state);
            panic!("the driver ends after a bounded number of calls, this is number {n}: {call:?}");
        }
        let fault = match call {
            Call::Read | Call::Write if state.storm => Some(STORM[n % STORM.len()]),
            _ => state.faults.iter().find(|(at, _)| *at == n).map(|(_, fault)| *fault),
        };
        match fault {
            Some(Fault::Error(errno)) => Err(io::Error::from_raw_os_error(errno)),
            Some(Fault::Short) => Ok((state, Some(1))),
            Some(Fault::Nothing) => Ok((state, Some(0))),
            None => Ok((state, None)),
        }
    }
}

impl Stream for Peer {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let (mut state, most) = self.begin(Call::Read)?;
        let most = most.unwrap_or(buffer.len());
        let is_shut = state.is_shut;
        match state.script.front_mut() {
            Some(Step::Send(bytes)) => {
                let n = most.min(bytes.len());
                buffer[..n].copy_from_slice(&bytes[..n]);
                bytes.drain(..n);
                if bytes.is_empty() {
                    state.script.pop_front();
                }
                Ok(n)
            }
            Some(Step::Drip(byte, pause)) => {
                buffer[0] = *byte;
                let pause = *pause;
                drop(state);
                std::thread::sleep(pause);
                Ok(1)
            }
            Some(Step::Silence) if !is_shut => {
                let Some(timeout) = state.read_timeout else {
                    let waiting = |state: &mut State| !state.is_shut;
                    drop(self.socket.shut.wait_while(state, waiting));
                    return Ok(0);
                };
                state.waited += timeout;
                let waiting = |state: &mut State| !state.is_shut;
                let waited = self.socket.shut.wait_timeout_while(state, timeout, waiting);
                match waited.expect("no call panics while it holds the state").1.timed_out() {
                    true => Err(io::Error::from_raw_os_error(libc::EAGAIN)),
                    false => Ok(0),
                }
            }
            // End-of-file, from the peer or from a shutdown: what had arrived before it was read first.
            _ => Ok(0),
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let (mut state, most) = self.begin(Call::Write)?;
        let (takes, time) = state.takes;
        let n = most.unwrap_or(takes).min(bytes.len());
        if takes == 0 {
            let timeout = state.write_timeout.expect("a server waits for no peer for ever");
            state.waited += timeout;
            drop(state);
            std::thread::sleep(timeout);
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        state.heard.extend_from_slice(&bytes[..n]);
        drop(state);
        std::thread::sleep(time);
        Ok(n)
    }

    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.begin(Call::ReadTimeout(timeout))?.0.read_timeout = timeout;
        Ok(())
    }

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.begin(Call::WriteTimeout(timeout))?.0.write_timeout = timeout;
        Ok(())
    }
}

impl Socket for Peer {
    fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        let mut state = self.begin(Call::Shutdown(how))?.0;
        state.is_shut |= how != Shutdown::Write;
        self.socket.shut.notify_all();
        Ok(())
    }

    fn reset_on_close(&self) -> io::Result<()> {
        self.begin(Call::Reset).map(drop)
    }
}
