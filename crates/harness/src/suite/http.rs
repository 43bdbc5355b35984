//! The demo app, route by route.

use std::time::{Duration, Instant};

use super::Target;

/// `/` greets.
pub fn root(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    let reply = wire.get("/", 200);
    let greets = reply.body.trim_ascii_end() == b"Hello, World!";
    wire.check(greets, "the body is `Hello, World!`");
    wire.check(
        reply.field("content-type").is_some_and(|text| text.starts_with("text/plain")),
        "its type is text/plain",
    );
}

/// HEAD has the head of GET and no body.
pub fn head(target: &Target) {
    let server = target.start(&[]);
    for path in ["/", "/bytes/100000", "/nothing-here"] {
        let mut wire = server.connect();
        wire.request("GET", path);
        let get = wire.reply("GET");
        wire.send(format!("HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        let head = wire.reply("HEAD");
        wire.check(
            head.status == get.status,
            format!("HEAD {path} has the status of GET, {}", get.status),
        );
        for name in ["content-type", "content-length"] {
            wire.check(
                head.field(name) == get.field(name),
                format!("HEAD {path} has the {name} of GET, {:?}", get.field(name)),
            );
        }
        wire.expect_reply("GET", 200);
        wire.expect_end();
    }
}

/// Every reply tells the date and its own end.
pub fn fields(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    for path in ["/", "/bytes/10", "/nothing-here"] {
        wire.request("GET", path);
        let reply = wire.reply("GET");
        let date = reply.field("date").unwrap_or_default();
        // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
        let shape: String = date
            .chars()
            .map(|c| {
                if c.is_ascii_digit() {
                    '9'
                } else if c.is_ascii_alphabetic() {
                    'a'
                } else {
                    c
                }
            })
            .collect();
        wire.check(
            shape == "aaa, 99 aaa 9999 99:99:99 aaa" && date.ends_with(" GMT"),
            format!("{path} has one Date like `Sun, 06 Nov 1994 08:49:37 GMT`, got {date:?}"),
        );
        let length = reply.field("content-length");
        wire.check(
            length == Some(&reply.body.len().to_string()),
            format!("{path} has a Content-Length of {}, got {length:?}", reply.body.len()),
        );
    }
}

/// One connection carries many requests.
pub fn keep_alive(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    for _ in 0..50 {
        let reply = wire.get("/", 200);
        wire.check(!reply.closes(), "a 1.1 connection stays open");
    }
    wire.half_close();
    wire.expect_end();
}

/// HTTP/1.0 is answered, and the connection ends.
pub fn version_1_0(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    wire.send("GET / HTTP/1.0\r\n\r\n");
    wire.expect_reply("GET", 200);
    wire.expect_end();
}

/// A body by Content-Length comes back, however it was cut.
pub fn post_by_length(target: &Target) {
    let server = target.start(&[]);
    for (size, piece) in [(0, 1), (1, 1), (5, 1), (70_000, 1_000), (1 << 20, 1 << 20)] {
        let body: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        let mut wire = server.connect();
        wire.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"));
        wire.send_pieces(&body, piece);
        let reply = wire.expect_reply("POST", 200);
        wire.expect_equal("the body that was sent", &body, &reply.body);
        wire.get("/", 200);
    }
}

/// A chunked body comes back without its framing; extensions and trailers are read and forgotten.
pub fn post_chunked(target: &Target) {
    let server = target.start(&[]);
    let bodies = [
        "5\r\nhello\r\n0\r\n\r\n",
        "1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
        "005;note=\"a;b\"\r\nhello\r\n0\r\nDigest: none\r\nMore: yes\r\n\r\n",
    ];
    for body in bodies {
        for piece in [1, 2, 7, 1000] {
            let mut wire = server.connect();
            wire.send_pieces(
                format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body}"),
                piece,
            );
            let reply = wire.expect_reply("POST", 200);
            wire.expect_equal("the body that was sent", b"hello", &reply.body);
            wire.get("/", 200);
        }
    }
}

/// A path that is not there is 404, a number that is none is refused, and the connection goes on.
pub fn not_found(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    for path in ["/nothing-here", "/bytes", "/%00", "/nothing/at/all"] {
        wire.get(path, 404);
    }
    for path in [
        "/bytes/",
        "/bytes/ten",
        "/bytes/-1",
        "/bytes/+1",
        "/delay/x",
        "/bytes/1/2",
        "/bytes/99999999999999999999999",
    ] {
        wire.request("GET", path);
        let status = wire.reply("GET").status;
        wire.check(matches!(status, 400 | 404), format!("400 or 404 for {path}, got {status}"));
    }
    wire.get("/", 200);
}

/// A method that a route does not have is 405, with Allow.
pub fn wrong_method(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    let routes = [
        ("DELETE", "/", &["GET", "HEAD", "POST"][..]),
        ("PUT", "/", &["GET", "HEAD", "POST"]),
        ("DELETE", "/bytes/5", &["GET", "HEAD"]),
    ];
    for (method, path, allowed) in routes {
        wire.send(format!("{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"));
        let reply = wire.expect_reply(method, 405);
        let allow: Vec<&str> =
            reply.field("allow").unwrap_or_default().split(',').map(str::trim).collect();
        let right = !allow.contains(&method) && allowed.iter().all(|name| allow.contains(name));
        wire.check(
            right,
            format!("{method} {path} has an Allow with {}, got {allow:?}", allowed.join(", ")),
        );
    }
    wire.get("/", 200);
}

/// `/bytes/N` has N bytes.
pub fn bytes(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    for n in [0, 1, 4095, 65_536, 1 << 20, 20 << 20] {
        let got = wire.get(&format!("/bytes/{n}"), 200).body.len();
        wire.check(got == n, format!("/bytes/{n} has {n} bytes, got {got}"));
    }
}

/// `/delay/MS` comes when it is due.
pub fn delay(target: &Target) {
    let server = target.start(&[]);
    let mut late = server.connect();
    let start = Instant::now();
    late.get("/delay/700", 200);
    late.check(
        start.elapsed() >= Duration::from_millis(700),
        format!("/delay/700 comes after 700 ms, came after {:?}", start.elapsed()),
    );
    late.get("/delay/0", 200);
}

/// `/delay/MS` holds up nobody else, and is not held up.
pub fn delay_beside_others(target: &Target) {
    let server = target.start(&[]);
    let mut very_late = server.connect();
    very_late.request("GET", "/delay/60000");
    let mut late = server.connect();
    late.request("GET", "/delay/700");
    server.connect().get("/", 200);
    late.expect_reply("GET", 200);
}

/// `/spin/US` burns CPU, then answers.
pub fn spin(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    let start = Instant::now();
    wire.get("/spin/50000", 200);
    wire.check(start.elapsed() >= Duration::from_millis(50), "/spin/50000 takes 50 ms");
}

/// Without `--allow-crash` nobody can crash anything.
pub fn crash_routes_are_off(target: &Target) {
    let server = target.start(&[]);
    let mut wire = server.connect();
    wire.get("/panic", 404);
    wire.get("/abort", 404);
    wire.get("/", 200);
}
