//! The accept loop, and the stop.

use crate::chat::client::{Shared, converse, refuse};
use crate::chat::flags::{self, Command, Options};
use crate::chat::protocol::{FULL, HEARING};
use crate::chat::seat::SharedHall;
use crate::chat::socket;
use crate::runtime;
use common::program::{self, Failure};
use common::stop::{self, GRACE, Stop};
use common::{Backoff, listen, log};
use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// Clients at a time who are told that there is no room for them, and closed with care. One more is told so and closed at
/// once: if it has said something by then, it may not hear that. None of them makes anybody wait.
const REFUSALS: usize = 8;

/// Does what the arguments of this process ask for.
pub fn run() -> ExitCode {
    program::run(|| match flags::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help(text)) => {
            program::help(&text);
            Ok(())
        }
        Ok(Command::Serve(options)) => start(options).map_err(Failure::Cannot),
        Err(why) => Err(Failure::Usage(why)),
    })
}

fn start(options: Options) -> Result<(), String> {
    let addr = options.addr;
    let listener = listen::listen(addr).map_err(|error| listen::cannot(addr, &error))?;
    let cannot = |error: io::Error| {
        format!("cannot serve: {} (try again when the machine is less busy)", log::reason(&error))
    };
    // Before there are threads, so that no signal finds one that does not know it yet.
    let stop = Stop::on_signals().map_err(|error| stop::cannot(&error))?;
    listen::allow_descriptors(options.clients + REFUSALS);
    let runtime = runtime::on_all_cores().map_err(cannot)?;
    let end = runtime.block_on(serve(listener, &stop, options)).map_err(cannot);
    // Whoever is not done by now was cut off.
    runtime.shutdown_background();
    end
}

/// Serves until a signal stops it.
async fn serve(listener: std::net::TcpListener, stop: &Stop, options: Options) -> io::Result<()> {
    let signals = runtime::watch(stop)?;
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let addr = listener.local_addr()?;
    let mut server = Server::new(options);
    log::ready(addr, &suggestion(addr));

    tokio::select! {
        () = server.accept(&listener) => {}
        _ = signals.readable() => {}
    }
    drop(listener);
    stop::unfinished(server.stop().await);
    Ok(())
}

fn suggestion(addr: SocketAddr) -> String {
    format!("nc {} {}", addr.ip(), addr.port())
}

/// Who comes in, and who is in.
struct Server {
    shared: Shared,
    places: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    inside: JoinSet<()>,
    stopping: watch::Sender<bool>,
    /// Each conversation holds a receiver until what had arrived before a stop was heard.
    hearing: watch::Sender<()>,
}

impl Server {
    fn new(options: Options) -> Self {
        let Options { clients, outbox, patience, .. } = options;
        let (stopping, told) = watch::channel(false);
        Self {
            shared: Shared { hall: SharedHall::default(), outbox, patience, stopping: told },
            places: Arc::new(Semaphore::new(clients)),
            refusals: Arc::new(Semaphore::new(REFUSALS)),
            inside: JoinSet::new(),
            stopping,
            hearing: watch::Sender::new(()),
        }
    }

    /// Lets people in, for ever.
    async fn accept(&mut self, listener: &TcpListener) {
        let mut backoff = Backoff::default();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        backoff = Backoff::default();
                        self.receive(stream);
                    }
                    // Mostly there is no descriptor to be had. The client waits in the backlog.
                    Err(error) => sleep(backoff.failed("accept a connection", &error)).await,
                },
                // What became of somebody is of no interest here: one who panicked is gone like the others.
                Some(_) = self.inside.join_next() => {}
            }
        }
    }

    fn receive(&mut self, stream: TcpStream) {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            let (shared, unheard) = (self.shared.clone(), self.hearing.subscribe());
            self.inside.spawn(async move {
                converse(stream, shared, unheard).await;
                drop(place);
            });
        } else if let Ok(place) = Arc::clone(&self.refusals).try_acquire_owned() {
            let stopping = self.shared.stopping.clone();
            self.inside.spawn(async move {
                refuse(stream, stopping).await;
                drop(place);
            });
        } else {
            socket::say_at_once(&stream, FULL);
        }
    }

    /// Lets everybody go. Returns how many were not done within the [`GRACE`].
    async fn stop(&mut self) -> usize {
        let until = Instant::now() + GRACE;
        // What has arrived is still said to the others, as far as its senders' pace and this moment allow.
        self.shared.hall.lock().begin_stop();
        self.stopping.send_replace(true);
        let _ = timeout(HEARING, self.hearing.closed()).await;
        self.shared.hall.lock().stop();
        let all = async { while self.inside.join_next().await.is_some() {} };
        let _ = timeout_at(until, all).await;
        self.inside.len()
    }
}
