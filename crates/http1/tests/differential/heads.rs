//! Heads of messages, good and not quite: what the differential tests are fed with.

use proptest::prelude::*;
use proptest::sample::select;

/// Mostly this, and now and then one of those.
fn mostly(good: &'static str, odd: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![30 => Just(good), 1 => select(odd)].prop_map(String::from)
}

fn line_end() -> impl Strategy<Value = String> {
    prop_oneof![60 => Just("\r\n"), 1 => select(&["\n", "\r", "\r\r\n", " \r\n", "\r\n "][..])]
        .prop_map(String::from)
}

fn target() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => "/[a-z0-9./?&=_~-]{0,12}",
        2 => "/[!-~]{0,8}",
        1 => "https?://[a-z.:@0-9]{0,8}[/?]?[a-z/?]{0,6}",
        1 => select(&["*", "/", "a:80", "/a b", "/\u{e9}", "", "/%41", "/a#b", "//"][..]).prop_map(String::from),
    ]
}

fn field() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        30 => "[A-Za-z-]{1,10}",
        1 => "[!-~]{1,4}",
        1 => select(&["Host", "Connection", "Content-Type", "", "A ", " A", "A\t"][..]).prop_map(String::from),
    ];
    let value = prop_oneof![
        20 => "[ -~]{0,12}",
        4 => "[ \t]{0,3}[a-z\u{80}-\u{ff}]{0,5}[ \t]{0,3}",
        1 => select(&["close", "keep-alive", "a\tb", "a\u{0}", "a\u{7f}b", "a\rb", "a\nb"][..]).prop_map(String::from),
    ];
    let colon = mostly(":", &[": ", " :", "", "::", ":\t", ":\r\n "]);
    (name, colon, value, line_end())
        .prop_map(|(name, colon, value, end)| name + &colon + &value + &end)
}

fn fields() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        20 => Just("Host: example.com\r\n"),
        1 => select(&["", "Host:\r\n", "host: [::1]:80\r\n", "Host: a b\r\n"][..]),
    ];
    (prop::collection::vec(field(), 0..4), host, prop::collection::vec(field(), 0..4))
        .prop_map(|(before, host, after)| before.concat() + host + &after.concat())
}

/// The head of a request.
pub(crate) fn request_head() -> impl Strategy<Value = Vec<u8>> {
    let before = mostly("", &["\r\n", "\n", "\r\n\r\n", " "]);
    let method = prop_oneof![
        16 => select(&["GET", "HEAD", "POST", "OPTIONS", "get"][..]).prop_map(String::from),
        1 => "[!-~]{1,5}",
        1 => Just("CONNECT".to_string()),
    ];
    let space = || mostly(" ", &["  ", "\t", "", " \t"]);
    let version = prop_oneof![
        20 => Just("HTTP/1.1"),
        3 => Just("HTTP/1.0"),
        1 => select(&["HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.", "HTTP/01.1", "", "HTTP/1.1 "][..]),
    ];
    let line = (before, method, space(), target(), space(), version, line_end()).prop_map(
        |(before, method, s1, target, s2, version, end)| {
            before + &method + &s1 + &target + &s2 + version + &end
        },
    );
    (line, fields(), line_end())
        .prop_map(|(line, fields, end)| (line + &fields + &end).into_bytes())
}

/// The head of a response.
pub(crate) fn response_head() -> impl Strategy<Value = Vec<u8>> {
    let version =
        mostly("HTTP/1.1 ", &["HTTP/1.0 ", "HTTP/1.3 ", "HTTP/2.0 ", "HTTP/1.1", "HTTP/1.1  "]);
    let code = prop_oneof![
        8 => "[2-5][0-9]{2}",
        1 => "[0-9]{1,4}",
        1 => "[0-9a-z ]{3}",
    ];
    let reason = mostly(" OK", &["", " ", "  x", " Not Found", " \u{e9}", "\tx", " a\u{0}", "OK"]);
    let line = (version, code, reason, line_end())
        .prop_map(|(version, code, reason, end)| version + &code + &reason + &end);
    (line, fields(), line_end())
        .prop_map(|(line, fields, end)| (line + &fields + &end).into_bytes())
}

/// The same bytes, or with a few of them changed.
pub(crate) fn mutated(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        2 => select(&b"\r\n \t:;,/0\0\x7f\x80\xff\"#%"[..]),
        1 => any::<u8>(),
    ];
    let change = (any::<prop::sample::Index>(), 0..3u8, byte);
    (bytes, prop_oneof![1 => Just(0), 2 => 1..4usize], prop::collection::vec(change, 3)).prop_map(
        |(mut bytes, count, changes)| {
            for (at, how, byte) in changes.into_iter().take(count) {
                let at = at.index(bytes.len().max(1));
                match how {
                    0 => bytes.insert(at, byte),
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    _ if at < bytes.len() => bytes[at] = byte,
                    _ => {}
                }
            }
            bytes
        },
    )
}

/// The body of a request and the field that frames it.
fn framed() -> impl Strategy<Value = (String, Vec<u8>)> {
    let body =
        || prop::collection::vec(prop_oneof![any::<u8>(), select(&b"\r\n0 GET/"[..])], 0..20);
    let extension = || mostly("", &[";a", ";a=\"b c\"", " ;x", "\t; y=z", " "]);
    let by_length = (body(), mostly("", &["0", "00", " ", "+", ","]))
        .prop_map(|(body, odd)| (format!("Content-Length: {odd}{}\r\n", body.len()), body));
    let coding =
        mostly("chunked", &["Chunked", " chunked ", ",chunked", "gzip, chunked", "chunked, x"]);
    let chunk = (body(), extension(), mostly("", &["0", "000", " ", "+"]));
    let trailer = mostly("", &["X: y\r\n", "Content-Length: 3\r\n", "X : y\r\n", "X: y\n"]);
    let in_chunks = (coding, prop::collection::vec(chunk, 0..3), extension(), trailer).prop_map(
        |(coding, chunks, last, trailer)| {
            let mut body = Vec::new();
            for (data, extension, zeros) in chunks.into_iter().filter(|(data, ..)| !data.is_empty())
            {
                body.extend(format!("{zeros}{:x}{extension}\r\n", data.len()).bytes());
                body.extend(data);
                body.extend(b"\r\n");
            }
            body.extend(format!("0{last}\r\n{trailer}\r\n").bytes());
            (format!("Transfer-Encoding: {coding}\r\n"), body)
        },
    );
    prop_oneof![2 => Just((String::new(), Vec::new())), 3 => by_length, 3 => in_chunks]
}

/// A few requests in a row.
pub(crate) fn requests() -> impl Strategy<Value = Vec<u8>> {
    let method = mostly("POST", &["GET", "HEAD", "OPTIONS", "PUT"]);
    let version = mostly("HTTP/1.1", &["HTTP/1.0", "HTTP/1.0"]);
    let more = mostly(
        "",
        &["Connection: close\r\n", "Connection: keep-alive\r\n", "Expect: 100-continue\r\n"],
    );
    let between = mostly("", &["\r\n", "\n", " "]);
    let path = "/[a-z0-9?=%/]{0,6}";
    let request = (between, method, path, version, more, framed()).prop_map(
        |(between, method, path, version, more, (framing, body))| {
            let line =
                format!("{between}{method} {path} {version}\r\nHost: a\r\n{more}{framing}\r\n");
            [line.into_bytes(), body].concat()
        },
    );
    prop::collection::vec(request, 1..5).prop_map(|requests| requests.concat())
}
