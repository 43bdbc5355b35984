//! `prefork`: workers that are forked before the first client comes.
//!
//! Each of them waits in `accept(2)` on the listener that all have inherited. The kernel wakes one of them for each
//! client, and none of the others. This saves the fork for each client; in return only as many clients are served at a
//! time as there are workers, however idle those are that came first. When a worker dies, the parent forks another.

use crate::parent::{Parent, Woken};
use crate::{child, process};
use common::{Acceptor, Backoff, Model, Server, Service, Setting, listen};
use nix::errno::Errno;
use nix::sys::signal::Signal;
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "prefork",
    about: "worker processes, forked beforehand, that accept in turn",
    most: |settings| settings.value(&WORKERS),
    listeners: |_| 1,
    serve,
};

/// A process that waits for a silent client can do nothing else, so there are many more of them than cores.
pub const WORKERS: Setting = Setting {
    name: "workers",
    default: 64,
    most: 10_000,
    help: "prefork: N processes serve, one connection each at a time",
};

/// A worker that lives shorter than this has died at once. What ended it may end the next one just so.
const AT_ONCE: Duration = Duration::from_secs(1);

/// Keeps the workers alive, until the server stops.
///
/// # Errors
///
/// When the system does not have so many processes.
pub fn serve(server: &Server) -> io::Result<()> {
    let mut parent = Parent::new(server)?;
    if fill(&mut parent, server).is_err() {
        parent.end();
        let workers = server.most;
        let why = format!("the system does not have {workers} processes to give");
        return Err(io::Error::other(why));
    }
    server.ready();
    let mut deaths = Backoff::default();
    while parent.wait(false) != Woken::ByStop {
        match parent.children.shortest_life() {
            Some(life) if life < AT_ONCE && !parent.is_pausing() => {
                parent.pause_for(deaths.pause());
            }
            Some(life) if life >= AT_ONCE => deaths = Backoff::default(),
            _ => {}
        }
        if !parent.is_pausing() {
            match fill(&mut parent, server) {
                Ok(()) => parent.succeeded(),
                Err(error) => parent.failed("start a process", &error),
            }
        }
    }
    listen::close(&server.listener);
    parent.children.signal(Signal::SIGTERM);
    parent.drain(|_| 0);
    Ok(())
}

/// Forks as many workers as are missing.
fn fill(parent: &mut Parent<'_>, server: &Server) -> io::Result<()> {
    let (service, listener) = (server.service(), &*server.listener);
    while parent.children.len() < server.most {
        let worker = process::fork(listener, listener.as_fd(), || work(listener, &*service))?;
        parent.children.add(worker);
    }
    Ok(())
}

/// What a worker does: it serves one client after the other.
fn work(listener: &TcpListener, service: &dyn Service) {
    let mut backoff = Backoff::default();
    while !process::is_stopping() {
        match Acceptor::accept(listener) {
            Ok(client) => {
                backoff = Backoff::default();
                child::serve(&client, &mut *service.session());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // The parent has ended the listening: it stops. Its signal may have come before we waited for a client.
            Err(error) if error.raw_os_error() == Some(Errno::EINVAL as i32) => return,
            Err(error) => thread::sleep(backoff.failed("accept a connection", &error)),
        }
    }
}
