//! A program that reads stdin and ends by itself.

use harness::{Launch, Signal};
use std::panic::catch_unwind;
use std::time::Duration;

#[test]
fn stdin_is_empty_unless_it_is_given() {
    let end = Launch::new("cat").run();
    assert!(end.status.success() && end.stdout.is_empty(), "{end}");
}

#[test]
fn stdin_is_given_byte_for_byte_and_then_ends() {
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
    let end = Launch::new("cat").stdin(bytes.clone()).keep(4_000_000).run();
    assert!(end.bytes == bytes, "{} bytes came back", end.bytes.len());
    let end = Launch::new("cat").stdin(bytes.clone()).run();
    assert!(end.bytes == bytes[..1 << 20], "one mebibyte is kept, and the program is not held up");
    let end = Launch::new("true").stdin(bytes).run();
    assert!(end.status.success(), "a program need not read its stdin: {end}");
}

#[test]
fn an_open_stdin_is_a_conversation() {
    let mut cat = Launch::new("cat").open_stdin().begin();
    cat.write("one\n");
    cat.expect_stdout("one\n");
    cat.write("two\n");
    cat.expect_stdout("one\ntwo\n");
    assert_eq!((cat.stdout(), cat.stderr()), ("one\ntwo\n".into(), String::new()));
    cat.end_stdin();
    let end = cat.finish();
    assert!(end.status.success(), "{end}");
}

#[test]
fn a_program_that_does_not_end_is_ended_and_reported() {
    let launch = Launch::new("sleep").args(["1000"]).deadline(Duration::from_millis(100));
    let report = catch_unwind(|| launch.run()).unwrap_err();
    let report = report.downcast_ref::<String>().expect("a formatted panic");
    assert!(report.contains("it should have ended by itself"), "{report}");
}

#[test]
fn a_signal_reaches_a_running_program() {
    // Not SIGINT: a shell that was started where that is ignored, in the background, cannot trap it.
    let script = "trap 'echo stopped; exit 3' TERM; echo ready; read -r line";
    let shell = Launch::new("sh").args(["-c", script]).open_stdin().begin();
    shell.expect_stdout("ready\n");
    shell.signal(Signal::Terminate);
    let end = shell.finish();
    assert_eq!((end.status.code(), &*end.stdout), (Some(3), "ready\nstopped\n"), "{end}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc")]
fn the_peak_of_memory_is_seen() {
    // A shell variable of 30 MB; the wait at the end gives us time to look, however busy the machine is.
    let script = "v=$(head -c 30000000 /dev/zero | tr '\\0' x); read -r line; echo ${#v}";
    let mut shell = Launch::new("sh").args(["-c", script]).open_stdin().begin();
    shell.eventually("it holds 30 MB", || {
        harness::proc::of(shell.pid()).is_ok_and(|reading| reading.rss > 30_000_000)
    });
    shell.write("\n");
    shell.end_stdin();
    let end = shell.finish();
    assert_eq!(end.stdout, "30000000\n");
    assert!(end.peak == 0 || end.peak > 30_000_000, "{}", end.peak);
    assert!(!end.took.is_zero());
}
