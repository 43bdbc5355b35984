//! Header lines (RFC 9112 section 5) and the rules of Host (section 3.2).

mod support;

use support::ask;

/// A request with these header lines beside its Host.
fn with(lines: &str) -> String {
    format!("GET / HTTP/1.1↵Host: a↵{lines}↵")
}

#[test]
fn good_header_lines() {
    for lines in [
        "",
        "A:↵",
        "A: ↵",
        "A:b↵",
        "A: b↵A: b↵",
        "A: \t b \t↵",
        "A: \u{e9}\u{ff}↵",
        "A: b: c↵",
        "!#$%&'*+-.^_`|~09azAZ: x↵",
        "A: \"quoted, text\"↵",
        // Fields with meanings, and values that change nothing here.
        "Content-Length: 0↵",
        "Content-Length: 00↵",
        "TE: trailers↵",
        "Upgrade: h2c↵Connection: upgrade↵",
        "Accept: text/html, */*;q=0.1↵",
        "Trailer: x↵",
    ] {
        ask(&with(lines), "200 GET /");
    }
}

#[test]
fn bad_header_lines() {
    for (lines, why) in [
        (" A: b↵", "a header line begins with white space"),
        ("\tA: b↵", "a header line begins with white space"),
        // A continued line: obs-fold (section 5.2).
        ("A: b↵ c↵", "a header line begins with white space"),
        ("A : b↵", "white space before a header's colon"),
        ("A\t: b↵", "white space before a header's colon"),
        ("A b: c↵", "white space before a header's colon"),
        (": b↵", "a header line has no name before its colon"),
        ("A↵", "a header's name contains a byte it may not"),
        ("A(: b↵", "a header's name contains a byte it may not"),
        ("A\0: b↵", "a header's name contains a byte it may not"),
        ("\u{e9}: b↵", "a header's name contains a byte it may not"),
        ("A\r: b↵", "a header's name contains a byte it may not"),
        ("A: b\0c↵", "a header's value contains a control byte"),
        ("A: b\x01↵", "a header's value contains a control byte"),
        ("A: b\x7f↵", "a header's value contains a control byte"),
        ("A: b\x0b↵", "a header's value contains a control byte"),
        ("A: b\rc↵", "a CR without an LF in a header line"),
        ("A: b\r↵", "a CR without an LF in a header line"),
        ("A: b\nC: d↵", "a header line ends with LF alone, not CR LF"),
        ("A: b\n", "a header line ends with LF alone, not CR LF"),
        ("\n", "a header's name contains a byte it may not"),
        ("\rA: b↵", "a header's name contains a byte it may not"),
    ] {
        ask(&with(lines), &format!("400 {why}, close"));
    }
}

#[test]
fn host_stands_once_and_is_a_host() {
    const MISSING: &str = "400 HTTP/1.1 demands a Host header, close";
    const TWICE: &str = "400 more than one Host, close";
    const BAD: &str = "400 Host is not a host and a port, close";
    for (lines, said) in [
        ("Host: a↵", "200 GET /"),
        ("hOST:a:80↵", "200 GET /"),
        ("Host:↵", "200 GET /"),
        ("Host: [::1]:8080↵", "200 GET /"),
        ("Host: xn--e1afmkfd.example.↵", "200 GET /"),
        ("", MISSING),
        ("X-Host: a↵", MISSING),
        ("Host: a↵Host: a↵", TWICE),
        ("Host: a↵X: y↵host: b↵", TWICE),
        ("Host: a, b↵", BAD),
        ("Host: a b↵", BAD),
        ("Host: u@a↵", BAD),
        ("Host: a/b↵", BAD),
        ("Host: a:x↵", BAD),
        ("Host: a:65536↵", BAD),
        ("Host: [::1↵", BAD),
        ("Host: http://a↵", BAD),
        ("Host: \u{e9}↵", BAD),
    ] {
        ask(&format!("GET / HTTP/1.1↵{lines}↵"), said);
    }
    // HTTP/1.0 knows no Host, but where there is one it must make sense.
    ask("GET / HTTP/1.0↵↵", "200 GET / HTTP/1.0, close");
    ask("GET / HTTP/1.0↵Host: a↵Host: b↵↵", TWICE);
    ask("GET / HTTP/1.0↵Host: a b↵↵", BAD);
    // The authority of the absolute form does not replace it (section 3.2.2).
    ask("GET http://a/ HTTP/1.1↵↵", MISSING);
    ask("GET http://a/ HTTP/1.1↵Host: b↵↵", "200 GET /");
}

#[test]
fn an_application_sees_the_header_as_it_came() {
    use http1::{Body, Limits, Reply, Request, Server, Status};
    use session::simulate::{Pace, Step, simulate};

    let app = |request: &Request<'_>| {
        let shown = request.fields.iter().map(|(name, value)| {
            format!("{}={:?}; ", String::from_utf8_lossy(name), String::from_utf8_lossy(value))
        });
        let first = request.fields.first("x-a").map(String::from_utf8_lossy);
        let text = format!("{}first {first:?}", shown.collect::<String>());
        Reply::new(Status::OK, "text/plain", Body::Owned(text.into_bytes()))
    };
    let start = support::start();
    let mut server = Server::new(app, Limits::default(), start, support::wall());
    let request = with("X-A: \t 1: 2 \t↵x-a:3↵Empty:↵").replace('↵', "\r\n");
    let heard = simulate(&mut server, &[Step::Send(request.as_bytes())], &Pace::whole(), start);
    let said = r#"200 Host="a"; X-A="1: 2"; x-a="3"; Empty=""; first Some("1: 2")"#;
    assert_eq!(support::wire::outline(&heard.bytes), said);
}

#[test]
fn a_reply_cannot_be_split_by_what_an_application_repeats() {
    use http1::{Limits, Reply, Request, Server};
    use session::simulate::{Pace, Step, simulate};

    let app = |_: &Request<'_>| Reply::text("x").with("Location", "/a\r\nSet-Cookie: b\n\nrest\0");
    let start = support::start();
    let mut server = Server::new(app, Limits::default(), start, support::wall());
    let request = with("").replace('↵', "\r\n");
    let heard = simulate(&mut server, &[Step::Send(request.as_bytes())], &Pace::whole(), start);
    let replies = support::wire::replies(&heard.bytes).unwrap();
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0].field("location"), Some("/a  Set-Cookie: b  rest "));
    assert_eq!(replies[0].field("set-cookie"), None);
}
