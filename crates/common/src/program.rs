//! The ten lines of every `main`: flags, listening, the ready line, signals, and out.

use crate::datagrams::{self, Datagrams};
use crate::flags::{self, Command, Flags, Inherited, Setting, Transport};
use crate::log;
use crate::server::{self, Model};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

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
    /// How it answers datagrams, if it knows `--udp`.
    pub datagrams: Option<fn(&Datagrams) -> io::Result<()>>,
    /// How it serves a connection that somebody else has accepted, if it can.
    pub inherited: Option<Inherited>,
}

/// Why a program ends early.
#[derive(Debug)]
pub enum Failure {
    /// It did not understand its arguments.
    Usage(String),
    /// It could not do what it was asked for.
    Cannot(String),
}

impl Program {
    /// Runs the program with the arguments of this process, to its exit code: 0 after a stop, 1 when it could not
    /// serve, 2 when it did not understand its arguments.
    pub fn run(&'static self) -> ExitCode {
        run(|| match flags::parse(self, std::env::args_os().skip(1)) {
            Ok(Command::Help(text)) => {
                help(&text);
                Ok(())
            }
            Ok(Command::Serve(flags)) => start(flags).map_err(Failure::Cannot),
            Err(why) => Err(Failure::Usage(why)),
        })
    }
}

/// Runs the body of a server's `main`, to its exit code: 0, 1 when it could not, 2 when it was asked wrongly; with one
/// line on standard error that says why.
pub fn run(main: impl FnOnce() -> Result<(), Failure>) -> ExitCode {
    log::prepare();
    report_panics();
    let prepared = log::survive_full_files().map_err(|error| {
        Failure::Cannot(format!("cannot handle signals: {}", log::reason(&error)))
    });
    let (code, line) = match prepared.and_then(|()| main()) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Cannot(why)) => (1, log::one_line(&why)),
        Err(Failure::Usage(why)) => (2, log::one_line(&why) + " (see --help)"),
    };
    log::err(format_args!("error: {line}"));
    ExitCode::from(code)
}

/// Prints a text that somebody asked for. They wait for it, so it may wait for them.
pub fn help(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

fn start(flags: Flags) -> Result<(), String> {
    let Flags { addr, service, transport, settings } = flags;
    match transport {
        Transport::Tcp(model) => server::serve(model, addr, Arc::new(service), settings),
        Transport::Udp(answer) => datagrams::serve(answer, addr, settings),
        Transport::Inherited(inherited) => (inherited.serve)(&service, &settings),
    }
}

/// A handler that panics is reported in one line; it costs its connection and nothing else.
fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        let what = info.payload_as_str().unwrap_or("for no stated reason");
        log::err(format_args!("warning: a handler panicked ({what}); its connection is closed"));
    }));
}
