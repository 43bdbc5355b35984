//! Signals: the first one stops, the second one does not wait.

use crate::log;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long a stop waits for conversations to end before it ends them. The promise is five seconds; a busy machine
/// needs the rest.
pub const GRACE: Duration = Duration::from_millis(3500);

/// The wish that the process stop, as a descriptor: it is readable from the first SIGTERM or SIGINT on, and stays so.
/// The second signal ends the process as if nobody had listened.
///
/// A signal interrupts a program anywhere, and its handler may do next to nothing: signal-safety(7). Writing a byte
/// into a pipe it may, and whatever can wait for a socket can wait for the other end: a thread in `poll(2)`, an event
/// loop, a coroutine. (D. J. Bernstein's *self-pipe trick*.)
#[derive(Debug)]
pub struct Stop {
    pipe: UnixStream,
    stopping: Arc<AtomicBool>,
}

impl Stop {
    /// Listens for SIGTERM and SIGINT from now on, to the end of the process.
    ///
    /// # Errors
    ///
    /// When the system has no descriptor for it.
    pub fn on_signals() -> io::Result<Self> {
        // Between the first registration and the last one, a signal would find half of them. Blocked, it waits for all.
        // Whoever started us may have blocked it already, and then nothing could stop us.
        let signals: SigSet = [Signal::SIGTERM, Signal::SIGINT].into_iter().collect();
        signals.thread_block()?;
        let (signalled, pipe) = UnixStream::pair()?;
        let stopping = Arc::new(AtomicBool::new(false));
        // Handlers run in the order of their registration. Whenever a signal comes, it is in the pipe; and the first
        // one finds the flag still down.
        for signal in [SIGTERM, SIGINT] {
            low_level::pipe::register(signal, pipe.try_clone()?)?;
            flag::register_conditional_default(signal, Arc::clone(&stopping))?;
            flag::register(signal, Arc::clone(&stopping))?;
        }
        signals.thread_unblock()?;
        Ok(Self { pipe: signalled, stopping })
    }

    /// Has the first signal come? For who cannot wait at the moment.
    pub fn is_wished(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Waits for the first signal.
    pub fn wait(&self) {
        let mut asked = [PollFd::new(self.as_fd(), PollFlags::POLLIN)];
        while !poll(&mut asked, PollTimeout::NONE).is_ok_and(|ready| ready > 0) {
            // Nothing that can go wrong here may make the process deaf to its stop.
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl AsFd for Stop {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

/// Runs `stop` in a thread of its own when SIGTERM or SIGINT comes for the first time.
///
/// # Errors
///
/// When the system has no descriptor or no thread for it.
pub fn on_signal(stop: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let signals = Stop::on_signals()?;
    wait_in_thread(move || {
        signals.wait();
        stop();
    })
}

/// The thread that waits for the signal, while the others wait for their clients.
pub(crate) fn wait_in_thread(wait: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name("signals".into()).spawn(wait).map(drop)
}

/// An error of the signals in words for the user.
pub fn cannot(error: &io::Error) -> String {
    format!("cannot wait for signals: {}", log::reason(error))
}

/// Says what a stop has cut off, if anything.
pub fn unfinished(conversations: usize) {
    match conversations {
        0 => {}
        1 => log::err("warning: stopped with 1 conversation unfinished"),
        n => log::err(format_args!("warning: stopped with {n} conversations unfinished")),
    }
}
