//! A program of the course in a console block.

use course::{Chapter, Course};
use std::path::PathBuf;

/// A command line that starts a program of the course.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    /// The package that it belongs to.
    pub(super) package: String,
    /// Its binary: the package's own, or the one named by `--bin`.
    pub(super) binary: String,
    /// Its arguments.
    pub(super) args: Vec<String>,
}

impl Program {
    /// Reads `cargo run …` or `cargo grade …`; `None` if the command is for a shell: another one, or one with a pipe,
    /// quotes and the like.
    pub(super) fn parse(command: &str) -> Result<Option<Self>, String> {
        let mut words = command.split_whitespace();
        match (words.next(), words.next()) {
            (Some("cargo"), Some("run")) if command.contains(|c| SHELL.contains(c)) => {
                return Ok(None);
            }
            (Some("cargo"), Some("run")) => {}
            (Some("cargo"), Some("grade")) => return Self::grader(words.collect()).map(Some),
            (Some("cargo"), _) => {
                return Err(
                    "only `cargo run` and `cargo grade` can be run here: put it into an `sh` block"
                        .into(),
                );
            }
            _ => return Ok(None),
        }
        let (mut package, mut binary) = (None, None);
        while let Some(word) = words.next() {
            match word {
                "-p" | "--package" => package = words.next().map(String::from),
                "--bin" => binary = words.next().map(String::from),
                // The tests run what the tests are built with: a release build says the same, only faster.
                "-q" | "--quiet" | "--release" => {}
                "--" => break,
                _ => return Err(format!("this option of `cargo run` is not known here: {word}")),
            }
        }
        let package = package.ok_or("it names no package: `cargo run -p PACKAGE`")?;
        let binary = binary.unwrap_or_else(|| package.clone());
        Ok(Some(Self { package, binary, args: words.map(String::from).collect() }))
    }

    /// The grader. It grades a program of the course here: what stands in `src/main.rs` of an exercise is the student's.
    fn grader(args: Vec<&str>) -> Result<Self, String> {
        let program = args.iter().skip_while(|arg| **arg != "--").nth(1);
        if program.is_none_or(|program| built(program).is_none()) {
            return Err(format!(
                "`cargo grade` can grade `-- {BUILT}NAME` here: put another one into an `sh` block"
            ));
        }
        let (package, binary) = ("grader".into(), "grader".into());
        Ok(Self { package, binary, args: args.into_iter().map(String::from).collect() })
    }

    /// Does it serve? Then it takes `--addr`. What is in no chapter does, but for the grader.
    pub(super) fn serves(&self, course: &Course) -> bool {
        let asked = self.args.first().is_some_and(|word| word == "serve");
        let chapter = course.chapters.iter().find(|chapter| chapter.folder == self.package);
        let is_server =
            |chapter: &Chapter| !chapter.models.is_empty() && chapter.folder == self.binary;
        asked || self.package != "grader" && chapter.is_none_or(is_server)
    }
}

/// Where a newcomer's build lies.
const BUILT: &str = "target/debug/";

/// The program of which this is the path after a build, if it is one.
pub(super) fn built(path: &str) -> Option<&str> {
    path.strip_prefix(BUILT)
}

/// What only a shell understands.
const SHELL: &str = "|&;<>\"'$\\()`*?";

/// A command for a shell, in which the path of its binary stands for each `cargo run … --`.
pub(super) fn for_shell(
    command: &str,
    binary: &dyn Fn(&str, &str) -> PathBuf,
) -> Result<String, String> {
    let Some((before, after)) = command.split_once(CARGO_RUN) else { return Ok(command.into()) };
    let end = after.split_once(" -- ").or(after.strip_suffix(" --").map(|options| (options, "")));
    let (options, rest) = end.ok_or("a `cargo run` in a shell needs a ` --` behind its options")?;
    let program = Program::parse(&format!("{CARGO_RUN}{options}"))?;
    let program = program
        .ok_or("the options of `cargo run` stand before ` --`, without signs of the shell")?;
    let path = binary(&program.package, &program.binary);
    Ok(format!("{before}'{}' {}", path.display(), for_shell(rest, binary)?))
}

const CARGO_RUN: &str = "cargo run ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_run_names_a_program() {
        let parse = |command| Program::parse(command);
        let program = |binary: &str, args: &[&str]| Program {
            package: "p".into(),
            binary: binary.into(),
            args: args.iter().map(|arg| arg.to_string()).collect(),
        };
        assert_eq!(parse("curl x"), Ok(None));
        assert_eq!(parse("cargo run -p p"), Ok(Some(program("p", &[]))));
        assert_eq!(
            parse("cargo run --release -q --package p --bin b -- --model m"),
            Ok(Some(program("b", &["--model", "m"])))
        );
        for refused in ["cargo test", "cargo run", "cargo run -p p --model m"] {
            assert!(parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn cargo_grade_grades_what_was_built() {
        let args = ["ch2.2", "--", "target/debug/p", "--addr", "{addr}"];
        let grade = format!("cargo grade {}", args.join(" "));
        let grader = Program::parse(&grade).unwrap().unwrap();
        assert_eq!((&*grader.package, &*grader.binary), ("grader", "grader"));
        assert_eq!(grader.args, args);
        assert!(!grader.serves(&Course::read()));
        for refused in ["cargo grade", "cargo grade ch2", "cargo grade ch2 -- python3 server.py"] {
            assert!(Program::parse(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn in_a_shell_the_binary_stands_for_cargo_run() {
        let shell =
            |command| for_shell(command, &|package, binary| format!("/{package}/{binary}").into());
        assert_eq!(Program::parse("echo a | cargo run -p p -- b"), Ok(None));
        assert_eq!(Program::parse("cargo run -p p -- 'a b'"), Ok(None));
        for (command, run) in [
            ("echo a | wc", "echo a | wc"),
            ("echo a | cargo run -p p -- b", "echo a | '/p/p' b"),
            ("cargo run -q -p p --bin b -- 'a b' && cargo run -p q --", "'/p/b' 'a b' && '/q/q' "),
        ] {
            assert_eq!(shell(command).as_deref(), Ok(run));
        }
        for refused in ["cargo run -p p | wc", "cargo run --all -- | wc", "cargo run $P -- a"] {
            assert!(shell(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_server_takes_an_address() {
        let course = Course::read();
        for (command, serves) in [
            ("cargo run -p ch3-threaded-server", true),
            ("cargo run -p ch3-threaded-server --bin files -- serve x", true),
            ("cargo run -p ch3-threaded-server --bin files -- list x", false),
            ("cargo run -p ch1-raw-socket-client -- localhost 80", false),
            ("cargo run -p not-of-the-course", true),
        ] {
            let program = Program::parse(command).unwrap().unwrap();
            assert_eq!(program.serves(&course), serves, "{command}");
        }
    }
}
