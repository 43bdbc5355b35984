//! `session` and `http1` do no I/O and read no clock: this is what makes a conversation repeatable.

use tests::code::{code, names, std_modules, without_tests};
use tests::files::{self, File, Finding, hold};
use toml::{Table, Value};

const PURE: [&str; 2] = ["crates/session", "crates/http1"];
/// Modules of `std` that reach out of the process, or wait.
const MODULES: [&str; 7] = ["env", "fs", "io", "net", "os", "process", "thread"];
/// What else reaches out, by its name.
const NAMES: [&str; 13] = [
    "Instant::now",
    "SystemTime::now",
    ".elapsed(",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "dbg!",
    "thread_local!",
    "unsafe",
];

/// Every line of a file that names what a pure crate must not.
fn impure(file: &File) -> Vec<Finding> {
    let modules = std_modules(without_tests(&file.text));
    let modules = modules.into_iter().filter(|(_, module)| MODULES.contains(&&**module));
    let modules = modules.map(|(line, module)| (line, format!("names std::{module}")));
    let named = without_tests(&file.text).flat_map(|(line, text)| {
        let found = NAMES.iter().filter(move |name| names(code(text), name));
        found.map(move |name| (line, format!("names {}", name.trim_matches(['.', '(']))))
    });
    modules.chain(named).map(|(line, what)| Finding::new(&file.path, line, what)).collect()
}

#[test]
fn session_and_http1_do_no_io() {
    let pure = |path: &str| PURE.iter().any(|folder| path.starts_with(&format!("{folder}/src/")));
    let files = files::all(|path| path.ends_with(".rs") && pure(path));
    assert!(files.len() > 2, "no source was found below {PURE:?}");
    hold(
        "session and http1 name no socket, file, thread, process or clock (ARCHITECTURE.md)",
        "take bytes and `now` as arguments, give bytes back, and leave the rest to a driver",
        &files.iter().flat_map(impure).collect::<Vec<_>>(),
    );
}

#[test]
fn a_clock_and_a_socket_are_found() {
    let impure = |text: &str| impure(&File { path: "x.rs".into(), text: text.into() }).len();
    for wrong in [
        "use std::net::TcpStream as S;",
        "use std::{fmt, thread};",
        "let now = Instant::now();",
        "let late = start.elapsed() > patience;",
        "    println!(\"x\");",
        "std::fs::read(path)",
    ] {
        assert!(impure(wrong) > 0, "{wrong}");
    }
    let right = "//! let now = Instant::now();\nuse std::{fmt, time::Instant}; // no std::net\n#[cfg(test)]\nmod tests {\nuse std::fs;";
    assert_eq!(impure(right), 0);
}

#[test]
fn clippy_bans_the_clock_there() {
    let mut findings = Vec::new();
    for folder in PURE {
        let file = files::read(format!("{folder}/clippy.toml"));
        let table: Table =
            file.text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let bans = table.get("disallowed-methods").and_then(Value::as_array);
        let bans: Vec<_> =
            bans.into_iter().flatten().filter(|ban| ban.get("reason").is_some()).collect();
        for path in ["std::time::Instant::now", "std::time::SystemTime::now", "std::thread::sleep"]
        {
            if !bans.iter().any(|ban| ban.get("path").and_then(Value::as_str) == Some(path)) {
                findings.push(Finding::new(
                    &file.path,
                    1,
                    format!("{path} is not banned with a reason"),
                ));
            }
        }
    }
    hold(
        "clippy bans the clock and sleeping in session and http1, each with a reason",
        "add { path = \"…\", reason = \"…\" } to disallowed-methods",
        &findings,
    );
}
