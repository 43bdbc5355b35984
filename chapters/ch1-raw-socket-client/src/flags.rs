//! The command line.

use crate::address::{self, Host};
use crate::failure::Failure;
use crate::options::Options;
use crate::story::Story;
use crate::values;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

/// What the command line comes to.
#[derive(Debug)]
pub enum Command {
    /// Print the help.
    Help,
    /// Hold one conversation.
    Talk(Talk),
    /// Watch services.
    Probe(Probe),
}

/// One conversation, as the user wants it.
#[derive(Debug)]
pub struct Talk {
    /// Where to connect.
    pub host: Host,
    /// And to which of its sockets.
    pub port: u16,
    /// What to send.
    pub source: Source,
    /// UDP instead of TCP?
    pub udp: bool,
    /// How long the look-up may take, and then each attempt to connect.
    pub connect_timeout: Duration,
    /// How long the server may be silent, or take nothing.
    pub read_timeout: Duration,
    /// How long the whole conversation may take.
    pub max_time: Duration,
    /// How many bytes are printed at most.
    pub max_reply: u64,
    /// What to ask of the socket.
    pub options: Options,
    /// What `--verbose` tells.
    pub story: Story,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// What comes on standard input.
    Stdin,
    /// These bytes.
    Text(Vec<u8>),
    /// What is in this file.
    File(PathBuf),
    /// A GET of this path.
    Get(String),
}

/// What to watch, and how.
#[derive(Debug)]
pub struct Probe {
    /// The services.
    pub targets: Vec<(Host, u16)>,
    /// From the beginning of one probe to that of the next.
    pub interval: Duration,
    /// How many probes of each service; without, until a signal comes.
    pub count: Option<u64>,
    /// How long the look-up may take, and then each attempt to connect.
    pub connect_timeout: Duration,
    /// JSON instead of text?
    pub json: bool,
}

/// `--connect-timeout` when nothing is said; a probe takes its interval.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// `--read-timeout` when nothing is said.
pub const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// `--max-time` when nothing is said.
pub const MAX_TIME: Duration = Duration::from_secs(300);
/// `--max-reply` when nothing is said: 1 GiB.
pub const MAX_REPLY: u64 = 1 << 30;
/// `--interval` when nothing is said.
pub const INTERVAL: Duration = Duration::from_secs(1);

/// The flags of a conversation, which make no sense with `--probe`; and those that make none without it.
const OF_TALK: [&str; 9] =
    ["send", "file", "get", "udp", "read-timeout", "max-time", "max-reply", "option", "verbose"];
const OF_PROBE: [&str; 3] = ["interval", "count", "json"];

/// Everything that was said, before it is known whether it makes sense together.
#[derive(Default)]
struct Said {
    places: Vec<OsString>,
    flags: Vec<String>,
    sources: Vec<Source>,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    max_time: Option<Duration>,
    max_reply: Option<u64>,
    interval: Option<Duration>,
    count: Option<u64>,
    options: Options,
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// What is wrong with them: usage, a bad address or a bad port.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Failure> {
    let mut parser = Parser::from_args(args);
    let mut said = Said::default();
    loop {
        // A port such as -1 is a bad port and no flag.
        let is_number = |arg: &OsStr| matches!(arg.as_bytes(), [b'-', b'0'..=b'9', ..]);
        if let Some(place) = parser.try_raw_args().and_then(|mut raw| raw.next_if(is_number)) {
            said.places.push(place);
            continue;
        }
        let flag = match parser.next().map_err(Failure::usage)? {
            None => break,
            Some(Arg::Value(place)) => {
                said.places.push(place);
                continue;
            }
            Some(Arg::Short('h')) => return Ok(Command::Help),
            Some(Arg::Long(flag)) => flag.to_owned(),
            Some(arg) => return Err(Failure::usage(arg.unexpected())),
        };
        match &*flag {
            "help" => return Ok(Command::Help),
            "probe" | "udp" | "verbose" | "json" => {}
            "send" => {
                let text = parser.value().map_err(Failure::usage)?;
                said.sources.push(Source::Text(values::unescaped(text.as_bytes())?));
            }
            "file" => {
                let file = parser.value().map_err(Failure::usage)?;
                said.sources.push(Source::File(file.into()));
            }
            "get" => said.sources.push(Source::Get(text(&mut parser)?)),
            "connect-timeout" => said.connect_timeout = Some(seconds(&mut parser, &flag, 0.001)?),
            "read-timeout" => said.read_timeout = Some(seconds(&mut parser, &flag, 0.001)?),
            "max-time" => said.max_time = Some(seconds(&mut parser, &flag, 0.001)?),
            "interval" => said.interval = Some(seconds(&mut parser, &flag, 0.01)?),
            "max-reply" => said.max_reply = Some(values::number(&flag, &text(&mut parser)?)?),
            "count" => said.count = Some(values::number(&flag, &text(&mut parser)?)?),
            "option" => said.options.add(&text(&mut parser)?)?,
            _ => return Err(Failure::usage(Arg::Long(&flag).unexpected())),
        }
        said.flags.push(flag);
    }
    if said.has("probe") { said.probe() } else { said.talk() }
}

fn text(parser: &mut Parser) -> Result<String, Failure> {
    parser.value().and_then(ValueExt::string).map_err(Failure::usage)
}

fn seconds(parser: &mut Parser, flag: &str, least: f64) -> Result<Duration, Failure> {
    values::seconds(flag, &text(parser)?, least)
}

