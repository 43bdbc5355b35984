//! `Expect: 100-continue`: RFC 9110 10.1.1.

use super::super::case::{
    Body, Case, End, Wanted, any_of, echo, hello, maybe_continue, must, reply, security, should,
};
use super::{get, join, post, request};

/// 100 Continue, which must come.
fn go_on() -> Wanted {
    Wanted { body: Body::Any, ..reply(100) }
}

/// The head of a POST that waits for leave to send its body of five bytes.
fn waiting(expectation: &str) -> Vec<u8> {
    request("POST / HTTP/1.1", format!("Expect: {expectation}\r\nContent-Length: 5\r\n"))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("expect-chunked", "9110 10.1.1", "a chunked body is waited for with a 100 as well")
            .send(request("POST / HTTP/1.1", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"))
            .wait(1)
            .send("5\r\nhello\r\n0\r\n\r\n")
            .gets([go_on(), echo("hello")], End::Open),
        must("expect-sent", "9110 10.1.1", "a client that does not wait is answered")
            .send(join(&[&waiting("100-continue"), b"hello"]))
            .gets([maybe_continue(), echo("hello")], End::Open),
        must("expect-part-sent", "9110 10.1.1", "a client that sends a part at once is answered")
            .send(join(&[&waiting("100-continue"), b"he"]))
            .send("llo")
            .gets([maybe_continue(), echo("hello")], End::Open),
        must("expect-twice", "9110 10.1.1", "each request that waits gets its own 100")
            .send(waiting("100-continue"))
            .wait(1)
            .send(join(&[b"hello", &waiting("100-continue")]))
            .wait(3)
            .send("world")
            .gets([go_on(), echo("hello"), go_on(), echo("world")], End::Open),
        must("expect-after-get", "9110 10.1.1", "a 100 comes after the replies that are due before it")
            .send(join(&[&get(""), &waiting("100-continue")]))
            .wait(2)
            .send("hello")
            .gets([hello(), go_on(), echo("hello")], End::Open),
        must("expect-close", "9110 10.1.1", "a 100 does not end a connection that is to close")
            .send(request("POST / HTTP/1.1", "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"))
            .wait(1)
            .send("hello")
            .gets([go_on(), echo("hello")], End::Closed),
        must("expect-old", "9110 10.1.1", "HTTP/1.0 never gets a 100")
            .send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            .quiet()
            .send("hello")
            .gets([echo("hello")], End::Closed),
        must("expect-old-keep", "9110 10.1.1", "HTTP/1.0 with keep-alive never gets one either")
            .send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello")
            .gets([echo("hello")], End::Open)
            .gets([echo("hello")], End::Closed),
        must("expect-old-unknown", "9110 10.1.1", "an unknown expectation in HTTP/1.0 is answered")
            .send("GET / HTTP/1.0\r\nExpect: something\r\n\r\n")
            .gets([any_of(&[200, 417])], End::Closed),
        must("expect-none", "9110 10.1.1", "a 100 never comes unasked")
            .send(request("POST / HTTP/1.1", "Content-Length: 5\r\n"))
            .quiet()
            .send("hello")
            .echo("hello"),
        should("expect-no-body", "9110 10.1.1", "a request without a body needs no 100")
            .send(get("Expect: 100-continue\r\n"))
            .hello()
            .gets([maybe_continue(), hello()], End::Open),
        should("expect-zero", "9110 10.1.1", "a body of nothing needs no 100")
            .send(post("Expect: 100-continue\r\nContent-Length: 0\r\n", ""))
            .echo("")
            .gets([maybe_continue(), echo("")], End::Open),
        should("expect-too-large", "9110 10.1.1", "a body that is too large is refused before it is sent")
            .send(request("POST / HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 30000000\r\n"))
            .refused(&[413]),
        should("expect-unknown-path", "9110 10.1.1", "a path that is not there needs no body")
            .send(request("POST /no-such-path HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 5\r\n"))
            .wait(1)
            .half_close()
            .gets([any_of(&[404, 405])], End::Closed)
            .gets([reply(100)], End::Closed)
            .gets([reply(100), any_of(&[404, 405, 400, 408])], End::Closed),
        security("expect-refused-then", "9110 10.1.1", "after a refusal, a body that comes all the same is not a request")
            .send(request("POST / HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 30000000\r\n"))
            .wait(1)
            .send(super::SMUGGLED)
            .refused(&[413]),
        must("expect-bad-host", "9112 3.2", "a request that is refused gets no 100")
            .send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            .half_close()
            .refused(&[400]),
        security("expect-bad-length", "9112 6.3", "a malformed length gets no 100")
            .send(request("POST / HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 5x\r\n"))
            .refused(&[400]),
        security("expect-smuggled", "9112 6.1", "a length beside chunked gets no second chance by Expect")
            .send(post(
                "Expect: 100-continue\r\nContent-Length: 46\r\nTransfer-Encoding: chunked\r\n",
                format!("0\r\n\r\n{}", super::SMUGGLED),
            ))
            .refused(&[400])
            .gets([maybe_continue(), echo("")], End::Closed),
        should("expect-unknown", "9110 10.1.1", "an unknown expectation is answered 417, or ignored")
            .send(get("Expect: 200-ok\r\n"))
            .answered(&[417])
            .hello(),
        should("expect-unknown-body", "9110 10.1.1", "an unknown one with a body: 417, or ignored")
            .send(join(&[&waiting("something"), b"hello"]))
            .answered(&[417])
            .echo("hello"),
        should("expect-unknown-also", "9110 10.1.1", "an unknown one beside 100-continue: 417, or ignored")
            .send(join(&[&waiting("100-continue, something"), b"hello"]))
            .answered(&[417])
            .gets([maybe_continue(), echo("hello")], End::Open),
        should("expect-empty", "9110 10.1.1", "an empty expectation is ignored, or answered 417")
            .send(get("Expect:\r\n"))
            .answered(&[200, 417, 400]),
        should("expect-resembling", "9110 10.1.1", "what resembles 100-continue is another expectation")
            .send(join(&[&waiting("100-continued"), b"hello"]))
            .answered(&[417])
            .echo("hello"),
        security("expect-unknown-hides", "9110 10.1.1", "the body behind a 417 is not the next request")
            .send(post(
                format!("Expect: something\r\nContent-Length: {}\r\n", super::SMUGGLED.len()),
                super::SMUGGLED,
            ))
            .answered(&[417])
            .echo(super::SMUGGLED),
    ];
    let written: [(&str, &str); 4] = [
        ("expect", "100-continue"),
        ("expect-case", "100-Continue"),
        ("expect-caps", "100-CONTINUE"),
        ("expect-padded", " \t100-continue "),
    ];
    cases.extend(written.map(|(id, expectation)| {
        must(id, "9110 10.1.1", "a client that waits gets a 100, then its reply")
            .send(waiting(expectation))
            .wait(1)
            .send("hello")
            .gets([go_on(), echo("hello")], End::Open)
    }));
    cases
}
