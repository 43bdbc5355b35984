//! The grader or its supervisor is killed.

use crate::support::{DEADLINE, sandboxes, sh};
use grader::sandbox::{Exit, Limits, Signal};
use harness::{holds_within, proc};
use nix::sys::signal;
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, thread};

/// It ignores whatever can be ignored.
const STUBBORN: &str = "trap '' TERM HUP INT PIPE; (setsid sh -c 'while :; do sleep 0.1; done' \"$0\" &); echo ready; \
                        while :; do sleep 0.1; done";

fn kill(pid: u32) {
    signal::kill(Pid::from_raw(pid.try_into().unwrap()), Signal::SIGKILL).unwrap();
}

#[test]
fn nothing_survives_a_grader_that_is_killed() {
    // In bubblewrap, a supervisor can empty its own folder, and not remove it.
    let folder = tempfile::tempdir().unwrap();
    for number in 0..sandboxes().len() {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "killed::stands_in_for_a_grader", "--ignored", "--nocapture"]);
        command.env("GRADER_TEST_SANDBOX", number.to_string()).env("TMPDIR", folder.path());
        command.stdout(Stdio::piped());
        let mut grader = command.spawn().unwrap();
        let lines = BufReader::new(grader.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mark =
            lines.filter_map(|line| Some(line.split_once("mark=")?.1.to_owned())).next().unwrap();
        let mut program = sh("");
        program.mark = mark;
        assert!(program.running().len() >= 3, "{:?}", program.running());
        kill(grader.id());
        grader.wait().unwrap();
        program.expect_gone();
        let empty = |folder: &Path| fs::read_dir(folder).unwrap().next().is_none();
        assert!(fs::read_dir(&folder).unwrap().all(|entry| empty(&entry.unwrap().path())));
    }
}

#[test]
#[ignore = "started by nothing_survives_a_grader_that_is_killed"]
fn stands_in_for_a_grader() {
    let Some(number) =
        env::var("GRADER_TEST_SANDBOX").ok().and_then(|number| number.parse::<usize>().ok())
    else {
        return;
    };
    let program = sh(STUBBORN);
    let process = program.start(&sandboxes()[number]);
    process.output().line(0, DEADLINE).unwrap();
    assert!(holds_within(DEADLINE, || program.running().len() >= 3));
    writeln!(io::stdout(), "\nmark={}", program.mark).unwrap();
    thread::sleep(DEADLINE * 2);
}

/// Killed after it has started a supervisor, and before that has opened the pipes and said that it is there.
#[test]
fn a_supervisor_whose_grader_is_gone_before_it_begins_ends() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let scratch = home.join("scratch");
    fs::create_dir_all(&scratch).unwrap();
    for name in ["stdin", "stdout", "stderr"] {
        mkfifo(&scratch.join(name), Mode::S_IRWXU).unwrap();
    }
    // As after SIGKILL: the file is there, and nobody listens at it.
    drop(UnixListener::bind(home.join("socket")).unwrap());
    let program = sh(STUBBORN);
    let order = serde_json::json!({
        "home": home, "bind": null, "limits": Limits::default(), "user_tasks": 1 << 20,
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command.args(["__sandbox", "supervise", &order.to_string()]).args(&program.launch.argv);
    let mut supervisor = command.stderr(Stdio::null()).spawn().unwrap();
    let ended = holds_within(DEADLINE, || supervisor.try_wait().unwrap().is_some());
    let _ = supervisor.kill();
    assert!(ended, "it hangs");
    program.expect_gone();
    assert!(!home.exists());
}

#[test]
fn a_killed_supervisor_is_our_own_failure() {
    for sandbox in sandboxes() {
        let program = sh(STUBBORN);
        let process = program.start(&sandbox);
        process.output().line(0, DEADLINE).unwrap();
        kill(parent(process.pid()));
        assert!(matches!(process.wait(DEADLINE), Some(Exit::Lost(_))));
        process.end();
        program.expect_gone();
    }
}

fn parent(pid: u32) -> u32 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap();
    let parent = line.trim().parse().unwrap();
    assert!(proc::descendants(std::process::id()).unwrap().contains(&parent));
    parent
}
