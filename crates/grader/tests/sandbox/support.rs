//! Programs of a line, and how to see whether anything of them is left.

use grader::sandbox::{Exit, Launch, Process, Sandbox};
use harness::holds_within;
use std::ffi::OsString;
use std::fs;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Bounds every wait: a machine may be very busy.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// The sandbox without bubblewrap, and with it if it works here.
pub(crate) fn sandboxes() -> Vec<Sandbox> {
    let found = Sandbox::with_executable(env!("CARGO_BIN_EXE_grader")).unwrap();
    let plain = found.clone().without_bubblewrap();
    if found.has_bubblewrap() { vec![plain, found] } else { vec![plain] }
}

/// A program whose processes can be told from all others.
pub(crate) struct Marked {
    pub(crate) launch: Launch,
    pub(crate) mark: String,
}

/// A shell script.
pub(crate) fn sh(script: &str) -> Marked {
    marked(&["sh", "-c", script])
}

/// A Python program, or `None` where there is no Python.
pub(crate) fn python(code: &str) -> Option<Marked> {
    there("python3").then(|| marked(&["python3", "-c", code]))
}

/// A Perl program, or `None` where there is no Perl.
pub(crate) fn perl(code: &str) -> Option<Marked> {
    there("perl").then(|| marked(&["perl", "-e", code]))
}

fn there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn marked(words: &[&str]) -> Marked {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mark = format!("sandbox-test-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let argv = words.iter().map(OsString::from).chain([OsString::from(&mark)]).collect();
    Marked { launch: Launch { argv, ..Launch::default() }, mark }
}

impl Marked {
    pub(crate) fn start(&self, sandbox: &Sandbox) -> Process {
        sandbox.start(&self.launch).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The processes that have the mark on their command line: the program, its forks, the supervisor.
    pub(crate) fn running(&self) -> Vec<u32> {
        let pids = fs::read_dir("/proc").unwrap();
        let pids = pids.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let has = |pid: &u32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.split(|&byte| byte == 0).any(|word| word == self.mark.as_bytes())
        };
        pids.filter(has).collect()
    }

    /// Waits until nothing of it is left.
    #[track_caller]
    pub(crate) fn expect_gone(&self) {
        assert!(holds_within(DEADLINE, || self.running().is_empty()), "left: {:?}", self.running());
    }
}

/// Waits for a program's end, and says what it wrote.
#[track_caller]
pub(crate) fn finish(process: Process) -> (Exit, String, String) {
    let exit = process.wait(DEADLINE).expect("it should have ended by itself");
    let output = process.end().output;
    (exit, output.stdout(), output.stderr())
}
