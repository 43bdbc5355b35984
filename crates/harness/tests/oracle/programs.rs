//! Starting, watching and ending programs.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use harness::{Launch, Program, Signal, Stdout, build, eventually, proc};

use crate::panic_text;

/// A shell in the place of a server.
fn shell(script: &str) -> Launch {
    Launch::new("/bin/sh").args(["-c", script]).deadline(Duration::from_secs(3))
}

/// A program that says where it listens, and does not.
const IDLE: &str = "echo listening on 127.0.0.1:9; echo a second line; exec sleep 1000";

#[test]
fn what_a_failed_start_said_is_in_the_report() {
    for (script, texts) in [
        (
            "echo to whom it may concern >&2; exit 7",
            ["it ended by itself (exit status: 7)", "to whom it may concern"],
        ),
        ("sleep 1000", ["no ready line: expected", "it still runs"]),
        (
            "echo hello; sleep 1000",
            ["the first line of stdout must be `listening on ADDR`", "it is \"hello\""],
        ),
        (
            "printf 'listening on 127'; sleep 1000",
            ["no ready line", "stdout so far is \"listening on 127\""],
        ),
        (
            "echo listening on port 80",
            ["the first line of stdout must be", "listening on 127.0.0.1:43210"],
        ),
    ] {
        let report = shell(script).try_start().map(drop).unwrap_err();
        for text in texts {
            assert!(
                report.contains(text),
                "{script}: the report should contain {text:?}:\n{report}"
            );
        }
    }
    let report = Launch::new("/nowhere/no-such-server").try_start().map(drop).unwrap_err();
    assert!(report.contains("/nowhere/no-such-server") && report.contains("not found"), "{report}");
}

#[test]
fn its_lines_and_its_end_are_seen() {
    let mut program = shell(IDLE).start();
    assert_eq!(program.stdout_line(1), "a second line");
    assert!(!program.has_ended());
    let stopped = program.stop();
    assert_eq!(stopped.status.code(), None, "sleep has no handler: the signal itself ends it");
    assert!(program.has_ended());
    let report = panic_text(|| program.check(false, "that this fails")).unwrap();
    assert!(
        report.contains("expected: that this fails") && report.contains("program: /bin/sh"),
        "{report}"
    );
}

