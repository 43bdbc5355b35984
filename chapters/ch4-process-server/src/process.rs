//! `fork(2)`, and the system calls that a forked process needs and Rust has no safe form for.
//!
//! `fork` returns twice: in the parent, and in a copy of it that has one thread, the one that called. It is unsafe
//! because of the other threads. One of them may have held a lock, of the allocator perhaps, at that very moment; in
//! the child nobody is left to release it. So these are the rules of this module, and whoever changes it keeps them:
//!
//! 1. The parent has one thread from its start to its end. It waits in `poll(2)`, and signals write into a pipe.
//! 2. `fork` is called where no lock is held, from a plain loop; never from a handler of a signal or a destructor.
//!    With 1 and 2 the child may do whatever the parent may: allocate, panic, write a line.
//! 3. The child never returns into the parent's code. It ends in `_exit(2)`, panicking or not: what the parent wants
//!    done at its own end (buffers, destructors) is not done twice.
//! 4. What the parent owns is closed in the child behind the back of its owners; by 3 they never learn.
//! 5. A handler of a signal does only what signal-safety(7) lists: here loads, a store, `getpid(2)` and `shutdown(2)`.
#![expect(unsafe_code, reason = "fork(2), handlers of signals and _exit(2) have no safe form")]

use libc::{c_int, c_void, siginfo_t};
use nix::errno::Errno;
use nix::sys::signal::{self, SaFlags, SigAction, SigHandler, SigSet, Signal};
use nix::unistd::{self, ForkResult, Pid};
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitStatus;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

/// The process that forks, and its handlers of [`SIGNALS`] as they were.
static PARENT: OnceLock<(Pid, [SigHandler; SIGNALS.len()])> = OnceLock::new();

/// The signals that a parent listens for.
const SIGNALS: [Signal; 3] = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGCHLD];

/// In a child: has it been told to stop?
static STOPPING: AtomicBool = AtomicBool::new(false);

/// In a child: the socket whose reading ends when it is told to stop, or [`NONE`].
static CLIENT: AtomicI32 = AtomicI32::new(NONE);
const NONE: RawFd = -1;

/// Lets `child` run in a process of its own, which ends with it. Of the sockets that the parent has opened, it keeps
/// `socket` alone, which may be the listener itself.
pub(crate) fn fork(
    listener: &TcpListener,
    socket: BorrowedFd<'_>,
    child: impl FnOnce(),
) -> io::Result<Pid> {
    debug_assert!(is_alone(), "a process with several threads must not fork (rule 1)");
    let parent = share_handlers()?;
    // SAFETY: this is the only thread, and it holds no lock (rules 1 and 2); the child ends below (rule 3).
    if let ForkResult::Parent { child } = unsafe { unistd::fork() }? {
        return Ok(child);
    }
    let _ = catch_unwind(AssertUnwindSafe(|| {
        close_all_but(socket.as_raw_fd(), listener.as_raw_fd());
        if dies_with(parent) {
            child();
        }
    }));
    // SAFETY: it only ends this process (rule 3).
    unsafe { libc::_exit(0) }
}

/// Before the first fork: sets handlers that are right for the parent and for its children, who inherit them. So there
/// is no moment in which a child has its parent's, which would tell the parent, through its pipe, to stop.
fn share_handlers() -> io::Result<Pid> {
    if let Some((parent, _)) = PARENT.get() {
        return Ok(*parent);
    }
    let action =
        SigAction::new(SigHandler::SigAction(on_signal), SaFlags::empty(), SigSet::empty());
    // A signal waits until it is known what its handler was.
    let signals: SigSet = SIGNALS.into_iter().collect();
    signals.thread_block()?;
    let mut before = [SigHandler::SigDfl; SIGNALS.len()];
    for (signal, before) in SIGNALS.into_iter().zip(&mut before) {
        // SAFETY: `on_signal` keeps rule 5.
        *before = unsafe { signal::sigaction(signal, &action) }?.handler();
    }
    let parent = unistd::getpid();
    let _ = PARENT.set((parent, before));
    signals.thread_unblock()?;
    Ok(parent)
}

/// In the parent, what was done before. In a child SIGTERM is the wish to stop; SIGINT, which a terminal sends to parent
/// and children alike, is left to the parent; and SIGCHLD has no meaning.
extern "C" fn on_signal(number: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let parent = PARENT.get().filter(|(parent, _)| *parent == unistd::getpid());
    if let Some((_, before)) = parent {
        for (signal, handler) in SIGNALS.into_iter().zip(before) {
            if let SigHandler::SigAction(handler) = handler
                && signal as c_int == number
            {
                handler(number, info, context);
            }
        }
    } else if number == Signal::SIGTERM as c_int {
        STOPPING.store(true, Ordering::SeqCst);
        end_reading();
    }
}

/// Closes what the parent has opened since it listens, except `kept`.
///
/// A new descriptor is always the lowest free number. So what was open before the listener, the standard streams and
/// what the log needs, lies below it; every client and the pipes of the signals lie above.
fn close_all_but(kept: RawFd, listener: RawFd) {
    if listener < kept {
        close_range(listener, kept - 1);
    }
    close_range(kept + 1, RawFd::MAX);
}

/// One `close_range(2)` where there is one.
fn close_range(first: RawFd, last: RawFd) {
    /// More than the parent has open beside its listener.
    const A_FEW: RawFd = 64;

    #[cfg(target_os = "linux")]
    // SAFETY: the owners of these descriptors are never heard of again (rule 4).
    if unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) } == 0 {
        return;
    }
    for fd in first..=last.min(first + A_FEW) {
        let _ = unistd::close(fd);
    }
}

/// A stop is end-of-file: the `read(2)` that waits for the client brings what has arrived, and then nothing.
fn end_reading() {
    let client = CLIENT.load(Ordering::SeqCst);
    if client != NONE {
        // What was interrupted may be about to look at its own error.
        let errno = Errno::last_raw();
        // SAFETY: `shutdown(2)` touches no memory, and may be called in a handler (rule 5).
        let _ = unsafe { libc::shutdown(client, libc::SHUT_RD) };
        Errno::set_raw(errno);
    }
}

/// In a child: the client that it is about to serve, whose reading ends at a stop; `None` when it has gone,
/// or our own side has ended.
pub(crate) fn serves(client: Option<BorrowedFd<'_>>) {
    CLIENT.store(client.map_or(NONE, |client| client.as_raw_fd()), Ordering::SeqCst);
    // The signal may have come before there was a client to tell.
    if is_stopping() {
        end_reading();
    }
}

/// In a child: has it been told to stop?
pub(crate) fn is_stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Has the kernel end this process when its parent ends, however that happens. False: the parent has ended already.
pub(crate) fn dies_with(parent: Pid) -> bool {
    // The kernel tells the death only of a parent that dies after this.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
    unistd::getppid() == parent
}

/// One `waitpid(2)`: takes note of a child that has ended, if there is one. Until then it is a zombie.
pub(crate) fn reap() -> Option<(Pid, ExitStatus)> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the answer.
    let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
    (pid > 0).then(|| (Pid::from_raw(pid), ExitStatus::from_raw(status)))
}

/// Has this process a single thread, as far as anybody can tell?
fn is_alone() -> bool {
    std::fs::read_dir("/proc/self/task").map_or(true, |tasks| tasks.count() == 1)
}