impl Said {
    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|said| said == flag)
    }

    fn talk(mut self) -> Result<Command, Failure> {
        if let Some(flag) = OF_PROBE.iter().find(|flag| self.has(flag)) {
            return Err(Failure::usage(format_args!("--{flag} goes with --probe only")));
        }
        if self.sources.len() > 1 {
            return Err(Failure::usage("only one of --send, --file and --get can be sent"));
        }
        if self.has("udp") && self.has("get") {
            return Err(Failure::usage("--get speaks HTTP, which needs TCP: not with --udp"));
        }
        let (host, port) = match &*self.places {
            [host, port] => (host.to_string_lossy(), port.to_string_lossy()),
            [] => return Err(Failure::usage("HOST and PORT are missing")),
            [_] => return Err(Failure::usage("PORT is missing: give HOST and PORT")),
            [_, _, more, ..] => {
                let more = crate::failure::quoted(&more.to_string_lossy());
                return Err(Failure::usage(format_args!(
                    "only HOST and PORT are taken, not {more}"
                )));
            }
        };
        Ok(Command::Talk(Talk {
            host: Host::parse(&host)?,
            port: address::parse_port(&port)?,
            source: self.sources.pop().unwrap_or(Source::Stdin),
            udp: self.has("udp"),
            connect_timeout: self.connect_timeout.unwrap_or(CONNECT_TIMEOUT),
            read_timeout: self.read_timeout.unwrap_or(READ_TIMEOUT),
            max_time: self.max_time.unwrap_or(MAX_TIME),
            max_reply: self.max_reply.unwrap_or(MAX_REPLY),
            story: Story { is_told: self.has("verbose") },
            options: self.options,
        }))
    }

    fn probe(self) -> Result<Command, Failure> {
        if let Some(flag) = OF_TALK.iter().find(|flag| self.has(flag)) {
            return Err(Failure::usage(format_args!("--{flag} does not go with --probe")));
        }
        if self.places.is_empty() {
            return Err(Failure::usage("--probe needs at least one HOST:PORT"));
        }
        let targets =
            self.places.iter().map(|place| address::parse_target(&place.to_string_lossy()));
        let interval = self.interval.unwrap_or(INTERVAL);
        Ok(Command::Probe(Probe {
            targets: targets.collect::<Result<_, _>>()?,
            interval,
            count: self.count,
            connect_timeout: self.connect_timeout.unwrap_or(interval),
            json: self.has("json"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;

    fn parse(line: &str) -> Result<Command, Failure> {
        super::parse(line.split_terminator(' ').map(OsString::from))
    }

    fn talk(line: &str) -> Talk {
        match parse(line) {
            Ok(Command::Talk(talk)) => talk,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn nothing_said_is_the_default() {
        let talk = talk("localhost 80");
        assert_eq!((talk.host.to_string(), talk.port), ("localhost".into(), 80));
        assert_eq!((talk.source, talk.udp, talk.story.is_told), (Source::Stdin, false, false));
        assert_eq!((talk.connect_timeout, talk.read_timeout), (CONNECT_TIMEOUT, READ_TIMEOUT));
        assert_eq!((talk.max_time, talk.max_reply), (MAX_TIME, MAX_REPLY));
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let talk = talk("--udp --read-timeout=0.5 ::1 --send -x --verbose 0 --max-reply 7");
        assert_eq!((talk.host.to_string(), talk.port), ("::1".into(), 0));
        assert_eq!((talk.source, talk.udp), (Source::Text(b"-x".to_vec()), true));
        assert_eq!((talk.read_timeout, talk.max_reply), (Duration::from_millis(500), 7));
        assert!(talk.story.is_told);
    }

    #[test]
    fn a_probe_waits_no_longer_than_its_interval() {
        for (line, timeout) in [
            ("--probe a:1 [::1]:2", 1000),
            ("--probe a:1 [::1]:2 --interval 0.2", 200),
            ("--connect-timeout 3 a:1 --interval 0.2 --probe [::1]:2", 3000),
        ] {
            let Ok(Command::Probe(probe)) = parse(line) else { panic!("{line}") };
            assert_eq!(probe.targets.len(), 2);
            assert_eq!(probe.connect_timeout, Duration::from_millis(timeout), "{line}");
        }
    }

    #[test]
    fn help_comes_before_what_is_missing() {
        for line in ["--help", "-h", "a --help", "a b c --help"] {
            assert!(matches!(parse(line), Ok(Command::Help)), "{line}");
        }
        let help = crate::help::text();
        for flag in OF_TALK.iter().chain(&OF_PROBE) {
            assert!(help.contains(&format!("--{flag} ")) || help.contains(&format!("--{flag}\n")));
        }
    }

    #[test]
    fn what_makes_no_sense() {
        for (line, kind) in [
            ("", Kind::Usage),
            ("a", Kind::Usage),
            ("a 1 b", Kind::Usage),
            ("-x a 1", Kind::Usage),
            ("--bogus a 1", Kind::Usage),
            ("--udp=yes a 1", Kind::Usage),
            ("a 1 --send", Kind::Usage),
            ("a 1 --send x --file y", Kind::Usage),
            ("a 1 --send x --send y", Kind::Usage),
            ("a 1 --get / --udp", Kind::Usage),
            ("a 1 --count 3", Kind::Usage),
            ("a 1 --max-time 0", Kind::Usage),
            ("a 1 --option IP_TTL", Kind::Usage),
            ("--probe", Kind::Usage),
            ("--probe a:1 --send x", Kind::Usage),
            ("--probe a:1 --interval 0.001", Kind::Usage),
            ("--probe a:1 --count 0", Kind::Usage),
            ("--probe a", Kind::BadPort),
            ("--probe a:1 1.2.3:1", Kind::BadAddress),
            ("a -1", Kind::BadPort),
            ("a -1 --udp", Kind::BadPort),
            ("1.2.3 x", Kind::BadAddress),
        ] {
            let failure = parse(line).expect_err(line);
            assert_eq!(failure.kind, kind, "{line}: {failure}");
        }
    }
}
