//! What the lesson says, and what tutorials often get wrong about HTTP clients: the tests that it names.

mod claims;

mod connections;

mod crawler;

mod python;

use harness::{DEADLINE, Finished, Launch, build_example};

const PACKAGE: &str = "ch6-http-client";

/// Both ways to ask.
const WAYS: [&[&str]; 2] = [&[], &["--by-hand"]];

/// This chapter's client.
fn client(args: &[&str]) -> Launch {
    Launch::new(env!("CARGO_BIN_EXE_ch6-http-client"))
        .args(args)
        .args(["--no-proxy"])
        .deadline(DEADLINE)
}

/// An example, run to its end.
fn example(name: &str, args: &[&str]) -> Finished {
    Launch::new(build_example(PACKAGE, name)).args(args).deadline(DEADLINE).run()
}

/// Runs a Python program to its end; `None`, and a word about it, where there is no Python.
fn python(program: &str, args: &[&str]) -> Option<Finished> {
    let found = std::process::Command::new("python3").args(["-c", ""]).output();
    if !found.is_ok_and(|end| end.status.success()) {
        harness::suite::skipped("there is no python3");
        return None;
    }
    Some(Launch::new("python3").args(["-c", program]).args(args).deadline(DEADLINE).run())
}
