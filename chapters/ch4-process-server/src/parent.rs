//! What every parent does: it waits, buries its children, and at a stop it sees them out. It never talks to a client.
//!
//! Everything that it waits for is a descriptor, so its one thread can wait for all of it in one `poll(2)`: a client at
//! the listener, the wish that it stop, the death of a child.

use crate::children::Children;
use common::stop::{self, GRACE};
use common::{Backoff, Server, log};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use signal_hook::consts::SIGCHLD;
use signal_hook::low_level::pipe;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// What the parent was woken by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// SIGTERM or SIGINT.
    ByStop,
    /// Somebody connects.
    ByClient,
    /// A child has ended, or a pause.
    Otherwise,
}

/// A server that has children.
#[derive(Debug)]
pub(crate) struct Parent<'s> {
    pub(crate) children: Children,
    server: &'s Server,
    /// Readable when a child has ended.
    deaths: UnixStream,
    backoff: Backoff,
    /// Until when nothing is tried again.
    pause: Option<Instant>,
}

impl<'s> Parent<'s> {
    /// A parent that will hear of its children's deaths.
    pub(crate) fn new(server: &'s Server) -> io::Result<Self> {
        let (deaths, pipe) = UnixStream::pair()?;
        deaths.set_nonblocking(true)?;
        pipe::register(SIGCHLD, pipe)?;
        // Whoever started us may have blocked it, and then we would never hear of a death.
        SigSet::from(Signal::SIGCHLD).thread_unblock()?;
        if !cfg!(target_os = "linux") {
            log::err("warning: on this system children outlive a parent that is killed");
        }
        let (children, backoff) = (Children::default(), Backoff::default());
        Ok(Self { children, server, deaths, backoff, pause: None })
    }

    /// Waits until something happens, or the pause is over; for a client only if it is `welcome`.
    pub(crate) fn wait(&mut self, welcome: bool) -> Woken {
        let pause = self.pausing();
        let mut asked = [
            PollFd::new(self.server.stop.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.deaths.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.server.listener.as_fd(), PollFlags::POLLIN),
        ];
        let listened = if welcome && pause.is_none() { 3 } else { 2 };
        wait_for(&mut asked[..listened], pause);
        let [stop, death, client] = asked.map(|one| one.any().unwrap_or(false));
        if death {
            self.bury();
        }
        match (stop, client) {
            (true, _) => Woken::ByStop,
            (_, true) => Woken::ByClient,
            _ => Woken::Otherwise,
        }
    }

    /// Tries nothing for a moment, after a failure.
    pub(crate) fn failed(&mut self, what: &str, error: &io::Error) {
        let pause = self.backoff.failed(what, error);
        self.pause_for(pause);
    }

    /// What was tried has succeeded: the next failure is a new one.
    pub(crate) fn succeeded(&mut self) {
        self.backoff = Backoff::default();
    }

    /// Tries nothing for so long.
    pub(crate) fn pause_for(&mut self, pause: Duration) {
        self.pause = Some(Instant::now() + pause);
    }

    /// Is it too early to try again?
    pub(crate) fn is_pausing(&self) -> bool {
        self.pausing().is_some()
    }

    /// The end of the pause, if it is still to come.
    fn pausing(&self) -> Option<Instant> {
        self.pause.filter(|until| Instant::now() < *until)
    }

    /// Waits until the children have ended, for [`GRACE`] at most; then ends those that are left. `others` is asked
    /// each time how many clients there are besides, who have no child.
    pub(crate) fn drain(mut self, mut others: impl FnMut(&mut Self) -> usize) {
        let deadline = Instant::now() + GRACE;
        loop {
            let unfinished = others(&mut self) + self.children.len();
            if unfinished == 0 {
                return;
            }
            if Instant::now() >= deadline {
                stop::unfinished(unfinished);
                return self.end();
            }
            let until = self.pausing().map_or(deadline, |pause| pause.min(deadline));
            self.wait_for_deaths(until);
        }
    }

    /// Ends the children that are left.
    pub(crate) fn end(mut self) {
        /// Nobody survives SIGKILL, but the kernel may need a moment.
        const MOMENT: Duration = Duration::from_millis(500);

        self.children.kill();
        let deadline = Instant::now() + MOMENT;
        while self.children.len() > 0 && Instant::now() < deadline {
            self.wait_for_deaths(deadline);
        }
    }

    fn wait_for_deaths(&mut self, until: Instant) {
        wait_for(&mut [PollFd::new(self.deaths.as_fd(), PollFlags::POLLIN)], Some(until));
        self.bury();
    }

    /// Empties the pipe first: a death that comes later writes into it anew.
    fn bury(&mut self) {
        let _ = (&self.deaths).read(&mut [0; 256]);
        self.children.reap();
    }
}

/// One `poll(2)` that no signal cuts short.
fn wait_for(asked: &mut [PollFd<'_>], until: Option<Instant>) {
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        // Rounded up: to wake early would be to ask again and again.
        let timeout = left.map_or(PollTimeout::NONE, |left| {
            PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX)
        });
        match poll(asked, timeout) {
            Err(Errno::EINTR) => {}
            Ok(_) => return,
            // The kernel is short of memory. Nothing that can go wrong here may make the parent deaf, or spin.
            Err(_) => return std::thread::sleep(Duration::from_millis(10)),
        }
    }
}
