//! `spawn`: a fresh copy of the program for each connection.
//!
//! This is inetd's way, and systemd's: the server accepts, and starts a program whose standard input is the connection.
//! The program begins at its `main` and knows nothing but its arguments, so it might as well be another one. Nothing
//! here is unsafe: the standard library starts the process and hands the socket over.

use crate::children::Children;
use crate::each::{self, MAX_CHILDREN, Start};
use crate::inetd::{INETD, PARENT};
use common::{Model, Server};
use nix::unistd::Pid;
use std::env;
use std::io;
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{self, Command};

/// The model as the command line knows it.
pub const MODEL: Model = Model {
    name: "spawn",
    about: "a fresh copy of the program for each connection, as inetd does",
    most: |settings| settings.value(&MAX_CHILDREN),
    listeners: |_| 1,
    serve,
};

/// Serves each connection in a program of its own, until the server stops.
///
/// # Errors
///
/// When the system has no descriptors for the parent's own needs, or does not know where this program lies.
pub fn serve(server: &Server) -> io::Result<()> {
    let (ours, theirs) = UnixStream::pair()?;
    each::serve(server, Spawn { program: program()?, ours: Some(ours), theirs })
}

struct Spawn {
    program: PathBuf,
    /// Our end of the line to the children, until the server stops.
    ours: Option<UnixStream>,
    /// Their end, which each of them gets a copy of.
    theirs: UnixStream,
}

impl Start for Spawn {
    /// The child gets a copy of the client's descriptor, so that we still have one if there is no process to be had.
    /// Every other descriptor of ours closes as the new program begins (`O_CLOEXEC`).
    fn start(&mut self, client: &TcpStream) -> io::Result<Pid> {
        let mut args = env::args_os();
        let mut command = Command::new(&self.program);
        command.arg0(args.next().unwrap_or_else(|| self.program.clone().into()));
        command.args(args).arg(format!("--{}", INETD.flag));
        command.arg(format!("--{}", PARENT.name)).arg(process::id().to_string());
        command.stdin(OwnedFd::from(client.try_clone()?));
        command.stdout(OwnedFd::from(self.theirs.try_clone()?));
        // Ctrl-C goes to a whole process group, and a child that has just begun would be ended by it.
        command.process_group(0);
        let child = command.spawn()?;
        Ok(Pid::from_raw(child.id().cast_signed()))
    }

    /// A signal might find a child that has no handler for it yet, and would end it. So all have a line to us instead:
    /// when we drop our end, they read end-of-file, now or as soon as they look.
    fn stop(&mut self, _: &Children) {
        self.ours = None;
    }
}

/// Where this program lies. Linux knows it even when another one has taken its place on the disk meanwhile.
fn program() -> io::Result<PathBuf> {
    match cfg!(target_os = "linux") {
        true => Ok("/proc/self/exe".into()),
        false => env::current_exe(),
    }
}
