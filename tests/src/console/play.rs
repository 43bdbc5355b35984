//! Plays the console blocks of one document, from top to bottom.

use super::compare::{begins, compare, has_wildcard};
use super::process::Process;
use super::program::{Program, built, for_shell};
use super::script::{Action, Step, steps};
use crate::files;
use crate::markdown::Document;
use course::Course;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Bounds each command. It only bounds a failure: no command of a README should take a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);
/// The port that the documents show.
const SHOWN: &str = "8080";
/// Programs that a newcomer may not have. A document says where they are needed.
const MAY_BE_MISSING: [&str; 12] = [
    "ab", "chromium", "curl", "nc", "nginx", "pidof", "ps", "python3", "ss", "strace", "wget",
    "wrk",
];

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Each step that did not do what the document says, for a reader.
    pub failures: Vec<String>,
    /// Each command that was not run, and why.
    pub skipped: Vec<String>,
    /// How many steps were played and did what the document says.
    pub passed: usize,
}

/// Plays a document. `binary` says where the binary of a package is: `binary(package, name)`.
pub fn play(document: &Document, binary: &dyn Fn(&str, &str) -> PathBuf) -> Outcome {
    let mut outcome = Outcome::default();
    let steps = match steps(document) {
        Ok(steps) => steps,
        Err(at) => {
            outcome.failures.push(format!("{}:{}: {}", at.path, at.line, at.what));
            return outcome;
        }
    };
    let mut stage = Stage { binary, course: Course::read(), server: None, port: None };
    for step in &steps {
        let place = format!("{}:{}", document.path, step.line);
        let typed = match &step.action {
            Action::Run(command) => format!("$ {command}"),
            Action::Interrupt => "^C".into(),
        };
        match stage.play(step) {
            Ok(None) => outcome.passed += 1,
            Ok(Some(missing)) => {
                outcome.skipped.push(format!("{place}: {missing} is not installed: {typed}"));
            }
            Err(what) => outcome.failures.push(format!("{place}: {typed}\n{what}")),
        }
    }
    outcome
}

/// What lasts from step to step.
struct Stage<'a> {
    binary: &'a dyn Fn(&str, &str) -> PathBuf,
    course: Course,
    server: Option<Server>,
    /// The real port of the server, kept after its end: that nobody listens any more can be shown too.
    port: Option<u16>,
}

/// The program that runs while other commands are played.
struct Server {
    process: Process,
    /// All that it should have written so far.
    expected: Vec<String>,
}

