//! Signals: the first one stops, the second one does not wait.

use crate::log;
use nix::sys::signal::{SigSet, Signal};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How long a stop waits for conversations to end before it ends them. The promise is five seconds; a busy machine
/// needs the rest.
pub const GRACE: Duration = Duration::from_millis(3500);

/// Runs `stop` in a thread of its own when SIGTERM or SIGINT comes for the first time. The second signal ends the
/// process as if nobody had listened.
///
/// # Errors
///
/// When the system has no descriptor or no thread for it.
pub fn on_signal(stop: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // Between the first registration and the last one, a signal would find half of them. Blocked, it waits for all.
    // Whoever started us may have blocked it already, and then nothing could stop us.
    let signals: SigSet = [Signal::SIGTERM, Signal::SIGINT].into_iter().collect();
    signals.thread_block()?;
    let (signalled, pipe) = UnixStream::pair()?;
    let stopping = Arc::new(AtomicBool::new(false));
    // Handlers run in the order of their registration. Whenever a signal comes, it is in the pipe; and the first one
    // finds the flag still down.
    for signal in [SIGTERM, SIGINT] {
        low_level::pipe::register(signal, pipe.try_clone()?)?;
        flag::register_conditional_default(signal, Arc::clone(&stopping))?;
        flag::register(signal, Arc::clone(&stopping))?;
    }
    signals.thread_unblock()?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        while !matches!((&signalled).read(&mut [0]), Ok(1)) {
            // Nothing that can go wrong here may make the process deaf to its stop.
            std::thread::sleep(Duration::from_millis(10));
        }
        stop();
    })?;
    Ok(())
}

/// As [`on_signal`], with an error in words for the user.
pub(crate) fn stop_by(stop: impl FnOnce() + Send + 'static) -> Result<(), String> {
    on_signal(stop).map_err(|error| format!("cannot wait for signals: {}", log::reason(&error)))
}
