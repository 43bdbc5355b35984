//! Builds the exercise of a chapter, apart from its run.

use crate::report::escape;
use course::Chapter;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// How long a build may take. A cold one takes seconds; this is for a build script that waits for ever.
const LIMIT: Duration = Duration::from_secs(600);
/// How often we look whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// How long we wait for the end of its words after its own end.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of the compiler's words that are kept.
const KEPT: usize = 1 << 20;

/// How a build ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Built {
    /// There is a program: its command line, to which the lab adds the address.
    Program(Vec<String>),
    /// There is none, in the compiler's words. The last line begins with `error: the build`.
    Failed(String),
    /// It was interrupted.
    Stopped,
    /// It could not begin: no cargo.
    Fault(String),
}

/// Builds a chapter's exercise, shows what cargo says, and says how the program is started.
///
/// The target folder is its own, `target/grade`, so that neither an editor's build nor the user's holds it up.
pub fn build(root: &Path, chapter: &Chapter, colours: bool, stop: &AtomicBool) -> Built {
    let name = format!("ch{}-exercise", chapter.number);
    let cargo = harness::cargo();
    let mut command = Command::new(&cargo);
    command
        .current_dir(root)
        .args(["build", "--package", &name, "--bin", &name])
        .args(["--message-format=json-render-diagnostics", "--target-dir"])
        .arg(root.join("target/grade"))
        .args(["--color", if colours { "always" } else { "never" }])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own, so that all of it can be ended.
        .process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let hint = "start the grader by `cargo grade`, or set CARGO to the path of cargo";
            return Built::Fault(format!("cannot run {}: {error} ({hint})", cargo.display()));
        }
    };
    let messages = child.stdout.take().map(|stream| aside(move || keep(stream)));
    let words = child.stderr.take().map(|stream| aside(move || tell(stream)));
    let ended = wait(&mut child, stop);
    // The streams end with the build, unless a build script has left something behind that holds them.
    let text = |said: Option<Receiver<String>>| {
        said.and_then(|said| said.recv_timeout(PATIENCE).ok()).unwrap_or_default()
    };
    let (messages, words) = (text(messages), text(words));
    let failed = |why: String| {
        Built::Failed(format!(
            "{}\nerror: the build {why}",
            escape::without_colours(&words).trim_end()
        ))
    };
    match ended {
        Ended::Stopped => Built::Stopped,
        Ended::TooLong => failed(format!("took more than {} minutes", LIMIT.as_secs() / 60)),
        Ended::By(status) if !status.success() => {
            failed(format!("of {name} failed: repair what the compiler says"))
        }
        Ended::By(_) => match harness::executable(&messages, &name) {
            Some(path) => Built::Program(vec![path.to_string_lossy().into_owned()]),
            None => failed(format!("made no program {name}: keep its name in exercise/Cargo.toml")),
        },
    }
}

/// Does something in a thread of its own, and hands over what came of it.
fn aside(work: impl FnOnce() -> String + Send + 'static) -> Receiver<String> {
    let (give, take) = mpsc::channel();
    thread::spawn(move || give.send(work()));
    take
}

enum Ended {
    By(ExitStatus),
    TooLong,
    Stopped,
}

fn wait(child: &mut Child, stop: &AtomicBool) -> Ended {
    let begin = Instant::now();
    loop {
        let ended = match child.try_wait() {
            Ok(Some(status)) => return Ended::By(status),
            _ if stop.load(Ordering::Relaxed) => Ended::Stopped,
            _ if begin.elapsed() > LIMIT => Ended::TooLong,
            _ => {
                thread::sleep(LOOK);
                continue;
            }
        };
        // It may have ended by itself meanwhile, and then there is nothing to end.
        let group = i32::try_from(child.id()).map(Pid::from_raw);
        let _ = group.map(|group| killpg(group, Signal::SIGKILL));
        let _ = child.wait();
        return ended;
    }
}

/// All messages. There is one for each package, so no bound is needed but a large one.
fn keep(stream: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = stream.take(64 << 20).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Shows what cargo and the compiler say, as they say it, and keeps it.
fn tell(stream: impl Read) -> String {
    let mut kept = String::new();
    let mut stream = BufReader::new(stream);
    let mut bytes = Vec::new();
    while stream.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        let line = String::from_utf8_lossy(&bytes);
        // Source text can make the compiler print any line, and GitHub's runner takes some for commands.
        let is_command = line.trim_start().starts_with("::") || line.contains("##[");
        let shown =
            if is_command { escape::line(line.trim_end()) + "\n" } else { line.to_string() };
        // That it has finished is seen by what follows.
        if !escape::without_colours(&line).starts_with("    Finished ") {
            let _ = std::io::stderr().write_all(shown.as_bytes());
        }
        if kept.len() + line.len() <= KEPT {
            kept.push_str(&line);
        }
        bytes.clear();
    }
    kept
}
