//! The ten lines of every `main`: flags, listening, the ready line, signals, and out.

use crate::accept::Incoming;
use crate::connections::Connections;
use crate::flags::{self, Command, Flags, Setting};
use crate::listen;
use crate::log;
use crate::service::{Kind, Service};
use nix::sys::signal::{SigSet, Signal};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How long a stop waits for conversations to end before it ends them. The promise is five seconds; a busy machine
/// needs the rest.
pub const GRACE: Duration = Duration::from_millis(3500);

/// A server program: what it is called, and what it can do.
#[derive(Debug)]
pub struct Program {
    /// The name of the binary.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// The concurrency models, the default first.
    pub models: &'static [Model],
    /// Numbers that the user may choose.
    pub settings: &'static [Setting],
}

/// A concurrency model: one answer to "who waits?".
#[derive(Debug)]
pub struct Model {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// How many connections it takes at a time; further clients wait in the backlog.
    pub most: fn(&Flags) -> usize,
    /// Serves until the server stops. An error means that it could not begin.
    pub serve: fn(&Server) -> io::Result<()>,
}

/// What a model is given to serve with.
#[derive(Debug)]
pub struct Server {
    /// What the user asked for.
    pub flags: Flags,
    /// Where clients connect.
    pub listener: Arc<TcpListener>,
    /// The address of the listener, with the port that it really has.
    pub addr: SocketAddr,
    /// The connections that are open.
    pub connections: Connections,
}

impl Server {
    /// Says on standard output that clients may come, and yields their connections until the server stops.
    pub fn incoming(&self) -> Incoming<'_, TcpListener> {
        let addr = self.addr;
        log::out(format_args!("listening on {addr}"));
        log::out(match self.flags.service.kind {
            Kind::Http => format!("try: curl http://{addr}/"),
            Kind::Echo | Kind::Hello => format!("try: nc {} {}", addr.ip(), addr.port()),
        });
        Incoming::new(&self.listener, &self.connections)
    }

    /// What is served.
    pub fn service(&self) -> Service {
        self.flags.service
    }

    /// The value of one of the program's settings.
    pub fn setting(&self, setting: &Setting) -> usize {
        self.flags.setting(setting)
    }
}

impl Program {
    /// Runs the program with the arguments of this process, to its exit code: 0 after a stop, 1 when it could not
    /// serve, 2 when it did not understand its arguments.
    pub fn run(&'static self) -> ExitCode {
        log::prepare();
        let (code, line) = match flags::parse(self, std::env::args_os().skip(1)) {
            Ok(Command::Help(text)) => {
                // Whoever asks for help waits for it, so it may wait for them.
                let _ = io::stdout().write_all(text.as_bytes());
                return ExitCode::SUCCESS;
            }
            Ok(Command::Serve(flags)) => match start(flags) {
                Ok(()) => return ExitCode::SUCCESS,
                Err(why) => (1, why),
            },
            Err(why) => (2, format!("{why} (see --help)")),
        };
        log::err(format_args!("error: {line}"));
        ExitCode::from(code)
    }
}

fn start(flags: Flags) -> Result<(), String> {
    let addr = flags.addr;
    let cannot = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 are not for everyone: try --addr 127.0.0.1:8080"
            }
            _ => "try --addr 127.0.0.1:0",
        };
        format!("cannot listen on {addr}: {} ({hint})", log::reason(&error))
    };
    let listener = Arc::new(listen::listen(addr).map_err(cannot)?);
    let addr = listener.local_addr().map_err(cannot)?;
    let connections = Connections::at_most((flags.model.most)(&flags));
    log::survive_full_files()
        .and_then(|()| stop_on_signals(Arc::clone(&listener), connections.clone()))
        .map_err(|error| format!("cannot wait for signals: {}", log::reason(&error)))?;
    report_panics();

    let server = Server { flags, listener, addr, connections };
    (server.flags.model.serve)(&server).map_err(|error| {
        format!("cannot serve: {} (try fewer: see --help)", log::reason(&error))
    })?;
    // The model has let nobody in since the stop began; the last conversations end now, or when the grace does.
    server.connections.drain(GRACE * 2);
    Ok(())
}

/// The first signal stops, and within [`GRACE`] the process ends; the second one ends it as if nobody had listened.
fn stop_on_signals(listener: Arc<TcpListener>, connections: Connections) -> io::Result<()> {
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
            // Nothing that can go wrong here may make the server deaf to its stop.
            std::thread::sleep(Duration::from_millis(10));
        }
        connections.stop();
        listen::close(&listener);
        match connections.drain(GRACE) {
            0 => {}
            n => log::err(format_args!("warning: stopped with {n} conversations unfinished")),
        }
        std::process::exit(0);
    })?;
    Ok(())
}

/// A handler that panics is reported in one line; it costs its connection and nothing else.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        let what = info.payload_as_str().unwrap_or("for no stated reason");
        log::err(format_args!("warning: a handler panicked ({what}); its connection is closed"));
    }));
}
