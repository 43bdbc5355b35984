//! The command line of `fetch-many`.

use crate::failure::Failure;
use crate::library::Settings;
use crate::request::{field, names_a_host};
use crate::values::{Word, bytes, next, number, one_of, seconds, text, unknown};
use lexopt::Parser;
use reqwest::Method;
use std::ffi::OsString;
use std::time::Duration;

/// `--at-once` when nothing is said.
pub const AT_ONCE: usize = 64;
/// More than this is never asked for: each needs a socket.
pub const MOST_AT_ONCE: usize = 1_000;
/// `--per-host` when nothing is said: as many connections as browsers open to one host.
pub const PER_HOST: usize = 6;
/// `--retry` when nothing is said.
pub const RETRIES: u32 = 3;
/// `--max-filesize` when nothing is said: 16 MiB.
pub const MAX_FILESIZE: u64 = 16 << 20;

/// `--max-time` when nothing is said. A server that sends a byte now and then is never silent for long: without this it
/// would hold a place for ever.
pub const MAX_TIME: Duration = Duration::from_secs(60);

/// What the command line comes to.
#[derive(Debug)]
pub enum Command {
    /// Print the help.
    Help,
    /// Fetch what standard input names.
    Fetch(Box<Options>),
}

/// How to fetch.
#[derive(Clone, Debug)]
pub struct Options {
    /// Requests at a time.
    pub at_once: usize,
    /// Requests at a time to the same host and port.
    pub per_host: usize,
    /// Lines in the order of the input, instead of as they finish?
    pub in_order: bool,
    /// JSON instead of text?
    pub json: bool,
    /// Does a status from 400 on count as a failure?
    pub fail: bool,
    /// Retries of each URL, at most.
    pub retries: u32,
    /// GET, or HEAD.
    pub method: Method,
    /// Fields to send with each request.
    pub fields: Vec<(String, Vec<u8>)>,
    /// Bytes of a body that are read, at most.
    pub max_filesize: u64,
    /// Everything else.
    pub settings: Settings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            at_once: AT_ONCE,
            per_host: PER_HOST,
            in_order: false,
            json: false,
            fail: false,
            retries: RETRIES,
            method: Method::GET,
            fields: Vec::new(),
            max_filesize: MAX_FILESIZE,
            settings: Settings { max_time: Some(MAX_TIME), ..Settings::default() },
        }
    }
}

/// The letters, and the flags that they stand for: curl's.
const LETTERS: [(char, &str); 7] = [
    ('h', "help"),
    ('f', "fail"),
    ('I', "head"),
    ('H', "header"),
    ('m', "max-time"),
    ('x', "proxy"),
    ('A', "user-agent"),
];

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// What is wrong with them.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Failure> {
    let mut options = Options::default();
    let mut parser = Parser::from_args(args);
    while let Some(word) = next(&mut parser, &LETTERS)? {
        let flag = match word {
            Word::Flag(flag) => flag,
            Word::Value(value) => {
                let what = format!("URLs are read from standard input, not '{value}'");
                return Err(Failure::usage(what));
            }
        };
        match &*flag {
            "help" => return Ok(Command::Help),
            "json" => options.json = true,
            "fail" => options.fail = true,
            "head" => options.method = Method::HEAD,
            "at-once" => options.at_once = number(&flag, &mut parser, 1..=MOST_AT_ONCE)?,
            "per-host" => options.per_host = number(&flag, &mut parser, 1..=MOST_AT_ONCE)?,
            "order" => options.in_order = one_of(&flag, &mut parser, &["finish", "input"])? == 1,
            "retry" => options.retries = number(&flag, &mut parser, 0..=100)?,
            "max-filesize" => options.max_filesize = bytes(&flag, &mut parser)?,
            "max-time" => options.settings.max_time = Some(seconds(&flag, &mut parser)?),
            "header" => options.fields.push(field(&text(&mut parser)?)?),
            _ if options.settings.take(&flag, &mut parser)? => {}
            _ => return Err(unknown(&flag)),
        }
    }
    options.settings.one_host = names_a_host(&options.fields);
    Ok(Command::Fetch(Box::new(options)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::agent::Proxies;

    fn parsed(line: &str) -> Result<Command, Failure> {
        parse(line.split('|').filter(|arg| !arg.is_empty()).map(OsString::from))
    }

    fn options(line: &str) -> Options {
        match parsed(line) {
            Ok(Command::Fetch(options)) => *options,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let options = options("");
        assert_eq!((options.at_once, options.per_host, options.retries), (64, 6, 3));
        assert!(!options.in_order && !options.json && !options.fail);
        assert_eq!((options.method, options.max_filesize), (Method::GET, 16 << 20));
        assert_eq!(options.settings.max_time, Some(Duration::from_secs(60)));
    }

    #[test]
    fn what_is_said_counts() {
        let options = options(
            "--at-once|1000|--per-host=64|--order|input|--json|-f|-I|--retry|0|-H|A: b|-HA:c|-m|.5|\
             --max-filesize|64k|--max-redirs|0|--no-proxy",
        );
        assert_eq!((options.at_once, options.per_host, options.retries), (1000, 64, 0));
        assert!(options.in_order && options.json && options.fail);
        assert_eq!((options.method, options.max_filesize), (Method::HEAD, 65_536));
        let values: Vec<_> = options.fields.iter().map(|(_, value)| &value[..]).collect();
        assert_eq!(values, [b"b", b"c"]);
        assert_eq!(options.settings.max_time, Some(Duration::from_millis(500)));
        assert_eq!((options.settings.max_redirects, options.settings.proxy), (0, Proxies::Direct));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for line in [
            "--at-once|0",
            "--at-once|1001",
            "--at-once",
            "--per-host|x",
            "--order|random",
            "--retry|-1",
            "--max-time|0",
            "--max-time|1e3",
            "--read-timeout|inf",
            "-H|no colon",
            "-H|a b: c",
            "-H|a: b\nc",
            "--json=yes",
            "-o|file",
            "http://127.0.0.1/",
        ] {
            assert_eq!(parsed(line).unwrap_err().kind.code(), 2, "{line}");
        }
        assert!(matches!(parsed("--help|--nonsense"), Ok(Command::Help)));
    }
}
