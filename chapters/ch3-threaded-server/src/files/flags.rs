//! The command line of `files`.

use crate::files::client::Client;
use crate::files::help::help;
use crate::files::name;
use crate::files::server::Policy;
use crate::files::server::conversation::PATIENCE;
use crate::threads::MAX_CONNECTIONS;
use common::Settings;
use common::flags::{self, text, wrong};
use lexopt::{Arg, Parser};
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the command line comes to.
#[derive(Debug)]
pub enum Command {
    /// Print this and leave.
    Help(String),
    /// Serve a folder.
    Serve {
        /// Which one.
        folder: PathBuf,
        /// What it may be used for.
        policy: Policy,
        /// Where to listen.
        addr: SocketAddr,
        /// How long a client may be silent.
        patience: Duration,
        /// How many clients there may be.
        settings: Settings,
    },
    /// Get files.
    Get {
        /// From where.
        client: Client,
        /// Which ones.
        names: Vec<OsString>,
        /// Into which file, or folder.
        output: Option<PathBuf>,
    },
    /// Put files.
    Put {
        /// To where.
        client: Client,
        /// Which ones.
        sources: Vec<PathBuf>,
        /// What to call the only one.
        name: Option<OsString>,
    },
    /// List a folder.
    List {
        /// Of which server.
        client: Client,
        /// Which one.
        folder: OsString,
    },
}

/// Everything that options can say, whichever command they are for.
#[derive(Debug)]
struct Options {
    words: Vec<OsString>,
    addr: SocketAddr,
    policy: Policy,
    patience: Duration,
    settings: Settings,
    retries: u32,
    output: Option<PathBuf>,
    name: Option<OsString>,
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// One line that says what is wrong with which argument, and what it may be.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut parser = Parser::from_args(args);
    let say = |error: lexopt::Error| error.to_string();
    let command = match parser.next().map_err(say)? {
        Some(Arg::Value(command)) => command,
        Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Command::Help(help())),
        Some(other) => return Err(say(other.unexpected())),
        None => return Err("say serve, get, put or list".to_owned()),
    };
    let command = command.to_str().unwrap_or_default().to_owned();
    if !["serve", "get", "put", "list"].contains(&command.as_str()) {
        return Err(format!("the commands are serve, get, put and list, not '{command}'"));
    }
    match options(&command, &mut parser)? {
        None => Ok(Command::Help(help())),
        Some(options) => options.command(&command),
    }
}

/// `None`: help is asked for.
fn options(command: &str, parser: &mut Parser) -> Result<Option<Options>, String> {
    let mut options = Options {
        words: Vec::new(),
        addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
        policy: Policy::default(),
        patience: PATIENCE,
        settings: Settings::default(),
        retries: 3,
        output: None,
        name: None,
    };
    let say = |error: lexopt::Error| error.to_string();
    while let Some(arg) = parser.next().map_err(say)? {
        match (command, arg) {
            (_, Arg::Short('h') | Arg::Long("help")) => return Ok(None),
            (_, Arg::Value(word)) => options.words.push(word),
            (_, Arg::Long("patience")) => {
                options.patience = flags::patience(&text(parser)?)?;
            }
            ("serve", Arg::Long("addr")) => options.addr = flags::address(&text(parser)?)?,
            ("serve", Arg::Long("max-connections")) => {
                options.settings.choose(&MAX_CONNECTIONS, &text(parser)?)?;
            }
            ("serve", Arg::Long("max-file")) => options.policy.max_file = size(&text(parser)?)?,
            ("serve", Arg::Long("sync")) => options.policy.sync = true,
            ("serve", Arg::Long("read-only")) => options.policy.read_only = true,
            ("get" | "put", Arg::Long("retries")) => {
                let retries = flags::number("retries", &text(parser)?, 0..=1_000_000)?;
                options.retries = u32::try_from(retries).expect("it is at most a million");
            }
            ("get", Arg::Short('o') | Arg::Long("output")) => {
                options.output = Some(output(parser.value().map_err(say)?)?);
            }
            ("put", Arg::Long("as")) => {
                let name = Some(parser.value().map_err(say)?).filter(|name| !name.is_empty());
                options.name = Some(name.ok_or("--as needs a name")?);
            }
            (_, other) => return Err(say(other.unexpected())),
        }
    }
    Ok(Some(options))
}

impl Options {
    fn command(self, command: &str) -> Result<Command, String> {
        let Self { words, addr, policy, patience, settings, retries, output, name } = self;
        let mut words = words.into_iter();
        let Some(first) = words.next() else {
            return Err(match command {
                "serve" => "serve which folder? (serve DIR)".to_owned(),
                _ => format!("{command} needs the address of the server, HOST:PORT"),
            });
        };
        if command == "serve" {
            return match words.next() {
                Some(_) => Err("one folder is served at a time".to_owned()),
                None => {
                    Ok(Command::Serve { folder: first.into(), policy, addr, patience, settings })
                }
            };
        }
        let client = Client { address: address(&first)?, patience, retries };
        let rest: Vec<_> = words.collect();
        match (command, rest.len()) {
            ("list", 0 | 1) => {
                let folder = rest.into_iter().next().unwrap_or_else(|| ".".into());
                Ok(Command::List { client, folder })
            }
            ("list", _) => Err("one folder is listed at a time".to_owned()),
            (_, 0) => Err(format!("{command} which files? ({command} HOST:PORT FILE...)")),
            (_, 2..) if name.is_some() => Err("--as is for one file".to_owned()),
            _ if let Some(twice) = twice(&rest) => Err(format!(
                "two of the files would be called {}; {command} them one by one",
                name::quoted(twice.as_bytes())
            )),
            ("get", _) => Ok(Command::Get { client, names: rest, output }),
            _ => {
                let sources = rest.into_iter().map(PathBuf::from).collect();
                Ok(Command::Put { client, sources, name })
            }
        }
    }
}

fn output(file: OsString) -> Result<PathBuf, String> {
    let right = match file.as_bytes() {
        b"" => "-o needs the name of a file or a folder",
        // Only the last byte of a file shows whether it is right.
        b"-" => "-o takes a file, not standard output; say -o FILE, then cat FILE",
        _ => return Ok(file.into()),
    };
    Err(right.to_owned())
}

/// The name that two files would have where they go.
fn twice(files: &[OsString]) -> Option<&OsStr> {
    let mut names = HashSet::new();
    let mut all = files.iter().filter_map(|file| Path::new(file).file_name());
    all.find(|name| !names.insert(*name))
}

/// A number of bytes, with a letter for KiB, MiB, GiB or TiB behind it if you like.
fn size(text: &str) -> Result<u64, String> {
    let letters = ["K", "M", "G", "T"];
    let found = letters.iter().zip(1_u32..).find(|(letter, _)| text.ends_with(**letter));
    let (digits, shift) = found.map_or((text, 0), |(_, nth)| (&text[..text.len() - 1], nth * 10));
    let number: Option<u64> = digits.parse().ok();
    let size = number.and_then(|number| number.checked_mul(1 << shift)).filter(|size| *size > 0);
    size.ok_or_else(|| wrong("max-file", text, "bytes, such as 1000000, 500M or 16G"))
}

/// Looks right; whether the name has an address is seen when connecting.
fn address(text: &OsString) -> Result<String, String> {
    let parts = text.to_str().and_then(|text| text.rsplit_once(':'));
    match parts {
        Some((host, port))
            if !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0) =>
        {
            Ok(format!("{host}:{port}"))
        }
        _ => Err(format!(
            "the address of a server is HOST:PORT, such as 127.0.0.1:8080, not '{}'",
            text.display()
        )),
    }
}
