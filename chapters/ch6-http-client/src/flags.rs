//! The command line, as somebody types it who knows curl.

use crate::failure::{Failure, Kind};
use crate::library::Settings;
use crate::request::{Request, field, names_a_host};
use crate::values::{Word, bytes, file, next, number, seconds, sha256, text, unknown};
use crate::{help, url};
use lexopt::Parser;
use std::ffi::OsString;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

/// `--max-time` when nothing is said; with `-o` it is [`MAX_TIME_OF_A_FILE`].
pub const MAX_TIME: Duration = Duration::from_secs(300);
/// `--max-time` of a download, which can be gone on with.
pub const MAX_TIME_OF_A_FILE: Duration = Duration::from_secs(3600);
/// `--max-filesize` when nothing is said: 1 GiB.
pub const MAX_FILESIZE: u64 = 1 << 30;
/// Bytes of a request's body.
const MOST_TO_SEND: u64 = 1 << 30;

/// What the user asks for.
#[derive(Debug)]
pub enum Command {
    /// `--help`.
    Help,
    /// Fetch this.
    Fetch(Box<Fetch>),
}

/// What to fetch, and how.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// One for each URL.
    pub requests: Vec<Request>,
    /// With our own client session instead of the library?
    pub by_hand: bool,
    /// Tell what goes over the wire?
    pub trace: bool,
    /// Print the head of the response too?
    pub include: bool,
    /// Is a status of 400 and above a failure?
    pub fail: bool,
    /// The file to write to, instead of standard output.
    pub output: Option<PathBuf>,
    /// What its SHA-256 must be.
    pub sha256: Option<[u8; 32]>,
    /// Begin anew, whatever is there?
    pub anew: bool,
    /// Without a progress bar?
    pub silent: bool,
    /// How often to try again.
    pub retry: u32,
    /// Bytes of a body that are taken at most, after decoding.
    pub max_filesize: u64,
    /// How long one attempt may take in all.
    pub max_time: Duration,
    /// How to ask.
    pub settings: Settings,
}

/// What only the library does.
const OF_LIBRARY: [&str; 5] = ["cookies", "max-redirs", "proxy", "cacert", "location"];

#[derive(Default)]
struct Said {
    flags: Vec<String>,
    urls: Vec<String>,
    fields: Vec<(String, Vec<u8>)>,
    method: Option<String>,
    data: Vec<Vec<u8>>,
    json: Vec<Vec<u8>>,
    output: Option<PathBuf>,
    sha256: Option<[u8; 32]>,
    retry: u32,
    max_time: Option<Duration>,
    max_filesize: Option<u64>,
    settings: Settings,
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// What is wrong with them: usage, a bad URL, or a file that cannot be read.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Failure> {
    let mut parser = Parser::from_args(args);
    let mut said = Said::default();
    while let Some(word) = next(&mut parser, &help::LETTERS)? {
        let flag = match word {
            Word::Flag(flag) => flag,
            Word::Value(url) => {
                said.urls.push(url);
                continue;
            }
        };
        match &*flag {
            "help" => return Ok(Command::Help),
            "by-hand" | "trace" | "include" | "head" | "fail" | "silent" | "cookies"
            | "no-reuse" | "no-resume" | "location" => {}
            "request" => said.method = Some(text(&mut parser)?),
            "header" => said.fields.push(field(&text(&mut parser)?)?),
            "data" => said.data.push(data(&mut parser)?),
            "json" => said.json.push(data(&mut parser)?),
            "output" => {
                said.output = Some(file(&mut parser)?).filter(|file| file.as_os_str() != "-");
            }
            "sha256" => said.sha256 = Some(sha256(&flag, &mut parser)?),
            "retry" => said.retry = number(&flag, &mut parser, 0..=100)?,
            "max-time" => said.max_time = Some(seconds(&flag, &mut parser)?),
            "max-filesize" => said.max_filesize = Some(bytes(&flag, &mut parser)?),
            _ if said.settings.take(&flag, &mut parser)? => {}
            _ => return Err(unknown(&flag)),
        }
        said.flags.push(flag);
    }
    said.fetch()
}

fn is_range(name: &str) -> bool {
    ["range", "if-range"].iter().any(|range| range.eq_ignore_ascii_case(name))
}

/// The value of `-d` and `--json`: itself, or with an `@` before it the file that it names, `-` for standard input.
fn data(parser: &mut Parser) -> Result<Vec<u8>, Failure> {
    let value = text(parser)?;
    let Some(name) = value.strip_prefix('@') else { return Ok(value.into_bytes()) };
    let mut bytes = Vec::new();
    let read = match name {
        "-" => std::io::stdin().take(MOST_TO_SEND).read_to_end(&mut bytes),
        _ => std::fs::File::open(name)
            .and_then(|file| file.take(MOST_TO_SEND).read_to_end(&mut bytes)),
    };
    match read {
        Ok(n) if (n as u64) < MOST_TO_SEND => Ok(bytes),
        Ok(_) => {
            Err(Failure::new(Kind::Read, format_args!("cannot send {name}"), "it is 1 GiB or more"))
        }
        Err(error) => {
            let why = common::log::reason(&error);
            Err(Failure::new(Kind::Read, format_args!("cannot read {name}"), why))
        }
    }
}

