//! `--inetd`: one conversation, on a connection that somebody else has accepted.
//!
//! It is this process's standard input. That is the whole agreement between a server like inetd and the programs that it
//! starts, so this mode works below any of them: inetd itself, systemd with `Accept=yes`, tcpserver, socat, and the
//! model [`spawn`](crate::spawn).

use crate::process;
use common::flags::Inherited;
use common::stop::{self, GRACE, Stop};
use common::{Connections, Service, Setting, Settings, blocking};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{self, Pid};
use socket2::{SockRef, Type};
use std::fs::File;
use std::io;
use std::net::TcpStream;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// The mode as the command line knows it.
pub const INETD: Inherited = Inherited {
    flag: "inetd",
    help: "serve the one connection that is stdin, and end: for inetd and its kin",
    serve,
};

/// How [`spawn`](crate::spawn) tells its children that it is there: standard output is a socket then, which ends when
/// the parent stops.
pub const PARENT: Setting = Setting {
    name: "parent",
    default: 0,
    most: i32::MAX as usize,
    help: "with --inetd: end when process N does, which must be the parent (spawn says so)",
};

/// Holds the one conversation.
fn serve(service: &dyn Service, settings: &Settings) -> Result<(), String> {
    let stream = stdin()?;
    spare_the_client(&stream);
    let stop = Stop::on_signals().map_err(|error| stop::cannot(&error))?;
    let parent = Some(settings.value(&PARENT)).filter(|parent| *parent > 0);
    // The number fits: `PARENT.most` is the largest that does.
    if parent.is_some_and(|parent| !process::dies_with(Pid::from_raw(parent as i32))) {
        return Err("cannot serve: the process that started this one has ended".into());
    }

    let connections = Connections::at_most(1);
    let connection = connections.admit(stream);
    let stop = Arc::new(stop);
    let watch = {
        let stop = Arc::clone(&stop);
        move || watch(&stop, parent.is_some(), &connections)
    };
    // When there is no thread to be had, the client is served all the same; but then a stop may cut it off.
    let _ = thread::Builder::new().name("signals".into()).spawn(watch);
    let _ = catch_unwind(AssertUnwindSafe(|| blocking::drive(&connection, &mut service.session())));
    Ok(())
}

/// The connection that is standard input. Not by way of [`io::Stdin`], which would read ahead into a buffer of its own.
fn stdin() -> Result<TcpStream, String> {
    let socket = io::stdin().as_fd().try_clone_to_owned().ok().filter(is_connection);
    let stream = TcpStream::from(socket.ok_or(
        "cannot serve stdin: it is no connection (--inetd is for a server that starts this program with one; \
         try without it)",
    )?);
    // Whoever accepted it may have had other plans; a refusal means that the client is gone, and reading will say so.
    let _ = stream.set_nonblocking(false);
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

fn is_connection(stdin: &OwnedFd) -> bool {
    let socket = SockRef::from(stdin);
    #[cfg(target_os = "linux")]
    let listens = socket.is_listener().unwrap_or(true);
    // Here one cannot ask. A listener has no peer; neither has a connection whose client is gone already.
    #[cfg(not(target_os = "linux"))]
    let listens = socket.peer_addr().is_err();
    socket.r#type().is_ok_and(|kind| kind == Type::STREAM) && !listens
}

/// inetd makes the connection standard error too. From here on, what is meant for a person must not reach the client.
fn spare_the_client(stream: &TcpStream) {
    let is_client =
        identity(io::stderr()).is_ok_and(|id| identity(stream).is_ok_and(|it| it == id));
    if is_client && let Ok(null) = File::options().write(true).open("/dev/null") {
        let _ = unistd::dup2_stderr(null);
    }
}

/// What is behind a descriptor: two of them may be the same socket.
fn identity(fd: impl AsFd) -> io::Result<(u64, u64)> {
    let file = File::from(fd.as_fd().try_clone_to_owned()?);
    let metadata = file.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

/// Waits for a signal, or for the parent's stop, and then ends the conversation as any server does.
fn watch(stop: &Stop, has_parent: bool, connections: &Connections) {
    let line = io::stdout();
    let mut asked = [stop.as_fd(), line.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    let asked = &mut asked[..if has_parent { 2 } else { 1 }];
    while !poll(asked, PollTimeout::NONE).is_ok_and(|ready| ready > 0) {
        // Nothing that can go wrong here may make the process deaf to its stop.
        thread::sleep(Duration::from_millis(10));
    }
    connections.stop();
    // A parent loses patience first: it counts who is unfinished, and ends us.
    let patience = if has_parent { GRACE * 2 } else { GRACE };
    stop::unfinished(connections.drain(patience));
    std::process::exit(0);
}
