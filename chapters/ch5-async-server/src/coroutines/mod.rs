//! `async` and `async-single`: a coroutine for each connection.
//!
//! A coroutine reads like a thread of chapter 3: accept, start one for the connection, accept again. But where a
//! thread waits in the kernel, a coroutine returns, and leaves behind what it needs to go on. tokio keeps what was left
//! behind, waits for all of it in one `epoll_wait(2)`, and resumes whoever can go on.

mod drive;

use crate::event_loop::MAX_CONNECTIONS;
use crate::runtime;
use common::connections::{Connection, Connections};
use common::stop::{self, GRACE};
use common::{Backoff, Model, Server, Service, listen};
pub use drive::drive;
use std::io;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// The model with threads for all cores, as the command line knows it.
pub const ASYNC: Model = Model {
    name: "async",
    about: "a coroutine for each connection, on a thread for each core (tokio)",
    most: |settings| settings.value(&MAX_CONNECTIONS),
    listeners: |_| 1,
    serve: on_all_cores,
};

/// The model with one thread, as the command line knows it.
pub const ASYNC_SINGLE: Model = Model {
    name: "async-single",
    about: "a coroutine for each connection, all on one thread (tokio)",
    most: |settings| settings.value(&MAX_CONNECTIONS),
    listeners: |_| 1,
    serve: on_one_thread,
};

/// Serves with a thread for each core, until the server stops.
fn on_all_cores(server: &Server) -> io::Result<()> {
    let runtime = runtime::on_all_cores()?;
    let conversations = {
        let _inside = runtime.enter();
        Conversations::start(server)?
    };
    // This thread runs no coroutine. So it can wait for the stop, and for its end, although all others compute.
    server.stop.wait();
    conversations.stop(server);
    stop::unfinished(conversations.open.drain(GRACE));
    runtime.shutdown_background();
    Ok(())
}

/// Serves with this thread alone, until the server stops. While a handler computes, nobody sees the signal.
fn on_one_thread(server: &Server) -> io::Result<()> {
    runtime::on_one_thread()?.block_on(async {
        let signals = runtime::watch(&server.stop)?;
        let conversations = Conversations::start(server)?;
        signals.readable().await?;
        conversations.stop(server);
        // Who holds all places knows that nobody else has one: every conversation has ended.
        let all = u32::try_from(server.most).unwrap_or(u32::MAX);
        if timeout(GRACE, conversations.places.acquire_many(all)).await.is_err() {
            stop::unfinished(server.most - conversations.places.available_permits());
        }
        Ok(())
    })
}

/// Everybody who is being served, and the coroutine that lets them in.
struct Conversations {
    open: Connections<TcpStream>,
    places: Arc<Semaphore>,
}

impl Conversations {
    fn start(server: &Server) -> io::Result<Self> {
        let listener = server.listener.try_clone()?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let open = Connections::at_most(server.most);
        let places = Arc::new(Semaphore::new(server.most));
        tokio::spawn(accept(listener, Arc::clone(&places), open.clone(), server.service()));
        server.ready();
        Ok(Self { open, places })
    }

    fn stop(&self, server: &Server) {
        self.open.stop();
        listen::close(&server.listener);
    }
}

/// Accepts connections until the server stops. While all places are taken it does not: clients wait in the backlog.
async fn accept(
    listener: TcpListener,
    places: Arc<Semaphore>,
    open: Connections<TcpStream>,
    service: Arc<dyn Service>,
) {
    let mut backoff = Backoff::default();
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                backoff = Backoff::default();
                // A reply is written whole, so Nagle's algorithm could only delay the tail of a long one.
                let _ = stream.set_nodelay(true);
                tokio::spawn(converse(place, open.admit(stream), Arc::clone(&service)));
            }
            Err(_) if open.is_stopping() => return,
            Err(error) => sleep(backoff.failed("accept a connection", &error)).await,
        }
    }
}

/// Holds one conversation. Arguments are dropped from the last to the first: the place is free when the socket is closed.
async fn converse(
    _place: OwnedSemaphorePermit,
    connection: Connection<TcpStream>,
    service: Arc<dyn Service>,
) {
    // An error here is the end of this one connection, and closing it is all that can be done about it.
    let _ = drive(&connection, service.session()).await;
}
