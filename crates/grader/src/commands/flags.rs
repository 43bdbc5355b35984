//! The command line as it is typed.

use super::target::Target;
use crate::report::files::Format;
use lexopt::{Arg, Parser, ValueExt as _};
use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Shows the course.
    Overview,
    /// Grades.
    Grade(Box<Ask>),
    /// Says what is checked and why.
    Explain(Target),
    /// Restores a skeleton.
    Reset(Target),
    /// Shows a reference.
    Solution {
        /// Of which chapter.
        target: Target,
        /// Before it is earned, too.
        spoil: bool,
    },
    /// Prints how all of this is used.
    Help,
}

/// How a grading is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What is to be graded.
    pub target: Target,
    /// The program and its arguments; empty for the exercise of the chapter.
    pub program: Vec<String>,
    /// What all chance is drawn from.
    pub seed: Option<u64>,
    /// How many checks may run at the same time.
    pub jobs: usize,
    /// Whether one more hint is asked for.
    pub hint: bool,
    /// Whether every failure is shown in full, and not only the first.
    pub all: bool,
    /// What is written for machines.
    pub formats: Vec<Format>,
    /// Into which folder.
    pub output: Option<PathBuf>,
    /// Whether it is graded again on each save.
    pub watch: bool,
}

/// Reads the arguments that follow the program's name.
///
/// # Errors
///
/// One line that says what is wrong with which argument, and what it may be.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let program = match args.iter().position(|arg| arg == "--") {
        Some(at) => Some(program(args.split_off(at).split_off(1))?),
        None => None,
    };
    let mut words = Vec::new();
    let mut given = Vec::new();
    let mut ask = Ask {
        target: Target::default(),
        program: program.clone().unwrap_or_default(),
        seed: None,
        jobs: 4,
        hint: false,
        all: false,
        formats: Vec::new(),
        output: None,
        watch: false,
    };
    let mut spoil = false;
    let mut parser = Parser::from_args(args);
    let say = |error: lexopt::Error| error.to_string();
    while let Some(arg) = parser.next().map_err(say)? {
        if let Arg::Long(name) = arg {
            given.push(name.to_owned());
        }
        match arg {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("seed") => ask.seed = Some(number(&mut parser, "seed", 0..=u64::MAX)?),
            Arg::Long("jobs") => ask.jobs = number(&mut parser, "jobs", 1..=64)? as usize,
            Arg::Long("format") => formats(&mut parser, &mut ask.formats)?,
            Arg::Long("output") => ask.output = Some(parser.value().map_err(say)?.into()),
            Arg::Long("hint") => ask.hint = true,
            Arg::Long("all") => ask.all = true,
            Arg::Long("watch") => ask.watch = true,
            Arg::Long("spoil") => spoil = true,
            Arg::Value(word) => words.push(word.string().map_err(say)?),
            _ => return Err(say(arg.unexpected())),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (command, of_command) = match *words {
        [] if program.is_some() => {
            return Err(
                "which chapter? Name it before the program: cargo grade ch3 -- PROGRAM".into()
            );
        }
        [] => (Command::Overview, ""),
        ["explain", ref rest @ ..] => (Command::Explain(Target::read(rest)?), "explain"),
        ["reset", ref rest @ ..] => (Command::Reset(Target::whole(rest, "reset")?), "reset"),
        ["solution", ref rest @ ..] => {
            (Command::Solution { target: Target::whole(rest, "solution")?, spoil }, "solution")
        }
        ref targets => {
            ask.target = Target::read(targets)?;
            (Command::Grade(Box::new(ask)), "grade")
        }
    };
    if program.is_some() && of_command != "grade" {
        return Err(format!("{of_command} takes no program: leave out what follows --"));
    }
    for flag in given {
        let belongs = match of_command {
            "grade" => flag != "spoil",
            "solution" => flag == "spoil",
            _ => false,
        };
        if !belongs {
            let to = if flag == "spoil" { "cargo grade solution ch3" } else { "cargo grade ch3" };
            return Err(format!("--{flag} belongs to a command such as {to}"));
        }
    }
    Ok(command)
}

/// What follows `--`.
fn program(words: Vec<OsString>) -> Result<Vec<String>, String> {
    if words.is_empty() {
        return Err(
            "no program follows --: cargo grade ch3 -- python3 server.py --addr {addr}".into()
        );
    }
    let text = |word: OsString| {
        word.into_string().map_err(|word| format!("{} is no text in UTF-8", word.display()))
    };
    words.into_iter().map(text).collect()
}

fn number(parser: &mut Parser, flag: &str, bounds: RangeInclusive<u64>) -> Result<u64, String> {
    let text =
        parser.value().and_then(|value| value.string()).map_err(|error| error.to_string())?;
    match text.parse() {
        Ok(number) if bounds.contains(&number) => Ok(number),
        _ => {
            let (least, most) = bounds.into_inner();
            Err(format!("--{flag} takes a whole number from {least} to {most}, not '{text}'"))
        }
    }
}

fn formats(parser: &mut Parser, formats: &mut Vec<Format>) -> Result<(), String> {
    let text =
        parser.value().and_then(|value| value.string()).map_err(|error| error.to_string())?;
    for name in text.split(',') {
        let Some((_, format)) = Format::ALL.iter().find(|(known, _)| *known == name) else {
            return Err(format!("--format takes json, junit, gradescope or github, not '{name}'"));
        };
        if !formats.contains(format) {
            formats.push(*format);
        }
    }
    Ok(())
}

/// How all of this is used.
pub const HELP: &str = "\
cargo grade: starts a program, talks to it over the wire, and says what is right, what is not, and where to look

Usage: cargo grade                             the course: chapters, points, what is next
       cargo grade ch3 [OPTIONS]               builds and grades your program in the exercise of chapter 3
       cargo grade ch3.4 [OPTIONS]             one check of it, or several: ch3.4 ch3.5
       cargo grade ch3 [OPTIONS] -- PROGRAM [ARGUMENTS]
                                               grades any program, in any language
       cargo grade explain ch3 | ch3.4         what is checked and why, points, where to read
       cargo grade reset ch3                   begins anew from the skeleton, and keeps your work
       cargo grade solution ch3 [--spoil]      the reference, after a full pass or with --spoil

In PROGRAM and ARGUMENTS, {addr} stands for the address, HOST:PORT. Where it stands nowhere, a client gets the address
as its last argument, and a server gets --addr and the address.

Options:
  --seed N               hold the same conversations again: N is the seed that a result shows
  --jobs N               how many checks may run at the same time [4]
  --hint                 for the first check that fails, show one hint more than last time
  --all                  show every failure in full, not only the first
  --format NAMES         write the result for machines too: json, junit, gradescope, github, or several: json,junit
  --output DIR           write it into this folder [target/grade/results]
  --watch                grade again on every save; Ctrl-C ends it
  -h, --help             print this

Files: json writes ch3.json, junit ch3.junit.xml, gradescope results.json. github adds to the job's summary, or writes
ch3.md where there is none; and for the points it writes ch3.classroom.json (in a job also the step's output `result`,
for autograding-grading-reporter) and, in a job of Classroom 50, result.json. If the grader is ended before its time,
the files are there, and say so.
Exit: 0 all passed, 1 some failed, 2 the command line is wrong, 3 no verdict: the grader failed or was interrupted.
Colours: on a terminal; NO_COLOR=1 turns them off, CLICOLOR_FORCE=1 turns them on.
";
