//! Persistence: RFC 9112 9.3 and 9.6, RFC 9110 7.6.1.

use super::super::case::{
    Case, Check, End, Wanted, bytes, echo, hello, must, reply, security, should,
};
use super::{SMUGGLED, get, get_of, join, post, request};

/// The page, with the close announced.
fn last_hello() -> Wanted {
    hello().check(Check::Lists("Connection", "close"))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("keep-default", "9112 9.3", "HTTP/1.1 keeps the connection")
            .send(get(""))
            .wait(1)
            .send(get(""))
            .wait(2)
            .send(get(""))
            .gets([hello(), hello(), hello()], End::Open),
        should("keep-explicit", "9112 9.3", "HTTP/1.1 with keep-alive keeps the connection")
            .send(get("Connection: keep-alive\r\n"))
            .hello(),
        should("keep-404", "9112 9.3", "a 404 keeps the connection")
            .send(join(&[&get_of("/no-such-path"), &get("")]))
            .gets([reply(404), hello()], End::Open),
        should("keep-405", "9112 9.3", "a 405 whose body was read keeps the connection")
            .send(join(&[&request("DELETE / HTTP/1.1", ""), &get("")]))
            .gets([reply(405), hello()], End::Open),
        should("keep-after-empty-line", "9112 2.2", "a CRLF after a body is ignored")
            .send(join(&[&super::sized("hello"), b"\r\n", &get("")]))
            .gets([echo("hello"), hello()], End::Open),
        must("close", "9112 9.6", "a request that says close is the last")
            .send(get("Connection: close\r\n"))
            .gets([hello()], End::Closed),
        should("close-announced", "9112 9.6", "the last reply says close")
            .send(get("Connection: close\r\n"))
            .gets([last_hello()], End::Closed),
        security(
            "close-then-more",
            "9112 9.6",
            "what follows a request that says close is not answered",
        )
        .send(join(&[&get("Connection: close\r\n"), SMUGGLED.as_bytes()]))
        .gets([hello()], End::Closed),
        security(
            "close-then-garbage",
            "9112 9.6",
            "what follows a request that says close is not even read as one",
        )
        .send(join(&[&get("Connection: close\r\n"), b"\0\0\0 rubbish\r\n\r\n"]))
        .gets([hello()], End::Closed),
        must("close-post", "9112 9.6", "a body that says close in its head is read first")
            .send(request("POST / HTTP/1.1", "Connection: close\r\nContent-Length: 5\r\n"))
            .quiet()
            .send("hello")
            .gets([echo("hello")], End::Closed),
        must("close-404", "9112 9.6", "a 404 to a request that says close is the last")
            .send(request("GET /no-such-path HTTP/1.1", "Connection: close\r\n"))
            .gets([reply(404)], End::Closed),
        must("close-head", "9112 9.6", "HEAD that says close is the last")
            .send(request("HEAD / HTTP/1.1", "Connection: close\r\n"))
            .gets([hello().for_head()], End::Closed),
        must("close-large", "9112 9.6", "a large last reply comes complete")
            .send(request("GET /bytes/3000000 HTTP/1.1", "Connection: close\r\n"))
            .gets([bytes(3_000_000)], End::Closed),
        should("close-refused", "9112 9.6", "a refusal that closes says close")
            .send(get("X : y\r\n"))
            .gets([reply(400).check(Check::Lists("Connection", "close"))], End::Closed),
        must("old-close", "9112 9.3", "HTTP/1.0 closes by default")
            .send("GET / HTTP/1.0\r\nHost: a\r\n\r\n")
            .gets([hello()], End::Closed),
        must("old-close-then-more", "9112 9.3", "nothing after an HTTP/1.0 request is answered")
            .send(join(&[b"GET / HTTP/1.0\r\n\r\n", SMUGGLED.as_bytes()]))
            .gets([hello()], End::Closed),
        should(
            "old-keep",
            "9112 9.3",
            "HTTP/1.0 with keep-alive keeps the connection, and says so",
        )
        .send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        .gets([hello().check(Check::Lists("Connection", "keep-alive"))], End::Open)
        .gets([last_hello()], End::Closed),
        should("old-keep-case", "9112 9.3", "keep-alive has no case")
            .send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            .gets([hello().check(Check::Lists("Connection", "keep-alive"))], End::Open)
            .gets([last_hello()], End::Closed),
        should(
            "old-keep-twice",
            "9112 9.3",
            "two HTTP/1.0 requests with keep-alive share a connection",
        )
        .send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /bytes/3 HTTP/1.0\r\n\r\n")
        .gets([hello(), bytes(3)], End::Closed)
        .gets([last_hello()], End::Closed),
        must("old-keep-and-close", "9112 9.3", "close wins over keep-alive")
            .send("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")
            .gets([hello()], End::Closed),
        must("old-keep-post", "9112 9.3", "an HTTP/1.0 body by length may keep the connection")
            .send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")
            .gets([echo("hello").check(Check::Lists("Connection", "keep-alive"))], End::Open)
            .gets([echo("hello")], End::Closed),
        must("old-not-chunked", "9112 6.1", "a reply to HTTP/1.0 is never chunked")
            .send("GET /bytes/200000 HTTP/1.0\r\n\r\n")
            .gets([bytes(200_000).check(Check::Never("Transfer-Encoding"))], End::Closed),
    ];
    let closing: [(&str, &str); 10] = [
        ("close-caps", "Connection: CLOSE\r\n"),
        ("close-name-case", "cOnNeCtIoN: Close\r\n"),
        ("close-list-first", "Connection: close, foo\r\n"),
        ("close-list-last", "Connection: foo,close\r\n"),
        ("close-list-spaces", "Connection: foo ,\t close\t, bar\r\n"),
        ("close-list-empty", "Connection: ,close,\r\n"),
        ("close-keep", "Connection: keep-alive, close\r\n"),
        ("close-second-line", "Connection: foo\r\nConnection: close\r\n"),
        ("close-first-line", "Connection: close\r\nConnection: keep-alive\r\n"),
        ("close-padded", "Connection:   close  \r\n"),
    ];
    cases.extend(closing.map(|(id, field)| {
        must(id, "9110 7.6.1", "close is found in any list, in any case")
            .send(join(&[&get(field), SMUGGLED.as_bytes()]))
            .gets([hello()], End::Closed)
    }));
    let keeping: [(&str, &str); 7] = [
        ("keep-closed", "Connection: closed\r\n"),
        ("keep-not-close", "Connection: not-close\r\n"),
        ("keep-other-field", "X-Connection: close\r\n"),
        ("keep-empty", "Connection:\r\n"),
        ("keep-own-name", "Connection: foo\r\nFoo: close\r\n"),
        ("keep-parameters", "Connection: keep-alive\r\nKeep-Alive: timeout=5, max=1000\r\n"),
        ("keep-host-hop", "Connection: host\r\n"),
    ];
    cases.extend(keeping.map(|(id, field)| {
        should(id, "9110 7.6.1", "what only resembles close keeps the connection")
            .send(get(field))
            .hello()
    }));
    cases.push(
        should("keep-post", "9112 9.3", "a POST keeps the connection")
            .send(post("Connection: keep-alive\r\nContent-Length: 5\r\n", "hello"))
            .echo("hello"),
    );
    cases
}
