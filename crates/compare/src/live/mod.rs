//! The live page: the models race in a browser while the comparison runs.
//!
//! The run tells what happens ([`Live::tell`]) and asks between two measurements what the page wishes ([`Live::wish`]).
//! Neither waits for a browser: what is told goes into a story, and each page reads it at its own pace.
//!
//! In reading order: what is told (`told`, `standing`), what is kept of it (`story`, `hub`), and how a browser gets it
//! (`server`, `guard`, `guests`, `events`, `control`, `page`).
//!
//! A browser on the same machine takes CPU time from what is measured. The page says so.

mod standing;
mod told;

mod hub;
mod story;

mod control;
mod events;
mod guard;
mod guests;
mod page;
mod server;

use crate::progress::Event;
use hub::Hub;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::oneshot;

/// A page that is served until [`Live::stop`], or until this is dropped.
#[derive(Debug)]
pub struct Live {
    addr: SocketAddr,
    hub: Arc<Hub>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What those who watch wish from the run. It holds from the next measurement on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Start no further measurement for now.
    pub paused: bool,
    /// The names of the scenarios that are still wanted; `None`: all.
    pub scenarios: Option<Vec<String>>,
}

impl Wish {
    /// Whether a scenario is still wanted.
    pub fn wants(&self, scenario: &str) -> bool {
        self.scenarios.as_ref().is_none_or(|kept| kept.iter().any(|name| name == scenario))
    }
}

/// Serves the page at this address, which must be one of the loopback; port 0 takes a free one.
///
/// # Errors
///
/// When the address is not of the loopback, or is taken, or there is no thread to be had.
pub fn start(addr: SocketAddr) -> io::Result<Live> {
    if !addr.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "the live page is not served at {addr}: only at a loopback address, such as 127.0.0.1:0"
            ),
        ));
    }
    let explained = |error: io::Error| {
        let what = format!("cannot serve the live page at {addr}: {error} (try 127.0.0.1:0)");
        io::Error::new(error.kind(), what)
    };
    let listener = TcpListener::bind(addr).map_err(explained)?;
    listener.set_nonblocking(true)?;
    let addr = listener.local_addr()?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let hub = Arc::new(Hub::new());
    let (stop, stopped) = oneshot::channel();
    let shared = Arc::clone(&hub);
    let thread = thread::Builder::new()
        .name("live".into())
        .spawn(move || server::serve(&runtime, listener, addr, shared, stopped))?;
    Ok(Live { addr, hub, stop: Some(stop), thread: Some(thread) })
}

impl Live {
    /// Where it is served.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What to open in a browser.
    pub fn url(&self) -> String {
        format!("http://{}/", self.addr)
    }

    /// Tells all pages what has happened. Waits for none of them.
    pub fn tell(&self, event: &Event) {
        self.hub.tell(event);
    }

    /// What the page wishes. The run asks before each measurement.
    pub fn wish(&self) -> Wish {
        self.hub.wish()
    }

    /// Waits until the page wishes something else than `known`, but no longer than `most`; returns what it wishes then.
    pub fn wait(&self, known: &Wish, most: Duration) -> Wish {
        self.hub.wait(known, most)
    }

    /// Ends it. Pages that read get all that was told; it takes two seconds at most.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.hub.close();
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already; then there is nobody to tell.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // What made it panic was written by the panic itself, and the results of the run matter more.
            let _ = thread.join();
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.end();
    }
}
