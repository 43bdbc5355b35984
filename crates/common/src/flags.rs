//! The command line.

use crate::datagrams::Datagrams;
use crate::demo::Demo;
use crate::program::Program;
use crate::server::Model;
use crate::service::{Kind, Service, Standard};
use lexopt::{Arg, Parser, ValueExt};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::ops::RangeInclusive;
use std::time::Duration;

/// A number that a program lets its user choose.
#[derive(Debug)]
pub struct Setting {
    /// The flag without its dashes.
    pub name: &'static str,
    /// What it is when the user says nothing. 0 is no number to choose: the line for `--help` says what it stands for.
    pub default: usize,
    /// The largest that it may be.
    pub most: usize,
    /// One line for `--help`, with the unit.
    pub help: &'static str,
}

/// The numbers that the user chose, by name.
#[derive(Clone, Debug, Default)]
pub struct Settings(Vec<(&'static str, usize)>);

impl Settings {
    /// The value of a setting: the last one chosen, or its default.
    pub fn value(&self, setting: &Setting) -> usize {
        let chosen = self.0.iter().rev().find(|(name, _)| *name == setting.name);
        chosen.map_or(setting.default, |(_, value)| *value)
    }

    /// Reads what the user chose.
    ///
    /// # Errors
    ///
    /// One line that says what it may be.
    pub fn choose(&mut self, setting: &Setting, text: &str) -> Result<(), String> {
        self.0.push((setting.name, number(setting.name, text, 1..=setting.most)?));
        Ok(())
    }
}

/// What the user asked for.
#[derive(Debug)]
pub struct Flags {
    /// Where to listen.
    pub addr: SocketAddr,
    /// What to serve.
    pub service: Standard,
    /// Over what, and by whom.
    pub transport: Transport,
    /// The program's own numbers.
    pub settings: Settings,
}

/// What carries the bytes.
#[derive(Clone, Copy, Debug)]
pub enum Transport {
    /// Connections, served by a model.
    Tcp(&'static Model),
    /// Datagrams, answered by this function.
    Udp(fn(&Datagrams) -> io::Result<()>),
    /// One connection that is there already. `--addr` and `--model` say nothing about it.
    Inherited(Inherited),
}

/// A way to serve without listening, asked for by a flag of its own: on a connection that somebody else has accepted.
#[derive(Clone, Copy, Debug)]
pub struct Inherited {
    /// The flag without its dashes.
    pub flag: &'static str,
    /// One line for `--help`.
    pub help: &'static str,
    /// Holds the one conversation. An error is one line that says why it could not.
    pub serve: fn(&dyn Service, &Settings) -> Result<(), String>,
}

/// What the command line comes to.
#[derive(Debug)]
pub enum Command {
    /// Serve.
    Serve(Flags),
    /// Print this and leave.
    Help(String),
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// One line that says what is wrong with which argument, and what it may be.
pub fn parse(
    program: &'static Program,
    args: impl IntoIterator<Item = std::ffi::OsString>,
) -> Result<Command, String> {
    let mut parser = Parser::from_args(args);
    let mut flags = Flags {
        addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
        service: Standard { kind: Kind::Http, patience: None, demo: Demo::default() },
        transport: Transport::Tcp(&program.models[0]),
        settings: Settings::default(),
    };
    // Flags that mean something for one transport only, if they were given.
    let (mut udp, mut tcp) = (None, None);
    let (mut addr, mut inherits) = (None, false);
    let say = |error: lexopt::Error| error.to_string();
    while let Some(arg) = parser.next().map_err(say)? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help(help(program))),
            Arg::Long("addr") => addr = Some(text(&mut parser)?),
            Arg::Long(name) if program.inherited.is_some_and(|it| it.flag == name) => {
                inherits = true;
            }
            Arg::Long("udp") if program.datagrams.is_some() => udp = program.datagrams,
            Arg::Long("service") => {
                let name = text(&mut parser)?;
                let known = Kind::ALL.iter().find(|(known, _)| *known == name);
                flags.service.kind =
                    known.ok_or_else(|| wrong("service", &name, "http, echo or hello"))?.1;
                tcp = tcp.or((flags.service.kind != Kind::Echo).then_some("service"));
            }
            Arg::Long("model") => {
                let name = text(&mut parser)?;
                let known = program.models.iter().find(|model| model.name == name);
                let model = known.ok_or_else(|| wrong("model", &name, &names(program)))?;
                flags.transport = Transport::Tcp(model);
                tcp = Some("model");
            }
            Arg::Long("patience") => {
                flags.service.patience = Some(patience(&text(&mut parser)?)?);
                tcp = Some("patience");
            }
            Arg::Long("allow-crash") => {
                flags.service.demo.allow_crash = true;
                tcp = Some("allow-crash");
            }
            Arg::Long(name) => {
                let Some(setting) = program.settings.iter().find(|setting| setting.name == name)
                else {
                    return Err(say(arg.unexpected()));
                };
                flags.settings.choose(setting, &text(&mut parser)?)?;
            }
            _ => return Err(say(arg.unexpected())),
        }
    }
    if let Some(inherited) = program.inherited.filter(|_| inherits) {
        return Ok(Command::Serve(Flags { transport: Transport::Inherited(inherited), ..flags }));
    }
    if let Some(addr) = addr {
        flags.addr = address(&addr)?;
    }
    match (udp, tcp) {
        (Some(_), Some(flag)) => {
            Err(format!("--udp echoes datagrams, and does nothing else: leave out --{flag}"))
        }
        (Some(answer), None) => {
            Ok(Command::Serve(Flags { transport: Transport::Udp(answer), ..flags }))
        }
        (None, _) => Ok(Command::Serve(flags)),
    }
}

/// The value of the flag that was just read.
///
/// # Errors
///
/// There is none, or it is no text.
pub fn text(parser: &mut Parser) -> Result<String, String> {
    parser.value().and_then(|value| value.string()).map_err(|error| error.to_string())
}

/// The one line about a value that its flag does not take.
pub fn wrong(flag: &str, value: &str, known: &str) -> String {
    format!("--{flag} takes {known}, not '{value}'")
}

/// A whole number within these bounds.
///
/// # Errors
///
/// It is none.
pub fn number(flag: &str, text: &str, bounds: RangeInclusive<usize>) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if bounds.contains(&number) => Ok(number),
        _ => {
            let (least, most) = bounds.into_inner();
            Err(wrong(flag, text, &format!("a whole number from {least} to {most}")))
        }
    }
}

