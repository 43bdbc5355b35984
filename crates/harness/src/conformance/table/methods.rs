//! Methods: RFC 9110 9.

use super::super::case::{Body, Case, Check, End, Wanted, any_of, must, reply, security, should};
use super::{get, hiding, hiding_in_chunk, request};

/// A reply to HEAD that tells the length of the body that GET would give.
fn head(status: u16, length: &'static str) -> Wanted {
    reply(status).for_head().check(Check::IfAnyIs("Content-Length", length))
}

/// 405 with the methods that the page has.
fn not_allowed() -> Wanted {
    reply(405).check(Check::Has("Allow")).check(Check::Lists("Allow", "GET"))
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        must("head", "9110 9.3.2", "HEAD is answered like GET, without a body")
            .send(request("HEAD / HTTP/1.1", ""))
            .gets([head(200, "13")], End::Open),
        must("head-bytes", "9110 8.6", "the length in a reply to HEAD is the one of GET")
            .send(request("HEAD /bytes/1000 HTTP/1.1", ""))
            .gets([head(200, "1000")], End::Open),
        should("head-length", "9110 8.6", "a reply to HEAD tells the length")
            .send(request("HEAD / HTTP/1.1", ""))
            .gets([head(200, "13").check(Check::Has("Content-Length"))], End::Open),
        must("head-unknown", "9110 9.3.2", "a 404 to HEAD has no body")
            .send(request("HEAD /no-such-path HTTP/1.1", ""))
            .gets([reply(404).for_head()], End::Open),
        must("head-1.0", "9110 9.3.2", "HEAD in HTTP/1.0 has no body")
            .send("HEAD / HTTP/1.0\r\n\r\n")
            .gets([head(200, "13")], End::Closed),
        must("head-with-body", "9112 6", "the body of a HEAD request is not the next request")
            .send(hiding("HEAD / HTTP/1.1"))
            .gets([head(200, "13")], End::Either)
            .gets([reply(400).for_head()], End::Closed),
        must("options", "9110 9.3.7", "OPTIONS of a path names its methods")
            .send(request("OPTIONS / HTTP/1.1", ""))
            .gets([any_of(&[200, 204]).check(Check::Lists("Allow", "GET"))], End::Open),
        must("options-post", "9110 10.2.1", "Allow names POST where POST is served")
            .send(request("OPTIONS / HTTP/1.1", ""))
            .gets([any_of(&[200, 204]).check(Check::Lists("Allow", "POST"))], End::Open),
        must("options-body", "9112 6", "the body of OPTIONS is not the next request")
            .send(hiding("OPTIONS / HTTP/1.1"))
            .answered(&[200, 204]),
        must("method-case", "9110 9.1", "methods are case-sensitive")
            .send(request("get / HTTP/1.1", ""))
            .answered(&[501, 400, 405]),
        must("method-case-mixed", "9110 9.1", "`Post` is not POST")
            .send(request("Post / HTTP/1.1", "Content-Length: 0\r\n"))
            .answered(&[501, 400, 405]),
        should("method-unknown", "9110 9.1", "an unknown method is answered 501")
            .send(request("BREW / HTTP/1.1", ""))
            .answered(&[501]),
        should("method-prefix", "9110 9.1", "the start of a method is not the method")
            .send(request("GE / HTTP/1.1", ""))
            .answered(&[501]),
        should("method-longer", "9110 9.1", "a longer name is another method")
            .send(request("GETX / HTTP/1.1", ""))
            .answered(&[501]),
        should("method-token", "9110 5.6.2", "any token may be a method")
            .send(request("M-SEARCH!#$ / HTTP/1.1", ""))
            .answered(&[501, 405]),
        should("method-long", "9112 3", "a very long method is answered 501")
            .send(request(format!("{} / HTTP/1.1", "A".repeat(1000)), ""))
            .answered(&[501, 400, 405, 414]),
        must("head-chunks", "9112 6", "the chunks of a HEAD request are not the next request")
            .send(hiding_in_chunk("HEAD / HTTP/1.1"))
            .gets([head(200, "13")], End::Either)
            .gets([reply(400).for_head()], End::Closed),
        must("delete-chunks", "9112 6", "the chunks of a refused DELETE are not the next request")
            .send(hiding_in_chunk("DELETE / HTTP/1.1"))
            .gets([not_allowed()], End::Either),
        should("options-unknown", "9110 9.3.7", "OPTIONS of an unknown path is answered")
            .send(request("OPTIONS /no-such-path HTTP/1.1", ""))
            .answered(&[404, 200, 204]),
        must("method-unknown-body", "9112 6", "the body of an unknown method is not the next request")
            .send(hiding("BREW / HTTP/1.1"))
            .answered(&[501, 405]),
        must("method-unknown-chunks", "9112 6", "the chunks of an unknown method are not the next request")
            .send(hiding_in_chunk("BREW / HTTP/1.1"))
            .answered(&[501, 405]),
        must("put-body", "9112 6", "the body of a refused PUT is not the next request")
            .send(hiding("PUT / HTTP/1.1"))
            .gets([not_allowed()], End::Either),
        must("post-elsewhere", "9110 15.5.6", "POST where only GET is served is answered 405")
            .send(request("POST /bytes/3 HTTP/1.1", "Content-Length: 0\r\n"))
            .gets([not_allowed()], End::Either),
        must("post-elsewhere-body", "9112 9.3", "the body of a refused POST is read, or the connection closed")
            .send(hiding("POST /bytes/3 HTTP/1.1"))
            .gets([not_allowed()], End::Either),
        must("post-unknown-body", "9112 9.3", "the body of a POST to nowhere is read, or the connection closed")
            .send(hiding("POST /no-such-path HTTP/1.1"))
            .answered(&[404, 405]),
        must("get-body", "9110 9.3.1", "the body of a GET is not the next request")
            .send(hiding("GET / HTTP/1.1"))
            .hello()
            .refused(&[400, 413]),
        must("get-chunks", "9110 9.3.1", "the chunks of a GET are not the next request")
            .send(hiding_in_chunk("GET / HTTP/1.1"))
            .hello()
            .refused(&[400, 411, 413]),
        should("post-no-length", "9112 6.3", "POST without framing has no body")
            .send(request("POST / HTTP/1.1", ""))
            .echo("")
            .answered(&[411]),
        security("trace", "9110 9.3.8", "TRACE does not send a cookie back")
            .send(request("TRACE / HTTP/1.1", "Cookie: secret\r\n"))
            .gets([any_of(&[405, 501, 400, 403, 200]).check(Check::Never("secret"))], End::Either),
        must("upgrade-h2c", "9110 7.8", "an upgrade that the server does not want is ignored")
            .send(get("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"))
            .hello(),
        must("upgrade-1.0", "9110 7.8", "an upgrade in HTTP/1.0 is ignored")
            .send("GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            .gets([reply(200)], End::Closed),
        must("upgrade-websocket", "9110 7.8", "no protocol is switched to that the server does not speak")
            .send(get("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"))
            .hello()
            .answered(&[400, 426]),
        should("range", "9110 14.2", "a Range is honoured, or ignored")
            .send(get("Range: bytes=0-4\r\n"))
            .hello()
            .gets([Wanted { body: Body::Long(5), ..reply(206) }.check(Check::Has("Content-Range"))], End::Open),
        should("range-odd", "9110 14.2", "a malformed Range is ignored").send(get("Range: lines=1-2\r\n")).hello(),
        should("condition-old", "9110 13.1.3", "a malformed If-Modified-Since is ignored")
            .send(get("If-Modified-Since: yesterday\r\n"))
            .hello(),
        should("accept-odd", "9110 12.5.1", "a preference that cannot be met is ignored, or answered 406")
            .send(get("Accept: image/x-none\r\nAccept-Encoding: br;q=1.0, *;q=0\r\nAccept-Charset: x\r\n"))
            .hello()
            .answered(&[406]),
    ];
    let known: [(&str, &str); 3] = [("delete", "DELETE"), ("put", "PUT"), ("patch", "PATCH")];
    cases.extend(known.map(|(id, method)| {
        must(
            id,
            "9110 15.5.6",
            "a known method that the path does not have is answered 405 with Allow",
        )
        .send(request(format!("{method} / HTTP/1.1"), "Content-Length: 0\r\n"))
        .gets([not_allowed().check(Check::Lists("Allow", "POST"))], End::Either)
    }));
    cases
}
