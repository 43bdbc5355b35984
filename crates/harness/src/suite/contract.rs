//! The contract of a program: its first lines, its help, its errors.

use std::net::TcpListener;
use std::process::Command;

use super::{Target, skipped};
use crate::Finished;

/// `listening on ADDR` comes first, and the second line says what to try there.
pub fn ready_and_try_lines(target: &Target) {
    for service in ["http", "echo", "hello"] {
        let server = target.start(&["--service", service]);
        server.check(
            server.addr().port() != 0,
            "the ready line names the port that was taken, not port 0",
        );
        let line = server.stdout_line(1);
        let port = server.addr().port().to_string();
        let good = line.starts_with("try: ") && line.contains("127.0.0.1") && line.contains(&port);
        server.check(good, format!("the second line of `--service {service}` says `try: ` and names the address, got {line:?}"));
        if service == "http" {
            server.check(
                line == format!("try: curl http://{}/", server.addr()),
                format!("try: curl http://{}/, got {line:?}", server.addr()),
            );
        }
    }
}

/// The command that the second line suggests gives the greeting (where curl is installed).
pub fn suggestion_works(target: &Target) {
    for addr in ["127.0.0.1:0", "[::1]:0"] {
        let Ok(server) = target.at(addr).try_start() else { continue };
        let line = server.stdout_line(1);
        let suggestion = line
            .strip_prefix("try: ")
            .unwrap_or_else(|| server.fail(format!("expected `try: …`, got {line:?}")));
        if Command::new("curl").arg("--version").output().is_err() {
            return skipped("contract::suggestion_works: curl is not installed");
        }
        // The shell must read the line as a person's would: a `[` in it is a pattern only where files match it.
        let output = Command::new("sh")
            .args(["-c", &format!("{suggestion} --silent --show-error --max-time 15")])
            .output();
        match output {
            Ok(output) if output.stdout.trim_ascii_end() == b"Hello, World!" => {}
            other => {
                server.fail(format!("`{suggestion}` should print `Hello, World!`, got {other:?}"))
            }
        }
    }
}

/// `--help` exits 0 and names the flags and the limits.
pub fn help(target: &Target) {
    let help = target.bare().args(["--help"]).run();
    expect(&help, help.status.code() == Some(0), "--help exits 0");
    expect(&help, help.stderr.is_empty(), "--help writes to stdout, not to stderr");
    let names = [
        "--addr",
        "127.0.0.1:8080",
        "--service",
        "http",
        "echo",
        "hello",
        "--model",
        "--patience",
        "--allow-crash",
        "--help",
    ];
    for name in names {
        expect(&help, help.stdout.contains(name), &format!("--help names {name}"));
    }
    for limit in ["8KiB", "64KiB", "100", "1MiB"] {
        expect(
            &help,
            help.stdout.replace(' ', "").contains(limit),
            &format!("--help names the limit {limit}"),
        );
    }
}

/// A usage error is one line on stderr and exit status 2.
pub fn usage_errors(target: &Target) {
    let wrong: &[&[&str]] = &[
        &["--nonsense"],
        &["nonsense"],
        &["-x"],
        &["--addr"],
        &["--addr", "nonsense"],
        &["--addr", "127.0.0.1:99999"],
        &["--service", "gopher"],
        &["--model", "nonsense"],
        &["--patience", "nonsense"],
        &["--patience", "-1"],
        &["--patience", "99999999999999999999999"],
        &["--allow-crash=yes"],
    ];
    for args in wrong {
        let end = target.bare().args(*args).env("RUST_BACKTRACE", "1").run();
        one_error_line(&end, 2);
        expect(&end, end.stdout.is_empty(), "a usage error writes nothing to stdout");
    }
}

/// A taken port is one line on stderr that says what to do, and exit status 1.
pub fn port_in_use(target: &Target) {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let addr = taken.local_addr().expect("a bound socket has an address");
    let end = target.at(&addr.to_string()).env("RUST_BACKTRACE", "1").run();
    one_error_line(&end, 1);
    let start = format!("error: cannot listen on {addr}: address already in use");
    expect(&end, end.stderr.starts_with(&start), &format!("the line starts with `{start}`"));
    expect(
        &end,
        end.stderr.contains("--addr 127.0.0.1:0"),
        "the line suggests `--addr 127.0.0.1:0`",
    );
    expect(&end, end.stdout.is_empty(), "a program that cannot listen writes nothing to stdout");
}

/// An address of another machine is one line on stderr, and exit status 1. (192.0.2.0/24 belongs to no machine: RFC 5737.)
pub fn foreign_address(target: &Target) {
    let end = target.at("192.0.2.1:0").run();
    one_error_line(&end, 1);
    let start = "error: cannot listen on 192.0.2.1:0: ";
    expect(&end, end.stderr.starts_with(start), &format!("the line starts with `{start}`"));
}

/// The server listens on IPv6 too (where the machine has it).
pub fn ipv6(target: &Target) {
    if TcpListener::bind("[::1]:0").is_err() {
        return skipped("contract::ipv6: this machine has no [::1]");
    }
    let server = target.at("[::1]:0").start();
    server.check(
        server.addr().is_ipv6(),
        format!("the ready line names an IPv6 address, got {}", server.addr()),
    );
    let mut wire = server.connect();
    wire.get("/", 200);
}

/// Expects one line that says `error: …`, no panic, and this exit status.
#[track_caller]
pub(super) fn one_error_line(end: &Finished, code: i32) {
    expect(end, end.status.code() == Some(code), &format!("exit status {code}"));
    let one = end.stderr.ends_with('\n')
        && end.stderr.lines().count() == 1
        && end.stderr.starts_with("error: ");
    expect(end, one, "one line on stderr that starts with `error: `");
}

#[track_caller]
fn expect(end: &Finished, condition: bool, expected: &str) {
    assert!(condition, "expected: {expected}\n{end}");
}
