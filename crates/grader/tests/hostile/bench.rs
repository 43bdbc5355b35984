//! Types `cargo grade` for a program, in surroundings that can be told from all others.

use crate::graded::{Files, Graded};
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};
use tempfile::TempDir;

/// In this time every verdict is there, also on a machine that is very busy. The grader bounds itself by 300 s, and no
/// program here takes more than 60 s of those.
pub(crate) const BOUND: Duration = Duration::from_secs(240);

/// A variable that a program gets to see, unlike most. It marks whatever has been started for one grading.
const MARK: &str = "LC_GRADER_TEST";
/// What a program must not get to see.
pub(crate) const SECRET: (&str, &str) = ("GRADER_TEST_TOKEN", "an-open-secret");

/// Begins every server in Python. A daemon forks twice and begins a session, so that nobody is its parent.
const SERVER: &str = "import os, socket, sys, threading, time\n\
    def listen():\n\
    \x20   host, port = sys.argv[sys.argv.index('--addr') + 1].rsplit(':', 1)\n\
    \x20   listener = socket.create_server((host, int(port)))\n\
    \x20   print('listening on %s:%d' % listener.getsockname(), flush=True)\n\
    \x20   return listener\n\
    def daemon():\n\
    \x20   if os.fork(): os._exit(0)\n\
    \x20   os.setsid()\n\
    \x20   if os.fork(): os._exit(0)\n";

/// What isolates the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The best that works here.
    Best,
    /// The same without bubblewrap.
    Plain,
}

impl Way {
    pub(crate) const BOTH: [Self; 2] = [Self::Best, Self::Plain];
}

/// One grading: its folder, and what is its own.
pub(crate) struct Bench {
    folder: TempDir,
    mark: String,
    way: Way,
    jobs: &'static str,
}

impl Bench {
    pub(crate) fn new(way: Way) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mark = format!("hostile-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        fs::create_dir(folder.path().join("work")).unwrap();
        Self { folder, mark, way, jobs: "4" }
    }

    /// One part at a time, for programs that take much.
    pub(crate) fn alone(mut self) -> Self {
        self.jobs = "1";
        self
    }

    /// A path in the folder of this grading.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The word on the command line by which its processes are found.
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// Writes a script, and gives the command line that runs it.
    pub(crate) fn sh(&self, script: &str) -> Vec<String> {
        let path = self.path("program.sh");
        fs::write(&path, script).unwrap();
        vec!["sh".into(), text(&path), self.mark.clone()]
    }

    /// Writes a server in Python, which begins with the functions `listen` and `daemon`. `None` where there is no Python.
    pub(crate) fn server(&self, script: &str) -> Option<Vec<String>> {
        has_python().then(|| {
            let path = self.path("program.py");
            fs::write(&path, format!("{SERVER}{script}")).unwrap();
            vec!["python3".into(), text(&path), self.mark.clone()]
        })
    }

    /// The command that grades a program, in a process group of its own.
    pub(crate) fn command(&self, check: &str, program: &[String]) -> Command {
        self.command_to(&text(&self.path("out")), check, program)
    }

    /// The same, with the results in this folder.
    pub(crate) fn command_to(&self, output: &str, check: &str, program: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
        command.arg(check).args(["--seed", "7", "--jobs", self.jobs]);
        command.args(["--format", "json,junit,gradescope,github", "--output"]);
        command.args([output, "--"]).args(program);
        command.current_dir(self.path("work")).process_group(0);
        for name in ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "NO_COLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command.env("TMPDIR", self.path("tmp")).env(MARK, &self.mark).env(SECRET.0, SECRET.1);
        if self.way == Way::Plain {
            command.env("PATH", without_bubblewrap());
        }
        let file = |name| fs::File::create(self.path(name)).unwrap();
        command.stdin(process::Stdio::null()).stdout(file("stdout")).stderr(file("stderr"));
        command
    }

    /// Grades a program.
    #[track_caller]
    pub(crate) fn grade(&self, check: &str, program: &[String]) -> Graded {
        self.finish(self.command(check, program))
    }

    /// Waits for the end of a grading, and sees what has come of it.
    #[track_caller]
    pub(crate) fn finish(&self, mut command: Command) -> Graded {
        let began = Instant::now();
        let mut child = command.spawn().unwrap();
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None if began.elapsed() > BOUND => {
                    self.give_up(child);
                    panic!("no verdict after {} s: {command:?}", BOUND.as_secs());
                }
                None => thread::sleep(Duration::from_millis(10)),
            }
        };
        Graded {
            code: status.code(),
            took: began.elapsed(),
            out: self.text("stdout"),
            err: self.text("stderr"),
            files: Files::read(&self.path("out")),
            left: self.running(),
            litter: litter(&self.path("tmp")),
        }
    }

    fn give_up(&self, mut child: Child) {
        let _ = child.kill();
        let _ = child.wait();
    }

    /// A file of this grading, whatever bytes are in it.
    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(name)).unwrap_or_default()).into_owned()
    }

    /// Every process that has the mark on its command line or in its environment, with its command line.
    pub(crate) fn running(&self) -> Vec<String> {
        let pids = fs::read_dir("/proc").unwrap();
        let pids = pids.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        pids.filter_map(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            let variable = format!("{MARK}={}", self.mark);
            let has = |bytes: &[u8], word: &str| {
                bytes.split(|&byte| byte == 0).any(|found| found == word.as_bytes())
            };
            let is_ours = has(&line, &self.mark) || has(&environment, &variable);
            is_ours.then(|| format!("{pid} {}", String::from_utf8_lossy(&line).replace('\0', " ")))
        })
        .collect()
    }
}

/// Whether there is Python to write programs in. Says so if not.
pub(crate) fn has_python() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    let there = *THERE.get_or_init(|| {
        let version = Command::new("python3").arg("--version").output();
        version.is_ok_and(|output| output.status.success())
    });
    if !there {
        skipped("there is no python3");
    }
    there
}

pub(crate) fn skipped(why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "skipped: {why}");
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// The names of what is in a folder.
fn litter(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The folders of PATH, but each that has a `bwrap` is replaced by links to everything else in it.
fn without_bubblewrap() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).enumerate().map(|(number, folder)| {
            if !folder.join("bwrap").exists() {
                return folder;
            }
            // Links of an earlier run serve as well.
            let linked = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("path{number}"));
            fs::create_dir_all(&linked).unwrap();
            for entry in fs::read_dir(&folder).unwrap().map_while(Result::ok) {
                if entry.file_name() != "bwrap" {
                    let _ = symlink(entry.path(), linked.join(entry.file_name()));
                }
            }
            linked
        });
        env::join_paths(folders.collect::<Vec<_>>()).unwrap().into_string().unwrap()
    })
}
