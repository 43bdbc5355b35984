//! The program as a whole: what it prints, what it writes, how it ends.

use compare::report;
use compare::results::{Fault, Outcome, Results};
use harness::{Finished, Launch, Signal};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

const COMPARE: &str = env!("CARGO_BIN_EXE_compare");

/// A whole run may take long on a busy machine.
const DEADLINE: Duration = Duration::from_secs(300);

/// The small server of the load generator's tests, wrong in the way that the model names, as `--add` has it.
fn added(name: &str, model: &str) -> [String; 2] {
    let server = env!("CARGO_BIN_EXE_faulty-server");
    ["--add".into(), format!("{name}='{server}' --addr {{addr}} --model {model}")]
}

/// `cargo compare` without a model of the course, which would have to be built first.
fn compare(folder: &Path, args: &[&str], servers: &[[String; 2]]) -> Launch {
    Launch::new(COMPARE)
        .args(["--models", "none", "--out"])
        .args([folder])
        .args(args)
        .args(servers.iter().flatten())
        .deadline(DEADLINE)
}

/// What it has written, once it has ended well.
#[track_caller]
fn results(folder: &Path, end: &Finished) -> Results {
    assert!(end.status.success(), "{end}");
    report::read(&folder.join("results.json")).unwrap()
}

#[test]
fn a_run_ends_in_a_table_and_three_files() {
    let folder = TempDir::new().unwrap();
    let args =
        ["--scenarios", "throughput,churn", "--rounds", "3", "--seconds", "0.3", "--seed", "7"];
    let servers = [added("right", "none"), added("chunky", "chunked")];
    let end = compare(folder.path(), &args, &servers).run();
    let results = results(folder.path(), &end);
    for text in ["throughput", "churn", "right", "chunky", "report.html", "results.json"] {
        assert!(end.stdout.contains(text), "{text} is missing\n{end}");
    }
    assert!(end.stderr.contains("seed 7"), "{end}");
    let [run] = &results.runs[..] else { panic!("one run\n{end}") };
    assert_eq!((run.cells.len(), run.interrupted), (2 * 2 * 3, false));
    for cell in &run.cells {
        let Outcome::Measured(reading) = &cell.outcome else { panic!("{cell:?}") };
        assert!(reading.groups[0].errors.is_empty(), "{cell:?}");
        assert!(reading.server.memory_at_start > 0, "{cell:?}");
    }
    let files: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files.len(), 3, "no other file is left: {files:?}");
}

#[test]
fn what_a_server_lacks_is_no_fault_of_its() {
    let folder = TempDir::new().unwrap();
    let args = ["--scenarios", "mixed", "--rounds", "1", "--seconds", "0.2"];
    let end = compare(folder.path(), &args, &[added("small", "none")]).run();
    let results = results(folder.path(), &end);
    let outcome = &results.runs[0].cells[0].outcome;
    assert!(matches!(outcome, Outcome::NotServed(why) if why.contains("/spin/")), "{outcome:?}");
    assert!(end.stdout.contains("not served"), "{end}");
}

#[test]
fn a_leak_of_a_kibibyte_for_each_connection_is_seen() {
    let folder = TempDir::new().unwrap();
    let args = ["--scenarios", "idle-crowd", "--rounds", "3", "--seconds", "0.5"];
    let servers = [added("right", "none"), added("leaky", "leaks")];
    let end = compare(folder.path(), &args, &servers).run();
    let results = results(folder.path(), &end);
    let each = |server: &str| {
        let cells = results.runs[0].cells.iter().filter(|cell| cell.server == server);
        let mut all: Vec<_> = cells
            .filter_map(|cell| {
                // On a machine that has far too much to do, a round may fail, or begin with half of the crowd.
                let Outcome::Measured(reading) = &cell.outcome else { return None };
                let cost = &reading.server;
                let more = cost.memory_peak - cost.memory_at_start;
                (cost.accepted >= 500).then(|| more / cost.accepted as u64)
            })
            .collect();
        assert!(!all.is_empty(), "{server}\n{end}");
        all.sort_unstable();
        all[all.len() / 2]
    };
    let (right, leaky) = (each("right"), each("leaky"));
    assert!((right + 900..right + 1500).contains(&leaky), "{right} and {leaky} bytes each");
}