/// The value of `--patience`: whole seconds, up to eleven days.
///
/// # Errors
///
/// It is none.
pub fn patience(text: &str) -> Result<Duration, String> {
    number("patience", text, 1..=1_000_000).map(|seconds| Duration::from_secs(seconds as u64))
}

/// The value of `--addr`: where to listen.
///
/// # Errors
///
/// It is no HOST:PORT, or the name has no address.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let resolved = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    resolved.ok_or_else(|| wrong("addr", text, "HOST:PORT, such as 127.0.0.1:8080 or [::1]:0"))
}

fn names(program: &Program) -> String {
    let names: Vec<_> = program.models.iter().map(|model| model.name).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn help(program: &Program) -> String {
    let mut text =
        format!("{}: {}\n\nUsage: {0} [OPTIONS]\n\nOptions:\n", program.name, program.about);
    let mut line = |flag: &str, what: &str| {
        text.push_str(&format!("  {flag:<22} {what}\n"));
    };
    line("--addr HOST:PORT", "where to listen [127.0.0.1:8080]; port 0 takes a free port");
    line("--service NAME", "http, echo or hello [http]");
    line("--model NAME", &format!("who waits [{}]:", program.models[0].name));
    for model in program.models {
        line("", &format!("  {:<12} {}", model.name, model.about));
    }
    if program.datagrams.is_some() {
        line("--udp", "echo datagrams instead: no connections, no models");
    }
    if let Some(inherited) = program.inherited {
        line(&format!("--{}", inherited.flag), inherited.help);
    }
    for setting in program.settings {
        let flag = format!("--{} N", setting.name);
        match setting.default {
            0 => line(&flag, setting.help),
            default => line(&flag, &format!("{} [{default}]", setting.help)),
        }
    }
    line(
        "--patience SECONDS",
        "drop a peer that is silent or stuck for so long [http 10, echo and hello 60]",
    );
    line("--allow-crash", "serve /panic and /abort, which bring their handler down");
    line("-h, --help", "print this");
    text.push_str(LIMITS);
    text
}

const LIMITS: &str = "
Limits (http): request line 8 KiB (414), header 64 KiB and 100 fields (431), body 1 MiB (413),
a head within the patience (408), a body or a reply at 16 KiB/s or faster in the long run.
A signal (SIGTERM, SIGINT) stops: what is in flight is answered, within 5 seconds; a second one ends at once.
";
