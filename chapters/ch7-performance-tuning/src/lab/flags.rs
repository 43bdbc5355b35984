//! The command line of `lab`.

mod takes;

pub use takes::Takes;

use super::{LABS, Lab, link};
use common::flags::{number, text, wrong};
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use takes::Value;

/// A flag of one lab.
#[derive(Debug)]
pub struct Flag {
    /// Its name without the dashes.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it is when nothing is said, as one would type it; empty if it is then not there.
    pub default: &'static str,
    /// One line for `--help`.
    pub help: &'static str,
}

/// What was asked of a lab.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Small volumes, for a first look?
    pub quick: bool,
    rounds: Option<usize>,
    values: Vec<(&'static str, Value)>,
}

/// What has no such flag is a mistake in the lab, not in the command line.
const KNOWN: &str = "the lab lists this flag, and it takes such a value: its own test asks for it";

impl Asked {
    /// The rounds to measure: what `--rounds` says, or one of these.
    pub fn rounds(&self, usually: usize, quick: usize) -> usize {
        self.rounds.unwrap_or(if self.quick { quick } else { usually })
    }

    /// One of these two: the first, or with `--quick` the second.
    pub fn volume<T>(&self, usually: T, quick: T) -> T {
        if self.quick { quick } else { usually }
    }

    /// The value of a flag that takes [`Takes::Count`].
    pub fn count(&self, name: &str) -> usize {
        let Some(Value::Count(count)) = self.value(name) else { panic!("{KNOWN}: {name}") };
        *count
    }

    /// The value of a flag that takes [`Takes::Bytes`].
    pub fn bytes(&self, name: &str) -> u64 {
        let Some(Value::Bytes(bytes)) = self.value(name) else { panic!("{KNOWN}: {name}") };
        *bytes
    }

    /// The value of a flag that takes [`Takes::Time`].
    pub fn time(&self, name: &str) -> Duration {
        let Some(Value::Time(time)) = self.value(name) else { panic!("{KNOWN}: {name}") };
        *time
    }

    /// The value of a flag that takes [`Takes::PerCent`], from 0 to 1.
    pub fn share(&self, name: &str) -> f64 {
        let Some(Value::Share(share)) = self.value(name) else { panic!("{KNOWN}: {name}") };
        *share
    }

    /// The value of a flag that takes [`Takes::Address`], if it was given or has a default.
    pub fn address(&self, name: &str) -> Option<&str> {
        match self.value(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Was it said, or has it a default?
    fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().rev().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// What a lab is asked when nothing is said.
    ///
    /// # Errors
    ///
    /// A default is not what its flag takes.
    pub fn by_default(flags: &[Flag]) -> Result<Self, String> {
        let mut asked = Self::default();
        for flag in flags.iter().filter(|flag| !flag.default.is_empty()) {
            asked.choose(flag, flag.default)?;
        }
        Ok(asked)
    }

    /// Takes a flag and its value from the command line.
    fn take(&mut self, flags: &[Flag], name: &str, parser: &mut Parser) -> Result<(), String> {
        let flag = flags.iter().find(|flag| flag.name == name);
        let flag = flag.ok_or_else(|| Arg::Long(name).unexpected().to_string())?;
        self.choose(flag, &text(parser)?)
    }

    /// Takes the value of a flag.
    fn choose(&mut self, flag: &Flag, text: &str) -> Result<(), String> {
        self.values.push((flag.name, flag.takes.read(flag.name, text)?));
        Ok(())
    }
}

/// What the command line comes to.
#[derive(Debug)]
pub enum Command {
    /// List the labs, or show the flags of one.
    Help(Option<&'static Lab>),
    /// Run one lab.
    One(&'static Lab, Asked, Settings),
    /// Put a slow line before a server; `None`: show how.
    Link(Option<Asked>),
    /// Run all of them, each as it is asked for by this.
    All(Vec<(&'static Lab, Asked)>, Settings),
}

/// What is said of the run rather than of the lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where the chart goes, if it was said.
    pub out: Option<PathBuf>,
    /// How often the lab runs, to see how often its rows agree.
    pub agree: Option<usize>,
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// One line that says what is wrong with which argument, and what it may be.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    parse_with(LABS, args)
}

/// The same with these labs.
///
/// # Errors
///
/// Likewise.
pub fn parse_with(
    labs: &'static [Lab],
    args: impl IntoIterator<Item = OsString>,
) -> Result<Command, String> {
    let say = |error: lexopt::Error| error.to_string();
    let mut parser = Parser::from_args(args);
    let name = match parser.next().map_err(say)? {
        None | Some(Arg::Short('h') | Arg::Long("help")) => return Ok(Command::Help(None)),
        Some(Arg::Value(name)) => name.to_string_lossy().into_owned(),
        Some(other) => {
            return Err(format!("{}: the name of a lab comes first", say(other.unexpected())));
        }
    };
    if name == "link" {
        return parse_link(&mut parser).map(Command::Link);
    }
    let lab = labs.iter().find(|lab| lab.name == name);
    if lab.is_none() && name != "all" {
        let names: Vec<_> = labs.iter().map(|lab| lab.name).collect();
        let names = names.join(", ");
        return Err(format!("there is no lab '{name}'; there are {names}, all, and link"));
    }
    let flags = lab.map_or(&[][..], |lab| lab.flags);
    let mut asked = Asked::by_default(flags)?;
    let mut settings = Settings::default();
    while let Some(arg) = parser.next().map_err(say)? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help(lab)),
            Arg::Long("quick") => asked.quick = true,
            Arg::Long("rounds") => {
                asked.rounds = Some(number("rounds", &text(&mut parser)?, 1..=1000)?);
            }
            Arg::Long("agree") => {
                settings.agree = Some(number("agree", &text(&mut parser)?, 1..=1000)?);
            }
            Arg::Long("out") => settings.out = Some(out(&text(&mut parser)?)?),
            Arg::Long(name) => {
                let name = name.to_owned();
                asked.take(flags, &name, &mut parser)?;
            }
            _ => return Err(say(arg.unexpected())),
        }
    }
    let Some(lab) = lab else {
        if settings.out.is_some() {
            return Err("--out names the chart of one lab: leave it out with all".into());
        }
        let each = |lab: &'static Lab| {
            let by_default = Asked::by_default(lab.flags)?;
            Ok((lab, Asked { values: by_default.values, ..asked.clone() }))
        };
        return Ok(Command::All(labs.iter().map(each).collect::<Result<_, String>>()?, settings));
    };
    Ok(Command::One(lab, asked, settings))
}

fn parse_link(parser: &mut Parser) -> Result<Option<Asked>, String> {
    let flags = link::command::FLAGS;
    let mut asked = Asked::by_default(flags)?;
    while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Long(name) => {
                let name = name.to_owned();
                asked.take(flags, &name, parser)?;
            }
            _ => return Err(arg.unexpected().to_string()),
        }
    }
    Ok(Some(asked))
}

fn out(text: &str) -> Result<PathBuf, String> {
    match text.ends_with(".svg") || text.ends_with(".html") {
        true => Ok(text.into()),
        false => Err(wrong("out", text, "a name that ends in .svg or .html")),
    }
}

#[cfg(test)]
mod tests;