#[test]
fn a_lost_reply_is_counted_and_not_ranked_above_a_right_server() {
    let folder = TempDir::new().unwrap();
    let args = ["--scenarios", "throughput", "--rounds", "3", "--seconds", "3"];
    let servers = [added("right", "none"), added("mixes", "mixes")];
    let end = compare(folder.path(), &args, &servers).run();
    let results = results(folder.path(), &end);
    let faults = |server: &str, fault: Fault| -> u64 {
        let cells = results.runs[0].cells.iter().filter(|cell| cell.server == server);
        cells
            .map(|cell| match &cell.outcome {
                Outcome::Measured(reading) => {
                    reading.groups[0].errors.get(&fault).copied().unwrap_or(0)
                }
                _ => 0,
            })
            .sum()
    };
    assert!(faults("mixes", Fault::Order) > 0, "{end}");
    assert_eq!(faults("right", Fault::Order), 0, "{end}");
}

#[test]
fn ctrl_c_keeps_what_was_measured_and_leaves_nobody() {
    let folder = TempDir::new().unwrap();
    let unlike_any_other = format!("none-{}", std::process::id());
    let args = ["--scenarios", "throughput", "--rounds", "1000", "--seconds", "0.2"];
    let running = compare(folder.path(), &args, &[added("right", &unlike_any_other)]).begin();
    let ours = || {
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter(|process| {
                let line = fs::read(process.path().join("cmdline")).unwrap_or_default();
                let line = String::from_utf8_lossy(&line).into_owned();
                line.contains(&unlike_any_other) && !line.contains("--rounds")
            })
            .count()
    };
    if cfg!(target_os = "linux") {
        running.eventually("a server runs", || ours() > 0);
    }
    running.signal(Signal::Interrupt);
    let end = running.finish();
    assert!(results(folder.path(), &end).runs[0].interrupted, "{end}");
    assert!(harness::holds_within(DEADLINE, || ours() == 0), "no server is left");
}

#[test]
fn nobody_is_started_after_ctrl_c() {
    let folder = TempDir::new().unwrap();
    // Presses Ctrl-C before it listens: so the stop meets the first measurement before anything counts. A second one
    // would end the program.
    let [script, list] = ["server.sh", "started"].map(|name| folder.path().join(name));
    let (server, started) = (env!("CARGO_BIN_EXE_faulty-server"), list.display());
    let lines = [
        format!("[ -e '{started}' ] || kill -INT $PPID"),
        format!("echo $1 >> '{started}'"),
        format!("exec '{server}' --addr $1 --model none"),
    ];
    fs::write(&script, lines.join("\n")).unwrap();
    let added = |name: &str| ["--add".into(), format!("{name}=sh '{}' {{addr}}", script.display())];
    // Without a rate, it is found by a measurement of each server before the first that is asked for.
    let args = ["--scenarios", "latency", "--rounds", "2", "--seconds", "0.1"];
    let end = compare(folder.path(), &args, &[added("one"), added("two")]).run();
    let run = &results(folder.path(), &end).runs[0];
    assert!(run.interrupted && run.cells.is_empty(), "{end}");
    let started = fs::read_to_string(&list).unwrap();
    assert_eq!(started.lines().count(), 1, "{started}{end}");
}

#[test]
fn mistakes_are_told_in_one_line() {
    let folder = TempDir::new().unwrap();
    let server = added("x", "none");
    for (args, says) in [
        (
            &["--scenarios", "througput"][..],
            "there is no scenario \"througput\"; there are throughput, latency",
        ),
        (&["--peers", "apache"], "there is no peer \"apache\""),
        (&["--add", "x=./server"], "{addr}"),
        (&["--server-cpus", "100000"], "there is no CPU 100000"),
    ] {
        let end = compare(folder.path(), args, std::slice::from_ref(&server)).run();
        assert_eq!(end.status.code(), Some(1), "{end}");
        assert!(end.stderr.starts_with("error: ") && end.stderr.contains(says), "{says}\n{end}");
        assert_eq!(end.stderr.trim_end().lines().count(), 1, "{end}");
    }
    let end = Launch::new(COMPARE).args(["--models", "none"]).run();
    assert!(end.stderr.contains("nobody takes part"), "{end}");
}