#[test]
fn a_program_without_an_end_is_reported() {
    let mut program = shell("trap '' TERM; echo listening on 127.0.0.1:9; echo too busy >&2; while :; do sleep 0.1; done").start();
    let report = panic_text(|| drop(program.stop())).unwrap();
    assert!(report.contains("it still runs") && report.contains("too busy"), "{report}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn nothing_is_left_behind() {
    // One child in the group, one that has left it.
    let program =
        shell("sleep 1000 & setsid sleep 1000 & echo listening on 127.0.0.1:9; wait").start();
    let mut children = Vec::new();
    eventually(Duration::from_secs(10), "both children run", || {
        children = proc::descendants(program.pid()).unwrap();
        children.len() == 2
            && children.iter().any(|child| !proc::group(program.pid()).unwrap().contains(child))
    });
    let pid = program.pid();
    drop(program);
    for pid in children.into_iter().chain([pid]) {
        // An orphan is a zombie until the init of this machine has waited for it.
        eventually(Duration::from_secs(10), "the process is gone", || {
            proc::state(pid).map_or(true, |state| state == 'Z')
        });
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn readings_are_plausible() {
    let program = Program::start(env!("CARGO_BIN_EXE_wrong-server"), &["--model", "busy"]);
    program.eventually("a busy program uses CPU time", || {
        program.reading().cpu >= Duration::from_millis(50)
    });
    let one = program.reading();
    assert!(one.processes == 1 && one.zombies == 0 && one.threads == 2, "{one:?}");
    assert!(one.fds >= 4 && one.fds < 20, "three standard streams and a listener: {one:?}");
    assert!(one.rss > 100_000 && proc::pss(program.pid()).unwrap() <= one.rss * 2, "{one:?}");
    let memory = proc::memory(program.pid()).unwrap();
    assert!(memory > 10_000 && memory <= proc::pss(program.pid()).unwrap(), "{memory}: {one:?}");
    assert!(proc::listening(program.pid()).unwrap().contains(&program.addr()));
    program.signal(Signal::Suspend);
    program.eventually("a suspended program stands still", || {
        proc::state(program.pid()).unwrap() == 'T'
    });
    program.signal(Signal::Resume);
    // The one that ends does so when nobody waits for it any more: the shell would, and `sleep` does not.
    let ends = "sh -c 'until grep -q sleep /proc/$PPID/comm; do :; done'";
    let line = format!("sleep 1000 & {ends} & echo listening on 127.0.0.1:9; exec sleep 1000");
    let family = shell(&line).start();
    family.eventually("a tree counts children, and zombies among them", || {
        let tree = family.tree();
        tree.processes == 3 && tree.zombies == 1
    });
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn stdout_is_what_was_asked_for() {
    let write = "echo listening; test $? = 0 || echo cannot write >&2; sleep 1000";
    let server = env!("CARGO_BIN_EXE_wrong-server");
    for (stdout, writes) in [
        (Stdout::Closed, false),
        (Stdout::NoSpace, false),
        (Stdout::ReaderGone, false),
        (Stdout::Full, true),
    ] {
        // It listens nowhere, so the start fails, and its report quotes stderr.
        let report = shell(&format!("trap '' PIPE; {write}"))
            .stdout(stdout)
            .try_start()
            .map(drop)
            .unwrap_err();
        assert_eq!(report.contains("\n    cannot write"), !writes, "{stdout:?}: {report}");
        assert!(report.contains("it listens nowhere"), "{report}");
        // Without a ready line its address is found all the same.
        let program = Launch::new(server).args(["--model", "none"]).stdout(stdout);
        if stdout != Stdout::Full {
            program.start().connect().get("/", 200);
        }
    }
}

#[test]
fn limits_and_variables_reach_the_program() {
    let end = shell("ulimit -n; echo $COLOUR").limit("-n", 33).env("COLOUR", "blue").run();
    assert_eq!(end.stdout, "33\nblue\n", "{end}");
    let report = panic_text(|| drop(shell("echo still here; sleep 1000").run())).unwrap();
    assert!(
        report.contains("should have ended by itself") && report.contains("still here"),
        "{report}"
    );
}

#[test]
fn another_binary_is_built_and_a_missing_one_explained() {
    let path = build("harness", "wrong-server");
    assert!(path.is_file() && path == build("harness", "wrong-server"), "{}", path.display());
    let report = panic_text(|| drop(build("harness", "no-such-binary"))).unwrap();
    assert!(report.contains("Run `cargo build -p harness --bin no-such-binary`"), "{report}");
    assert!(report.contains("no bin target named"), "cargo's own words: {report}");
}

/// Not a test, but a test process that is killed in the middle: see the next one.
#[test]
fn held_until_killed() {
    if std::env::var_os("HOLD_A_PROGRAM").is_some() {
        let program = shell(IDLE).start();
        let _ = writeln!(io::stdout(), "\nit runs as {} here", program.pid());
        std::thread::sleep(Duration::from_secs(600));
    }
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc, which only Linux has")]
fn an_interrupted_test_run_leaves_nothing_behind() {
    let mut tests = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "programs::held_until_killed", "--nocapture"])
        .env("HOLD_A_PROGRAM", "yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(tests.stdout.take().unwrap()).lines().map_while(Result::ok);
    let pid = lines
        .filter_map(|line| line.strip_prefix("it runs as ")?.strip_suffix(" here")?.parse().ok())
        .next();
    assert!(pid.is_some_and(|pid| !proc::group(pid).unwrap().is_empty()));
    tests.kill().unwrap();
    tests.wait().unwrap();
    let running = |pid: &u32| proc::state(*pid).is_ok_and(|state| state != 'Z');
    eventually(Duration::from_secs(10), "what the killed tests started has ended", || {
        !proc::group(pid.unwrap()).unwrap().iter().any(running)
    });
}
