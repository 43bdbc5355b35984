//! The command line: what it may be, and what is said when it is not.

use crate::run::{CLIENT, client, fails, prints, succeeds};
use harness::Launch;
use harness::hostile::{Script, Server};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

#[test]
fn help_lists_every_flag_and_every_code() {
    for flag in ["-h", "--help"] {
        let end = client(&[flag]).run();
        succeeds(&end);
        for code in 1..=14 {
            let is_row = |line: &str| line.split_whitespace().next() == Some(&code.to_string());
            assert!(end.stdout.lines().any(is_row), "code {code} has a row\n{end}");
        }
        let flags = "--send --file --get --udp --connect-timeout --read-timeout --max-time --max-reply --verbose \
            --option --probe --count --interval --json SO_RCVTIMEO SO_SNDTIMEO TCP_NODELAY SO_LINGER SO_RCVBUF \
            SO_SNDBUF SO_KEEPALIVE IP_TTL";
        for flag in flags.split_whitespace() {
            assert!(end.stdout.contains(flag), "{flag} is explained\n{end}");
        }
    }
}

#[test]
fn code_2_a_command_line_that_makes_no_sense() {
    for args in [
        &[][..],
        &["127.0.0.1"],
        &["127.0.0.1", "80", "81"],
        &["--no-such-flag", "127.0.0.1", "80"],
        &["--send"],
        &["--send", "a", "--file", "b", "127.0.0.1", "80"],
        &["--send", "a", "--get", "/", "127.0.0.1", "80"],
        &["--get", "/", "--udp", "127.0.0.1", "80"],
        &["--get", "no-slash", "127.0.0.1", "80"],
        &["--get", "/a b\r\nX: y", "127.0.0.1", "80"],
        &["--send", r"\q", "127.0.0.1", "80"],
        &["--send", r"\x4", "127.0.0.1", "80"],
        &["--send", r"\", "127.0.0.1", "80"],
        &["--connect-timeout", "0", "127.0.0.1", "80"],
        &["--connect-timeout", "-1", "127.0.0.1", "80"],
        &["--connect-timeout", "soon", "127.0.0.1", "80"],
        &["--read-timeout", "NaN", "127.0.0.1", "80"],
        &["--max-time", "1e999", "127.0.0.1", "80"],
        &["--max-reply", "much", "127.0.0.1", "80"],
        &["--probe"],
        &["--probe", "--count", "x", "127.0.0.1:80"],
        &["--probe", "--interval", "0.001", "127.0.0.1:80"],
        &["--probe", "--interval", "-1", "127.0.0.1:80"],
    ] {
        let end = client(args).run();
        fails(&end, 2, &["(see --help)"]);
    }
}

#[test]
fn code_2_an_option_that_does_not_exist() {
    for wrong in ["SO_NOPE=1", "tcp_nodelay=1", "=", ""] {
        let end = client(&["--option", wrong, "127.0.0.1", "80"]).run();
        fails(&end, 2, &["SO_RCVTIMEO", "TCP_NODELAY", "SO_LINGER", "IP_TTL", "(see --help)"]);
        let says = end.stderr.to_lowercase();
        assert!(["ms", "seconds", "bytes"].iter().all(|unit| says.contains(unit)), "{end}");
    }
}

#[test]
fn code_2_an_option_that_cannot_have_this_value() {
    for wrong in [
        "TCP_NODELAY",
        "TCP_NODELAY=",
        "TCP_NODELAY=2",
        "SO_LINGER=-1",
        "SO_RCVBUF=x",
        "SO_SNDBUF=99999999999999999999",
        "IP_TTL=0",
        "IP_TTL=256",
        "SO_RCVTIMEO=-5",
    ] {
        let end = client(&["--option", wrong, "127.0.0.1", "80"]).run();
        let name = wrong.split('=').next().unwrap_or_default();
        fails(&end, 2, &[&format!("{name}="), &format!("'{wrong}'"), "(see --help)"]);
    }
}

#[test]
fn code_10_what_looks_like_an_address_and_is_none() {
    for host in [
        "300.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "127.1",
        "1",
        "0x7f.0.0.1",
        "127.0.0.01",
        "::zz",
        ":::1",
        "1:2:3",
        "[::1",
        "::1]",
        "[]",
        "[127.0.0.1]",
        "1:2:3:4:5:6:7:8:9",
        "12345::1",
        "",
    ] {
        let end = client(&["--send", "x", host, "80"]).run();
        fails(&end, 10, &[host]);
    }
}

#[test]
fn code_11_what_is_no_port() {
    for port in ["65536", "-1", "http", "", "99999999999999999999", "8o", "+80", " 80", "0x50"] {
        // Behind `--` a minus is no flag.
        let end = client(&["--send", "x", "--", "127.0.0.1", port]).run();
        fails(&end, 11, &[port, "65535"]);
    }
    let end = client(&["--send", "x", "127.0.0.1", "-1"]).run();
    fails(&end, 11, &["-1"]);
}

#[test]
fn what_was_typed_reaches_the_terminal_as_one_short_line() {
    let long = "x".repeat(100_000);
    for (host, port, code) in [
        ("1.2.3\x1b[31m\r\n.4", "80", None),
        ("127.0.0.1", "8\x07\n0", Some(11)),
        (&*long, "80", None),
        ("127.0.0.1", &*long, Some(11)),
    ] {
        let end = client(&["--connect-timeout", "30", "--send", "x", host, port]).run();
        let code = code.unwrap_or_else(|| end.status.code().unwrap_or(-1));
        assert!([3, 5, 10, 11].contains(&code), "{end}");
        fails(&end, code, &[]);
    }
}

#[test]
fn what_is_no_text_is_no_panic() {
    let no_text = OsStr::from_bytes(b"\xff\xfe\n");
    for args in [
        [OsStr::new("--send"), OsStr::new("x"), no_text, OsStr::new("80")],
        [OsStr::new("--send"), OsStr::new("x"), OsStr::new("127.0.0.1"), no_text],
        [OsStr::new("--get"), no_text, OsStr::new("127.0.0.1"), OsStr::new("80")],
        [OsStr::new("--file"), no_text, OsStr::new("127.0.0.1"), OsStr::new("80")],
        [OsStr::new("--option"), no_text, OsStr::new("127.0.0.1"), OsStr::new("80")],
        [no_text, OsStr::new("x"), OsStr::new("127.0.0.1"), OsStr::new("80")],
    ] {
        let end = client(&[]).args(args).run();
        let code = end.status.code().unwrap_or(-1);
        assert!([1, 2, 3, 5, 10, 11].contains(&code), "{end}");
        fails(&end, code, &[]);
    }
    let server = Server::start(Script::echo());
    let port = server.addr().port().to_string();
    let args = [OsStr::new("--send"), no_text, OsStr::new("127.0.0.1"), OsStr::new(&port)];
    prints(&client(&[]).args(args).run(), no_text.as_bytes());
}

#[test]
fn the_code_is_the_same_when_nobody_can_read_the_line() {
    for stderr in ["2>&-", "2>/dev/full"] {
        let script = format!(r#"exec "$0" "$@" {stderr}"#);
        let end = Launch::new("sh").args(["-c", &script, CLIENT, "127.0.0.1", "65536"]).run();
        assert_eq!(end.status.code(), Some(11), "{stderr}\n{end}");
        let end = Launch::new("sh").args(["-c", &script, CLIENT, "--verbose", "1.2.3", "1"]).run();
        assert_eq!(end.status.code(), Some(10), "{stderr}\n{end}");
    }
    // A story that nobody hears does not change how it ends.
    let server = Server::start(Script::echo());
    let (host, port) = (server.addr().ip().to_string(), server.addr().port().to_string());
    let script = r#"exec "$0" "$@" 2>/dev/full"#;
    let args = ["-c", script, CLIENT, "--verbose", "--send", "hello", &host, &port];
    let end = Launch::new("sh").args(args).run();
    assert_eq!((end.status.code(), &*end.stdout), (Some(0), "hello"), "{end}");
}

#[test]
fn port_0_is_a_port() {
    let end = client(&["--send", "x", "127.0.0.1", "0"]).run();
    let code = end.status.code().unwrap_or(-1);
    assert!([4, 7].contains(&code), "nobody can listen there\n{end}");
    fails(&end, code, &["127.0.0.1:0"]);
}

#[test]
fn a_mistake_is_named() {
    for (args, code, says) in [
        (&["--get", "index.html", "a", "80"][..], 2, "begins with /, such as /index.html"),
        (&["--get", "http://a/", "a", "80"], 2, "begins with /"),
        (&["--max-reply", "99999999999999999999", "a", "80"], 2, "to 18446744073709551615"),
        (&["--probe", "[::1]"], 11, "its port is missing"),
        (&["--probe", "http://x:80"], 10, "URL"),
        (&["[::1]:80", "9"], 10, "it contains a port"),
        (&["localhost:http", "9"], 10, "it contains a port"),
        (&["::1%lo", "80"], 10, "only link-local"),
        (&["a\u{202e}b\u{200b}/", "80"], 10, r"a\u{202e}b\u{200b}/"),
    ] {
        fails(&client(args).run(), code, &[says]);
    }
}
