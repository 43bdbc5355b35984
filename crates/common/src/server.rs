//! A concurrency model, and what it is given to serve with.

use crate::accept::Incoming;
use crate::connections::Connections;
use crate::flags::{Setting, Settings};
use crate::service::Service;
use crate::stop::{self, GRACE, Stop};
use crate::{listen, log};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

/// A concurrency model: one answer to "who waits?".
#[derive(Debug)]
pub struct Model {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// How many connections it takes at a time; further clients wait in the backlog.
    pub most: fn(&Settings) -> usize,
    /// How many sockets are to listen at its address: one, unless it shares a port among threads that each accept.
    pub listeners: fn(&Settings) -> usize,
    /// Serves until the server stops. An error means that it could not begin.
    pub serve: fn(&Server) -> io::Result<()>,
}

/// What a model is given to serve with.
#[derive(Debug)]
pub struct Server {
    /// Where clients connect.
    pub listener: Arc<TcpListener>,
    /// Further sockets that listen at the same address, of a model that has asked for them. The kernel deals the clients
    /// out among all of them, and each has a backlog of its own.
    pub further: Vec<TcpListener>,
    /// The address of the listener, with the port that it really has.
    pub addr: SocketAddr,
    /// Readable as soon as the server has to stop.
    pub stop: Arc<Stop>,
    /// How many connections it takes at a time.
    pub most: usize,
    /// The connections that are open, of a model whose threads wait for them.
    pub connections: Connections,
    service: Arc<dyn Service>,
    settings: Settings,
}

impl Server {
    /// Says on standard output that clients may come.
    pub fn ready(&self) {
        log::ready(self.addr, &self.service.suggestion(self.addr));
    }

    /// For a model whose threads wait: says that clients may come, and yields their connections until the server
    /// stops. One more thread waits for the signal; a thread that waits in `accept(2)` or `read(2)` cannot.
    ///
    /// # Errors
    ///
    /// When the system has no thread to give.
    pub fn incoming(&self) -> io::Result<Incoming<'_, TcpListener>> {
        let (signals, listener) = (Arc::clone(&self.stop), Arc::clone(&self.listener));
        let connections = self.connections.clone();
        stop::wait_in_thread(move || {
            signals.wait();
            connections.stop();
            listen::close(&listener);
            stop::unfinished(connections.drain(GRACE));
            std::process::exit(0);
        })?;
        self.ready();
        Ok(Incoming::new(&self.listener, &self.connections))
    }

    /// What is served.
    pub fn service(&self) -> Arc<dyn Service> {
        Arc::clone(&self.service)
    }

    /// What the user chose of the program's settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The value of one of the program's settings.
    pub fn setting(&self, setting: &Setting) -> usize {
        self.settings.value(setting)
    }
}

/// Listens at `addr` and lets the model serve there, until a signal stops it and the last conversation has ended.
///
/// # Errors
///
/// One line that says why it could not begin, and what to try.
pub fn serve(
    model: &Model,
    addr: SocketAddr,
    service: Arc<dyn Service>,
    settings: Settings,
) -> Result<(), String> {
    let cannot = |error| listen::cannot(addr, &error);
    let (most, listeners) = ((model.most)(&settings), (model.listeners)(&settings));
    listen::allow_descriptors(most + listen::OF_A_LISTENER * listeners);
    let (listener, further) = listen::several(addr, listeners).map_err(cannot)?;
    let listener = Arc::new(listener);
    let addr = listener.local_addr().map_err(cannot)?;
    let stop = Arc::new(Stop::on_signals().map_err(|error| stop::cannot(&error))?);

    let connections = Connections::at_most(most);
    let server = Server { listener, further, addr, stop, most, connections, service, settings };
    (model.serve)(&server).map_err(|error| {
        let hint = match error.raw_os_error() {
            Some(libc::EMFILE | libc::ENFILE) => "raise the limit of descriptors: ulimit -n",
            _ => "try fewer: see --help",
        };
        format!("cannot serve: {} ({hint})", log::reason(&error))
    })?;
    // The model has let nobody in since the stop began; the last conversations end now, or when the grace does.
    server.connections.drain(GRACE * 2);
    Ok(())
}