impl Stage<'_> {
    /// Plays one step; `Some` names a program that is missing.
    fn play(&mut self, step: &Step) -> Result<Option<String>, String> {
        match &step.action {
            Action::Interrupt => self.interrupt(step).map(|()| None),
            Action::Run(command) => match Program::parse(command)? {
                Some(program) => self.start(&program, step).map(|()| None),
                None => match missing(command) {
                    Some(missing) => Ok(Some(missing)),
                    None => self.run(command, step).map(|()| None),
                },
            },
        }
    }

    /// Runs a program of the course. If it listens, it stays; if not, its end is awaited.
    fn start(&mut self, program: &Program, step: &Step) -> Result<(), String> {
        // A port that is in use stays so: that is a fault that a document may want to show.
        let port = self.port.filter(|_| self.server.is_some()).unwrap_or(0).to_string();
        let mut args: Vec<String> =
            program.args.iter().map(|arg| replace_port(arg, &port)).collect();
        if program.serves(&self.course) && !args.iter().any(|arg| arg.starts_with("--addr")) {
            args.extend(["--addr".into(), "127.0.0.1:0".into()]);
        }
        // Which may have to be built first.
        let path = (self.binary)(&program.package, &program.binary);
        for arg in &mut args {
            if let Some(name) = built(arg) {
                *arg = (self.binary)(name, name).display().to_string();
            }
        }
        let deadline = deadline();
        let mut command = Command::new(path);
        command.args(args).current_dir(files::root());
        let mut process =
            Process::start(command).map_err(|error| format!("    cannot start it: {error}"))?;

        while !process.text().contains('\n') && process.more(deadline) {}
        let text = process.text();
        let Some(addr) = text.lines().next().and_then(|line| line.strip_prefix("listening on "))
        else {
            return self.said(finish(&mut process, &self.real(&step.expected), deadline));
        };
        let port = addr.rsplit(':').next().and_then(|port| port.parse().ok());
        self.port =
            Some(port.ok_or(format!("    no port stands in this line: listening on {addr}"))?);
        let expected = self.real(&step.expected);
        loop {
            let text = process.text();
            let came = lines(&text);
            if begins(&expected, &came) {
                break;
            }
            // What has come stays: without a wildcard for lines, waiting for more repairs nothing.
            let final_word =
                text.ends_with('\n') && came.len() >= expected.len() && !has_wildcard(&expected);
            if final_word || !process.more(deadline) {
                return self.said(compare(&expected, &came));
            }
        }
        self.server = Some(Server { process, expected });
        Ok(())
    }

    /// Presses Control-C: the whole output of the server must be what all blocks together say.
    fn interrupt(&mut self, step: &Step) -> Result<(), String> {
        let Some(Server { mut process, mut expected }) = self.server.take() else {
            return Err("    no server runs that could be stopped".into());
        };
        expected.extend(self.real(&step.expected));
        let deadline = deadline();
        process.signal("INT");
        let status = process.end(deadline);
        self.said(compare(&expected, &lines(&process.text())))?;
        match status {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("    the server ended with {status}")),
            None => Err(format!("    the server still runs {} s later", PATIENCE.as_secs())),
        }
    }

    /// Runs any other command.
    fn run(&self, command: &str, step: &Step) -> Result<(), String> {
        let command = for_shell(command, self.binary).map_err(|what| format!("    {what}"))?;
        let command = match self.port {
            Some(port) => replace_port(&command, &port.to_string()),
            None if replace_port(&command, "") == command => command,
            None => return Err("    no server was started above".into()),
        };
        let mut bash = Command::new("bash");
        bash.arg("-c").arg(command).current_dir(files::root());
        bash.env("CURL_HOME", files::root().join("tests/fixtures/curl"));
        bash.env("LC_ALL", "C.UTF-8").env("NO_PROXY", "*").env("no_proxy", "*");
        let mut process =
            Process::start(bash).map_err(|error| format!("    cannot start bash: {error}"))?;
        self.said(finish(&mut process, &self.real(&step.expected), deadline()))
    }

    /// What the document shows, with the real port.
    fn real(&self, expected: &[String]) -> Vec<String> {
        let port = self.port.map_or(SHOWN.to_string(), |port| port.to_string());
        expected.iter().map(|line| replace_port(line, &port)).collect()
    }

    /// A difference, with the port that the document shows.
    fn said(&self, result: Result<(), String>) -> Result<(), String> {
        let port = self.port.map(|port| port.to_string());
        result.map_err(|what| port.map_or(what.clone(), |port| replace_word(&what, &port, SHOWN)))
    }
}

fn deadline() -> Instant {
    Instant::now() + PATIENCE
}

/// Waits for the end of a process and compares its output.
fn finish(process: &mut Process, expected: &[String], deadline: Instant) -> Result<(), String> {
    let ended = process.end(deadline);
    let text = process.text();
    compare(expected, &lines(&text))?;
    ended.map(|_| ()).ok_or(format!("    it still runs {} s later", PATIENCE.as_secs()))
}

/// The lines of an output, without what cannot be seen at their ends and at the end.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().lines().map(str::trim_end).collect()
}

fn replace_port(text: &str, port: &str) -> String {
    replace_word(text, SHOWN, port)
}

/// Replaces a number, but not a part of a longer one.
fn replace_word(text: &str, from: &str, to: &str) -> String {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        let inside = before.ends_with(|c: char| c.is_ascii_digit())
            || after.starts_with(|c: char| c.is_ascii_digit());
        replaced.push_str(before);
        replaced.push_str(if inside { from } else { to });
        rest = after;
    }
    replaced + rest
}

/// The first program of the command that is missing here and may be.
fn missing(command: &str) -> Option<String> {
    let words = command.split(|c: char| c.is_whitespace() || "|;&()`".contains(c));
    let optional = words.filter(|word| MAY_BE_MISSING.contains(word));
    optional.filter(|name| !installed(name)).map(String::from).next()
}

/// Says whether this program lies in a folder of PATH.
fn installed(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| Path::new(&folder).join(name).is_file())
}
