//! End-of-file from the client, and closes that must not destroy a reply: RFC 9112 8, 9.5 and 9.6.

use super::super::case::{Case, End, any_of, bytes, echo, hello, must, reply, security, should};
use super::{get, get_of, join, post, request, sized};

/// More input than a server reads at once, but less than any patience for it.
fn much() -> Vec<u8> {
    vec![b'x'; 200_000]
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("eof-after-get", "9112 9.6", "a half-close after a request still gets its answer")
            .send(get(""))
            .half_close()
            .gets([hello()], End::Closed),
        must("eof-after-head", "9112 9.6", "a half-close after HEAD still gets its answer")
            .send(request("HEAD / HTTP/1.1", ""))
            .half_close()
            .gets([hello().for_head()], End::Closed),
        must("eof-after-post", "9112 9.6", "a half-close after a body still gets its answer")
            .send(sized("hello"))
            .half_close()
            .gets([echo("hello")], End::Closed),
        must("eof-after-chunks", "9112 9.6", "a half-close after chunks still gets its answer")
            .send(super::chunks("5\r\nhello\r\n0\r\n\r\n"))
            .half_close()
            .gets([echo("hello")], End::Closed),
        must("eof-after-old", "9112 9.6", "a half-close after HTTP/1.0 still gets its answer")
            .send("GET / HTTP/1.0\r\n\r\n")
            .half_close()
            .gets([hello()], End::Closed),
        must("eof-after-several", "9112 9.6", "requests before a half-close are all answered")
            .send(join(&[&get(""), &get_of("/bytes/3"), &get("")]))
            .half_close()
            .gets([hello(), bytes(3), hello()], End::Closed),
        must(
            "eof-before-delay",
            "9112 9.6",
            "a half-close does not cancel a reply that is due later",
        )
        .send(get_of("/delay/200"))
        .half_close()
        .gets([reply(200)], End::Closed),
        must("eof-before-large", "9112 9.6", "a half-close does not cut a large reply short")
            .send(get_of("/bytes/3000000"))
            .half_close()
            .gets([bytes(3_000_000)], End::Closed),
        must("eof-between", "9112 9.6", "a half-close between requests ends the connection")
            .send(get(""))
            .wait(1)
            .half_close()
            .gets([hello()], End::Closed),
        should("eof-at-once", "9112 9.5", "a half-close without a request ends the connection")
            .half_close()
            .silent()
            .refused(&[400, 408]),
        should("eof-after-empty-line", "9112 2.2", "an empty line is no request")
            .send("\r\n")
            .half_close()
            .silent()
            .refused(&[400, 408]),
        must(
            "eof-second-cut",
            "9112 8",
            "a request that is cut short does not harm the one before it",
        )
        .send(join(&[&get(""), b"GET /bytes/3 HTTP/1.1\r\nHost"]))
        .half_close()
        .gets([hello()], End::Closed)
        .gets([hello(), any_of(&[400, 408])], End::Closed),
        must("eof-in-body", "9112 8", "a body that end-of-file cuts short is never served")
            .send(post("Content-Length: 10\r\n", "hello"))
            .half_close()
            .silent()
            .refused(&[400, 408]),
        must("eof-before-body", "9112 8", "a body that never comes is never served")
            .send(post("Content-Length: 10\r\n", ""))
            .half_close()
            .silent()
            .refused(&[400, 408]),
        must("eof-in-get-body", "9112 8", "a GET whose body is cut short ends the connection")
            .send(get("Content-Length: 10\r\n"))
            .half_close()
            .silent()
            .refused(&[400, 408])
            .gets([hello()], End::Closed),
        must("eof-bad", "9112 2.2", "a malformed request before a half-close is answered")
            .send(get("X : y\r\n"))
            .half_close()
            .refused(&[400]),
        security(
            "linger-bad",
            "9112 9.6",
            "a 400 outlives the input that follows: the close comes in stages",
        )
        .send(get("X : y\r\n"))
        .send(much())
        .gets([reply(400)], End::Gently),
        security("linger-version", "9112 9.6", "a 505 outlives the input that follows")
            .send(request("GET / HTTP/3.0", ""))
            .send(much())
            .gets([any_of(&[505, 400])], End::Gently),
        security("linger-length", "9112 9.6", "a refused length's answer outlives the body")
            .send(post("Content-Length: x\r\n", much()))
            .gets([reply(400)], End::Gently),
        security("linger-chunk", "9112 9.6", "a broken chunk's answer outlives what follows")
            .send(super::chunks([b"zz\r\n", much().as_slice()].concat()))
            .gets([reply(400)], End::Gently),
        security("linger-too-large", "9112 9.6", "a 413 outlives the body that comes all the same")
            .send(post("Content-Length: 3000000\r\n", vec![b'x'; 3_000_000]))
            .refused(&[413]),
        // In one piece: a server may believe a client that says it has ended, if what follows has not come yet.
        security("linger-close", "9112 9.6", "the last reply outlives what follows its request")
            .send(join(&[&get("Connection: close\r\n"), &much()]))
            .gets([hello()], End::Gently),
        security("linger-old", "9112 9.6", "a reply to HTTP/1.0 outlives what follows")
            .send(join(&[b"GET / HTTP/1.0\r\n\r\n", &much()]))
            .gets([hello()], End::Gently),
        security("linger-refused-body", "9112 9.6", "a 405 outlives the body that nobody reads")
            .send(join(&[
                &request("PUT / HTTP/1.1", "Content-Length: 200000\r\nConnection: close\r\n"),
                &much(),
            ]))
            .gets([reply(405)], End::Gently),
    ];
    let cut: [(&str, &str); 8] = [
        ("eof-in-method", "GE"),
        ("eof-in-target", "GET /"),
        ("eof-in-version", "GET / HTTP/1.1"),
        ("eof-after-line", "GET / HTTP/1.1\r\n"),
        ("eof-in-name", "GET / HTTP/1.1\r\nHos"),
        ("eof-in-value", "GET / HTTP/1.1\r\nHost: a"),
        ("eof-before-end", "GET / HTTP/1.1\r\nHost: a\r\n"),
        ("eof-in-end", "GET / HTTP/1.1\r\nHost: a\r\n\r"),
    ];
    cases.extend(cut.map(|(id, head)| {
        must(id, "9112 8", "a head that end-of-file cuts short is never served")
            .send(head)
            .half_close()
            .silent()
            .refused(&[400, 408])
    }));
    let old: [(&str, &str); 2] =
        [("eof-old-line", "GET / HTTP/1.0\r\n"), ("eof-old-bare", "GET / HTTP/1.0")];
    cases.extend(old.map(|(id, head)| {
        must(id, "9112 8", "an HTTP/1.0 head that end-of-file cuts short is never served")
            .send(head)
            .half_close()
            .silent()
            .refused(&[400, 408])
    }));
    cases
}