impl Said {
    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|said| said == flag)
    }

    /// Does it make sense together?
    fn check(&self) -> Result<(), Failure> {
        let by_hand = self.has("by-hand");
        if let Some(flag) = OF_LIBRARY.iter().find(|flag| by_hand && self.has(flag)) {
            return Err(Failure::usage(format_args!(
                "--{flag} is the library's: not with --by-hand"
            )));
        }
        if self.urls.is_empty() {
            return Err(Failure::usage("the URL is missing"));
        }
        if self.output.is_some() && self.urls.len() > 1 {
            return Err(Failure::usage("-o takes one URL: two would write to the same file"));
        }
        if let Some(flag) = ["sha256", "no-resume"].iter().find(|flag| self.has(flag))
            && self.output.is_none()
        {
            return Err(Failure::usage(format_args!("--{flag} goes with -o only")));
        }
        if let Some(flag) = ["head", "include"].iter().find(|flag| self.has(flag))
            && self.output.is_some()
        {
            return Err(Failure::usage(format_args!(
                "-o writes the body and nothing else: not with --{flag}"
            )));
        }
        if self.output.is_some() && self.fields.iter().any(|(name, _)| is_range(name)) {
            return Err(Failure::usage("-o asks for ranges itself: not with -H Range or If-Range"));
        }
        if self.has("head") && self.has_body() {
            return Err(Failure::usage(
                "-I asks with HEAD, which sends no body: not with -d or --json",
            ));
        }
        if !self.data.is_empty() && !self.json.is_empty() {
            return Err(Failure::usage("only one of -d and --json can be sent"));
        }
        Ok(())
    }

    fn fetch(mut self) -> Result<Command, Failure> {
        self.check()?;
        let by_hand = self.has("by-hand");
        let urls = self.urls.iter().map(|text| url::parse(text)).collect::<Result<Vec<_>, _>>()?;
        let of_hand = urls.iter().find(|url| by_hand && url.scheme() == "https");
        if let Some(url) = of_hand {
            let tried = format!("cannot get {} by hand", url::shown(url));
            let failure =
                Failure::new(Kind::Scheme, tried, "https needs TLS, which the library brings");
            return Err(failure.hint("leave out --by-hand"));
        }
        let (max_time, requests) = (self.max_time(), self.requests(urls));
        self.settings.cookies = self.has("cookies");
        self.settings.reuse = !self.has("no-reuse");
        self.settings.one_host = names_a_host(&self.fields);
        // A file is to be what the server has, byte for byte: only so can a download go on where it stopped.
        self.settings.decode = self.output.is_none();
        Ok(Command::Fetch(Box::new(Fetch {
            requests,
            by_hand,
            trace: self.has("trace"),
            include: self.has("include") || self.has("head"),
            fail: self.has("fail"),
            anew: self.has("no-resume"),
            silent: self.has("silent"),
            output: self.output,
            sha256: self.sha256,
            retry: self.retry,
            max_filesize: self.max_filesize.unwrap_or(MAX_FILESIZE),
            max_time,
            settings: Settings { max_time: Some(max_time), ..self.settings },
        })))
    }

    fn max_time(&self) -> Duration {
        let usual = if self.output.is_some() { MAX_TIME_OF_A_FILE } else { MAX_TIME };
        self.max_time.unwrap_or(usual)
    }

    fn has_body(&self) -> bool {
        !self.data.is_empty() || !self.json.is_empty()
    }

    fn requests(&self, urls: Vec<url::Url>) -> Vec<Request> {
        let usual = match (self.has("head"), self.has_body()) {
            (true, _) => "HEAD",
            (_, true) => "POST",
            _ => "GET",
        };
        let method = self.method.as_deref().unwrap_or(usual);
        let body = match self.json.is_empty() {
            false => Some(self.json.concat().into()),
            true => (!self.data.is_empty()).then(|| self.data.join(&b'&').into()),
        };
        let request = |url| {
            let request = Request {
                fields: self.fields.clone(),
                method: method.into(),
                body: body.clone(),
                ..Request::get(url)
            };
            match (self.json.is_empty(), self.data.is_empty()) {
                (false, _) => request
                    .or_field("Content-Type", "application/json")
                    .or_field("Accept", "application/json"),
                (_, false) => request.or_field("Content-Type", "application/x-www-form-urlencoded"),
                _ => request,
            }
            .or_field("Accept", "*/*")
        };
        urls.into_iter().map(request).collect()
    }
}
