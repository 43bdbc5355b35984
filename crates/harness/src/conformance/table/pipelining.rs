//! Pipelined requests: RFC 9112 9.3.2.

use super::super::case::{
    Case, End, Wanted, any_of, bytes, echo, hello, must, reply, security, should,
};
use super::{SMUGGLED, chunks, get, get_of, hiding, hiding_in_chunk, join, post, request, sized};

pub(super) fn cases() -> Vec<Case> {
    let lengths: Vec<usize> = (0..40).map(|i| (i * 37) % 101 + 100).collect();
    let numbered: Vec<u8> = lengths.iter().flat_map(|n| get_of(format!("/bytes/{n}"))).collect();
    let in_order: Vec<Wanted> = lengths.iter().map(|&n| bytes(n)).collect();
    let thousand = get("").repeat(1000);
    vec![
        must("pipe-two", "9112 9.3.2", "two requests in one write are both answered")
            .send(get("").repeat(2))
            .gets([hello(), hello()], End::Open),
        must("pipe-order", "9112 9.3.2", "forty replies come in the order of their requests")
            .send(&numbered)
            .gets(in_order.clone(), End::Open),
        must("pipe-order-bytes", "9112 9.3.2", "replies keep their order when bytes come singly")
            .each_byte(&numbered)
            .gets(in_order, End::Open),
        should("pipe-thousand", "9112 9.3.2", "a thousand requests in one write are all answered")
            .send(thousand)
            .gets(vec![hello(); 1000], End::Open),
        must("pipe-slow-first", "9112 9.3.2", "a quick reply waits for a slow one before it")
            .send(join(&[
                &get_of("/delay/100"),
                &get_of("/bytes/3"),
                &get_of("/delay/20"),
                &get(""),
            ]))
            .gets([reply(200), bytes(3), reply(200), hello()], End::Open),
        must("pipe-large", "9112 9.3.2", "large replies come in order and complete")
            .send(join(&[
                &get_of("/bytes/300000"),
                &get_of("/bytes/3"),
                &get_of("/bytes/200000"),
                &get(""),
            ]))
            .gets([bytes(300_000), bytes(3), bytes(200_000), hello()], End::Open),
        must("pipe-head", "9112 9.3.2", "HEAD among others has no body")
            .send(join(&[&get(""), &request("HEAD / HTTP/1.1", ""), &get_of("/bytes/3")]))
            .gets([hello(), hello().for_head(), bytes(3)], End::Open),
        must("pipe-heads", "9112 9.3.2", "HEAD after HEAD has no body either")
            .send(join(&[
                &request("HEAD / HTTP/1.1", ""),
                &request("HEAD /bytes/9 HTTP/1.1", ""),
                &get(""),
            ]))
            .gets([hello().for_head(), bytes(9).for_head(), hello()], End::Open),
        must("pipe-posts", "9112 9.3.2", "bodies go to their own requests")
            .send(join(&[
                &sized("one"),
                &chunks("3\r\ntwo\r\n0\r\n\r\n"),
                &sized(""),
                &sized("four"),
            ]))
            .gets([echo("one"), echo("two"), echo(""), echo("four")], End::Open),
        must("pipe-mixed", "9112 9.3.2", "methods, bodies and errors may be mixed")
            .send(join(&[
                &get(""),
                &sized("a"),
                &get_of("/no-such-path"),
                &chunks("1;x\r\nb\r\n0\r\nT: u\r\n\r\n"),
                &request("OPTIONS * HTTP/1.1", ""),
                &get_of("/bytes/5"),
            ]))
            .gets(
                [hello(), echo("a"), reply(404), echo("b"), any_of(&[200, 204]), bytes(5)],
                End::Open,
            ),
        must("pipe-split", "9112 9.3.2", "a request may start in one segment and end in the next")
            .send(join(&[&get(""), b"GET /bytes/3 HT"]))
            .wait(1)
            .send("TP/1.1\r\nHost: a\r\n\r\nGET /bytes/4 HTTP/1.1\r\nHo")
            .wait(2)
            .send("st: a\r\n\r\n")
            .gets([hello(), bytes(3), bytes(4)], End::Open),
        must("pipe-split-body", "9112 9.3.2", "a body may end in the segment of the next request")
            .send(post("Content-Length: 5\r\n", "he"))
            .send(join(&[b"llo", &get("")]))
            .gets([echo("hello"), hello()], End::Open),
        must("pipe-close-last", "9112 9.6", "the request that says close ends the row")
            .send(join(&[
                &get(""),
                &get_of("/bytes/4"),
                &get("Connection: close\r\n"),
                SMUGGLED.as_bytes(),
            ]))
            .gets([hello(), bytes(4), hello()], End::Closed),
        must("pipe-old-last", "9112 9.3", "an HTTP/1.0 request ends the row")
            .send(join(&[&get(""), b"GET /bytes/4 HTTP/1.0\r\n\r\n", SMUGGLED.as_bytes()]))
            .gets([hello(), bytes(4)], End::Closed),
        must(
            "pipe-good-then-bad",
            "9112 9.3.2",
            "a good request before a malformed one is answered",
        )
        .send(join(&[&get(""), b"GET / HTTP/1.1\r\nHost : a\r\n\r\n"]))
        .gets([hello(), reply(400)], End::Closed),
        must("pipe-good-then-garbage", "9112 9.3.2", "good requests before rubbish are answered")
            .send(join(&[&get(""), &sized("hello"), b"\x01\x02 rubbish\r\n\r\n"]))
            .gets([hello(), echo("hello"), reply(400)], End::Closed),
        must(
            "pipe-slow-then-bad",
            "9112 9.3.2",
            "a slow reply comes before the refusal of what follows",
        )
        .send(join(&[&get_of("/delay/100"), b"BAD\r\n\r\n"]))
        .gets([reply(200), reply(400)], End::Closed),
        must(
            "pipe-large-then-bad",
            "9112 9.3.2",
            "a large reply comes before the refusal of what follows",
        )
        .send(join(&[&get_of("/bytes/2000000"), b"BAD\r\n\r\n"]))
        .gets([bytes(2_000_000), reply(400)], End::Closed),
        must(
            "pipe-good-then-bad-chunk",
            "9112 9.3.2",
            "a good reply comes before a broken chunk's",
        )
        .send(join(&[&get(""), &chunks("x\r\n")]))
        .gets([hello(), reply(400)], End::Closed),
        security("pipe-bad-then-good", "9112 2.2", "nothing behind a malformed request is served")
            .send(join(&[&get("X : y\r\n"), SMUGGLED.as_bytes()]))
            .refused(&[400]),
        security(
            "pipe-bad-length-then-good",
            "9112 6.3",
            "nothing behind a malformed length is served",
        )
        .send(join(&[&post("Content-Length: 5x\r\n", "hello"), SMUGGLED.as_bytes()]))
        .refused(&[400]),
        security(
            "pipe-bad-line-then-good",
            "9112 2.2",
            "nothing behind a malformed request line is served",
        )
        .send(join(&[b"GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", SMUGGLED.as_bytes()]))
        .refused(&[400]),
        must("pipe-hidden", "9112 6.3", "requests within bodies are bodies, in a row too")
            .send(join(&[
                &hiding("POST / HTTP/1.1"),
                &hiding_in_chunk("POST / HTTP/1.1"),
                &get(""),
            ]))
            .gets([echo(SMUGGLED), echo(SMUGGLED), hello()], End::Open),
        must("pipe-empty-lines", "9112 2.2", "an empty line between requests is ignored")
            .send(join(&[&get(""), b"\r\n", &get_of("/bytes/3")]))
            .gets([hello(), bytes(3)], End::Open),
    ]
}
