//! The command line.

use super::normal::STRIPPED;
use crate::failure::Failure;
use crate::library::Settings;
use crate::url::{self, Url};
use crate::values::{Word, file, next, number, seconds, seconds_from, text, unknown};
use lexopt::Parser;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the command line comes to.
#[derive(Debug)]
pub enum Command {
    /// Print the help.
    Help,
    /// Visit a site.
    Crawl(Box<Options>),
}

/// How to visit a site, and what to make of it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to begin.
    pub start: Url,
    /// How many links away from the start, at most.
    pub depth: u32,
    /// How many pages, at most.
    pub pages: u64,
    /// Requests to a host at the same time.
    pub per_host: usize,
    /// The rest between two requests to a host.
    pub delay: Duration,
    /// How much of a page is read, in bytes.
    pub max_size: usize,
    /// How often a request is tried again.
    pub retry: u32,
    /// How many queries of one path are followed.
    pub variants: usize,
    /// The parameters of a query that name a visit and no page; one that ends in `*` stands for all that begin so.
    pub strip: Vec<String>,
    /// Ask for links that lead off the site, too?
    pub external: bool,
    /// Ask for pictures, scripts and style sheets, too?
    pub assets: bool,
    /// How to ask, and as whom.
    pub settings: Settings,
    /// Where the JSON goes; `-` is standard output.
    pub json: Option<PathBuf>,
    /// Where the picture goes.
    pub map: Option<PathBuf>,
    /// Where the answers are kept, so that another run can go on.
    pub state: Option<PathBuf>,
    /// A line for each answer?
    pub verbose: bool,
}

/// `--depth` when nothing is said.
pub const DEPTH: u32 = 5;
/// `--pages` when nothing is said.
pub const PAGES: u64 = 500;
/// `--per-host` when nothing is said.
pub const PER_HOST: usize = 1;
/// `--delay` when nothing is said.
pub const DELAY: Duration = Duration::from_millis(200);
/// `--max-time` when nothing is said.
pub const MAX_TIME: Duration = Duration::from_secs(30);
/// `--max-size` when nothing is said: 2 MiB.
pub const MAX_SIZE: usize = 2 << 20;
/// `--retry` when nothing is said.
pub const RETRY: u32 = 2;
/// `--variants` when nothing is said.
pub const VARIANTS: usize = 50;

impl Options {
    /// What is done when only the start is given.
    pub fn new(start: Url) -> Self {
        Self {
            start,
            depth: DEPTH,
            pages: PAGES,
            per_host: PER_HOST,
            delay: DELAY,
            max_size: MAX_SIZE,
            retry: RETRY,
            variants: VARIANTS,
            strip: STRIPPED.map(String::from).into(),
            external: false,
            assets: false,
            settings: Settings {
                user_agent: super::robots::TOKEN.into(),
                max_time: Some(MAX_TIME),
                ..Settings::default()
            },
            json: None,
            map: None,
            state: None,
            verbose: false,
        }
    }
}

/// The letters, and the flags that they stand for.
const LETTERS: [(char, &str); 5] =
    [('h', "help"), ('v', "verbose"), ('m', "max-time"), ('x', "proxy"), ('A', "user-agent")];

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// What is wrong with them.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Failure> {
    let mut parser = Parser::from_args(args);
    // The start stands last, and the flags need a place to go to.
    let nowhere = Url::parse("http://localhost/").expect("this is a URL");
    let (mut options, mut start) = (Options::new(nowhere), None);
    while let Some(word) = next(&mut parser, &LETTERS)? {
        match word {
            Word::Value(url) if start.is_none() => start = Some(beginning(&url)?),
            Word::Value(more) => {
                return Err(Failure::usage(format_args!("only one URL is taken, not '{more}'")));
            }
            Word::Flag(flag) if flag == "help" => return Ok(Command::Help),
            Word::Flag(flag) => options.set(&mut parser, &flag)?,
        }
    }
    options.start = start.ok_or_else(|| Failure::usage("the URL is missing"))?;
    options.one_file_each()?;
    Ok(Command::Crawl(Box::new(options)))
}

impl Options {
    fn set(&mut self, parser: &mut Parser, flag: &str) -> Result<(), Failure> {
        match flag {
            "depth" => self.depth = number(flag, parser, 0..=u32::MAX)?,
            "pages" => self.pages = number(flag, parser, 1..=u64::MAX)?,
            "per-host" => self.per_host = number(flag, parser, 1..=16)?,
            "delay" => self.delay = seconds_from(0.0, flag, parser)?,
            "max-time" => self.settings.max_time = Some(seconds(flag, parser)?),
            "max-size" => self.max_size = number(flag, parser, 1..=1 << 30)?,
            "retry" => self.retry = number(flag, parser, 0..=100)?,
            "variants" => self.variants = number(flag, parser, 0..=1 << 30)?,
            "strip-params" => {
                let names = text(parser)?;
                self.strip = names.split(',').map(|name| name.trim().to_lowercase()).collect();
                self.strip.retain(|name| !name.is_empty());
            }
            "check-external" => self.external = true,
            "check-assets" => self.assets = true,
            "json" => self.json = Some(file(parser)?),
            "map" => self.map = Some(file(parser)?),
            "state" => self.state = Some(file(parser)?),
            "verbose" => self.verbose = true,
            // It follows them itself, one by one.
            "max-redirs" => return Err(unknown(flag)),
            _ if self.settings.take(flag, parser)? => {}
            _ => return Err(unknown(flag)),
        }
        Ok(())
    }
}

impl Options {
    /// The state would be lost, and of two reports there would be one.
    fn one_file_each(&self) -> Result<(), Failure> {
        let json = self.json.as_deref().filter(|path| *path != Path::new("-"));
        let files =
            [("json", json), ("map", self.map.as_deref()), ("state", self.state.as_deref())];
        let files: Vec<_> =
            files.into_iter().filter_map(|(flag, path)| Some((flag, place(path?)))).collect();
        for (at, (flag, place)) in files.iter().enumerate() {
            let same = files[..at].iter().find(|(_, other)| other == place);
            // What is no file, such as /dev/null, takes whatever comes.
            if let Some((other, _)) = same.filter(|_| place.is_file() || !place.exists()) {
                let what = format_args!("--{other} and --{flag} are both {}", place.display());
                return Err(Failure::usage(what));
            }
        }
        Ok(())
    }
}

/// Where a path leads to, whatever the ways there. Nothing need be there yet.
fn place(path: &Path) -> PathBuf {
    let folder = || {
        let folder = std::path::absolute(path).ok()?.parent()?.canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(folder).unwrap_or_else(|| path.into())
}

fn beginning(text: &str) -> Result<Url, Failure> {
    let url = url::parse(text)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Failure::usage("a crawl logs in nowhere: leave the name and password out"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Kind;

    fn parse(line: &str) -> Result<Command, Failure> {
        super::parse(line.split_terminator(' ').map(OsString::from))
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let line = "--depth 3 localhost:8080 --delay=0 --strip-params Sid,,x_* --json - -v";
        let Ok(Command::Crawl(options)) = parse(line) else { panic!("{line}") };
        assert_eq!(options.start.as_str(), "http://localhost:8080/");
        assert_eq!((options.depth, options.delay, options.pages), (3, Duration::ZERO, PAGES));
        assert_eq!(options.strip, ["sid", "x_*"]);
        assert_eq!(options.json, Some("-".into()));
        assert!(options.verbose);
    }

    #[test]
    fn what_makes_no_sense() {
        for (line, kind) in [
            ("", Kind::Usage),
            ("a b", Kind::Usage),
            ("a --bogus", Kind::Usage),
            ("a -x", Kind::Usage),
            ("a --pages 0", Kind::Usage),
            ("a --per-host 17", Kind::Usage),
            ("a --delay -1", Kind::Usage),
            ("a --delay nan", Kind::Usage),
            ("a --json", Kind::Usage),
            ("http://me:secret@a/", Kind::Usage),
            ("ftp://a/", Kind::Scheme),
            ("http://", Kind::BadUrl),
        ] {
            assert_eq!(parse(line).expect_err(line).kind, kind, "{line}");
        }
        assert!(matches!(parse("a --help --bogus"), Ok(Command::Help)));
    }
}
